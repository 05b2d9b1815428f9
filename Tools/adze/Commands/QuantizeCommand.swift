// `adze quantize`: an int8 file that has passed a quality gate on labelled data.

import Adze
import ArgumentParser

/// What int8 is measured on, and what it may cost.
private struct GateOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Labelled data that the model was not trained on; - is standard input.", valueName: "DATA"),
        completion: .file())
    var dev: String

    @Option(
        name: .long,
        help: ArgumentHelp("How many points, hundredths of the metric, int8 may lose; 0 to 100.", valueName: "X"))
    var maxDrop: Double
}

/// Measures int8 beside fp32, keeps what costs most in fp32, and writes the file with the report.
struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize", abstract: "Convert a classifier with a gate on what int8 may cost.",
        discussion: """
            Scores the model on DATA in fp32 and in int8. Where int8 loses more than --max-drop, the groups of layers \
            with the largest error of their own stay in fp32, as few as the gate needs: word embeddings, position \
            embeddings, pooler, and of each block query, key and value together, the attention's output, and each \
            half of the feed-forward. The report travels in the file; inspect shows it.

            DATA is read as evaluate reads it: .csv, .tsv, .jsonl, a folder of reviews in neg and pos, or - for standard \
            input. --text-column and --pair-column hold for the texts of --calibrate too, --format for DATA alone. Of \
            those texts at most 512, at even steps over the file, and 16,384 tokens are read, 128 of one text.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup var output: OutputOptions

    @OptionGroup(title: "Required") private var gate: GateOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "accuracy, macro-f1, weighted-f1, mcc; for any number of labels micro-f1, macro-f1, weighted-f1, "
                + "samples-f1, subset-accuracy; for numbers pearson, spearman; default: the first of these.",
            valueName: "METRIC"))
    var metric: String?

    @Option(
        name: .long, help: ArgumentHelp("full: with a residual that gives exact fp32 back; int8.", valueName: "STORE"))
    var store: NativeStore = .full

    @Flag(name: .long, help: "Keep NaN and infinite weights instead of refusing them.")
    var allowNonfinite = false

    @OptionGroup(title: "Calibration") var calibration: CalibrationOptions
    @OptionGroup(title: "Data") var examples: ExampleOptions
    @OptionGroup(title: "Long texts") var texts: WindowOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    private var dev: String { gate.dev }
    private var maxDrop: Double { gate.maxDrop }

    func validate() throws {
        try QualityGate.checkMaximumDrop(maxDrop)
        if store == .fp32 { throw ValidationError("--store fp32 has no int8; use convert") }
        if dev == "-", calibration.calibrate == "-" {
            throw ValidationError("--dev and --calibrate cannot both be standard input")
        }
    }

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(dev, as: "--dev")
            .reads(calibration.calibrate, as: "--calibrate")
            .writes(output.output, as: "-o", force: output.force).check()
        // What the gate measures is what is written.
        let bundle = try openModel(model, source, quiet: common.quiet).droppingRule(quiet: common.quiet)
        let textOptions = try texts.textOptions(of: bundle.reading)
        Console.notes(texts.notes(bundle.reading), quiet: common.quiet)
        let kind = try bundle.targetKind(separator: examples.separator)
        try examples.check(kind)
        let limit = QualityGate(metric: try QualityMetric(metric, for: kind), maximumDrop: maxDrop)
        let dev = try examples.readAll(dev, kind: kind, quiet: common.quiet)
        var options = ConversionOptions()
        options.store = store
        options.allowsNonFinite = allowNonfinite
        options.replacing = output.force
        options.threads = common.threads
        let columns = calibration.calibrate.map(examples.columns.besideData) ?? examples.columns
        options.calibration = try calibration.calibration(columns, quiet: common.quiet)

        let start = ContinuousClock.now
        let progress = ProgressLine(total: nil, quiet: common.quiet)
        defer { progress.end() }
        let report: QuantizationReport
        do {
            report = try bundle.quantize(
                to: output.output, examples: dev, gate: limit, texts: textOptions, options: options,
                progress: { progress.show($0, $1, of: $2) })
        } catch let error as any AdzeFailure where error is DataError || error is EvaluationError {
            progress.end()
            throw InputError(path: self.dev, underlying: error)
        }
        progress.end()
        try show(report)
        try StandardOutput.shared.flush()
        let seconds = (ContinuousClock.now - start).inSeconds
        Console.summary(
            "\(QuantizationText.summary(report, store: store.rawValue)), in \(rounded(seconds, digits: 1)) s",
            quiet: common.quiet)
    }

    private func show(_ report: QuantizationReport) throws {
        guard json else {
            for line in QuantizationText.lines(report) { try StandardOutput.shared.line(line) }
            return
        }
        var object = report.quality.json
        object["passes"] = .bool(true)
        object["maxDrop"] = .number(maxDrop)
        object["groups"] = .integer(report.groupCount)
        object["plainInt8"] = .number(report.withoutKept.int8)
        object["sensitivities"] = .array(
            report.sensitivities.map {
                .object(["layers": .string($0.layers.description), "error": .number($0.error)])
            })
        object["calibration"] = report.calibration.map(JSONValue.object) ?? .null
        object["sourceBytes"] = .integer(report.conversion.sourceBytes)
        object["writtenBytes"] = .integer(report.conversion.writtenBytes)
        try StandardOutput.shared.json(JSONValue.object(object))
    }
}

extension QualityGate {
    /// Refuses a --max-drop that is no number of points.
    static func checkMaximumDrop(_ points: Double) throws {
        guard points >= 0, points <= 100 else {
            throw ValidationError("--max-drop must be 0 to 100 points: 0.5 is half a hundredth of the metric")
        }
    }
}
