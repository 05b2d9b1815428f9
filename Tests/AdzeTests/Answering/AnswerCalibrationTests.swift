// The rule for a classifier's answers: chosen as torch would, followed by the library, kept or dropped with the answers.

import AdzeBytes
import AdzeData
import AdzeModels
import AdzeNative
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@testable import Adze

@Suite struct AnswerCalibrationTests {
    static let golden = try? parseJSON(Fixtures.bytes("metrics/calibration.json"))
    static let words = ["oak", "ash", "good", "the beam was cut", "sharp saw", "we saw it split", "soft wood", "bad"]

    func examples(_ count: Int, labels: Int = 2) -> [Example] {
        (0..<count).map { index in
            let words = AnswerCalibrationTests.words
            return Example(
                "\(words[index % 8]) \(words[index / 8 % 8]) \(index % 11)", target: .label(index * index % labels))
        }
    }

    private func fit(_ entry: JSONValue, _ type: ProblemType) throws -> AnswerFit {
        let logits = try #require(entry["logits"]?.array).map { row in
            try #require(row.array).map { Float(try #require($0.number)) }
        }
        let truth = try #require(entry["truth"]?.array).map { entry -> [Int] in
            if let label = entry.integer { return [label] }
            let row = try #require(entry.array)
            return row.indices.filter { row[$0].integer == 1 }
        }
        return AnswerFit(
            head: ClassificationHead(labels: logits[0].indices.map { "\($0)" }, problemType: type), aggregate: .mean,
            rows: zip(logits, truth).map { AnswerFit.Row(windows: [$0], actual: $1) },
            pool: WorkerPool(threadCount: 2))
    }

    @Test(arguments: ["tooSure", "tooModest", "twoLabels"]) func theTemperatureIsThatOfTorch(name: String) throws {
        let entry = try #require(AnswerCalibrationTests.golden?["one"]?[name])
        let found = try fit(entry, .singleLabel).calibration(nil, givesSets: false, precision: .fp32)
        func expect(_ value: Double, _ key: String, _ tolerance: Double) throws {
            #expect(abs(value - (try #require(entry[key]?.number))) < tolerance, "\(key)")
        }
        try expect(found.rule.temperature, "temperature", 1e-4)
        try expect(found.scores.before.logLoss, "logLossBefore", 1e-9)
        try expect(found.scores.after.logLoss, "logLossAfter", 1e-8)
        try expect(found.scores.before.calibrationError, "eceBefore", 1e-9)
        try expect(found.scores.after.calibrationError, "eceAfter", 1e-6)
        // What other examples chose is no better on them than what they chose themselves.
        #expect(found.scores.heldOut.logLoss >= found.scores.after.logLoss && found.foldCount == 10)
    }

    @Test func anyNumberOfLabelsAsTorch() throws {
        let entry = try #require(AnswerCalibrationTests.golden?["several"])
        let found = try fit(entry, .multiLabel).calibration(nil, givesSets: false, precision: .int8)
        #expect(abs(found.rule.temperature - (try #require(entry["temperature"]?.number))) < 1e-4)
        #expect(abs(found.scores.after.logLoss - (try #require(entry["loss"]?.number))) < 1e-8)
        guard case .thresholds(let list) = found.rule.decision else { return #expect(Bool(false), "no thresholds") }
        for (found, expected) in zip(list, try #require(entry["thresholds"]?.array)) {
            #expect(abs(found - (try #require(expected.number))) < 1e-5)
        }
        let macro = try #require(found.scores.after.multiLabel?.macro.f1)
        #expect(macro >= found.scores.before.multiLabel?.macro.f1 ?? 1)
    }

    @Test func answersThatAreAllRightTellNoTemperature() throws {
        let rows = (0..<30).map { AnswerFit.Row(windows: [[Float($0 % 2) * 3, 1.5]], actual: [$0 % 2 == 0 ? 1 : 0]) }
        let fit = AnswerFit(
            head: ClassificationHead(labels: ["a", "b"], problemType: .singleLabel), aggregate: .mean, rows: rows,
            pool: WorkerPool(threadCount: 1))
        let found = try fit.calibration(nil, givesSets: false, precision: .int8)
        #expect(found.rule.temperature == 1 && found.notes.count == 1)
        #expect(found.scores.after == found.scores.before)
    }

    // MARK: Followed

    @Test func temperatureLeavesTheRanking() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-odd"))
        var rule = AnswerRule()
        rule.temperature = 2.5
        let other = try bundle.answering(by: rule, option: "")
        let texts = AnswerCalibrationTests.words
        let plain = try TextClassifier(bundle, threads: 1).classify(texts, topK: 3)
        let found = try TextClassifier(other, threads: 1).classify(texts, topK: 3)
        for (a, b) in zip(plain, found) {
            #expect(a.logits == b.logits && a.top.map(\.label) == b.top.map(\.label) && b.verdict == nil)
            #expect(a.score > b.score && abs(b.scores.reduce(0, +) - 1) < 1e-12)
            let logits = b.logits.map { Double($0) / 2.5 }
            let sum = logits.reduce(0) { $0 + exp($1) }
            for (score, logit) in zip(b.scores, logits) { #expect(abs(score - exp(logit) / sum) < 1e-12) }
        }
    }

    @Test func aTextInWindowsIsFollowedWindowByWindow() throws {
        let head = ClassificationHead(labels: ["a", "b"], problemType: .singleLabel)
        var rule = AnswerRule()
        rule.temperature = 4
        let windows: [[Float]] = [[4, 0], [0, 8]]
        let found = head.classification(windows, topK: 1, aggregate: .mean, truncated: 0, rule: rule)
        let expected = (1 / (1 + exp(-1.0)) + 1 / (1 + exp(2.0))) / 2
        #expect(abs(found.scores[0] - expected) < 1e-12 && found.logits == [2, 4])
    }

    @Test func aRuleDecidesWhatIsSaid() {
        let scores = [0.2, 0.5, 0.3]
        func said(_ decision: AnswerRule.Decision) -> [Int]? {
            var rule = AnswerRule()
            rule.decision = decision
            return rule.said(scores)
        }
        #expect(said(.best) == nil && said(.threshold(0.5)) == [1] && said(.threshold(0.51)) == [])
        #expect(said(.set(threshold: 0.3)) == [1, 2] && said(.set(threshold: 0)) == [1, 2, 0])
        #expect(said(.set(threshold: 0.9)) == [1], "a set is never empty")
        #expect(said(.thresholds([0.2, 0.6, 0.1])) == [2, 0] && said(.thresholds([1, 1, 1])) == [])
    }

    @Test func theEvaluationSaysHowManyAreAnswered() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-odd"))
        let examples = examples(90, labels: 3)
        let plain = try TextClassifier(bundle, threads: 1).evaluate(examples)
        #expect(plain.answered == nil && plain.sets == nil)
        let scores = try TextClassifier(bundle, threads: 1).classify(examples.map(\.input)).map(\.score).sorted()
        let other = try TextClassifier(bundle.answering(.threshold(scores[30])), threads: 1)
        let report = try other.evaluate(examples)
        #expect(report.scores == plain.scores && report.answered?.exampleCount == 90)
        #expect(report.answered?.answeredCount == scores.count { $0 >= scores[30] })
        var rule = AnswerRule()
        rule.decision = .set(threshold: 0)
        let all = try TextClassifier(bundle.answering(by: rule, option: ""), threads: 1).evaluate(examples)
        #expect(all.sets?.coverage == 1 && all.sets?.meanSize == 3 && all.answered == nil)
    }

    @Test func answersSurviveJSON() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-odd"))
        var sets = AnswerRule()
        sets.decision = .set(threshold: 0)
        for (rule, label) in [
            (try bundle.answering(.threshold(1)), nil), (try bundle.answering(.threshold(0)), "x"),
            (try bundle.answering(by: sets, option: ""), "x"), (bundle, "x"),
        ] {
            let answer = try TextClassifier(rule, threads: 1).classify("oak")
            let data = try JSONEncoder().encode(answer)
            #expect(try JSONDecoder().decode(Classification.self, from: data) == answer)
            #expect((answer.answer == nil) == (label == nil))
        }
    }

    // MARK: Kept and dropped

    private func calibrated(_ name: String = "seqcls-gelu", precision: Precision = .int8) throws -> ModelBundle {
        let bundle = try ModelBundle(path: fixture(name))
        var rule = try bundle.calibrate(
            examples(60), coverage: 0.6, precision: precision, threads: 1
        ).rule
        rule.temperature = 1.25
        return try bundle.answering(by: rule, option: "")
    }

    @Test func whatAnswersAlikeKeepsTheRule() throws {
        try withTemporaryFolder { folder in
            let bundle = try calibrated()
            let rule = bundle.rule
            #expect(rule.measurement?.promise?.exampleCount == 40 && rule.measurement?.exampleCount == 20)
            #expect(rule.guarantee?.contains("at most 40 % get a wrong answer") == true)
            let texts = AnswerCalibrationTests.words
            let answers = try TextClassifier(bundle, threads: 1).classify(texts)
            var previous = bundle
            for store in [NativeStore.full, .full, .int8, .int8] {
                var options = ConversionOptions()
                (options.store, options.threads, options.replacing) = (store, 1, true)
                let path = folder + "/\(store.rawValue)-\(previous.source.format.rawValue).adze"
                _ = try previous.convert(to: path, options: options)
                previous = try ModelBundle(path: path)
                #expect(previous.rule == rule)
                #expect(try TextClassifier(previous, threads: 1).classify(texts) == answers)
            }
            try bundle.export(to: folder + "/export", format: .safetensors)
            let exported = try ModelBundle(path: folder + "/export")
            #expect(exported.rule == rule)
            #expect(try TextClassifier(exported, threads: 1).classify(texts) == answers)
        }
    }

    @Test func whatChangesAnswersDropsIt() throws {
        try withTemporaryFolder { folder in
            let bundle = try calibrated()
            #expect(try bundle.keeping(blocks: [0, 1]).rule.isEmpty)
            #expect(try bundle.reading(longTexts: TextReading(longText: .tail)).rule.isEmpty)
            #expect(bundle.droppedRuleNote?.contains("adze calibrate") == true)
            var options = ConversionOptions()
            options.threads = 1
            var own = Calibration()
            own.add("the oak beam")
            options.calibration = own
            #expect(!bundle.keepsRule(convertedBy: options))
            #expect(try calibrated(precision: .fp32).keepsRule(convertedBy: options))
            _ = try bundle.convert(to: folder + "/own.adze", options: options)
            #expect(try ModelBundle(path: folder + "/own.adze").rule.isEmpty)
            options.calibration = nil
            _ = try bundle.convert(to: folder + "/kept.adze", options: options)
            var renamed = ModelOptions()
            renamed.checkpoint.labels = ["no", "yes"]
            let other = try ModelBundle(path: folder + "/kept.adze", options: renamed)
            #expect(other.rule.isEmpty && other.notes.contains { $0.contains("is dropped") })
        }
    }

    @Test func aFileWithoutARuleAnswersAsBefore() throws {
        try withTemporaryFolder { folder in
            let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
            var options = ConversionOptions()
            options.threads = 1
            _ = try bundle.convert(to: folder + "/plain.adze", options: options)
            _ = try calibrated().withoutAnswerRule().convert(to: folder + "/again.adze", options: options)
            let bytes = try Data(contentsOf: URL(filePath: folder + "/plain.adze"))
            #expect(try bytes == Data(contentsOf: URL(filePath: folder + "/again.adze")))
            // softmax of the logits, written out as it was before there were temperatures.
            for answer in try TextClassifier(bundle, threads: 1).classify(AnswerCalibrationTests.words) {
                let top = answer.logits.max() ?? 0
                let exponentials = answer.logits.map { exp(Double($0) - Double(top)) }
                let sum = exponentials.reduce(0, +)
                #expect(answer.scores == exponentials.map { $0 / sum } && answer.verdict == nil)
            }
        }
    }

    // MARK: Refused

    @Test func whatNoRuleComesOfIsRefused() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        func error(_ count: Int, _ coverage: Double?) -> AnswerCalibrationError? {
            refusal { try bundle.calibrate(examples(count), coverage: coverage, threads: 1) } as? AnswerCalibrationError
        }
        for coverage in [0, 1, -0.5, 2, .infinity] as [Double] {
            #expect(error(60, coverage) == .noCoverage(coverage))
        }
        #expect(error(3, nil) == .tooFew(3, least: 10, coverage: nil))
        #expect(error(29, 0.95) == .tooFew(29, least: 30, coverage: 0.95))
        #expect(error(147, 0.99) == .tooFew(147, least: 148, coverage: 0.99))
        #expect(error(30, 0.95) == nil)
        let number = try ModelBundle(path: fixture("seqcls-regression"))
        #expect(refusal { try number.calibrate(examples(60)) } as? AnswerCalibrationError == .number)
        let several = try ModelBundle(path: fixture("seqcls-relu-multilabel"))
        #expect(
            refusal { try several.calibrate(examples(60), coverage: 0.9) } as? AnswerCalibrationError
                == .severalLabels(coverage: 0.9))
    }

    @Test(arguments: ["seqcls-gelu", "seqcls-relu-multilabel"]) func rulesAsJSONComeBack(name: String) throws {
        let checkpoint = try ModelBundle(path: fixture(name)).checkpoint
        let labels = checkpoint.head.labels ?? []
        var rule = AnswerRule()
        rule.temperature = 0.1 + 0.2
        rule.measurement = AnswerRule.Measurement(precision: .fp32, exampleCount: 7, promise: nil)
        var decisions: [AnswerRule.Decision] = [.best, .thresholds(labels.map { _ in 1 / 3 })]
        if name == "seqcls-gelu" { decisions = [.best, .threshold(1 / 3), .set(threshold: 0)] }
        for decision in decisions {
            rule.decision = decision
            let text = JSONValue.object(rule.json(labels: labels)).text
            #expect(try AnswerRule(json: parseJSON(Array(text.utf8)), labels: labels).fitted(to: checkpoint) == rule)
        }
    }
}
