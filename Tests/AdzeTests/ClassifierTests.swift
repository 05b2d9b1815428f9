// Texts in, labels out, against transformers; and against itself: order, company, threads, windows.

import Adze
import AdzeModels
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct ClassifierTests {
    static let longText = "The oak beam was cut too short by a good sharp adze and it split, we saw it split."

    func open(_ name: String, threads: Int? = 2) throws -> TextClassifier {
        try TextClassifier(contentsOf: URL(filePath: fixture(name)), precision: .fp32, threads: threads)
    }

    @Test(arguments: classifiers) func textsGiveTheLogitsOfTransformers(name: String) throws {
        let golden = try Golden(name)
        #expect(golden.texts.count == 3)
        let found = try open(name).classify(golden.texts)
        for (result, expected) in zip(found, golden.logits) {
            #expect(largestDifference(result.logits, expected) < 1e-4)
            #expect(result.truncatedTokenCount == 0)
        }
    }

    /// What transformers' pipeline makes of logits, written out.
    @Test(arguments: classifiers) func scoresAreThoseOfThePipeline(name: String) throws {
        let golden = try Golden(name)
        let classifier = try open(name)
        let found = try classifier.classify(golden.texts, topK: 100)
        for (result, logits) in zip(found, golden.logits) {
            let x = logits.map(Double.init)
            let expected: [Double] =
                switch name {
                case "seqcls-regression": x
                case "seqcls-relu-multilabel": x.map { 1 / (1 + exp(-$0)) }
                default: x.map { value in exp(value) / x.reduce(0) { $0 + exp($1) } }
                }
            for (a, b) in zip(result.scores, expected) { #expect(abs(a - b) < 1e-4) }
            #expect(result.top.map(\.score) == result.scores.sorted(by: >))
            #expect(Set(result.top.map(\.label)) == Set(classifier.labels))
            let best = try #require(result.scores.indices.max { result.scores[$0] < result.scores[$1] })
            #expect(result.label == classifier.labels[best] && result.score == result.scores[best])
        }
    }

    @Test func labelsAreThoseOfTheConfiguration() throws {
        #expect(try open("seqcls-gelu").labels == ["rejected", "accepted"])
        #expect(try open("seqcls-relu-multilabel").labels == ["oak", "ash", "elm", "yew"])
        #expect(try open("seqcls-odd").labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
    }

    /// One logit of a single-label head is a sigmoid in transformers, not a softmax that is always 1.
    @Test func oneLogitIsASigmoid() {
        for type in [ProblemType.singleLabel, nil, .multiLabel] {
            #expect(ClassificationHead(labels: ["yes"], problemType: type).scores([0]) == [0.5])
        }
        #expect(ClassificationHead(labels: ["size"], problemType: .regression).scores([3]) == [3])
    }

    @Test func neitherOrderNorCompanyNorThreadsChangeABit() throws {
        let texts = (0..<150).map { number in
            Self.longText.split(separator: " ").prefix(number % 18).joined(separator: " ")
                + (number % 3 == 0 ? "!" : "")
        }
        let reference = try open("seqcls-gelu", threads: 1).classify(texts)
        for threads in [1, 2, 3] {
            let classifier = try open("seqcls-gelu", threads: threads)
            #expect(try classifier.classify(Array(texts.reversed())) == Array(reference.reversed()))
            for index in [0, 1, 17, 80] { #expect(try classifier.classify(texts[index]) == reference[index]) }
        }
    }

    @Test func callsFromManyTasksAgree() async throws {
        let classifier = try open("seqcls-relu-multilabel")
        let texts = ["The adze.", "Oak is not soft wood", "", Self.longText]
        let reference = try classifier.classify(texts)
        try await withThrowingTaskGroup(of: [Classification].self) { group in
            for _ in 0..<24 { group.addTask { try classifier.classify(texts) } }
            for try await found in group { #expect(found == reference) }
        }
    }

    @Test func noTextsGiveNothing() throws { #expect(try open("seqcls-gelu").classify([String]()).isEmpty) }

    @Test func anEncoderIsNoClassifier() throws {
        #expect(refusal { try open("bertmodel-pooler") } as? BundleError == .noClassifier)
    }

    // MARK: Long texts

    func options(_ longText: LongText, _ aggregate: WindowAggregate = .mean, length: Int? = 9) -> TextOptions {
        var options = TextOptions()
        (options.longText, options.aggregate, options.maximumLength) = (longText, aggregate, length)
        return options
    }

    /// The logits of each window, by the tokenizer and the model themselves.
    func windows(_ name: String, _ strategy: LongText, length: Int) throws -> [[Float]] {
        let bundle = try ModelBundle(path: fixture(name))
        let encodings = try bundle.requireTokenizer().encodeLong(
            Self.longText, maximumLength: length, strategy: strategy)
        let sequences = encodings.map { TokenSequence(ids: $0.ids, typeIDs: $0.typeIDs) }
        return try bundle.checkpoint.run(sequences, .logits).map(\.logits)
    }

    @Test(arguments: classifiers) func windowsAreJoinedByDefinition(name: String) throws {
        let each = try windows(name, .window(stride: 2), length: 9)
        #expect(each.count > 2)
        let head = try #require(try ModelBundle(path: fixture(name)).checkpoint.head.classification)
        let mean = each[0].indices.map { label in each.reduce(Float(0)) { $0 + $1[label] } / Float(each.count) }
        let scores = each.map(head.scores)
        let expected: [WindowAggregate: [Double]] = [
            .mean: mean.indices.map { label in scores.reduce(0) { $0 + $1[label] } / Double(scores.count) },
            .max: mean.indices.map { label in scores.map { $0[label] }.max() ?? .nan },
            .logits: head.scores(mean),
        ]
        for aggregate in WindowAggregate.allCases {
            let found = try open(name).classify([Self.longText], options: options(.window(stride: 2), aggregate))[0]
            for (a, b) in zip(found.scores, expected[aggregate] ?? []) { #expect(abs(a - b) < 1e-6, "\(aggregate)") }
            #expect(largestDifference(found.logits, mean) < 1e-6)
            #expect(found.truncatedTokenCount == 0)
        }
    }

    @Test(arguments: [LongText.head, .tail, .headAndTail]) func aCutTextIsItsCutTokens(strategy: LongText) throws {
        let expected = try windows("seqcls-gelu", strategy, length: 9)
        let found = try open("seqcls-gelu").classify([Self.longText], options: options(strategy))[0]
        #expect([found.logits] == expected)
        #expect(found.truncatedTokenCount > 0)
    }

    @Test func lengthsBeyondTheModelAreTheModels() throws {
        let classifier = try open("seqcls-gelu")
        #expect(classifier.maximumLength == 16)
        let own = try classifier.classify([Self.longText])
        #expect(try classifier.classify([Self.longText], options: options(.head, length: 100_000)) == own)
        for length in [-1, 0, 2] {
            #expect(
                refusal { try classifier.classify(["oak"], options: options(.head, length: length)) }
                    is TokenizerError)
        }
    }
}
