// Tensors that are there and cannot be read are not called missing; a tied matrix is found under either of its names;
// heads are found around a wrapped encoder.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct UnreadableTests {
    /// A store some of whose tensors cannot be read.
    struct Damaged: TensorStore {
        let base: MemoryTensorStore
        let unreadable: [String: String]
        var tensors: [TensorInfo] { base.tensors.filter { unreadable[$0.name] == nil } }
        func load(_ name: String) throws -> Tensor { try base.load(name) }
    }

    private let helper = HeadCheckpointTests()

    private func error(
        _ name: String = "seqcls-gelu", unreadable: [String], config: JSONObject = [:],
        options: CheckpointOptions = CheckpointOptions(), withoutConfig: Bool = false
    ) throws -> String? {
        let reasons = Dictionary(
            uniqueKeysWithValues: unreadable.map { ($0, "a sparse tensor; save it after to_dense()") })
        let store = Damaged(base: MemoryTensorStore(try helper.tensors(name)), unreadable: reasons)
        do {
            _ = try ModelCheckpoint(
                store: store, configJSON: withoutConfig ? nil : helper.config(name, config), options: options)
            return nil
        } catch let error as CheckpointError {
            return error.description
        }
    }

    @Test(arguments: [
        "classifier.weight", "bert.pooler.dense.weight", "bert.embeddings.word_embeddings.weight",
        "bert.encoder.layer.1.output.dense.bias", "bert.embeddings.LayerNorm.weight",
    ]) func aTensorThatIsThereIsNotCalledMissing(_ name: String) throws {
        for config in [[:], ["architectures": .null]] as [JSONObject] {
            let line = try #require(try error(unreadable: [name], config: config))
            #expect(
                line == "weight '\(name)' is in the file and cannot be read: a sparse tensor; save it after to_dense()")
        }
    }

    @Test func manyAreCounted() throws {
        let line = try error(unreadable: ["classifier.weight", "classifier.bias", "bert.pooler.dense.bias"])
        #expect(line?.contains(" and 2 more are in the file and cannot be read: a sparse tensor") == true)
    }

    @Test func theShapeIsNotReadOffWhatCannotBeRead() throws {
        var options = CheckpointOptions()
        options.headCount = 3
        let line = try error(
            unreadable: ["bert.embeddings.word_embeddings.weight"], options: options, withoutConfig: true)
        #expect(line?.contains("is in the file and cannot be read") == true)
    }

    /// Whoever asks for a new head has no use for the old one.
    @Test func aNewHeadReplacesWhatCannotBeRead() throws {
        var options = CheckpointOptions()
        options.newHead = ["a", "b", "c"]
        #expect(try error(unreadable: ["classifier.weight", "classifier.bias"], options: options) == nil)
        #expect(
            try error(unreadable: ["bert.pooler.dense.weight"], options: options)?.contains("cannot be read") == true)
    }

    // MARK: A tied matrix

    @Test func theTiedMatrixUnderTheDecodersNameAlone() throws {
        let golden = try Golden("maskedlm-tied")
        let matrix = try helper.tensor(HeadCheckpointTests.words, of: "maskedlm-tied")
        func open(_ config: JSONObject) throws -> ModelCheckpoint {
            try helper.open("maskedlm-tied", config: config, adding: [(HeadCheckpointTests.decoder, matrix)]) {
                $0 == HeadCheckpointTests.words
            }
        }
        let found = try open([:])
        #expect(found.head == golden.checkpoint.head && found.store.tensors == golden.checkpoint.store.tensors)
        #expect(
            found.notes.contains { $0.contains("read from 'cls.predictions.decoder.weight', to which they are tied") })
        #expect(try helper.logits(found, golden) == helper.logits(golden.checkpoint, golden))
        #expect(throws: CheckpointError.self) { try open(["tie_word_embeddings": false]) }
    }

    @Test func theTiedMatrixNamedInTheMetadata() throws {
        let golden = try Golden("maskedlm-tied")
        var pairs = try helper.tensors("maskedlm-tied").filter { $0.0 != HeadCheckpointTests.words }
        pairs.append((HeadCheckpointTests.decoder, try helper.tensor(HeadCheckpointTests.words, of: "maskedlm-tied")))
        let store = MemoryTensorStore(pairs)
        let bytes = try SafetensorsWriter.bytes(
            tensors: store.tensors, metadata: [(HeadCheckpointTests.words, HeadCheckpointTests.decoder)]
        ) { try store.load($0.name) }
        let aliased = try #require(try AliasedSafetensors(SafetensorsFile(bytes: bytes), fileSize: bytes.count))
        let found = try ModelCheckpoint(store: aliased, configJSON: helper.config("maskedlm-tied"))
        #expect(found.notes.isEmpty && found.map?.ties.count == 1)
        #expect(try helper.logits(found, golden) == helper.logits(golden.checkpoint, golden))
    }

    // MARK: Where heads stand

    @Test(arguments: ["bert.", "model.wrapped."]) func aHeadAroundAWrappedEncoder(_ wrapper: String) throws {
        let golden = try Golden("seqcls-gelu")
        let pairs = try helper.tensors("seqcls-gelu").map { name, tensor in
            (name.hasPrefix("bert.") ? wrapper + name : name, tensor)
        }
        let found = try ModelCheckpoint(store: MemoryTensorStore(pairs), configJSON: helper.config("seqcls-gelu"))
        #expect(found.map?.prefix == wrapper + "bert." && found.map?.dropped == [])
        #expect(found.notes.contains { $0.contains("'classifier.weight'") && $0.contains("though outside of it") })
        #expect(try found.run(golden.sequences, .logits) == golden.checkpoint.run(golden.sequences, .logits))
    }

    /// A head beside another encoder is that one's.
    @Test func aHeadOfAnotherModelIsNotTaken() throws {
        let pairs = try helper.tensors("seqcls-gelu")
        let small = pairs.filter { $0.0.hasPrefix("bert.embeddings.") || $0.0.hasPrefix("classifier.") }
        let wrapped = pairs.filter { !$0.0.hasPrefix("classifier.") }.map { ("a.b." + $0.0, $0.1) }
        #expect(throws: CheckpointError.self) {
            try ModelCheckpoint(
                store: MemoryTensorStore(small + wrapped), configJSON: helper.config("seqcls-gelu"))
        }
    }

    @Test func aHeadThatBertModelLeavesOutIsSaid() throws {
        let found = try helper.open("seqcls-gelu", config: ["architectures": ["BertModel"]])
        #expect(found.head.classification == nil)
        #expect(
            found.notes.contains {
                $0.hasPrefix(
                    "config.json names BertModel, yet the file has the head of a BertForSequenceClassification")
                    && $0.contains("'classifier.weight'")
            })
        #expect(
            try helper.open("seqcls-gelu", config: ["architectures": ["BertModel"]]) { $0.hasPrefix("classifier") }
                .notes.isEmpty)
    }

    // MARK: Many models

    /// Sixteen thousand tables of words took ten seconds, and a line of 165 kB said so.
    @Test func manyPrefixesAreOneShortLine() throws {
        let one = Tensor(shape: Shape(1), floats: [0])
        let names = (0..<20_000).map { "m\($0).\(ParameterPaths.wordEmbeddings)" }
        let error = #expect(throws: CheckpointError.self) {
            try ParameterMap(store: MemoryTensorStore(names.map { ($0, one) }))
        }
        #expect(error?.description.contains("'m5.' and 19994 more; choose one with --key") == true)
        #expect((error?.description.utf8.count ?? 9999) < 300)
        let better = names + ["m7.\(ParameterPaths.positionEmbeddings)"]
        let map = try ParameterMap(store: MemoryTensorStore(better.map { ($0, one) }))
        #expect(map.prefix == "m7." && map.notes.allSatisfy { $0.utf8.count < 300 })
    }
}
