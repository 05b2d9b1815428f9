// `adze attention`: what the tokens of a text look at, in the terminal, as JSON or as a page.

import Adze
import AdzeInsight
import ArgumentParser

/// Shows the attention weights of a text.
struct AttentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attention", abstract: "Show what the tokens of a text look at.",
        discussion: """
            In a terminal with colours the text stands on the four colours of the comparative study: from 0.8, 0.6, 0.4 and \
            0.2 on, and none below. Else each token has a line: number, text, value. COLORTERM tells 24-bit colours, NO_COLOR \
            and TERM=dumb want none.

            The study's selections: --layer first, --layer last and --layer N are the means of a layer's heads, \
            --layer N --head M a head, each as the first token looks; --token K makes it any token. With --against, values \
            are what MODEL has more than the other: name the model that MODEL was fine-tuned from.

            With -o, a page for a browser, which needs no network: the text with arcs, every head, rollout, and attributions \
            beside it. Attention says where a model looked, not why it answered; adze explain says what an answer depends on.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @Argument(help: ArgumentHelp("The text; - is standard input.", valueName: "TEXT"))
    var text: String?

    @Option(name: .long, help: ArgumentHelp("The second text of a pair; default: none.", valueName: "TEXT"))
    var pair: String?

    @OptionGroup(title: "Weights") var selection: SelectionOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Take another model's values off, as of before fine-tuning; default: none.", valueName: "FILE"),
        completion: .file())
    var against: String?

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: ArgumentHelp("The most tokens of the text; default: the model's.", valueName: "N"))
    var maxLength: Int?

    @Option(
        name: .long, help: ArgumentHelp("auto, always or never; default: auto, in a terminal.", valueName: "WHEN"))
    var color: ColorWish?

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Write a page for a browser instead: every head, arcs, rollout, attributions; default: none.",
            valueName: "PAGE.html"), completion: .file())
    var output: String?

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    @OptionGroup(title: "Attributions of a page") var attributions: AttributionOptions

    func validate() throws {
        guard output == nil else { return }
        if force { throw ValidationError("--force is for -o") }
        if attributions.isGiven { throw ValidationError("attributions are on the page alone: say -o, or adze explain") }
    }

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(against, as: "--against")
            .writes(output, as: "-o", force: force).check()
        let start = ContinuousClock.now
        try requireModel(model)
        let given = try AttentionInput.read(text, pair: pair)
        let wanted = try selection.selection()
        let pool = ThreadPool(threads: common.threads)
        let opened = try openModel(model, source, quiet: common.quiet)
        Console.notes(try opened.cleaningNotes(), quiet: common.quiet)
        // What is looked at is the text as the model takes it.
        let (input, bundle) = try opened.cleaned(given)
        let map = try map(of: input, by: bundle, on: pool)
        let before = try against.map { path in
            try self.map(of: input, by: openModel(path, source, quiet: common.quiet), on: pool)
        }
        let report = try AttentionReport(
            map, of: input, selection: wanted, normalization: selection.normalization ?? .minMax,
            showsSpecialTokens: selection.special, before: before)
        if let output {
            let found = try attributions(of: input, by: bundle, on: pool)
            let seconds = (ContinuousClock.now - start).inSeconds
            let html = AttentionPage.html(
                report, found, title: "What \(splitPath(model).name) looks at",
                against: against.map { splitPath($0).name }, facts: ReportOptions.facts(seconds: seconds))
            var file = try AtomicFile(path: output, replacing: force, order: .sequential)
            try file.write(Array(html.utf8))
            try file.commit()
            Console.summary("\(output), \(byteSize(html.utf8.count))", quiet: common.quiet)
        }
        if json {
            try StandardOutput.shared.json(JSONValue.object(report.json))
        } else if output == nil {
            try AttentionText(report, before: against).print(ColorDepth.chosen(color ?? .auto), quiet: common.quiet)
        }
    }

    /// Of a model that reads windows the first is shown.
    private func textOptions(_ reading: TextReading) -> TextOptions {
        var options = TextOptions()
        options.maximumLength = maxLength
        if reading.readsWindows {
            (options.longText, options.maximumLength) = (.head, maxLength ?? reading.maximumLength)
        }
        return options
    }

    private func map(of input: TextInput, by bundle: ModelBundle, on pool: ThreadPool) throws -> AttentionMap {
        do {
            return try TextAttention(bundle, on: pool).map(of: input, options: textOptions(bundle.reading))
        } catch let error as AttentionError {
            throw LocatedError(path: bundle.source.path, underlying: error)
        }
    }

    /// Integrated gradients and gradient x input of the text, or why there are none.
    private func attributions(
        of input: TextInput, by bundle: ModelBundle, on pool: ThreadPool
    ) throws -> AttentionPage.Attributions {
        guard bundle.checkpoint.head.classification != nil else {
            if attributions.isGiven { _ = try TextExplainer(bundle, on: pool) }
            return .none(
                "There are no attributions: the model is \(withArticle(bundle.checkpoint.head.architectureName)), which"
                    + " gives no label to a text whose logit could be followed back.")
        }
        let explainer = try TextExplainer(bundle, on: pool)
        var options = attributions.options
        options.text = textOptions(bundle.reading)
        let methods = attributions.method.map { [$0] } ?? AttributionMethod.allCases
        return .found(
            try methods.map { method in
                options.method = method
                return (method.title, try explainer.explain(input, options: options))
            })
    }
}

/// The text of a command line.
enum AttentionInput {
    /// More than any model reads.
    private static let limit = 16 << 20

    /// A text, or all of standard input without its last line break.
    static func read(_ text: String?, pair: String?) throws -> TextInput {
        guard let text else { throw ValidationError("give a text behind the model; - is standard input") }
        guard text == "-" else { return TextInput(text, pair: pair) }
        let bytes = try InputFile.readAll(path: "-", limit: limit) { TextTooLong(bytes: $0, limit: limit) }
        var read = String(decoding: bytes, as: UTF8.self)
        if read.last?.isNewline == true { read.removeLast() }
        return TextInput(read, pair: pair)
    }
}

/// Standard input is no text that a model reads.
private struct TextTooLong: AdzeFailure {
    let bytes: Int
    let limit: Int
    var description: String { "standard input has more than \(byteSize(limit)); expected one text" }
}
