// Learning from few labelled texts as SetFit does: the encoder from pairs of them, then a logistic classifier on the mean of
// their hidden states. What is left is a classifier like any other. Not here: tables and tokens, which are `FineTuning`'s.
//
// Source: Tunstall et al. 2022, "Efficient Few-Shot Learning Without Prompts", arXiv:2209.11055.

internal import AdzeBytes
internal import AdzeData
public import AdzeModels
internal import AdzeThreads
public import AdzeTraining

/// A model and few examples, ready to learn from their pairs.
///
/// ```swift
/// var tables = TrainingTables(train: "few.csv")
/// tables.devShare = 0
/// let form = FewShotTuning.form(for: try ModelBundle(path: "all-MiniLM-L6-v2"))
/// let examples = try TrainingExamples(model: "all-MiniLM-L6-v2", tables: tables, newHead: NewHead(form: form))
/// let tuned = try FewShotTuning(FineTuning(examples, recipe: FewShotTuning.recipe)).run().model
/// ```
public struct FewShotTuning: Sendable {
    private let job: FineTuning
    private let labels: [Int]
    private let plan: PairPlan
    /// Halves of the texts by which it is tried whether the encoder is to learn; nil where that is the caller's will, or
    /// where there are too few texts.
    private let halves: [EncoderTrial.Half]?
    /// Whether a run begins with that trial.
    public var tries: Bool { halves != nil }
    /// How many texts there are, copies and rows that repeat one not counted.
    public let textCount: Int
    /// As many pairs as there are, the rarer kind repeated.
    public let allPairs: Int

    /// Steps for so many texts: a quarter of them, and at most `mostSteps`.
    ///
    /// With groups of 16 texts each text is encoded four times, where there are few.
    public static func usualSteps(texts: Int) -> Int { min(max(texts / 4, 1), mostSteps) }
    /// The most steps unless more are asked for.
    public static let mostSteps = 32

    /// Groups of 16 texts at a rate of 2e-4: few steps, each a large one.
    public static let recipe = recipe(rate: 2e-4)
    /// SetFit's numbers, for its way of meeting pairs: batches of 16 pairs at a rate of 2e-5.
    public static let pairRecipe = recipe(rate: 2e-5)

    private static func recipe(rate: Double) -> Recipe {
        var recipe = Recipe()
        (recipe.epochs, recipe.batchSize, recipe.bodyLearningRate) = (1, 16, rate)
        return recipe
    }

    /// The form of a classifier on a model's vectors: scaled to length 1 where the model's own are.
    public static func form(for bundle: ModelBundle) -> HeadForm {
        .mean(normalizes: bundle.sentenceRecipe?.normalize ?? false)
    }

    /// Takes a job whose model has a new classifier by the mean.
    ///
    /// Without a plan it is groups, in the usual steps, unless a trial by halves shows that they do harm: where a model's
    /// vectors tell the labels already, as all-MiniLM-L6-v2's do those of banking77, a few texts spoil them.
    ///
    /// Throws `FineTuningError.notOneLabel`, and `.tooFewOfLabel` for a label with fewer than two texts.
    public init(_ job: FineTuning, plan: PairPlan? = nil) throws {
        guard case .mean = job.examples.bundle.checkpoint.head.form else {
            preconditionFailure("pairs are compared by a classifier by the mean")
        }
        switch job.examples.kind {
        case .label(let table):
            var counts = [Int](repeating: 0, count: table.count)
            // Copies of a text are no other text to pair it with.
            for index in job.examples.train.indices where job.examples.origins[index] == index {
                for label in job.examples.train[index].target.positions { counts[label] += 1 }
            }
            if let label = counts.firstIndex(where: { $0 < 2 }) {
                throw FineTuningError.tooFewOfLabel(table.names[label], count: counts[label])
            }
        case .labels: throw FineTuningError.notOneLabel(found: "several labels a text")
        case .number: throw FineTuningError.notOneLabel(found: "numbers")
        }
        guard case .classes(let labels) = job.training.data.targets else {
            preconditionFailure("one label a text is a class")
        }
        allPairs = PairSampling(labels: labels).count(limit: .max)
        self.plan = plan ?? .groups(steps: FewShotTuning.usualSteps(texts: labels.count))
        let texts = FewShotTuning.texts(job)
        textCount = Set(texts).count
        halves = plan == nil ? EncoderTrial.halves(labels: labels, texts: texts, seed: job.recipe.seed) : nil
        (self.job, self.labels) = (job, labels)
    }

    /// The text that each input of a job is of, by the place of the first example that has it.
    private static func texts(_ job: FineTuning) -> [Int] {
        let examples = job.examples
        var first = examples.origins
        for group in StratifiedSplit.groups(examples.train) { for index in group { first[index] = group[0] } }
        let texts = examples.origins.map { first[$0] }
        return zip(texts, job.training.windowCounts).flatMap { repeatElement($0, count: $1) }
    }

    /// What a run leaves.
    public struct Result: Sendable {
        /// The classifier, and how the run went: one epoch, with the scores of the development set where there is one.
        public let model: FineTunedModel
        /// Pairs that were met; those that came again are counted again.
        public let pairCount: Int
        /// The trial by halves; nil where there was none.
        public let trial: EncoderTrial?
    }

    /// Trains.
    ///
    /// The result does not depend on the number of threads. Throws what `ContrastiveRun.run()` does.
    public func run(
        options: TrainerOptions = TrainerOptions(), observe: @escaping (TrainingEvent) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> Result {
        let quiet = TrainingWatch(isCancelled: isCancelled)
        let trial = try halves.map { try self.trial($0, options, quiet) }
        let plan = trial?.trainingHurts == true ? .groups(steps: 0) : self.plan
        let model = try job.startModel()
        let all = Array(labels.indices)
        let watch = TrainingWatch(observe: observe, isCancelled: isCancelled)
        let (run, pairCount) = self.run(model, texts: all, plan, options, watch)
        var outcome = try run.run()
        func bundle() -> ModelBundle { self.bundle(model.checkpoint(), outcome, pairCount: pairCount, trial) }
        if !job.examples.dev.isEmpty { outcome.epochs[0].scores = try scores(of: bundle()) }
        let tuned = FineTunedModel(bundle: bundle(), outcome: outcome, plan: nil, threads: job.pool.threadCount)
        return Result(model: tuned, pairCount: pairCount, trial: trial)
    }

    /// A run over some of the texts.
    private func run(
        _ model: TrainingModel, texts: [Int], _ plan: PairPlan, _ options: TrainerOptions, _ watch: TrainingWatch
    ) -> (run: ContrastiveRun, pairCount: Int) {
        let (recipe, own) = (job.recipe, texts.map { labels[$0] })
        let batchSize = recipe.batchSize(layerCount: model.config.layerCount)
        let steps = plan.steps(labels: own, batchSize: batchSize, seed: recipe.seed)
        let data = TrainingData(sequences: texts.map { job.training.data.sequences[$0] }, targets: .classes(own))
        let run = ContrastiveRun(
            model, recipe: recipe, data: data, steps: steps, options: options, pool: job.pool, watch: watch)
        return (run, steps.pairCount)
    }

    /// Tells each half's texts by the other half, with the encoder as it is and trained.
    private func trial(
        _ halves: [EncoderTrial.Half], _ options: TrainerOptions, _ watch: TrainingWatch
    ) throws -> EncoderTrial {
        var trial = EncoderTrial()
        for (taught, told) in [(halves[0].taught, halves[1].told), (halves[1].taught, halves[0].told)] {
            let model = try job.startModel()
            let texts = told.map { job.training.data.sequences[$0] }
            let usual = PairPlan.groups(steps: FewShotTuning.usualSteps(texts: taught.count))
            let answers = try [PairPlan.groups(steps: 0), usual].map { plan in
                let (run, _) = self.run(model, texts: taught, plan, options, watch)
                _ = try run.run()
                return try run.answers(texts)
            }
            trial.add(labels: told.map { labels[$0] }, before: answers[0], after: answers[1])
        }
        return trial
    }

    private func scores(of bundle: ModelBundle) throws -> [Score] {
        let classifier = try TextClassifier(bundle, precision: .fp32, on: ThreadPool(workers: job.pool))
        return try classifier.evaluate(job.examples.dev, options: job.textOptions).namedScores(job.metrics)
    }

    private func bundle(
        _ checkpoint: ModelCheckpoint, _ outcome: TrainingOutcome, pairCount: Int, _ trial: EncoderTrial?
    ) -> ModelBundle {
        var facts = job.facts(outcome)
        facts["pairs"] = .integer(pairCount)
        if let trial { facts["trial"] = .object(trial.json) }
        let start = job.examples.bundle
        let tuned = ModelBundle(start, checkpoint: checkpoint, tokenizer: start.tokenizer, edit: .finetuned(facts))
        return ModelBundle(tuned, reading: job.settled.reading)
    }
}

extension EncoderTrial {
    /// How many texts were told, and right with the encoder as it was and trained.
    public var json: JSONObject {
        ["texts": .integer(textCount), "rightBefore": .integer(rightBefore), "rightAfter": .integer(rightAfter)]
    }
}
