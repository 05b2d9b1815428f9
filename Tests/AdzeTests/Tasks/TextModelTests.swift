// Which façade a head gets, what the others say of it, and weights that are no numbers.

import Adze
import AdzeBytes
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import Foundation
import Testing

@Suite struct TextModelTests {
    /// A fixture of each head, and its task.
    static let heads: [(name: String, task: TextTask)] = [
        ("seqcls-gelu", .classification), ("tokencls", .entities), ("questions", .answers),
        ("maskedlm-tied", .maskedWords), ("maskedlm-untied", .maskedWords), ("nextsentence", .nextSentence),
        ("pretraining", .maskedWords),
    ]

    /// The task of the façade that was opened.
    func task(_ model: TextModel) -> TextTask {
        switch model {
        case .classifier: .classification
        case .entityFinder: .entities
        case .answerFinder: .answers
        case .maskFiller: .maskedWords
        case .nextSentencePredictor: .nextSentence
        }
    }

    @Test func theHeadPicksTheFacade() throws {
        for (name, expected) in Self.heads {
            let bundle = try ModelBundle(path: fixture(name))
            #expect(try TextTask(bundle.checkpoint.head) == expected)
            #expect(try task(TextModel(bundle, threads: 1)) == expected)
        }
        let both = try ModelBundle(path: fixture("pretraining"))
        #expect(try TextTask(both.checkpoint.head, prefersNextSentence: true) == .nextSentence)
        #expect(try task(TextModel(both, for: .nextSentence, threads: 1)) == .nextSentence)
        let encoder = try ModelBundle(path: fixture("bertmodel-pooler"))
        #expect(throws: BundleError.noClassifier) { try TextModel(encoder, threads: 1) }
    }

    @Test func anotherHeadsTaskIsRefusedByName() throws {
        for (name, own) in Self.heads {
            let bundle = try ModelBundle(path: fixture(name))
            for task in TextTask.allCases where task != own && !(name == "pretraining" && task == .nextSentence) {
                let error = refusal { try TextModel(bundle, for: task, threads: 1) }
                #expect(error?.kind == .usage, "\(name) \(task)")
                let isNamed = error?.description.contains(bundle.checkpoint.head.architectureName) == true
                #expect(task == .classification || isNamed)
            }
        }
    }

    /// A weight that is no number gives a problem for each text, and no answer made of it.
    @Test(arguments: ["tokencls", "questions", "maskedlm-tied", "nextsentence"])
    func logitsThatAreNoNumbersAreNoAnswer(name: String) throws {
        try withTemporaryFolder { folder in
            let copy = folder + "/model"
            try writeModel(name, to: copy) { tensor, values in
                guard tensor.hasSuffix("embeddings.LayerNorm.weight") else { return values }
                return Tensor(shape: values.shape, floats: values.floats().map { _ in .nan })
            }
            let (text, pair) = (TextInput("the [MASK] oak"), TextInput("the oak?", pair: "it split"))
            let problems: [TextProblem?]
            switch try TextModel(contentsOf: URL(filePath: copy), precision: .fp32, threads: 1) {
            case .classifier: problems = []
            case .entityFinder(let finder): problems = try finder.find([text, text]).map(problem)
            case .answerFinder(let finder): problems = try finder.answer([pair, pair]).map(problem)
            case .maskFiller(let filler): problems = try filler.fill([text, text]).map(problem)
            case .nextSentencePredictor(let predictor): problems = try predictor.predict([pair, pair]).map(problem)
            }
            #expect(problems == [.notFinite, .notFinite])
        }
    }

    private func problem(_ result: Result<some Any, TextProblem>) -> TextProblem? {
        if case .failure(let problem) = result { problem } else { nil }
    }

    /// Every message is one line and says something of its own.
    @Test func messagesAreOneLine() {
        let problems: [TextProblem] = [
            .noMask(token: "[MASK]"), .maskCutOff(token: "[MASK]", limit: 5), .noPair, .unwantedPair, .empty("context"),
            .questionTooLong(needed: 9, limit: 8), .tooManyWindows(count: 9, limit: 8), .notFinite,
        ]
        let errors: [TaskError] = [
            .noTargets, .noWindows(what: "pairs"), .windowsNeedAggregation, .noGap, .noMaskToken,
        ]
        let lines = problems.map(\.description) + errors.map(\.description)
        #expect(Set(lines).count == lines.count && lines.allSatisfy { !$0.isEmpty && !$0.contains("\n") })
        #expect(problems.allSatisfy { $0.kind == .badData } && errors.map(\.kind).filter { $0 == .usage }.count == 4)
    }
}
