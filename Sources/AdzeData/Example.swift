// A labelled example, and the conversion of written labels to targets.

/// A text, or a pair of texts, and the answer that it should get.
public struct Example: Sendable, Equatable {
    /// The text; may be empty.
    public var text: String
    /// The second text of a pair.
    public var pair: String?
    /// The answer.
    public var target: Target
    /// Where the example was read: `line 7`, or a file's name.
    public var place: String

    /// An example of its parts.
    public init(_ text: String, pair: String? = nil, target: Target, place: String = "") {
        self.text = text
        self.pair = pair
        self.target = target
        self.place = place
    }
}

/// The answer that an example should get.
public enum Target: Sendable, Equatable {
    /// One label, by its position in the table.
    case label(Int)
    /// Any number of labels, by their positions, in ascending order.
    case labels([Int])
    /// A finite number.
    case number(Double)
}

/// What a label column holds.
public enum TargetKind: Sendable, Equatable {
    /// One label of a table.
    case label(LabelTable)
    /// Any number of labels of a table: a list in JSON lines, or a field that is split at the separator. Without a
    /// separator a field is one label, or none where it is empty.
    case labels(LabelTable, separator: Character?)
    /// A number.
    case number

    /// The labels; nil for numbers.
    public var table: LabelTable? {
        switch self {
        case .label(let table), .labels(let table, _): table
        case .number: nil
        }
    }

    /// The answer that a written label is.
    func target(_ written: LabelValue) throws(LabelProblem) -> Target {
        switch (self, written) {
        case (.label(let table), .one(let label)): return .label(try table.position(of: label))
        case (.labels(let table, _), .several(let labels)): return .labels(try positions(labels, table))
        case (.labels(let table, let separator), .one(let field)):
            return .labels(try positions(split(field, separator), table))
        case (.number, .one(let text)):
            guard let value = Double(text), value.isFinite else { throw LabelProblem(reason: .notANumber(text)) }
            return .number(value)
        case (.label, .several(let labels)), (.number, .several(let labels)):
            throw LabelProblem(reason: .severalLabels(count: labels.count))
        }
    }

    /// The labels as they are written in one place.
    func written(_ value: LabelValue) -> [String] {
        switch (self, value) {
        case (_, .several(let labels)): labels
        case (.labels(_, let separator), .one(let field)): split(field, separator)
        case (_, .one(let label)): [label]
        }
    }

    private func positions(_ labels: [String], _ table: LabelTable) throws(LabelProblem) -> [Int] {
        var positions: Set<Int> = []
        for label in labels {
            guard positions.insert(try table.position(of: label)).inserted else {
                throw LabelProblem(reason: .repeatedLabel(label))
            }
        }
        return positions.sorted()
    }

    private func split(_ field: String, _ separator: Character?) -> [String] {
        guard !field.isEmpty else { return [] }
        guard let separator else { return [field] }
        return field.split(separator: separator, omittingEmptySubsequences: false).map { part in
            var part = part
            while part.first == " " { part.removeFirst() }
            while part.last == " " { part.removeLast() }
            return String(part)
        }
    }
}
