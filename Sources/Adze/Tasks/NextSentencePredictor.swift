// Pairs of texts in, the probability that the second follows the first out.

internal import AdzeModels
internal import AdzeTokenization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a model says of a pair of texts.
public struct NextSentence: Sendable, Equatable {
    /// The probability that the second text follows the first.
    public let score: Double
    /// The logits: that it follows, that it does not.
    public let logits: [Float]
    /// Tokens that did not fit and were cut off.
    public let truncatedTokenCount: Int

    /// Whether the second text rather follows than not.
    public var follows: Bool { score >= 0.5 }
}

/// A next-sentence model in memory.
///
/// Thread-safe; calls from several threads take turns.
public final class NextSentencePredictor: Sendable {
    private let model: LoadedModel

    /// The most tokens of one input.
    public var maximumLength: Int { model.maximumLength }

    /// Opens a model and loads its weights; throws as `TextClassifier.init(contentsOf:)` does.
    public convenience init(contentsOf url: URL, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model; throws `BundleError.wrongHead` for one without this head.
    public convenience init(_ bundle: ModelBundle, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(bundle, precision: precision, on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    public init(_ bundle: ModelBundle, precision: Precision = .int8, on pool: ThreadPool) throws {
        guard bundle.checkpoint.head.predictsNextSentence else {
            throw BundleError.wrongHead(
                bundle.checkpoint.head.architectureName, lacks: "does not say whether one text follows another")
        }
        model = try LoadedModel(bundle, precision: precision, on: pool)
    }

    /// Judges pairs, in their order.
    ///
    /// Throws `TaskError.noWindows` for windows, and `TokenizerError.impossibleBudget` where `options` leave no room. A
    /// text without a second is a `TextProblem` of its own.
    public func predict(
        _ pairs: [TextInput], options: TextOptions = TextOptions()
    ) throws -> [Result<NextSentence, TextProblem>] {
        if case .window = options.longText { throw TaskError.noWindows(what: "pairs") }
        let limit = model.limit(options.maximumLength)
        // One run for all pairs; a text without a second has no encoding.
        let encodings = try model.map(pairs) { [model] input in
            guard let pair = input.pair else { return [Encoding]() }
            return try model.tokenizer.encodeLong(
                input.text, pair: pair, maximumLength: limit,
                strategy: options.longText ?? model.tokenizer.longText)
        }
        let outputs = try model.run(encodings, outputs: .nextSentenceLogits, take: \.nextSentenceLogits)
        return zip(encodings, outputs).map { encodings, outputs in
            guard let encoding = encodings.first, let logits = outputs.first else { return .failure(.noPair) }
            guard logits.allSatisfy(\.isFinite) else { return .failure(.notFinite) }
            return .success(
                NextSentence(
                    score: softmax(logits)[0], logits: logits, truncatedTokenCount: encoding.truncatedTokenCount))
        }
    }

    /// Judges one pair; throws its `TextProblem` too.
    public func predict(_ text: String, followedBy second: String) throws -> NextSentence {
        try predict([TextInput(text, pair: second)])[0].get()
    }
}
