// LoRA adapters merged into their bases beside PEFT (Tools/reference/make_adapter_golden.py), into folders and native files, and
// what is refused.

import Adze
import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@Suite struct AdapterTests {
    static let names = [
        "bert-sequence", "roberta-sequence", "distilbert-tokens", "electra-questions", "mpnet-encoder", "bert-own-head",
    ]

    private func adapter(_ name: String) -> String { Fixtures.path("adapters/" + name) }

    private func base(_ name: String) throws -> String {
        Fixtures.path(try parseJSON(Fixtures.bytes("adapters/\(name)/golden.json"))["base"]?.string ?? "")
    }

    private func opened(_ base: String, _ adapter: String, labels: [String]? = nil) throws -> ModelBundle {
        var options = ModelOptions()
        options.adapter = URL(filePath: adapter)
        options.checkpoint.labels = labels
        return try ModelBundle(contentsOf: URL(filePath: base), options: options)
    }

    /// Logits or hidden states of the golden texts, one text after another.
    private func answers(_ checkpoint: ModelCheckpoint, _ name: String) throws -> (
        found: [[Float]], expected: [[Float]]
    ) {
        let golden = try parseJSON(Fixtures.bytes("adapters/\(name)/golden.json"))
        let model = try EncoderModel(checkpoint, kernels: Kernels(.best), pool: WorkerPool(threadCount: 1))
        let output: OutputRequest =
            switch checkpoint.head.task.kind {
            case .encoder: .sequence
            case .classification: .logits
            default: .tokenLogits
            }
        let found = try (golden["ids"]?.array ?? []).map { ids in
            let sequence = TokenSequence(ids: (ids.array ?? []).compactMap { $0.integer.map(Int32.init) })
            let outputs = try model.run(
                PackedBatch([sequence], config: model.config), outputs: output,
                pool: WorkerPool(threadCount: 1), workspace: Workspace())
            return outputs[0].sequence + outputs[0].logits + outputs[0].tokenLogits
        }
        let expected = (golden["answers"]?.array ?? []).map {
            ($0.array ?? []).compactMap { $0.number.map(Float.init) }
        }
        return (found, expected)
    }

    private func check(_ checkpoint: ModelCheckpoint, _ name: String) throws {
        let (found, expected) = try answers(checkpoint, name)
        #expect(found.count == 3 && found.map(\.count) == expected.map(\.count))
        for (one, other) in zip(found, expected) {
            #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-4 }, "\(one) \(other)")
        }
    }

    @Test(arguments: names) func answersAsPeftDoes(name: String) throws {
        let bundle = try opened(base(name), adapter(name))
        try check(bundle.checkpoint, name)
        #expect(bundle.notes.contains { $0.hasPrefix("adapter: ") })
        try withTemporaryFolder { folder in
            let file = URL(filePath: folder + "/merged.adze")
            _ = try bundle.convert(to: file)
            let written = try ModelBundle(contentsOf: file)
            try check(written.checkpoint, name)
            #expect(written.source.native?.metadata.provenance?["adapter"]?["layers"] != nil)
            // A base that was converted first is the same base.
            let plain = URL(filePath: folder + "/base.adze")
            _ = try ModelBundle(contentsOf: URL(filePath: base(name))).convert(to: plain)
            try check(opened(plain.path, adapter(name)).checkpoint, name)
            let exported = URL(filePath: folder + "/merged")
            try bundle.export(to: exported, format: .safetensors)
            try check(ModelBundle(contentsOf: exported).checkpoint, name)
        }
    }

    @Test func labelsAreNamedOrCounted() throws {
        let bundle = try opened(base("bert-sequence"), adapter("bert-sequence"))
        #expect(bundle.checkpoint.head.labels?.count == 5)
        let named = try opened(base("bert-sequence"), adapter("bert-sequence"), labels: ["a", "b", "c", "d", "e"])
        #expect(named.checkpoint.head.labels == ["a", "b", "c", "d", "e"])
        #expect(throws: (any Error).self) {
            try opened(base("bert-sequence"), adapter("bert-sequence"), labels: ["a", "b"])
        }
    }

    /// A classifier of other labels takes the place of the base's.
    @Test func theAdaptersClassifierReplacesTheBases() throws {
        try withTemporaryFolder { folder in
            var options = ModelOptions()
            options.checkpoint.newHead = ["x", "y"]
            let start = URL(filePath: folder + "/start")
            try ModelBundle(contentsOf: URL(filePath: base("bert-sequence")), options: options)
                .export(to: start, format: .safetensors)
            let bundle = try opened(start.path, adapter("bert-sequence"))
            #expect(bundle.checkpoint.head.labels?.count == 5)
            #expect(bundle.notes.contains { $0.contains("the base's labels are not those") })
            try check(bundle.checkpoint, "bert-sequence")
        }
    }

    // MARK: Refusals

    /// An adapter with other words in its description, or other tensors.
    private func changed(
        _ name: String, _ members: JSONObject = [:], without dropped: String? = nil, _ body: (String) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let source = adapter(name)
            var config =
                try parseJSON(Array(Data(contentsOf: URL(filePath: source + "/adapter_config.json")))).object ?? [:]
            for (key, value) in members { config[key] = value }
            try Data(JSONValue.object(config).text.utf8).write(to: URL(filePath: folder + "/adapter_config.json"))
            let weights = folder + "/adapter_model.safetensors"
            if let dropped {
                let file = try SafetensorsFile(file: InputFile(path: source + "/adapter_model.safetensors"))
                let kept = file.tensors.filter { !$0.name.contains(dropped) }
                try SafetensorsWriter.write(to: weights, replacing: false, tensors: kept) { try file.load($0.name) }
            } else {
                try FileManager.default.copyItem(atPath: source + "/adapter_model.safetensors", toPath: weights)
            }
            try body(folder)
        }
    }

    static let settings: [(String, JSONValue)] = [
        ("peft_type", .string("IA3")), ("use_dora", .bool(true)), ("init_lora_weights", .string("pissa_niter_4")),
        ("task_type", .string("CAUSAL_LM")), ("rank_pattern", .object([".*query": .integer(2)])),
        ("fan_in_fan_out", .bool(true)),
        ("lora_bias", .bool(true)), ("trainable_token_indices", .array([.integer(3)])),
    ]

    @Test(arguments: settings.indices) func whatIsNoPlainSumIsRefusedByName(index: Int) throws {
        let (key, value) = AdapterTests.settings[index]
        try changed("bert-sequence", [key: value]) { folder in
            let error = #expect(throws: (any Error).self) { try opened(base("bert-sequence"), folder) }
            let text = "\(try #require(error))"
            #expect(
                text.contains("'\(key)'") && text.contains("not merged") && text.contains("merge_and_unload"), "\(text)"
            )
            #expect(!text.contains("\n"))
        }
    }

    @Test func numbersOfAnotherTypeAreRefused() throws {
        let cases: [(String, JSONValue)] = [
            ("r", .integer(0)), ("r", .string("4")), ("lora_alpha", .null), ("lora_alpha", .number(.infinity)),
            ("rank_pattern", .array([])), ("r", .integer(70_000)), ("use_rslora", .string("true")),
        ]
        for (key, value) in cases {
            try changed("bert-sequence", [key: value]) { folder in
                let error = #expect(throws: (any Error).self) { try opened(base("bert-sequence"), folder) }
                let text = "\(try #require(error))"
                #expect(text.contains("'\(key)': expected"), "\(text)")
            }
        }
    }

    private func refusal(
        _ name: String, over base: String, _ members: JSONObject = [:], without dropped: String? = nil
    ) throws -> String {
        var text = ""
        try changed(name, members, without: dropped) { folder in
            let error = #expect(throws: (any Error).self) { try opened(base, folder) }
            text = "\(try #require(error))"
        }
        #expect(!text.contains("\n"))
        return text
    }

    @Test func whatDoesNotFitIsOneLine() throws {
        let own = try base("bert-sequence")
        #expect(
            try refusal("bert-sequence", over: own, ["r": .integer(3)]).contains(
                "of rank 4, adapter_config.json says 3"))
        #expect(
            try refusal("bert-sequence", over: own, without: "0.attention.self.query.lora_B").contains(
                "lora_B is missing"))
        #expect(try refusal("bert-sequence", over: own, without: "classifier").contains("modules_to_save"))
        // A classifier of the base's own is not the one that was trained with the adapter.
        try withTemporaryFolder { folder in
            let whole = folder + "/whole.adze"
            _ = try opened(own, adapter("bert-sequence")).convert(to: whole)
            #expect(try refusal("bert-sequence", over: whole, without: "classifier").contains("modules_to_save"))
        }
        #expect(try refusal("bert-sequence", over: own, without: "base_model").contains("has no tensors of any layer"))
        // Over models of other families, sizes and depths.
        let foreign = try refusal("bert-sequence", over: Fixtures.path("families/distilbert/base"))
        #expect(foreign.contains("which the base does not have"), "\(foreign)")
        let odd = try refusal("bert-sequence", over: Fixtures.path("models/seqcls-odd"))
        #expect(odd.contains("the adapter is of another model"), "\(odd)")
    }

    @Test func anAdapterAloneIsNoModel() {
        let error = #expect(throws: (any Error).self) {
            try ModelBundle(contentsOf: URL(filePath: adapter("bert-sequence")))
        }
        #expect("\(String(describing: error))".contains("--adapter"))
    }

    @Test func filesThatAreMissingAreNamed() throws {
        #expect(throws: LocatedError.self) {
            try opened(base("bert-sequence"), "/no/such/folder")
        }
        try withTemporaryFolder { folder in
            for (file, content) in [("adapter_config.json", "{\"peft_type\": \"LORA\", \"r\": 1}"), ("", "")] {
                let error = #expect(throws: LocatedError.self) { try opened(base("bert-sequence"), folder) }
                #expect(error?.kind == .missingInput)
                if !file.isEmpty { try Data(content.utf8).write(to: URL(filePath: folder + "/" + file)) }
            }
        }
    }
}
