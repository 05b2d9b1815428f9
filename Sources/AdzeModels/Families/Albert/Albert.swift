// ALBERT, as declarations: a BERT whose layers share blocks, and whose embeddings are always projected.
//
// Source: transformers configuration_albert.py and modeling_albert.py.

package import AdzeBytes
internal import AdzeKernels

package enum Albert: ModelFamily {
    package static let name = "ALBERT"
    package static let modelTypes = ["albert"]
    package static let classes = [
        FamilyClass("AlbertModel", .encoder), FamilyClass("AlbertForPreTraining", .preTraining),
        FamilyClass("AlbertForMaskedLM", .maskedLanguageModel),
        FamilyClass("AlbertForSequenceClassification", .classification),
        FamilyClass("AlbertForTokenClassification", .tokenClassification),
        FamilyClass("AlbertForQuestionAnswering", .questionAnswering),
    ]
    /// A group's only block stands inside the group.
    package static let names: NameTable = {
        typealias Pair = NameTable.Pair
        let (ours, block) = (BlockPaths(prefix: ""), "albert_layers.0.")
        return NameTable(
            prefix: "albert.", blocks: "encoder.albert_layer_groups.",
            body: NameTable.tables + [
                NameTable.types, Pair.layer(ParameterPaths.embeddingProjection, "encoder.embedding_hidden_mapping_in"),
                Pair.layer(ParameterPaths.pooler, "pooler"),
            ],
            block: [
                Pair.layer(ours.query, block + "attention.query"), Pair.layer(ours.key, block + "attention.key"),
                Pair.layer(ours.value, block + "attention.value"),
                Pair.layer(ours.attentionOutput, block + "attention.dense"),
                Pair.layer(ours.attentionNorm, block + "attention.LayerNorm"),
                Pair.layer(ours.intermediate, block + "ffn"), Pair.layer(ours.output, block + "ffn_output"),
                Pair.layer(ours.outputNorm, block + "full_layer_layer_norm"),
            ],
            heads: NameTable.outputs + [
                Pair.layer(ParameterPaths.transform, "predictions.dense"),
                Pair.layer(ParameterPaths.transformNorm, "predictions.LayerNorm"),
                Pair.parameter(ParameterPaths.decoder + ".weight", "predictions.decoder.weight"),
                Pair.parameter(ParameterPaths.decoderBias, "predictions.bias"),
                Pair.layer(ParameterPaths.nextSentence, "sop_classifier.classifier"),
            ],
            hasPooler: false, decoderBiasTwin: "predictions.decoder.bias")
    }()
    package static let classifierForm = HeadForm.pooled
    package static let vocabularyActivation = HeadActivation.feedForward
    package static let foreignKeys = Bert.foreignKeys

    package static func advice(for className: String) -> String? {
        className == "AlbertForMultipleChoice"
            ? "its classifier scores one choice at a time: train an AlbertForSequenceClassification with one label instead"
            : nil
    }

    /// Where nothing is stated, embeddings of 128, one group, tanh GELU and no dropout but the classifier's, as in
    /// transformers.
    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        try refuseOtherSettings(config)
        var shape = try config.plainShape(modelType: "albert", typeRows: 2) { .absolute(rows: $0) }
        shape.embeddingSize = try config.integer("embedding_size", EncoderShape.Limits.hiddenSize, default: 128)
        shape.projectsAlways = true
        let inner = try config.integer("inner_group_num", 1...1_000_000, default: 1)
        guard inner == 1 else {
            throw .unsupportedSetting(
                key: "inner_group_num", value: "\(inner)", supported: "1, which all published models have")
        }
        guard shape.prunedHeads.isEmpty else {
            throw .unsupportedSetting(
                key: ConfigReader.prunedHeadsKey, value: shape.prunedHeads.description,
                supported: "none, as layers share their heads")
        }
        let groups = try config.integer("num_hidden_groups", 1...max(1, shape.layerCount), default: 1)
        shape.sharedBlocks = blocks(layers: shape.layerCount, groups: groups)
        if config.json["hidden_act"].map(\.isNull) ?? true { shape.activation = .geluTanh }
        shape.dropout = EncoderShape.Dropout(
            hidden: try config.number("hidden_dropout_prob", 0...1, default: 0),
            attention: try config.number("attention_probs_dropout_prob", 0...1, default: 0),
            dropsFeedForward: false,
            classifier: try config.number("classifier_dropout_prob", 0...1, default: 0.1))
        return shape
    }

    package static func config(_ shape: EncoderShape) -> JSONObject {
        var object = shape.plainConfig
        object["classifier_dropout"] = nil
        object["position_embedding_type"] = nil
        object["embedding_size"] = .integer(shape.embeddingSize)
        object["num_hidden_groups"] = .integer(max(1, shape.blockCount))
        object["inner_group_num"] = .integer(1)
        object["classifier_dropout_prob"] = .number(shape.dropout.classifier ?? shape.dropout.hidden)
        return object
    }

    /// The group of each layer, by the reference's division, whose rounding counts where groups are no divisor.
    private static func blocks(layers: Int, groups: Int) -> [Int] {
        let size = Double(layers) / Double(groups)
        return (0..<layers).map { min(Int(Double($0) / size), groups - 1) }
    }
}
