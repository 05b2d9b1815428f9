// `adze convert`: any supported checkpoint into a native file.

public import Adze
public import ArgumentParser

/// Where a conversion goes.
private struct ConvertOutput: ParsableArguments {
    @Option(
        name: [.short, .long], help: ArgumentHelp("Where to write; required unless --dry-run.", valueName: "OUT"),
        completion: .file(extensions: ["adze"]))
    var output: String?

    @Option(
        name: .long,
        help: ArgumentHelp("full: int8 with a residual that gives exact fp32 back; int8; fp32.", valueName: "STORE"))
    var store: NativeStore = .full

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    @Flag(name: .long, help: "Say what would be done and write nothing.")
    var dryRun = false
}

/// Converts a model and says what became of every tensor.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Convert a checkpoint to a .adze file.",
        discussion: """
            Prints which tensors were renamed, tied or left out, and why, and how many kept their names; --verbose lists \
            these too. A missing or misshapen weight is refused; no head is ever made up unless --new-head asks for one.

            int8 is calibrated on sentences that ship with Adze, or on the texts of --calibrate: at most 512 of them, at \
            even steps over the file, and 16,384 tokens, 128 of one text. A .adze file with int8 that is converted \
            again keeps its codes, its layers in fp32 and its report, unless --calibrate asks for others.

            --adapter merges a LoRA adapter, as PEFT saves one, into the weights in fp32: SRC is the model that it was \
            trained on. Its classifier comes with it where it was saved (modules_to_save); labels are in no adapter, \
            name them with --labels.

            --long, with --stride, --max-length and --aggregate, writes into the file how a classifier reads long texts: \
            predict, evaluate and explain then do so where they are not told otherwise, and what is made of the file \
            says it too. --long head takes it out again. --clean writes how it cleans texts first, and --clean none \
            takes that out. A report of quantize, which measured another reading, goes.
            """)

    @Argument(help: ArgumentHelp("A checkpoint file or model folder.", valueName: "SRC"), completion: .file())
    var model: String

    @Option(
        name: .long,
        help: ArgumentHelp("A folder with a LoRA adapter to merge into SRC; default: none.", valueName: "DIR"),
        completion: .directory)
    var adapter: String?

    @OptionGroup(title: "Output") private var target: ConvertOutput

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A new, untrained classifier with these labels, in place of any there is; default: the model's own head.",
            valueName: "A,B"))
    var newHead: String?

    @OptionGroup var form: HeadFormOptions

    @Option(name: .long, help: ArgumentHelp("What the weights of a new head follow from.", valueName: "N"))
    var seed: UInt64 = 0

    @Flag(name: .long, help: "Keep NaN and infinite weights instead of refusing them.")
    var allowNonfinite = false

    @OptionGroup(title: "Long texts") var texts: WindowOptions
    @OptionGroup(title: "Cleaning") var cleaning: CleaningOptions
    @OptionGroup(title: "Calibration") var calibration: CalibrationOptions
    @OptionGroup(title: "Calibration") var columns: ColumnOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print what became of every tensor, of those that kept their names too.")
    var verbose = false

    @Flag(name: .long, help: "Print one JSON object, of every tensor.")
    var json = false

    private var output: String? { target.output }
    private var store: NativeStore { target.store }
    private var force: Bool { target.force }
    private var dryRun: Bool { target.dryRun }

    func validate() throws {
        if calibration.calibrate == nil {
            guard columns.isDefault else {
                throw ValidationError("--format, --text-column and --pair-column are for the texts of --calibrate")
            }
        } else if store == .fp32 {
            throw ValidationError("--calibrate is for int8; --store fp32 has none")
        }
        if form.head != nil && newHead == nil {
            throw ValidationError("--head says what a new classifier computes; name its labels with --new-head")
        }
        _ = try texts.reading()
        if output == nil && !dryRun { throw ValidationError("name the output with -o OUT.adze, or pass --dry-run") }
    }

    func run() throws {
        try requireModel(model)
        try RunFiles().reads(model, as: "SRC").reads(source).reads(adapter, as: "--adapter").reads(
            calibration.calibrate, as: "--calibrate"
        )
        .reads(cleaning.stopwords, as: "--stopwords")
        .writes(dryRun ? nil : output, as: "-o", force: force).check()
        var options = try source.modelOptions()
        options.checkpoint.newHead = try newHead.map(splitLabels)
        options.checkpoint.newHeadForm = try form.specified()
        options.checkpoint.seed = seed
        options.adapterPath = adapter
        let opened = try ModelBundle(path: model, options: options)
        var bundle = opened
        if let reading = try texts.reading() { bundle = try bundle.reading(longTexts: reading) }
        bundle = try bundle.cleaning(cleaning.choice(source.stated.lemmas))
        Console.notes(bundle.notes, quiet: common.quiet)
        var report: ConversionReport?
        if let output, !dryRun {
            let conversion = try conversionOptions()
            if !bundle.keepsRule(convertedBy: conversion) { bundle = bundle.withoutAnswerRule() }
            opened.noteDroppedRule(in: bundle, quiet: common.quiet)
            report = try bundle.convert(to: output, options: conversion)
        }
        if json {
            try StandardOutput.shared.json(jsonReport(bundle, report))
        } else if !common.quiet {
            try ConversionText(bundle)?.lines(isVerbose: verbose).forEach(StandardOutput.shared.line)
            try StandardOutput.shared.flush()
        }
        if let report { Console.summary(summaryLine(report), quiet: common.quiet) }
    }

    private func conversionOptions() throws -> ConversionOptions {
        var options = ConversionOptions()
        options.store = store
        options.allowsNonFinite = allowNonfinite
        options.replacing = force
        options.threads = common.threads
        options.calibration = try calibration.calibration(columns, quiet: common.quiet)
        return options
    }

    private func summaryLine(_ report: ConversionReport) -> String {
        let agreement =
            report.probeDifference == 0
            ? "fp32 answers equal bit for bit" : "fp32 answers agree to \(short(report.probeDifference))"
        let int8 = report.int8Difference.map { ", int8 answers within \(short($0))" } ?? ""
        return
            "\(byteSize(report.sourceBytes)) → \(byteSize(report.writtenBytes)) \(store.rawValue), \(report.blockCount) blocks, "
            + agreement + int8
    }

    private func jsonReport(_ bundle: ModelBundle, _ report: ConversionReport?) -> JSONValue {
        let map = bundle.checkpoint.map
        var object: JSONObject = [
            "tensors": .array(
                (map?.entries ?? []).map { entry in
                    .object([
                        "source": .string(bundle.source.sourceName(of: entry.source)), "name": .string(entry.name),
                        "renamed": .bool(entry.wasRespelled),
                        "tiedTo": entry.tiedTo.map(JSONValue.string) ?? .null,
                    ])
                }),
            "tied": .array(
                (map?.ties ?? []).map { .object(["source": .string($0.source), "name": .string($0.name)]) }),
            "dropped": .array(
                (map?.dropped ?? []).map {
                    .object(["source": .string(bundle.source.sourceName(of: $0.source)), "reason": .string($0.reason)])
                }),
            "notes": .array(bundle.notes.map(JSONValue.string)),
        ]
        if let report {
            object["sourceBytes"] = .integer(report.sourceBytes)
            object["writtenBytes"] = .integer(report.writtenBytes)
            object["parameters"] = .integer(report.parameterCount)
            object["blocks"] = .integer(report.blockCount)
            object["fp32Difference"] = .number(Double(report.probeDifference))
            object["int8Difference"] = report.int8Difference.map { .number(Double($0)) } ?? .null
        }
        return .object(object)
    }
}

/// A small number with two significant digits, such as `3e-06`.
func short(_ value: Float) -> String {
    guard value.isFinite, value > 0 else { return "\(value)" }
    var (exponent, factor) = (0, Double(value))
    while factor < 1 { (exponent, factor) = (exponent - 1, factor * 10) }
    guard exponent < -2 else { return rounded(Double(value), digits: 3) }
    return "\(rounded(factor, digits: 1))e\(exponent)"
}

extension NativeStore: ExpressibleByArgument {}
