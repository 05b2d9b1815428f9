// A model of three small blocks, a task that it can learn, and runs over both.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Foundation
import Synchronization

@testable import AdzeTraining

enum TrainerSample {
    static func model(_ set: InstructionSet = .best, form: HeadForm? = nil) throws -> TrainingModel {
        let json = """
            {"vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2,
             "intermediate_size": 24, "max_position_embeddings": 16, "hidden_act": "gelu", "model_type": "bert"}
            """
        let config = try EncoderShape(json: parseJSON(Array(json.utf8)))
        let labels = ClassificationHead(labels: ["a", "b"], problemType: .singleLabel)
        let head = Bert.head(.classification(labels), config, form: form)
        var generator = SeededGenerator(seed: 4)
        var store = MemoryTensorStore()
        for parameter in config.parameters(head: head) {
            let isNorm = parameter.role == .normScale
            let values = (0..<parameter.shape.count).map { _ in
                isNorm ? Float(1) : Float.random(in: -0.3...0.3, using: &generator)
            }
            store.add(parameter.name, Tensor(shape: parameter.shape, floats: values))
        }
        let checkpoint = ModelCheckpoint(config: config, head: head, store: store)
        return try TrainingModel(checkpoint, kernels: Kernels(set), pool: WorkerPool(threadCount: 1))
    }

    /// Sequences of 3 to 12 tokens; the class is whether token 7 is among them.
    static func data(count: Int, seed: UInt64) -> TrainingData {
        var generator = SeededGenerator(seed: seed)
        var (sequences, classes): ([TokenSequence], [Int]) = ([], [])
        for index in 0..<count {
            var ids = (0..<Int.random(in: 2...11, using: &generator)).map { _ in
                Int32.random(in: 10..<38, using: &generator)
            }
            if index % 2 == 1 { ids[Int.random(in: 0..<ids.count, using: &generator)] = 7 }
            sequences.append(TokenSequence(ids: [2] + ids))
            classes.append(index % 2)
        }
        return TrainingData(sequences: sequences, targets: .classes(classes))
    }

    static let training = data(count: 26, seed: 1)

    static func development(
        _ score: (@Sendable ([[Float]]) -> Double)? = nil
    ) -> DevelopmentSet {
        let data = data(count: 14, seed: 2)
        return DevelopmentSet(data: data, metrics: ["accuracy"]) { logits in
            let right = logits.indices.count { (logits[$0][1] > logits[$0][0]) == ($0 % 2 == 1) }
            return [Score("accuracy", score?(logits) ?? Double(right) / Double(logits.count))]
        }
    }

    /// Everything at once: stages, accumulation, dropout, rows left behind, layer-wise decay.
    static var recipe: Recipe {
        var recipe = Recipe()
        recipe.epochs = 5
        recipe.batchSize = 4
        recipe.accumulation = 2
        recipe.bodyLearningRate = 3e-3
        recipe.headLearningRate = 1e-2
        recipe.layerDecay = 0.9
        recipe.stages = [
            Stage(epoch: 0, trains: .head), Stage(epoch: 2, trains: .top(2)), Stage(epoch: 4, trains: .all),
        ]
        recipe.metric = "accuracy"
        return recipe
    }

    /// The same without stages, accumulation and dropout.
    static var plainRecipe: Recipe {
        var recipe = recipe
        recipe.accumulation = 1
        recipe.stages = [Stage(epoch: 0, trains: .all)]
        recipe.hiddenDropout = 0
        recipe.attentionDropout = 0
        recipe.classifierDropout = 0
        return recipe
    }
}

/// What a run left and told.
struct SampleRun {
    var weights: [UInt32]
    var outcome: TrainingOutcome
    var steps: [StepReport] = []
    var collapses: [Collapse] = []
    var saves = 0

    /// What may not depend on how the run was done.
    func equals(_ other: SampleRun) -> Bool { weights == other.weights && outcome == other.outcome }
}

extension TrainerSample {
    /// Runs a recipe on a fresh model; `stopAt` cancels once so many steps have been taken.
    static func run(
        _ recipe: Recipe = recipe, development: DevelopmentSet? = development(), options: TrainerOptions = .init(),
        set: InstructionSet = .best, threads: Int = 1, form: HeadForm? = nil, stopAt: Int? = nil,
        training: TrainingData = training,
        frozenStates: FrozenStates? = nil, wrapping wrap: (ModelEngine) -> any StepEngine = { $0 },
        observe: (TrainingEvent) -> Void = { _ in }
    ) throws -> SampleRun {
        try withoutActuallyEscaping(observe) { observe in
            let model = try model(set, form: form)
            let pool = WorkerPool(threadCount: threads)
            let stepsTaken = Mutex(-1)
            var told = SampleRun(
                weights: [],
                outcome: TrainingOutcome(
                    epochs: [], chosenEpoch: 0, steps: 0, stoppedEarly: false, collapses: [], attempt: 0))
            var job = TrainingJob(recipe: recipe, training: training)
            job.development = development
            let watch = TrainingWatch(
                observe: { event in
                    observe(event)
                    switch event {
                    case .step(let report):
                        told.steps.append(report)
                        stepsTaken.withLock { $0 = report.step }
                    case .collapsed(let collapse, _): told.collapses.append(collapse)
                    case .saved: told.saves += 1
                    default: break
                    }
                },
                isCancelled: { stopAt.map { stop in stepsTaken.withLock { $0 >= stop } } ?? false })
            let trainer = Trainer(
                job, engine: wrap(ModelEngine(model, pool: pool)), options: options, pool: pool, watch: watch,
                frozenStates: frozenStates)
            told.outcome = try trainer.run()
            told.weights = model.weights.values(0..<model.layout.count).map(\.bitPattern)
            return told
        }
    }

    /// Options with a folder of checkpoints.
    static func options(_ folder: String, _ start: TrainerOptions.Start = .fresh, saveSteps: Int? = nil)
        -> TrainerOptions
    {
        var options = TrainerOptions()
        options.folder = folder
        options.start = start
        options.saveSteps = saveSteps
        return options
    }
}

/// A number that closures share.
final class SharedCount: Sendable {
    private let value = Mutex(0)

    var current: Int { value.withLock { $0 } }

    /// Adds and gives the new sum.
    @discardableResult
    func add(_ number: Int) -> Int {
        value.withLock {
            $0 += number
            return $0
        }
    }
}

/// The engine, watched and led astray.
struct HookedEngine: StepEngine {
    let base: ModelEngine
    /// Is told of how many sequences hidden states are computed.
    var onPrefix: (Int) -> Void = { _ in }
    /// May change what a step gives.
    var onStep: (StepResult) -> StepResult = { $0 }
    /// May change the logits of an evaluation.
    var onLogits: ([[Float]]) -> [[Float]] = { $0 }

    /// An engine whose loss is not a number in one of its calls, counted from 1.
    static func failing(_ base: ModelEngine, at call: Int) -> HookedEngine {
        let calls = SharedCount()
        return HookedEngine(
            base: base,
            onStep: { result in
                var result = result
                if calls.add(1) == call { result.loss = .nan }
                return result
            })
    }

    var layout: ParameterLayout { base.layout }
    var weights: FloatBuffer { base.weights }
    var gradients: FloatBuffer { base.gradients }
    var kernels: Kernels { base.kernels }
    var layerCount: Int { base.layerCount }
    var ownDropout: DropoutRates { base.ownDropout }
    var readsAllWords: Bool { base.readsAllWords }
    var startsFromPrefix: Bool { base.startsFromPrefix }
    var readsPooler: Bool { base.readsPooler }
    var paddingID: Int32? { base.paddingID }
    var identity: String { base.identity }
    func prefixIdentity(blocks: Int) -> String { base.prefixIdentity(blocks: blocks) }

    func step(
        _ batch: TrainingBatch, from prefix: PrefixStates?, loss: LossOptions, options: StepOptions
    ) throws -> StepResult {
        onStep(try base.step(batch, from: prefix, loss: loss, options: options))
    }

    func logitCount(_ sequence: TokenSequence) -> Int { base.logitCount(sequence) }

    func settled(_ quantization: QuantizeAwareState) throws -> QuantizeAwareState { try base.settled(quantization) }

    func prefix(_ sequences: [TokenSequence], blocks: Int, quantization: QuantizeAwareState?) throws -> [[Float]] {
        onPrefix(sequences.count)
        return try base.prefix(sequences, blocks: blocks, quantization: quantization)
    }

    func logits(
        _ sequences: [TokenSequence], from prefix: PrefixStates?, quantization: QuantizeAwareState?
    ) throws -> [[Float]] {
        onLogits(try base.logits(sequences, from: prefix, quantization: quantization))
    }

    func loss(_ batch: TrainingBatch, logits: [[Float]], loss: LossOptions) throws -> (loss: Float, weight: Double) {
        try base.loss(batch, logits: logits, loss: loss)
    }
}
