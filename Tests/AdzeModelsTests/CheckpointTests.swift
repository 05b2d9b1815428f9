// Bringing tensors and a configuration together: prefixes, old names, pruning, and each way in which they do not fit.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct CheckpointTests {
    func config(_ name: String) throws -> JSONValue { try parseJSON(Fixtures.bytes("models/\(name)/config.json")) }

    func tensors(_ name: String) throws -> [(String, Tensor)] {
        let file = try SafetensorsFile(file: InputFile(path: Fixtures.path("models/\(name)/model.safetensors")))
        return try file.tensors.map { ($0.name, try file.load($0.name)) }
    }

    @Test(arguments: ["", "module.", "state_dict.module.", "model._orig_mod.", "0.auto_model."])
    func anyPrefixLeadsToTheSameModel(prefix: String) throws {
        let golden = try Golden("seqcls-gelu")
        let store = MemoryTensorStore(try tensors("seqcls-gelu").map { (prefix + $0.0, $0.1) })
        let found = try ModelCheckpoint(store: store, configJSON: config("seqcls-gelu"))
        #expect(try found.run(golden.sequences, .logits) == golden.checkpoint.run(golden.sequences, .logits))
        #expect(found.map?.dropped == [])
    }

    @Test func oldLayerNormNamesAndBuffersAreUnderstood() throws {
        let golden = try Golden("seqcls-gelu")
        let pairs = try tensors("seqcls-gelu").map { name, tensor in
            let old = name.replacing("LayerNorm.weight", with: "LayerNorm.gamma").replacing(
                "LayerNorm.bias", with: "LayerNorm.beta")
            return (old, tensor)
        }
        var store = MemoryTensorStore(pairs)
        store.add(
            "bert.embeddings.position_ids",
            Tensor(dtype: .int64, shape: Shape(1), bytes: [UInt8](repeating: 0, count: 8)))
        store.add("cls.predictions.bias", Tensor(shape: Shape(1), floats: [1]))
        store.add("other.gamma", Tensor(shape: Shape(1), floats: [1]))
        let found = try ModelCheckpoint(store: store, configJSON: config("seqcls-gelu"))
        #expect(try found.run(golden.sequences, .logits) == golden.checkpoint.run(golden.sequences, .logits))
        #expect(
            found.map?.dropped.map(\.source) == ["bert.embeddings.position_ids", "cls.predictions.bias", "other.gamma"])
        #expect(found.map?.entries.count { $0.wasRespelled } == 2 * (1 + 2 * golden.checkpoint.config.layerCount))
    }

    @Test func twoModelsInOneFileNeedAKeyUnlessOneIsTheBetterKnown() throws {
        let golden = try Golden("seqcls-gelu")
        let pairs = try tensors("seqcls-gelu")
        let store = MemoryTensorStore(pairs.map { ("ema." + $0.0, $0.1) } + pairs.map { ("state_dict." + $0.0, $0.1) })
        let found = try ModelCheckpoint(store: store, configJSON: config("seqcls-gelu"))
        #expect(found.map?.prefix == "state_dict.bert.")
        var options = CheckpointOptions()
        options.key = "ema"
        let other = try ModelCheckpoint(store: store, configJSON: config("seqcls-gelu"), options: options)
        #expect(other.map?.prefix == "ema.bert.")
        #expect(try other.run(golden.sequences, .logits) == golden.checkpoint.run(golden.sequences, .logits))
        options.key = "em"
        #expect(throws: CheckpointError.unknownKey("em", nearest: "ema")) {
            try ModelCheckpoint(store: store, configJSON: config("seqcls-gelu"), options: options)
        }
        let twins = MemoryTensorStore(pairs.map { ("student." + $0.0, $0.1) } + pairs.map { ("teacher." + $0.0, $0.1) })
        #expect(throws: CheckpointError.ambiguousPrefix(["student.bert.", "teacher.bert."])) {
            try ModelCheckpoint(store: twins, configJSON: config("seqcls-gelu"))
        }
    }

    @Test(arguments: ["seqcls-gelu", "bertmodel-pooler"]) func prunedModelEqualsTransformersTruncated(name: String)
        throws
    {
        let golden = try Golden(name, golden: "pruned")
        let list = try parseJSON(Fixtures.bytes("models/\(name)/pruned.json"))
        let keeps = try #require(list["keep"]?.object)
        for (rule, blocks) in keeps {
            let kept = try golden.checkpoint.keeping(blocks: (blocks.array ?? []).compactMap(\.integer))
            var outputs: OutputRequest = [.sequence, .pooled]
            if kept.head.classification != nil { outputs.insert(.logits) }
            let found = try kept.run(golden.sequences, outputs)
            let hidden = try #require(golden.expected[rule + "/last_hidden_state"])
            #expect(largestDifference(found.flatMap(\.sequence), hidden) < 1e-4, "\(rule)")
            if let pooled = golden.expected[rule + "/pooled"] {
                #expect(largestDifference(found.flatMap(\.pooled), pooled) < 1e-4, "\(rule)")
            }
            if let logits = golden.expected[rule + "/logits"] {
                #expect(largestDifference(found.flatMap(\.logits), logits) < 1e-4, "\(rule)")
            }
        }
    }

    @Test func blocksThatDoNotExistCannotBeKept() throws {
        let checkpoint = try Golden("seqcls-gelu").checkpoint
        #expect(throws: CheckpointError.blockOutOfRange(3, count: 3)) { try checkpoint.keeping(blocks: [0, 3]) }
        #expect(throws: CheckpointError.noBlocks) { try checkpoint.keeping(blocks: []) }
    }

    @Test func missingWeightIsNamedWithItsNearest() throws {
        let renamed = try tensors("seqcls-gelu").map { name, tensor in
            (name.replacing("layer.1.output.dense.bias", with: "layer.1.output.dense.bais"), tensor)
        }
        #expect(
            throws: CheckpointError.missing(
                name: "encoder.layer.1.output.dense.bias", others: 0, nearest: "bert.encoder.layer.1.output.dense.bais")
        ) { try ModelCheckpoint(store: MemoryTensorStore(renamed), configJSON: config("seqcls-gelu")) }
    }

    @Test func missingClassifierIsNeverMadeUpUnlessAskedFor() throws {
        let body = MemoryTensorStore(try tensors("seqcls-gelu").filter { !$0.0.hasPrefix("classifier") })
        let json = try config("seqcls-gelu")
        #expect(throws: CheckpointError.self) { try ModelCheckpoint(store: body, configJSON: json) }
        var options = CheckpointOptions()
        options.newHead = ["a", "b", "c"]
        let made = try ModelCheckpoint(store: body, configJSON: json, options: options)
        let again = try ModelCheckpoint(store: body, configJSON: json, options: options)
        #expect(try made.store.load("classifier.weight") == again.store.load("classifier.weight"))
        options.seed = 1
        let other = try ModelCheckpoint(store: body, configJSON: json, options: options)
        #expect(try made.store.load("classifier.weight") != other.store.load("classifier.weight"))
        #expect(made.head.classification?.labels == ["a", "b", "c"])
    }

    @Test func wrongShapeSaysWhatWasExpected() throws {
        let changed = try tensors("seqcls-gelu").map { name, tensor in
            name == "classifier.weight" ? (name, Tensor(shape: Shape(24, 2), floats: tensor.floats())) : (name, tensor)
        }
        #expect(throws: ConfigError.labelCount(labels: 2, classes: 24)) {
            try ModelCheckpoint(store: MemoryTensorStore(changed), configJSON: config("seqcls-gelu"))
        }
        var json = try #require(try config("seqcls-gelu").object)
        json["intermediate_size"] = .integer(7)
        #expect(throws: CheckpointError.self) {
            try ModelCheckpoint(store: MemoryTensorStore(tensors("seqcls-gelu")), configJSON: .object(json))
        }
    }

    @Test func labelsMustFitTheHead() throws {
        let store = MemoryTensorStore(try tensors("seqcls-gelu"))
        var options = CheckpointOptions()
        options.labels = ["a", "b", "c"]
        #expect(throws: ConfigError.labelCount(labels: 3, classes: 2)) {
            try ModelCheckpoint(store: store, configJSON: config("seqcls-gelu"), options: options)
        }
        options.labels = ["a", "a"]
        #expect(throws: ConfigError.duplicateLabel("a")) {
            try ModelCheckpoint(store: store, configJSON: config("seqcls-gelu"), options: options)
        }
    }

    @Test func bareWeightsNeedTheNumberOfHeads() throws {
        let golden = try Golden("seqcls-gelu")
        let store = MemoryTensorStore(try tensors("seqcls-gelu"))
        #expect(throws: ConfigError.needsConfig) { try ModelCheckpoint(store: store, configJSON: nil) }
        var options = CheckpointOptions()
        options.headCount = 3
        let found = try ModelCheckpoint(store: store, configJSON: nil, options: options)
        #expect(try found.run(golden.sequences, .logits) == golden.checkpoint.run(golden.sequences, .logits))
        options.headCount = 5
        #expect(throws: ConfigError.headsDoNotDivide(hidden: 24, heads: 5)) {
            try ModelCheckpoint(store: store, configJSON: nil, options: options)
        }
    }

    @Test func notABert() {
        let store = MemoryTensorStore([("conv.weight", Tensor(shape: Shape(1), floats: [0]))])
        #expect(
            throws: CheckpointError.noEmbeddings(
                words: ParameterPaths.wordEmbeddings, family: "BERT", example: "conv.weight", count: 1)
        ) {
            try ModelCheckpoint(store: store, configJSON: nil)
        }
    }
}
