// MPNet, as declarations: a BERT without token types whose positions begin after padding, and whose attention has a bias
// for the distance between two tokens.
//
// Source: transformers configuration_mpnet.py and modeling_mpnet.py.

package import AdzeBytes
internal import AdzeKernels

package enum MPNet: ModelFamily {
    package static let name = "MPNet"
    package static let modelTypes = ["mpnet"]
    package static let classes = [
        FamilyClass("MPNetModel", .encoder), FamilyClass("MPNetForMaskedLM", .maskedLanguageModel),
        FamilyClass("MPNetForSequenceClassification", .classification),
        FamilyClass("MPNetForTokenClassification", .tokenClassification),
        FamilyClass("MPNetForQuestionAnswering", .questionAnswering),
    ]
    package static let names: NameTable = {
        typealias Pair = NameTable.Pair
        let ours = BlockPaths(prefix: "")
        return NameTable(
            prefix: "mpnet.", blocks: "encoder.layer.",
            body: NameTable.tables + [Pair.parameter(ParameterPaths.relativeBias)],
            block: [
                Pair.layer(ours.query, "attention.attn.q"), Pair.layer(ours.key, "attention.attn.k"),
                Pair.layer(ours.value, "attention.attn.v"), Pair.layer(ours.attentionOutput, "attention.attn.o"),
                Pair.layer(ours.attentionNorm, "attention.LayerNorm"), Pair.layer(ours.intermediate),
                Pair.layer(ours.output), Pair.layer(ours.outputNorm),
            ],
            heads: NameTable.outputs + [
                Pair.layer(ParameterPaths.headDense, "classifier.dense"),
                Pair.layer(ParameterPaths.transform, "lm_head.dense"),
                Pair.layer(ParameterPaths.transformNorm, "lm_head.layer_norm"),
                Pair.parameter(ParameterPaths.decoder + ".weight", "lm_head.decoder.weight"),
                Pair.parameter(ParameterPaths.decoderBias, "lm_head.bias"),
            ],
            hasPooler: true, decoderBiasTwin: "lm_head.decoder.bias", outputBehindDense: "classifier.out_proj")
    }()
    package static let classifierForm = HeadForm.firstToken(FirstTokenLayer(activation: .tanh, dropsInput: true))
    package static let vocabularyActivation = HeadActivation.gelu
    package static let foreignKeys = Bert.foreignKeys
    /// The input of its attention holds half of what int8 costs all-mpnet-base-v2 beside outliers.
    package static let attentionMigration = MigrationStrength.fiveEighths

    /// `compute_position_bias` gives a value for every head of the whole model, and the scores of fewer are no match: a model
    /// that transformers 4.57.3 pruned itself throws.
    package static let prunedHeadsProblem: String? = "its bias by distance is added to the scores of all heads"

    package static func advice(for className: String) -> String? {
        className == "MPNetForMultipleChoice"
            ? "its classifier scores one choice at a time: train an MPNetForSequenceClassification with one label instead"
            : nil
    }

    /// The padding id of the tables, fixed in the reference whatever `pad_token_id` says.
    private static let padID = 1
    private static let bias = RelativeBias(buckets: 32, maximumDistance: 128)
    package static let published: JSONObject = ["max_position_embeddings": 514, "layer_norm_eps": 1e-5]

    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        try refuseOtherSettings(config)
        var shape = try config.plainShape(modelType: "mpnet", typeRows: nil) { .afterPadding(rows: $0, padID: padID) }
        guard shape.tokenLimit > 0 else {
            throw .outOfRange(
                key: "max_position_embeddings", value: "\(shape.positions.rows)", low: "\(padID + 2)",
                high: "\(EncoderShape.Limits.positionRows.upperBound)")
        }
        // The reference sizes its table by the key, and computes the buckets of 32 all the same.
        let buckets = try config.integer(
            "relative_attention_num_buckets", 1...1_000_000, default: bias.buckets)
        guard buckets == bias.buckets else {
            throw .unsupportedSetting(
                key: "relative_attention_num_buckets", value: "\(buckets)", supported: "\(bias.buckets)")
        }
        shape.relativeBias = bias
        shape.padTokenID = padID
        shape.dropout.classifier = nil
        return shape
    }

    package static func config(_ shape: EncoderShape) -> JSONObject {
        var object = shape.plainConfig
        object["position_embedding_type"] = nil
        object["classifier_dropout"] = nil
        object["relative_attention_num_buckets"] = .integer(bias.buckets)
        return object
    }
}
