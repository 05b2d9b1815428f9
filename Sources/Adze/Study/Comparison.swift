// A comparison from its first run to its table: each run is a fine-tuning of the same model with some blocks under some
// head, and is done once. Not here: what the runs are, and what is made of their records.

internal import AdzeBytes
internal import AdzeData
internal import AdzeModels
internal import AdzeThreads
public import AdzeTraining

/// What a comparison tells of its course.
public enum ComparisonEvent: Sendable {
    /// The teacher has answered so many texts of so many.
    case asked(answered: Int, of: Int)
    /// A run begins; `number` counts from 1.
    case began(ComparisonConfiguration, seed: UInt64, number: Int, of: Int)
    /// Something happened in the run at hand.
    case training(TrainingEvent)
    /// A run is done, or was before.
    case ended(ComparisonRecord, wasDone: Bool)
    /// The test set is scored with the models of a configuration.
    case testing(ComparisonConfiguration)
}

/// A model, its examples, and what to compare of it.
public struct Comparison {
    /// What is trained.
    public let plan: ComparisonPlan
    /// The score that chooses.
    public let metric: String
    private let examples: TrainingExamples
    private let test: [Example]?
    private let folder: ComparisonFolder
    private let recipe: (Int) throws -> Recipe
    private let classWeights: ClassWeights?
    private let threads: Int?
    /// What runs of equal frozen blocks compute once.
    private let frozenStates: FrozenStates
    /// Runs differ in what they make of tokens, not in the tokens.
    private let cache: TokenCache
    private let lessons: Lessons?

    /// Opens the folder of a comparison.
    ///
    /// `examples` are of the model that is compared, with the labels of the heads that are trained; `recipe` gives that of
    /// so many blocks, whose seed is replaced by each run's. A teacher answers once, before the first run that is to be made.
    /// Throws `ComparisonError`, `FileError`, the store's errors, and what `FineTuning` throws.
    /// - Complexity: O(weights), which are hashed.
    package init(
        _ plan: ComparisonPlan, _ examples: TrainingExamples, test: [Example]? = nil,
        recipe: @escaping (Int) throws -> Recipe, metric: String? = nil, classWeights: ClassWeights? = nil,
        teacher: Teacher? = nil, folder path: String, threads: Int? = nil, cache: TokenCache = TokenCache()
    ) throws {
        self.metric = try SettledRecipe(
            examples, recipe: recipe(examples.bundle.checkpoint.config.blockCount), metric: metric,
            classWeights: classWeights, teacher: teacher
        ).recipe.metric
        var identity: JSONObject = [
            "version": "1", "model": .string(try Comparison.digest(examples.bundle)),
            "train": .string(Comparison.digest(examples.train)), "dev": .string(Comparison.digest(examples.dev)),
        ]
        if let teacher {
            identity["teacher"] = .string(
                "\(try Comparison.digest(teacher.bundle, withHead: true)) \(teacher.precision)")
            identity["unlabelled"] = .string(Comparison.digest(teacher.unlabelled))
        }
        folder = try ComparisonFolder(path: path, identity: identity)
        lessons = teacher.map(Lessons.init)
        (self.plan, self.examples, self.test, self.recipe) = (plan, examples, test, recipe)
        (self.classWeights, self.threads, self.cache) = (classWeights, threads, cache)
        frozenStates = FrozenStates(folder: folder.path)
    }

    // MARK: Runs

    /// Makes the runs that are not done, and the table of all.
    ///
    /// A run that is cancelled keeps its checkpoint, and those before it their records. Throws `ComparisonError.cancelled`,
    /// what `FineTuning.run` throws, and `FileError`.
    public func run(
        observe: @escaping (ComparisonEvent) -> Void = { _ in }, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> ComparisonTable {
        var records: [ComparisonRecord] = []
        var keys: [ComparisonConfiguration: [String]] = [:]
        let count = plan.configurations.count * plan.seeds.count
        for configuration in plan.configurations {
            for seed in plan.seeds {
                let settled = try settled(configuration, seed: seed)
                let key = folder.key(configuration, recipe: settled.recipe)
                keys[configuration, default: []].append(key)
                if let record = try folder.record(key) {
                    records.append(record)
                    observe(.ended(record, wasDone: true))
                    continue
                }
                observe(.began(configuration, seed: seed, number: records.count + 1, of: count))
                do {
                    let record = try run(settled, configuration, key, observe, isCancelled)
                    try folder.keep(record, key)
                    records.append(record)
                    observe(.ended(record, wasDone: false))
                } catch TrainerError.cancelled {
                    throw ComparisonError.cancelled(done: records.count, of: count)
                }
            }
            dropModels(records, keys)
        }
        let table = ComparisonTable(records, plan: plan, metric: metric, devCount: examples.dev.count)
        guard let test else { return table }
        return try scored(table, test, keys, observe, isCancelled)
    }

    /// What one run does.
    private func settled(_ configuration: ComparisonConfiguration, seed: UInt64) throws -> SettledRecipe {
        // Stages count stored blocks, as those of any fine-tuning do.
        let kept = examples.bundle.checkpoint.config.keeping(blocks: configuration.blocks)
        var recipe = try recipe(kept.blockCount)
        recipe.seed = seed
        let (form, length) = (try HeadForm.specified(configuration.head), recipe.maximumTokens)
        let bundle =
            if let size = configuration.wordTableSize {
                try examples.bundle.withNewWordTable(size: size, newHead: form, length: length, seed: seed)
            } else {
                try examples.bundle.keeping(blocks: configuration.blocks, newHead: form, length: length, seed: seed)
            }
        return try SettledRecipe(
            TrainingExamples(examples, of: bundle), recipe: recipe, metric: metric, classWeights: classWeights,
            teacher: lessons?.teacher)
    }

    private func run(
        _ settled: SettledRecipe, _ configuration: ComparisonConfiguration, _ key: String,
        _ observe: @escaping (ComparisonEvent) -> Void, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws -> ComparisonRecord {
        var options = TrainerOptions()
        options.folder = folder.checkpoint(key)
        options.start = .resumeIfPresent
        var wasResumed = false
        let answers = try lessons?.answers(examples, threads: threads) { observe(.asked(answered: $0, of: $1)) }
        let job = try FineTuning(settled, answers: answers, threads: threads, cache: cache)
        let start = ContinuousClock.now
        let tuned = try job.run(
            options: options,
            observe: { event in
                if case .started(let overview) = event, overview.resumedAt != nil { wasResumed = true }
                observe(.training(event))
            }, isCancelled: isCancelled, frozenStates: frozenStates)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let path = folder.model(key)
        _ = try tuned.write(to: path, replacing: true)
        let written = try ModelBundle(path: path)
        let classifier = try TextClassifier(written, precision: .int8, threads: threads)
        let report = try classifier.evaluate(examples.dev, options: job.textOptions)
        let speed = try textsPerSecond(classifier, job.textOptions)
        return ComparisonRecord(
            configuration, seed: settled.recipe.seed,
            scores: tuned.outcome.epochs.map { epoch in
                epoch.scores.first { $0.name == metric }?.value ?? .nan
            },
            epoch: tuned.outcome.chosenEpoch + 1, int8Score: report.score(named: metric) ?? .nan,
            parameters: written.checkpoint.config.parameterCount(head: written.checkpoint.head),
            bytes: written.source.native?.sizes.inference ?? 0,
            textsPerSecond: speed, seconds: wasResumed ? nil : seconds)
    }

    /// The best of three passes over some texts of the development set: other work on the machine only takes away.
    private func textsPerSecond(_ classifier: TextClassifier, _ options: TextOptions) throws -> Double {
        let texts = examples.dev.prefix(256).map(\.input)
        var best = Double.infinity
        for _ in 0..<3 {
            let start = ContinuousClock.now
            _ = try classifier.classify(texts, options: options)
            best = min(best, (ContinuousClock.now - start) / .seconds(1))
        }
        return Double(texts.count) / max(best, 1e-9)
    }

    /// Removes the models of configurations that another is known to be better than: the test set will not meet them.
    private func dropModels(_ records: [ComparisonRecord], _ keys: [ComparisonConfiguration: [String]]) {
        let table = ComparisonTable(records, plan: plan, metric: metric, devCount: examples.dev.count)
        for row in table.rows where row.configuration != table.best?.configuration {
            for key in keys[row.configuration] ?? [] { folder.dropModel(key) }
        }
    }

    // MARK: Test

    /// The table with the test scores of the best configuration, whose models meet the test set once.
    ///
    /// A model that was dropped, when another configuration was the better one, is trained again: to the same bits.
    private func scored(
        _ table: ComparisonTable, _ test: [Example], _ keys: [ComparisonConfiguration: [String]],
        _ observe: @escaping (ComparisonEvent) -> Void, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws -> ComparisonTable {
        guard let best = table.best else { return table }
        var known = try folder.testScores()
        let set = Comparison.digest(test)
        var scores: [Double] = []
        for (key, seed) in zip(keys[best.configuration] ?? [], plan.seeds) {
            let name = "\(set) \(key)"
            if let score = known[name]?["score"]?.number {
                scores.append(score)
                continue
            }
            let settled = try settled(best.configuration, seed: seed)
            if !pathExists(folder.model(key)) {
                observe(.began(best.configuration, seed: seed, number: scores.count + 1, of: plan.seeds.count))
                do {
                    try folder.keep(run(settled, best.configuration, key, observe, isCancelled), key)
                } catch TrainerError.cancelled {
                    throw ComparisonError.cancelled(done: scores.count, of: plan.seeds.count)
                }
            }
            observe(.testing(best.configuration))
            let report = try TextClassifier(ModelBundle(path: folder.model(key)), precision: .int8, threads: threads)
                .evaluate(test, options: settled.textOptions)
            let score = report.score(named: metric) ?? .nan
            known[name] = .object([
                "configuration": .string(best.configuration.name), "seed": .integer(Int(seed)), "score": .finite(score),
            ])
            try folder.keepTestScores(known)
            scores.append(score)
        }
        let others = Set(
            known.compactMap { name, value in name.hasPrefix(set) ? value["configuration"]?.string : nil })
        return table.tested(
            scores, count: test.count, others: others.subtracting([best.configuration.name]).sorted())
    }

    // MARK: Identity

    /// A hash of weights, shape and tokenizer.
    private static func digest(_ bundle: ModelBundle, withHead: Bool = false) throws -> String {
        let checkpoint = bundle.checkpoint
        var hash = Adze.digest(JSONValue.object(checkpoint.config.json).text)
        if withHead { hash = Adze.digest(JSONValue.object(checkpoint.head.configMembers).text, seed: hash) }
        // A head that is replaced has no part in the runs, whatever it is made of.
        for parameter in checkpoint.parameters where withHead || parameter.part != .head {
            let bytes = try checkpoint.store.load(parameter.name).bytes
            hash = unsafe bytes.withUnsafeBytes { unsafe xxh64($0, seed: hash) }
        }
        if !bundle.reading.isEmpty { hash = Adze.digest(JSONValue.object(bundle.reading.json).text, seed: hash) }
        for token in bundle.tokenizer?.vocabulary.tokens ?? [] { hash = Adze.digest("\(token)\n", seed: hash) }
        return hexDigits(hash)
    }

    private static func digest(_ texts: [TextInput]) -> String {
        hexDigits(
            texts.reduce(0) { hash, text in
                Adze.digest("\(text.text)\u{1F}\(text.pair ?? "\u{1E}")", seed: hash)
            })
    }

    private static func digest(_ examples: [Example]) -> String {
        // Where an example was read changes nothing; a control character stands between its parts.
        hexDigits(
            examples.reduce(0) { hash, example in
                Adze.digest("\(example.text)\u{1F}\(example.pair ?? "\u{1E}")\u{1F}\(example.target)", seed: hash)
            })
    }
}

/// A teacher and, once they are asked for, its answers, which all runs share; of one thread at a time.
private final class Lessons {
    let teacher: Teacher
    private var known: TeacherAnswers?

    init(_ teacher: Teacher) { self.teacher = teacher }

    func answers(
        _ examples: TrainingExamples, threads: Int?, progress: (Int, Int) -> Void
    ) throws -> TeacherAnswers {
        if let known { return known }
        let answers = try teacher.answers(examples, pool: WorkerPool(threads: threads), progress: progress)
        known = answers
        return answers
    }
}
