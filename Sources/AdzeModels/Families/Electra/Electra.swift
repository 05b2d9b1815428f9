// ELECTRA, as declarations: a BERT whose embeddings may be narrower than its hidden states, without a pooler.
//
// Source: transformers configuration_electra.py and modeling_electra.py.

package import AdzeBytes
internal import AdzeKernels

package enum Electra: ModelFamily {
    package static let name = "ELECTRA"
    package static let modelTypes = ["electra"]
    package static let classes = [
        FamilyClass("ElectraModel", .encoder), FamilyClass("ElectraForMaskedLM", .maskedLanguageModel),
        FamilyClass("ElectraForSequenceClassification", .classification),
        FamilyClass("ElectraForTokenClassification", .tokenClassification),
        FamilyClass("ElectraForQuestionAnswering", .questionAnswering),
    ]
    package static let names: NameTable = {
        typealias Pair = NameTable.Pair
        return NameTable(
            prefix: "electra.", blocks: "encoder.layer.",
            body: NameTable.tables + [
                NameTable.types, Pair.layer(ParameterPaths.embeddingProjection, "embeddings_project"),
            ],
            block: NameTable.plainBlock,
            heads: NameTable.outputs + [
                Pair.layer(ParameterPaths.headDense, "classifier.dense"),
                Pair.layer(ParameterPaths.transform, "generator_predictions.dense"),
                Pair.layer(ParameterPaths.transformNorm, "generator_predictions.LayerNorm"),
                Pair.parameter(ParameterPaths.decoder + ".weight", "generator_lm_head.weight"),
                Pair.parameter(ParameterPaths.decoderBias, "generator_lm_head.bias"),
            ],
            hasPooler: false, decoderBiasTwin: nil, outputBehindDense: "classifier.out_proj")
    }()
    /// ELECTRA's authors took GELU here, whatever the feed-forward has.
    package static let classifierForm = HeadForm.firstToken(FirstTokenLayer(activation: .gelu, dropsInput: true))
    package static let vocabularyActivation = HeadActivation.gelu
    package static let foreignKeys = Bert.foreignKeys

    package static func advice(for className: String) -> String? {
        switch className {
        case "ElectraForPreTraining":
            "it tells replaced words from original ones, which no task asks for: name ElectraModel in config.json to take the encoder alone"
        case "ElectraForMultipleChoice":
            "its classifier scores one choice at a time: train an ElectraForSequenceClassification with one label instead"
        default: nil
        }
    }

    /// `embedding_size` is 128 where it is not stated, as in transformers.
    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        try refuseOtherSettings(config)
        var shape = try config.plainShape(modelType: "electra", typeRows: 2) { .absolute(rows: $0) }
        shape.embeddingSize = try config.integer("embedding_size", EncoderShape.Limits.hiddenSize, default: 128)
        return shape
    }

    package static func config(_ shape: EncoderShape) -> JSONObject {
        var object = shape.plainConfig
        object["embedding_size"] = .integer(shape.embeddingSize)
        return object
    }
}
