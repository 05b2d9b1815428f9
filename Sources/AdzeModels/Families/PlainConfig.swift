// The keys of config.json that BERT and the families nearest to it share, read and written. Not here: which family has
// which.

internal import AdzeBytes
internal import AdzeKernels

extension ConfigReader {
    /// A shape by BERT's keys; transformers' defaults apply where it has them, but sizes must be stated.
    ///
    /// `typeRows` is the default of `type_vocab_size`, nil for a family without types, and `padTokenID` that of
    /// `pad_token_id`. Embeddings are as wide as hidden states.
    func plainShape(
        modelType: String, typeRows: Int?, padTokenID: Int = 0, positions: (Int) -> PositionTable
    ) throws(ConfigError) -> EncoderShape {
        typealias Limits = EncoderShape.Limits
        let vocabulary = try integer("vocab_size", Limits.vocabularySize)
        let hidden = try integer("hidden_size", Limits.hiddenSize)
        let layers = try integer("num_hidden_layers", Limits.layerCount)
        let heads = try integer("num_attention_heads", Limits.hiddenSize)
        let intermediate = try integer("intermediate_size", Limits.intermediateSize)
        let rows = try integer("max_position_embeddings", Limits.positionRows, default: 512)
        let types = try typeRows.map { (fallback) throws(ConfigError) in
            try integer("type_vocab_size", Limits.typeRows, default: fallback)
        }
        let padTokenID = try integer("pad_token_id", 0...Limits.vocabularySize.upperBound, default: padTokenID)
        let epsilon = try number("layer_norm_eps", 0...1, default: 1e-12)
        let dropout = EncoderShape.Dropout(
            hidden: try number("hidden_dropout_prob", 0...1, default: 0.1),
            attention: try number("attention_probs_dropout_prob", 0...1, default: 0.1),
            classifier: json["classifier_dropout"].map(\.isNull) == false
                ? try number("classifier_dropout", 0...1, default: 0.1) : nil)
        let activation = try activation("hidden_act")
        try checkHeads(heads, hidden: hidden)
        return EncoderShape(
            modelType: modelType, vocabularySize: vocabulary, embeddingSize: hidden, hiddenSize: hidden,
            layerCount: layers, headCount: heads, intermediateSize: intermediate, activation: activation,
            positions: positions(rows), relativeBias: nil, typeRows: types ?? 0, layerNormEpsilon: epsilon,
            padTokenID: padTokenID, dropout: dropout, prunedHeads: try prunedHeads(layers: layers, heads: heads))
    }
}

extension EncoderShape {
    /// The members of a config.json by BERT's keys.
    var plainConfig: JSONObject {
        var object: JSONObject = [
            "model_type": .string(modelType), "vocab_size": .integer(vocabularySize),
            "hidden_size": .integer(hiddenSize), "num_hidden_layers": .integer(layerCount),
            "num_attention_heads": .integer(headCount), "intermediate_size": .integer(intermediateSize),
            "hidden_act": .string(ConfigReader.name(of: activation)),
            "max_position_embeddings": .integer(positions.rows),
        ]
        if typeRows > 0 { object["type_vocab_size"] = .integer(typeRows) }
        object["layer_norm_eps"] = .number(layerNormEpsilon)
        object["pad_token_id"] = .integer(padTokenID)
        object["position_embedding_type"] = .string("absolute")
        object["hidden_dropout_prob"] = .number(dropout.hidden)
        object["attention_probs_dropout_prob"] = .number(dropout.attention)
        object["classifier_dropout"] = dropout.classifier.map(JSONValue.number) ?? .null
        if !prunedHeads.isEmpty { object[ConfigReader.prunedHeadsKey] = .object(prunedHeads.json) }
        return object
    }
}
