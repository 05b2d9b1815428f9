// A checkpoint whose configuration names no class: what is taken is never taken in silence. And names of labels that are
// numbers.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct UnnamedClassTests {
    /// The token classifier of the fixtures with a pooler, as fine-tuning from a BertModel leaves it.
    private func open(_ changes: JSONObject, labels: [String]? = nil, pooler: Bool = true) throws -> ModelCheckpoint {
        let folder = "models/tokencls/"
        var object = try #require(try parseJSON(Fixtures.bytes(folder + "config.json")).object)
        for (key, value) in changes { object[key] = value }
        let file = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "model.safetensors")))
        var tensors = try file.tensors.map { ($0.name, try file.load($0.name)) }
        if pooler {
            for (name, shape) in [("weight", Shape(12, 12)), ("bias", Shape(12))] {
                let zeros = Tensor(shape: shape, floats: [Float](repeating: 0, count: shape.count))
                tensors.append(("bert.pooler.dense.\(name)", zeros))
            }
        }
        var options = CheckpointOptions()
        options.labels = labels
        return try ModelCheckpoint(store: MemoryTensorStore(tensors), configJSON: .object(object), options: options)
    }

    private static func names(_ labels: [JSONValue]) -> JSONValue {
        var object = JSONObject()
        for (index, label) in labels.enumerated() { object["\(index)"] = label }
        return .object(object)
    }

    @Test func tagsAreLabelsOfTokensThoughAPoolerIsThere() throws {
        for absent: JSONObject in [["architectures": .null], ["architectures": .array([])]] {
            let found = try open(absent)
            #expect(found.head.task == .tokenClassification(labels: ["O", "B-TREE", "I-TREE", "B-TOOL", "I-TOOL"]))
            #expect(
                found.notes.contains {
                    $0.contains("'B-TREE'") && $0.contains("labels tokens (BertForTokenClassification)")
                        && $0.contains("name BertForSequenceClassification under architectures")
                })
        }
        let told = try open(
            ["architectures": .null, "id2label": .null], labels: ["B-A", "I-A", "B-B", "I-B", "O"])
        #expect(told.head.labels?.last == "O" && told.head.tokenLogitCount == 5)
    }

    @Test func whereNothingDecidesItIsSaid() throws {
        let names = Self.names(["a", "b", "c", "d", "O"])
        let found = try open(["architectures": .null, "id2label": names])
        #expect(found.head.classification?.labels.count == 5)
        #expect(
            found.notes.contains {
                $0.contains("taken for a classifier of texts (BertForSequenceClassification)")
                    && $0.contains("name BertForTokenClassification under architectures")
            })
    }

    @Test func whatIsSaidDecides() throws {
        let named = try open(["architectures": ["BertForSequenceClassification"]])
        #expect(named.head.classification != nil && !named.notes.contains { $0.contains("no class") })
        let typed = try open(["architectures": .null, "problem_type": "single_label_classification"])
        #expect(typed.head.classification != nil && !typed.notes.contains { $0.contains("no class") })
        let bare = try open(["architectures": .null], pooler: false)
        #expect(bare.head.tokenLogitCount == 5)
        #expect(bare.notes.contains { $0.contains("those of a BertForTokenClassification") })
    }

    @Test(arguments: [
        (["O", "B-PER", "I-PER"], true), (["B-PER", "I-PER"], true), (["O", "S-LOC", "E-LOC", "U-X"], true),
        (["O", "B_LOC", "I_LOC", "[CLS]", "X"], true), (["O", "A", "B", "AB"], false),
        (["negative", "positive"], false),
        (["LABEL_0", "LABEL_1"], false), (["B-movie", "documentary"], false), (["I-", "B-"], false), (["O"], false),
        (["S-Bahn", "U-Bahn", "bus"], false), ([], false),
    ]) func tagsAreToldFromNames(labels: [String], areTags: Bool) {
        #expect(HeadKind.looksLikeTags(labels) == areTags)
    }

    @Test func numbersAreNamesOfLabels() throws {
        let found = try open(["id2label": Self.names([0, 1, 2.5, "three", -4])])
        #expect(found.head.labels == ["0", "1", "2.5", "three", "-4"])
        #expect(found.notes.contains { $0.contains("id2label has numbers for names") })
        #expect(found.configMembers["id2label"]?["2"] == "2.5")
        #expect(throws: ConfigError.duplicateLabel("1")) { try open(["id2label": Self.names([0, 1, 1, 2, 3])]) }
        #expect(throws: ConfigError.wrongType(key: "id2label", expected: "names", found: "null")) {
            try open(["id2label": Self.names([0, 1, .null, 2, 3])])
        }
    }
}
