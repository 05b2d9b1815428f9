// `adze rerank`: texts in the order of how well they answer a query.

import Adze
import ArgumentParser

/// Scores each text beside a query and prints the best first.
struct RerankCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerank", abstract: "Order texts by how well they answer a query.",
        discussion: """
            MODEL is a cross-encoder: a classifier of pairs with one output, such as ms-marco-MiniLM or bge-reranker. Prints \
            a line for each text, the best first: its score, its number from 0, and the text; with --json an object with \
            rank, index, score, logit, text and the input's other fields. Scores are those of sentence-transformers, with \
            the activation that the model's files name.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @Argument(help: ArgumentHelp("What is asked.", valueName: "QUERY"))
    var query: String

    @OptionGroup var texts: TextOptionsGroup
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: ArgumentHelp("Print so many texts; default: all.", valueName: "N"))
    var topK: Int?

    @Option(name: .long, help: ArgumentHelp("The arithmetic.", valueName: "PRECISION"))
    var precision: Precision = .int8

    @OptionGroup var products: FloatProductsOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The most tokens of query and text together; default: the model's.", valueName: "N"))
    var maxLength: Int?

    @Flag(name: .long, help: "Print JSON lines.")
    var json = false

    func validate() throws {
        if let topK, topK < 1 { throw ValidationError("--top-k \(topK): expected 1 or more") }
        if let maxLength, maxLength < 1 { throw ValidationError("--max-length \(maxLength): expected 1 or more") }
        if query.allSatisfy(\.isWhitespace) { throw ValidationError("the query is empty: say what is asked") }
        if texts.columns.pairColumn != nil {
            throw ValidationError("--pair-column: the query is the first of each pair; a text stands alone")
        }
    }

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(texts.input, as: "-i").check()
        let wishes = TextWishes(role: .oneText, passesOn: json ? .json : nil)
        var input = try texts.open(model: model, wishes, quiet: common.quiet)
        let bundle = try openModel(model, source, products: products, quiet: common.quiet)
        if precision == .int8 { PrecisionOptions.noteCodes(bundle, quiet: common.quiet) }
        let reranker = try TextReranker(bundle, precision: precision, threads: common.threads)
        let start = ContinuousClock.now
        var (ranking, tally) = (Ranking(limit: topK), RowTally())
        let progress = ProgressLine(total: nil, quiet: common.quiet, besideOutput: true)
        defer { progress.end() }
        try input.forEachAnswer { rows in
            progress.show(tally.answered)
            return try reranker.scores(rows.map(\.text), for: query, maximumLength: maxLength)
        } emit: { row, scored in
            guard scored.score.isFinite else {
                ranking.skip()
                return tally.fail("the score is not finite; run adze verify")
            }
            tally.answer(row)
            if scored.truncatedTokenCount > 0 { ranking.cutCount += 1 }
            ranking.add(row, scored)
        } failed: { error in
            ranking.skip()
            tally.fail(unreadable: error)
        }
        progress.end()
        try print(ranking.best)
        Console.notes(tally.notes + ranking.notes, quiet: common.quiet)
        try tally.check()
        // A row without a score has no place in a ranking, where it could say so itself.
        if let problem = tally.firstProblem {
            Console.notes(["left out\(tally.line), the first: \(problem)"], quiet: common.quiet)
        }
        let seconds = (ContinuousClock.now - start).inSeconds
        Console.summary(
            "\(counted(tally.answered, "text")) ranked in \(rounded(seconds, digits: 2)) s\(tally.line)",
            quiet: common.quiet)
    }

    private func print(_ best: [Ranking.Entry]) throws {
        var fields = InputFields(besides: ["rank", "index", "score", "logit", "text"], quiet: common.quiet)
        for (place, entry) in best.enumerated() {
            guard json else {
                try StandardOutput.shared.line(
                    "\(rounded(entry.score, digits: 6))\t\(entry.index)\t\(oneField(entry.row.text))")
                continue
            }
            var line = Array("{\"rank\":\(place + 1),\"index\":\(entry.index),\"score\":\(entry.score)".utf8)
            line += Array(",\"logit\":\(entry.logit),\"text\":".utf8)
            appendJSONString(entry.row.text, to: &line)
            fields.close(&line, entry.row.fields, isAnswered: true)
            try StandardOutput.shared.json(text: line)
        }
        try StandardOutput.shared.flush()
    }
}

/// The best of the texts that were scored so far, the best first; equal ones in their order.
private struct Ranking {
    struct Entry {
        let row: Row
        let index: Int
        let score: Double
        let logit: Float
    }

    private let limit: Int?
    private var entries: [Entry] = []
    private var count = 0
    /// Texts that were cut.
    var cutCount = 0

    init(limit: Int?) { self.limit = limit }

    /// The texts as far as they are wanted.
    var best: [Entry] {
        let sorted = entries.sorted { ($0.score, $1.index) > ($1.score, $0.index) }
        return Array(sorted.prefix(limit ?? sorted.count))
    }

    var notes: [String] {
        cutCount == 0
            ? []
            : ["\(counted(cutCount, "text")) did not fit beside the query and \(cutCount == 1 ? "was" : "were") cut"]
    }

    /// Counts a text that has no score.
    mutating func skip() { count += 1 }

    /// Adds a text; of many no more than a few times the limit are held.
    mutating func add(_ row: Row, _ scored: RankedText) {
        entries.append(Entry(row: row, index: count, score: scored.score, logit: scored.logit))
        count += 1
        if let limit, entries.count >= 4 * limit + 1024 { entries = best }
    }
}
