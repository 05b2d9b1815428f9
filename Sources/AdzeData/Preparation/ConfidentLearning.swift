// Confident learning: which rows of a labelled set most likely bear a wrong label, from predictions of models that did not
// see them. Not here: making those predictions.

/// What predictions say about the labels of a set.
///
/// Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", as cleanlab computes
/// it with `filter_by="confident_learning"` and ranks it by self-confidence.
public struct ConfidentLearning: Sendable, Equatable {
    /// A row that most likely bears a wrong label.
    public struct Suspect: Sendable, Equatable {
        /// Its place in the set.
        public let row: Int
        /// The label that it bears.
        public let given: Int
        /// The label that the predictions say.
        public let likely: Int
    }

    /// Rows of one label that are likely of another.
    public struct Confusion: Sendable, Equatable {
        /// The label that they bear.
        public let given: Int
        /// The label that they likely are.
        public let likely: Int
        /// About how many there are in the whole set.
        public let estimate: Double
    }

    /// Each label's threshold: the mean probability that rows bearing it were given of it; infinite for one that no row
    /// bears.
    public let thresholds: [Double]
    /// Each row's confidence: the probability of the label that it bears; the lower, the worse.
    public let confidences: [Double]
    /// The suspects, the lowest confidence first, ties by place.
    public let suspects: [Suspect]
    /// The estimates of wrong labels by pair of labels, the largest first.
    public let confusions: [Confusion]

    /// About how many rows of the whole set bear a wrong label.
    public var estimatedErrors: Double { confusions.reduce(0) { $0 + $1.estimate } }

    /// How far below a threshold still counts as reaching it, against rounding of the mean.
    private static let tolerance = 1e-6

    /// Finds them.
    ///
    /// A row counts for the label whose threshold its probability reaches; where it reaches several, for the likeliest of
    /// all. It is a suspect where that is another label than it bears, and likelier. The counts, scaled so that each label has as
    /// many rows as bear it, are the estimates.
    /// - Parameters:
    ///   - labels: the label of each row.
    ///   - probabilities: (rows, C), of models that did not see the row.
    /// - Complexity: O(rows · C + rows log rows).
    public init(labels: [Int], probabilities: [[Double]], labelCount: Int) {
        precondition(labels.count == probabilities.count, "a row of probabilities for each label")
        precondition(probabilities.allSatisfy { $0.count == labelCount }, "C probabilities a row")
        precondition(labels.allSatisfy((0..<labelCount).contains), "labels below C")
        let counts = labels.reduce(into: [Int](repeating: 0, count: labelCount)) { $0[$1] += 1 }
        var sums = [Double](repeating: 0, count: labelCount)
        for (label, row) in zip(labels, probabilities) { sums[label] += row[label] }
        let thresholds = zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : .infinity }
        self.thresholds = thresholds

        var joint = [[Int]](repeating: [Int](repeating: 0, count: labelCount), count: labelCount)
        var suspects: [Suspect] = []
        for (index, (given, row)) in zip(labels, probabilities).enumerated() {
            let reached = row.indices.filter { row[$0] >= thresholds[$0] - ConfidentLearning.tolerance }
            guard !reached.isEmpty else { continue }
            let likely = reached.count == 1 ? reached[0] : ConfidentLearning.highest(row)
            joint[given][likely] += 1
            if likely != given, row.contains(where: { $0 > row[given] }) {
                suspects.append(Suspect(row: index, given: given, likely: likely))
            }
        }
        let confidences = zip(labels, probabilities).map { $1[$0] }
        self.confidences = confidences
        self.suspects = suspects.sorted { (confidences[$0.row], $0.row) < (confidences[$1.row], $1.row) }
        confusions = ConfidentLearning.confusions(joint, counts)
    }

    /// The place of the highest, the first of equals.
    private static func highest(_ row: [Double]) -> Int {
        row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    }

    /// The counts of pairs that differ, scaled so that each label has as many rows as bear it.
    private static func confusions(_ joint: [[Int]], _ counts: [Int]) -> [Confusion] {
        var found: [Confusion] = []
        for (given, row) in joint.enumerated() where counts[given] > 0 {
            // A label that no row reached is taken to be right.
            let total = row.reduce(0, +) + (row[given] == 0 ? 1 : 0)
            for (likely, count) in row.enumerated() where likely != given && count > 0 {
                found.append(
                    Confusion(
                        given: given, likely: likely,
                        estimate: Double(count) / Double(total) * Double(counts[given])))
            }
        }
        return found.sorted { ($1.estimate, $0.given, $0.likely) < ($0.estimate, $1.given, $1.likely) }
    }
}
