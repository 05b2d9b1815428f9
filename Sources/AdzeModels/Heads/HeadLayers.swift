// The layers of a head in memory, in the engine's forms. Not here: what they compute, see `ForwardPass+Heads.swift`.

internal import AdzeKernels

/// The layers on top of the encoder; those that a head lacks are nil.
struct HeadLayers: Sendable {
    /// (H, H), tanh, on the first token.
    private(set) var pooler: Dense?
    /// (C, H) on the pooled output.
    let classifier: Dense?
    /// (C, H) or (2, H) on every token.
    let tokens: Dense?
    /// (2, H) on the pooled output.
    let nextSentence: Dense?
    let vocabulary: VocabularyLayers?

    init(_ loader: ParameterLoader, head: Head) throws {
        func dense(_ path: String, if wanted: Bool) throws -> Dense? { wanted ? try loader.dense(path) : nil }
        pooler = try dense(ParameterPaths.pooler, if: head.hasPooler)
        classifier = try dense(ParameterPaths.classifier, if: head.classification != nil)
        nextSentence = try dense(ParameterPaths.nextSentence, if: head.predictsNextSentence)
        switch head {
        case .tokenClassification: tokens = try loader.dense(ParameterPaths.classifier)
        case .questionAnswering: tokens = try loader.dense(ParameterPaths.answers)
        default: tokens = nil
        }
        vocabulary = try head.decoder.map { try VocabularyLayers(loader, decoder: $0) }
    }

    /// The same with the pooler of another.
    func takingPooler(from other: HeadLayers) -> HeadLayers {
        var result = self
        result.pooler = other.pooler
        return result
    }
}

/// The layers that make V logits of a hidden state.
struct VocabularyLayers: Sendable {
    /// (H, H), with the feed-forward's activation.
    let transform: Dense
    let norm: LayerNorm
    /// (V, H). A tied decoder is packed from the word embeddings, which stay row by row for looking tokens up.
    let decoder: Dense

    init(_ loader: ParameterLoader, decoder place: VocabularyDecoder) throws {
        transform = try loader.dense(ParameterPaths.transform)
        norm = try loader.norm(ParameterPaths.transformNorm)
        let weight = place == .tied ? ParameterPaths.wordEmbeddings : ParameterPaths.decoder + ".weight"
        decoder = try loader.dense(weight: weight, bias: ParameterPaths.decoderBias)
    }
}
