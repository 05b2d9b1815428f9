// The table of labels: names in the order of the logits, and the parsing of written labels.

internal import AdzeBytes

/// The names of a model's labels, in the order of its logits.
public struct LabelTable: Sendable, Equatable {
    /// The names; no two are equal.
    public let names: [String]
    private let indexes: [String: Int]
    /// Whether numbers are names, or parts of all, as in "1 star", so that they are never positions.
    private let hasNumbers: Bool

    /// A table of names; throws `DataError.repeatedLabel`.
    public init(_ names: [String]) throws(DataError) {
        var indexes: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            guard indexes.updateValue(index, forKey: name) == nil else { throw .repeatedLabel(name) }
        }
        self.names = names
        self.indexes = indexes
        hasNumbers =
            names.contains { LabelTable.number($0) != nil }
            || names.allSatisfy { $0.utf8.first.map { (0x30...0x39).contains($0) } ?? false }
    }

    /// How many labels there are.
    public var count: Int { names.count }

    /// The position of a label as it is written in data; nil where it is none of these.
    ///
    /// A name stands for itself. The numbers 0 ..< count are positions, and so is `LABEL_` followed by one; not where a
    /// name is a whole number, or all begin with a digit. `neg` and `pos`, as folders of reviews are called, are
    /// negative and positive in any case, or the first and second of two labels without names of their own.
    public func index(of written: String) -> Int? {
        if let index = indexes[written] { return index }
        if let number = LabelTable.position(written) { return !hasNumbers && number < count ? number : nil }
        switch written {
        case "neg": return index(ignoringCase: "negative") ?? (isUnnamedPair ? 0 : nil)
        case "pos": return index(ignoringCase: "positive") ?? (isUnnamedPair ? 1 : nil)
        default: return nil
        }
    }

    /// The name that was probably meant: the same in another case, else the closest.
    public func nearest(to written: String) -> String? {
        index(ignoringCase: written).map { names[$0] } ?? nearestName(to: written, in: names)
    }

    /// The position, or why the row that has the label cannot be used.
    func position(of written: String) throws(LabelProblem) -> Int {
        if let index = index(of: written) { return index }
        throw LabelProblem(
            reason: written.isEmpty
                ? .noLabel : .unknownLabel(written, nearest: nearest(to: written), known: Array(names.prefix(7))))
    }

    private var isUnnamedPair: Bool { names == ["LABEL_0", "LABEL_1"] }

    private func index(ignoringCase name: String) -> Int? {
        let lowered = name.lowercased()
        return names.firstIndex { $0.lowercased() == lowered }
    }

    /// The number in `7` or `LABEL_7`.
    private static func position(_ written: String) -> Int? {
        written.hasPrefix("LABEL_") ? number(written.dropFirst(6)) : number(written)
    }

    /// A whole number without sign or leading zeros.
    private static func number(_ text: some StringProtocol) -> Int? {
        guard let value = Int(text), value >= 0, String(value) == text else { return nil }
        return value
    }
}

/// Why a label cannot be used, before it is known where it stands.
struct LabelProblem: Error {
    let reason: RowError.Reason
}
