// `adze clean`: rows of a labelled set that most likely bear a wrong label. Not here: finding them, and the page.

import Adze
import AdzeInsight
import ArgumentParser

/// What the texts are looked at with.
private struct EncoderPath: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A .adze file, checkpoint file or model folder, whose encoder makes the vectors of the texts.",
            valueName: "MODEL"), completion: .file())
    var model: String
}

/// Looks for wrong labels.
struct CleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Find rows of a labelled set that most likely bear a wrong label.",
        discussion: """
            DATA is read as evaluate reads it: one label a text. The set is divided into folds, and each is predicted by a \
            classifier of the others: a logistic regression on the means of the last hidden states of MODEL, which are \
            computed once. Confident learning (Northcutt 2021) then says which rows are suspects: those whose own \
            classifier is sure of another label, as sure as it is of rows that bear that one. Take a model that has not \
            learnt from these rows: one that has agrees with their labels.

            Suspects come the worst first, a line each: place, label, the likelier label, probability of its own label, text. \
            Then follow pairs of rows whose words are nearly the same and whose labels \
            differ. With --json, or -o, a JSON object a line: row (counted from 1), place, text, text_pair, label, \
            suggested, probability, suggested_probability, suspect, reason (label or near-duplicate), and for \
            near-duplicates similarity and other, the other row. Nothing is changed in DATA.
            """)

    @Argument(help: ArgumentHelp("Labelled data; - is standard input.", valueName: "DATA"), completion: .file())
    var data: String

    @OptionGroup(title: "Required") private var encoder: EncoderPath
    @OptionGroup(title: "Data") var examples: ExampleOptions

    @Option(name: .long, help: ArgumentHelp("Parts of the set, 2 to 100.", valueName: "N"))
    var folds = 5

    @Option(name: .long, help: ArgumentHelp("What the folds are drawn from.", valueName: "N"))
    var seed: UInt64 = 42

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The share of words from which two texts are nearly the same, above 0, up to 1.", valueName: "SHARE"))
    var similarity = 0.8

    @Flag(name: .long, help: "Give every row, not the suspects alone, and no near-duplicates.")
    var all = false

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print JSON lines.")
    var json = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Write JSON lines to a file instead; default: standard output.", valueName: "OUT"),
        completion: .file(extensions: ["jsonl"]))
    var output: String?

    @OptionGroup var arithmetic: PrecisionOptions
    @OptionGroup var page: ReportOptions

    func validate() throws {
        guard (2...100).contains(folds) else { throw ValidationError("--folds \(folds): expected 2 to 100") }
        guard similarity > 0, similarity <= 1 else {
            throw ValidationError("--similarity \(similarity): expected above 0, up to 1")
        }
        if examples.labelSeparator != nil {
            throw ValidationError("--label-separator: labels are checked where a text has one")
        }
        if let output, let format = DataFormat(path: output), format != .jsonl {
            throw ValidationError("-o \(output): JSON lines are written; expected a name such as suspects.jsonl")
        }
    }

    func run() throws {
        try RunFiles().reads(encoder.model, as: "--model").reads(source).reads(data, as: "DATA")
            .writes(output, as: "-o", force: page.force)
            .writes(page.report, as: "--report", force: page.force).check()
        let bundle = try openModel(encoder.model, source, quiet: common.quiet)
        _ = try bundle.requireTokenizer()
        let piped = try PipedData(train: data, dev: nil, format: examples.columns.format)
        let (table, rows) = try piped.naming { try read(piped.path(data), as: piped.format) }
        arithmetic.noteCodes(bundle, quiet: common.quiet)
        let start = ContinuousClock.now
        let progress = ProgressLine(total: nil, quiet: common.quiet)
        defer { progress.end() }
        progress.show("\(counted(rows.count, "text")) through the encoder")
        let found: LabelErrors
        do {
            found = try bundle.findLabelErrors(rows, labels: table, options: options) { done in
                progress.show("fold \(done + 1) of \(folds)")
            }
        } catch let error as any AdzeFailure where error is DataError || error is LabelErrorsError {
            progress.end()
            throw InputError(path: data, underlying: error)
        }
        progress.end()
        let seconds = (ContinuousClock.now - start).inSeconds
        try write(LabelErrorLines(found, all: all))
        try page.write {
            LabelErrorPage.html(
                found, title: "Labels of \(data == "-" ? "standard input" : splitPath(data).name)",
                subtitle:
                    "\(folds) folds, vectors of \(splitPath(encoder.model).name) in \(arithmetic.precision.rawValue)",
                facts: ReportOptions.facts(seconds: seconds))
        }
        Console.summary(summary(found, seconds: seconds), quiet: common.quiet)
    }

    private var options: LabelErrorOptions {
        var options = LabelErrorOptions()
        (options.folds, options.seed, options.similarity) = (folds, seed, similarity)
        (options.precision, options.threads) = (arithmetic.precision, common.threads)
        return options
    }

    /// The labels that occur, and all rows.
    private func read(_ path: String, as format: DataFormat?) throws -> (LabelTable, [Example]) {
        guard pathExists(path) else { throw FileError.notFound(path: path) }
        var examples = examples
        examples.columns.format = format
        let survey: LabelSurvey
        let table: LabelTable
        do throws(DataError) {
            survey = try LabelSurvey(
                path: path, format: examples.columns.format,
                columns: examples.columns.selection(label: examples.labelColumn), dialect: examples.columns.dialect)
            table = try LabelTable(covering: survey.labels)
        } catch {
            throw InputError(path: path, underlying: error)
        }
        if survey.hasSeveral { throw InputError(path: path, underlying: LabelErrorsError.severalLabels) }
        return (table, try examples.readAll(path, kind: .label(table), quiet: common.quiet))
    }

    private func write(_ lines: LabelErrorLines) throws {
        let out = try output.map { try LineOutput(path: $0, replacing: page.force) } ?? LineOutput()
        if json || output != nil {
            for object in lines.objects { try out.json(text: Array(JSONValue.object(object).text.utf8)) }
        } else {
            for line in lines.lines { try out.line(line) }
        }
        try out.finish()
    }

    private func summary(_ found: LabelErrors, seconds: Double) -> String {
        let share = found.found.estimatedErrors / Double(found.examples.count)
        return "\(counted(found.examples.count, "text")) in \(rounded(seconds, digits: 2)) s, accuracy of unseen rows "
            + "\(rounded(found.accuracy, digits: 4)); \(counted(found.found.suspects.count, "suspect")), about "
            + "\(rounded(share * 100, digits: 1)) % of labels wrong; "
            + "\(counted(found.duplicates.pairs.count, "near-duplicate")) with other labels"
            + (found.duplicates.isPartial ? ", of those that were found before the search grew too long" : "")
            + (found.truncatedCount > 0 ? "; \(grouped(found.truncatedCount)) truncated" : "")
    }
}
