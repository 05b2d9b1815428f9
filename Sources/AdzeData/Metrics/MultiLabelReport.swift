// Scores of a multi-label classifier.

/// How good a classifier of any number of labels is over a set, by scikit-learn's definitions.
public struct MultiLabelReport: Sendable, Equatable {
    /// How many examples there were.
    public let exampleCount: Int
    /// The scores of every label, in the model's order.
    public let labels: [LabelScores]
    /// The part of the examples whose labels are all right and none missing.
    public let subsetAccuracy: Double
    /// Of all labels of all examples together.
    public let micro: PrecisionRecall
    /// The mean over all labels of the model.
    public let macro: PrecisionRecall
    /// The mean over the labels, weighted by how often each is.
    public let weighted: PrecisionRecall
    /// The mean over the examples; an example that has no label, and of which none was said, counts as zero.
    public let samples: PrecisionRecall
}

/// Takes the answers of a classifier of any number of labels, one by one. Memory does not grow with the set.
public struct MultiLabelTally: Sendable {
    private var correct: [Int]
    private var predicted: [Int]
    private var actual: [Int]
    private var exampleCount = 0
    private var exactCount = 0
    private var sampleSums = (precision: 0.0, recall: 0.0, f1: 0.0)

    /// A tally without answers.
    public init(labelCount: Int) {
        correct = [Int](repeating: 0, count: labelCount)
        predicted = correct
        actual = correct
    }

    /// Takes an answer: the labels that are, and those that were said, each without repetition.
    public mutating func add(actual labels: [Int], predicted said: [Int]) {
        let right = Set(labels).intersection(said)
        for label in labels { actual[label] += 1 }
        for label in said { predicted[label] += 1 }
        for label in right { correct[label] += 1 }
        exampleCount += 1
        if right.count == labels.count, right.count == said.count { exactCount += 1 }
        let sample = PrecisionRecall(correct: right.count, predicted: said.count, actual: labels.count)
        sampleSums.precision += sample.precision
        sampleSums.recall += sample.recall
        sampleSums.f1 += sample.f1
    }

    /// The scores so far; all are 0 before the first answer.
    public var report: MultiLabelReport {
        let labels = correct.indices.map {
            LabelScores(correct: correct[$0], predicted: predicted[$0], actual: actual[$0])
        }
        let count = Double(exampleCount)
        return MultiLabelReport(
            exampleCount: exampleCount, labels: labels, subsetAccuracy: ratio(Double(exactCount), count),
            micro: PrecisionRecall(
                correct: correct.reduce(0, +), predicted: predicted.reduce(0, +), actual: actual.reduce(0, +)),
            macro: PrecisionRecall(mean: labels.lazy.map { (scores: $0.scores, weight: 1) }),
            weighted: PrecisionRecall(mean: labels.lazy.map { (scores: $0.scores, weight: $0.support) }),
            samples: PrecisionRecall(
                precision: ratio(sampleSums.precision, count), recall: ratio(sampleSums.recall, count),
                f1: ratio(sampleSums.f1, count)))
    }
}
