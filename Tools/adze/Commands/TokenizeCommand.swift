// `adze tokenize`: what a tokenizer makes of texts.

import Adze
import AdzeBytes
import AdzeData
public import AdzeTokenization
public import ArgumentParser

/// Shows tokens and ids.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Show the tokens of texts.",
        discussion: """
            Prints the tokens of each text on a line, or with --json one object a line: tokens, ids, type_ids. \
            MODEL may also be a folder with a tokenizer and no weights, a tokenizer.json or a vocab.txt. With --bench, \
            prints instead how fast one thread tokenizes the texts.
            """)

    @Argument(help: ArgumentHelp("A .adze file, model folder, tokenizer.json or vocab.txt.", valueName: "MODEL"))
    var model: String

    @OptionGroup var texts: TextOptionsGroup
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print JSON lines.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("Cut to this many tokens; default: nothing is cut.", valueName: "N"))
    var maxLength: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("What gives way: longest_first, only_first, only_second, do_not_truncate.", valueName: "HOW")
    )
    var truncation: Truncation = .longestFirst

    @Flag(name: .long, help: "Time the tokenizer instead of showing tokens.")
    var bench = false

    @Option(name: .long, help: ArgumentHelp("Timed runs of --bench; the median counts.", valueName: "N"))
    var `repeat` = 5

    func validate() throws {
        guard (1...10_000).contains(`repeat`) else { throw ValidationError("--repeat is 1 to 10000") }
        if let maxLength, maxLength < 0 { throw ValidationError("--max-length must not be negative") }
    }

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(texts.input, as: "-i").check()
        var input = try texts.open(model: model)
        guard pathExists(model) else { throw ModelNotFound(path: model) }
        let tokenizer = try openTokenizer(path: model)
        Console.notes(tokenizer.notes, quiet: common.quiet)
        if bench { return try time(tokenizer, &input) }
        var tally = (texts: 0, tokens: 0, failed: 0)
        try input.forEachAnswer { rows in
            rows.map { encode($0, tokenizer) }
        } emit: { _, encoding in
            tally.texts += 1
            tally.tokens += encoding.ids.count
            try StandardOutput.shared.line(line(encoding, tokenizer))
        } failed: { error in
            tally.failed += 1
            try StandardOutput.shared.line(errorLine(error.description, json: json))
        }
        Console.summary(
            "\(counted(tally.texts, "text")), \(counted(tally.tokens, "token"))"
                + (tally.failed > 0 ? ", \(grouped(tally.failed)) unreadable" : ""), quiet: common.quiet)
    }

    private func time(_ tokenizer: BertTokenizer, _ input: inout TextStream) throws {
        var rows: [Row] = []
        var bytes = 0
        while let window = try input.next() {
            for row in window {
                let row = try input.required(row)
                // Only the texts are kept, and each row counts with its own place in memory.
                rows.append(Row(lineNumber: row.lineNumber, text: row.text, pair: row.pair))
                bytes += row.text.utf8.count + (row.pair?.utf8.count ?? 0) + MemoryLayout<Row>.stride
            }
            guard bytes <= 1 << 30 else { throw TooMuchText() }
        }
        let timing = TokenizerTiming(rows, repetitions: `repeat`) { encode($0, tokenizer) }
        try StandardOutput.shared.line(json ? timing.json.text : timing.line)
    }

    private func encode(_ row: Row, _ tokenizer: BertTokenizer) -> Encoding {
        tokenizer.encode(
            row.text, pair: row.pair, maximumLength: maxLength ?? .max,
            truncation: maxLength == nil ? .doNotTruncate : truncation)
    }

    private func line(_ encoding: Encoding, _ tokenizer: BertTokenizer) -> String {
        let tokens = encoding.ids.map { tokenizer.vocabulary.token(Int($0)) ?? "" }
        guard json else { return tokens.joined(separator: " ") }
        return JSONValue.object([
            "tokens": .array(tokens.map(JSONValue.string)), "ids": .array(encoding.ids.map { .integer(Int($0)) }),
            "type_ids": .array(encoding.typeIDs.map { .integer(Int($0)) }),
        ]).text
    }
}

/// More texts than are held in memory to be timed.
private struct TooMuchText: AdzeFailure {
    let kind = FailureKind.usage
    let description = "--bench holds at most 1 GiB of texts and rows in memory; measure with fewer"
}

extension Truncation: ExpressibleByArgument {}
