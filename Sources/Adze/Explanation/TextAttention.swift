// A model in memory whose attention weights are looked at. Not here: what is made of the weights.

internal import AdzeModels
internal import AdzeTokenization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Computes what the tokens of a text look at.
///
/// ```swift
/// let attention = try TextAttention(contentsOf: URL(filePath: "reviews.adze"))
/// let map = try attention.map(of: "Splendid acting.")
/// print(try map.weights(.lastLayerAverage))
/// ```
/// Any model will do: its head is left out. Always fp32, with the same bits on every processor. Thread-safe; calls from
/// several threads take turns. Attention is no explanation: what a label depends on is `TextExplainer`'s to say.
public final class TextAttention: Sendable {
    /// The most tokens of one input.
    public let maximumLength: Int
    private let reading: TextReading
    private let tokenizer: Tokenizer
    private let engine: Engine

    /// Opens a model and loads its weights; throws as `TextClassifier.init(contentsOf:)` does.
    public convenience init(contentsOf url: URL, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    public init(_ bundle: ModelBundle, on pool: ThreadPool) throws {
        tokenizer = try bundle.requireTokenizer()
        (maximumLength, reading) = (bundle.maximumLength, bundle.reading)
        engine = try Engine(bundle.checkpoint.encoder, exactly: true, pool: pool.workers)
    }

    /// The weights of a text, or of a pair, which is not cleaned, whatever the model says: places are places in it. A model
    /// that reads long texts in windows has them read whole.
    ///
    /// Throws `TextProblem.empty` for a text without tokens, `TaskError.noWindows` where `options` ask for windows,
    /// `TokenizerError.impossibleBudget` where they leave no room, and `AttentionError.notFinite`.
    /// - Complexity: memory for L · A · T² weights twice.
    public func map(of input: TextInput, options: TextOptions = TextOptions()) throws -> AttentionMap {
        let options = options.completed(by: reading.withoutWindows)
        let text = try EncodedText(
            input, tokenizer, limit: min(options.maximumLength ?? maximumLength, maximumLength),
            strategy: options.longText ?? tokenizer.longText, what: "attention weights")
        let output = try engine.run([text.sequence], outputs: .attentions)[0]
        let map = AttentionMap(
            tokens: text.tokens, truncatedTokenCount: text.truncatedTokenCount,
            headCount: engine.model.config.headCount, prunedHeads: engine.model.config.prunedHeads,
            weights: output.attentions)
        guard map.isFinite else { throw AttentionError.notFinite }
        return map
    }
}
