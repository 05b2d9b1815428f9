// Scores of a single-label classifier: a tally that takes predictions one by one, and the report that it gives.

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// How good a classifier of one label is over a set, by scikit-learn's definitions.
public struct ClassificationReport: Sendable, Equatable {
    /// Counts of actual and predicted labels.
    public let confusion: ConfusionMatrix
    /// The scores of every label, in the model's order.
    public let labels: [LabelScores]
    /// The part that is right; also the micro average of precision, recall and F1.
    public let accuracy: Double
    /// The mean over the labels that are, or were said, somewhere: scikit-learn's default.
    public let macro: PrecisionRecall
    /// The mean over all labels of the model; those that never occur count as zero.
    public let macroOfAll: PrecisionRecall
    /// The mean over the labels, weighted by how often each is.
    public let weighted: PrecisionRecall
    /// The mean of −ln p(actual label), p kept within 2⁻⁵² and 1 − 2⁻⁵².
    public let logLoss: Double
    /// The expected calibration error: see `CalibrationTally`.
    public let calibrationError: Double

    /// How many examples there were.
    public var exampleCount: Int { confusion.total }
    /// Matthews' correlation coefficient.
    public var matthews: Double { confusion.matthews }
}

/// Takes the answers of a classifier of one label, one by one. Memory does not grow with the set.
public struct ClassificationTally: Sendable {
    private var confusion: ConfusionMatrix
    private var calibration = CalibrationTally()
    private var lossSum = 0.0

    /// A tally without answers.
    public init(labelCount: Int) { confusion = ConfusionMatrix(labelCount: labelCount) }

    /// Takes an answer: the label that is, and the probability of every label, none NaN. The first of the largest is
    /// what is said.
    public mutating func add(actual: Int, probabilities: [Double]) {
        precondition(probabilities.count == confusion.labelCount, "a probability for each label")
        var predicted = 0
        for label in probabilities.indices where probabilities[label] > probabilities[predicted] { predicted = label }
        confusion.add(actual: actual, predicted: predicted)
        calibration.add(confidence: probabilities[predicted], isCorrect: actual == predicted)
        let epsilon = Double.ulpOfOne
        lossSum -= log(min(max(probabilities[actual], epsilon), 1 - epsilon))
    }

    /// The scores so far; all are 0 before the first answer.
    public var report: ClassificationReport {
        let labels = (0..<confusion.labelCount).map {
            LabelScores(
                correct: confusion.correctCounts[$0], predicted: confusion.predictedCounts[$0],
                actual: confusion.actualCounts[$0])
        }
        let total = Double(confusion.total)
        return ClassificationReport(
            confusion: confusion, labels: labels,
            accuracy: ratio(Double(confusion.correctCounts.reduce(0, +)), total),
            macro: PrecisionRecall(mean: labels.lazy.filter(\.occurs).map { (scores: $0.scores, weight: 1) }),
            macroOfAll: PrecisionRecall(mean: labels.lazy.map { (scores: $0.scores, weight: 1) }),
            weighted: PrecisionRecall(mean: labels.lazy.map { (scores: $0.scores, weight: $0.support) }),
            logLoss: ratio(lossSum, total), calibrationError: calibration.error)
    }
}

/// The expected calibration error of Guo et al. (2017).
///
/// The confidence of an answer is its largest probability. It falls into one of 15 bins of equal width, each open below
/// and closed above. The error is the mean, over answers, of |accuracy − mean confidence| of their bins.
public struct CalibrationTally: Sendable {
    /// The number of bins.
    public static let binCount = 15

    /// Answers of like confidence.
    public struct Bin: Sendable, Equatable {
        /// How many there are.
        public fileprivate(set) var count = 0
        /// How many of them are right.
        public fileprivate(set) var correct = 0
        /// The sum of their confidences.
        public fileprivate(set) var confidence = 0.0
    }

    /// The bins, lowest confidence first.
    public private(set) var bins = [Bin](repeating: Bin(), count: binCount)

    /// A tally without answers.
    public init() {}

    /// Takes an answer; its confidence must be a number, and counts in the first or last bin beyond 0 or 1.
    public mutating func add(confidence: Double, isCorrect: Bool) {
        precondition(!confidence.isNaN, "a confidence is a number, not NaN")
        let place = (confidence * Double(CalibrationTally.binCount)).rounded(.up) - 1
        let bin = Int(min(max(place, 0), Double(CalibrationTally.binCount - 1)))
        bins[bin].count += 1
        bins[bin].correct += isCorrect ? 1 : 0
        bins[bin].confidence += confidence
    }

    /// The error so far; 0 before the first answer.
    public var error: Double {
        let gap = bins.reduce(0.0) { $0 + (Double($1.correct) - $1.confidence).magnitude }
        return ratio(gap, Double(bins.reduce(0) { $0 + $1.count }))
    }
}
