// The int8 definition: near fp32, and the same bits whatever the threads, the instruction set and the batch.

import AdzeKernels
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import Adze

@Suite struct OracleTests {
    let sequences = [
        TokenSequence(ids: [2, 37, 48, 38, 39, 40, 5, 3]), TokenSequence(ids: [2, 3]),
        TokenSequence(ids: [30], typeIDs: [1]),
        TokenSequence(ids: (0..<16).map { $0 * 5 }, typeIDs: (0..<16).map { $0 % 2 }),
    ]

    func run(
        _ name: String, _ sequences: [TokenSequence], threads: Int = 2, set: InstructionSet = .best
    ) throws -> [EncoderOutput] {
        let checkpoint = try ModelBundle(path: fixture(name)).checkpoint
        let pool = WorkerPool(threadCount: threads)
        let store = PlannedQuantizedStore(store: checkpoint.store, quantizes: ModelBundle.isQuantized, pool: pool)
        let oracle = Int8Oracle(
            config: checkpoint.config, head: checkpoint.head, store: store, kernels: Kernels(set), pool: pool)
        return try oracle.run(PackedBatch(sequences, config: checkpoint.config))
    }

    static let names = [
        "seqcls-gelu", "seqcls-odd", "seqcls-relu-multilabel", "seqcls-regression", "bertmodel-pooler",
        "maskedlm-tied", "maskedlm-untied", "pretraining", "nextsentence", "tokencls", "questions",
    ]

    func answer(_ output: EncoderOutput) -> [Float] {
        output.logits + output.tokenLogits + output.nextSentenceLogits + output.vocabularyLogits + output.firstToken
    }

    @Test(arguments: names) func int8IsCloseToFP32(name: String) throws {
        let checkpoint = try ModelBundle(path: fixture(name)).checkpoint
        let exact = try checkpoint.run(sequences, checkpoint.head.outputs)
        for (found, output) in zip(try run(name, sequences), exact) {
            let (found, expected) = (answer(found), answer(output))
            try #require(found.count == expected.count && !found.isEmpty)
            // Random weights of deviation 0.4 round far worse than trained ones; a wrong step is off by whole units.
            let scale = expected.reduce(1) { max($0, $1.magnitude) }
            let difference = largestDifference(found, expected)
            #expect(difference > 0 && difference < 0.15 * (1 + scale), "\(difference) of \(scale)")
        }
    }

    @Test(arguments: ["seqcls-odd", "pretraining", "questions"])
    func neitherThreadsNorInstructionSetNorCompanyChangeABit(
        name: String
    ) throws {
        let reference = try run(name, sequences, threads: 1)
        for set in InstructionSet.available {
            for threads in [1, 3] {
                #expect(try run(name, sequences, threads: threads, set: set) == reference, "\(set), \(threads) threads")
            }
        }
        for (index, sequence) in sequences.enumerated() { #expect(try run(name, [sequence]) == [reference[index]]) }
        #expect(try run(name, sequences.reversed()) == reference.reversed())
        #expect(try run(name, []).isEmpty)
    }
}
