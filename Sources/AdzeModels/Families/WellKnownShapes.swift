// The well-known shapes for `--like`, from the published configurations.

internal import AdzeBytes

extension EncoderShape {
    /// The names that `--like` takes, in the order in which help lists them.
    public static let wellKnownNames = wellKnownShapes.map(\.name)

    /// A published shape by name, and whether its tokenizer lower-cases; nil for an unknown name.
    public static func wellKnown(_ name: String) -> (shape: EncoderShape, lowercases: Bool)? {
        guard let known = wellKnownShapes.first(where: { $0.name == name }) else { return nil }
        guard let shape = try? EncoderShape(json: .object(known.config)) else {
            preconditionFailure("a published shape is one: \(name)")
        }
        return (shape, known.lowercases)
    }

    /// Short names of some of them, to measure with.
    public static let shortNames = [
        ("bert-base", "bert-base-cased"), ("bert-large", "bert-large-cased"), ("minilm", "all-MiniLM-L6-v2"),
        ("distilbert", "distilbert-base-cased"),
    ]

    private struct KnownShape: Sendable {
        let name: String
        let layers: Int
        let hidden: Int
        let heads: Int
        let vocabulary: Int
        let lowercases: Bool
        var type = "bert"
        /// What is not as in a BERT of the sizes.
        var more = JSONObject()

        /// The published members, under the keys of all families.
        var config: JSONObject {
            var object: JSONObject = [
                "model_type": .string(type), "vocab_size": .integer(vocabulary), "hidden_size": .integer(hidden),
                "num_hidden_layers": .integer(layers), "num_attention_heads": .integer(heads),
                "intermediate_size": .integer(4 * hidden), "hidden_dim": .integer(4 * hidden),
            ]
            for (key, value) in more { object[key] = value }
            return object
        }

        init(
            _ name: String, _ layers: Int, _ hidden: Int, _ heads: Int, _ vocabulary: Int, _ lowercases: Bool,
            type: String = "bert", more: JSONObject = [:]
        ) {
            (self.name, self.layers, self.hidden, self.heads) = (name, layers, hidden, heads)
            (self.vocabulary, self.lowercases, self.type, self.more) = (vocabulary, lowercases, type, more)
        }
    }

    private static let wellKnownShapes: [KnownShape] = [
        KnownShape("bert-base-uncased", 12, 768, 12, 30522, true),
        KnownShape("bert-base-cased", 12, 768, 12, 28996, false),
        KnownShape("bert-large-uncased", 24, 1024, 16, 30522, true),
        KnownShape("bert-large-cased", 24, 1024, 16, 28996, false),
        KnownShape("bert-base-multilingual-cased", 12, 768, 12, 119_547, false),
        KnownShape("bert-base-multilingual-uncased", 12, 768, 12, 105_879, true),
        KnownShape("bert-base-chinese", 12, 768, 12, 21128, true),
        KnownShape("bert-base-german-cased", 12, 768, 12, 30000, false),
        KnownShape("bert-tiny", 2, 128, 2, 30522, true), KnownShape("bert-mini", 4, 256, 4, 30522, true),
        KnownShape("bert-small", 4, 512, 8, 30522, true), KnownShape("bert-medium", 8, 512, 8, 30522, true),
        KnownShape("all-MiniLM-L6-v2", 6, 384, 12, 30522, true),
        KnownShape("all-MiniLM-L12-v2", 12, 384, 12, 30522, true),
        KnownShape("distilbert-base-uncased", 6, 768, 12, 30522, true, type: "distilbert"),
        KnownShape("distilbert-base-cased", 6, 768, 12, 28996, false, type: "distilbert"),
        KnownShape("electra-small", 12, 256, 4, 30522, true, type: "electra"),
        KnownShape("electra-base", 12, 768, 12, 30522, true, type: "electra", more: ["embedding_size": 768]),
        KnownShape("mpnet-base", 12, 768, 12, 30527, true, type: "mpnet", more: MPNet.published),
        KnownShape("roberta-base", 12, 768, 12, 50265, false, type: "roberta", more: Roberta.published),
        KnownShape("roberta-large", 24, 1024, 16, 50265, false, type: "roberta", more: Roberta.published),
        KnownShape("distilroberta-base", 6, 768, 12, 50265, false, type: "roberta", more: Roberta.published),
        KnownShape("xlm-roberta-base", 12, 768, 12, 250_002, false, type: "xlm-roberta", more: XLMRoberta.published),
        KnownShape("xlm-roberta-large", 24, 1024, 16, 250_002, false, type: "xlm-roberta", more: XLMRoberta.published),
        KnownShape("camembert-base", 12, 768, 12, 32005, false, type: "camembert", more: Camembert.published),
        KnownShape("albert-base", 12, 768, 12, 30000, true, type: "albert"),
        KnownShape("albert-large", 24, 1024, 16, 30000, true, type: "albert"),
        KnownShape("albert-xlarge", 24, 2048, 16, 30000, true, type: "albert"),
        KnownShape("albert-xxlarge", 12, 4096, 64, 30000, true, type: "albert"),
        KnownShape("deberta-v3-xsmall", 12, 384, 6, 128_100, false, type: "deberta-v2", more: DebertaV2.published),
        KnownShape("deberta-v3-small", 6, 768, 12, 128_100, false, type: "deberta-v2", more: DebertaV2.published),
        KnownShape("deberta-v3-base", 12, 768, 12, 128_100, false, type: "deberta-v2", more: DebertaV2.published),
        KnownShape("deberta-v3-large", 24, 1024, 16, 128_100, false, type: "deberta-v2", more: DebertaV2.published),
        KnownShape("mdeberta-v3-base", 12, 768, 12, 251_000, false, type: "deberta-v2", more: DebertaV2.published),
        KnownShape(
            "modernbert-base", 22, 768, 12, 50368, false, type: "modernbert", more: ModernBert.sized(intermediate: 1152)
        ),
        KnownShape(
            "modernbert-large", 28, 1024, 16, 50368, false, type: "modernbert",
            more: ModernBert.sized(intermediate: 2624)),
    ]
}
