// Scores of a regression model.

/// How good a model of numbers is over a set, by scikit-learn's and scipy's definitions.
public struct RegressionReport: Sendable, Equatable {
    /// How many examples there were.
    public let exampleCount: Int
    /// The mean of squared differences.
    ///
    /// Infinite where it is beyond `Double`, as for differences of 1e155 and more.
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
        // Squares of numbers beyond 1e154 are not finite; a power of two brings them back without touching a digit.
        let unit = scale(of: [actual, predicted])
        let (a, p) = unit == 1 ? (actual, predicted) : (actual.map { $0 / unit }, predicted.map { $0 / unit })
        let count = Double(a.count)
        let squares = zip(a, p).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let magnitudes = zip(a, p).reduce(0.0) { $0 + ($1.0 - $1.1).magnitude }
        return RegressionReport(
            exampleCount: a.count, meanSquaredError: ratio(squares, count) * unit * unit,
            meanAbsoluteError: ratio(magnitudes, count) * unit, determination: determination(a, squares),
            pearson: correlation(a, p), spearman: correlation(ranks(a), ranks(p)))
    }

    private func determination(_ actual: [Double], _ squares: Double) -> Double? {
        guard actual.count >= 2 else { return nil }
        let mean = mean(actual)
        let spread = actual.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
        if squares == 0 { return 1 }
        return spread == 0 ? 0 : 1 - squares / spread
    }
}

private func mean(_ values: [Double]) -> Double { ratio(values.reduce(0, +), Double(values.count)) }

/// A power of two by which lists are divided so that sums of their squares are finite, and not 0 for tiny numbers; 1 where
/// they are of ordinary size.
private func scale(of lists: [[Double]]) -> Double {
    let largest = lists.reduce(0.0) { $1.reduce($0) { max($0, $1.magnitude) } }
    guard largest > 0, largest.isFinite, !(0x1p-400...0x1p400).contains(largest) else { return 1 }
    return Double(sign: .plus, exponent: largest.exponent, significand: 1)
}

/// Pearson's correlation in two passes, each list in a unit of its own; nil where it is not defined.
private func correlation(_ a: [Double], _ b: [Double]) -> Double? {
    guard a.count >= 2, a.contains(where: { $0 != a[0] }), b.contains(where: { $0 != b[0] }) else { return nil }
    let (unitA, unitB) = (scale(of: [a]), scale(of: [b]))
    guard unitA == 1, unitB == 1 else { return correlation(a.map { $0 / unitA }, b.map { $0 / unitB }) }
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
