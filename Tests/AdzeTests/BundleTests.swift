// What a caller may state about a model, and what is refused when the parts do not fit or the sizes cannot be.

import Adze
import AdzeBytes
import AdzeModelFiles
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct BundleOptionTests {
    func open(_ path: String, _ change: (inout ModelOptions) -> Void) throws -> ModelBundle {
        var options = ModelOptions()
        change(&options)
        return try ModelBundle(path: path, options: options)
    }

    let file = fixture("seqcls-gelu") + "/model.safetensors"
    let config = fixture("seqcls-gelu") + "/config.json"

    @Test func aBareFileNeedsToBeToldWhatItIs() throws {
        #expect(refusal { try ModelBundle(path: file) } as? BundleError == .configBeside(config))
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(atPath: file, toPath: folder + "/a")
            #expect(refusal { try ModelBundle(path: folder + "/a") } as? ConfigError == .needsConfig)
        }
        let told = try open(file) { $0.configPath = config }
        #expect(told.checkpoint.config == (try ModelBundle(path: fixture("seqcls-gelu"))).checkpoint.config)
        #expect(told.tokenizer == nil)
        #expect(refusal { try told.requireTokenizer() } as? BundleError == .noTokenizer)
        #expect(refusal { try TextClassifier(told) } as? BundleError == .noTokenizer)
    }

    @Test func headsAloneGiveTheShapeThatTheTensorsShow() throws {
        let bundle = try open(file) { $0.checkpoint.headCount = 3 }
        let own = try ModelBundle(path: fixture("seqcls-gelu"))
        #expect(bundle.checkpoint.config == own.checkpoint.config)
        #expect(bundle.checkpoint.head.classification?.labels == ["LABEL_0", "LABEL_1"])
        #expect(
            refusal { try open(file) { $0.checkpoint.headCount = 7 } } as? ConfigError
                == .headsDoNotDivide(hidden: 24, heads: 7))
        for count in [0, -1, Int.min, .max] {
            #expect(
                refusal { try open(file) { $0.checkpoint.headCount = count } } as? ConfigError
                    == .headsDoNotDivide(hidden: 24, heads: count))
        }
    }

    @Test func aTokenizerMayComeFromElsewhere() throws {
        let golden = try Golden("seqcls-gelu")
        for name in ["", "/vocab.txt", "/tokenizer.json"] {
            let bundle = try open(file) { ($0.configPath, $0.tokenizerPath) = (config, fixture("seqcls-gelu") + name) }
            for (result, expected) in zip(
                try TextClassifier(bundle, precision: .fp32).classify(golden.texts), golden.logits)
            {
                #expect(largestDifference(result.logits, expected) < 1e-4, "\(name)")
            }
        }
        try withTemporaryFolder { folder in
            let error = refusal { try open(fixture("seqcls-gelu")) { $0.tokenizerPath = folder } }
            #expect(error as? BundleError == .noTokenizerFiles(foreign: []))
            try write("[UNK]\n[CLS]\n", folder, "vocab.txt")
            do {
                _ = try open(fixture("seqcls-gelu")) { $0.tokenizerPath = folder + "/vocab.txt" }
                Issue.record("a vocabulary without [SEP] was taken")
            } catch let error as any AdzeFailure {
                #expect(error.description.hasPrefix(folder + "/vocab.txt: "))
            }
        }
    }

    @Test func aTokenizerOfAnotherModelIsRefused() throws {
        try withTemporaryFolder { folder in
            let words = try String(decoding: Fixtures.bytes("models/seqcls-gelu/vocab.txt"), as: UTF8.self)
            try write(words + "two\nmore\n", folder, "vocab.txt")
            #expect(
                refusal { try open(fixture("seqcls-gelu")) { $0.tokenizerPath = folder } } as? BundleError
                    == .vocabularyTooLarge(tokens: 89, rows: 87))
        }
    }

    @Test func labelsReplaceThoseOfTheConfiguration() throws {
        let path = fixture("seqcls-gelu")
        #expect(try TextClassifier(open(path) { $0.checkpoint.labels = ["no", "yes"] }).labels == ["no", "yes"])
        let wrong: [([String], ConfigError)] = [
            (["a"], .labelCount(labels: 1, classes: 2)), (["a", "a"], .duplicateLabel("a")),
            ([], .labelCount(labels: 0, classes: 2)),
        ]
        for (labels, error) in wrong {
            #expect(refusal { try open(path) { $0.checkpoint.labels = labels } } as? ConfigError == error)
        }
    }

    @Test(arguments: [
        "seqcls-gelu", "bertmodel-pooler", "bertmodel-nopooler", "maskedlm-tied", "tokencls", "pretraining",
    ]) func aNewHeadIsMadeFromItsSeed(
        name: String
    ) throws {
        func made(_ seed: UInt64) throws -> ModelBundle {
            try open(fixture(name)) { ($0.checkpoint.newHead, $0.checkpoint.seed) = (["a", "b", "c"], seed) }
        }
        let first = try made(1)
        #expect(try bits(first) == bits(made(1)))
        #expect(try bits(first)["classifier.weight"] != bits(made(2))["classifier.weight"])
        #expect(try bits(first)["classifier.bias"] == [0, 0, 0])
        let size = first.checkpoint.config.hiddenSize
        #expect(first.checkpoint.store.info("classifier.weight")?.shape == Shape(3, size))
        #expect(try TextClassifier(first).classify("The oak").scores.count == 3)
        let own = try bits(ModelBundle(path: fixture(name)))
        for (key, values) in try bits(first) where own[key] != nil && !key.hasPrefix("classifier") {
            #expect(own[key] == values, "\(key)")
        }
        #expect(refusal { try open(fixture(name)) { $0.checkpoint.newHead = [] } } as? ConfigError == .classCount(0))
        #expect(
            refusal { try open(fixture(name)) { $0.checkpoint.newHead = ["x", "x"] } } as? ConfigError
                == .duplicateLabel("x"))
    }

    @Test func aKeyChoosesAmongModels() throws {
        let path = fixture("containers/torch-nested")
        let plain = try bits(ModelBundle(path: fixture("containers/safetensors")))
        for key in ["state_dict", "state_dict.module", "state_dict."] {
            #expect(try bits(open(path) { $0.checkpoint.key = key }) == plain)
        }
        #expect(
            refusal { try open(path) { $0.checkpoint.key = "state_dct" } } as? CheckpointError
                == .unknownKey("state_dct", nearest: "state_dict"))
    }

    @Test func wellKnownShapesAreNamed() throws {
        #expect(
            refusal { try open(file) { $0.like = "bert-base-casd" } } as? BundleError
                == .unknownShape("bert-base-casd", nearest: "bert-base-cased"))
        #expect(refusal { try open(file) { $0.like = "bert-tiny" } } is CheckpointError)
    }
}

/// Sizes that no model has, where a configuration or a checkpoint states them.
@Suite struct HostileSizeTests {
    @Test(arguments: [
        ("hidden_size", JSONValue.integer(1 << 62)), ("hidden_size", 0), ("num_hidden_layers", .integer(.max)),
        ("num_hidden_layers", -1), ("vocab_size", .integer(.max)), ("intermediate_size", .integer(1 << 40)),
        ("max_position_embeddings", 0), ("type_vocab_size", .integer(.max)), ("num_attention_heads", 0),
        ("num_attention_heads", 7), ("layer_norm_eps", -1), ("vocab_size", 1.5), ("hidden_act", 3),
        ("id2label", .object(JSONObject())), ("id2label", .object(["1": "a"])), ("num_labels", "two"),
        ("pad_token_id", -1),
        ("problem_type", 1), ("architectures", "Bert"), ("model_type", "gpt2"), ("vocab_size", 5_000_000),
        ("num_hidden_layers", 1000), ("intermediate_size", 131_072), ("max_position_embeddings", 1_000_000),
    ]) func aConfigurationThatLies(key: String, value: JSONValue) throws {
        try withTemporaryFolder { folder in
            try writeModel("seqcls-gelu", to: folder + "/model", config: [key: value])
            let error = refusal { try ModelBundle(path: folder + "/model") }
            // Two labels are said by id2label, so num_labels is not looked at.
            if key == "num_labels" {
                #expect(error == nil)
            } else {
                #expect(error is ConfigError || error is CheckpointError, "\(key): \(String(describing: error))")
            }
        }
    }

    func checkpoint(_ changes: [(String, Tensor)], without: (String) -> Bool = { _ in false }) throws -> ModelCheckpoint
    {
        let source = try tensors(fixture("seqcls-gelu") + "/model.safetensors")
        var pairs: [(String, Tensor)] = []
        for info in source.tensors where !without(info.name) && !changes.contains(where: { $0.0 == info.name }) {
            pairs.append((info.name, try source.load(info.name)))
        }
        var options = CheckpointOptions()
        options.headCount = 3
        return try ModelCheckpoint(store: MemoryTensorStore(pairs + changes), configJSON: nil, options: options)
    }

    func zeros(_ dimensions: Int...) throws -> Tensor {
        let shape = try #require(Shape(dimensions))
        return Tensor(shape: shape, floats: [Float](repeating: 0, count: shape.count))
    }

    @Test func sizesReadOffTensorsHaveLimitsToo() throws {
        let wide = try zeros(1, 70_000)
        #expect(
            refusal { try checkpoint([("bert.embeddings.word_embeddings.weight", wide)]) } as? ConfigError
                == .tensorSize(what: "hidden size", value: 70_000, low: 1, high: 65_536))
        for block in ["1000", "9223372036854775806", "9223372036854775807"] {
            let name = "bert.encoder.layer.\(block).output.dense.bias"
            let error = refusal { try checkpoint([(name, try zeros(24))]) } as? ConfigError
            guard case .tensorSize(what: "number of blocks", _, _, _) = error else {
                Issue.record("\(block): \(String(describing: error))")
                continue
            }
        }
        #expect(
            refusal { try checkpoint([("bert.embeddings.token_type_embeddings.weight", try zeros(1001, 24))]) }
                as? ConfigError == .tensorSize(what: "number of token types", value: 1001, low: 1, high: 1000))
    }

    /// So many rows of no elements that their names alone would fill the memory.
    @Test func classifierOfTooManyClasses() throws {
        let classes = 1 << 50
        #expect(
            refusal { try checkpoint([("classifier.weight", try zeros(classes, 0))]) } as? ConfigError
                == .classCount(classes))
    }

    @Test func classifierOfNoClassesIsRefusedByItsShape() throws {
        let error = refusal { try checkpoint([("classifier.weight", try zeros(0, 24))]) } as? CheckpointError
        guard case .misshapen(name: "classifier.weight", _, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
