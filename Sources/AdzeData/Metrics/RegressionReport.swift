// Scores of a model that says a number.

/// How good a model of numbers is over a set, by scikit-learn's and scipy's definitions.
public struct RegressionReport: Sendable, Equatable {
    /// How many examples there were.
    public let exampleCount: Int
    /// The mean of squared differences.
    public let meanSquaredError: Double
    /// The mean of absolute differences.
    public let meanAbsoluteError: Double
    /// 1 − squared differences / squared differences from the mean; nil for fewer than two examples. Where the numbers
    /// that are do not differ, 1 if all answers are right and else 0.
    public let determination: Double?
    /// Pearson's correlation; nil for fewer than two examples, or where either side does not differ.
    public let pearson: Double?
    /// Pearson's correlation of the ranks, equal numbers sharing the mean of theirs; nil as `pearson`.
    public let spearman: Double?
}

/// Takes the answers of a model of numbers, one by one. It holds them all, 16 bytes each: ranks need them.
public struct RegressionTally: Sendable {
    private var actual: [Double] = []
    private var predicted: [Double] = []

    /// A tally without answers.
    public init() {}

    /// Takes an answer; both numbers are finite.
    public mutating func add(actual: Double, predicted: Double) {
        self.actual.append(actual)
        self.predicted.append(predicted)
    }

    /// The scores so far; errors are 0 before the first answer.
    /// - Complexity: O(n log n).
    public var report: RegressionReport {
        let count = Double(actual.count)
        let squares = zip(actual, predicted).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let magnitudes = zip(actual, predicted).reduce(0.0) { $0 + ($1.0 - $1.1).magnitude }
        return RegressionReport(
            exampleCount: actual.count, meanSquaredError: ratio(squares, count),
            meanAbsoluteError: ratio(magnitudes, count), determination: determination(squares),
            pearson: correlation(actual, predicted), spearman: correlation(ranks(actual), ranks(predicted)))
    }

    private func determination(_ squares: Double) -> Double? {
        guard actual.count >= 2 else { return nil }
        let mean = mean(actual)
        let spread = actual.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
        if squares == 0 { return 1 }
        return spread == 0 ? 0 : 1 - squares / spread
    }
}

private func mean(_ values: [Double]) -> Double { ratio(values.reduce(0, +), Double(values.count)) }

/// Pearson's correlation in two passes; nil where it is not defined.
private func correlation(_ a: [Double], _ b: [Double]) -> Double? {
    guard a.count >= 2, a.contains(where: { $0 != a[0] }), b.contains(where: { $0 != b[0] }) else { return nil }
    let (meanA, meanB) = (mean(a), mean(b))
    let normA = a.reduce(0.0) { $0 + ($1 - meanA) * ($1 - meanA) }.squareRoot()
    let normB = b.reduce(0.0) { $0 + ($1 - meanB) * ($1 - meanB) }.squareRoot()
    // Numbers can differ by less than their squares can say.
    guard normA > 0, normB > 0, normA.isFinite, normB.isFinite else { return nil }
    let sum = zip(a, b).reduce(0.0) { $0 + ($1.0 - meanA) / normA * (($1.1 - meanB) / normB) }
    return min(max(sum, -1), 1)
}

/// The rank of each value, from 1; equal values share the mean of their ranks.
private func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
        var end = start + 1
        while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
        // The mean of start + 1 ... end.
        for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
        start = end
    }
    return ranks
}
