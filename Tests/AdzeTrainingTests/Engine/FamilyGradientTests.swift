// Gradients of every family beside float64 PyTorch (Tools/reference/make_family_training_golden.py), and the laws of a
// step that hold for each.

import AdzeKernels
import AdzeModels
import AdzeTestSupport
import AdzeThreads
import AdzeTraining
import Testing

@Suite struct FamilyGradientTests {
    static let folders = FamilyFixtures.folders(with: "gradients.safetensors")

    @Test(arguments: folders) func everyGradientIsThatOfPyTorch(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        for set in InstructionSet.available {
            let (gradients, result) = try fixture.step(set: set)
            #expect(abs(result.loss - fixture.loss) <= 1e-4 * max(1, abs(fixture.loss)), "\(set)")
            #expect(mistakes(gradients, fixture.expected) == [], "\(set)")
        }
        #expect(fixture.expected.count == fixture.checkpoint.parameters.count)
        #expect(FamilyGradientTests.folders.count == 3 * FamilyFixtures.families.count)
    }

    /// A mean before the head, blocks with windows, and texts that are several windows long.
    @Test func gradientsOfLongTextsWithWindows() throws {
        let fixture = try TrainingFixture(family: "rotary/mean")
        for set in InstructionSet.available {
            let (gradients, result) = try fixture.step(set: set)
            #expect(abs(result.loss - fixture.loss) <= 1e-4 * max(1, abs(fixture.loss)), "\(set)")
            #expect(mistakes(gradients, fixture.expected) == [], "\(set)")
        }
        #expect(fixture.expected.count == fixture.checkpoint.parameters.count)
        try fixture.expectSameBits(DropoutRates(hidden: 0.1, attention: 0.2, classifier: 0.3))
    }

    @Test(arguments: folders) func threadsAndRecomputingChangeNoBit(folder: String) throws {
        try TrainingFixture(family: folder).expectSameBits(
            DropoutRates(hidden: 0.1, attention: 0.2, classifier: 0.3, answers: 0.1))
    }

    @Test(arguments: folders) func aFrozenBodyGetsNoGradient(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        var options = StepOptions()
        options.frozenBlocks = 1
        options.frozenEmbeddings = true
        let plain = try fixture.step(options)
        let cached = try fixture.step(options, prefix: 1)
        #expect(plain.gradients == cached.gradients && plain.result == cached.result)
        // What layers above share with a frozen one learns from them.
        let reached = fixture.checkpoint.config.blocks(fromLayer: 1)
        for parameter in fixture.checkpoint.parameters {
            let isFrozen = parameter.part == .embeddings || parameter.part.block.map { !reached.contains($0) } ?? false
            let isZero = plain.gradients[parameter.name]?.allSatisfy { $0 == 0 } ?? false
            #expect(!isFrozen || isZero, "\(parameter.name)")
        }
    }

    /// Dropout changes the loss by no more than chance would: what is kept is scaled up.
    @Test(arguments: folders) func dropoutKeepsTheExpectation(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        var options = StepOptions()
        options.dropout = DropoutRates(hidden: 0.02, attention: 0.02, classifier: 0.02, answers: 0.02)
        var sum: Float = 0
        for step in 0..<40 {
            options.step = UInt64(step)
            sum += try fixture.step(options).result.loss
        }
        #expect(abs(sum / 40 - fixture.loss) < 0.25 * max(1, fixture.loss))
    }

    @Test func whatDropsIsTheFamilys() throws {
        let rates = try ["distilbert", "electra", "mpnet", "albert"].map { family in
            let fixture = try TrainingFixture(family: "families/\(family)/questions")
            return DropoutRates(fixture.checkpoint.config.dropout, head: fixture.checkpoint.head)
        }
        #expect(rates.map(\.dropsAttended) == [false, true, true, true])
        #expect(rates.map(\.dropsFeedForward) == [true, true, true, false])
        #expect(rates.map { Double($0.hidden) == 0 } == [false, false, false, true])
        #expect(rates.map(\.answers) == [0.1, 0, 0, 0])
    }

    /// A DeBERTa's classifier of texts has a probability of its own, its pooler another.
    @Test func aPoolersOwnDropout() throws {
        let rates = try ["sequence", "token"].map { name in
            let fixture = try TrainingFixture(family: "families/deberta-v2/" + name)
            return DropoutRates(fixture.checkpoint.config.dropout, head: fixture.checkpoint.head)
        }
        #expect(rates.map(\.classifier) == [0.25, 0.1] && rates.map(\.firstToken) == [0, 0])
    }

    /// A RoBERTa's classifier has a probability of its own where config.json gives one; an MPNet's never.
    @Test func aClassifiersOwnDropout() throws {
        let rates = try ["roberta", "xlm-roberta", "camembert"].map { family in
            let fixture = try TrainingFixture(family: "families/\(family)/sequence")
            return DropoutRates(fixture.checkpoint.config.dropout, head: fixture.checkpoint.head)
        }
        #expect(
            rates.map(\.classifier) == [0.25, 0.1, 0.1] && rates.allSatisfy { $0.answers == 0 && $0.hidden == 0.1 })
    }
}
