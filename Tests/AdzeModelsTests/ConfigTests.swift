// config.json: what is read, what has a default, and each lie.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeTestSupport
import Testing

@Suite struct ConfigTests {
    static let plain: JSONObject = [
        "model_type": "bert", "vocab_size": 100, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3,
        "intermediate_size": 32,
    ]

    func config(_ changes: (inout JSONObject) -> Void) throws(ConfigError) -> EncoderShape {
        var object = Self.plain
        changes(&object)
        return try EncoderShape(json: .object(object))
    }

    @Test func defaultsAreTransformers() throws {
        let config = try config { _ in }
        #expect(config.layerNormEpsilon == 1e-12 && config.tokenLimit == 512 && config.typeRows == 2)
        #expect(config.activation == .gelu && config.headSize == 8)
    }

    @Test func writtenAndReadAgainIsTheSame() throws {
        let config = try config {
            $0["hidden_act"] = "gelu_new"; $0["classifier_dropout"] = 0.25
        }
        #expect(try EncoderShape(json: .object(config.json)) == config)
    }

    @Test(arguments: ["hidden_size", "num_attention_heads", "num_hidden_layers", "vocab_size", "intermediate_size"])
    func nothingIsGuessed(key: String) {
        #expect(throws: ConfigError.self) { try config { $0[key] = nil } }
    }

    @Test func liesAreRefused() {
        let lies: [(String, JSONValue, ConfigError)] = [
            ("model_type", "longformer", .unsupportedFamily("longformer", nearest: nil)),
            ("model_type", "bart", .unsupportedFamily("bart", nearest: "bert")),
            (
                "auto_map",
                .object(["AutoConfig": .string("a.B"), "AutoModel": .string("modeling_bert.JinaBertModel")]),
                .ownCode("modeling_bert.JinaBertModel")
            ),
            ("num_attention_heads", 5, .headsDoNotDivide(hidden: 24, heads: 5)),
            ("hidden_size", 0, .outOfRange(key: "hidden_size", value: "0", low: "1", high: "65536")),
            ("num_hidden_layers", 1001, .outOfRange(key: "num_hidden_layers", value: "1001", low: "0", high: "1000")),
            (
                "vocab_size", .number(1.5),
                .wrongType(key: "vocab_size", expected: "a whole number", found: "the number 1.5")
            ),
            (
                "position_embedding_type", "relative_key",
                .unsupportedSetting(key: "position_embedding_type", value: "relative_key", supported: "absolute")
            ),
            ("is_decoder", true, .unsupportedSetting(key: "is_decoder", value: "true", supported: "false")),
        ]
        for (key, value, error) in lies { #expect(throws: error) { try config { $0[key] = value } } }
        #expect(throws: ConfigError.self) { try config { $0["hidden_act"] = "swish" } }
        #expect(throws: ConfigError.self) { try EncoderShape(json: []) }
    }

    @Test func everyWellKnownShapeIsSound() throws {
        for name in EncoderShape.wellKnownNames {
            let known = try #require(EncoderShape.wellKnown(name))
            #expect(try EncoderShape(json: .object(known.shape.json)) == known.shape)
        }
        let cased = try #require(EncoderShape.wellKnown("bert-base-cased")?.shape)
        #expect(cased.parameterCount(head: Bert.head(.encoder, cased, keepsPooler: true)) == 108_310_272)
    }

    @Test func scoresFollowTheProblemType() {
        func scores(_ type: ProblemType?, _ logits: [Float]) -> [Double] {
            ClassificationHead(labels: logits.indices.map(String.init), problemType: type).scores(logits)
        }
        #expect(scores(.regression, [2.5]) == [2.5])
        #expect(scores(nil, [0]) == [0.5])
        #expect(scores(.singleLabel, [0]) == [0.5], "one logit is a sigmoid, as in transformers")
        #expect(scores(.multiLabel, [0, 100]) == [0.5, 1])
        #expect(scores(nil, [1000, 1000]) == [0.5, 0.5])
        #expect(scores(nil, [-1000, 1000]) == [0, 1])
    }
}
