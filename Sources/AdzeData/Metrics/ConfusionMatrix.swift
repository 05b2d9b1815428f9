// Counts of predicted labels for each actual label, from which a classifier's scores are computed. Not here: the
// scores.

/// How often each label was predicted for each actual one.
///
/// Memory grows with the pairs that occur, not with the square of the labels.
public struct ConfusionMatrix: Sendable, Equatable {
    /// A pair that occurs.
    public struct Entry: Sendable, Equatable {
        /// The label that is.
        public let actual: Int
        /// The label that was said.
        public let predicted: Int
        /// How often.
        public let count: Int
    }

    private struct Pair: Hashable {
        let actual: Int
        let predicted: Int
    }

    /// How many labels there are.
    public let labelCount: Int
    /// How often each label is.
    public private(set) var actualCounts: [Int]
    /// How often each label was said.
    public private(set) var predictedCounts: [Int]
    /// How often each label was said rightly.
    public private(set) var correctCounts: [Int]
    /// All predictions.
    public private(set) var total = 0
    private var counts: [Pair: Int] = [:]

    /// A matrix of zeros.
    public init(labelCount: Int) {
        precondition(labelCount >= 0)
        self.labelCount = labelCount
        actualCounts = [Int](repeating: 0, count: labelCount)
        predictedCounts = actualCounts
        correctCounts = actualCounts
    }

    /// Counts a prediction; both labels are positions below `labelCount`.
    public mutating func add(actual: Int, predicted: Int) {
        total += 1
        actualCounts[actual] += 1
        predictedCounts[predicted] += 1
        if actual == predicted { correctCounts[actual] += 1 }
        counts[Pair(actual: actual, predicted: predicted), default: 0] += 1
    }

    /// How often `predicted` was said for `actual`.
    public subscript(actual: Int, predicted: Int) -> Int {
        counts[Pair(actual: actual, predicted: predicted)] ?? 0
    }

    /// All counts, a row for each actual label.
    /// - Complexity: O(labels²) in time and memory.
    public var rows: [[Int]] {
        (0..<labelCount).map { actual in (0..<labelCount).map { self[actual, $0] } }
    }

    /// The mistakes, most frequent first; ties by actual, then by predicted label.
    public var mistakes: [Entry] {
        counts.filter { $0.key.actual != $0.key.predicted }
            .map { Entry(actual: $0.key.actual, predicted: $0.key.predicted, count: $0.value) }
            .sorted { ($1.count, $0.actual, $0.predicted) < ($0.count, $1.actual, $1.predicted) }
    }

    /// Matthews' correlation coefficient for any number of labels: −1 to 1; 0 where all that is, or all that was said,
    /// is one label.
    ///
    /// Gorodkin (2004); as scikit-learn's `matthews_corrcoef`.
    public var matthews: Double {
        let n = Double(total)
        let correct = Double(correctCounts.reduce(0, +))
        var both = 0.0
        var predicted = 0.0
        var actual = 0.0
        for label in 0..<labelCount {
            let (a, p) = (Double(actualCounts[label]), Double(predictedCounts[label]))
            both += a * p
            predicted += p * p
            actual += a * a
        }
        let spread = (n * n - predicted) * (n * n - actual)
        return spread == 0 ? 0 : (correct * n - both) / spread.squareRoot()
    }
}
