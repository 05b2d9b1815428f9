// Sentence-transformers folders: old and new layouts, and each thing in them that is not computed here.

import AdzeBytes
import AdzeHuggingFace
import AdzeTestSupport
import Testing

@Suite struct SentenceRecipeTests {
    func modules(_ entries: (type: String, path: String)...) -> String {
        let texts = entries.enumerated().map { number, entry in
            #"{"idx":\#(number),"name":"\#(number)","path":"\#(entry.path)","type":"\#(entry.type)"}"#
        }
        return "[" + texts.joined(separator: ",") + "]"
    }

    static let package = "sentence_transformers.models."

    /// A folder of the usual three modules.
    func usual(pooling: String = #"{"pooling_mode_mean_tokens":true}"#, _ more: [String: String] = [:]) -> [String:
        String]
    {
        model.with([
            "modules.json": modules(
                (Self.package + "Transformer", ""), (Self.package + "Pooling", "1_Pooling"),
                (Self.package + "Normalize", "2_Normalize")),
            "1_Pooling/config.json": pooling,
        ]).with(more)
    }

    func recipe(_ files: [String: String]) throws -> SentenceRecipe? {
        try withFolder(files) { try ModelFolder(path: $0).sentenceRecipe() }
    }

    func refusal(_ files: [String: String]) throws -> HuggingFaceError? {
        try AdzeHuggingFaceTests.refusal(files) { try $0.sentenceRecipe() }
    }

    let plain = SentenceRecipe(poolings: [.mean], normalize: true)

    @Test func folderWithoutModulesHasNoRecipe() throws {
        #expect(try recipe(model) == nil)
    }

    @Test func usualFolder() throws {
        var expected = plain
        expected.maximumSequenceLength = 256
        expected.lowercaseFirst = true
        let settings = ["sentence_bert_config.json": #"{"max_seq_length":256,"do_lower_case":true}"#]
        #expect(try recipe(usual(settings)) == expected)
        #expect(try recipe(usual(["sentence_bert_config.json": #"{"max_seq_length":null}"#])) == plain)
    }

    @Test func newClassPaths() throws {
        let list = modules(
            ("sentence_transformers.base.modules.transformer.Transformer", ""),
            ("sentence_transformers.sentence_transformer.modules.pooling.Pooling", "1_Pooling"))
        var expected = plain
        expected.normalize = false
        #expect(try recipe(usual(["modules.json": list])) == expected)
    }

    @Test(arguments: [
        (#"{"pooling_mode":"cls"}"#, [SentencePooling.cls]),
        (#"{"pooling_mode":["mean","max"]}"#, [.mean, .max]),
        // The old truth values have the library's order, not the file's.
        (#"{"pooling_mode_mean_tokens":true,"pooling_mode_cls_token":true}"#, [.cls, .mean]),
        (#"{"pooling_mode_mean_sqrt_len_tokens":true,"pooling_mode_mean_tokens":false}"#, [.meanSqrtLength]),
        (#"{"pooling_mode_lasttoken":true,"pooling_mode_weightedmean_tokens":true}"#, [.weightedMean, .lastToken]),
        // The new key wins over the old ones.
        (#"{"pooling_mode":"max","pooling_mode_mean_tokens":true}"#, [.max]),
        (#"{"pooling_mode_mean_tokens":false}"#, [.mean]),
        (#"{"word_embedding_dimension":384}"#, [.mean]),
    ])
    func poolingModes(text: String, modes: [SentencePooling]) throws {
        #expect(try recipe(usual(pooling: text))?.poolings == modes)
    }

    @Test func unknownPooling() throws {
        #expect(
            try refusal(usual(pooling: #"{"pooling_mode":"meen"}"#))
                == .unknownPooling(file: "1_Pooling/config.json", mode: "meen", nearest: "mean"))
    }

    @Test(arguments: [#"{"pooling_mode":[]}"#, #"{"pooling_mode":1}"#, #"{"pooling_mode_cls_token":1}"#, "[]"])
    func poolingOfTheWrongKind(_ text: String) throws {
        guard case .field("1_Pooling/config.json", _, _, _) = try refusal(usual(pooling: text)) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test(arguments: ["Dense", "LSTM", "CNN", "WordEmbeddings", "BoW", "Router"])
    func unsupportedModulesAreRefusedOnlyWhenAskedFor(_ name: String) throws {
        let list = modules(
            (Self.package + "Transformer", ""), (Self.package + "Pooling", "1_Pooling"),
            (Self.package + name, "2_\(name)"))
        let files = usual(["modules.json": list])
        #expect(try refusal(files) == .unsupportedModule(type: Self.package + name))
        #expect(try withFolder(files) { try ModelFolder(path: $0).weights } == .file("model.safetensors"))
    }

    @Test func classFromElsewhereIsNotOurs() throws {
        let list = modules((Self.package + "Transformer", ""), ("custom.Pooling", "1_Pooling"))
        #expect(try refusal(usual(["modules.json": list])) == .unsupportedModule(type: "custom.Pooling"))
    }

    @Test func modulesInAnotherOrder() throws {
        let list = modules((Self.package + "Pooling", "1_Pooling"), (Self.package + "Transformer", ""))
        #expect(try refusal(usual(["modules.json": list])) == .moduleOrder(found: ["Pooling", "Transformer"]))
        #expect(try refusal(usual(["modules.json": "[]"])) == .moduleOrder(found: []))
    }

    @Test(arguments: ["../1_Pooling", "/tmp", "a/b", ".."])
    func modulePathThatLeavesTheFolder(_ path: String) throws {
        let list = modules((Self.package + "Transformer", ""), (Self.package + "Pooling", path))
        #expect(try refusal(usual(["modules.json": list])) == .unsafeName(file: "modules.json", name: path))
    }

    @Test(arguments: ["{}", #"[{"path":""}]"#, #"[{"type":"x"}]"#, "[1]"])
    func modulesThatAreNoList(_ text: String) throws {
        guard case .field("modules.json", _, _, _) = try refusal(usual(["modules.json": text])) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func poolingFolderThatIsMissing() throws {
        var files = usual()
        files["1_Pooling/config.json"] = nil
        guard case .field("1_Pooling/config.json", "the file", _, "nothing") = try refusal(files) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test(arguments: ["0", "-1", "1.5", "\"256\"", "1000001"])
    func lengthThatIsNone(_ length: String) throws {
        let file = "sentence_bert_config.json"
        guard
            case .field(file, "max_seq_length", _, _) =
                try refusal(usual([file: "{\"max_seq_length\":\(length)}"]))
        else { return #expect(Bool(false), "accepted or another error") }
    }

    @Test func defaultPrompt() throws {
        let file = "config_sentence_transformers.json"
        let prompts = #"{"prompts":{"query":"query: "},"default_prompt_name":"query"}"#
        #expect(try recipe(usual([file: prompts]))?.defaultPrompt == "query: ")
        #expect(
            try recipe(usual([file: #"{"prompts":{"query":"q"},"default_prompt_name":null}"#]))?.defaultPrompt == nil)
        guard
            case .field(file, "default_prompt_name", _, _) =
                try refusal(usual([file: #"{"prompts":{},"default_prompt_name":"query"}"#]))
        else { return #expect(Bool(false), "accepted or another error") }
        #expect(
            try refusal(usual(pooling: #"{"pooling_mode":"mean","include_prompt":false}"#, [file: prompts]))
                == .promptOutsidePooling(file: "1_Pooling/config.json"))
    }

    @Test func encoderInItsOwnFolder() throws {
        let files = [
            "config.json": #"{"__version__":"1.0"}"#,
            "modules.json": modules(
                (Self.package + "Transformer", "0_Transformer"), (Self.package + "Pooling", "1_Pooling")),
            "0_Transformer/config.json": #"{"model_type":"bert"}"#,
            "0_Transformer/pytorch_model.bin": "",
            "0_Transformer/sentence_distilbert_config.json": #"{"max_seq_length":128}"#,
            "0_Transformer/vocab.txt": "a",
            "tokenizer_config.json": "{}",
            "1_Pooling/config.json": #"{"pooling_mode_cls_token":true}"#,
        ]
        try withFolder(files) { path in
            let folder = try ModelFolder(path: path)
            #expect(folder.encoderFolder == "0_Transformer")
            #expect(folder.path(of: folder.weights.name) == path + "/0_Transformer/pytorch_model.bin")
            #expect(folder.notes == ["the encoder is read from 0_Transformer"])
            #expect(try folder.sentenceRecipe()?.poolings == [.cls])
            #expect(try folder.sentenceRecipe()?.maximumSequenceLength == 128)
            let tokenizer = try folder.tokenizerFiles()
            #expect(tokenizer[.vocabulary] == [0x61] && tokenizer[.config] == Array("{}".utf8))
        }
    }

    @Test func encoderElsewhereThanTheModel() throws {
        let list = modules((Self.package + "Transformer", "0_T"), (Self.package + "Pooling", "1_Pooling"))
        #expect(
            try refusal(usual(["modules.json": list, "0_T/config.json": "{}"]))
                == .encoderElsewhere(folder: "0_T", chosen: ""))
    }
}
