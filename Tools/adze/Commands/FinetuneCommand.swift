// `adze finetune`: trains a model on a table of labelled texts. Not here: the recipe's options, the log and progress,
// which are in Finetune/.

import Adze
import AdzeInsight
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What is learnt from.
private struct TrainingPath: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Labelled data to learn from; - is standard input.", valueName: "DATA"),
        completion: .file())
    var train: String
}

/// Trains a classifier.
struct FinetuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finetune", abstract: "Train a classifier on labelled texts.",
        discussion: """
            Writes a .adze file: int8 weights, and the residual that gives the fp32 weights back. Data is read as evaluate \
            reads it. Without --dev a tenth of the training data is held out, the same share of each label. A model \
            without a classifier gets a new one with the labels of the data, and so does any with --new-head auto. The \
            same model, data and recipe give the same file, at any number of threads, however often a run with \
            --checkpoint-dir was stopped and resumed.

            With --teacher each text's loss is (1 - W) times its own and W T² times the Kullback-Leibler divergence of \
            the teacher's probabilities and the model's, both at temperature T; of numbers, W times the squared distance. \
            Texts of --unlabelled have the teacher's part alone. The teacher answers once, before the training.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup(title: "Required") private var learning: TrainingPath
    @OptionGroup var output: OutputOptions

    @OptionGroup(title: "Data") var judging: DevelopmentOptions
    @OptionGroup(title: "Data") var data: ExampleOptions
    @OptionGroup(title: "Cleaning") var cleaning: CleaningOptions
    @OptionGroup(title: "Teacher") var teaching: TeacherOptions
    @OptionGroup(title: "Augmentation") private var augmentation: TrainingAugmentation
    @OptionGroup(title: "Recipe") var recipe: RecipeOptions
    @OptionGroup(title: "Few texts") var few: FewOptions
    @OptionGroup(title: "Prompt") private var asking: PromptOptions
    @OptionGroup(title: "Recipe") var products: FloatProductsOptions
    @OptionGroup(title: "Run") var runs: RunOptions
    @OptionGroup(title: "Run") private var kept: TokenCacheOptions
    @OptionGroup(title: "Head and vocabulary") var head: StartOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    /// The training data.
    var train: String { learning.train }
    private var dev: String? { judging.dev }

    func validate() throws {
        try few.check(self)
        try asking.check(self)
    }

    func run() throws {
        try checkFiles()
        if teaching.unlabelled == "-", train == "-" || dev == "-" {
            throw ValidationError("--unlabelled and the labelled data cannot both be standard input")
        }
        try requireModel(model)
        try teaching.check(recipe)
        let piped = try PipedData(train: train, dev: dev, format: data.columns.format)
        let weights = try recipe.weights()
        let examples = try piped.naming { try prepared(piped) }
        Console.notes(examples.notes, quiet: common.quiet)
        if runs.export != nil { try examples.bundle.checkPrunedHeads(for: .safetensors) }
        if cleaning.clean == nil { Console.notes(try examples.bundle.cleaningNotes(), quiet: common.quiet) }
        let cache = kept.cache
        let teacher = try teaching.opened(for: examples, data.columns, products: products, quiet: common.quiet)
        let answering = ProgressLine(total: nil, quiet: common.quiet)
        defer { answering.end() }
        let job = try FineTuning(
            examples, recipe: few.recipe(recipe, layerCount: examples.bundle.checkpoint.config.blockCount),
            metric: recipe.metric, classWeights: weights, teacher: teacher, threads: common.threads, cache: cache,
            progress: { answering.show("teacher", $0, of: $1) })
        answering.end()
        let dropped = examples.bundle.droppedRuleNote.map { [$0] } ?? []
        Console.notes(cache.takeNotes() + notes(job) + dropped, quiet: common.quiet)
        if few.few { return try FewSession(self, job).run() }
        let waiting = ProgressLine(total: nil, quiet: common.quiet)
        defer { waiting.end() }
        waiting.show("scoring the model as it is")
        let before = try job.startScores()
        waiting.end()
        let session = try FinetuneSession(self, job, before)
        let tuned = try session.train()
        try session.finish(tuned)
    }

    /// Refuses early what would be refused after the work.
    private func checkFiles() throws {
        let force = output.force
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(train, as: "--train").reads(dev, as: "--dev")
            .reads(recipe.recipe, as: "--recipe").reads(cleaning.stopwords, as: "--stopwords")
            .reads(head.addTokens, as: "--add-tokens")
            .reads(teaching.teacher, as: "--teacher").reads(teaching.unlabelled, as: "--unlabelled")
            .writes(output.output, as: "-o", force: force)
            .writes(runs.report, as: "--report", force: force)
            .writes(runs.export, as: "--export", .folder, force: force)
            .writes(runs.log, as: "--log", force: force || runs.resume)
            .writes(kept.tokenCache, as: "--token-cache", .workFolder, force: true)
            .writes(runs.checkpointDir, as: "--checkpoint-dir", .workFolder, force: force)
            .check()
    }

    private func prepared(_ piped: PipedData) throws -> TrainingExamples {
        var tables = judging.tables(train: train, dev: dev, data, piped)
        tables.augmentation = try augmentation.options(seed: recipe.seed, source.stated.lemmas)
        if few.few { tables.devShare = 0 }
        var options = try source.modelOptions()
        options.floatProducts = products.fp32Products
        let words = try head.addTokens.map { try ModelBundle.readTokens(path: $0) } ?? []
        return try TrainingExamples(
            model: model, options: options, tables: tables,
            newHead: asking.asked().map { NewHead(prompt: $0) }
                ?? few.newHead(head.requested(length: recipe.maxLength), model: model, options),
            words: words, seed: recipe.seed ?? 42, allowsInt8: head.fromInt8,
            cleaning: cleaning.choice(source.stated.lemmas),
            threads: common.threads)
    }

    private func note(_ teacher: Teacher, _ count: Int) -> String {
        let unlabelled = teacher.unlabelled.count
        return "a teacher of \(counted(teacher.bundle.checkpoint.config.layerCount, "block")) answered "
            + "\(counted(count, "text"))\(unlabelled > 0 ? ", \(grouped(unlabelled)) of them without labels," : "") in "
            + "\(teacher.precision)"
    }

    private func notes(_ job: FineTuning) -> [String] {
        var notes: [String] = []
        let count = job.textCount
        if let teacher = job.teacher { notes.append(note(teacher, count)) }
        if job.recipe.longText == nil, let note = job.examples.bundle.reading.longTextNote { notes.append(note) }
        if job.truncatedCount > 0 {
            notes.append(
                "\(grouped(job.truncatedCount)) of \(counted(count, "text")) cut to \(job.maximumLength) tokens")
        }
        if job.inputCount > count { notes.append("\(grouped(count)) texts are \(grouped(job.inputCount)) windows") }
        if let wanted = recipe.maxLength, wanted > job.maximumLength {
            notes.append("the model takes at most \(job.maximumLength) tokens, --max-length says \(wanted)")
        }
        return notes
    }
}

/// What is trained, and what it starts from.
struct StartOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A new classifier: auto for the labels of the data, or their names; default: the model's own, else auto.",
            valueName: "LABELS"))
    var newHead: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What a new classifier says of a text: label, labels or number; default: labels where the data has lists, "
                + "else label.", valueName: "TASK"), completion: .list(["label", "labels", "number"]))
    var task: String?

    @OptionGroup var form: HeadFormOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A new table of words of N columns in place of the model, of which only the tokenizer is used; for --head"
                + " lstm, flatten and mean. All of it learns at --head-lr; default: none.", valueName: "N"))
    var ownTable: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("Words, one a line, that become tokens of their own; default: none.", valueName: "FILE"),
        completion: .file())
    var addTokens: String?

    @Flag(name: .long, help: "Start from a file of int8 weights alone.")
    var fromInt8 = false

    private static let tasks: [String: ProblemType] = [
        "label": .singleLabel, "labels": .multiLabel, "number": .regression,
    ]

    func validate() throws {
        if let task, StartOptions.tasks[task] == nil {
            throw ValidationError("--task \(quoted(task)): expected label, labels or number")
        }
        guard let ownTable else { return }
        try ModelCheckpoint.checkWordTable(size: ownTable)
        guard try form.specified() != nil else {
            throw ValidationError("--own-table needs --head lstm, flatten or mean: a pooler has nothing to read there")
        }
    }

    /// The head that is asked for; nil keeps the model's own. One that reads padding reads up to `length` tokens.
    func requested(length: Int?) throws -> NewHead? {
        guard newHead != nil || task != nil || form.head != nil else { return nil }
        let labels = try newHead.flatMap { $0 == "auto" ? nil : try splitLabels($0) }
        var head = NewHead(
            labels: labels, problem: task.flatMap { StartOptions.tasks[$0] }, form: try form.specified(),
            length: length)
        head.wordTableSize = ownTable
        return head
    }
}

/// How a run is done; none of it changes what comes out.
struct RunOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder for checkpoints, from which a stopped run goes on; default: none.", valueName: "DIR"),
        completion: .directory)
    var checkpointDir: String?

    @Flag(name: .long, help: "Go on from the checkpoint, where there is one.")
    var resume = false

    @Option(name: .long, help: ArgumentHelp("Save every so many steps, too; default: once an epoch.", valueName: "N"))
    var saveSteps: Int?

    @Flag(name: .long, help: "Compute activations twice instead of keeping them: less memory, more time.")
    var checkpointActivations = false

    @Option(
        name: .long,
        help: ArgumentHelp("Write the run's course, one JSON object a line; default: none.", valueName: "RUN.jsonl"),
        completion: .file(extensions: ["jsonl"]))
    var log: String?

    @Option(
        name: .long, help: ArgumentHelp("Write a page for a browser; default: none.", valueName: "PAGE.html"),
        completion: .file(extensions: ["html"]))
    var report: String?

    @Option(
        name: .long, help: ArgumentHelp("Write a folder for transformers, too; default: none.", valueName: "DIR"),
        completion: .directory)
    var export: String?

    func validate() throws {
        if resume, checkpointDir == nil { throw ValidationError("--resume needs the --checkpoint-dir to go on from") }
        if let saveSteps, saveSteps < 1 { throw ValidationError("--save-steps must be 1 or more") }
    }

    /// For the trainer; `force` replaces the checkpoint of another run. What need not stay in memory goes to nameless files
    /// where the output will be.
    func trainerOptions(output: String, force: Bool) -> TrainerOptions {
        var options = TrainerOptions()
        options.folder = checkpointDir
        options.cacheFolder = checkpointDir ?? folder(of: output)
        options.start = resume ? .resumeIfPresent : force ? .replace : .fresh
        options.saveSteps = saveSteps
        options.checkpointsActivations = checkpointActivations
        return options
    }

    /// Where an output's bytes will lie; nil for a device or a pipe, where nothing lies.
    private func folder(of output: String) -> String? {
        guard let place = try? OutputPlace(output), place.kind != .stream else { return nil }
        return splitPath(place.target).folder
    }
}
