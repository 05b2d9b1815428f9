// Every head against transformers, and against itself: other batches, threads, positions and company.

import AdzeBytes
import AdzeKernels
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct HeadTests {
    static let names = [
        "maskedlm-tied", "maskedlm-untied", "pretraining", "nextsentence", "tokencls", "questions", "seqcls-gelu",
    ]
    /// Of max(1, |logit|).
    static let tolerance: Float = 1e-5

    @Test(arguments: names) func everyLogitEqualsTransformers(name: String) throws {
        let golden = try Golden(name)
        let outputs = try golden.checkpoint.run(golden.sequences, golden.checkpoint.head.outputs)
        let found: [(String, [Float])] = [
            ("logits", outputs.flatMap(\.logits)), ("vocabulary_logits", outputs.flatMap(\.vocabularyLogits)),
            ("next_sentence_logits", outputs.flatMap(\.nextSentenceLogits)),
            ("token_logits", name == "questions" ? [] : outputs.flatMap(\.tokenLogits)),
            ("start_logits", name == "questions" ? every(2, from: 0, outputs.flatMap(\.tokenLogits)) : []),
            ("end_logits", name == "questions" ? every(2, from: 1, outputs.flatMap(\.tokenLogits)) : []),
        ]
        #expect(found.contains { !$0.1.isEmpty })
        for (output, values) in found {
            let expected = golden.expected[output] ?? []
            try #require(values.count == expected.count, "\(output)")
            let worst = zip(values, expected).map { ($0 - $1).magnitude / max(1, $1.magnitude) }.max() ?? 0
            #expect(worst < Self.tolerance, "\(output): \(worst)")
        }
    }

    func every(_ step: Int, from start: Int, _ values: [Float]) -> [Float] {
        stride(from: start, to: values.count, by: step).map { values[$0] }
    }

    @Test(arguments: names) func batchThreadsAndInstructionSetChangeNoBit(name: String) throws {
        let golden = try Golden(name)
        let many = (0..<40).flatMap { _ in golden.sequences }
        let wish = golden.checkpoint.head.outputs
        let reference = try golden.checkpoint.run(golden.sequences, wish, threads: 1)
        for set in InstructionSet.available where set != .scalar {
            for threads in [1, 3] {
                let found = try golden.checkpoint.run(many, wish, threads: threads, set: set)
                for (index, output) in found.enumerated() {
                    #expect(output == reference[index % reference.count], "\(set), \(threads), sequence \(index)")
                }
            }
        }
        for (index, sequence) in golden.sequences.enumerated() {
            #expect(try golden.checkpoint.run([sequence], wish) == [reference[index]])
        }
    }

    /// Computing the last block for some tokens gives what computing it for all gives.
    @Test(arguments: names) func theLastBlockForSomeTokensEqualsTheLastBlockForAll(name: String) throws {
        let golden = try Golden(name)
        let wish = golden.checkpoint.head.outputs
        let long = try golden.checkpoint.run(golden.sequences, wish.union([.sequence, .firstToken]))
        let short = try golden.checkpoint.run(golden.sequences, wish.union(.firstToken))
        for (a, b) in zip(long, short) {
            #expect(a.logits == b.logits && a.tokenLogits == b.tokenLogits && a.firstToken == b.firstToken)
            #expect(a.nextSentenceLogits == b.nextSentenceLogits && a.vocabularyLogits == b.vocabularyLogits)
        }
    }

    @Test(arguments: ["maskedlm-tied", "maskedlm-untied", "pretraining"]) func onlyThePositionsAskedForAreAnswered(
        name: String
    ) throws {
        let golden = try Golden(name)
        let wish = golden.checkpoint.head.outputs
        let all = try golden.checkpoint.run(golden.sequences, wish)
        let size = golden.checkpoint.config.vocabularySize
        // None, one, all backwards, and one of them twice.
        let positions = golden.sequences.enumerated().map { index, sequence -> [Int] in
            let count = sequence.ids.count
            return switch index % 4 {
            case 0: []
            case 1: [count - 1]
            case 2: Array((0..<count).reversed())
            default: [count / 2, 0, count / 2]
            }
        }
        let some = try golden.checkpoint.run(golden.sequences, wish, positions: positions)
        for (index, output) in some.enumerated() {
            let expected = positions[index].flatMap { all[index].vocabularyLogits[$0 * size..<($0 + 1) * size] }
            #expect(output.vocabularyLogits == expected, "sequence \(index)")
            #expect(output.nextSentenceLogits == all[index].nextSentenceLogits)
        }
    }

    @Test func aPositionOutsideTheSequenceIsRefused() throws {
        let golden = try Golden("maskedlm-tied")
        let count = golden.sequences[0].ids.count
        for position in [-1, count] {
            #expect(throws: BatchError.noSuchPosition(index: 0, position: position, tokens: count)) {
                try golden.checkpoint.run([golden.sequences[0]], .vocabularyLogits, positions: [[position]])
            }
        }
    }

    @Test(arguments: names) func noHeadGivesWhatIsAnothers(name: String) throws {
        let golden = try Golden(name)
        let wishes: [OutputRequest] = [.logits, .tokenLogits, .nextSentenceLogits, .vocabularyLogits]
        for wish in wishes where !golden.checkpoint.head.outputs.contains(wish) {
            #expect(throws: CheckpointError.self) { try golden.checkpoint.run(golden.sequences, wish) }
        }
    }

    @Test func withoutBlocksTheHeadsReadTheEmbeddings() throws {
        let golden = try Golden("pretraining")
        var config = golden.checkpoint.config
        config.layerCount = 0
        let bare = ModelCheckpoint(config: config, head: golden.checkpoint.head, store: golden.checkpoint.store)
        let long = try bare.run(golden.sequences, bare.head.outputs.union(.sequence))
        let short = try bare.run(golden.sequences, bare.head.outputs)
        #expect(long.map(\.vocabularyLogits) == short.map(\.vocabularyLogits))
        #expect(long.map(\.nextSentenceLogits) == short.map(\.nextSentenceLogits))
        #expect(short.allSatisfy { $0.nextSentenceLogits.count == 2 })
    }
}
