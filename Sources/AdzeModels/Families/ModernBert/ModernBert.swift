// ModernBERT, as declarations: positions by rotation, blocks that attend to a window between others that attend to the whole
// text, normalisations before layers instead of after them, a gated feed-forward, and hardly a bias.
//
// Source: transformers configuration_modernbert.py and modeling_modernbert.py.

package import AdzeBytes
internal import AdzeKernels

package enum ModernBert: ModelFamily {
    package static let name = "ModernBERT"
    package static let modelTypes = ["modernbert"]
    package static let classes = [
        FamilyClass("ModernBertModel", .encoder), FamilyClass("ModernBertForMaskedLM", .maskedLanguageModel),
        FamilyClass("ModernBertForSequenceClassification", .classification),
        FamilyClass("ModernBertForTokenClassification", .tokenClassification),
        FamilyClass("ModernBertForQuestionAnswering", .questionAnswering),
    ]
    package static let names: NameTable = {
        typealias Pair = NameTable.Pair
        let ours = BlockPaths(prefix: "")
        var names = NameTable(
            prefix: "model.", blocks: "layers.",
            body: [
                NameTable.words("embeddings.tok_embeddings.weight"),
                Pair.layer(ParameterPaths.embeddingNorm, "embeddings.norm"),
                Pair.layer(ParameterPaths.finalNorm, "final_norm"),
            ],
            block: [
                Pair.layer(ours.inputNorm, "attn_norm"), Pair.layer(ours.query, "attn.Wqkv.query"),
                Pair.layer(ours.key, "attn.Wqkv.key"), Pair.layer(ours.value, "attn.Wqkv.value"),
                Pair.layer(ours.attentionOutput, "attn.Wo"), Pair.layer(ours.attentionNorm, "mlp_norm"),
                Pair.layer(ours.intermediate, "mlp.Wi"), Pair.layer(ours.output, "mlp.Wo"),
            ],
            heads: [
                NameTable.classifier, Pair.layer(ParameterPaths.transform, "head.dense"),
                Pair.layer(ParameterPaths.transformNorm, "head.norm"),
                Pair.parameter(ParameterPaths.decoder + ".weight", "decoder.weight"),
                Pair.parameter(ParameterPaths.decoderBias, "decoder.bias"),
            ],
            hasPooler: false, decoderBiasTwin: nil)
        names.joined = [("attn.Wqkv", ["attn.Wqkv.query", "attn.Wqkv.key", "attn.Wqkv.value"])]
        names.isGated = true
        return names
    }()
    /// What tells its heads; the activation and the rows are the shape's.
    package static let classifierForm = HeadForm.transformed(HeadTransform(activation: .gelu, rows: .first))
    package static let vocabularyActivation = HeadActivation.feedForward
    package static let foreignKeys = [
        (key: "dim", own: "hidden_size"), (key: "n_layers", own: "num_hidden_layers"),
        (key: "n_heads", own: "num_attention_heads"), (key: "hidden_dim", own: "intermediate_size"),
    ]
    /// The pooling is the first token's where nothing is said, and the mean in the published base and large.
    package static let published: JSONObject = ["classifier_pooling": "mean"]
    /// The same with the size of a feed-forward, which is not four times that of the hidden states.
    static func sized(intermediate: Int) -> JSONObject {
        var members = published
        members["intermediate_size"] = .integer(intermediate)
        return members
    }
    /// Its matrix of query, key and value is as wide as all heads of the whole model.
    package static let prunedHeadsProblem: String? = "its classes have no pruned_heads"

    package static func advice(for className: String) -> String? {
        className == "ModernBertForMultipleChoice"
            ? "its classifier scores one choice at a time: train a ModernBertForSequenceClassification with one label instead"
            : nil
    }

    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        typealias Limits = EncoderShape.Limits
        // "sans_pos" is what some published models say of having no table of positions.
        try refuseOtherSettings(config, positionTypes: ["absolute", "sans_pos"])
        let hidden = try config.integer("hidden_size", Limits.hiddenSize)
        let layers = try config.integer("num_hidden_layers", 1...Limits.layerCount.upperBound)
        let heads = try config.integer("num_attention_heads", Limits.hiddenSize)
        try config.checkHeads(heads, hidden: hidden)
        guard (hidden / heads).isMultiple(of: 2) else {
            throw .unsupportedSetting(
                key: "num_attention_heads", value: "\(heads)", supported: "heads of an even number of values")
        }
        let classifierDropout = try config.number("classifier_dropout", 0...1, default: 0)
        let dropout = EncoderShape.Dropout(
            hidden: try config.number("mlp_dropout", 0...1, default: 0),
            attention: try config.number("attention_dropout", 0...1, default: 0), classifier: classifierDropout,
            answers: classifierDropout)
        var shape = EncoderShape(
            modelType: modelTypes[0], vocabularySize: try config.integer("vocab_size", Limits.vocabularySize),
            embeddingSize: hidden, hiddenSize: hidden, layerCount: layers, headCount: heads,
            intermediateSize: try config.integer("intermediate_size", Limits.intermediateSize),
            activation: try config.activation("hidden_activation"),
            positions: .none(
                tokenLimit: try config.integer("max_position_embeddings", Limits.positionRows, default: 8192)),
            relativeBias: nil, typeRows: 0, layerNormEpsilon: try config.number("norm_eps", 0...1, default: 1e-5),
            padTokenID: try padTokenID(config),
            dropout: dropout, prunedHeads: try config.prunedHeads(layers: layers, heads: heads))
        shape.rotary = try rotary(config, layers: layers)
        (shape.normsFirst, shape.isGated) = (true, true)
        shape.biases = EncoderShape.Biases(
            norms: try config.flag("norm_bias", default: false),
            attention: try config.flag("attention_bias", default: false),
            feedForward: try config.flag("mlp_bias", default: false),
            headTransform: try config.flag("classifier_bias", default: false),
            decoder: try config.flag("decoder_bias", default: true))
        shape.headTransform = HeadTransform(
            activation: try config.activation("classifier_activation"), rows: try pooling(config))
        return shape
    }

    package static func config(_ shape: EncoderShape) -> JSONObject {
        guard let rotary = shape.rotary, let transform = shape.headTransform else {
            preconditionFailure("shapes are made by families: \(shape.modelType)")
        }
        func theta(_ value: Double) -> JSONValue {
            .object(["rope_theta": .number(value), "rope_type": .string("default")])
        }
        let kinds = rotary.isWindowed.map { JSONValue.string($0 ? windowKind : wholeKind) }
        var object: JSONObject = [
            "model_type": .string(shape.modelType), "vocab_size": .integer(shape.vocabularySize),
            "hidden_size": .integer(shape.hiddenSize), "num_hidden_layers": .integer(shape.layerCount),
            "num_attention_heads": .integer(shape.headCount), "intermediate_size": .integer(shape.intermediateSize),
            "hidden_activation": .string(ConfigReader.name(of: shape.activation)),
            "max_position_embeddings": .integer(shape.tokenLimit), "norm_eps": .number(shape.layerNormEpsilon),
            "pad_token_id": .integer(shape.padTokenID), "layer_types": .array(kinds),
            "rope_parameters": .object([
                wholeKind: theta(rotary.wholeTheta), windowKind: theta(rotary.windowTheta),
            ]),
            "local_attention": .integer(rotary.window),
        ]
        object["norm_bias"] = .bool(shape.biases.norms)
        object["attention_bias"] = .bool(shape.biases.attention)
        object["mlp_bias"] = .bool(shape.biases.feedForward)
        object["classifier_bias"] = .bool(shape.biases.headTransform)
        object["decoder_bias"] = .bool(shape.biases.decoder)
        object["classifier_pooling"] = .string(transform.rows == .mean ? "mean" : "cls")
        object["classifier_activation"] = .string(ConfigReader.name(of: transform.activation))
        object["embedding_dropout"] = .number(shape.dropout.hidden)
        object["mlp_dropout"] = .number(shape.dropout.hidden)
        object["attention_dropout"] = .number(shape.dropout.attention)
        object["classifier_dropout"] = .number(shape.dropout.classifier ?? 0)
        if !shape.prunedHeads.isEmpty { object[ConfigReader.prunedHeadsKey] = .object(shape.prunedHeads.json) }
        return object
    }

    // MARK: Pieces

    /// Where the key is absent 50283; where it is null no word is padding, and 0 stands for none.
    private static func padTokenID(_ config: ConfigReader) throws(ConfigError) -> Int {
        if config.json["pad_token_id"]?.isNull == true { return 0 }
        return try config.integer(
            "pad_token_id", 0...EncoderShape.Limits.vocabularySize.upperBound, default: 50283)
    }

    private static let wholeKind = "full_attention"
    private static let windowKind = "sliding_attention"

    /// Both spellings: `layer_types` and `rope_parameters` before `global_attn_every_n_layers`, `global_rope_theta` and
    /// `local_rope_theta`; `sliding_window`, half of a window, before `local_attention`.
    private static func rotary(_ config: ConfigReader, layers: Int) throws(ConfigError) -> RotaryPositions {
        if let scaling = config.json["rope_scaling"], !scaling.isNull {
            throw .unsupportedSetting(key: "rope_scaling", value: scaling.kindName, supported: "none")
        }
        let half = config.json["sliding_window"].map { !$0.isNull } ?? false
        let window =
            half
            ? try 2 * config.integer("sliding_window", 0...EncoderShape.Limits.positionRows.upperBound)
            : try config.integer("local_attention", 0...EncoderShape.Limits.positionRows.upperBound, default: 128)
        return RotaryPositions(
            wholeTheta: try theta(config, wholeKind, old: "global_rope_theta", default: 160_000),
            windowTheta: try theta(config, windowKind, old: "local_rope_theta", default: 10_000), window: window,
            isWindowed: try windowed(config, layers: layers))
    }

    private static func theta(
        _ config: ConfigReader, _ kind: String, old: String, default fallback: Double
    ) throws(ConfigError) -> Double {
        let range = 1e-3...1e12
        guard let all = config.json["rope_parameters"], !all.isNull else {
            return try config.number(old, range, default: fallback)
        }
        // By kinds of blocks alone; one for all, as other families have it, is none of this one's.
        guard let kinds = all.object, kinds.allSatisfy({ [wholeKind, windowKind].contains($0.0) }) else {
            throw .wrongType(
                key: "rope_parameters", expected: "an object with \(wholeKind) and \(windowKind)",
                found: all.object == nil ? all.kindName : "other keys")
        }
        guard let value = kinds[kind], !value.isNull else { return try config.number(old, range, default: fallback) }
        guard value.object != nil else {
            throw .wrongType(key: kind, expected: "an object", found: value.kindName)
        }
        for key in ["rope_type", "type"] {
            guard let type = value[key], !type.isNull, type.string != "default" else { continue }
            throw .unsupportedSetting(key: key, value: type.string ?? type.kindName, supported: "default")
        }
        if let theta = value["rope_theta"], !theta.isNull {
            return try ConfigReader(json: value).number("rope_theta", range, default: fallback)
        }
        return try config.number(old, range, default: fallback)
    }

    private static func windowed(_ config: ConfigReader, layers: Int) throws(ConfigError) -> [Bool] {
        guard let value = config.json["layer_types"], !value.isNull else {
            let step = try config.integer("global_attn_every_n_layers", 1...1_000_000, default: 3)
            return (0..<layers).map { !$0.isMultiple(of: step) }
        }
        guard let list = value.array else {
            throw .wrongType(key: "layer_types", expected: "a list", found: value.kindName)
        }
        guard list.count == layers else {
            throw .unsupportedSetting(
                key: "layer_types", value: "\(list.count) kinds", supported: "as many as num_hidden_layers, \(layers)")
        }
        return try list.map { (item) throws(ConfigError) in
            guard let kind = item.string, kind == wholeKind || kind == windowKind else {
                throw .unsupportedSetting(
                    key: "layer_types", value: item.string ?? item.kindName, supported: "\(wholeKind), \(windowKind)")
            }
            return kind == windowKind
        }
    }

    private static func pooling(_ config: ConfigReader) throws(ConfigError) -> HeadTransform.Rows {
        guard let value = config.json["classifier_pooling"], !value.isNull else { return .first }
        switch value.string {
        case "cls": return .first
        case "mean": return .mean
        default:
            throw .unsupportedSetting(
                key: "classifier_pooling", value: value.string ?? value.kindName, supported: "cls, mean")
        }
    }
}
