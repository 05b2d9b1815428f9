// Native files that others could have written: valid in form, and contradicting themselves in what they hold.

import Adze
import AdzeBytes
import AdzeModels
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import Testing

@Suite struct HostileFileTests {
    /// What a rewritten file ends with when it is opened and verified.
    func opening(
        _ name: String = "seqcls-gelu", adding: [(NativeTensorPlan, Tensor)] = [],
        name rename: (String) -> String = { $0 }, metadata change: (inout NativeMetadata) -> Void = { _ in }
    ) throws -> (any AdzeFailure)? {
        try withTemporaryFolder { folder in
            _ = try ModelBundle(path: fixture(name)).convert(to: folder + "/a.adze")
            try rewrite(folder + "/a.adze", to: folder + "/b.adze", adding: adding, name: rename, metadata: change)
            return refusal { try ModelBundle(path: folder + "/b.adze").verify(threads: 2) }
        }
    }

    func config(_ key: String, _ value: JSONValue?) -> (inout NativeMetadata) -> Void {
        { metadata in
            var config = metadata.config?.object ?? [:]
            config[key] = value
            metadata.config = .object(config)
        }
    }

    @Test func aRewrittenFileIsFine() throws {
        let error = try opening()
        #expect(error == nil)
    }

    @Test func aHeaderThatContradictsItsTensors() throws {
        #expect(try opening(metadata: config("vocab_size", 88)) is CheckpointError)
        #expect(try opening(metadata: config("num_hidden_layers", 4)) is CheckpointError)
        #expect(try opening(metadata: config("hidden_size", .integer(1 << 60))) is ConfigError)
        #expect(try opening(metadata: config("num_attention_heads", nil)) is ConfigError)
        #expect(try opening(metadata: config("id2label", .object(["0": "a"]))) is ConfigError)
        #expect(try opening(metadata: config("id2label", .object(JSONObject()))) is ConfigError)
        #expect(try opening(metadata: { $0.config = nil }) as? ConfigError == .needsConfig)
        #expect(try opening(metadata: { $0.config = "bert" }) is ConfigError)
        #expect(try opening(metadata: { $0.tokenizer = 7 }) != nil)
        #expect(try opening(metadata: { $0.probes = nil }) as? BundleError == .noProbes)
    }

    /// Fewer blocks, other heads: shapes fit, and only the probes can tell.
    @Test func aHeaderThatOnlyTheProbesRefute() throws {
        for change in [config("num_attention_heads", 4), config("num_hidden_layers", 2), config("hidden_act", "relu")] {
            guard case .probeFailed = try opening(metadata: change) as? BundleError else {
                Issue.record("a changed header passed")
                continue
            }
        }
    }

    /// Beside the model lie tensors under the parameters' plain names, of other shapes: nothing may read those.
    @Test func decoysUnderPlainNames() throws {
        let small = Shape(1, 1)
        let decoys = ["encoder.layer.0.output.dense.weight", "embeddings.LayerNorm.bias", "pooler.dense.weight"].map {
            (NativeTensorPlan(name: $0, shape: small, scheme: .int8()), Tensor(shape: small, floats: [1]))
        }
        let error = try opening(adding: decoys, name: { $0.hasPrefix("classifier") ? $0 : "bert." + $0 })
        #expect(error == nil)
    }

    @Test func badSentenceRecipes() throws {
        func recipe(_ key: String, _ value: JSONValue?) throws -> BundleError? {
            let error = try opening(
                "sentence-transformers",
                metadata: { metadata in
                    var head = metadata.head?.object ?? [:]
                    var sentence = head["sentence"]?.object ?? [:]
                    sentence[key] = value
                    head["sentence"] = .object(sentence)
                    metadata.head = .object(head)
                })
            return error as? BundleError
        }
        let lies: [(String, JSONValue?)] = [
            ("poolings", []), ("poolings", ["middle"]), ("poolings", .array(.init(repeating: "mean", count: 65))),
            ("poolings", nil), ("normalize", 1), ("maximumSequenceLength", 0), ("maximumSequenceLength", -5),
            ("maximumSequenceLength", "12"), ("lowercaseFirst", "yes"), ("defaultPrompt", 1),
        ]
        for (key, value) in lies {
            #expect(try recipe(key, value) == .badSentenceRecipe(key: key), "\(key): \(String(describing: value))")
        }
    }
}
