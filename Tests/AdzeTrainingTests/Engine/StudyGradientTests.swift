// Gradients of the heads that read every position beside float64 PyTorch (Tools/reference/make_study_golden.py), and the
// laws of a step that hold for each.

import AdzeKernels
import AdzeModels
import AdzeTestSupport
import AdzeThreads
import AdzeTraining
import Foundation
import Testing

@Suite struct StudyGradientTests {
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path("study"))) ?? []).sorted()

    @Test func everyHeadIsThere() { #expect(Self.names.count == 14) }

    @Test(arguments: names) func everyGradientIsThatOfPyTorch(name: String) throws {
        let fixture = try TrainingFixture(study: name)
        for set in InstructionSet.available {
            let (gradients, result) = try fixture.step(set: set)
            #expect(abs(result.loss - fixture.loss) <= 1e-4 * max(1, abs(fixture.loss)), "\(set)")
            #expect(mistakes(gradients, fixture.expected) == [], "\(set)")
            // What PyTorch names no gradient of is a pooler that nothing reads.
            for name in gradients.keys where fixture.expected[name] == nil {
                #expect(name.hasPrefix("pooler.") && gradients[name]?.allSatisfy { $0 == 0 } ?? false, "\(name)")
            }
        }
    }

    @Test(arguments: names) func threadsAndRecomputingChangeNoBit(name: String) throws {
        try TrainingFixture(study: name).expectSameBits(DropoutRates(hidden: 0.1, attention: 0.2, classifier: 0.3))
    }

    @Test(arguments: names) func aFrozenBodyGetsNoGradient(name: String) throws {
        let fixture = try TrainingFixture(study: name)
        guard fixture.checkpoint.config.layerCount > 0 else { return }
        let whole = try fixture.step()
        var options = StepOptions()
        options.frozenBlocks = 1
        let plain = try fixture.step(options)
        if fixture.checkpoint.head.form.specification.contains("all") == false {
            let cached = try fixture.step(options, prefix: 1)
            #expect(plain.gradients == cached.gradients && plain.result == cached.result)
        }
        for parameter in fixture.checkpoint.parameters {
            let isFrozen = parameter.part == .embeddings || parameter.part == .block(0)
            let found = plain.gradients[parameter.name] ?? []
            #expect(isFrozen ? found.allSatisfy { $0 == 0 } : found == whole.gradients[parameter.name])
        }
        options.trainsOnlyHead = true
        let head = try fixture.step(options)
        for parameter in fixture.checkpoint.parameters where parameter.part == .head {
            #expect(head.gradients[parameter.name] == whole.gradients[parameter.name])
        }
    }

    /// Gradients of the texts one by one sum to those of the batch, whoever is beside a text in its group.
    @Test(arguments: names) func aTextIsItsOwnWhateverIsBesideIt(name: String) throws {
        let fixture = try TrainingFixture(study: name)
        let pass = TrainingPass(try fixture.model(), pool: WorkerPool(threadCount: 2))
        let alone = try fixture.batch.sequences.map { try pass.logits([$0])[0] }
        #expect(try pass.logits(fixture.batch.sequences) == alone)
        let many = (0..<7).flatMap { _ in fixture.batch.sequences.reversed() }
        #expect(try pass.logits(many) == (0..<7).flatMap { _ in alone.reversed() })
    }

    /// Training's forward pass says what inference says.
    @Test(arguments: names) func trainingAndInferenceAgree(name: String) throws {
        let fixture = try TrainingFixture(study: name)
        let pool = WorkerPool(threadCount: 2)
        let trained = try TrainingPass(fixture.model(), pool: pool).logits(fixture.batch.sequences)
        let model = try EncoderModel(fixture.checkpoint, kernels: Kernels(.best), pool: pool)
        let run = try model.run(
            PackedBatch(fixture.batch.sequences, config: fixture.checkpoint.config), outputs: .logits, pool: pool,
            workspace: Workspace())
        for (a, b) in zip(trained, run.map(\.logits)) {
            for (a, b) in zip(a, b) { #expect(abs(a - b) <= 1e-5 * max(1, abs(b))) }
        }
    }
}
