// A run: epochs of steps, an evaluation after each, checkpoints on the way, the best epoch at the end. Not here: what a
// step computes (the engine), and how it moves the weights (`Optimizer`).

internal import AdzeBytes
internal import AdzeKernels
internal import AdzeModels
public import AdzeThreads

/// How a run is done. Nothing here changes a bit of what comes out.
public struct TrainerOptions: Sendable {
    /// What becomes of a checkpoint that is there already.
    public enum Start: Sendable {
        /// It is an error.
        case fresh
        /// The run goes on from it; without one, that is an error.
        case resume
        /// The run goes on from it, or begins.
        case resumeIfPresent
        /// It is replaced at the first save.
        case replace
    }

    /// The folder for checkpoints; nil for none.
    public var folder: String?
    /// What becomes of a checkpoint that is there already.
    public var start = Start.fresh
    /// A checkpoint is saved after each epoch, and once so many seconds have gone by since the last.
    public var saveSeconds = 300.0
    /// A checkpoint is saved every so many steps too; nil for no such.
    public var saveSteps: Int?
    /// Whether activations are computed twice instead of kept.
    public var checkpointsActivations = false
    /// The most bytes of memory for hidden states of frozen blocks.
    public var cacheMemory = 1 << 30
    /// The most bytes of disk for them.
    public var cacheDisk = 16 << 30
    /// Where files without a name lie, which are gone with the process: those hidden states, and without a folder for
    /// checkpoints the best epoch's weights. Nil for the folder of checkpoints; without either all stays in memory.
    public var cacheFolder: String?

    /// The defaults.
    public init() {}
}

/// Trains a model after a recipe.
///
/// The result is a function of the model, the recipe, the examples and the loss: not of the number of threads, of where
/// a run was interrupted, or of what was cached. Not thread-safe; `run()` is called once.
public final class Trainer {
    let engine: any StepEngine
    let job: TrainingJob
    var recipe: Recipe { job.recipe }
    let options: TrainerOptions
    let watch: TrainingWatch
    let pool: WorkerPool
    let plan: EpochPlan
    let clock = ContinuousClock()

    var state = RunState()
    var optimizer: Optimizer
    var depth: TrainedDepth?
    /// Hidden states that other runs share with this one; nil for a run on its own.
    let frozenStates: FrozenStates?
    var trainingCache: PrefixCache?
    var developmentCache: PrefixCache?
    var store: RunStore?
    /// The loss of logits of 0, without focus: what a model that knows nothing would have.
    var ignorantLoss = Double.nan
    /// The weights at the start, for retries.
    private var startWeights: FloatBuffer?
    /// The best epoch's weights, where there is no folder that keeps them.
    var bestWeights: KeptWeights?

    /// A run over a model's weights as they are.
    ///
    /// With `frozenStates` it takes what other runs have computed of the same frozen blocks and examples, and the limits
    /// of that store in place of those of `options`.
    public convenience init(
        _ job: TrainingJob, model: TrainingModel, options: TrainerOptions = TrainerOptions(), pool: WorkerPool,
        watch: TrainingWatch = TrainingWatch(), frozenStates: FrozenStates? = nil
    ) {
        self.init(
            job, engine: ModelEngine(model, pool: pool), options: options, pool: pool, watch: watch,
            frozenStates: frozenStates)
    }

    init(
        _ job: TrainingJob, engine: any StepEngine, options: TrainerOptions, pool: WorkerPool, watch: TrainingWatch,
        frozenStates: FrozenStates? = nil
    ) {
        self.frozenStates = frozenStates
        let recipe = job.recipe
        precondition(recipe.quantizeAware == (job.quantization != nil), "a recipe and its forward pass go together")
        (self.engine, self.job, self.options, self.pool, self.watch) = (engine, job, options, pool, watch)
        plan = EpochPlan(
            lengths: job.training.sequences.map(\.ids.count), seed: recipe.seed,
            batchSize: recipe.batchSize(layerCount: engine.layerCount), accumulation: recipe.accumulation,
            epochs: recipe.epochs, groupsByLength: recipe.groupsByLength)
        optimizer = Trainer.optimizer(engine, recipe, pool)
    }

    /// Trains, and leaves the weights of the chosen epoch in the model.
    ///
    /// Throws `TrainerError`, `RunCheckpointError`, `FileError`, and what the engine throws for examples that do not fit
    /// the model. The model's weights are then those of some step.
    public func run() throws -> TrainingOutcome {
        try check()
        let identity = identity
        if recipe.reinitialisesPooler && !engine.layout.reinitialisePooler(engine.weights, seed: recipe.seed) {
            watch.observe(.note("this model has no pooler to give new weights"))
        }
        ignorantLoss = try lossOfZeros()
        if recipe.retries > 0 { startWeights = copyOfWeights() }
        var resumedAt = try openStore(identity) ? state.step : nil
        while !state.isFinished {
            watch.observe(.started(overview(resumedAt: resumedAt)))
            resumedAt = nil
            do {
                try runAttempt()
                try finish()
            } catch let signal as CollapseSignal {
                try recover(signal.collapse)
            }
        }
        return outcome
    }

    // MARK: Start

    private func check() throws(TrainerError) {
        guard job.training.count > 0 else { throw .noExamples(what: "training") }
        guard let development = job.development else { return }
        guard development.data.count > 0 else { throw .noExamples(what: "dev") }
        let known = ["loss"] + development.metrics
        guard known.contains(recipe.metric) else {
            throw .unknownMetric(recipe.metric, known: known, nearest: nearestName(to: recipe.metric, in: known))
        }
    }

    private func lossOfZeros() throws -> Double {
        let batch = job.training.batch(Array(0..<min(job.training.count, 1000)))
        let zeros = batch.sequences.map { [Float](repeating: 0, count: engine.logitCount($0)) }
        // The focal loss of a model that knows nothing is far below that of one that errs, which is no collapse yet.
        var loss = job.loss
        loss.focalGamma = nil
        return Double(try engine.loss(batch, logits: zeros, loss: loss).loss)
    }

    var identity: RunIdentity {
        let bytes = unsafe UnsafeRawBufferPointer(start: engine.weights.base, count: engine.weights.count * 4)
        let names = engine.layout.entries.map { "\($0.name) \($0.shape)" }.joined(separator: "\n")
        let seed = unsafe Array((engine.identity + names + "\(job.loss)").utf8).withUnsafeBytes { unsafe xxh64($0) }
        return unsafe RunIdentity(
            recipe: recipe, data: job.training.digest, development: job.development?.data.digest ?? "none",
            model: hexDigits(xxh64(bytes, seed: seed)), teacher: job.training.teacherDigest)
    }

    /// Opens the folder and takes up its checkpoint; tells whether there was one.
    private func openStore(_ identity: RunIdentity) throws -> Bool {
        guard let folder = options.folder else { return false }
        var store = RunStore(folder: try RunFolder(path: folder), identity: identity)
        // Whoever replaces a run need not be able to read it.
        let manifest = options.start == .replace ? nil : try store.folder.manifest()
        defer { self.store = store }
        guard let manifest else {
            if options.start == .resume { throw RunCheckpointError.none(folder: folder) }
            return false
        }
        if options.start == .fresh { throw RunCheckpointError.exists(folder: folder, step: manifest.state.step) }
        let differences = identity.differences(from: manifest.identity)
        guard differences.isEmpty else { throw RunCheckpointError.otherRun(differences: differences) }
        guard fits(manifest.state), manifest.best != nil || !needsBest(manifest.state) else {
            throw RunCheckpointError.notAManifest(part: "state")
        }
        state = manifest.state
        optimizer = Trainer.optimizer(engine, recipe.retried(state.attempt), pool)
        try store.load(manifest, arrays: arrays)
        optimizer.restore(updateCounts: state.updateCounts)
        return true
    }

    /// Whether a state is one that a run of this recipe comes through.
    private func fits(_ state: RunState) -> Bool {
        let isOver = !state.epochs.isEmpty && (state.epoch == recipe.epochs || state.stoppedEarly)
        return state.updateCounts.count == engine.layout.entries.count && state.attempt <= recipe.retries
            && state.epoch <= recipe.epochs && state.stepInEpoch <= plan.stepsPerEpoch
            && state.epoch * plan.stepsPerEpoch + state.stepInEpoch == state.step
            && state.epochs.count == state.epoch && state.best == state.epochs.last { $0.isBest }?.epoch
            && state.updateCounts.allSatisfy { $0 <= state.step } && state.watch.steps <= state.step + 1
            && state.watch.oneClassInARow <= state.epoch && state.exampleCount <= job.training.count
            && (isOver || !state.isFinished && !state.stoppedEarly)
            // A run stops early at an epoch's end, or with a collapse, which finishes it.
            && (!state.stoppedEarly || state.isFinished || recipe.patience != nil && state.stepInEpoch == 0)
    }

    /// Whether a checkpoint of this state must keep the best epoch's weights: a run that ended with them, or has not gone
    /// on since, has them as its own.
    private func needsBest(_ state: RunState) -> Bool {
        guard recipe.keepsBest, let best = state.best, !state.isFinished else { return false }
        let isOver = state.epoch == recipe.epochs || state.stoppedEarly
        return !(isOver && best == state.epochs.count - 1)
    }

    static func optimizer(_ engine: any StepEngine, _ recipe: Recipe, _ pool: WorkerPool) -> Optimizer {
        let settings = recipe.settings(
            of: engine.layout, layerCount: engine.blockCount, readsPooler: engine.readsPooler)
        let depths = (0..<recipe.epochs).map(recipe.trainedDepth)
        let neverTrained = settings.map { setting in
            !depths.contains { setting.part.isTrained($0, layerCount: engine.blockCount) }
        }
        return Optimizer(
            layout: engine.layout, settings: settings, adamW: recipe.adamW, weights: engine.weights,
            gradients: engine.gradients, neverTrained: neverTrained,
            leavesRowsBehind: recipe.leavesRowsBehind && !engine.readsAllWords && neverTrained.first == false,
            kernels: engine.kernels, pool: pool)
    }

    private func overview(resumedAt: Int?) -> RunOverview {
        let trained = optimizer.settings.map { setting in
            setting.part.isTrained(recipe.trainedDepth(epoch: recipe.epochs - 1), layerCount: engine.blockCount)
        }
        let counts = engine.layout.entries.map(\.range.count)
        return RunOverview(
            epochs: recipe.epochs, stepsPerEpoch: plan.stepsPerEpoch, totalSteps: plan.totalSteps,
            batchSize: plan.batchSize, resumedAt: resumedAt, attempt: state.attempt,
            trainedParameters: zip(trained, counts).reduce(0) { $0 + ($1.0 ? $1.1 : 0) },
            parameters: counts.reduce(0, +))
    }

    // MARK: End

    /// Puts the chosen epoch's weights in place and saves them as the result.
    private func finish() throws {
        optimizer.settle()
        if chosenEpoch != state.epochs.count - 1 || state.stepInEpoch > 0 { try placeBest() }
        store?.best = nil
        state.isFinished = true
        try save()
    }

    var chosenEpoch: Int { (recipe.keepsBest ? state.best : nil) ?? state.epochs.count - 1 }

    private var outcome: TrainingOutcome {
        TrainingOutcome(
            epochs: state.epochs, chosenEpoch: chosenEpoch, steps: state.step, stoppedEarly: state.stoppedEarly,
            collapses: state.collapses, attempt: state.attempt)
    }

    /// Starts again at lower rates, or ends with the best epoch there was, or gives up.
    private func recover(_ collapse: Collapse) throws {
        optimizer.clearGradients()
        state.collapses.append(collapse)
        let isRetried = state.attempt < recipe.retries
        watch.observe(.collapsed(collapse, isRetried: isRetried))
        if isRetried, let startWeights {
            restore(startWeights)
            state = RunState(attempt: state.attempt + 1, collapses: state.collapses)
            optimizer = Trainer.optimizer(engine, recipe.retried(state.attempt), pool)
            (depth, trainingCache, developmentCache, bestWeights) = (nil, nil, nil, nil)
            store?.best = nil
            return try save()
        }
        guard recipe.keepsBest, let best = state.best, !state.epochs[best].sawOneClass else {
            throw TrainerError.collapsed(collapse, retries: recipe.retries)
        }
        watch.observe(.note("the result is epoch \(best + 1), the best before the collapse"))
        state.stoppedEarly = true
        try finish()
    }

    // MARK: Weights

    /// What a run changes: all but the parameters before the first that is ever trained.
    var trainedRange: Range<Int> { optimizer.origin..<engine.layout.count }

    private func copyOfWeights() -> FloatBuffer {
        let copy = FloatBuffer(zeroPages: trainedRange.count)
        unsafe copy.base.update(from: engine.weights.base + trainedRange.lowerBound, count: trainedRange.count)
        return copy
    }

    private func restore(_ weights: FloatBuffer) {
        unsafe (engine.weights.base + trainedRange.lowerBound).update(from: weights.base, count: trainedRange.count)
    }
}

/// A collapse on its way to who decides what becomes of the run.
struct CollapseSignal: Error {
    let collapse: Collapse
}
