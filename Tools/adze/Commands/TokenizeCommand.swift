// `adze tokenize`: the tokens of texts.

public import Adze
public import ArgumentParser

/// Shows tokens and ids.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Show the tokens of texts.",
        discussion: """
            Prints the tokens of each text on a line, or with --json one object a line: tokens, ids, type_ids, and the \
            input's other fields. MODEL may also be a folder with a tokenizer and no weights, a tokenizer.json or a \
            vocab.txt. The windows of --long window stand on the text's line, tabs between them, or in a JSON list \
            windows. With --bench, prints instead how fast one thread tokenizes the texts.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, model folder, tokenizer.json or vocab.txt.", valueName: "MODEL"),
        completion: .file())
    var model: String

    @OptionGroup var texts: TextOptionsGroup
    @OptionGroup(title: "Cleaning") var cleaning: CleaningOptions
    @OptionGroup(title: "Cleaning") var lemmas: WordNetOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print JSON lines.")
    var json = false

    @Flag(name: .long, help: "With --json, also where each token stands in its text, in Unicode scalars.")
    var offsets = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Cut to this many tokens; default: nothing is cut, with --long the model's limit.", valueName: "N"))
    var maxLength: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What happens to texts longer than --max-length: head, tail, head+tail, head+tail:N, window; default: head, "
                + "or what the model's files say.",
            valueName: "HOW"), completion: .list(LongTextOptions.names))
    var long: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Tokens that neighbouring windows share, with --long window; default: 64.", valueName: "N"))
    var stride: Int?

    /// What `--long` was called, with other names for what gives way.
    @Option(name: .long, help: .hidden)
    var truncation: Truncation?

    @Flag(name: .long, help: "Time the tokenizer instead of showing tokens.")
    var bench = false

    @Option(name: .long, help: ArgumentHelp("Timed runs of --bench, of which the median counts.", valueName: "N"))
    var `repeat` = 5

    func validate() throws {
        if long != nil, truncation != nil { throw ValidationError("--long and --truncation are one option") }
        _ = try longText()
        if offsets, !json { throw ValidationError("--offsets is for --json, whose objects have them") }
        if stride != nil, long != "window" { throw ValidationError("--stride is for windows: say --long window") }
        if let stride, stride < 0 { throw ValidationError("--stride must be 0 or more") }
        guard (1...10_000).contains(`repeat`) else { throw ValidationError("--repeat is 1 to 10000") }
        if let maxLength, maxLength < 0 { throw ValidationError("--max-length must not be negative") }
    }

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(texts.input, as: "-i")
            .reads(cleaning.stopwords, as: "--stopwords").check()
        let wishes = TextWishes(answersEveryLine: !bench, passesOn: json && !bench ? .json : nil)
        var input = try texts.open(model: model, wishes, quiet: common.quiet)
        try requireModel(model)
        let tokenizer = try openTokenizer(path: model)
        Console.notes(tokenizer.notes, quiet: common.quiet)
        let cleaner = try cleaning.cleaner(lemmas, ofModel: model, quiet: common.quiet)
        func encode(_ row: Row) throws -> [Encoding] {
            try self.encode(cleaner.map { row.cleaned(by: $0) } ?? row, tokenizer)
        }
        if bench { return try time(&input, encode) }
        var (tally, tokenCount) = (RowTally(), 0)
        var fields = InputFields(
            besides: long == "window" ? ["windows"] : ["tokens", "ids", "type_ids"], quiet: common.quiet)
        try input.forEachAnswer { rows in
            try rows.map(encode)
        } emit: { row, encodings in
            tally.answer(row)
            tokenCount += encodings.reduce(0) { $0 + $1.ids.count }
            guard json else { return try StandardOutput.shared.line(plainLine(encodings, tokenizer)) }
            var line = Array(object(encodings, tokenizer).text.utf8.dropLast())
            fields.close(&line, row.fields, isAnswered: true)
            try StandardOutput.shared.json(text: line)
        } failed: { error in
            tally.fail(unreadable: error)
            guard json else { return try StandardOutput.shared.line(errorLine(error.description)) }
            try StandardOutput.shared.json(text: fields.errorLine(error.description, error.fields))
        }
        try tally.check()
        Console.summary(
            "\(counted(tally.answered, "text")), \(counted(tokenCount, "token"))\(tally.line)", quiet: common.quiet)
    }

    private func time(_ input: inout TextStream, _ encode: @escaping (Row) throws -> [Encoding]) throws {
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
        // A text that the length leaves no room for is refused here, not while the clock runs.
        for row in rows { _ = try encode(row) }
        let timing = TokenizerTiming(rows, repetitions: `repeat`) { row in
            (try? encode(row))?.flatMap(\.ids) ?? []
        }
        if json { return try StandardOutput.shared.json(timing.json) }
        try StandardOutput.shared.line(timing.line)
    }

    private func longText() throws -> LongText? {
        try long.map { try LongTextOptions.way($0, stride: stride ?? 64) }
    }

    /// One encoding, or a window after another.
    private func encode(_ row: Row, _ tokenizer: Tokenizer) throws -> [Encoding] {
        guard let strategy = try longText() else {
            return [
                tokenizer.encode(
                    row.text, pair: row.pair, maximumLength: maxLength ?? .max,
                    truncation: maxLength == nil ? .doNotTruncate : truncation ?? .longestFirst, offsets: offsets)
            ]
        }
        return try tokenizer.encodeLong(
            row.text, pair: row.pair, maximumLength: maxLength ?? tokenizer.maximumLength ?? .max, strategy: strategy,
            offsets: offsets)
    }

    private func plainLine(_ encodings: [Encoding], _ tokenizer: Tokenizer) -> String {
        encodings.map { tokens($0, tokenizer).joined(separator: " ") }.joined(separator: "\t")
    }

    private func object(_ encodings: [Encoding], _ tokenizer: Tokenizer) -> JSONValue {
        let objects = encodings.map { encoding -> JSONObject in
            var object: JSONObject = [
                "tokens": .array(tokens(encoding, tokenizer).map(JSONValue.string)),
                "ids": .array(encoding.ids.map { .integer(Int($0)) }),
                "type_ids": .array(encoding.typeIDs.map { .integer(Int($0)) }),
            ]
            if offsets {
                object["offsets"] = .array(
                    encoding.offsets.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) })
            }
            return object
        }
        return long == "window" ? .object(["windows": .array(objects.map(JSONValue.object))]) : .object(objects[0])
    }

    private func tokens(_ encoding: Encoding, _ tokenizer: Tokenizer) -> [String] {
        encoding.ids.map { tokenizer.vocabulary.token(Int($0)) ?? "" }
    }
}

/// More texts than are held in memory to be timed.
private struct TooMuchText: AdzeFailure {
    let kind = FailureKind.usage
    let description = "--bench holds at most 1 GiB of texts and rows in memory; measure with fewer"
}

extension Truncation: ExpressibleByArgument {}
