// DeBERTa from its second version on, and mDeBERTa, as declarations: a BERT whose attention has keys and queries of the
// distance between two tokens beside those of the tokens. Not here: what that computes, see `DistanceAttention`.
//
// Source: transformers configuration_deberta_v2.py and modeling_deberta_v2.py.

package import AdzeBytes
internal import AdzeKernels
package import AdzeTensors

package enum DebertaV2: ModelFamily {
    package static let name = "DeBERTa-v2"
    package static let modelTypes = ["deberta-v2"]
    package static let classes = [
        FamilyClass("DebertaV2Model", .encoder), FamilyClass("DebertaV2ForMaskedLM", .maskedLanguageModel),
        FamilyClass("DebertaV2ForSequenceClassification", .classification),
        FamilyClass("DebertaV2ForTokenClassification", .tokenClassification),
        FamilyClass("DebertaV2ForQuestionAnswering", .questionAnswering),
    ]
    /// Of the second version's largest models, behind the first block; known so that it is refused.
    private static let convolution = "encoder.conv.conv.weight"
    package static let names: NameTable = {
        typealias Pair = NameTable.Pair
        let ours = BlockPaths(prefix: "")
        // Microsoft's own files have the second names, and `legacy` says which a class reads; both compute the same.
        func both(_ path: String, _ first: String, _ second: String) -> [Pair] {
            Pair.layer(path, "cls.predictions." + first) + Pair.layer(path, "lm_predictions.lm_head." + second)
        }
        return NameTable(
            prefix: "deberta.", blocks: "encoder.layer.",
            body: NameTable.tables + [
                NameTable.types,
                Pair.parameter(ParameterPaths.embeddingProjection + ".weight", "embeddings.embed_proj.weight"),
                Pair.parameter(ParameterPaths.distanceVectors), Pair.layer(ParameterPaths.distanceNorm),
                Pair.parameter(convolution),
            ],
            block: [
                Pair.layer(ours.query, "attention.self.query_proj"), Pair.layer(ours.key, "attention.self.key_proj"),
                Pair.layer(ours.value, "attention.self.value_proj"),
                Pair.layer(ours.distanceKey, "attention.self.pos_key_proj"),
                Pair.layer(ours.distanceQuery, "attention.self.pos_query_proj"), Pair.layer(ours.attentionOutput),
                Pair.layer(ours.attentionNorm), Pair.layer(ours.intermediate), Pair.layer(ours.output),
                Pair.layer(ours.outputNorm),
            ],
            heads: NameTable.outputs + [
                Pair.layer(ParameterPaths.headDense, "pooler.dense"),
                both(ParameterPaths.transform, "transform.dense", "dense"),
                both(ParameterPaths.transformNorm, "transform.LayerNorm", "LayerNorm"),
                Pair.parameter(ParameterPaths.decoder + ".weight"),
                Pair.parameter(ParameterPaths.decoderBias)
                    + Pair.parameter(ParameterPaths.decoderBias, "lm_predictions.lm_head.bias"),
            ],
            hasPooler: false, decoderBiasTwin: NameTable.secondDecoderBias)
    }()
    package static let classifierForm = HeadForm.firstToken(FirstTokenLayer(activation: .gelu, dropsInput: true))
    package static let vocabularyActivation = HeadActivation.feedForward
    package static let foreignKeys = Bert.foreignKeys
    /// `DebertaV2PreTrainedModel` has no way to prune heads, in 4.57.3 neither.
    package static let prunedHeadsProblem: String? = "its class cannot be made with fewer heads in a block"
    /// Those of the third version, of which nearly all models are.
    package static let published: JSONObject = [
        "layer_norm_eps": 1e-7, "relative_attention": true, "position_buckets": 256, "norm_rel_ebd": "layer_norm",
        "share_att_key": true, "pos_att_type": "p2c|c2p", "position_biased_input": false, "type_vocab_size": 0,
    ]

    package static func advice(for className: String) -> String? {
        className == "DebertaV2ForMultipleChoice"
            ? "its classifier scores one choice at a time: train a DebertaV2ForSequenceClassification with one label instead"
            : nil
    }

    /// Which keys a file's tensors stand for.
    package static func members(shownBy shape: (String) -> Shape?) -> JSONObject {
        let block = ParameterPaths.block(0)
        func has(_ name: String) -> Bool { shape(name) != nil }
        var members: JSONObject = [
            "position_biased_input": .bool(has(ParameterPaths.positionEmbeddings)),
            "type_vocab_size": .integer(has(ParameterPaths.typeEmbeddings) ? 1 : 0),
        ]
        guard let vectors = shape(ParameterPaths.distanceVectors), vectors.rank == 2 else {
            members["relative_attention"] = false
            members["pos_att_type"] = .null
            return members
        }
        // As many as there are positions, or as all published models have, are distances without buckets.
        let positions = shape(ParameterPaths.positionEmbeddings).map { $0.rank == 2 ? $0[0] : 0 } ?? 512
        members["position_buckets"] = .integer(vectors[0] / 2 == positions ? -1 : vectors[0] / 2)
        if let kernel = shape(convolution), kernel.rank == 3 { members["conv_kernel_size"] = .integer(kernel[2]) }
        if !has(ParameterPaths.distanceNorm + ".weight") { members["norm_rel_ebd"] = "none" }
        let own = [("c2p", block.distanceKey), ("p2c", block.distanceQuery)].filter { has($0.1 + ".weight") }
        if !own.isEmpty {
            members["share_att_key"] = false
            members["pos_att_type"] = .string(own.map(\.0).joined(separator: "|"))
        }
        return members
    }
}

// MARK: - config.json

extension DebertaV2 {
    /// `relative_attention` is false where nothing is said, as in transformers.
    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        try refuseOtherSettings(config)
        var shape = try config.plainShape(modelType: "deberta-v2", typeRows: nil) { .absolute(rows: $0) }
        typealias Limits = EncoderShape.Limits
        let kernel = try config.integer("conv_kernel_size", Limits.tableSize, default: 0)
        guard kernel == 0 else {
            throw .unsupportedSetting(
                key: "conv_kernel_size", value: "\(kernel)",
                supported: "0: a model without a convolution behind its first block, as all of version 3 are")
        }
        try refuseOther("attention_head_size", than: shape.headSize, config)
        try refuseOther("pooler_hidden_size", than: shape.hiddenSize, config)
        shape.typeRows = try config.integer("type_vocab_size", 0...Limits.typeRows.upperBound, default: 0)
        shape.embeddingSize = try config.integer("embedding_size", Limits.hiddenSize, default: shape.hiddenSize)
        shape.normalizesProjected = shape.projectsEmbeddings
        shape.layerNormEpsilon = try config.number("layer_norm_eps", 0...1, default: 1e-7)
        if try !config.flag("position_biased_input", default: true) {
            shape.positions = .none(tokenLimit: shape.positions.rows)
        }
        shape.distanceAttention = try distanceAttention(config, tokenLimit: shape.tokenLimit)
        shape.firstTokenActivation = try poolerActivation(config)
        // Classifiers of tokens know no rate but the blocks'.
        let isStated = config.json["cls_dropout"].map { !$0.isNull } ?? false
        shape.dropout.classifier = isStated ? try config.number("cls_dropout", 0...1, default: 0) : nil
        shape.dropout.tokens = shape.dropout.hidden
        shape.dropout.firstToken = try config.number("pooler_dropout", 0...1, default: 0)
        return shape
    }

    private static func refuseOther(_ key: String, than size: Int, _ config: ConfigReader) throws(ConfigError) {
        let found = try config.integer(key, EncoderShape.Limits.tableSize, default: size)
        guard found == size else {
            throw .unsupportedSetting(key: key, value: "\(found)", supported: "\(size), as the other sizes say")
        }
    }

    private static func distanceAttention(
        _ config: ConfigReader, tokenLimit: Int
    ) throws(ConfigError) -> DistanceAttention? {
        let kinds = try distanceKinds(config)
        guard try config.flag("relative_attention", default: false) else {
            guard kinds.isEmpty else {
                throw .unsupportedSetting(
                    key: "pos_att_type", value: kinds.joined(separator: "|"),
                    supported: "null where relative_attention is false")
            }
            return nil
        }
        let signed = -EncoderShape.Limits.positionRows.upperBound...EncoderShape.Limits.positionRows.upperBound
        let stated = try config.integer("max_relative_positions", signed, default: -1)
        let most = stated < 1 ? tokenLimit : stated
        let buckets = try config.integer("position_buckets", signed, default: -1)
        // The reference divides by the logarithm of (most - 1) / (buckets / 2).
        // No distance comes so far where all positions lie within the exact half.
        guard buckets < 1 || buckets > 1 && (most - 1 > buckets / 2 || tokenLimit - 1 <= buckets / 2) else {
            throw .unsupportedSetting(
                key: "position_buckets", value: "\(buckets)",
                supported: "2 to \(max(2, 2 * (most - 1) - 1)) for distances up to \(most), or -1 for none")
        }
        let (span, spans) = (buckets > 0 ? buckets : most, EncoderShape.Limits.distanceSpan)
        guard spans.contains(span) else {
            throw .outOfRange(
                key: buckets > 0 ? "position_buckets" : "max_relative_positions", value: "\(span)",
                low: "\(spans.lowerBound)", high: "\(spans.upperBound)")
        }
        let norms = try config.words("norm_rel_ebd", default: "none")
        return DistanceAttention(
            buckets: buckets > 0 ? buckets : nil, maximumDistance: most, readsKeys: kinds.contains("c2p"),
            readsQueries: kinds.contains("p2c"), sharesLayers: try config.flag("share_att_key", default: false),
            normalizes: norms.contains("layer_norm"))
    }

    /// The members of `pos_att_type`, a list or words between bars.
    private static func distanceKinds(_ config: ConfigReader) throws(ConfigError) -> [String] {
        let key = "pos_att_type"
        guard let value = config.json[key], !value.isNull else { return [] }
        var kinds: [String] = []
        if let list = value.array {
            for item in list {
                guard let kind = item.string else {
                    throw .wrongType(key: key, expected: "names", found: item.kindName)
                }
                kinds.append(kind)
            }
        } else {
            kinds = try config.words(key, default: "")
        }
        kinds.removeAll { $0.isEmpty }
        if let other = kinds.first(where: { $0 != "c2p" && $0 != "p2c" }) {
            throw .unsupportedSetting(key: key, value: other, supported: "c2p, p2c, both or null")
        }
        return kinds
    }

    private static func poolerActivation(_ config: ConfigReader) throws(ConfigError) -> Activation {
        let key = "pooler_hidden_act"
        return config.json[key]?.string == Activation.tanh.rawValue ? .tanh : try config.activation(key)
    }

    /// As transformers writes it; the head of a masked language model by the names of `legacy`.
    package static func config(_ shape: EncoderShape) -> JSONObject {
        var object = shape.plainConfig
        object["position_embedding_type"] = nil
        object["classifier_dropout"] = nil
        object["max_position_embeddings"] = .integer(shape.tokenLimit)
        object["type_vocab_size"] = .integer(shape.typeRows)
        object["position_biased_input"] = .bool(shape.positions.rows > 0)
        if shape.projectsEmbeddings { object["embedding_size"] = .integer(shape.embeddingSize) }
        object["cls_dropout"] = shape.dropout.classifier.map(JSONValue.number) ?? .null
        object["pooler_dropout"] = .number(shape.dropout.firstToken ?? 0)
        object["pooler_hidden_act"] = .string(ConfigReader.name(of: shape.firstTokenActivation ?? .gelu))
        object["pooler_hidden_size"] = .integer(shape.hiddenSize)
        object["legacy"] = true
        object["relative_attention"] = .bool(shape.distanceAttention != nil)
        object["pos_att_type"] = .null
        guard let attention = shape.distanceAttention else { return object }
        let kinds = (attention.readsQueries ? ["p2c"] : []) + (attention.readsKeys ? ["c2p"] : [])
        if !kinds.isEmpty { object["pos_att_type"] = .array(kinds.map(JSONValue.string)) }
        object["position_buckets"] = .integer(attention.buckets ?? -1)
        let isUsual = attention.maximumDistance == shape.tokenLimit
        object["max_relative_positions"] = .integer(isUsual ? -1 : attention.maximumDistance)
        object["share_att_key"] = .bool(attention.sharesLayers)
        object["norm_rel_ebd"] = .string(attention.normalizes ? "layer_norm" : "none")
        return object
    }
}

extension ConfigReader {
    /// Words between bars, trimmed and in lower case.
    fileprivate func words(_ key: String, default fallback: String) throws(ConfigError) -> [String] {
        guard let value = json[key], !value.isNull else { return [fallback] }
        guard let text = value.string else {
            throw .wrongType(key: key, expected: "a string", found: value.kindName)
        }
        return text.lowercased().split(separator: "|", omittingEmptySubsequences: false).map { word in
            let trimmed = word.drop { $0.isWhitespace }
            return String(trimmed.prefix(trimmed.count - trimmed.reversed().prefix { $0.isWhitespace }.count))
        }
    }
}
