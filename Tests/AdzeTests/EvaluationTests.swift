// Evaluating a classifier: the scores are those of its own answers, whatever the way the examples come.

import Adze
import AdzeBytes
import AdzeData
import AdzeTensors
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct EvaluationTests {
    static let words = ["oak", "ash", "good", "The beam was cut.", "sharp saw", "we saw it split", "soft wood", "adze"]

    func open(_ name: String) throws -> TextClassifier {
        try TextClassifier(contentsOf: URL(filePath: fixture(name)), precision: .fp32, threads: 2)
    }

    func texts(_ count: Int) -> [String] {
        (0..<count).map { "\(EvaluationTests.words[$0 % 8]) \(EvaluationTests.words[$0 / 8 % 8]) \($0 % 7)" }
    }

    @Test func oneLabelIsScoredOnItsOwnAnswers() throws {
        let classifier = try open("seqcls-odd")
        // More than one batch.
        let texts = texts(1100)
        let answers = try classifier.classify(texts)
        let examples = texts.enumerated().map { Example($1, target: .label($0 % 3)) }
        let report = try classifier.evaluate(examples)
        var tally = ClassificationTally(labelCount: 3)
        var right = 0
        for (index, answer) in answers.enumerated() {
            tally.add(actual: index % 3, probabilities: answer.scores)
            right += answer.label == classifier.labels[index % 3] ? 1 : 0
        }
        guard case .label(let scores) = report.scores else { return #expect(Bool(false), "of another kind") }
        #expect(scores == tally.report && scores.accuracy == Double(right) / 1100 && right > 0)
        #expect(report.exampleCount == 1100 && report.truncatedCount == 0 && report.labels == classifier.labels)
        #expect(report.headline.name == "accuracy" && report.headline.value == scores.accuracy)

        let lines = texts.enumerated().map { "{\"text\":\"\($1)\",\"label\":\($0 % 3)}" }.joined(separator: "\n")
        try withTemporaryFolder { folder in
            try write(lines, folder, "t.jsonl")
            let kind = try ModelBundle(path: fixture("seqcls-odd")).targetKind()
            let source = try ExampleSource(path: folder + "/t.jsonl", kind: kind)
            var done: [Int] = []
            let streamed = try classifier.evaluate(source) { done.append($0) }
            #expect(streamed.scores == report.scores && streamed.exampleCount == 1100)
            #expect(
                streamed.notes == [
                    "columns: text 'text', label 'label'",
                    "labels: '0' is 'LABEL_0', '1' is 'LABEL_1', '2' is 'LABEL_2'",
                ])
            #expect(done == [1024, 1100])
        }
    }

    @Test func anyNumberOfLabelsIsScoredAtOneHalf() throws {
        let classifier = try open("seqcls-relu-multilabel")
        let texts = texts(40)
        let answers = try classifier.classify(texts)
        let said = answers.map { answer in answer.logits.indices.filter { answer.logits[$0] > 0 } }
        #expect(Set(said).count > 1)
        let right = try classifier.evaluate(zip(texts, said).map { Example($0, target: .labels($1)) })
        guard case .labels(let scores) = right.scores else { return #expect(Bool(false), "of another kind") }
        #expect(scores.subsetAccuracy == 1 && scores.micro.f1 == 1 && right.headline.value == 1)
        let none = try classifier.evaluate(texts.map { Example($0, target: .labels([])) })
        guard case .labels(let scores) = none.scores else { return #expect(Bool(false), "of another kind") }
        #expect(scores.micro.f1 == 0 && scores.labels.map(\.predicted).reduce(0, +) == said.joined().count)
    }

    @Test func aNumberIsTheLogit() throws {
        let classifier = try open("seqcls-regression")
        let texts = texts(30)
        let logits = try classifier.classify(texts).map { Double($0.logits[0]) }
        let report = try classifier.evaluate(zip(texts, logits).map { Example($0, target: .number(2 * $1 + 1)) })
        guard case .number(let scores) = report.scores else { return #expect(Bool(false), "of another kind") }
        #expect(abs((scores.pearson ?? 0) - 1) < 1e-9 && abs((scores.spearman ?? 0) - 1) < 1e-9)
        let expected = logits.reduce(0) { $0 + abs($1 + 1) } / 30
        #expect(abs(scores.meanAbsoluteError - expected) < 1e-9 && report.headline.name == "Pearson")
        // A head of one logit that does not say what it is has a sigmoid for a score, and still a number for an answer.
        try withTemporaryFolder { folder in
            try writeModel("seqcls-regression", to: folder + "/m", config: ["problem_type": .null])
            let other = try TextClassifier(contentsOf: URL(filePath: folder + "/m"), precision: .fp32)
            #expect(try other.classify(texts[0]).score != logits[0])
            let same = try other.evaluate(zip(texts, logits).map { Example($0, target: .number(2 * $1 + 1)) })
            #expect(same == report)
        }
    }

    @Test func truncatedTextsAreCounted() throws {
        let long = String(repeating: "oak ", count: 40)
        let examples = [long, "oak", long].map { Example($0, target: .label(0)) }
        let classifier = try open("seqcls-gelu")
        #expect(try classifier.evaluate(examples).truncatedCount == 2)
        var options = TextOptions()
        options.longText = .window(stride: 2)
        #expect(try classifier.evaluate(examples, options: options).truncatedCount == 0)
    }

    @Test func whatCannotBeScored() throws {
        let classifier = try open("seqcls-gelu")
        #expect(refusal { try classifier.evaluate([]) } as? DataError == .noExamples)
        for target in [Target.label(2), .label(-1), .labels([0]), .number(1)] {
            let example = Example("oak", target: target, place: "line 3")
            #expect(refusal { try classifier.evaluate([example]) } as? EvaluationError == .unfitTarget(place: "line 3"))
        }
        let encoder = try ModelBundle(path: fixture("bertmodel-pooler"))
        #expect(refusal { try encoder.targetKind() } as? BundleError == .notScored(architecture: "BertModel"))
        try withTemporaryFolder { folder in
            try writeModel("seqcls-odd", to: folder + "/three", config: ["problem_type": "regression"])
            let three = try ModelBundle(path: folder + "/three")
            #expect(refusal { try three.targetKind() } as? BundleError == .severalNumbers(count: 3))
        }
    }

    @Test func answersThatAreNotFinite() throws {
        try withTemporaryFolder { folder in
            try writeModel("seqcls-gelu", to: folder + "/m") { name, tensor in
                guard name == "classifier.bias" else { return tensor }
                var values = tensor.floats()
                values[0] = .nan
                return Tensor(shape: tensor.shape, floats: values)
            }
            let classifier = try TextClassifier(contentsOf: URL(filePath: folder + "/m"), precision: .fp32)
            let example = Example("oak", target: .label(0), place: "line 9")
            #expect(refusal { try classifier.evaluate([example]) } as? EvaluationError == .notFinite(place: "line 9"))
        }
    }

    @Test func jsonHasTheFields() throws {
        func keys(_ name: String, _ target: Target) throws -> [String] {
            try open(name).evaluate([Example("oak", target: target)]).json.keys
        }
        let label = try keys("seqcls-gelu", .label(0))
        #expect(
            label == [
                "task", "examples", "truncated", "accuracy", "macroF1", "microF1", "weightedF1", "macroPrecision",
                "macroRecall", "weightedPrecision", "weightedRecall", "macroF1AllLabels", "mcc", "logLoss", "ece",
                "labels", "confusionMatrix", "mistakes",
            ])
        let labels = try keys("seqcls-relu-multilabel", .labels([1]))
        for key in ["subsetAccuracy", "macroF1", "microF1", "weightedF1", "samplesF1", "samplesRecall", "labels"] {
            #expect(labels.contains(key), "\(key)")
        }
        let number = try open("seqcls-regression").evaluate([Example("oak", target: .number(0))]).json
        #expect(number.keys == ["task", "examples", "truncated", "mse", "mae", "r2", "pearson", "spearman"])
        #expect(number["pearson"] == .null && number["r2"] == .null)
    }
}
