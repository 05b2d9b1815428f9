// Our names of a model's parameters, spelled once. They are those that transformers gives a BERT, without a prefix, and
// every family's go by them here, in the engine and in native files. Not here: the names of other sources, see `NameTable`.

package enum ParameterPaths {
    package static let wordEmbeddings = "embeddings.word_embeddings.weight"
    package static let positionEmbeddings = "embeddings.position_embeddings.weight"
    package static let typeEmbeddings = "embeddings.token_type_embeddings.weight"
    package static let embeddingNorm = "embeddings.LayerNorm"
    /// (H, E), where embeddings are narrower than hidden states.
    package static let embeddingProjection = "embeddings.project"
    /// (buckets, A), for the distances between tokens.
    package static let relativeBias = "encoder.relative_attention_bias.weight"
    /// After the last block, where blocks normalise what they read.
    package static let finalNorm = "encoder.final_norm"
    /// (2 · span, H), a vector for each distance between tokens, and what normalises them.
    package static let distanceVectors = "encoder.rel_embeddings.weight"
    package static let distanceNorm = "encoder.LayerNorm"
    package static let pooler = "pooler.dense"
    /// A head's own layer on the first token.
    package static let headDense = "head.dense"
    /// Of texts, or of tokens.
    package static let classifier = "classifier"
    /// Start and end of an answer, for each token.
    package static let answers = "qa_outputs"
    package static let transform = "cls.predictions.transform.dense"
    package static let transformNorm = "cls.predictions.transform.LayerNorm"
    package static let decoder = "cls.predictions.decoder"
    /// The decoder's bias, which is tied to nothing of the encoder's and always stands here.
    package static let decoderBias = "cls.predictions.bias"
    package static let nextSentence = "cls.seq_relationship"
    /// A parameter that every head with an LSTM has.
    package static let firstRecurrent = recurrent(0, isReverse: false).inputWeight
    /// One direction of a layer of the head's LSTM.
    package static func recurrent(_ layer: Int, isReverse: Bool) -> RecurrentPaths {
        RecurrentPaths(ending: "_l\(layer)" + (isReverse ? "_reverse" : ""))
    }

    package static func block(_ index: Int) -> BlockPaths { BlockPaths(prefix: "encoder.layer.\(index).") }

    /// Whether a parameter is one of the transform's two layers.
    static func isOfTransform(_ name: String) -> Bool {
        [transform, transformNorm].contains { name == $0 + ".weight" || name == $0 + ".bias" }
    }
}

/// The four parameters of one direction of an LSTM's layer, as PyTorch names them.
package struct RecurrentPaths {
    fileprivate let ending: String
    /// (4h, in).
    package var inputWeight: String { "lstm.weight_ih" + ending }
    /// (4h, h).
    package var recurrentWeight: String { "lstm.weight_hh" + ending }
    /// (4h).
    package var inputBias: String { "lstm.bias_ih" + ending }
    /// (4h), added to the other.
    package var recurrentBias: String { "lstm.bias_hh" + ending }
    package var all: [String] { [inputWeight, recurrentWeight, inputBias, recurrentBias] }
}

/// The layers of one encoder block: in most families all but `inputNorm`, and where it is there all but `outputNorm`.
package struct BlockPaths {
    package let prefix: String
    /// Before query, key and value.
    package var inputNorm: String { prefix + "attention.LayerNorm" }
    package var query: String { prefix + "attention.self.query" }
    package var key: String { prefix + "attention.self.key" }
    package var value: String { prefix + "attention.self.value" }
    /// Layers of their own for the keys and the queries of distances.
    package var distanceKey: String { prefix + "attention.self.pos_key" }
    package var distanceQuery: String { prefix + "attention.self.pos_query" }
    package var attentionOutput: String { prefix + "attention.output.dense" }
    package var attentionNorm: String { prefix + "attention.output.LayerNorm" }
    package var intermediate: String { prefix + "intermediate.dense" }
    package var output: String { prefix + "output.dense" }
    package var outputNorm: String { prefix + "output.LayerNorm" }

    /// The layer that makes keys of distances, or their queries.
    package func distances(_ isKey: Bool, shared: Bool) -> String {
        shared ? (isKey ? key : query) : (isKey ? distanceKey : distanceQuery)
    }

    /// Whether a parameter of the block is one of attention, its normalisation among them.
    func isOfAttention(_ name: String) -> Bool { name.hasPrefix(prefix + "attention.") }
}
