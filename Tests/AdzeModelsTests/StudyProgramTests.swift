// What the study's program computes of a batch beside PyTorch (Tools/reference/make_study_golden.py), and where it is what
// a model means.

import AdzeKernels
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import AdzeModels

@Suite struct StudyProgramTests {
    private func logits(
        _ name: String, _ sequences: [TokenSequence]? = nil, dropout: Double = 0, number: Int = 0,
        set: InstructionSet = .best, threads: Int = 2
    ) throws -> [[Float]] {
        let golden = try Golden(study: name)
        let pool = WorkerPool(threadCount: threads)
        let model = try EncoderModel(golden.checkpoint, kernels: Kernels(set, products: .ours), pool: pool)
        let batch = try PackedBatch(sequences ?? golden.sequences, config: golden.checkpoint.config)
        let program = StudyProgram(batchSize: batch.sequenceCount, dropout: dropout)
        return try model.studyLogits(batch, number: number, program, pool: pool, workspace: Workspace())
    }

    @Test(arguments: [
        "lstm", "lstm-all", "lstm-forward", "lstm-deep", "lstm-embeddings", "mpnet-lstm", "distilbert-lstm-all",
        "table-lstm",
    ])
    func aBatchIsGatheredAsInPyTorch(name: String) throws {
        let expected = try #require(Golden(study: name, golden: "batch").expected["logits"])
        #expect(try expected != Golden(study: name).expected["logits"], "the gather makes a difference")
        for set in InstructionSet.available {
            let found = try logits(name, set: set).flatMap { $0 }
            try #require(found.count == expected.count)
            let worst = zip(found, expected).map { ($0 - $1).magnitude / max(1, $1.magnitude) }.max() ?? 0
            #expect(worst < 1e-5, "\(set): \(worst)")
        }
    }

    @Test(arguments: ["pooler", "flatten", "flatten-all", "lstm", "lstm-forward", "lstm-all"])
    func aBatchOfOneIsWhatTheModelMeans(name: String) throws {
        let golden = try Golden(study: name)
        for sequence in golden.sequences {
            let own = try golden.checkpoint.run([sequence], .logits)[0].logits
            #expect(try logits(name, [sequence]) == [own])
        }
    }

    @Test(arguments: ["pooler", "flatten", "lstm"]) func dropoutIsDrawnByTheBatchAndByNothingElse(name: String) throws {
        let (plain, dropped) = (try logits(name), try logits(name, dropout: 0.5))
        #expect(dropped != plain)
        #expect(try logits(name, dropout: 0.5, number: 1) != dropped)
        for set in InstructionSet.available where set != .scalar {
            #expect(try logits(name, dropout: 0.5, set: set, threads: 1) == logits(name, dropout: 0.5, set: set))
        }
    }

    @Test func headsThatTheProgramDoesNotHaveAreRefused() {
        #expect(throws: HeadFormError.notTheStudys("lstm:size=6:layers=2:padding=none")) { try logits("lstm-text") }
    }
}
