// Labels that are named with the text, beside transformers' zero-shot-classification pipeline
// (Tools/reference/make_zero_shot_golden.py). Not here: the command line.

import Adze
import AdzeBytes
import AdzeTestSupport
import Foundation
import Testing

@Suite struct ZeroShotTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let model: String
        let labels: [String]
        let answers: [JSONValue]
    }

    private static let golden = try? parseJSON(Fixtures.bytes("models/zero-shot.json"))
    private static let texts = (golden?["texts"]?.array ?? []).compactMap(\.string)
    static let cases: [Case] = (golden?["cases"]?.array ?? []).map { value in
        Case(
            description: value["name"]?.string ?? "", model: value["model"]?.string ?? "",
            labels: (value["labels"]?.array ?? []).compactMap(\.string), answers: value["answers"]?.array ?? [])
    }

    @Test func thereAreCases() { #expect(ZeroShotTests.cases.count == 6 && ZeroShotTests.texts.count == 2) }

    @Test(arguments: ZeroShotTests.cases)
    func equalsThePipeline(_ known: Case) throws {
        try withModel(known.model, labels: known.labels) { path in
            let classifier = try ZeroShotClassifier(contentsOf: URL(filePath: path), precision: .fp32)
            let isNamed = known.labels.contains { $0.lowercased().hasPrefix("entail") }
            #expect(classifier.notes.isEmpty == isNamed)
            for answer in known.answers {
                let candidates = (answer["candidates"]?.array ?? []).compactMap(\.string)
                let labels = try ZeroShotLabels(
                    candidates, template: answer["template"]?.string ?? "",
                    allowsSeveral: answer["several"]?.bool ?? false)
                let found = try classifier.classify(ZeroShotTests.texts, labels, topK: candidates.count)
                for (found, expected) in zip(found, answer["answers"]?.array ?? []) {
                    #expect(found.top.map(\.label) == (expected["labels"]?.array ?? []).compactMap(\.string))
                    for (entry, score) in zip(found.top, (expected["scores"]?.array ?? []).compactMap(\.number)) {
                        #expect(abs(entry.score - score) < 1e-5)
                    }
                }
            }
        }
    }

    @Test func labelsAreRefusedInOneLine() {
        #expect(throws: ZeroShotError.noCandidates) { try ZeroShotLabels([]) }
        #expect(throws: ZeroShotError.noCandidates) { try ZeroShotLabels(["a", " "]) }
        #expect(throws: ZeroShotError.repeated("a")) { try ZeroShotLabels(["a", "b", "a"]) }
        for template in ["", "no place", "{} and {}", "{label}", "{"] {
            #expect(throws: ZeroShotError.template(template)) { try ZeroShotLabels(["a"], template: template) }
        }
        let path = Fixtures.path("models/seqcls-regression")
        #expect(throws: ZeroShotError.labels(1)) { try ZeroShotClassifier(contentsOf: URL(filePath: path)) }
    }

    /// A fixture whose labels have other names.
    private func withModel(_ name: String, labels: [String], _ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try FileManager.default.copyItem(atPath: Fixtures.path(name), toPath: path)
            var config = try parseJSON(Fixtures.bytes(name + "/config.json")).object ?? [:]
            var (names, ids): (JSONObject, JSONObject) = ([:], [:])
            for (id, label) in labels.enumerated() {
                names["\(id)"] = .string(label)
                ids[label] = .integer(id)
            }
            (config["id2label"], config["label2id"]) = (.object(names), .object(ids))
            try Data(JSONValue.object(config).text.utf8).write(to: URL(filePath: path + "/config.json"))
            try body(path)
        }
    }
}
