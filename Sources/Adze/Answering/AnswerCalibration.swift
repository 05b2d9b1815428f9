// Choosing the rule for a classifier's answers by labelled examples: its temperature, and the thresholds. Not here: the
// arithmetic of either, which is AdzeData's, and the report's JSON.

public import AdzeBytes
public import AdzeData
internal import AdzeModels

/// A rule for a classifier's answers, and what the examples that chose it say of it.
///
/// What is measured on the examples that chose it flatters; `heldOut` is what a rule that other examples chose does on
/// them: the examples in `foldCount` parts, each measured by the rule of the rest.
public struct AnswerCalibration: Sendable {
    /// The rule.
    public let rule: AnswerRule
    /// The labels of the model.
    public let labels: [String]
    /// All examples.
    public let exampleCount: Int
    /// Examples that chose the temperature: all, but for a coverage a third, so that the rest is new to the scores.
    public let fitCount: Int
    /// The parts of the estimates on other examples.
    public let foldCount: Int
    /// How good the scores are, without a rule, by the rule, and by rules that other examples chose.
    public let scores: (before: AnswerQuality, after: AnswerQuality, heldOut: AnswerQuality)
    /// How often the model answers; nil for a rule that always does. Held out is nil where the parts are too small.
    public let answered: (after: AnsweredReport, heldOut: AnsweredReport?)?
    /// How often the sets hold the label that is; nil for a rule without sets.
    public let sets: (after: SetReport, heldOut: SetReport?)?
    /// What a person should hear.
    public let notes: [String]
}

/// How good the scores of a classifier are.
public struct AnswerQuality: Sendable, Equatable {
    /// The mean of −ln p of what is; for any number of labels the mean over them.
    public let logLoss: Double
    /// The expected calibration error; for any number of labels that of every label's score.
    public let calibrationError: Double
    /// The bins of that error.
    public let bins: [CalibrationTally.Bin]
    /// The scores of any number of labels; nil for one label a text.
    public let multiLabel: MultiLabelReport?
}

extension AnswerCalibration {
    /// The fewest examples of which a temperature is told.
    public static let leastFit = 10
    /// The most numbers that are held: a label of an example each.
    static let numberLimit = 1 << 28
    /// The parts of the estimates on other examples.
    static let folds = 10

    /// The fewest examples that are enough; nil where no number is that a file can have.
    public static func leastCount(_ coverage: Coverage?) -> Int? {
        guard let coverage else { return leastFit }
        guard let least = coverage.leastCount else { return nil }
        var count = max(3 * leastFit, least + least / 2 - 1)
        while count - fitCount(count, coverage) < least { count += 1 }
        return count
    }

    /// How many of so many examples choose the temperature.
    static func fitCount(_ count: Int, _ coverage: Coverage?) -> Int { coverage == nil ? count : count / 3 }

    /// The examples in an order that does not follow from theirs, and is the same for as many.
    static func order(_ count: Int) -> [Int] {
        let keys = (0..<count).map { index in
            var generator = SplitMix64(seed: 0xAD2E, skipping: index)
            return generator.next()
        }
        return (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
    }
}

extension ModelBundle {
    /// Chooses the rule for a classifier's answers by labelled examples, which neither trained the model nor chose it.
    ///
    /// For one label a text: the temperature with the least log-loss, and for a `coverage` the threshold that keeps its
    /// promise; with `givesSets` that of sets of labels, else that below which no answer is given. For any number of
    /// labels: the temperature, and for each label the threshold with the highest F1. Throws `AnswerCalibrationError`,
    /// `EvaluationError`, and as `TextClassifier.init` does.
    /// - Parameters:
    ///   - precision: the arithmetic that the model will answer in.
    ///   - progress: is told how many examples are done.
    public func calibrate(
        _ examples: [Example], coverage: Double? = nil, givesSets: Bool = false, precision: Precision = .int8,
        threads: Int? = nil, progress: (Int) -> Void = { _ in }
    ) throws -> AnswerCalibration {
        let part = try checkedCoverage(coverage, count: examples.count)
        let classifier = try TextClassifier(withoutAnswerRule(), precision: precision, threads: threads)
        return try classifier.calibrate(
            examples, coverage: part, givesSets: givesSets, precision: precision, progress: progress)
    }

    /// The model with the rule that examples chose; throws `BundleError.unfitRule`.
    public func answering(by calibration: AnswerCalibration) throws(BundleError) -> ModelBundle {
        try answering(by: calibration.rule, option: "calibrate")
    }

    /// Refuses what no rule comes of: before any work, where `count` is nil.
    package func checkCalibration(coverage: Double?) throws { _ = try checkedCoverage(coverage, count: nil) }

    private func checkedCoverage(_ coverage: Double?, count: Int?) throws -> Coverage? {
        let kind = try targetKind()
        if case .number = kind { throw AnswerCalibrationError.number }
        let part = try coverage.map { value in
            guard let part = Coverage(value) else { throw AnswerCalibrationError.noCoverage(value) }
            return part
        }
        if case .labels = kind, let coverage { throw AnswerCalibrationError.severalLabels(coverage: coverage) }
        guard let least = AnswerCalibration.leastCount(part) else {
            throw AnswerCalibrationError.noCoverage(coverage ?? 1)
        }
        guard let count else { return part }
        guard count >= least else {
            throw AnswerCalibrationError.tooFew(count, least: least, coverage: coverage)
        }
        let labelCount = kind.table?.count ?? 1
        guard count <= AnswerCalibration.numberLimit / max(1, labelCount) else {
            throw AnswerCalibrationError.tooMany(count, limit: AnswerCalibration.numberLimit / labelCount)
        }
        return part
    }
}

extension TextClassifier {
    fileprivate func calibrate(
        _ examples: [Example], coverage: Coverage?, givesSets: Bool, precision: Precision, progress: (Int) -> Void
    ) throws -> AnswerCalibration {
        var rows: [AnswerFit.Row] = []
        rows.reserveCapacity(examples.count)
        for start in stride(from: 0, to: examples.count, by: 1024) {
            let part = examples[start..<min(start + 1024, examples.count)]
            for (example, found) in zip(part, try logits(part.map(\.input), TextOptions())) {
                guard found.windows.joined().allSatisfy(\.isFinite) else {
                    throw EvaluationError.notFinite(place: example.place)
                }
                guard head.takes(example.target) else { throw EvaluationError.unfitTarget(place: example.place) }
                rows.append(AnswerFit.Row(windows: found.windows, actual: example.target.positions))
            }
            progress(rows.count)
        }
        let fit = AnswerFit(
            head: head, aggregate: reading.aggregate ?? .mean,
            rows: AnswerCalibration.order(rows.count).map { rows[$0] },
            pool: engine.pool)
        return try fit.calibration(coverage, givesSets: givesSets, precision: precision)
    }
}

/// Why no rule is chosen.
public enum AnswerCalibrationError: AdzeFailure, Equatable {
    /// What is no part of all texts.
    case noCoverage(Double)
    /// A coverage is of one label a text.
    case severalLabels(coverage: Double)
    /// The model says a number.
    case number
    /// Too few examples.
    case tooFew(Int, least: Int, coverage: Double?)
    /// More than are held.
    case tooMany(Int, limit: Int)
    /// Answers of the highest score are wrong too often.
    case outOfReach(coverage: Double)

    /// A request that makes no sense, or examples that do not tell.
    public var kind: FailureKind {
        switch self {
        case .noCoverage, .severalLabels, .number: .usage
        case .tooFew, .tooMany, .outOfReach: .badData
        }
    }

    /// One line.
    public var description: String {
        switch self {
        case .noCoverage(let value):
            "a coverage is more than 0 and less than 1, such as 0.95; found \(value)"
        case .severalLabels(let coverage):
            "a coverage of \(coverage) is promised for one label a text; this model gives any number, each by its own "
                + "threshold: leave the coverage out"
        case .number: "the model says a number, which has no probability to go by; only labels are calibrated"
        case .tooFew(let count, let least, let coverage):
            "\(counted(count, "example")); "
                + (coverage.map {
                    "a coverage of \($0) needs \(groupedDigits(least)) at least, a third of them for the temperature"
                } ?? "a temperature needs \(groupedDigits(least)) at least")
        case .tooMany(let count, let limit):
            "\(counted(count, "example")) of a model with so many labels; at most \(groupedDigits(limit)) are held"
        case .outOfReach(let coverage):
            "no threshold reaches a coverage of \(coverage): answers of the highest score there is are wrong too often"
        }
    }
}
