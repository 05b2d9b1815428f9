// Texts in, labels out: the façade that most programs want. Synchronous and thread-safe.

internal import AdzeData
internal import AdzeModels
public import AdzeTokenization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The arithmetic that a model runs in.
public enum Precision: String, Sendable, CaseIterable {
    /// Single precision: what the original library computes.
    case fp32
    /// 8-bit weights and activations with exact sums: the same bits on every processor, several times as fast.
    case int8
}

/// A text, or a pair of texts, to classify.
public struct TextInput: Sendable, Equatable, ExpressibleByStringLiteral {
    /// The text.
    public var text: String
    /// The second text of a pair.
    public var pair: String?

    /// One text, or two.
    public init(_ text: String, pair: String? = nil) {
        self.text = text
        self.pair = pair
    }

    /// One text.
    public init(stringLiteral value: String) { self.init(value) }
}

/// What a classifier says of one text.
public struct Classification: Sendable, Equatable {
    /// A label and its score.
    public struct Score: Sendable, Equatable, Codable {
        /// The label's name.
        public let label: String
        /// A probability; for regression the value itself.
        public let score: Double
    }

    /// The names of the labels, in the model's order.
    public let labels: [String]
    /// The best labels, best first; `topK` of them.
    public let top: [Score]
    /// The score of every label, in the model's order.
    public let scores: [Double]
    /// The logits, in the model's order; the mean of the windows' for a text in several.
    public let logits: [Float]
    /// Tokens that did not fit and were cut off.
    public let truncatedTokenCount: Int
    /// What the model's rule for its answers makes of the scores; nil where it has none, and the best label is the answer.
    public internal(set) var verdict: Verdict?

    /// What a rule makes of scores.
    public enum Verdict: Sendable, Equatable {
        /// The best label is the answer.
        case answered
        /// No label's score is high enough.
        case abstained
        /// The labels that the answer may be, or of any number of labels those that hold: best first, at least one.
        case set([String])
    }

    /// Whether the model's rule gives no answer.
    public var abstained: Bool { verdict == .abstained }
    /// The best label, where the model's rule lets it be an answer.
    public var answer: String? { abstained ? nil : top.first?.label }

    /// The best label, whether or not it is the answer.
    public var label: String { top.first?.label ?? "" }
    /// The best label's score.
    public var score: Double { top.first?.score ?? 0 }

    /// The score of every label by its name.
    public var scoresByLabel: [String: Double] {
        Dictionary(zip(labels, scores), uniquingKeysWith: { first, _ in first })
    }

    /// The score of a label; nil for a name that the model does not have.
    /// - Complexity: O(labels).
    public func score(of label: String) -> Double? {
        labels.firstIndex(of: label).flatMap { scores.indices.contains($0) ? scores[$0] : nil }
    }
}

/// How the windows of a long text are joined.
public enum WindowAggregate: String, Sendable, CaseIterable {
    /// The mean of the windows' probabilities.
    case mean
    /// The largest probability of each label.
    case max
    /// The probabilities of the windows' mean logits.
    case logits
}

/// How texts are prepared.
public struct TextOptions: Sendable {
    /// The most tokens of one input; nil takes the model's own limit, which is also the most that is allowed.
    public var maximumLength: Int?
    /// What happens to longer texts; nil leaves it, the length and the windows' joining to the model where it says how it
    /// reads long texts, else to the tokenizer: the head is kept, the tail where its files truncate the left side.
    public var longText: LongText?
    /// How windows are joined; nil takes the mean.
    public var aggregate: WindowAggregate?

    /// What the model's files say: its limit, and the side of longer texts that they keep, where they say no more.
    public init() {}
}

/// A text classifier in memory.
///
/// ```swift
/// let classifier = try TextClassifier(contentsOf: URL(filePath: "reviews.adze"))
/// for result in try classifier.classify(["Splendid.", "Dull."]) { print(result.label, result.score) }
/// ```
/// Thread-safe; calls from several threads take turns.
public final class TextClassifier: Sendable {
    /// The names of the labels, in the order of the logits.
    public var labels: [String] { head.labels }
    /// The most tokens of one input.
    public let maximumLength: Int
    /// How texts are read unless options say otherwise.
    public let reading: TextReading
    /// What is made of the logits of a text.
    public let rule: AnswerRule
    let head: ClassificationHead
    let tokenizer: Tokenizer
    let cleaner: TextCleaner?
    let engine: Engine

    /// Opens a `.adze` file, a checkpoint file or a model folder and loads its weights.
    ///
    /// Weights without codes, of a checkpoint or a `.adze` file of fp32, get them as `convert` would give them; that takes
    /// as long as loading. `threads` nil takes every processor that the process may use. Throws an `AdzeFailure` for a model that is
    /// damaged, incomplete, or no classifier.
    public convenience init(contentsOf url: URL, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// The classifier that ships inside: English texts as negative, neutral or positive.
    ///
    /// Throws `ModelFileError.leftOut` in a build without the package's trait `Sentiment`. What it is, and how well it
    /// answers, stands in `Sources/CSentiment/sentiment.md`.
    public static func sentiment(precision: Precision = .int8, threads: Int? = nil) throws -> TextClassifier {
        var options = ModelOptions()
        if precision == .int8 { options.threadsAhead = threads.map { max(1, $0) } ?? 0 }
        let bundle = try ModelBundle(path: BundledModel.sentiment.path, options: options)
        return try TextClassifier(bundle, precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model.
    public convenience init(_ bundle: ModelBundle, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(bundle, precision: precision, on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    public init(_ bundle: ModelBundle, precision: Precision = .int8, on pool: ThreadPool) throws {
        guard let head = bundle.checkpoint.head.classification else { throw bundle.noClassifier }
        self.head = head
        tokenizer = try bundle.requireTokenizer()
        (maximumLength, cleaner) = (bundle.maximumLength, try bundle.cleaner())
        (reading, rule) = (bundle.reading, bundle.rule)
        engine = try Engine(bundle, precision: precision, pool: pool.workers)
    }

    /// A classifier of an opened model whose weights are loaded.
    init(_ bundle: ModelBundle, _ engine: Engine) throws {
        guard let head = bundle.checkpoint.head.classification else { throw bundle.noClassifier }
        self.head = head
        tokenizer = try bundle.requireTokenizer()
        (maximumLength, cleaner) = (bundle.maximumLength, try bundle.cleaner())
        (reading, rule) = (bundle.reading, bundle.rule)
        self.engine = engine
    }

    /// Classifies texts, in their order.
    ///
    /// In a task that is cancelled, throws `CancellationError` before its next block of layers. Throws
    /// `TokenizerError.impossibleBudget` where `options` leave no room for a text.
    /// - Parameter topK: how many labels of each text are wanted, best first.
    public func classify(
        _ texts: [TextInput], topK: Int = 1, options: TextOptions = TextOptions()
    ) throws -> [Classification] {
        let aggregate = options.completed(by: reading).aggregate ?? .mean
        return try logits(texts, options).map { windows, truncated in
            head.classification(windows, topK: topK, aggregate: aggregate, truncated: truncated, rule: rule)
        }
    }

    /// The logits of each text's windows, and the tokens that were cut off; throws as `classify` does.
    func logits(_ texts: [TextInput], _ options: TextOptions) throws -> [(windows: [[Float]], truncated: Int)] {
        let cutting = cutting(options)
        let encodings = try engine.map(texts.count) { try cutting.inputs(of: texts[$0]) }
        let sequences = encodings.flatMap { $0.map { TokenSequence($0) } }
        var outputs = try engine.run(sequences, outputs: .logits, take: \.logits)[...]
        return encodings.map { windows in
            let logits = Array(outputs.prefix(windows.count))
            outputs = outputs.dropFirst(windows.count)
            return (logits, windows.reduce(0) { $0 + $1.truncatedTokenCount })
        }
    }

    /// How texts become inputs by the options, and by the model where they say nothing.
    func cutting(_ options: TextOptions) -> TextCutting {
        let options = options.completed(by: reading)
        return TextCutting(
            tokenizer: tokenizer, cleaner: cleaner,
            maximumLength: min(options.maximumLength ?? maximumLength, maximumLength),
            strategy: options.longText ?? tokenizer.longText)
    }

    /// Classifies texts, in their order.
    public func classify(
        _ texts: [String], topK: Int = 1, options: TextOptions = TextOptions()
    ) throws -> [Classification] {
        try classify(texts.map { TextInput($0) }, topK: topK, options: options)
    }

    /// Classifies one text.
    public func classify(_ text: String) throws -> Classification { try classify([text])[0] }

}

extension ClassificationHead {
    /// Joins the windows of one text. Ties between labels go to the first.
    func classification(
        _ windows: [[Float]], topK: Int, aggregate: WindowAggregate, truncated: Int, rule: AnswerRule = AnswerRule()
    ) -> Classification {
        let scores = scores(windows, aggregate, temperature: rule.temperature)
        // One of many labels is found without sorting them all.
        let best =
            topK <= 1
            ? Array(scores.indices.max { (scores[$1], $0) > (scores[$0], $1) }.map { [$0] } ?? [])
            : Array(scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(topK))
        return Classification(
            labels: labels, top: best.map { Classification.Score(label: labels[$0], score: scores[$0]) },
            scores: scores,
            logits: mean(windows), truncatedTokenCount: truncated, verdict: verdict(scores, rule))
    }

    /// The scores of a text in one window or several, whose logits are divided by a temperature.
    func scores(_ windows: [[Float]], _ aggregate: WindowAggregate, temperature: Double) -> [Double] {
        if windows.count == 1 || aggregate == .logits { return scores(mean(windows), temperature: temperature) }
        let each = windows.map { scores($0, temperature: temperature) }
        return windows[0].indices.map { label in
            let values = each.map { $0[label] }
            return aggregate == .max ? values.max() ?? 0 : values.reduce(0, +) / Double(values.count)
        }
    }

    private func mean(_ windows: [[Float]]) -> [Float] {
        if windows.count == 1 { return windows[0] }
        return windows[0].indices.map { label in
            Float(windows.reduce(0.0) { $0 + Double($1[label]) } / Double(windows.count))
        }
    }

    private func verdict(_ scores: [Double], _ rule: AnswerRule) -> Classification.Verdict? {
        rule.said(scores).map { said in
            if said.isEmpty { return .abstained }
            return rule.givesLists ? .set(said.map { labels[$0] }) : .answered
        }
    }
}
