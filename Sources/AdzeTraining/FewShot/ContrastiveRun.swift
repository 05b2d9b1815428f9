// A run over pairs of texts that teaches an encoder which of them are alike, and the classifier that is then solved on their
// vectors: SetFit's two halves. Not here: which pairs, one step, and the solver.

internal import AdzeBytes
internal import AdzeKernels
public import AdzeModels
public import AdzeThreads

/// Learning from few labelled texts: steps over pairs of them, then a logistic classifier on their vectors.
///
/// The result is a function of the model, the recipe, the texts and the pairs: not of the number of threads. Not
/// thread-safe; `run()` is called once.
public final class ContrastiveRun {
    private let model: TrainingModel
    private let pass: TrainingPass
    private let recipe: Recipe
    private let sequences: [TokenSequence]
    private let labels: [Int]
    /// The pairs of each step.
    private let steps: PairSteps
    private let optimizer: Optimizer
    private let engine: ModelEngine
    private let pool: WorkerPool
    private let watch: TrainingWatch
    private let recomputes: Bool
    private let clock = ContinuousClock()

    /// A run over a classifier by the mean as it is.
    ///
    /// Of the recipe it takes the seed, the optimizer, the body's rate and decays, the schedule and the dropout of the body.
    /// `steps` are the pairs of each step, of the examples by their numbers; without one the encoder stays as it is.
    public init(
        _ model: TrainingModel, recipe: Recipe, data: TrainingData, steps: PairSteps,
        options: TrainerOptions = TrainerOptions(), pool: WorkerPool, watch: TrainingWatch = TrainingWatch()
    ) {
        guard case .classes(let labels) = data.targets, case .mean = model.head.form else {
            preconditionFailure("a classifier by the mean, and one label a text")
        }
        (self.model, self.recipe, self.labels, self.pool, self.watch) = (model, recipe, labels, pool, watch)
        self.steps = steps
        sequences = data.sequences
        recomputes = options.checkpointsActivations
        engine = ModelEngine(model, pool: pool)
        pass = engine.pass
        optimizer = Trainer.optimizer(engine, recipe, pool)
        // The classifier is solved for afterwards, and nothing reads a pooler.
        optimizer.isTrained = optimizer.settings.map { $0.part != .head && $0.part != .pooler }
    }

    /// Steps of the run.
    public var stepCount: Int { steps.count }

    /// Trains, and leaves the classifier in the model; the outcome has one epoch, with the mean loss of the pairs.
    ///
    /// Throws `TrainerError.cancelled` and `.collapsed`, and what a step throws for texts that do not fit the model.
    public func run() throws -> TrainingOutcome {
        if stepCount > 0 { watch.observe(.started(overview)) }
        var (state, sum) = (CollapseWatch(), 0.0)
        for step in 0..<stepCount {
            let pairs = steps[step]
            if watch.isCancelled() { throw TrainerError.cancelled(step: step, savedAt: nil) }
            sum += try take(pairs, step: step, &state) * Double(pairs.count)
        }
        optimizer.settle()
        if watch.isCancelled() { throw TrainerError.cancelled(step: stepCount, savedAt: nil) }
        try solve()
        let epoch = EpochReport(
            epoch: 0, step: stepCount, trainingLoss: stepCount == 0 ? .nan : sum / Double(steps.pairCount), scores: [],
            isBest: true, sawOneClass: false)
        return TrainingOutcome(
            epochs: [epoch], chosenEpoch: 0, steps: stepCount, stoppedEarly: false, collapses: [], attempt: 0)
    }

    private var overview: RunOverview {
        let counts = zip(optimizer.isTrained, engine.layout.entries).map { $0 ? $1.range.count : 0 }
        return RunOverview(
            epochs: 1, stepsPerEpoch: stepCount, totalSteps: stepCount,
            batchSize: recipe.batchSize(layerCount: engine.layerCount), resumedAt: nil, attempt: 0,
            trainedParameters: counts.reduce(0, +), parameters: engine.layout.count)
    }

    // MARK: Steps

    /// One step over some pairs; gives their mean loss.
    private func take(_ chosen: [TextPair], step: Int, _ state: inout CollapseWatch) throws -> Double {
        let start = clock.now
        // Each text once, in the order of the table.
        let texts = Set(chosen.flatMap { [$0.first, $0.second] }).sorted()
        let places = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1, $0) })
        let batch = texts.map { sequences[$0] }
        for sequence in batch { optimizer.prepare(rows: sequence.ids) }
        let local = chosen.map {
            TextPair(places[$0.first] ?? 0, places[$0.second] ?? 0, isAlike: $0.isAlike)
        }
        let result = try pass.step(batch, pairs: local, options: options(step))
        let norm = optimizer.gradientNorm()
        // A pair's loss is at most 4, and does not explode; it may stop being a number.
        if let sign = state.add(loss: Double(result.loss), norm: norm, ignorant: 4) {
            throw TrainerError.collapsed(Collapse(sign: sign, attempt: 0, epoch: 0, step: step), retries: 0)
        }
        let factor = recipe.rateFactor(step: step, total: stepCount)
        optimizer.step(rateFactor: factor, gradientScale: Optimizer.clipping(norm: norm, limit: recipe.clipping))
        watch.observe(
            .step(
                StepReport(
                    epoch: 0, step: step + 1, loss: Double(result.loss),
                    bodyLearningRate: recipe.bodyLearningRate * factor, headLearningRate: 0, gradientNorm: norm,
                    tokens: result.tokens, seconds: (clock.now - start).inSeconds)))
        return Double(result.loss)
    }

    private func options(_ step: Int) -> StepOptions {
        var options = StepOptions()
        let own = engine.ownDropout
        options.dropout = DropoutRates(
            hidden: min(recipe.hiddenDropout.map { Float($0) } ?? own.hidden, 0.99),
            attention: min(recipe.attentionDropout.map { Float($0) } ?? own.attention, 0.99),
            dropsAttended: own.dropsAttended, dropsFeedForward: own.dropsFeedForward)
        (options.seed, options.step) = (recipe.seed, UInt64(step))
        options.checkpointsActivations = recomputes
        return options
    }

    // MARK: Classifier

    /// The vectors of texts, a few at a time.
    private func vectors(_ sequences: [TokenSequence]) throws -> [[Float]] {
        var vectors: [[Float]] = []
        for start in stride(from: 0, to: sequences.count, by: ContrastiveRun.textsAtOnce) {
            vectors += try pass.vectors(
                Array(sequences[start..<min(start + ContrastiveRun.textsAtOnce, sequences.count)]))
        }
        return vectors
    }

    /// The classes that the model tells texts, as it is by now.
    ///
    /// Throws `BatchError`.
    public func answers(_ sequences: [TokenSequence]) throws -> [Int] {
        let (place, weights, size) = (model.places.classifier, model.weights, model.config.hiddenSize)
        let matrix = weights.values(place.weight..<place.weight + model.logitCount * size)
        let biases = weights.values(place.bias..<place.bias + model.logitCount)
        return try vectors(sequences).map { vector in
            let logits = biases.indices.map { label in
                vector.indices.reduce(Double(biases[label])) {
                    $0 + Double(vector[$1]) * Double(matrix[label * size + $1])
                }
            }
            return logits.indices.max { logits[$0] < logits[$1] } ?? 0
        }
    }

    /// Solves the classifier on the vectors of all texts.
    private func solve() throws {
        let vectors = try vectors(sequences)
        let solved = LogisticRegression(vectors: vectors, classes: labels, classCount: model.logitCount, pool: pool)
        let place = model.places.classifier
        let weights = model.weights
        for (index, weight) in solved.weights.enumerated() { unsafe weights.base[place.weight + index] = Float(weight) }
        for (index, bias) in solved.biases.enumerated() { unsafe weights.base[place.bias + index] = Float(bias) }
    }

    /// Texts whose vectors are computed at a time.
    private static let textsAtOnce = 32
}
