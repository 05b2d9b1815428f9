// `adze lengths`: text lengths in tokens, and for each maximum length how many texts are truncated and how long a model
// takes.

import Adze
import ArgumentParser

/// What cuts the texts.
private struct TokenizerPath: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("A .adze file, model folder, tokenizer.json or vocab.txt.", valueName: "MODEL"),
        completion: .file())
    var tokenizer: String
}

/// Measures a set of texts.
struct LengthsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lengths", abstract: "Measure texts in tokens and advise on a maximum length.",
        discussion: """
            DATA is a .txt, .csv, .tsv or .jsonl file, a folder of reviews in neg and pos, or - for standard input. \
            Lengths count the special tokens. head, tail and head+tail lose the same number of tokens, not the same \
            tokens; windows lose none and cost more inputs. With a model that has weights the time of each maximum \
            length is measured by short runs on this machine.
            """)

    @Argument(
        help: ArgumentHelp("Texts; labels may be there; - is standard input.", valueName: "DATA"), completion: .file())
    var data: String

    @OptionGroup(title: "Required") private var cutting: TokenizerPath
    @OptionGroup(title: "Data") var columns: ColumnOptions
    @OptionGroup(title: "Cleaning") var cleaning: CleaningOptions
    @OptionGroup(title: "Cleaning") var lemmas: WordNetOptions
    @OptionGroup var common: CommonOptions

    @OptionGroup var arithmetic: PrecisionOptions

    @Flag(name: .long, help: "Measure no time.")
    var noTiming = false

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    private var tokenizer: String { cutting.tokenizer }

    func run() throws {
        try requireModel(tokenizer)
        // A tokenizer alone is as good as a model, but for the time.
        let bundle = try noTiming ? nil : modelWithWeights()
        let cleaner = try cleaning.cleaner(lemmas, ofModel: tokenizer, quiet: common.quiet)
        let cutter = try bundle?.requireTokenizer() ?? openTokenizer(path: tokenizer)
        guard data == "-" || pathExists(data) else { throw FileError.notFound(path: data) }
        let progress = ProgressLine(total: nil, quiet: common.quiet)
        defer { progress.end() }
        let start = ContinuousClock.now
        let report: LengthReport
        var readNotes: [String] = []
        do {
            var rows = try TextRows(
                path: data, format: columns.format, columns: columns.selection(), dialect: columns.dialect)
            defer { readNotes = rows.notes }
            report = try LengthReport(
                &rows, tokenizer: cutter, limit: bundle?.maximumLength, cleaner: cleaner,
                threads: common.threads, progress: progress.show)
        } catch let error as DataError {
            progress.end()
            throw InputError(path: data, underlying: error)
        }
        progress.end()
        Console.notes(readNotes, quiet: common.quiet)
        let seconds = (ContinuousClock.now - start).inSeconds
        let text = try bundle.map { try timed(report, $0) } ?? LengthText(report: report)
        let timing = (ContinuousClock.now - start).inSeconds - seconds
        if json {
            try StandardOutput.shared.json(text.json)
        } else {
            try text.lines.forEach(StandardOutput.shared.line)
        }
        try StandardOutput.shared.flush()
        Console.summary(
            "\(counted(report.textCount, "text")) tokenized in \(rounded(seconds, digits: 2)) s"
                + (bundle == nil ? "" : ", the model timed for \(rounded(timing, digits: 1)) s")
                + "; advice: --max-length \(report.advice.maximumLength)", quiet: common.quiet)
    }

    private func timed(_ report: LengthReport, _ bundle: ModelBundle) throws -> LengthText {
        let lengths = report.cuts.map(\.maximumLength)
        let predicting = try LengthTiming(
            bundle, lengths: lengths, precision: arithmetic.precision, threads: common.threads)
        // An encoder learns with a classifier on top, whose cost is nothing beside its own.
        var learner = bundle
        if bundle.checkpoint.head.classification == nil {
            var options = ModelOptions()
            options.checkpoint.newHead = ["no", "yes"]
            learner = try ModelBundle(path: tokenizer, options: options)
        }
        // Between four lengths a line is close enough; each costs a large model seconds.
        let few = lengths.count <= 4 ? lengths : stride(from: 1, to: lengths.count, by: 2).map { lengths[$0] }
        return LengthText(
            report: report, predicting: predicting,
            training: try LengthTiming(training: learner, lengths: few, threads: common.threads))
    }

    /// The model, or nil where what was named is a tokenizer without weights.
    private func modelWithWeights() throws -> ModelBundle? {
        do {
            return try ModelBundle(path: tokenizer)
        } catch {
            // What is damaged as a model too is refused as a tokenizer, in its own words.
            guard (try? openTokenizer(path: tokenizer)) != nil else { throw error }
            Console.notes(["no weights beside the tokenizer, so no time is measured"], quiet: common.quiet)
            return nil
        }
    }
}
