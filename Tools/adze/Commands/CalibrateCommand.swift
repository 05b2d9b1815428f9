// `adze calibrate`: scores that mean what they say, and a rule for when to answer. Not here: the lines that are printed,
// which are `CalibrateText`'s.

import Adze
import AdzeInsight
import ArgumentParser

/// What a calibration cannot do without.
private struct CalibrateRequired: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Labelled data that neither trained the model nor chose it; - is standard input.", valueName: "DATA"),
        completion: .file())
    var dev: String

    @Option(
        name: [.short, .long], help: ArgumentHelp("Where to write.", valueName: "OUT"),
        completion: .file(extensions: ["adze"]))
    var output: String
}

/// Chooses the rule for a classifier's answers, and writes the model with it.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Make a classifier's scores honest, and let it abstain.",
        discussion: """
            Finds the temperature T with the least log-loss on DATA, by which logits are divided before they become \
            scores, and writes the model with it: predict, evaluate and explain follow it, and so does the library. Which \
            label is best does not change, nor do the logits. For any number of labels each label gets a threshold too, \
            from which it is said: that with the highest F1 on DATA, of equal ones the middle of the gap nearest to 0.5. A model that says a \
            number has no probabilities and is refused.

            --coverage C adds a threshold by split-conformal prediction, for one label a text. Below it predict answers \
            abstain, and the promise is: of new texts, at most 1 - C get a wrong answer; the rest get the right one, or \
            none. With --sets predict gives each text a set of labels, and the promise is: for C of new texts, at least, \
            the set holds the right label. A set is never empty: the best label is in it.

            The promise holds for texts that are exchangeable with DATA, as if drawn from the same source, on average \
            over such DATA and texts: not for each label or kind of text, not of the answered ones alone, and not once \
            texts come from elsewhere. It needs rows that the scores have not seen: a third of DATA chooses T, the rest \
            the threshold, ceil((n + 1) C) of n being its rank. C = 0.95 needs 30 rows at least, 0.99 148.

            Printed are log-loss and calibration error before and after, and held out: what the rule of nine tenths does \
            on the last tenth, for figures on the rows that chose it flatter. T, thresholds, C and the numbers of rows \
            stand in the file (adze_answers in its configuration); inspect shows them. What answers alike keeps them, as \
            convert and export do; what changes answers drops them and says so: prune, finetune, quantize, other labels, \
            another way to read texts. So calibrate last.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup(title: "Required") private var required: CalibrateRequired

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Abstain so that this part of all texts gets no wrong answer, more than 0 and less than 1; default: always "
                + "answer.", valueName: "C"))
    var coverage: Double?

    @Flag(name: .long, help: "With --coverage: give the set of labels that holds the right one so often.")
    var sets = false

    @OptionGroup var arithmetic: PrecisionOptions
    @OptionGroup var page: ReportOptions
    @OptionGroup(title: "Data") var examples: ExampleOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if sets, coverage == nil { throw ValidationError("--sets needs --coverage, which says how often they hold") }
        if let coverage, !(coverage > 0 && coverage < 1) {
            throw ValidationError("--coverage is more than 0 and less than 1, such as 0.95; found \(coverage)")
        }
    }

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(required.dev, as: "--dev")
            .writes(required.output, as: "-o", force: page.force)
            .writes(page.report, as: "--report", force: page.force).check()
        let opened = try openModel(model, source, quiet: common.quiet)
        let bundle = opened.withoutAnswerRule()
        try bundle.checkCalibration(coverage: coverage)
        Console.notes(try bundle.cleaningNotes(), quiet: common.quiet)
        let kind = try bundle.targetKind(separator: examples.separator)
        try examples.check(kind)
        let dev = try examples.readAll(required.dev, kind: kind, quiet: common.quiet)
        arithmetic.noteCodes(bundle, quiet: common.quiet)
        let start = ContinuousClock.now
        let progress = ProgressLine(total: dev.count, quiet: common.quiet)
        defer { progress.end() }
        let found: AnswerCalibration
        do {
            found = try bundle.calibrate(
                dev, coverage: coverage, givesSets: sets, precision: arithmetic.precision, threads: common.threads,
                progress: { progress.show($0) })
        } catch let error as any AdzeFailure where error is EvaluationError || error is AnswerCalibrationError {
            progress.end()
            throw InputError(path: required.dev, underlying: error)
        }
        progress.end()
        Console.notes(found.notes, quiet: common.quiet)
        var options = ConversionOptions()
        options.store = bundle.source.native?.store ?? .full
        options.replacing = page.force
        options.threads = common.threads
        _ = try bundle.answering(by: found).convert(to: required.output, options: options)
        let seconds = (ContinuousClock.now - start).inSeconds
        try page.write {
            CalibrationPage.html(
                found, title: "\(splitPath(model).name) calibrated on \(name(of: required.dev))",
                facts: ReportOptions.facts(seconds: seconds))
        }
        if json {
            try StandardOutput.shared.json(.object(found.json))
        } else {
            for line in CalibrateText.lines(found) { try StandardOutput.shared.line(line) }
        }
        try StandardOutput.shared.flush()
        Console.summary(
            "\(CalibrateText.summary(found)), in \(rounded(seconds, digits: 1)) s → \(required.output)",
            quiet: common.quiet)
    }

    private func name(of data: String) -> String { data == "-" ? "standard input" : splitPath(data).name }
}
