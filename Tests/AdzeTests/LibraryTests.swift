// What a program that imports the library relies on beside answers: errors that show, URLs that are files, answers that
// travel as JSON, work that can be given up.

import AdzeBytes
import AdzeData
import AdzeModelFiles
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@testable import Adze

@Suite struct LibraryTests {
    private func classifier(threads: Int = 2) throws -> TextClassifier {
        try TextClassifier(contentsOf: URL(filePath: fixture("seqcls-gelu")), threads: threads)
    }

    // MARK: Errors

    @Test func anErrorShowsItsLine() throws {
        let missing = #expect(throws: (any Error).self) {
            try TextClassifier(contentsOf: URL(filePath: "/no/such/model"))
        }
        #expect(missing?.localizedDescription == "/no/such/model: no such file or folder")
        let errors: [any Error] = [
            BundleError.noClassifier, JSONError.byteOrderMark, TextProblem.noPair, TaskError.noTargets,
            LocatedError(path: "x", underlying: BundleError.noTokenizer), DataError.noExamples,
            TokenizerError.noVocabulary,
        ]
        for error in errors { #expect(error.localizedDescription == "\(error)") }
    }

    // MARK: Places

    @Test(arguments: [
        "https://huggingface.co/x/model.safetensors", "http://user:word@host/a.adze", "s3://bucket/a.adze",
        "file://server/share/a.adze",
    ]) func whatIsElsewhereIsRefused(address: String) throws {
        let url = try #require(URL(string: address))
        let error = #expect(throws: LocationError.self) { try TextClassifier(contentsOf: url) }
        #expect(error?.localizedDescription.contains("Adze downloads nothing") == true)
        #expect(error?.kind == .usage && error?.description.contains("word@") == false)
    }

    @Test(arguments: ["reviews.adze", "data:text/plain,x", "models/reviews.adze?x"]) func whatIsNoFileIsRefused(
        address: String
    ) throws {
        let url = try #require(URL(string: address))
        let error = #expect(throws: LocationError.self) { try ModelBundle(contentsOf: url) }
        #expect(error?.description.contains("URL(filePath:)") == true)
    }

    @Test func everyPlaceIsAURL() throws {
        let web = try #require(URL(string: "https://host/x"))
        var options = ModelOptions()
        let model = URL(filePath: fixture("seqcls-gelu"))
        let bundle = try ModelBundle(contentsOf: model)
        let refusals: [() throws -> Void] = [
            { _ = try TextEmbedder(contentsOf: web) }, { _ = try EntityFinder(contentsOf: web) },
            { _ = try AnswerFinder(contentsOf: web) }, { _ = try MaskFiller(contentsOf: web) },
            { _ = try NextSentencePredictor(contentsOf: web) }, { _ = try TextModel(contentsOf: web) },
            { _ = try openTokenizer(contentsOf: web) }, { _ = try bundle.convert(to: web) },
            { _ = try bundle.export(to: web, format: .safetensors) }, { _ = try TrainingTables(train: web) },
            { _ = try ModelBundle.readTokens(contentsOf: web) },
            { _ = try ExampleSource(contentsOf: web, kind: .number) },
        ]
        for refusal in refusals { #expect(throws: LocationError.self, performing: refusal) }
        options.config = web
        #expect(throws: LocationError.self) { try ModelBundle(contentsOf: model, options: options) }
        try withTemporaryFolder { folder in
            // A name that a URL has to escape, and a folder's URL with its slash.
            let out = URL(filePath: folder).appending(path: "ü 100 %.adze")
            _ = try bundle.convert(to: out)
            #expect(try TextClassifier(contentsOf: out).labels == ["rejected", "accepted"])
            try bundle.export(to: URL(filePath: folder + "/hf/", directoryHint: .isDirectory), format: .safetensors)
            #expect(try ModelBundle(contentsOf: URL(filePath: folder + "/hf/")).maximumLength == bundle.maximumLength)
            #expect(try openTokenizer(contentsOf: out).vocabulary.count > 0)
        }
    }

    // MARK: Answers

    private func travelled<Value: Codable & Equatable>(_ value: Value) throws -> [String: Any] {
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(Value.self, from: data) == value)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func answersTravelAsJSON() throws {
        let long = Array(repeating: "oak", count: 40).joined(separator: " ")
        for answer in try classifier().classify(
            ["Good!", TextInput("The oak.", pair: "It fell."), TextInput(long)], topK: 2)
        {
            let object = try travelled(answer)
            // Foundation's other reader of JSON is off by a bit here and there.
            #expect(object["label"] as? String == answer.label)
            #expect(abs(try #require(object["score"] as? Double) - answer.score) < 1e-12)
            let scores = try #require(object["scores"] as? [String: Double])
            #expect(scores.count == 2 && scores.allSatisfy { abs((answer.scoresByLabel[$0] ?? 0) - $1) < 1e-12 })
            #expect((object["truncated"] as? Int ?? 0) == answer.truncatedTokenCount)
            #expect(answer.score(of: answer.label) == answer.score && answer.score(of: "no such label") == nil)
            #expect(answer.scoresByLabel.count == 2)
        }
        #expect(try travelled(TextInput("a", pair: "b")) as? [String: String] == ["text": "a", "text_pair": "b"])
        let next = NextSentence(score: 0.75, logits: [1, -0.1], truncatedTokenCount: 0)
        #expect(try travelled(next)["is_next"] as? Bool == true)
        let answers = FoundAnswers(answers: [Answer(text: "oak", score: 0.5, range: 4..<7)], windowCount: 2)
        #expect((try travelled(answers)["answers"] as? [[String: Any]])?[0]["start"] as? Int == 4)
        let entities = FoundEntities(
            entities: [
                Entity(label: "PER", score: 0.5, word: "anna", range: 0..<4, index: nil),
                Entity(label: "B-PER", score: 0.5, word: "anna", range: 0..<4, index: 1),
            ], truncatedTokenCount: 3)
        let found = try #require(try travelled(entities)["entities"] as? [[String: Any]])
        #expect(found[0]["entity_group"] as? String == "PER" && found[1]["entity"] as? String == "B-PER")
    }

    @Test func filledMasksTravelWithTheirTexts() throws {
        let filler = try MaskFiller(contentsOf: URL(filePath: fixture("maskedlm-tied")), precision: .fp32)
        let filled = try filler.fill("the [MASK] was cut", topK: 2)
        let masks = try #require(try travelled(filled)["masks"] as? [[[String: Any]]])
        #expect(masks[0][0]["sequence"] as? String == filled.masks[0][0].sequence)
        #expect(masks[0][0]["token_str"] as? String == filled.masks[0][0].text)
    }

    @Test func jsonThatIsNoAnswerIsRefused() throws {
        for text in [
            #"{"labels":["a"],"top":[],"scores":{},"logits":[0]}"#, #"{"answer":"a","score":1,"start":4,"end":3}"#,
        ] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Classification.self, from: Data(text.utf8)) }
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Answer.self, from: Data(text.utf8)) }
        }
    }

    // MARK: Giving up

    @Test func aCancelledTaskClassifiesNoMore() async throws {
        let classifier = try classifier()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try classifier.classify(["Good!"])
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        // Elsewhere nothing is different.
        #expect(try classifier.classify(["Good!"]).count == 1)
    }

    /// The task is cancelled while it works, from within and from outside.
    @Test func aTaskIsCancelledBetweenBatches() async throws {
        let classifier = try classifier()
        let examples = (0..<4000).map { Example("the oak was cut \($0)", target: .label($0 % 2)) }
        let inner = Task {
            var answered = 0
            do {
                _ = try classifier.evaluate(examples) { _, _ in
                    answered += 1
                    if answered == 1 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            } catch is CancellationError {
                return answered
            }
            return -1
        }
        // The batch that was under way is answered, no other is begun.
        #expect(try await inner.value == 1024)
        let texts = (0..<200_000).map { "the oak was cut \($0)" }
        let outer = Task { try classifier.classify(texts) }
        // Not from a task: where other tests hold all of its threads, it would wake when the texts are done.
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.03)
            outer.cancel()
        }
        await #expect(throws: CancellationError.self) { try await outer.value }
    }
}
