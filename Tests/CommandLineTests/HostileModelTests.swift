// Model files that were made to say much with little, and those that say a thing which is not so: one short line each,
// and notes where the meaning is plain.

import Foundation
import Testing

struct HostileModelTests {
    /// Changes the header of a safetensors file; the data stay.
    private func change(_ path: String, _ body: (inout [String: Any]) throws -> Void) throws {
        let file = try bytes(of: path)
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: Data(file[8..<8 + length]))
        var object = try #require(header as? [String: Any])
        try body(&object)
        let text = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
        let size = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
        try (size + text + Data(file[(8 + length)...])).write(to: URL(filePath: path))
    }

    @Test func aClassifierThatCannotBeReadIsNotCalledMissing() throws {
        try withCopy(of: Models.classifier) { model, _ in
            try change(model + "/model.safetensors") { header in
                var entry = try #require(header["classifier.weight"] as? [String: Any])
                (entry["dtype"], entry["shape"]) = ("F8_E4M3", [2, 96])
                header["classifier.weight"] = entry
            }
            let outcome = try Tool.refuse(
                65, ["predict", model, "good"],
                says: ["'classifier.weight' is in the file and cannot be read", "F8_E4M3", "save it as F32"])
            #expect(!outcome.errors.contains("--new-head"))
        }
    }

    /// Sixteen thousand tables of words made a line of 165 kB.
    @Test func anErrorIsALineOfBoundedLength() throws {
        try withCopy(of: Models.classifier) { model, _ in
            try change(model + "/model.safetensors") { header in
                for index in 0..<16_000 {
                    header["m\(index).embeddings.word_embeddings.weight"] =
                        ["dtype": "F32", "shape": [0], "data_offsets": [0, 0]] as [String: Any]
                }
                header = header.filter { !$0.key.hasPrefix("bert.") }
            }
            let outcome = try Tool.run(["predict", model, "good"])
            #expect(outcome.code == 65 && outcome.errorLines.count == 1 && outcome.errors.utf8.count < 2500)
        }
        let name = String(repeating: "x", count: 100_000)
        for arguments in [["predict", name], ["inspect", "--" + name], [name]] {
            let outcome = try Tool.run(arguments)
            #expect([64, 66, 74].contains(outcome.code) && outcome.errors.utf8.count < 2500)
        }
    }

    @Test func aTensorInAnotherShardThanTheIndexSaysIsReadWithANote() throws {
        let honest = try Tool.succeed(["predict", Models.container("sharded"), "--json", "good"])
        try withCopy(of: Models.container("sharded")) { model, _ in
            let path = model + "/model.safetensors.index.json"
            var index = try #require(
                try JSONSerialization.jsonObject(with: Data(bytes(of: path))) as? [String: Any])
            var map = try #require(index["weight_map"] as? [String: String])
            let shards = Set(map.values).sorted()
            map["classifier.weight"] = shards.first { $0 != map["classifier.weight"] }
            index["weight_map"] = map
            try JSONSerialization.data(withJSONObject: index).write(to: URL(filePath: path))
            let outcome = try Tool.succeed(["predict", model, "--json", "good"])
            #expect(outcome.output == honest.output)
            #expect(outcome.errors.contains("names the wrong shard for 'classifier.weight'"))
        }
    }

    @Test func aHeadThatTheConfigurationDoesNotNameIsSaid() throws {
        try withCopy(of: Models.classifier) { model, _ in
            try replace("BertForSequenceClassification", with: "BertModel", in: model + "/config.json")
            let outcome = try Tool.succeed(["embed", model, "good"])
            #expect(outcome.errors.contains("has the head of a BertForSequenceClassification"))
            try Tool.refuse(
                64, ["predict", model, "good"],
                says: [
                    "the file has one ('classifier.weight')", "name BertForSequenceClassification under architectures",
                ])
        }
    }
}
