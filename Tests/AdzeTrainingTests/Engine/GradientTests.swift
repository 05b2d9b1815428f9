// The engine's gradients against PyTorch's in float64, for every head, loss and activation; and laws between steps.

import AdzeKernels
import AdzeModels
import AdzeTestSupport
import AdzeThreads
import AdzeTraining
import Testing

@Suite struct GradientTests {
    static let models = [
        "seqcls-gelu", "seqcls-odd", "seqcls-regression", "seqcls-relu-multilabel", "tokencls", "questions",
    ]

    static func options(of model: String) -> LossOptions {
        LossOptions(classWeights: model == "seqcls-relu-multilabel" ? [1, 3, 0.25, 2] : nil)
    }

    @Test(arguments: models)
    func gradientsEqualPyTorchs(name: String) throws {
        let fixture = try TrainingFixture(name)
        for set in InstructionSet.available {
            let (gradients, result) = try fixture.step(loss: GradientTests.options(of: name), set: set)
            #expect(abs(result.loss - fixture.loss) <= 1e-5 * abs(fixture.loss))
            #expect(fixture.expected.count == gradients.count)
            #expect(mistakes(gradients, fixture.expected) == [], "\(set)")
        }
    }

    @Test(.enabled(if: FloatProducts.available.contains(.openblas)), arguments: models)
    func openBLASGivesTheGradientsAtEveryThreadCount(name: String) throws {
        let fixture = try TrainingFixture(name)
        let loss = GradientTests.options(of: name)
        let first = try fixture.step(loss: loss, threads: 1, products: .openblas)
        #expect(mistakes(first.gradients, fixture.expected) == [])
        for threads in 2...3 {
            let other = try fixture.step(loss: loss, threads: threads, products: .openblas)
            #expect(other.gradients == first.gradients && other.result == first.result)
        }
    }

    @Test(arguments: [
        ("weights", LossOptions(classWeights: [0.5, 2, 1.25])),
        ("focal", LossOptions(classWeights: [0.5, 2, 1.25], focalGamma: 2)),
        ("smoothing", LossOptions(classWeights: [0.5, 2, 1.25], labelSmoothing: 0.1)),
    ])
    func lossVariantsEqualPyTorchs(golden: String, loss: LossOptions) throws {
        let fixture = try TrainingFixture("seqcls-odd", golden: golden)
        let (gradients, result) = try fixture.step(loss: loss)
        #expect(abs(result.loss - fixture.loss) <= 1e-5 * abs(fixture.loss))
        #expect(fixture.expected.count >= 6)
        #expect(mistakes(gradients, fixture.expected) == [])
    }

    static let dropout: StepOptions = {
        var options = StepOptions()
        options.dropout = DropoutRates(hidden: 0.1, attention: 0.2, classifier: 0.3)
        options.seed = 7
        options.step = 3
        return options
    }()

    @Test(arguments: models, InstructionSet.available)
    func threadsChangeNoBit(name: String, set: InstructionSet) throws {
        let fixture = try TrainingFixture(name)
        let first = try fixture.step(GradientTests.dropout, threads: 1, set: set)
        for threads in 2...3 {
            let other = try fixture.step(GradientTests.dropout, threads: threads, set: set)
            #expect(other.gradients == first.gradients && other.result == first.result)
        }
    }

    @Test(arguments: models)
    func instructionSetsAgree(name: String) throws {
        let fixture = try TrainingFixture(name)
        let first = try fixture.step(GradientTests.dropout, set: InstructionSet.available[0])
        for set in InstructionSet.available.dropFirst() {
            let other = try fixture.step(GradientTests.dropout, set: set)
            #expect(other.gradients == first.gradients, "\(set)")
        }
    }

    @Test(arguments: models, InstructionSet.available)
    func checkpointingChangesNoBit(name: String, set: InstructionSet) throws {
        let fixture = try TrainingFixture(name)
        var options = GradientTests.dropout
        let plain = try fixture.step(options, set: set)
        options.checkpointsActivations = true
        let again = try fixture.step(options, set: set)
        #expect(again.gradients == plain.gradients && again.result == plain.result)
    }

    @Test(arguments: models, InstructionSet.available)
    func frozenBlocksGetNothingAndTheOthersTheSame(name: String, set: InstructionSet) throws {
        let fixture = try TrainingFixture(name)
        let all = try fixture.step(set: set)
        for frozen in 0...fixture.checkpoint.config.layerCount {
            var options = StepOptions()
            options.frozenBlocks = frozen
            options.frozenEmbeddings = true
            let some = try fixture.step(options, set: set)
            #expect(some.result == all.result)
            for (key, values) in some.gradients {
                let block = key.hasPrefix("encoder.layer.") ? Int(key.split(separator: ".")[2]) : nil
                let isFrozen = key.hasPrefix("embeddings.") || (block.map { $0 < frozen } ?? false)
                #expect(isFrozen ? values.allSatisfy { $0 == 0 } : values == all.gradients[key], "\(key)")
            }
        }
    }

    @Test(arguments: models, InstructionSet.available)
    func stepFromPrefixEqualsWholeStep(name: String, set: InstructionSet) throws {
        let fixture = try TrainingFixture(name)
        for blocks in 0...fixture.checkpoint.config.layerCount {
            var options = GradientTests.dropout
            options.frozenBlocks = blocks
            options.frozenEmbeddings = true
            let whole = try fixture.step(options, set: set)
            let later = try fixture.step(options, set: set, prefix: blocks)
            #expect(whole.gradients == later.gradients && whole.result == later.result)
        }
    }

    @Test func headAloneEqualsAllBlocksFrozen() throws {
        let fixture = try TrainingFixture("seqcls-gelu")
        var options = StepOptions()
        options.trainsOnlyHead = true
        let head = try fixture.step(options)
        let moved = head.gradients.filter { $0.value.contains { $0 != 0 } }.keys.sorted()
        #expect(moved == ["classifier.bias", "classifier.weight", "pooler.dense.bias", "pooler.dense.weight"])
        options.frozenPooler = true
        let classifier = try fixture.step(options)
        #expect(classifier.gradients["classifier.weight"] == head.gradients["classifier.weight"])
        #expect(classifier.gradients["pooler.dense.weight"]?.allSatisfy { $0 == 0 } == true)
    }

    @Test func gradientsAddUpAndAreScaled() throws {
        let fixture = try TrainingFixture("seqcls-odd")
        let once = try fixture.step().gradients
        let model = try fixture.model()
        let pass = TrainingPass(model, pool: WorkerPool(threadCount: 2))
        var options = StepOptions()
        options.lossScale = 0.5
        _ = try pass.step(fixture.batch, options: options)
        _ = try pass.step(fixture.batch, options: options)
        #expect(mistakes(model.gradientsByName(), once, tolerance: 1e-5) == [])
        let words = fixture.batch.sequences.flatMap(\.ids).filter { $0 != 0 }
        #expect(pass.touchedWords == Set(words).sorted())
        pass.zeroGradients()
        #expect(model.gradientsByName().values.allSatisfy { $0.allSatisfy { $0 == 0 } })
        #expect(pass.touchedWords.isEmpty)
        _ = try pass.step(fixture.batch)
        #expect(model.gradientsByName() == once)
    }

    @Test(arguments: models)
    func logitsEqualInference(name: String) throws {
        let fixture = try TrainingFixture(name)
        let pool = WorkerPool(threadCount: 2)
        let inference = try EncoderModel(fixture.checkpoint, exactly: true, kernels: Kernels(.best), pool: pool)
        let outputs = try inference.run(
            PackedBatch(fixture.batch.sequences, config: fixture.checkpoint.config),
            outputs: fixture.checkpoint.head.outputs,
            pool: pool, workspace: Workspace())
        let pass = TrainingPass(try fixture.model(), pool: pool)
        let logits = try pass.logits(fixture.batch.sequences)
        #expect(logits == outputs.map { $0.logits.isEmpty ? $0.tokenLogits : $0.logits })
        let (loss, weight) = try pass.loss(fixture.batch, logits: logits, loss: GradientTests.options(of: name))
        #expect(abs(loss - fixture.loss) <= 1e-5 * abs(fixture.loss) && weight > 0)
    }

    /// Gradients with dropout against finite differences of the loss, whose draws are the same.
    @Test(arguments: ["seqcls-odd", "tokencls"])
    func gradientsUnderDropoutEqualDifferences(name: String) throws {
        let fixture = try TrainingFixture(name)
        let (gradients, _) = try fixture.step(GradientTests.dropout)
        let model = try fixture.model()
        let pass = TrainingPass(model, pool: WorkerPool(threadCount: 1))
        for entry in model.layout.entries {
            guard let gradient = gradients[entry.name] else { continue }
            // Along the gradient itself the loss rises by its norm.
            let size = norm(gradient)
            guard size > 1e-3 else { continue }
            let step = 2e-3
            let before = model.weights.values(entry.range)
            func loss(_ sign: Double) throws -> Double {
                for (index, value) in before.enumerated() {
                    model.weights.base[entry.range.lowerBound + index] =
                        value + Float(sign * step * Double(gradient[index]) / size)
                }
                return Double(try pass.step(fixture.batch, options: GradientTests.dropout).loss)
            }
            let slope = (try loss(1) - loss(-1)) / (2 * step)
            for (index, value) in before.enumerated() { model.weights.base[entry.range.lowerBound + index] = value }
            #expect(abs(slope - size) <= 0.02 * size + 2e-3, "\(entry.name): \(slope), \(size)")
        }
    }
}
