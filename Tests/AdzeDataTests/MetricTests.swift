// Scores against scikit-learn and scipy, on sets that are ordinary and on sets that have no scores to speak of.

import AdzeBytes
import AdzeData
import AdzeTestSupport
import Testing

@Suite struct MetricTests {
    static let golden = try? parseJSON(Fixtures.bytes("metrics/golden.json"))

    static func names(_ kind: String) -> [String] { golden?[kind]?.object?.keys ?? ["no golden data"] }

    func golden(_ kind: String, _ name: String) throws -> JSONValue { try #require(MetricTests.golden?[kind]?[name]) }

    func numbers(_ value: JSONValue?) throws -> [Double] { try #require(value?.array).map { try #require($0.number) } }

    func integers(_ value: JSONValue?) throws -> [Int] { try #require(value?.array).map { try #require($0.integer) } }

    func expect(
        _ found: Double?, _ expected: JSONValue?, _ name: Comment, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let expected = try #require(expected, name, sourceLocation: sourceLocation)
        guard let number = expected.number else {
            #expect(expected.isNull && found == nil, name, sourceLocation: sourceLocation)
            return
        }
        let found = try #require(found, name, sourceLocation: sourceLocation)
        #expect(abs(found - number) <= 1e-9 * max(1, abs(number)), name, sourceLocation: sourceLocation)
    }

    func expect(_ found: PrecisionRecall, _ expected: JSONValue?, _ name: Comment) throws {
        try expect(found.precision, expected?["precision"], name)
        try expect(found.recall, expected?["recall"], name)
        try expect(found.f1, expected?["f1"], name)
    }

    func expect(_ labels: [LabelScores], _ golden: JSONValue) throws {
        let precision = try numbers(golden["precision"])
        try #require(labels.count == precision.count)
        for (index, label) in labels.enumerated() {
            let name: Comment = "label \(index)"
            try expect(label.scores.precision, golden["precision"]?.array?[index], name)
            try expect(label.scores.recall, golden["recall"]?.array?[index], name)
            try expect(label.scores.f1, golden["f1"]?.array?[index], name)
            try expect(Double(label.support), golden["support"]?.array?[index], name)
        }
    }

    @Test func aConfidenceThatIsNoNumberIsAMistake() async {
        let message = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var tally = CalibrationTally()
            tally.add(confidence: .nan, isCorrect: true)
        }
        let said = message.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(said.contains("a confidence is a number"))
        var tally = CalibrationTally()
        for confidence in [-1.0, 2.0] { tally.add(confidence: confidence, isCorrect: true) }
        #expect(tally.error == 1.5)
    }

    @Test(arguments: names("single")) func oneLabelAsScikitLearn(name: String) throws {
        let golden = try golden("single", name)
        let probabilities = try #require(golden["probabilities"]?.array).map(numbers)
        var tally = ClassificationTally(labelCount: probabilities[0].count)
        for (actual, row) in zip(try integers(golden["truth"]), probabilities) {
            tally.add(actual: actual, probabilities: row)
        }
        let report = tally.report
        try expect(report.labels, golden)
        try expect(report.accuracy, golden["accuracy"], "accuracy")
        try expect(report.accuracy, golden["micro"]?["f1"], "micro")
        try expect(report.macro, golden["macro"], "macro")
        try expect(report.macroOfAll, golden["macroOfAll"], "macro of all")
        try expect(report.weighted, golden["weighted"], "weighted")
        try expect(report.matthews, golden["mcc"], "mcc")
        try expect(report.logLoss, golden["logLoss"], "log-loss")
        try expect(report.calibrationError, golden["ece"], "ece")
        #expect(try report.confusion.rows == (#require(golden["confusion"]?.array).map(integers)))
        #expect(report.exampleCount == probabilities.count)
    }

    @Test(arguments: names("multiple")) func anyNumberOfLabelsAsScikitLearn(name: String) throws {
        let golden = try golden("multiple", name)
        let truth = try #require(golden["truth"]?.array).map(integers)
        let said = try #require(golden["said"]?.array).map(integers)
        func positions(_ row: [Int]) -> [Int] { row.indices.filter { row[$0] == 1 } }
        var tally = MultiLabelTally(labelCount: truth[0].count)
        for (actual, predicted) in zip(truth, said) {
            tally.add(actual: positions(actual), predicted: positions(predicted))
        }
        let report = tally.report
        try expect(report.labels, golden)
        try expect(report.subsetAccuracy, golden["subsetAccuracy"], "subset accuracy")
        try expect(report.micro, golden["micro"], "micro")
        try expect(report.macro, golden["macro"], "macro")
        try expect(report.weighted, golden["weighted"], "weighted")
        try expect(report.samples, golden["samples"], "samples")
        #expect(report.exampleCount == truth.count)
    }

    @Test(arguments: names("number")) func numbersAsScipy(name: String) throws {
        let golden = try golden("number", name)
        var tally = RegressionTally()
        for (actual, predicted) in zip(try numbers(golden["truth"]), try numbers(golden["said"])) {
            tally.add(actual: actual, predicted: predicted)
        }
        let report = tally.report
        try expect(report.meanSquaredError, golden["mse"], "mse")
        try expect(report.meanAbsoluteError, golden["mae"], "mae")
        try expect(report.determination, golden["r2"], "r2")
        try expect(report.pearson, golden["pearson"], "pearson")
        try expect(report.spearman, golden["spearman"], "spearman")
    }

    @Test func nothingScoresNothing() {
        let report = ClassificationTally(labelCount: 2).report
        #expect(report.accuracy == 0 && report.logLoss == 0 && report.calibrationError == 0 && report.matthews == 0)
        #expect(report.macro.f1 == 0 && report.weighted.f1 == 0 && report.labels.count == 2)
        #expect(MultiLabelTally(labelCount: 2).report.samples.f1 == 0)
        let numbers = RegressionTally().report
        #expect(numbers.meanSquaredError == 0 && numbers.pearson == nil && numbers.determination == nil)
    }

    /// A correlation, and what share of the spread is explained, do not depend on the unit.
    @Test(arguments: [1, 0x1p530, 0x1p1000, 0x1p-560, 0x1p-1000]) func numbersOfAnySizeScoreAsOrdinaryOnes(unit: Double)
    {
        var (tally, plain) = (RegressionTally(), RegressionTally())
        for (actual, predicted) in [(1.0, 1.5), (-3, -2.25), (7.5, 6), (2, 2), (0, 0.125)] {
            tally.add(actual: actual * unit, predicted: predicted * unit)
            plain.add(actual: actual, predicted: predicted)
        }
        let (report, expected) = (tally.report, plain.report)
        #expect(report.pearson == expected.pearson && report.spearman == expected.spearman)
        #expect(report.determination == expected.determination)
        #expect(report.meanAbsoluteError == expected.meanAbsoluteError * unit)
        #expect(report.meanSquaredError == expected.meanSquaredError * unit * unit)
    }

    @Test func squaresBeyondADoubleAreInfiniteAndNothingElseIs() {
        var tally = RegressionTally()
        for x in [1e155, -3, 1.7e308, .leastNonzeroMagnitude, -1.7e308] { tally.add(actual: x, predicted: 1) }
        let report = tally.report
        #expect(report.meanSquaredError == .infinity && report.meanAbsoluteError.isFinite)
        #expect(report.determination?.isFinite == true && report.pearson == nil)
        var exact = RegressionTally()
        for x in [-1e300, 0, 1e300] { exact.add(actual: x, predicted: x) }
        #expect(exact.report.determination == 1 && abs((exact.report.pearson ?? 0) - 1) < 1e-12)
    }

    /// A confidence on a bin's upper edge belongs to it, one of 0 to the first.
    @Test func binsOfConfidence() {
        var tally = CalibrationTally()
        for (confidence, isCorrect) in [(0.2, true), (0.19, false), (0.0, false), (1.0, true), (1.0, true)] {
            tally.add(confidence: confidence, isCorrect: isCorrect)
        }
        let expected = (abs(1 - 0.39) + 0 + 0) / 5
        #expect(abs(tally.error - expected) < 1e-12)
    }

    @Test func mistakesComeByCountThenPlace() {
        var matrix = ConfusionMatrix(labelCount: 100_000)
        for (actual, predicted, count) in [(7, 3, 2), (5, 5, 9), (2, 99_999, 2), (2, 4, 2), (0, 1, 1), (9, 8, 4)] {
            for _ in 0..<count { matrix.add(actual: actual, predicted: predicted) }
        }
        let found = matrix.mistakes.map { [$0.actual, $0.predicted, $0.count] }
        #expect(found == [[9, 8, 4], [2, 4, 2], [2, 99_999, 2], [7, 3, 2], [0, 1, 1]])
        #expect(matrix.total == 20 && matrix[5, 5] == 9 && matrix[5, 4] == 0)
    }
}
