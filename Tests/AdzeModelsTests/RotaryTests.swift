// Positions by rotation and windows: tables of angles beside the library's functions, both spellings of a configuration, the
// mean before a head's layer (Tools/reference/make_rotary_golden.py).

import AdzeBytes
import AdzeKernels
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@testable import AdzeModels

@Suite struct RotaryTests {
    @Test func functionsAreThoseOfTheLibrary() {
        for value in [1e-3, 0.5, 1, 1.5, 2, 30, 10_000, 160_000, 1e12] {
            #expect(abs(Elementary.log(value) - Foundation.log(value)) <= 1e-14 * max(1, abs(Foundation.log(value))))
        }
        for value in stride(from: -3.0, through: 30, by: 0.37) {
            #expect(abs(Elementary.exp(value) / Foundation.exp(value) - 1) <= 1e-14)
        }
        for angle in Array(stride(from: 0.0, through: 9000, by: 0.7391)) + [1, 8191, 1_048_575] {
            let (cosine, sine) = Elementary.cosineAndSine(angle)
            #expect(abs(cosine - cos(angle)) <= 1e-13 && abs(sine - sin(angle)) <= 1e-13, "\(angle)")
        }
    }

    @Test func turningBackIsTheInverse() {
        let tables = RotaryTables(
            RotaryPositions(wholeTheta: 160_000, windowTheta: 10_000, window: 4, isWindowed: [false, true]), headSize: 6
        )
        let values = (0..<60).map { Float($0 % 7) - 3 }
        for block in 0..<2 {
            let buffer = FloatBuffer(values)
            let rows = buffer.matrix(rows: 10, columns: 6)
            let rotation = tables.rotation(ofBlock: block, positions: 300)
            rotation.turn(rows, positions: Array(290..<300))
            #expect(buffer.values(0..<6) != Array(values[0..<6]))
            rotation.turn(rows, positions: Array(290..<300), isInverse: true)
            #expect(largestDifference(buffer.values(0..<60), values) < 1e-5)
        }
    }

    /// A text of several blocks of rows under the keys of older files, whose windows end inside of them.
    @Test func theMeanOfALongTextUnderOlderKeys() throws {
        let golden = try Golden(folder: "rotary/mean")
        let config = golden.checkpoint.config
        #expect(config.rotary?.isWindowed == [false, true, false, true] && config.rotary?.wholeTheta == 800)
        let found = try golden.checkpoint.run(golden.sequences, [.logits, .sequence])
        #expect(largestDifference(found.flatMap(\.logits), try #require(golden.expected["logits"])) <= 1e-4)
        for set in InstructionSet.available {
            let again = try golden.checkpoint.run(golden.sequences, .logits, threads: 1, set: set)
            let few = try golden.checkpoint.run([golden.sequences[1]], .logits, threads: 3, set: set)
            #expect(again.map(\.logits) == found.map(\.logits) && few[0].logits == found[1].logits)
        }
    }

    /// transformers' classes number blocks, and the first has no normalisation before it.
    @Test func theFirstBlockStays() throws {
        let golden = try Golden(folder: "families/modernbert/base")
        for blocks in [[1, 2], [0, 0], [1, 0], []] {
            #expect(throws: CheckpointError.self) { try golden.checkpoint.keeping(blocks: blocks) }
        }
        let kept = try golden.checkpoint.keeping(blocks: [0, 2, 3])
        #expect(kept.config.rotary?.isWindowed == [false, true, false])
        #expect(kept.configMembers["layer_types"]?.array?.count == 3)
        let model = try EncoderModel(golden.checkpoint, kernels: Kernels(.best), pool: .init(threadCount: 1))
        let shared = EncoderModel(model, keeping: [0, 2, 3])
        let batch = try PackedBatch(golden.sequences, config: kept.config)
        let (pool, workspace) = (WorkerPool(threadCount: 1), Workspace())
        let outputs = try shared.run(batch, outputs: .sequence, pool: pool, workspace: workspace)
        #expect(try outputs == kept.run(golden.sequences, .sequence))
    }
}
