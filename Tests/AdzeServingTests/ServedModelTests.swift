// Answers of a host's models beside the library's own, whatever runs at the same time. Not here: HTTP.

import Adze
import AdzeServing
import AdzeTestSupport
import Crypto
import Foundation
import Testing

@Suite struct ServedModelTests {
    private static let classifier = Fixtures.path("models/seqcls-gelu")
    private static let reranker = Fixtures.path("models/seqcls-regression")
    private static let sentences = Fixtures.path("models/sentence-transformers")
    private static let words = ["the", "adze", "a", "model", "of", "wood", "splendid", "dull", "what", "is", "it", "?"]

    private func host(_ models: [String: String], _ limits: BatchLimits = BatchLimits()) throws -> ModelHost {
        let host = try #require(ModelHost(threads: 2, limits: limits))
        for (name, path) in models.sorted(by: { $0.key < $1.key }) {
            try host.load(ModelRequest(name: name, path: path))
        }
        host.becomeReady()
        return host
    }

    private func texts(_ count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                ServedModelTests.words.randomElement(using: &generator) ?? ""
            }.joined(separator: " ")
        }
    }

    @Test(arguments: [1, 64, 4096]) func answersAreTheLibrarysWhateverTravelsTogether(_ batchTokens: Int) async throws {
        var limits = BatchLimits()
        limits.batchTokens = batchTokens
        let host = try host(["c": Self.classifier, "s": Self.sentences], limits)
        let classifier = try TextClassifier(contentsOf: URL(filePath: Self.classifier))
        let embedder = try TextEmbedder(contentsOf: URL(filePath: Self.sentences), precision: .int8)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<40 {
                group.addTask {
                    let texts = self.texts(1 + seed % 5, seed: UInt64(seed))
                    if seed % 3 == 0 {
                        let served = try await host.model("s").embed(texts)
                        #expect(try served.answers == embedder.embed(texts))
                    } else {
                        let served = try await host.model("c").classify(texts.map { TextInput($0) })
                        #expect(try served.answers == classifier.classify(texts, topK: 2))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func rankingsAreTheLibrarys() async throws {
        let host = try host(["r": Self.reranker])
        let reranker = try TextReranker(contentsOf: URL(filePath: Self.reranker))
        let texts = texts(30, seed: 7)
        let served = try await host.model().scores(texts, for: "what is it?")
        let expected = try reranker.scores(texts, for: "what is it?")
        #expect(served.answers.map(\.score) == expected.map(\.score))
        #expect(served.answers.map(\.logit) == expected.map(\.logit))
        #expect(served.tokenCount > 30)
    }

    @Test func whatAModelIsNotForIsRefused() async throws {
        let host = try host(["classifier": Self.classifier, "s": Self.sentences])
        await #expect(throws: ServingError.self) { try await host.model("classifier").embed(["a"]) }
        await #expect(throws: ServingError.self) { try await host.model("classifier").scores(["a"], for: "b") }
        await #expect(throws: ServingError.self) { try await host.model("s").classify(["a"]) }
        #expect(throws: ServingError.unknownModel("classifers", nearest: "classifier")) { try host.model("classifers") }
        #expect(throws: (any Error).self) {
            try host.load(ModelRequest(name: "m", path: Fixtures.path("models/maskedlm-tied")))
        }
        #expect(host.models.map(\.name) == ["classifier", "s"])
    }

    @Test func longTextsAreRefusedWhereNothingMayBeCut() async throws {
        let host = try host(["c": Self.classifier])
        let long = TextInput([String](repeating: "adze", count: 40).joined(separator: " "))
        let cut = try await host.model().classify([long])
        #expect(cut.answers[0].truncatedTokenCount > 0)
        do {
            _ = try await host.model().classify([long], truncate: false)
            Issue.record("nothing was refused")
        } catch ServingError.tooLarge(let line) {
            #expect(line.contains("the model takes 16"))
        }
    }

    @Test func tokensSayWhereTheyStand() throws {
        let model = try host(["c": Self.classifier]).model()
        let tokens = model.tokens(of: "the adze")
        #expect(tokens.first?.isSpecial == true && tokens.last?.isSpecial == true)
        let inner = model.tokens(of: "the adze", withFrame: false)
        #expect(inner.count == tokens.count - 2)
        #expect(inner.first?.range?.lowerBound == 0 && inner.last?.range?.upperBound == 8)
    }

    @Test func aHashIsTheFiles() throws {
        try withTemporaryFolder { folder in
            let copy = folder + "/copy"
            try FileManager.default.copyItem(atPath: Self.classifier, toPath: copy)
            let host = try host(["a": Self.classifier, "b": copy, "i": "@sentiment"])
            #expect(try host.model("a").hash == host.model("b").hash)
            #expect(try host.model("a").hash.count == 64)
            // As `sha256sum` prints it: a program's own model is that file.
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../../Sources/CSentiment/sentiment.adze")
            #expect(
                try host.model("i").hash
                    == SHA256.hash(data: Data(contentsOf: file)).map { String(format: "%02x", $0) }.joined())
        }
    }
}
