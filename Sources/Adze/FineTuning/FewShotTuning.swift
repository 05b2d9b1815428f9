// Learning from few labelled texts, SetFit's way: the encoder from pairs of them, then a logistic classifier on the mean of
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
/// let tuned = try FewShotTuning(FineTuning(examples, recipe: FewShotTuning.recipe)).run()
/// ```
public struct FewShotTuning: Sendable {
    private let job: FineTuning
    private let pairLimit: Int
    /// Pairs that are met.
    public let pairCount: Int
    /// As many as there are, the rarer kind repeated.
    public let allPairs: Int

    /// The most pairs unless more are asked for: all of 70 texts a label of two labels.
    public static let usualPairLimit = 10_000

    /// SetFit's numbers: one epoch over batches of 16 pairs, at a rate of 2e-5.
    public static let recipe: Recipe = {
        var recipe = Recipe()
        (recipe.epochs, recipe.batchSize, recipe.bodyLearningRate) = (1, 16, 2e-5)
        return recipe
    }()

    /// The form of a classifier on a model's vectors: scaled to length 1 where the model's own are.
    public static func form(for bundle: ModelBundle) -> HeadForm {
        .mean(normalizes: bundle.sentenceRecipe?.normalize ?? false)
    }

    /// Takes a job whose model has a new classifier by the mean.
    ///
    /// Throws `FineTuningError.notOneLabel`, and `.tooFewOfLabel` for a label with fewer than two texts.
    public init(_ job: FineTuning, pairLimit: Int = FewShotTuning.usualPairLimit) throws {
        guard case .mean = job.examples.bundle.checkpoint.head.form else {
            preconditionFailure("pairs are compared by a classifier by the mean")
        }
        switch job.examples.kind {
        case .label(let table):
            var counts = [Int](repeating: 0, count: table.count)
            for example in job.examples.train {
                for label in example.target.positions { counts[label] += 1 }
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
        let sampling = PairSampling(labels: labels)
        (pairCount, allPairs) = (sampling.count(limit: pairLimit), sampling.count(limit: .max))
        (self.job, self.pairLimit) = (job, pairLimit)
    }

    /// Trains; the outcome has one epoch, with the scores of the development set where there is one.
    ///
    /// The result does not depend on the number of threads. Throws what `ContrastiveRun.run()` does.
    public func run(
        options: TrainerOptions = TrainerOptions(), observe: @escaping (TrainingEvent) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> FineTunedModel {
        let model = try job.startModel()
        let run = ContrastiveRun(
            model, recipe: job.recipe, data: job.training.data, pairLimit: pairLimit, options: options, pool: job.pool,
            watch: TrainingWatch(observe: observe, isCancelled: isCancelled))
        var outcome = try run.run()
        if !job.examples.dev.isEmpty {
            outcome.epochs[0].scores = try scores(of: bundle(model.checkpoint(), outcome))
        }
        return FineTunedModel(
            bundle: bundle(model.checkpoint(), outcome), outcome: outcome, plan: nil, threads: job.pool.threadCount)
    }

    private func scores(of bundle: ModelBundle) throws -> [Score] {
        let classifier = try TextClassifier(bundle, precision: .fp32, on: ThreadPool(workers: job.pool))
        return try classifier.evaluate(job.examples.dev, options: job.textOptions).namedScores(job.metrics)
    }

    private func bundle(_ checkpoint: ModelCheckpoint, _ outcome: TrainingOutcome) -> ModelBundle {
        var facts = job.facts(outcome)
        facts["pairs"] = .integer(pairCount)
        let start = job.examples.bundle
        let tuned = ModelBundle(start, checkpoint: checkpoint, tokenizer: start.tokenizer, edit: .finetuned(facts))
        return ModelBundle(tuned, reading: job.settled.reading)
    }
}
