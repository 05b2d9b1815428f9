// Checks of training examples: errors, and warnings for a person.

internal import AdzeBytes

extension TargetKind {
    /// Refuses examples that nothing can be learnt from, and says what is odd about the others, a sentence each.
    ///
    /// Throws `DataError.noExamples`, and `.oneLabel` where every example has the same one.
    public func check(training examples: [Example]) throws(DataError) -> [String] {
        guard let first = examples.first else { throw .noExamples }
        var notes: [String] = []
        if let table {
            var counts = [Int](repeating: 0, count: table.count)
            for example in examples {
                for label in example.target.positions { counts[label] += 1 }
            }
            if case .label(let only) = first.target, counts[only] == examples.count {
                throw .oneLabel(table.names[only])
            }
            let missing = table.names.indices.filter { counts[$0] == 0 }.map { table.names[$0] }
            if !missing.isEmpty {
                let are = missing.count == 1 ? "label of the model has" : "labels of the model have"
                notes.append("\(missing.count) \(are) no example: \(list(missing))")
            }
        }
        let blank = examples.lazy.filter(\.isBlank).map(\.place)
        let places = Array(blank.prefix(ExampleSource.placeLimit + 1))
        if !places.isEmpty {
            let shown = places.prefix(ExampleSource.placeLimit).joined(separator: ", ")
            notes.append(
                "empty texts, trained on as they stand: \(blank.count) (\(shown)"
                    + (places.count > ExampleSource.placeLimit ? ", …)" : ")"))
        }
        return notes
    }
}

extension Target {
    /// The labels, by their positions; empty for a number.
    public var positions: [Int] {
        switch self {
        case .label(let label): [label]
        case .labels(let labels): labels
        case .number: []
        }
    }
}
