// `adze evaluate`: scores of a classifier on labelled data. Not here: the lines that are printed, which are
// `EvaluationText`'s.

import Adze
import AdzeInsight
import ArgumentParser

/// Scores a classifier on a labelled set.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Score a classifier on labelled data.",
        discussion: """
            DATA is a .csv, .tsv or .jsonl file, a folder of reviews in neg and pos, or - for standard input. Columns \
            are found by their usual names, GLUE's among them, and said. Labels are the model's names, or whole numbers \
            for their positions. Every row must be usable: one that is not is an error, and nothing is scored. Scores \
            are scikit-learn's; macro averages are over the labels that occur or were predicted. With --json: accuracy, \
            macroF1, microF1, weightedF1, mcc, logLoss, ece, labels, confusionMatrix and more; for any number of labels \
            subsetAccuracy and samplesF1; for numbers mse, mae, r2, pearson, spearman.

            Of a model that calibrate or --threshold lets abstain the scores are over all texts as before, and beside \
            them stand the part that it answers and how much of that is right; of one that gives sets how many hold the \
            right label, and how many labels they have.

            --long auto tries each way of treating long texts on --dev: the head, the tail, both, with half or a quarter \
            of the room for the head, and windows that share nothing or a quarter. It prints what each scored over all \
            texts and over the long ones, how many inputs these became and how long they took, and scores DATA with the \
            best. --write OUT.adze keeps the choice: the model again, which reads long texts so by itself, in predict, \
            evaluate and explain, and in what is made of it; convert --long sets it by hand.

            --study-compat N repeats the program of the study that Adze grew from, whose figures carry two faults: an \
            LSTM's answer is gathered across the texts of a batch, and dropout stays on. Every other command gives the \
            meaning that the program's models have for one text at a time.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @Argument(help: ArgumentHelp("Labelled data; - is standard input.", valueName: "DATA"), completion: .file())
    var data: String

    @OptionGroup(title: "Data") var examples: ExampleOptions
    @OptionGroup(title: "Long texts") var texts: WindowOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --long auto: labelled data, other than DATA, that chooses; default: none.", valueName: "DATA"),
        completion: .file())
    var dev: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --long auto: write the model again with what was chosen; default: none.", valueName: "OUT"),
        completion: .file(extensions: ["adze"]))
    var write: String?

    @OptionGroup(title: "Answers") var abstaining: AbstainOptions
    @OptionGroup(title: "Cleaning") var cleaning: CleaningOptions
    @OptionGroup(title: "The study's program") var study: StudyProgramOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    @OptionGroup var arithmetic: PrecisionOptions
    @OptionGroup var products: FloatProductsOptions

    @OptionGroup var page: ReportOptions

    func validate() throws {
        if write != nil, !texts.isAuto {
            throw ValidationError("--write keeps what --long auto chose; convert sets it")
        }
        guard texts.isAuto == (dev != nil) else {
            throw ValidationError(
                texts.isAuto ? "--long auto needs --dev DATA, which chooses" : "--dev is for --long auto")
        }
        if study.program != nil, texts.isAuto { throw studyReadsOneInput }
    }

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(data, as: "DATA").reads(dev, as: "--dev")
            .reads(cleaning.stopwords, as: "--stopwords")
            .writes(page.report, as: "--report", force: page.force)
            .writes(write, as: "--write", force: page.force).check()
        let opened = try openModel(model, source, products: products, quiet: common.quiet)
        let cleaned = try cleaning.applied(to: opened, source.stated.lemmas, quiet: common.quiet)
        let bundle = try abstaining.applied(
            to: cleaned, precision: arithmetic.precision, readsOtherwise: texts.isGiven, quiet: common.quiet)
        var options = try texts.isAuto ? texts.automaticOptions() : texts.textOptions(of: bundle.reading)
        if study.program != nil, case .window = options.longText ?? bundle.reading.longText { throw studyReadsOneInput }
        Console.notes(texts.notes(bundle.reading), quiet: common.quiet)
        let kind = try bundle.targetKind(separator: examples.separator)
        try examples.check(kind)
        var input = try examples.open(data, kind: kind)
        // What can be read twice is read through before anything is computed: a bad row is found at once.
        var total: Int?
        if ExampleSource.canBeReread(path: data) {
            total = try located { () throws(DataError) in try input.readThrough() }
            Console.notes(input.notes, quiet: common.quiet)
            input = try examples.open(data, kind: kind)
        }
        arithmetic.noteCodes(bundle, quiet: common.quiet)
        let classifier = try TextClassifier(bundle, precision: arithmetic.precision, threads: common.threads)
        let choice = try dev.map { try chosen(on: $0, classifier, kind, options) }
        if let choice { options.longText = choice.best.rule }
        let start = ContinuousClock.now
        let progress = ProgressLine(total: total, quiet: common.quiet)
        defer { progress.end() }
        let report: EvaluationReport
        var ofStudy: StudyEvaluation?
        var details = EvaluationDetails(labels: classifier.labels)
        func add(_ example: Example, _ answer: Classification) {
            if page.report != nil { details.add(example, answer) }
        }
        do {
            if let program = study.program {
                let rows = try input.readAll()
                let found = try classifier.evaluate(
                    rows, as: program, options: options, notes: input.notes, progress: progress.show, each: add)
                (report, ofStudy) = (found.report, found)
            } else {
                report = try classifier.evaluate(input, options: options, progress: progress.show, each: add)
            }
        } catch let error as any AdzeFailure where error is DataError || error is EvaluationError {
            progress.end()
            throw InputError(path: data, underlying: error)
        }
        progress.end()
        if total == nil { Console.notes(report.notes, quiet: common.quiet) }
        let seconds = (ContinuousClock.now - start).inSeconds
        try page.write {
            EvaluationPage.html(
                report, details,
                title: "\(splitPath(model).name) on \(data == "-" ? "standard input" : splitPath(data).name)",
                subtitle: arithmetic.precision.rawValue, facts: ReportOptions.facts(seconds: seconds))
        }
        if let choice, let write { try keep(choice.best.rule, options, cleaned, in: write) }
        try show(report, choice, ofStudy)
        try StandardOutput.shared.flush()
        Console.summary(
            "\(counted(report.exampleCount, "text")) in \(rounded(seconds, digits: 2)) s, "
                + "\(report.headline.name) \(rounded(report.headline.value, digits: 4)), "
                + "\(grouped(report.truncatedCount)) truncated", quiet: common.quiet)
    }

    /// Tries each way of treating long texts.
    private func chosen(
        on path: String, _ classifier: TextClassifier, _ kind: TargetKind, _ options: TextOptions
    ) throws -> LongTextReport {
        let rows = try examples.readAll(path, kind: kind, quiet: common.quiet)
        let progress = ProgressLine(total: nil, quiet: common.quiet)
        defer { progress.end() }
        do {
            return try classifier.tryLongTexts(on: rows, options: options, progress: progress.show)
        } catch let error as any AdzeFailure where error is DataError || error is EvaluationError {
            progress.end()
            throw InputError(path: path, underlying: error)
        }
    }

    private var studyReadsOneInput: ValidationError {
        ValidationError("--study-compat reads one input a text: --long head, tail or head+tail")
    }

    /// Writes the model with the way that was chosen, as it is stored.
    private func keep(_ rule: LongText, _ options: TextOptions, _ bundle: ModelBundle, in path: String) throws {
        let reading = TextReading(
            longText: rule, maximumLength: options.maximumLength.map { min($0, bundle.maximumLength) },
            aggregate: options.aggregate)
        var conversion = ConversionOptions()
        conversion.store = bundle.source.native?.store ?? .full
        conversion.replacing = page.force
        conversion.threads = common.threads
        let chosen = try bundle.reading(longTexts: reading)
        bundle.noteDroppedRule(in: chosen, quiet: common.quiet)
        _ = try chosen.convert(to: path, options: conversion)
        Console.summary("\(path) reads long texts as \(rule)", quiet: common.quiet)
    }

    private func show(_ report: EvaluationReport, _ choice: LongTextReport?, _ ofStudy: StudyEvaluation?) throws {
        if json {
            var object = study.program.flatMap { program in ofStudy.map { $0.json(program) } } ?? report.json
            if let choice { object["longTexts"] = .object(LongTextTable.json(choice)) }
            return try StandardOutput.shared.json(.object(object))
        }
        for line in choice.map({ LongTextTable.lines($0) + [""] }) ?? [] { try StandardOutput.shared.line(line) }
        for line in EvaluationText.lines(report) { try StandardOutput.shared.line(line) }
        if let ofStudy, let program = study.program {
            try StandardOutput.shared.line("")
            try StandardOutput.shared.line(
                "as the study's program: mean accuracy of batches of \(program.batchSize)"
                    + " \(rounded(ofStudy.meanOfBatches, digits: 4)), dropout \(program.dropout)")
        }
    }

    private func located<Value>(_ body: () throws(DataError) -> Value) throws -> Value {
        do throws(DataError) {
            return try body()
        } catch {
            throw InputError(path: data, underlying: error)
        }
    }
}
