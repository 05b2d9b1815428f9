// A query and texts in, the texts in the order of how well they answer it out: cross-encoders, as sentence-transformers runs
// them. Synchronous and thread-safe.

internal import AdzeModels
internal import AdzeTokenization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A text's place in a ranking.
public struct RankedText: Sendable, Equatable {
    /// Its number among the texts that were given.
    public let index: Int
    /// How well it answers the query, after the model's activation: higher is better.
    public let score: Double
    /// The logit before it.
    public let logit: Float
    /// Tokens of query and text that did not fit and were cut off.
    public let truncatedTokenCount: Int
}

/// A reranker in memory: a classifier of pairs with one output.
///
/// ```swift
/// let reranker = try TextReranker(contentsOf: URL(filePath: "ms-marco-MiniLM"))
/// for ranked in try reranker.rank(passages, for: "How many people live in Berlin?", topK: 3) { print(passages[ranked.index]) }
/// ```
/// Scores are those of sentence-transformers' `CrossEncoder.predict`. Thread-safe; calls from several threads take turns.
public final class TextReranker: Sendable {
    /// What is made of the logit.
    public let activation: RerankActivation
    /// The most tokens of query and text together.
    public var maximumLength: Int { model.maximumLength }
    let model: LoadedModel

    /// Opens a `.adze` file, a checkpoint file or a model folder and loads its weights.
    ///
    /// Throws an `AdzeFailure` for a model that is damaged, and `RerankError` for one that is no reranker.
    public convenience init(contentsOf url: URL, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model.
    public init(_ bundle: ModelBundle, precision: Precision = .int8, threads: Int? = nil) throws {
        activation = try TextReranker.activation(of: bundle)
        model = try LoadedModel(bundle, precision: precision, on: ThreadPool(threads: threads))
    }

    /// A reranker of an opened model whose weights are loaded; throws as the others do.
    init(_ bundle: ModelBundle, _ engine: Engine) throws {
        activation = try TextReranker.activation(of: bundle)
        model = try LoadedModel(bundle, engine)
    }

    /// What is made of a model's logit; throws `RerankError` where it has none, several, or a function not computed here.
    private static func activation(of bundle: ModelBundle) throws -> RerankActivation {
        guard let head = bundle.checkpoint.head.classification else { throw bundle.noClassifier }
        guard head.labels.count == 1 else { throw RerankError.outputs(head.labels.count) }
        let activation = bundle.rerankActivation ?? .sigmoid
        if case .other(let path) = activation { throw RerankError.activation(path) }
        return activation
    }

    /// The scores of texts for a query, in the order of the texts.
    ///
    /// The query is cut into tokens once. What is too long gives way as in the reference, the longer of the two first.
    /// Throws `TokenizerError.impossibleBudget` where a token of each does not fit, and in a task that is cancelled
    /// `CancellationError`.
    /// - Complexity: that of running every pair.
    public func scores(
        _ texts: [String], for query: String, maximumLength: Int? = nil
    ) throws -> [RankedText] {
        let prepared = model.tokenizer.prepared(query)
        let limit = model.limit(maximumLength)
        try model.tokenizer.requireRoom(pair: true, maximumLength: limit)
        let encodings = try model.map(texts) { [self.model.tokenizer.encode(prepared, pair: $0, maximumLength: limit)] }
        let logits = try model.run(encodings, outputs: .logits) { $0.logits[0] }
        return zip(encodings, logits).enumerated().map { index, pair in
            let logit = pair.1[0]
            return RankedText(
                index: index, score: activation(Double(logit)), logit: logit,
                truncatedTokenCount: pair.0[0].truncatedTokenCount)
        }
    }

    /// The best texts for a query, the best first; equal ones in the order of the texts.
    ///
    /// Texts whose score is not a number come last. Throws as `scores` does.
    public func rank(
        _ texts: [String], for query: String, topK: Int? = nil, maximumLength: Int? = nil
    ) throws -> [RankedText] {
        let scored = try scores(texts, for: query, maximumLength: maximumLength)
        return Array(TextReranker.ranked(scored).prefix(max(0, topK ?? texts.count)))
    }

    /// Scored texts, the best first.
    static func ranked(_ scored: [RankedText]) -> [RankedText] {
        func key(_ text: RankedText) -> Double { text.score.isNaN ? -.infinity : text.score }
        return scored.sorted { (key($0), $1.index) > (key($1), $0.index) }
    }
}
