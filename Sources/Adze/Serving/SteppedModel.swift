// A model whose work is done in three steps: a text becomes inputs, inputs run, outputs become an answer. A server takes
// the middle step for many requests at once. Not here: queues, and what an answer looks like to a client.

package import AdzeModels
package import AdzeTokenization

/// A text, or a pair, as the inputs that a model runs: one, or a window after another.
package struct PreparedInputs: Sendable {
    /// The inputs.
    package let inputs: [TokenSequence]
    /// Tokens of the text that did not fit and were cut off.
    package let truncatedTokenCount: Int
    /// The tokens of all inputs.
    package var tokenCount: Int { inputs.reduce(0) { $0 + $1.ids.count } }

    init(_ windows: [Encoding]) {
        inputs = windows.map { TokenSequence($0) }
        truncatedTokenCount = windows.reduce(0) { $0 + $1.truncatedTokenCount }
    }
}

/// A model in memory that classifies, reranks or makes sentence vectors, in steps.
///
/// What comes out is bit for bit what the façade of the same model gives, whatever else ran at the same time. Thread-safe.
package enum SteppedModel: Sendable {
    /// Labels texts.
    case classifier(TextClassifier)
    /// Scores pairs of a query and a text; as a classifier it has one label.
    case reranker(TextReranker, TextClassifier)
    /// Makes sentence vectors.
    case embedder(TextEmbedder)

    /// Loads the weights of an opened model as what its head makes it.
    ///
    /// Throws `BundleError.notServed` for heads whose answers have no such steps, and the stores' errors.
    package init(_ bundle: ModelBundle, precision: Precision, on pool: ThreadPool) throws {
        switch bundle.checkpoint.head.task {
        case .encoder:
            if bundle.checkpoint.headLeftOut != nil { throw bundle.noClassifier }
            self = .embedder(try TextEmbedder(bundle, precision: precision, on: pool))
        case .classification:
            let engine = try Engine(bundle, precision: precision, pool: pool.workers)
            let classifier = try TextClassifier(bundle, engine)
            // One of one label that a regression made, with a function of its own, still classifies.
            let reranker = classifier.labels.count == 1 ? try? TextReranker(bundle, engine) : nil
            self = reranker.map { .reranker($0, classifier) } ?? .classifier(classifier)
        case .tokenClassification, .questionAnswering, .maskedLanguageModel, .nextSentence, .preTraining:
            throw BundleError.notServed(architecture: bundle.checkpoint.head.architectureName)
        }
    }

    /// The most tokens of one input.
    package var maximumLength: Int {
        switch self {
        case .classifier(let model), .reranker(_, let model): model.maximumLength
        case .embedder(let model): model.maximumLength
        }
    }

    /// A text as inputs; throws `TokenizerError.impossibleBudget` where a pair has no room.
    package func prepare(_ text: TextInput) throws -> PreparedInputs {
        switch self {
        case .classifier(let model), .reranker(_, let model): try model.prepare(text)
        case .embedder(let model): try model.prepare(text.text)
        }
    }

    /// The outputs of inputs, in their order: logits, or vectors before they are scaled.
    ///
    /// Throws `CancellationError` in a task that is cancelled, and `BatchError`.
    package func run(_ inputs: [TokenSequence]) throws -> [[Float]] {
        switch self {
        case .classifier(let model), .reranker(_, let model):
            try model.engine.run(inputs, outputs: .logits, take: \.logits)
        case .embedder(let model): try model.vectors(inputs)
        }
    }

    /// The tokenizer of the model.
    package var tokenizer: Tokenizer {
        switch self {
        case .classifier(let model), .reranker(_, let model): model.tokenizer
        case .embedder(let model): model.tokenizer
        }
    }
}

// MARK: - Classifiers

extension TextClassifier {
    /// A text as inputs, as `classify` makes them.
    func prepare(_ text: TextInput) throws -> PreparedInputs {
        PreparedInputs(try cutting(TextOptions()).inputs(of: text))
    }

    /// What the logits of a text's inputs say, as `classify` says it.
    package func classification(_ logits: [[Float]], topK: Int, truncated: Int) -> Classification {
        head.classification(
            logits, topK: topK, aggregate: TextOptions().completed(by: reading).aggregate ?? .mean,
            truncated: truncated, rule: rule)
    }
}

// MARK: - Rerankers

extension TextReranker {
    /// Texts as the second of pairs with a query, which is cut into tokens once, as `scores` makes them.
    package func prepare(_ texts: [String], for query: String) throws -> [PreparedInputs] {
        let prepared = model.tokenizer.prepared(query)
        try model.tokenizer.requireRoom(pair: true, maximumLength: maximumLength)
        return texts.map {
            PreparedInputs([model.tokenizer.encode(prepared, pair: $0, maximumLength: maximumLength)])
        }
    }

    /// The score of a logit.
    package func score(_ logit: Float) -> Double { activation(Double(logit)) }
}

// MARK: - Sentence vectors

extension TextEmbedder {
    /// A text as inputs, as `embed` makes them.
    func prepare(_ text: String) throws -> PreparedInputs {
        PreparedInputs([try encoding(text, maximumLength: maximumLength)])
    }

    /// The vectors of inputs by the model's own pooling, not scaled.
    func vectors(_ inputs: [TokenSequence]) throws -> [[Float]] {
        try vectors(inputs, pooling: defaultPooling, scales: false)
    }

    /// A vector scaled to length 1, or as the model asks for.
    package func scaled(_ vector: [Float], _ normalize: Bool?) -> [Float] {
        var vector = vector
        if normalize ?? normalizesByDefault { scaleToUnitLength(&vector) }
        return vector
    }
}
