// `adze attention`: what the tokens of a text look at, in the terminal, as JSON or as a page.

import Adze
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

            Attention says where a model looked, not why it answered; adze explain says what an answer depends on.
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

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(against, as: "--against").check()
        try requireModel(model)
        let input = try AttentionInput.read(text, pair: pair)
        let wanted = try selection.selection()
        let pool = ThreadPool(threads: common.threads)
        let map = try map(of: input, by: model, on: pool)
        let before = try against.map { try self.map(of: input, by: $0, on: pool) }
        let report = try AttentionReport(
            map, of: input, selection: wanted, normalization: selection.normalization ?? .minMax,
            showsSpecialTokens: selection.special, before: before)
        if json {
            try StandardOutput.shared.json(JSONValue.object(report.json))
        } else {
            try AttentionText(report, before: against).print(ColorDepth.chosen(color ?? .auto), quiet: common.quiet)
        }
    }

    private func map(of input: TextInput, by path: String, on pool: ThreadPool) throws -> AttentionMap {
        var options = TextOptions()
        options.maximumLength = maxLength
        let attention = try TextAttention(openModel(path, source, quiet: common.quiet), on: pool)
        do {
            return try attention.map(of: input, options: options)
        } catch let error as AttentionError {
            throw LocatedError(path: path, underlying: error)
        }
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
