// Which head a checkpoint gets: ties of the decoder, old names, leftovers, classes that the tensors do not fit.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct HeadCheckpointTests {
    func config(_ name: String, _ changes: JSONObject = [:]) throws -> JSONValue {
        var object = try #require(try parseJSON(Fixtures.bytes("models/\(name)/config.json")).object)
        for (key, value) in changes { object[key] = value }
        return .object(object)
    }

    func tensors(_ name: String) throws -> [(String, Tensor)] {
        let file = try SafetensorsFile(file: InputFile(path: Fixtures.path("models/\(name)/model.safetensors")))
        return try file.tensors.map { ($0.name, try file.load($0.name)) }
    }

    func open(
        _ name: String, config changes: JSONObject = [:], adding: [(String, Tensor)] = [],
        options: CheckpointOptions = CheckpointOptions(), without: (String) -> Bool = { _ in false }
    ) throws -> ModelCheckpoint {
        let pairs = try tensors(name).filter { !without($0.0) } + adding
        return try ModelCheckpoint(
            store: MemoryTensorStore(pairs), configJSON: config(name, changes), options: options)
    }

    func tensor(_ name: String, of model: String) throws -> Tensor {
        try #require(try tensors(model).first { $0.0 == name }?.1)
    }

    func logits(_ checkpoint: ModelCheckpoint, _ golden: Golden) throws -> [[Float]] {
        try checkpoint.run(golden.sequences, .vocabularyLogits).map(\.vocabularyLogits)
    }

    static let words = "bert.embeddings.word_embeddings.weight"
    static let decoder = "cls.predictions.decoder.weight"
    static let decoderBias = "cls.predictions.decoder.bias"

    // MARK: Ties

    @Test func aDecoderEqualToTheEmbeddingsIsTied() throws {
        let golden = try Golden("maskedlm-tied")
        #expect(golden.checkpoint.head.decoder == .tied && !golden.checkpoint.head.hasPooler)
        #expect(golden.checkpoint.map?.ties == [.init(source: Self.decoder, name: "embeddings.word_embeddings.weight")])
        let copies = [
            (Self.decoder, try tensor(Self.words, of: "maskedlm-tied")),
            (Self.decoderBias, try tensor("cls.predictions.bias", of: "maskedlm-tied")),
        ]
        let found = try open("maskedlm-tied", adding: copies)
        #expect(found.head.decoder == .tied && found.notes.isEmpty && found.map?.dropped == [])
        #expect(
            found.map?.ties == [
                .init(source: Self.decoderBias, name: "cls.predictions.bias"),
                .init(source: Self.decoder, name: "embeddings.word_embeddings.weight"),
            ])
        #expect(found.store.tensors == golden.checkpoint.store.tensors)
        #expect(try logits(found, golden) == logits(golden.checkpoint, golden))
    }

    @Test func aDecoderThatDiffersIsKeptAndSaid() throws {
        let golden = try Golden("maskedlm-untied")
        #expect(golden.checkpoint.head.decoder == .separate && golden.checkpoint.map?.ties == [])
        // The configuration says tied, the tensors say otherwise; transformers believes the tensors.
        let found = try open("maskedlm-untied", config: ["tie_word_embeddings": true])
        #expect(found.head.decoder == .separate)
        #expect(found.notes.contains { $0.contains("differs from the word embeddings") })
        #expect(try logits(found, golden) == logits(golden.checkpoint, golden))
        #expect(found.configMembers["tie_word_embeddings"] == false)
    }

    @Test func theDecodersOwnBiasCounts() throws {
        let map = try #require(try Golden("maskedlm-untied").checkpoint.map)
        let entry = try #require(map.entries.first { $0.name == "cls.predictions.bias" })
        #expect(entry.source == Self.decoderBias && entry.wasRespelled)
        #expect(map.dropped.map(\.source) == ["cls.predictions.bias"])
        // Either name alone will do.
        let golden = try Golden("maskedlm-tied")
        let bias = try tensor("cls.predictions.bias", of: "maskedlm-tied")
        let renamed = try open("maskedlm-tied", adding: [(Self.decoderBias, bias)]) { $0 == "cls.predictions.bias" }
        #expect(try logits(renamed, golden) == logits(golden.checkpoint, golden))
    }

    @Test func anUntiedDecoderThatIsAbsentIsRefused() throws {
        let error = #expect(throws: CheckpointError.self) {
            try open("maskedlm-untied") { $0 == Self.decoder }
        }
        #expect(error?.description.contains("missing weight 'cls.predictions.decoder.weight' of the head") == true)
        let error2 = #expect(throws: CheckpointError.self) {
            try open(
                "maskedlm-tied",
                adding: [(Self.decoder, Tensor(shape: Shape(2, 12), floats: [Float](repeating: 0, count: 24)))])
        }
        #expect(error2?.description.contains("expected shape (87, 12), found (2, 12)") == true)
    }

    @Test func tiesMustBeTrueOrFalse() {
        #expect(
            throws: ConfigError.wrongType(
                key: "tie_word_embeddings", expected: "true or false", found: "the string 'yes'")
        ) {
            try open("maskedlm-tied", config: ["tie_word_embeddings": "yes"])
        }
    }

    // MARK: Names and leftovers

    @Test func oldNamesOfTheTransformAreUnderstood() throws {
        let golden = try Golden("pretraining")
        let old = try tensors("pretraining").map { name, tensor in
            (
                "module."
                    + name.replacing("LayerNorm.weight", with: "LayerNorm.gamma").replacing(
                        "LayerNorm.bias", with: "LayerNorm.beta"), tensor
            )
        }
        let found = try ModelCheckpoint(store: MemoryTensorStore(old), configJSON: config("pretraining"))
        #expect(try logits(found, golden) == logits(golden.checkpoint, golden))
        #expect(found.map?.dropped == [])
    }

    @Test(arguments: ["tokencls", "questions"]) func aPoolerThatTheClassLacksIsDroppedAndSaid(name: String) throws {
        let pooler = [
            ("bert.pooler.dense.weight", Tensor(shape: Shape(12, 12), floats: [Float](repeating: 0, count: 144))),
            ("bert.pooler.dense.bias", Tensor(shape: Shape(12), floats: [Float](repeating: 0, count: 12))),
        ]
        let golden = try Golden(name)
        let found = try open(name, adding: pooler)
        #expect(found.head == golden.checkpoint.head)
        #expect(found.map?.dropped.map(\.source) == pooler.map(\.0))
        #expect(found.map?.dropped.first?.reason == "a \(found.head.architectureName) has no such layer")
        #expect(try found.run(golden.sequences, .tokenLogits) == golden.checkpoint.run(golden.sequences, .tokenLogits))
    }

    /// The best known checkpoints name BertForMaskedLM and hold the tensors of BertForPreTraining.
    @Test func aMaskedLanguageModelKeepsItsPoolerAndLeavesTheOtherHead() throws {
        let golden = try Golden("pretraining")
        let found = try open("pretraining", config: ["architectures": ["BertForMaskedLM"]])
        #expect(found.head.decoder == .tied && found.head.hasPooler)
        #expect(found.map?.dropped.map(\.source) == ["cls.seq_relationship.bias", "cls.seq_relationship.weight"])
        #expect(try logits(found, golden) == logits(golden.checkpoint, golden))
        let pooled = try found.encoder.run(golden.sequences, [.pooled, .sequence])
        #expect(try pooled == golden.checkpoint.run(golden.sequences, [.pooled, .sequence]))
    }

    @Test(arguments: HeadTests.names) func classesAreRecognisedByTheirTensors(name: String) throws {
        let golden = try Golden(name)
        let found = try open(name, config: ["architectures": .null])
        #expect(found.head == golden.checkpoint.head)
        let says = found.notes.contains { $0.contains("those of a \(found.head.architectureName)") }
        #expect(says == (name != "seqcls-gelu"))
        var options = CheckpointOptions()
        options.headCount = golden.checkpoint.config.headCount
        let bare = try ModelCheckpoint(store: MemoryTensorStore(tensors(name)), configJSON: nil, options: options)
        #expect(bare.head.architectureName == golden.checkpoint.head.architectureName)
    }

    @Test func blocksBeyondTheConfigurationAreSaid() throws {
        let found = try open("questions", config: ["num_hidden_layers": 1])
        #expect(found.config.layerCount == 1)
        #expect(
            found.notes == ["config.json asks for 1 blocks (num_hidden_layers); the checkpoint's other 2 are left out"])
        #expect(found.map?.dropped.count == 32)
    }

    // MARK: Refusals

    static let absent: [(String, String, String)] = [
        ("bertmodel-pooler", "BertForQuestionAnswering", "qa_outputs.weight"),
        ("bertmodel-pooler", "BertForTokenClassification", "classifier.weight"),
        ("maskedlm-tied", "BertForSequenceClassification", "pooler.dense.weight"),
        ("maskedlm-tied", "BertForQuestionAnswering", "qa_outputs.weight"),
        ("nextsentence", "BertForPreTraining", "cls.predictions.bias"),
        ("questions", "BertForNextSentencePrediction", "pooler.dense.weight"),
    ]

    /// As sentence models are saved: the class that they were pretrained as, and the encoder alone.
    @Test(arguments: ["BertForMaskedLM", "BertForPreTraining"]) func anEncoderAloneMissesNoHeadOfPretraining(
        name: String
    ) throws {
        let found = try open("bertmodel-pooler", config: ["architectures": [.string(name)]])
        #expect(found.head == (try Golden("bertmodel-pooler").checkpoint.head))
        #expect(
            found.notes == ["config.json names a \(name), yet the file has an encoder alone; taken for a BertModel"])
        let bias = Tensor(shape: Shape(87), floats: [Float](repeating: 0, count: 87))
        #expect(throws: CheckpointError.self, "a head in part is a damaged one") {
            try open(
                "bertmodel-pooler", config: ["architectures": [.string(name)]],
                adding: [("cls.predictions.bias", bias)])
        }
    }

    @Test(arguments: absent.indices) func aHeadThatIsAbsentIsNeverMadeUp(index: Int) throws {
        let (model, name, missing) = Self.absent[index]
        let error = #expect(throws: CheckpointError.self) {
            try open(model, config: ["architectures": [.string(name)]])
        }
        let text = error?.description ?? ""
        #expect(text.contains("missing weight '\(missing)'") && text.contains(name) && !text.contains("\n"), "\(text)")
        let own = try Golden(model).checkpoint.head.architectureName
        #expect(text.contains("the tensors are those of a \(own)"), "\(text)")
    }

    @Test func headTensorsOfAnotherShapeAreRefused() throws {
        func changed(_ model: String, _ name: String, _ shape: Shape, _ changes: JSONObject = [:]) -> String {
            do {
                let zeros = Tensor(shape: shape, floats: [Float](repeating: 0, count: shape.count))
                _ = try open(model, config: changes, adding: [(name, zeros)]) { $0 == name }
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            changed("questions", "qa_outputs.weight", Shape(3, 12)).contains("expected shape (2, 12), found (3, 12)"))
        #expect(changed("nextsentence", "cls.seq_relationship.weight", Shape(12, 2)).contains("(transposed)"))
        #expect(
            changed("tokencls", "classifier.weight", Shape(4, 12)).contains("5 labels do not fit a classifier of 4"))
        #expect(changed("tokencls", "classifier.bias", Shape(4)).contains("expected shape (5), found (4)"))
        #expect(changed("maskedlm-tied", "cls.predictions.bias", Shape(86)).contains("expected shape (87), found (86)"))
    }

    @Test func classesThatAreNotRunAreRefusedByName() throws {
        for (name, says) in [
            ("BertForMultipleChoice", "one choice at a time"), ("BertLMHeadModel", "from left to right"),
            ("BertForMaskedML", "did you mean BertForMaskedLM?"), ("GPT2Model", "BertForTokenClassification"),
        ] {
            let error = #expect(throws: ConfigError.self) {
                try open("maskedlm-tied", config: ["architectures": [.string(name)]])
            }
            #expect(error?.description.contains(says) == true, "\(name)")
        }
    }

    @Test func labelsAreForHeadsThatHaveThem() throws {
        var options = CheckpointOptions()
        options.labels = ["a", "b"]
        #expect(throws: ConfigError.noLabels(architecture: "BertForQuestionAnswering")) {
            try open("questions", options: options)
        }
        options.labels = ["a", "b", "c", "d", "e"]
        #expect(
            try open("tokencls", options: options).head.task == .tokenClassification(labels: ["a", "b", "c", "d", "e"]))
        // A configuration's labels are not looked at where the class has none.
        #expect(
            try open("questions", config: ["id2label": .object(["7": "x"]), "problem_type": "?"]).head.task
                == .questionAnswering)
    }

    @Test(arguments: HeadTests.names) func aNewHeadReplacesAny(name: String) throws {
        let golden = try Golden(name)
        var options = CheckpointOptions()
        options.newHead = ["no", "yes"]
        let found = try open(name, options: options)
        #expect(found.head.classification?.labels == ["no", "yes"])
        #expect(try found.run(golden.sequences, .logits).allSatisfy { $0.logits.count == 2 })
        let replaced = found.map?.dropped.filter { $0.reason == "replaced by the new head" }.count ?? 0
        #expect(replaced > 0)
        #expect(found.notes.contains { $0.contains("no pooler") } == !golden.checkpoint.head.hasPooler)
        if golden.checkpoint.head.hasPooler {
            #expect(
                try found.run(golden.sequences, .pooled).map(\.pooled)
                    == golden.checkpoint.run(golden.sequences, .pooled).map(\.pooled))
        }
    }

    /// What transformers writes, read again, is the same model.
    @Test(arguments: HeadTests.names) func namesGoThereAndBack(name: String) throws {
        let checkpoint = try Golden(name).checkpoint
        for ties in [true, false] {
            var store = MemoryTensorStore()
            for tensor in checkpoint.transformersTensors where ties || tensor.tiedTo == nil {
                store.add(tensor.name, try checkpoint.store.load(tensor.source))
            }
            let found = try ModelCheckpoint(store: store, configJSON: .object(checkpoint.configMembers))
            #expect(found.head == checkpoint.head && found.config == checkpoint.config)
            #expect(found.store.tensors == checkpoint.store.tensors)
            for info in checkpoint.store.tensors {
                #expect(try found.store.load(info.name) == checkpoint.store.load(info.name))
            }
        }
    }
}
