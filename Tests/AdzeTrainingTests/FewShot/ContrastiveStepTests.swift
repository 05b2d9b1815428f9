// A step over pairs of texts beside sentence-transformers (Tools/reference/make_mean_golden.py), and its laws.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import AdzeTraining

@Suite struct ContrastiveStepTests {
    static let folders = FamilyFixtures.means

    private struct Found: Equatable {
        let gradients: [String: [Float]]
        let result: StepResult
    }

    private func golden(_ folder: String) throws -> (fixture: TrainingFixture, pairs: [TextPair]) {
        let fixture = try TrainingFixture(contrastive: folder)
        let file = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/contrastive.safetensors")))
        let (ends, targets) = (try file.load("pairs").floats(), try file.load("targets").floats())
        let pairs = targets.enumerated().map {
            TextPair(Int(ends[2 * $0]), Int(ends[2 * $0 + 1]), isAlike: $1 == 1)
        }
        return (fixture, pairs)
    }

    private func step(
        _ fixture: TrainingFixture, _ sequences: [TokenSequence], _ pairs: [TextPair],
        _ options: StepOptions = StepOptions(), threads: Int = 2, set: InstructionSet = .best
    ) throws -> Found {
        let model = try fixture.model(set: set)
        let pass = TrainingPass(model, pool: WorkerPool(threadCount: threads))
        let result = try pass.step(sequences, pairs: pairs, options: options)
        return Found(gradients: model.gradientsByName(), result: result)
    }

    /// The library encodes each text of each pair by itself; here each is encoded once.
    @Test(arguments: folders) func lossAndGradientsAreThoseOfSentenceTransformers(folder: String) throws {
        let (fixture, pairs) = try golden(folder)
        #expect(pairs.count == 6)
        for set in InstructionSet.available {
            let found = try step(fixture, fixture.batch.sequences, pairs, set: set)
            #expect(abs(found.result.loss - fixture.loss) <= 1e-5, "\(set)")
            #expect(mistakes(found.gradients, fixture.expected) == [], "\(set)")
            for name in found.gradients.keys where fixture.expected[name] == nil {
                #expect(found.gradients[name]?.allSatisfy { $0 == 0 } ?? false, "\(name)")
            }
        }
    }

    @Test(arguments: folders) func encodingATextOnceEqualsEncodingItTwice(folder: String) throws {
        let (fixture, pairs) = try golden(folder)
        let texts = fixture.batch.sequences
        let once = try step(fixture, texts, pairs)
        let twice = try step(
            fixture, pairs.flatMap { [texts[$0.first], texts[$0.second]] },
            pairs.enumerated().map { TextPair(2 * $0, 2 * $0 + 1, isAlike: $1.isAlike) })
        #expect(abs(once.result.loss - twice.result.loss) <= 1e-6)
        #expect(mistakes(once.gradients, twice.gradients, tolerance: 1e-5) == [])
        #expect(once.result.tokens < twice.result.tokens)
    }

    @Test(arguments: folders) func threadsDoNotMatter(folder: String) throws {
        let (fixture, pairs) = try golden(folder)
        var options = StepOptions()
        options.dropout = DropoutRates(hidden: 0.1, attention: 0.2)
        let expected = try step(fixture, fixture.batch.sequences, pairs, options, threads: 1)
        #expect(try step(fixture, fixture.batch.sequences, pairs, options, threads: 3) == expected)
        options.checkpointsActivations = true
        #expect(try step(fixture, fixture.batch.sequences, pairs, options, threads: 2) == expected)
    }

    /// What is compared is what the classifier reads.
    @Test(arguments: folders) func vectorsAreThoseOfSentenceTransformers(folder: String) throws {
        let (fixture, _) = try golden(folder)
        let file = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/golden.safetensors")))
        let pass = TrainingPass(try fixture.model(), pool: WorkerPool(threadCount: 2))
        let found = try pass.vectors(fixture.batch.sequences).flatMap { $0 }
        let expected = try file.load("vectors").floats()
        #expect(found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func aVectorWithoutADirectionHasNoGradient() {
        let sum = CosineLoss(size: 2)(
            [0, 0, 3, 4, -3, -4], [TextPair(0, 1, isAlike: true), TextPair(1, 2, isAlike: false)])
        #expect(sum.mean == 1 && sum.gradient.allSatisfy { $0 == 0 })
    }

    // MARK: Runs

    private func run(threads: Int, plan: PairPlan = .pairs(limit: 40)) throws -> (
        weights: [Float], outcome: TrainingOutcome
    ) {
        let fixture = try TrainingFixture(family: "mean/mpnet-normalized")
        let texts = (0..<4).flatMap { turn in
            fixture.batch.sequences.map { TokenSequence(ids: $0.ids.map { 2 + ($0 + Int32(turn)) % 28 }) }
        }
        let pool = WorkerPool(threadCount: threads)
        let model = try TrainingModel(fixture.checkpoint, kernels: Kernels(.best), pool: pool)
        var recipe = Recipe()
        (recipe.batchSize, recipe.bodyLearningRate) = (8, 1e-3)
        let data = TrainingData(sequences: texts, targets: .classes(texts.indices.map { $0 % 3 }))
        let steps = plan.steps(labels: texts.indices.map { $0 % 3 }, batchSize: 8, seed: recipe.seed)
        let outcome = try ContrastiveRun(model, recipe: recipe, data: data, steps: steps, pool: pool).run()
        return (model.weights.values(0..<model.layout.count), outcome)
    }

    @Test(arguments: [PairPlan.pairs(limit: 40), .groups(steps: 5)])
    func aRunIsTheSameAtAnyNumberOfThreads(plan: PairPlan) throws {
        let first = try run(threads: 1, plan: plan)
        #expect(first.outcome.steps == 5 && first.weights.allSatisfy { $0.isFinite })
        for threads in [2, 3] {
            let other = try run(threads: threads, plan: plan)
            #expect(other.weights == first.weights && other.outcome == first.outcome)
        }
    }

    /// Pairs move the encoder, and nothing else but the classifier moves without them.
    @Test func withoutPairsTheEncoderStays() throws {
        let fixture = try TrainingFixture(family: "mean/mpnet-normalized")
        let model = try fixture.model()
        let (moved, still) = (try run(threads: 2).weights, try run(threads: 2, plan: .pairs(limit: 0)))
        #expect(try run(threads: 2, plan: .groups(steps: 0)).weights == still.weights)
        #expect(still.outcome.steps == 0)
        for entry in model.layout.entries {
            let start = model.weights.values(entry.range)
            let isHead = entry.parameter.part == .head
            #expect((Array(still.weights[entry.range]) == start) == !isHead, "\(entry.name)")
            let isStill = isHead || entry.parameter.part == .pooler
            #expect(isStill || Array(moved[entry.range]) != start, "\(entry.name)")
        }
    }
}
