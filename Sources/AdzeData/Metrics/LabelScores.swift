// Precision, recall and F1 from counts, and their averages over labels. A quotient by zero is zero throughout, as with
// scikit-learn's `zero_division=0`.

/// Precision, recall and their harmonic mean.
public struct PrecisionRecall: Sendable, Equatable {
    /// Of what was said, the part that is so.
    public let precision: Double
    /// Of what is so, the part that was said.
    public let recall: Double
    /// 2 · right / (said + so).
    public let f1: Double

    init(precision: Double, recall: Double, f1: Double) {
        self.precision = precision
        self.recall = recall
        self.f1 = f1
    }

    /// From how often a label was said rightly, was said, and is so.
    init(correct: Int, predicted: Int, actual: Int) {
        precision = ratio(Double(correct), Double(predicted))
        recall = ratio(Double(correct), Double(actual))
        f1 = ratio(2 * Double(correct), Double(predicted) + Double(actual))
    }

    /// The weighted mean of several; all zero where the weights are.
    init(mean of: some Sequence<(scores: PrecisionRecall, weight: Int)>) {
        var sums = (precision: 0.0, recall: 0.0, f1: 0.0, weight: 0.0)
        for (scores, weight) in of {
            let weight = Double(weight)
            sums.precision += weight * scores.precision
            sums.recall += weight * scores.recall
            sums.f1 += weight * scores.f1
            sums.weight += weight
        }
        precision = ratio(sums.precision, sums.weight)
        recall = ratio(sums.recall, sums.weight)
        f1 = ratio(sums.f1, sums.weight)
    }
}

/// The scores of one label.
public struct LabelScores: Sendable, Equatable {
    /// Precision, recall and F1.
    public let scores: PrecisionRecall
    /// How often the label is.
    public let support: Int
    /// How often it was said.
    public let predicted: Int

    init(correct: Int, predicted: Int, actual: Int) {
        scores = PrecisionRecall(correct: correct, predicted: predicted, actual: actual)
        support = actual
        self.predicted = predicted
    }

    /// Whether the label is or was said anywhere.
    public var occurs: Bool { support > 0 || predicted > 0 }
}

/// a / b, or 0 where b is 0.
func ratio(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
