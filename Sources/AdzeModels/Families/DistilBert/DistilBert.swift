// DistilBERT, as declarations: a BERT without token types and pooler, under keys and names of its own.
//
// Source: transformers configuration_distilbert.py and modeling_distilbert.py.

package import AdzeBytes
internal import AdzeKernels

package enum DistilBert: ModelFamily {
    package static let name = "DistilBERT"
    package static let modelTypes = ["distilbert"]
    package static let classes = [
        FamilyClass("DistilBertModel", .encoder), FamilyClass("DistilBertForMaskedLM", .maskedLanguageModel),
        FamilyClass("DistilBertForSequenceClassification", .classification),
        FamilyClass("DistilBertForTokenClassification", .tokenClassification),
        FamilyClass("DistilBertForQuestionAnswering", .questionAnswering),
    ]
    package static let names: NameTable = {
        typealias Pair = NameTable.Pair
        let ours = BlockPaths(prefix: "")
        return NameTable(
            prefix: "distilbert.", blocks: "transformer.layer.", body: NameTable.tables,
            block: [
                Pair.layer(ours.query, "attention.q_lin"), Pair.layer(ours.key, "attention.k_lin"),
                Pair.layer(ours.value, "attention.v_lin"), Pair.layer(ours.attentionOutput, "attention.out_lin"),
                Pair.layer(ours.attentionNorm, "sa_layer_norm"), Pair.layer(ours.intermediate, "ffn.lin1"),
                Pair.layer(ours.output, "ffn.lin2"), Pair.layer(ours.outputNorm, "output_layer_norm"),
            ],
            heads: NameTable.outputs + [
                Pair.layer(ParameterPaths.headDense, "pre_classifier"),
                Pair.layer(ParameterPaths.transform, "vocab_transform"),
                Pair.layer(ParameterPaths.transformNorm, "vocab_layer_norm"),
                Pair.parameter(ParameterPaths.decoder + ".weight", "vocab_projector.weight"),
                Pair.parameter(ParameterPaths.decoderBias, "vocab_projector.bias"),
            ],
            hasPooler: false, decoderBiasTwin: nil)
    }()
    package static let classifierForm = HeadForm.firstToken(FirstTokenLayer(activation: .relu, dropsInput: false))
    package static let vocabularyActivation = HeadActivation.feedForward
    package static let foreignKeys: [(key: String, own: String)] = [
        ("intermediate_size", "hidden_dim"), ("hidden_act", "activation"), ("hidden_dropout_prob", "dropout"),
        ("attention_probs_dropout_prob", "attention_dropout"),
    ]

    /// Of two keys for one size the one that transformers maps to the other wins: `hidden_size` before `dim`, and so on.
    /// `sinusoidal_pos_embds` says how the table of positions began, and changes nothing of a table that is there.
    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        typealias Limits = EncoderShape.Limits
        try refuseOtherSettings(config)
        func size(_ alias: String, _ own: String, _ range: ClosedRange<Int>) throws(ConfigError) -> Int {
            let isStated = config.json[alias].map { !$0.isNull } ?? false
            return try config.integer(isStated ? alias : own, range)
        }
        let vocabulary = try config.integer("vocab_size", Limits.vocabularySize)
        let hidden = try size("hidden_size", "dim", Limits.hiddenSize)
        let heads = try size("num_attention_heads", "n_heads", Limits.hiddenSize)
        let dropout = EncoderShape.Dropout(
            hidden: try config.number("dropout", 0...1, default: 0.1),
            attention: try config.number("attention_dropout", 0...1, default: 0.1), dropsAttended: false,
            classifier: try config.number("seq_classif_dropout", 0...1, default: 0.2),
            tokens: try config.number("dropout", 0...1, default: 0.1),
            answers: try config.number("qa_dropout", 0...1, default: 0.1))
        let layers = try size("num_hidden_layers", "n_layers", Limits.layerCount)
        try config.checkHeads(heads, hidden: hidden)
        return EncoderShape(
            modelType: "distilbert", vocabularySize: vocabulary, embeddingSize: hidden, hiddenSize: hidden,
            layerCount: layers, headCount: heads,
            intermediateSize: try config.integer("hidden_dim", Limits.intermediateSize),
            activation: try config.activation("activation"),
            positions: .absolute(
                rows: try config.integer("max_position_embeddings", Limits.positionRows, default: 512)),
            relativeBias: nil, typeRows: 0, layerNormEpsilon: 1e-12,
            padTokenID: try config.integer("pad_token_id", 0...Limits.vocabularySize.upperBound, default: 0),
            dropout: dropout, prunedHeads: try config.prunedHeads(layers: layers, heads: heads))
    }

    package static func config(_ shape: EncoderShape) -> JSONObject {
        var object: JSONObject = [
            "model_type": .string("distilbert"), "vocab_size": .integer(shape.vocabularySize),
            "dim": .integer(shape.hiddenSize), "n_layers": .integer(shape.layerCount),
            "n_heads": .integer(shape.headCount), "hidden_dim": .integer(shape.intermediateSize),
            "activation": .string(ConfigReader.name(of: shape.activation)),
            "max_position_embeddings": .integer(shape.positions.rows), "sinusoidal_pos_embds": .bool(false),
            "pad_token_id": .integer(shape.padTokenID), "dropout": .number(shape.dropout.hidden),
            "attention_dropout": .number(shape.dropout.attention),
            "seq_classif_dropout": .number(shape.dropout.classifier ?? 0.2),
            "qa_dropout": .number(shape.dropout.answers),
        ]
        if !shape.prunedHeads.isEmpty { object[ConfigReader.prunedHeadsKey] = .object(shape.prunedHeads.json) }
        return object
    }
}
