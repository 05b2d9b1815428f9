// Weights of the classes in the loss: balanced as scikit-learn does it, or as given.

internal import AdzeBytes

/// What the weights of labels are made from.
public enum ClassWeights: Sendable, Equatable {
    /// Every label counts alike in sum: n / (k · n_c) for label c, over the k labels that occur, as scikit-learn's
    /// `class_weight="balanced"`. For any number of labels a text: (n − n_c) / n_c, the weight of a label's presence.
    case balanced
    /// Weights by name; labels without one have 1.
    case given([Given])

    /// A label and its weight.
    public struct Given: Sendable, Equatable {
        /// The label, as it may be written in data.
        public var label: String
        /// Positive and finite.
        public var weight: Float

        /// A weight of a label.
        public init(_ label: String, _ weight: Float) {
            self.label = label
            self.weight = weight
        }
    }

    /// A weight for each label of a table; labels that do not occur have 1 where they are balanced.
    ///
    /// Throws `DataError.noSuchLabel` for a given label that is none of the table's, `.repeatedLabel` for one given twice.
    public func weights(_ examples: [Example], _ table: LabelTable) throws(DataError) -> [Float] {
        switch self {
        case .balanced: return ClassWeights.balanced(examples, labelCount: table.count)
        case .given(let given):
            var weights = [Float](repeating: 1, count: table.count)
            var seen: Set<Int> = []
            for entry in given {
                guard let index = table.index(of: entry.label) else {
                    throw .noSuchLabel(
                        entry.label, nearest: table.nearest(to: entry.label), known: Array(table.names.prefix(7)))
                }
                guard seen.insert(index).inserted else { throw .repeatedLabel(entry.label) }
                weights[index] = entry.weight
            }
            return weights
        }
    }

    private static func balanced(_ examples: [Example], labelCount: Int) -> [Float] {
        var counts = [Int](repeating: 0, count: labelCount)
        var isMultiple = false
        for example in examples {
            switch example.target {
            case .label(let label): counts[label] += 1
            case .labels(let labels):
                isMultiple = true
                for label in labels { counts[label] += 1 }
            case .number: break
            }
        }
        let total = examples.count
        let occurring = counts.filter { $0 > 0 }.count
        return counts.map { count in
            guard count > 0 else { return 1 }
            // A label that every text has would weigh nothing, and its presence would not be learnt at all.
            if isMultiple { return Float(Double(max(total - count, 1)) / Double(count)) }
            return Float(Double(total) / (Double(occurring) * Double(count)))
        }
    }
}
