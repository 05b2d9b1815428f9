// Rerankers beside sentence-transformers' CrossEncoder (Tools/reference/make_rerank_golden.py): every way in which files name
// the activation, in the folder, converted and exported. Not here: the command line.

import Adze
import AdzeBytes
import AdzeTestSupport
import Foundation
import Testing

@Suite struct RerankTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let members: JSONObject
        let own: JSONValue?
        let scores: [Double]
        let ranks: [Int]
    }

    private static let golden = try? parseJSON(Fixtures.bytes("models/rerank.json"))
    private static let query = golden?["query"]?.string ?? ""
    private static let texts = (golden?["texts"]?.array ?? []).compactMap(\.string)
    static let cases: [Case] = (golden?["cases"]?.array ?? []).map { value in
        Case(
            description: value["name"]?.string ?? "", members: value["config"]?.object ?? [:],
            own: value["own"].flatMap { $0.isNull ? nil : $0 },
            scores: (value["scores"]?.array ?? []).compactMap(\.number),
            ranks: (value["ranks"]?.array ?? []).compactMap(\.integer))
    }

    @Test func thereAreCases() { #expect(RerankTests.cases.count == 6 && RerankTests.texts.count == 6) }

    @Test(arguments: RerankTests.cases)
    func equalsTheCrossEncoder(_ known: Case) throws {
        try withModel(known.members, own: known.own) { path in
            try check(known, path)
            let converted = path + ".adze"
            _ = try ModelBundle(contentsOf: URL(filePath: path)).convert(to: URL(filePath: converted))
            try check(known, converted, tolerance: 1e-3)
            let exported = path + "-exported"
            _ = try ModelBundle(contentsOf: URL(filePath: path)).export(
                to: URL(filePath: exported), format: .safetensors)
            try check(known, exported)
        }
    }

    @Test func anUnknownActivationIsNamed() throws {
        let members: JSONObject = [
            "sentence_transformers": .object(["activation_fn": .string("torch.nn.modules.activation.GELU")])
        ]
        try withModel(members, own: nil) { path in
            let error = #expect(throws: RerankError.self) { try TextReranker(contentsOf: URL(filePath: path)) }
            #expect(error == .activation("torch.nn.modules.activation.GELU"))
        }
    }

    @Test func moreThanOneOutputIsRefused() throws {
        let path = Fixtures.path("models/seqcls-gelu")
        #expect(throws: RerankError.outputs(2)) { try TextReranker(contentsOf: URL(filePath: path)) }
    }

    @Test func aLimitTakesTheBest() throws {
        let reranker = try TextReranker(contentsOf: URL(filePath: Fixtures.path("models/seqcls-regression")))
        let all = try reranker.rank(RerankTests.texts, for: RerankTests.query)
        #expect(try reranker.rank(RerankTests.texts, for: RerankTests.query, topK: 2) == Array(all.prefix(2)))
        #expect(try reranker.rank([], for: RerankTests.query).isEmpty)
        #expect(all.contains { $0.truncatedTokenCount > 0 })
    }

    private func check(_ known: Case, _ path: String, tolerance: Double = 1e-5) throws {
        let reranker = try TextReranker(contentsOf: URL(filePath: path), precision: .fp32)
        let ranked = try reranker.rank(RerankTests.texts, for: RerankTests.query)
        #expect(ranked.map(\.index) == known.ranks)
        for text in ranked { #expect(abs(text.score - known.scores[text.index]) < tolerance) }
    }

    /// The fixture with other members of `config.json`, and a file of sentence-transformers where there is one.
    private func withModel(_ members: JSONObject, own: JSONValue?, _ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try FileManager.default.copyItem(atPath: Fixtures.path("models/seqcls-regression"), toPath: path)
            var config = try parseJSON(Fixtures.bytes("models/seqcls-regression/config.json")).object ?? [:]
            for (key, value) in members { config[key] = value }
            try Data(JSONValue.object(config).text.utf8).write(to: URL(filePath: path + "/config.json"))
            if let own {
                try Data("[]".utf8).write(to: URL(filePath: path + "/modules.json"))
                try Data(own.text.utf8).write(to: URL(filePath: path + "/config_sentence_transformers.json"))
            }
            try body(path)
        }
    }
}
