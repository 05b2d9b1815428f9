// The shape of a BERT and what its config.json says of it. Nothing is guessed: what tensors cannot tell must stand here.
// Not here: the tokenizer's settings, and how names of tensors differ between sources.

public import AdzeBytes
public import AdzeKernels

/// The architecture of a BERT encoder.
///
/// L layers, H hidden, A heads of D = H / A, F feed-forward, V vocabulary.
public struct EncoderShape: Sendable, Equatable {
    /// V, the rows of the word embedding.
    public var vocabularySize: Int
    /// H.
    public var hiddenSize: Int
    /// L, the number of encoder blocks.
    public var layerCount: Int
    /// A; divides H.
    public var headCount: Int
    /// F.
    public var intermediateSize: Int
    /// The feed-forward activation.
    public var activation: Activation
    /// The most tokens of one sequence.
    public var maximumPositions: Int
    /// Rows of the token type embedding.
    public var typeVocabularySize: Int
    /// Added to the variance in every layer normalisation.
    public var layerNormEpsilon: Double
    /// The id of the padding token, kept for export; packed batches hold none.
    public var padTokenID: Int
    /// Dropout of hidden states, attention weights and the classifier's input; used in training alone.
    public var dropout: Dropout

    /// The three dropout probabilities of a BERT.
    public struct Dropout: Sendable, Equatable {
        /// After embeddings and after each dense layer.
        public var hidden = 0.1
        /// On attention weights.
        public var attention = 0.1
        /// On the pooled output; nil takes `hidden`.
        public var classifier: Double?
    }

    /// D, the size of one attention head.
    public var headSize: Int { hiddenSize / headCount }

    /// What sizes may be, whoever states them: any product of two of them is a `Shape`, and the int8 products stay exact.
    enum Limits {
        static let vocabularySize = 1...5_000_000
        static let hiddenSize = 1...65_536
        static let layerCount = 0...1000
        static let intermediateSize = 1...131_072
        static let maximumPositions = 1...1_000_000
        static let typeVocabularySize = 1...1000
    }

    /// The values of `model_type` that are run.
    static let supportedModelTypes = ["bert"]
}

/// The well-known shapes for `--like`, from the published configurations.
extension EncoderShape {
    /// The names that `--like` takes, in the order in which help lists them.
    public static let wellKnownNames = wellKnownShapes.map(\.name)

    /// A published shape by name, and whether its tokenizer lower-cases; nil for an unknown name.
    public static func wellKnown(_ name: String) -> (config: EncoderShape, lowercases: Bool)? {
        guard let shape = wellKnownShapes.first(where: { $0.name == name }) else { return nil }
        let config = EncoderShape(
            vocabularySize: shape.vocabulary, hiddenSize: shape.hidden, layerCount: shape.layers,
            headCount: shape.heads,
            intermediateSize: 4 * shape.hidden, activation: .gelu, maximumPositions: 512, typeVocabularySize: 2,
            layerNormEpsilon: 1e-12, padTokenID: 0, dropout: Dropout())
        return (config, shape.lowercases)
    }

    private typealias KnownShape = (
        name: String, layers: Int, hidden: Int, heads: Int, vocabulary: Int, lowercases: Bool
    )

    private static let wellKnownShapes: [KnownShape] = [
        ("bert-base-uncased", 12, 768, 12, 30522, true), ("bert-base-cased", 12, 768, 12, 28996, false),
        ("bert-large-uncased", 24, 1024, 16, 30522, true), ("bert-large-cased", 24, 1024, 16, 28996, false),
        ("bert-base-multilingual-cased", 12, 768, 12, 119_547, false),
        ("bert-base-multilingual-uncased", 12, 768, 12, 105_879, true),
        ("bert-base-chinese", 12, 768, 12, 21128, true), ("bert-base-german-cased", 12, 768, 12, 30000, false),
        ("bert-tiny", 2, 128, 2, 30522, true), ("bert-mini", 4, 256, 4, 30522, true),
        ("bert-small", 4, 512, 8, 30522, true), ("bert-medium", 8, 512, 8, 30522, true),
        ("all-MiniLM-L6-v2", 6, 384, 12, 30522, true), ("all-MiniLM-L12-v2", 12, 384, 12, 30522, true),
    ]
}

// MARK: - config.json

extension EncoderShape {
    /// Reads transformers' `config.json`; throws `ConfigError` for what is missing, out of bounds or not BERT.
    ///
    /// Values that transformers gives a default keep it (epsilon 1e-12, 512 positions, two types); shapes and the
    /// number of heads have none here.
    public init(json: JSONValue) throws(ConfigError) {
        guard json.object != nil else {
            throw .wrongType(key: "config.json", expected: "an object", found: json.kindName)
        }
        try EncoderShape.refuseOtherFamilies(json)
        let reader = ConfigReader(json: json)
        vocabularySize = try reader.integer("vocab_size", Limits.vocabularySize)
        hiddenSize = try reader.integer("hidden_size", Limits.hiddenSize)
        layerCount = try reader.integer("num_hidden_layers", Limits.layerCount)
        headCount = try reader.integer("num_attention_heads", Limits.hiddenSize)
        intermediateSize = try reader.integer("intermediate_size", Limits.intermediateSize)
        maximumPositions = try reader.integer("max_position_embeddings", Limits.maximumPositions, default: 512)
        typeVocabularySize = try reader.integer("type_vocab_size", Limits.typeVocabularySize, default: 2)
        padTokenID = try reader.integer("pad_token_id", 0...Limits.vocabularySize.upperBound, default: 0)
        layerNormEpsilon = try reader.number("layer_norm_eps", 0...1, default: 1e-12)
        dropout = Dropout(
            hidden: try reader.number("hidden_dropout_prob", 0...1, default: 0.1),
            attention: try reader.number("attention_probs_dropout_prob", 0...1, default: 0.1),
            classifier: json["classifier_dropout"].map(\.isNull) == false
                ? try reader.number("classifier_dropout", 0...1, default: 0.1) : nil)
        activation = try EncoderShape.activation(json["hidden_act"])
        guard hiddenSize % headCount == 0 else {
            throw .headsDoNotDivide(hidden: hiddenSize, heads: headCount)
        }
    }

    /// The members of `config.json` that describe this shape, as transformers writes them.
    public var json: JSONObject {
        var object: JSONObject = [
            "model_type": .string("bert"), "vocab_size": .integer(vocabularySize), "hidden_size": .integer(hiddenSize),
            "num_hidden_layers": .integer(layerCount), "num_attention_heads": .integer(headCount),
            "intermediate_size": .integer(intermediateSize), "hidden_act": .string(EncoderShape.name(of: activation)),
            "max_position_embeddings": .integer(maximumPositions), "type_vocab_size": .integer(typeVocabularySize),
            "layer_norm_eps": .number(layerNormEpsilon), "pad_token_id": .integer(padTokenID),
            "position_embedding_type": .string("absolute"), "hidden_dropout_prob": .number(dropout.hidden),
            "attention_probs_dropout_prob": .number(dropout.attention),
        ]
        object["classifier_dropout"] = dropout.classifier.map(JSONValue.number) ?? .null
        return object
    }

    private static func refuseOtherFamilies(_ json: JSONValue) throws(ConfigError) {
        if let type = json["model_type"], !type.isNull {
            guard let name = type.string else {
                throw .wrongType(key: "model_type", expected: "a string", found: type.kindName)
            }
            guard supportedModelTypes.contains(name) else { throw .unsupportedFamily(name) }
        }
        if let type = json["position_embedding_type"]?.string, type != "absolute" {
            throw .unsupportedSetting(key: "position_embedding_type", value: type, supported: "absolute")
        }
        for key in ["is_decoder", "add_cross_attention", "is_encoder_decoder"] where json[key]?.bool == true {
            throw .unsupportedSetting(key: key, value: "true", supported: "false")
        }
    }

    private static let activationNames: [(String, Activation)] = [
        ("gelu", .gelu), ("gelu_new", .geluTanh), ("relu", .relu), ("gelu_python", .gelu),
        ("gelu_pytorch_tanh", .geluTanh),
    ]

    private static func activation(_ value: JSONValue?) throws(ConfigError) -> Activation {
        guard let value, !value.isNull else { return .gelu }
        guard let name = value.string else {
            throw .wrongType(key: "hidden_act", expected: "a string", found: value.kindName)
        }
        guard let known = activationNames.first(where: { $0.0 == name }) else {
            throw .unsupportedSetting(
                key: "hidden_act", value: name, supported: activationNames.map(\.0).joined(separator: ", "))
        }
        return known.1
    }

    private static func name(of activation: Activation) -> String {
        activationNames.first { $0.1 == activation }?.0 ?? activation.rawValue
    }
}

/// Typed access to the members of a `config.json`.
struct ConfigReader {
    let json: JSONValue

    func integer(_ key: String, _ range: ClosedRange<Int>, default fallback: Int? = nil) throws(ConfigError) -> Int {
        guard let value = json[key], !value.isNull else {
            guard let fallback else {
                throw .missing(key: key, nearest: nearestName(to: key, in: json.object?.keys ?? []))
            }
            return fallback
        }
        guard let integer = value.integer else {
            throw .wrongType(key: key, expected: "a whole number", found: value.kindName)
        }
        guard range.contains(integer) else {
            throw .outOfRange(key: key, value: "\(integer)", low: "\(range.lowerBound)", high: "\(range.upperBound)")
        }
        return integer
    }

    func number(_ key: String, _ range: ClosedRange<Double>, default fallback: Double) throws(ConfigError) -> Double {
        guard let value = json[key], !value.isNull else { return fallback }
        guard let number = value.number else {
            throw .wrongType(key: key, expected: "a number", found: value.kindName)
        }
        guard range.contains(number) else {
            throw .outOfRange(key: key, value: "\(number)", low: "\(range.lowerBound)", high: "\(range.upperBound)")
        }
        return number
    }
}
