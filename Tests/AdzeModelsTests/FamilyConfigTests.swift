// What a config.json may not say of a family: each lie is one line that names the key.

import AdzeBytes
import AdzeKernels
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct FamilyConfigTests {
    /// The error of a fixture whose configuration is changed.
    private func refusal(_ folder: String, _ changes: [String: JSONValue?]) throws -> String {
        var object = try #require(try parseJSON(Fixtures.bytes("families/\(folder)/config.json")).object)
        for (key, value) in changes { object[key] = value }
        let store = try SafetensorsFile(
            file: InputFile(path: Fixtures.path("families/\(folder)/model.safetensors")))
        do {
            _ = try ModelCheckpoint(store: store, configJSON: .object(object))
            return ""
        } catch { return "\(error)" }
    }

    @Test func aFamilyThatIsNotKnown() throws {
        let near = try refusal("distilbert/sequence", ["model_type": "distilbret"])
        #expect(near.contains("did you mean 'distilbert'?") && near.contains("MPNet ('mpnet')"))
        let far = try refusal("distilbert/sequence", ["model_type": "longformer", "architectures": nil])
        #expect(far.contains("model_type 'longformer' is not supported") && !far.contains("did you mean"))
    }

    @Test func aTypeAndAClassThatContradictEachOther() throws {
        let said = try refusal("electra/sequence", ["model_type": "bert"])
        #expect(said.contains("'bert'") && said.contains("'ElectraForSequenceClassification', which is one of ELECTRA"))
    }

    @Test func aClassThatIsNotRun() throws {
        let said = try refusal("electra/pretraining", [:])
        #expect(said.contains("'ElectraForPreTraining' is not supported") && said.contains("ElectraModel"))
        #expect(
            try refusal("mpnet/token", ["architectures": ["MPNetForMultipleChoice"]]).contains("one choice at a time"))
        for (family, stem) in Self.robertas {
            func said(_ name: String) throws -> String {
                try refusal(family + "/token", ["architectures": [.string(stem + name)]])
            }
            #expect(
                try said("ForMultipleChoice").contains("train a \(stem)ForSequenceClassification with one label"))
            #expect(try said("ForCausalLM").contains("from left to right"))
            #expect(try said("ForCausalLM").contains("use a \(stem)ForMaskedLM"))
        }
    }

    @Test func whatADebertaMayNotSay() throws {
        func said(_ changes: [String: JSONValue?]) throws -> String { try refusal("deberta-v2/base", changes) }
        #expect(try said(["conv_kernel_size": 3]).contains("'conv_kernel_size' is '3', which is not supported"))
        #expect(try said(["attention_head_size": 8]).contains("supported: 6, as the other sizes say"))
        #expect(try said(["pooler_hidden_size": 8]).contains("supported: 12"))
        #expect(try said(["pos_att_type": "c2p|P2P"]).contains("'pos_att_type' is 'p2p', which is not supported"))
        #expect(try said(["pos_att_type": ["C2P"]]).contains("'pos_att_type' is 'C2P'"))
        #expect(try said(["pos_att_type": [1]]).contains("'pos_att_type': expected names"))
        #expect(try said(["relative_attention": false]).contains("null where relative_attention is false"))
        #expect(try said(["relative_attention": 1]).contains("expected true or false"))
        #expect(try said(["position_buckets": 1]).contains("2 to 77 for distances up to 40"))
        let narrow: [String: JSONValue?] = ["position_buckets": 40, "max_relative_positions": 20]
        #expect(try said(narrow).contains("2 to 37 for distances up to 20"))
        #expect(try said(["position_buckets": 16]).contains("rel_embeddings.weight"))
        #expect(try said(["max_relative_positions": 2_000_000]).contains("'max_relative_positions'"))
        let many: [String: JSONValue?] = ["max_relative_positions": 20_000, "position_buckets": -1]
        #expect(try said(many).contains("'max_relative_positions' is 20000; expected 1 to 16384"))
        #expect(try said(["norm_rel_ebd": 5]).contains("'norm_rel_ebd': expected a string"))
        #expect(try said(["share_att_key": false]).contains("pos_key_proj"))
        #expect(try said(["embedding_size": 8]).contains("word_embeddings.weight"))
        #expect(try said(["pooler_hidden_act": "swish"]).contains("'pooler_hidden_act' is 'swish'"))
        #expect(try said(["architectures": ["DebertaV2ForMultipleChoice"]]).contains("one choice at a time"))
        #expect(try said(["model_type": "deberta", "architectures": nil]).contains("take a deberta-v3"))
        #expect(try said(["pos_att_type": " P2C |c2p", "norm_rel_ebd": " Layer_Norm | x"]) == "")
    }

    @Test func aKeyOfAnotherFamily() throws {
        let said = try refusal("distilbert/sequence", ["hidden_dim": nil, "intermediate_size": 20])
        #expect(said.contains("'intermediate_size' means nothing to a DistilBERT, which reads 'hidden_dim'"))
        let other = try refusal("electra/sequence", ["hidden_size": nil, "dim": 12])
        #expect(other.contains("'dim' means nothing to an ELECTRA, which reads 'hidden_size'"))
        let spelled = try refusal("xlm-roberta/sequence", ["hidden_size": nil, "dim": 12])
        #expect(spelled.contains("'dim' means nothing to an XLM-R, which reads 'hidden_size'"))
        #expect(try refusal("distilbert/sequence", ["dim": nil, "hidden_size": 12]) == "", "transformers maps it")
    }

    @Test func positionsThatTheReferenceIgnores() throws {
        for folder in ["electra/base", "mpnet/base", "distilbert/base"] + Self.robertas.map({ $0.family + "/base" }) {
            #expect(try refusal(folder, ["position_embedding_type": "relative_key"]).contains("relative_key"))
        }
    }

    @Test func rotationsAndWindowsThatAreNotRun() throws {
        func says(_ text: String, _ changes: [String: JSONValue?]) throws {
            let said = try refusal("modernbert/base", changes)
            #expect(said.contains(text), "\(said)")
        }
        try says("'layer_types' is '1 kinds'", ["layer_types": ["full_attention"]])
        try says(
            "'chunked_attention', which is not supported",
            ["layer_types": .array(Array(repeating: "chunked_attention", count: 4))])
        try says("'layer_types': expected a list", ["layer_types": 3])
        try says(
            "'rope_type' is 'yarn', which is not supported; supported: default",
            ["rope_parameters": .object(["full_attention": .object(["rope_type": "yarn"])])])
        try says("'rope_theta' is -1", ["rope_parameters": .object(["sliding_attention": .object(["rope_theta": -1])])])
        try says(
            "'type' is 'linear', which is not supported",
            ["rope_parameters": .object(["full_attention": .object(["type": "linear", "factor": 4])])])
        try says("'rope_parameters': expected an object with", ["rope_parameters": .object(["rope_theta": 500])])
        try says("'rope_parameters': expected an object with", ["rope_parameters": 3])
        try says("'full_attention': expected an object", ["rope_parameters": .object(["full_attention": 3])])
        try says("'pad_token_id' is 50283; expected 0 to", ["pad_token_id": nil])
        #expect(try refusal("modernbert/base", ["pad_token_id": .null]) == "", "no word is padding")
        #expect(try refusal("modernbert/base", ["position_embedding_type": "sans_pos"]) == "")
        try says("'rope_scaling'", ["rope_scaling": .object(["type": "linear"])])
        try says("'global_rope_theta': expected a number", ["rope_parameters": nil, "global_rope_theta": "much"])
        try says("'global_attn_every_n_layers' is 0", ["layer_types": nil, "global_attn_every_n_layers": 0])
        try says("'classifier_pooling' is 'max'", ["classifier_pooling": "max"])
        try says("'norm_bias': expected true or false", ["norm_bias": 1])
        try says("heads of an even number of values", ["num_attention_heads": 4])
        try says("'num_hidden_layers' is 0", ["num_hidden_layers": 0])
        try says("expected 0 to", ["local_attention": -2])
        try says("layers.0.attn.Wqkv.query.bias", ["attention_bias": true])
        try says("one choice at a time", ["architectures": ["ModernBertForMultipleChoice"]])
        #expect(
            try refusal(
                "modernbert/base",
                ["layer_types": nil, "rope_parameters": nil, "local_attention": nil, "sliding_window": 4])
                == "", "as older files have it")
    }

    @Test func whatAnAlbertIsNotRunWith() throws {
        let folder = "albert/sequence"
        #expect(try refusal(folder, ["inner_group_num": 2]).contains("'inner_group_num' is '2', which is not supp"))
        #expect(try refusal(folder, ["num_hidden_groups": 6]).contains("'num_hidden_groups' is 6; expected 1 to 5"))
        #expect(try refusal(folder, ["num_hidden_groups": 0]).contains("expected 1 to 5"))
        #expect(try refusal(folder, ["num_hidden_groups": 3]).contains("albert_layer_groups.2."))
        let pruned = JSONValue.object(["0": .array([.integer(1)])])
        #expect(try refusal(folder, ["pruned_heads": pruned]).contains("'pruned_heads' is 'block 0: 1'"))
        #expect(try refusal(folder, ["architectures": ["AlbertForMultipleChoice"]]).contains("with one label"))
    }

    /// What transformers' code takes where config.json is silent.
    @Test func keysThatAnAlbertLeavesOut() throws {
        let sizes: JSONObject = [
            "model_type": "albert", "vocab_size": 90, "hidden_size": 12, "num_hidden_layers": 4,
            "num_attention_heads": 2, "intermediate_size": 20,
        ]
        let shape = try EncoderShape(json: .object(sizes))
        #expect(shape.embeddingSize == 128 && shape.activation == .geluTanh && shape.sharedBlocks == [0, 0, 0, 0])
        #expect(shape.dropout.hidden == 0 && shape.dropout.attention == 0 && shape.dropout.classifier == 0.1)
    }

    @Test func bucketsThatTheReferenceIgnores() throws {
        #expect(try refusal("mpnet/base", ["relative_attention_num_buckets": 64]).contains("supported: 32"))
        #expect(try refusal("mpnet/base", ["max_position_embeddings": 2]).contains("expected 3 to"))
    }

    private static let robertas: [(family: String, stem: String)] = [
        ("roberta", "Roberta"), ("xlm-roberta", "XLMRoberta"), ("camembert", "Camembert"),
    ]

    /// The padding's id is a row of two tables, and positions begin after it.
    @Test func paddingThatHasNoRow() throws {
        for (family, _) in Self.robertas {
            func said(_ key: String, _ value: Int) throws -> String {
                try refusal(family + "/sequence", [key: .integer(value)])
            }
            #expect(try said("pad_token_id", 92).contains("'pad_token_id' is 92; expected 0 to 91"))
            let rows = family == "roberta" ? 34 : 26
            #expect(try said("pad_token_id", 40).contains("'max_position_embeddings' is \(rows); expected 42 to"))
            #expect(try said("max_position_embeddings", 2).contains("expected 3 to"))
        }
        var members = try #require(EncoderShape.wellKnown("roberta-base")?.shape.json)
        members["pad_token_id"] = 3
        let shape = try EncoderShape(json: .object(members))
        #expect(shape.tokenLimit == 510 && shape.positions.padID == 3 && shape.padTokenID == 3)
    }

    /// What transformers' code takes where config.json is silent, which is not what published models have.
    @Test func keysThatARobertaLeavesOut() throws {
        for (family, _) in Self.robertas {
            let sizes: JSONObject = [
                "model_type": .string(family), "vocab_size": 90, "hidden_size": 12, "num_hidden_layers": 1,
                "num_attention_heads": 2, "intermediate_size": 20,
            ]
            let shape = try EncoderShape(json: .object(sizes))
            #expect(shape.positions == .afterPadding(rows: 512, padID: 1) && shape.tokenLimit == 510)
            #expect(shape.typeRows == 2 && shape.layerNormEpsilon == 1e-12 && shape.padTokenID == 1)
            #expect(shape.activation == .gelu && shape.dropout == EncoderShape.Dropout())
        }
        for name in ["roberta-base", "distilroberta-base", "xlm-roberta-base", "camembert-base"] {
            let shape = try #require(EncoderShape.wellKnown(name)?.shape)
            #expect(shape.tokenLimit == 512 && shape.typeRows == 1 && shape.layerNormEpsilon == 1e-5)
        }
    }

    @Test func aPositionTableSmallerThanTheClaimedLimit() throws {
        let said = try refusal("mpnet/base", ["max_position_embeddings": 514])
        #expect(said.contains("position_embeddings") && said.contains("(514, 12)") && said.contains("max_position"))
    }

    /// A checkpoint of one family under another's configuration lacks weights, by that family's names.
    @Test func weightsOfAnotherFamily() throws {
        let config = try parseJSON(Fixtures.bytes("families/distilbert/base/config.json"))
        let store = try SafetensorsFile(file: InputFile(path: Fixtures.path("families/electra/base/model.safetensors")))
        let error = #expect(throws: CheckpointError.self) { try ModelCheckpoint(store: store, configJSON: config) }
        #expect(error?.description.contains("transformer.layer.0.attention.q_lin.weight") == true)
    }

    @Test func aNewHeadIsWhatTheFamilyHas() throws {
        let families = [("distilbert", "DistilBert"), ("electra", "Electra"), ("mpnet", "MPNet")]
        for (folder, name) in families.map({ ($0.0 + "/base", $0.1) }) + Self.robertas.map({ ($0 + "/base", $1) }) {
            var options = CheckpointOptions()
            options.newHead = ["no", "yes"]
            let config = try parseJSON(Fixtures.bytes("families/\(folder)/config.json"))
            let store = try SafetensorsFile(
                file: InputFile(path: Fixtures.path("families/\(folder)/model.safetensors")))
            let made = try ModelCheckpoint(store: store, configJSON: config, options: options)
            #expect(made.head.architectureName == name + "ForSequenceClassification" && !made.head.hasPooler)
            let dense = try made.store.load(ParameterPaths.headDense + ".weight").floats()
            #expect(dense.contains { $0 != 0 } && dense.allSatisfy { abs($0) < 0.2 })
        }
    }
}
