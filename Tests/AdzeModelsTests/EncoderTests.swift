// The encoder against transformers, and against itself: other batches, threads and instruction sets.

import AdzeKernels
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct EncoderTests {
    static let names = [
        "seqcls-gelu", "seqcls-odd", "seqcls-relu-multilabel", "seqcls-regression", "bertmodel-pooler",
        "bertmodel-nopooler",
    ]
    static let tolerance: Float = 1e-4

    func everything(_ golden: Golden) -> OutputRequest {
        var outputs: OutputRequest = [.sequence, .hiddenStates, .attentions, .firstToken]
        if golden.checkpoint.head.hasPooler { outputs.insert(.pooled) }
        if golden.checkpoint.head.classification != nil { outputs.insert(.logits) }
        return outputs
    }

    @Test(arguments: names) func everyOutputEqualsTransformers(name: String) throws {
        let golden = try Golden(name)
        let outputs = try golden.checkpoint.run(golden.sequences, everything(golden))
        if let expected = golden.expected["logits"] {
            #expect(largestDifference(outputs.flatMap(\.logits), expected) < Self.tolerance)
        }
        if let expected = golden.expected["pooled"] {
            #expect(largestDifference(outputs.flatMap(\.pooled), expected) < Self.tolerance)
        }
        // The regression fixture is there for its head and has logits alone.
        if name == "seqcls-regression" { return }
        let expected = try #require(golden.expected["hidden"])
        for layer in 0...golden.checkpoint.config.layerCount {
            let size = expected.count / (golden.checkpoint.config.layerCount + 1)
            let found = outputs.flatMap { $0.hiddenStates[layer] }
            #expect(largestDifference(found, Array(expected[layer * size..<(layer + 1) * size])) < Self.tolerance)
        }
        for (index, output) in outputs.enumerated() {
            let expected = try #require(golden.expected["attentions.\(index)"])
            #expect(largestDifference(output.attentions.flatMap { $0 }, expected) < Self.tolerance)
            #expect(output.sequence == output.hiddenStates.last)
            #expect(output.firstToken == Array(output.sequence.prefix(golden.checkpoint.config.hiddenSize)))
        }
    }

    /// The short way through the last block gives what the long way gives.
    @Test(arguments: names) func firstTokenAloneEqualsEveryToken(name: String) throws {
        let golden = try Golden(name)
        let long = try golden.checkpoint.run(golden.sequences, everything(golden))
        let short = try golden.checkpoint.run(
            golden.sequences, everything(golden).subtracting([.sequence, .hiddenStates, .attentions]))
        #expect(short.map(\.firstToken) == long.map(\.firstToken))
        #expect(short.map(\.pooled) == long.map(\.pooled))
        #expect(short.map(\.logits) == long.map(\.logits))
    }

    @Test(arguments: names) func batchThreadsAndInstructionSetChangeNoBit(name: String) throws {
        let golden = try Golden(name)
        let many = (0..<40).flatMap { _ in golden.sequences }
        let outputs: OutputRequest = everything(golden).subtracting([.attentions])
        let reference = try golden.checkpoint.run(golden.sequences, outputs, threads: 1)
        for set in InstructionSet.available {
            for threads in [1, 2, 3] {
                let found = try golden.checkpoint.run(many, outputs, threads: threads, set: set)
                for (index, output) in found.enumerated() {
                    #expect(
                        output == reference[index % reference.count], "\(set), \(threads) threads, sequence \(index)")
                }
            }
        }
        for (index, sequence) in golden.sequences.enumerated() {
            #expect(try golden.checkpoint.run([sequence], outputs) == [reference[index]])
        }
    }

    /// In batches that are shared out by columns and by rows.
    @Test(.enabled(if: FloatProducts.available.contains(.openblas)), arguments: names)
    func openBLASIsCloseAndIgnoresThreads(name: String) throws {
        let golden = try Golden(name)
        let outputs = everything(golden)
        for count in [1, 40] {
            let sequences = (0..<count).flatMap { _ in golden.sequences }
            func run(_ threads: Int, _ products: FloatProducts) throws -> [EncoderOutput] {
                try golden.checkpoint.run(sequences, outputs, threads: threads, products: products)
            }
            let found = try run(1, .openblas)
            for (a, b) in zip(found, try run(2, .ours)) {
                #expect(largestDifference(a.sequence, b.sequence) < Self.tolerance)
            }
            for threads in [2, 3] { #expect(try run(threads, .openblas) == found, "\(threads) threads") }
        }
    }

    @Test(arguments: names) func aCancelledTaskEndsBeforeTheNextBlock(name: String) async throws {
        let golden = try Golden(name)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try golden.checkpoint.run(golden.sequences, everything(golden))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func emptyBatchGivesNothing() throws {
        #expect(try Golden("seqcls-gelu").checkpoint.run([], .logits).isEmpty)
    }

    @Test func everyGatherIsChecked() throws {
        let config = try Golden("seqcls-gelu").checkpoint.config
        let limit = config.vocabularySize
        func pack(_ ids: [Int32], _ types: [Int32]? = nil) throws(BatchError) {
            _ = try PackedBatch([TokenSequence(ids: ids, typeIDs: types)], config: config)
        }
        #expect(throws: BatchError.emptySequence(index: 0)) { try pack([]) }
        #expect(throws: BatchError.unknownID(index: 0, position: 1, id: limit, limit: limit)) {
            try pack([2, Int32(limit)])
        }
        #expect(throws: BatchError.unknownID(index: 0, position: 0, id: -1, limit: limit)) { try pack([-1]) }
        #expect(throws: BatchError.unknownType(index: 0, position: 0, type: 2, limit: 2)) { try pack([2], [2]) }
        let long = [Int32](repeating: 2, count: config.tokenLimit + 1)
        #expect(throws: BatchError.tooLong(index: 0, tokens: long.count, limit: config.tokenLimit)) {
            try pack(long)
        }
    }

    @Test func wishesThatTheModelCannotFulfilAreRefused() throws {
        let golden = try Golden("bertmodel-nopooler")
        #expect(throws: CheckpointError.noClassifier) { try golden.checkpoint.run(golden.sequences, .logits) }
        #expect(throws: CheckpointError.noPooler(what: "the pooled output")) {
            try golden.checkpoint.run(golden.sequences, .pooled)
        }
    }
}
