// The table of a comparison: means over seeds with their standard errors, what differs by more than the seeds do, and which
// models nothing beats in both of two respects. Not here: how it is written.

internal import AdzeTraining

/// What a comparison found.
public struct ComparisonTable: Sendable, Equatable {
    /// A configuration over its seeds.
    public struct Row: Sendable, Equatable {
        /// The model.
        public let configuration: ComparisonConfiguration
        /// Its runs, in the order of the seeds.
        public let runs: [ComparisonRecord]
        /// The score of the development set in fp32.
        public let score: Estimate
        /// The same in int8.
        public let int8Score: Estimate
        /// How many epochs it took to the peak.
        public let epochs: Estimate
        /// Weights.
        public var parameters: Int { runs[0].parameters }
        /// Bytes that int8 inference reads, the mean of the runs'.
        public let bytes: Int
        /// int8's texts a second, the best of the runs': they differ by what else the machine did.
        public let textsPerSecond: Double
        /// The score after each epoch, the mean of the runs that came so far.
        public var course: [Double] {
            let length = runs.map(\.scores.count).max() ?? 0
            return (0..<length).map { epoch in
                Estimate(runs.compactMap { $0.scores.indices.contains(epoch) ? $0.scores[epoch] : nil }).mean
            }
        }
        /// Seconds that training took, over the runs that were not interrupted.
        public let seconds: Estimate

        init(_ runs: [ComparisonRecord]) {
            (configuration, self.runs) = (runs[0].configuration, runs)
            score = Estimate(runs.map(\.score))
            int8Score = Estimate(runs.map(\.int8Score))
            epochs = Estimate(runs.map { Double($0.epoch) })
            bytes = runs.reduce(0) { $0 + $1.bytes } / runs.count
            textsPerSecond = runs.map(\.textsPerSecond).filter(\.isFinite).max() ?? .nan
            seconds = Estimate(runs.compactMap(\.seconds))
        }
    }

    /// The configurations, in the order of the plan; those without a run are left out.
    public let rows: [Row]
    /// The score that is compared; more is better, but for losses and errors.
    public let metric: String
    /// Texts of the development set.
    public let devCount: Int
    /// Seeds of a configuration.
    public let seedCount: Int
    /// The best configuration's score over the test set; nil where there is none.
    public private(set) var test: Estimate?
    /// Texts of the test set.
    public private(set) var testCount = 0
    /// Configurations that met the same test set before, when they were the best.
    public private(set) var testedBefore: [String] = []

    init(_ records: [ComparisonRecord], plan: ComparisonPlan, metric: String, devCount: Int) {
        rows = plan.configurations.compactMap { configuration in
            let runs = records.filter { $0.configuration == configuration }
            return runs.isEmpty ? nil : Row(runs)
        }
        (self.metric, self.devCount, seedCount) = (metric, devCount, plan.seeds.count)
    }

    /// The table with the test scores of the best configuration.
    func tested(_ scores: [Double], count: Int, others: [String]) -> ComparisonTable {
        var table = self
        (table.test, table.testCount, table.testedBefore) = (Estimate(scores), count, others)
        return table
    }

    /// Whether a smaller score is the better one.
    public var prefersLess: Bool { Score.isLowerBetter(metric) }

    /// The configuration of the best mean; the first of equals, nil where no score is defined.
    public var best: Row? {
        rows.filter { $0.score.mean.isFinite }.reduce(nil) { best, row in
            guard let best else { return row }
            return isBetter(row.score.mean, best.score.mean) ? row : best
        }
    }

    /// The smallest configuration, in bytes, whose score the seeds do not tell from the best one's and that no smaller one
    /// beats: one run gone wrong makes seeds tell nothing. Nil where no score is defined, or with one seed, which knows no
    /// noise.
    public var enough: Row? {
        guard let best, seedCount > 1 else { return nil }
        return front { Double($0.bytes) }.filter { isLevel($0, best) }.min { $0.bytes < $1.bytes }
    }

    /// Whether the difference of two means is within twice its standard error; never where one of them is unknown.
    public func isLevel(_ a: Row, _ b: Row) -> Bool {
        if a.configuration == b.configuration { return true }
        guard let first = a.score.standardError, let second = b.score.standardError else { return false }
        return (a.score.mean - b.score.mean).magnitude <= 2 * (first * first + second * second).squareRoot()
    }

    /// What a row is beside the best one: itself, level with it, or neither.
    public func standing(of row: Row) -> Standing {
        guard let best else { return .behind }
        return row.configuration == best.configuration ? .best : isLevel(row, best) ? .level : .behind
    }

    /// A row beside the best one.
    public enum Standing: String, Sendable {
        case best, level, behind
    }

    /// The rows that no other one beats in score without being beaten in `cost`, of which less is better.
    public func front(_ cost: (Row) -> Double) -> [Row] {
        rows.filter { row in
            row.score.mean.isFinite && cost(row).isFinite
                && !rows.contains { other in
                    let isNoWorse = other.score.mean == row.score.mean || isBetter(other.score.mean, row.score.mean)
                    let isStrictly = cost(other) < cost(row) || isBetter(other.score.mean, row.score.mean)
                    return isNoWorse && cost(other) <= cost(row) && isStrictly
                }
        }
    }

    private func isBetter(_ a: Double, _ b: Double) -> Bool { prefersLess ? a < b : a > b }
}

/// A mean with what is known of its error.
public struct Estimate: Sendable, Equatable {
    /// The mean; NaN of no values.
    public let mean: Double
    /// The standard error of the mean; nil of fewer than two values.
    public let standardError: Double?

    /// The mean of some values.
    public init(_ values: [Double]) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardError = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
    }
}
