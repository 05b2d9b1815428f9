// `adze compare`: how many blocks, and which head, does a task need? Not here: the recipe's options, and what is printed.

import Adze
import AdzeInsight
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What is compared, on which data.
private struct ComparedOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Labelled data to learn from; - is standard input.", valueName: "DATA"),
        completion: .file())
    var train: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Numbers of blocks, such as 1,2,3,6; 0 is the embeddings alone; required.", valueName: "N,N"))
    var blocks: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The comparison's folder: new, empty, or one of the same model and data.", valueName: "DIR"),
        completion: .directory)
    var output: String
}

/// What may be said beside it.
private struct ComparisonOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Heads, as finetune --head has them; default: pooler.", valueName: "HEAD,HEAD"))
    var heads = "pooler"

    @Option(
        name: .long, help: ArgumentHelp("Which blocks are kept: first or last.", valueName: "END"),
        completion: .list(["first", "last"]))
    var from = "first"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The heads that read every position, over a new table of words of N columns, too: what a model without"
                + " pretraining reaches. All of it learns at --head-lr; default: none.", valueName: "N,N"))
    var ownTable: String?

    @Option(name: .long, help: ArgumentHelp("Runs of each configuration, with --seed and those after.", valueName: "N"))
    var seeds = 3

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Labelled data that the best configuration meets once, at the end; default: none.", valueName: "DATA"),
        completion: .file())
    var test: String?

    @Flag(name: .long, help: "Start from a file of int8 weights alone.")
    var fromInt8 = false

    func validate() throws {
        guard ["first", "last"].contains(from) else {
            throw ValidationError("--from \(quoted(from)): expected first or last")
        }
        guard (1...100).contains(seeds) else { throw ValidationError("--seeds is 1 to 100") }
    }
}

/// Trains a model with fewer blocks and other heads, and tables what each costs.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Find how many blocks, and which head, a task needs.",
        discussion: """
            Trains each number of blocks under each head with each seed, and writes into DIR a table (table.json, .csv, \
            .tex) and a page (report.html): the score and its standard error over the seeds, int8's, epochs, \
            parameters, bytes, speed. Runs that are done are kept in DIR, so that the same command goes on where it was \
            stopped, and one with more blocks, heads or seeds makes those alone. A head that reads padding reads up to \
            --max-length tokens. With --teacher every run learns from it, and with --augment all from the same copies, \
            as those of finetune do.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup(title: "Required") private var compared: ComparedOptions

    @OptionGroup(title: "Comparison") private var options: ComparisonOptions
    @OptionGroup(title: "Data") var judging: DevelopmentOptions
    @OptionGroup(title: "Data") var data: ExampleOptions
    @OptionGroup(title: "Cleaning") var cleaning: CleaningOptions
    @OptionGroup(title: "Teacher") var teaching: TeacherOptions
    @OptionGroup(title: "Augmentation") private var augmentation: TrainingAugmentation
    @OptionGroup(title: "Recipe") var recipe: RecipeOptions
    @OptionGroup(title: "Recipe") var products: FloatProductsOptions
    @OptionGroup(title: "Comparison") private var kept: TokenCacheOptions
    @OptionGroup(title: "Source") var source: StatedOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    private var output: String { compared.output }

    func validate() throws { _ = (try blockCounts(), try tableSizes()) }

    func run() throws {
        let start = ContinuousClock.now
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(compared.train, as: "--train")
            .reads(judging.dev, as: "--dev").reads(options.test, as: "--test").reads(recipe.recipe, as: "--recipe")
            .reads(cleaning.stopwords, as: "--stopwords")
            .reads(teaching.teacher, as: "--teacher").reads(teaching.unlabelled, as: "--unlabelled")
            .writes(kept.tokenCache, as: "--token-cache", .workFolder, force: true).check()
        if options.test == "-", compared.train == "-" || judging.dev == "-" {
            throw ValidationError("--test and other data cannot both be standard input")
        }
        try requireModel(model)
        try teaching.check(recipe)
        let piped = try PipedData(train: compared.train, dev: judging.dev, format: data.columns.format)
        let examples = try piped.naming { try prepared(piped) }
        Console.notes(examples.notes, quiet: common.quiet)
        if cleaning.clean == nil { Console.notes(try examples.bundle.cleaningNotes(), quiet: common.quiet) }
        let layers = examples.bundle.checkpoint.config.layerCount
        let seed = try recipe.recipe(layerCount: layers).seed
        let plan = try ComparisonPlan(
            blocks: blockCounts(), fromLast: options.from == "last", heads: list(options.heads),
            wordTableSizes: tableSizes(), seeds: (0..<UInt64(options.seeds)).map { seed &+ $0 }, layerCount: layers)
        Console.notes(plan.notes, quiet: common.quiet)
        let test = try options.test.map { try data.readAll($0, kind: examples.kind, quiet: common.quiet) }
        let cache = kept.cache
        let teacher = try teaching.opened(for: examples, data.columns, products: products, quiet: common.quiet)
        let comparison = try Comparison(
            plan, examples, test: test, recipe: recipe.recipe(layerCount:), metric: recipe.metric,
            classWeights: recipe.weights(), teacher: teacher, folder: output, threads: common.threads, cache: cache)
        let table = try compare(comparison)
        Console.notes(cache.takeNotes(), quiet: common.quiet)
        try write(table, seconds: (ContinuousClock.now - start) / .seconds(1))
        if json {
            try StandardOutput.shared.json(.object(table.json))
        } else {
            try ComparisonText(table).lines.forEach(StandardOutput.shared.line)
        }
        try StandardOutput.shared.flush()
        Console.summary(ComparisonText(table).closing + "; \(output)/report.html", quiet: common.quiet)
    }

    private func compare(_ comparison: Comparison) throws -> ComparisonTable {
        let progress = ComparisonProgress(metric: comparison.metric, quiet: common.quiet)
        InterruptWatch.letSave(true)
        defer { InterruptWatch.letSave(false) }
        do {
            defer { progress.end() }
            return try comparison.run(
                observe: { progress.take($0) }, isCancelled: { InterruptWatch.asked != nil })
        } catch let error as ComparisonError {
            guard case .cancelled = error else { throw error }
            Console.write("adze: \(error.description)")
            UnfinishedOutputs.end(128 + (InterruptWatch.asked ?? SIGINT))
        }
    }

    // MARK: Inputs

    private func blockCounts() throws -> [Int] {
        try list(compared.blocks).map { part in
            guard let count = Int(part), count >= 0 else {
                throw ValidationError("--blocks \(quoted(part)): expected numbers of blocks, such as 1,2,3,6")
            }
            return count
        }
    }

    private func tableSizes() throws -> [Int] {
        try options.ownTable.map(list)?.map { part in
            guard let size = Int(part) else {
                throw ValidationError("--own-table \(quoted(part)): expected numbers of columns, such as 100")
            }
            return size
        } ?? []
    }

    private func list(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
    }

    private func prepared(_ piped: PipedData) throws -> TrainingExamples {
        var tables = judging.tables(train: compared.train, dev: judging.dev, data, piped)
        tables.augmentation = try augmentation.options(seed: recipe.seed, source.lemmas)
        var modelOptions = try source.modelOptions()
        modelOptions.floatProducts = products.fp32Products
        return try TrainingExamples(
            model: model, options: modelOptions, tables: tables, newHead: NewHead(), seed: recipe.seed ?? 42,
            allowsInt8: options.fromInt8, cleaning: cleaning.choice(source.lemmas), threads: common.threads)
    }

    // MARK: Outputs

    private func write(_ table: ComparisonTable, seconds: Double) throws {
        func write(_ name: String, _ text: String) throws {
            var file = try AtomicFile(path: "\(output)/\(name)", replacing: true)
            try file.write(Array(text.utf8))
            try file.commit()
        }
        try write("table.json", JSONValue.object(table.json).indentedText + "\n")
        try write("table.csv", table.csv)
        try write("table.tex", table.latex)
        let title = "\(splitPath(model).name) on \(splitPath(compared.train).name): how many blocks, which head"
        try write("report.html", ComparisonPage.html(table, title: title, facts: ReportOptions.facts(seconds: seconds)))
    }
}
