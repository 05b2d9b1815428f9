// Fine-tuning from start to end: examples into tokens, the training run, the trained model as a bundle that is written
// like any other. Not here: reading tables, and the run itself, which is AdzeTraining's.

internal import AdzeBytes
public import AdzeData
internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads
internal import AdzeTokenization
public import AdzeTraining

/// A model, its examples and a recipe, ready to run.
///
/// ```swift
/// let examples = try TrainingExamples(model: "start.adze", tables: TrainingTables(train: "reviews.csv"))
/// let tuned = try FineTuning(examples, recipe: Preset.standard.recipe).run()
/// _ = try tuned.write(to: "reviews.adze")
/// ```
public struct FineTuning: Sendable {
    let settled: SettledRecipe
    let training: TrainingInputs
    private let development: TrainingInputs
    private let answers: TeacherAnswers?
    let pool: WorkerPool

    /// The model and the examples.
    public var examples: TrainingExamples { settled.examples }
    /// The recipe, with a metric that the development set has.
    public var recipe: Recipe { settled.recipe }
    /// The scores that the development set has, the default first.
    public var metrics: [String] { settled.metrics }
    /// The most tokens of an input.
    public var maximumLength: Int { settled.maximumLength }
    /// Who teaches beside the labels.
    public var teacher: Teacher? { settled.teacher }
    /// Texts of an epoch: the training examples, and those without labels that a teacher answers.
    public var textCount: Int { training.windowCounts.count }
    /// Texts of an epoch that were cut to that length.
    public var truncatedCount: Int { training.truncatedCount }
    /// Inputs of an epoch: as many as texts, or more with windows.
    public var inputCount: Int { training.data.count }
    /// Tokens of an epoch.
    public var tokenCount: Int { training.tokenCount }

    /// Cuts the examples into tokens, settles what the recipe leaves open, and asks the teacher.
    ///
    /// Throws `DataError.noSuchLabel` for a weight of no label, `TrainerError.unknownMetric`, `TeacherError`,
    /// `TokenizerError.impossibleBudget`, and `FloatProductsError` where the recipe asks for a library that is not here.
    /// - Parameters:
    ///   - metric: the score that chooses the best epoch; nil takes the recipe's where the task has it, else the task's
    ///     own.
    ///   - classWeights: what each label counts; recorded in the recipe.
    ///   - teacher: whose answers are learned, by the recipe's temperature and weight; it runs here, once over all texts.
    ///   - cache: where the examples' tokens may be found, and are kept.
    ///   - progress: is told how many texts of how many the teacher has answered.
    public init(
        _ examples: TrainingExamples, recipe: Recipe, metric: String? = nil, classWeights: ClassWeights? = nil,
        teacher: Teacher? = nil, threads: Int? = nil, cache: TokenCache = TokenCache(),
        progress: (_ answered: Int, _ of: Int) -> Void = { _, _ in }
    ) throws {
        try self.init(
            SettledRecipe(examples, recipe: recipe, metric: metric, classWeights: classWeights, teacher: teacher),
            threads: threads, cache: cache, progress: progress)
    }

    /// Cuts the examples into tokens as a settled recipe has them, and asks its teacher where the answers are not given.
    init(
        _ settled: SettledRecipe, answers: TeacherAnswers? = nil, threads: Int?, cache: TokenCache,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        let pool = WorkerPool(threads: threads)
        let bundle = settled.examples.bundle
        let cutting = TextCutting(
            tokenizer: try bundle.requireTokenizer(), cleaner: try bundle.cleaner(),
            maximumLength: settled.maximumLength, strategy: settled.longText)
        func tokens(_ texts: [TextInput]) throws -> TokenizedTexts {
            try cache.tokenized(texts, cutting, pool: pool)
        }
        let (train, dev) = (settled.examples.train, settled.examples.dev)
        let learned = try tokens(train.map(\.input))
        development = TrainingInputs(dev, try tokens(dev.map(\.input)), head: settled.head)
        if let teacher = settled.teacher {
            let unlabelled = try tokens(teacher.unlabelled)
            let answers = try answers ?? teacher.answers(settled.examples, pool: pool, progress: progress)
            training = TrainingInputs(train, learned + unlabelled, head: settled.head, answers, settled.recipe)
            self.answers = answers
        } else {
            training = TrainingInputs(train, learned, head: settled.head)
            self.answers = nil
        }
        self.settled = settled
        self.pool = pool
    }

    /// The scores of the start model over the development set; nil where its classifier is new.
    public func startScores() throws -> EvaluationReport? {
        guard !examples.hasNewHead else { return nil }
        return try TextClassifier(examples.bundle, precision: .fp32, on: ThreadPool(workers: pool)).evaluate(
            examples.dev, options: textOptions)
    }

    /// How texts are prepared for predictions like those of the run.
    public var textOptions: TextOptions { settled.textOptions }

    /// Trains.
    ///
    /// The result depends neither on the number of threads nor on interruptions. Throws what `Trainer.run()` does.
    public func run(
        options: TrainerOptions = TrainerOptions(), observe: @escaping (TrainingEvent) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> FineTunedModel {
        try run(options: options, observe: observe, isCancelled: isCancelled, frozenStates: nil)
    }

    /// The same, with the hidden states of frozen blocks that runs of a comparison share.
    func run(
        options: TrainerOptions, observe: @escaping (TrainingEvent) -> Void,
        isCancelled: @escaping @Sendable () -> Bool, frozenStates: FrozenStates?
    ) throws -> FineTunedModel {
        let plan = recipe.quantizeAware ? try frozenPlan() : nil
        let model = try startModel()
        let scorer = DevelopmentScorer(
            head: settled.head, examples: examples.dev, windowCounts: development.windowCounts,
            aggregate: settled.textOptions.aggregate ?? .mean)
        let quantization = plan.map {
            QuantizeAwareState(store: PlannedQuantizedStore(model.checkpoint(), plan: $0))
        }
        var job = TrainingJob(recipe: recipe, training: training.data)
        job.development = DevelopmentSet(data: development.data, metrics: metrics) { try scorer.scores($0) }
        (job.loss, job.quantization) = (settled.loss, quantization)
        let trainer = Trainer(
            job, model: model, options: options, pool: pool,
            watch: TrainingWatch(observe: observe, isCancelled: isCancelled), frozenStates: frozenStates)
        let outcome = try trainer.run()
        let bundle = ModelBundle(
            examples.bundle, checkpoint: result(model, plan), tokenizer: examples.bundle.tokenizer,
            edit: .finetuned(facts(outcome)))
        return FineTunedModel(
            bundle: ModelBundle(bundle, reading: settled.reading), outcome: outcome, plan: plan,
            threads: pool.threadCount)
    }

    /// The weights that a run begins with.
    func startModel() throws -> TrainingModel {
        let start = examples.bundle.checkpoint
        return try TrainingModel(
            ModelCheckpoint(
                config: start.config, head: start.head,
                store: FiniteStore(base: start.store, allowsNonFinite: false)),
            kernels: Kernels.chosen(products: recipe.floatProducts), pool: pool)
    }

    /// The trained model: its masters, or where training saw them rounded, the weights that it saw.
    ///
    /// Masters between two codes answer a little unlike either, and nobody has scored them.
    private func result(_ model: TrainingModel, _ plan: QuantizationPlan?) -> ModelCheckpoint {
        let masters = model.checkpoint()
        guard let plan else { return masters }
        let rounded = DequantizedStore(planned: PlannedQuantizedStore(masters, plan: plan))
        return ModelCheckpoint(config: masters.config, head: masters.head, store: rounded)
    }

    /// How the start model would be quantized, which holds for the whole run and for the file that comes out.
    private func frozenPlan() throws -> QuantizationPlan {
        try examples.bundle.measuredPlan(.builtIn, pool: pool)
    }

    /// What the file says of the training: what it was, and how it ended. No path, no time.
    func facts(_ outcome: TrainingOutcome) -> JSONObject {
        var facts: JSONObject = [
            "recipe": recipe.json, "trainExamples": .integer(examples.train.count),
            "devExamples": .integer(examples.dev.count), "epoch": .integer(outcome.chosenEpoch + 1),
            "steps": .integer(outcome.steps),
        ]
        if let answers { facts["teacher"] = .object(answers.facts) }
        var scores = JSONObject()
        for score in outcome.chosen?.scores ?? [] where score.value.isFinite {
            scores[score.name] = .number(score.value)
        }
        facts["scores"] = .object(scores)
        if let augmentation = examples.augmentation { facts["augmentation"] = augmentation.json }
        return facts
    }
}

extension TrainingOutcome {
    /// The epoch whose weights the model has.
    public var chosen: EpochReport? { epochs.first { $0.epoch == chosenEpoch } }

    /// A score of the chosen epoch.
    public func score(_ name: String) -> Double? { chosen?.scores.first { $0.name == name }?.value }
}

/// A model that has been trained.
public struct FineTunedModel: Sendable {
    /// The model, its weights in memory.
    public let bundle: ModelBundle
    /// How the run went.
    public let outcome: TrainingOutcome
    private let plan: QuantizationPlan?
    private let threads: Int?

    init(bundle: ModelBundle, outcome: TrainingOutcome, plan: QuantizationPlan?, threads: Int?) {
        self.bundle = bundle
        self.outcome = outcome
        self.plan = plan
        self.threads = threads
    }

    /// Writes a `.adze` file of int8 weights and the residual that gives the fp32 masters back exactly.
    ///
    /// After a quantization-aware training the int8 section is the one that training saw, and the fp32 weights are what
    /// its codes stand for, so that both precisions answer alike but for the rounding of activations. Throws as
    /// `ModelBundle.convert` does.
    package func write(to path: String, replacing: Bool = false) throws -> ConversionReport {
        var options = ConversionOptions()
        options.replacing = replacing
        options.threads = threads
        options.plan = plan
        return try bundle.convert(to: path, options: options)
    }
}

extension EvaluationReport {
    /// A score by the name that `--metric` has for it; nil for a name of another task, and where it is not defined.
    public func score(named name: String) -> Double? {
        let score = namedScores([name])[0].value
        return score.isNaN ? nil : score
    }
}
