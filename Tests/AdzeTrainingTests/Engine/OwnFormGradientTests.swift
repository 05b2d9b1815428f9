// Gradients of classifiers by the mean of hidden states and by a prompt beside float64 PyTorch
// (Tools/reference/make_mean_golden.py, make_prompt_golden.py), and the laws of a step that hold for them.

import AdzeKernels
import AdzeModels
import AdzeTestSupport
import AdzeThreads
import AdzeTraining
import Testing

@Suite struct OwnFormGradientTests {
    static let folders = FamilyFixtures.means + FamilyFixtures.prompts

    @Test(arguments: folders) func everyGradientIsThatOfPyTorch(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        for set in InstructionSet.available {
            let (gradients, result) = try fixture.step(set: set)
            #expect(abs(result.loss - fixture.loss) <= 1e-5 * max(1, abs(fixture.loss)), "\(set)")
            #expect(mistakes(gradients, fixture.expected) == [], "\(set)")
            // What PyTorch names no gradient of is a pooler that nothing reads.
            for name in gradients.keys where fixture.expected[name] == nil {
                #expect(name.hasPrefix("pooler.") && gradients[name]?.allSatisfy { $0 == 0 } ?? false, "\(name)")
            }
        }
    }

    @Test(arguments: folders) func threadsAndRecomputingChangeNoBit(folder: String) throws {
        try TrainingFixture(family: folder).expectSameBits(DropoutRates(hidden: 0.1, attention: 0.2, classifier: 0.3))
    }

    @Test(arguments: folders) func aFrozenBodyGetsNoGradient(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        let whole = try fixture.step()
        var options = StepOptions()
        options.frozenBlocks = 1
        let plain = try fixture.step(options)
        let cached = try fixture.step(options, prefix: 1)
        #expect(plain.gradients == cached.gradients && plain.result == cached.result)
        options.trainsOnlyHead = true
        let head = try fixture.step(options)
        let states = try fixture.step(options, prefix: 2)
        #expect(head.gradients == states.gradients && head.result == states.result)
        for parameter in fixture.checkpoint.parameters {
            let isZero = head.gradients[parameter.name]?.allSatisfy { $0 == 0 } ?? false
            #expect(
                parameter.part == .head ? head.gradients[parameter.name] == whole.gradients[parameter.name] : isZero)
        }
    }

    /// Training's forward pass says what inference says.
    @Test(arguments: folders) func trainingAndInferenceAgree(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        let pool = WorkerPool(threadCount: 2)
        let trained = try TrainingPass(fixture.model(), pool: pool).logits(fixture.batch.sequences)
        let model = try EncoderModel(fixture.checkpoint, kernels: Kernels(.best), pool: pool)
        let run = try model.run(
            PackedBatch(fixture.batch.sequences, config: fixture.checkpoint.config), outputs: .logits, pool: pool,
            workspace: Workspace())
        for (a, b) in zip(trained, run.map(\.logits)) { #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-5 }) }
    }
}
