// The set of labels that occur in a data set, for a model that has no labels yet, and the label table for training.

internal import AdzeBytes

/// The distinct labels of a set, as they are written, and how often each occurs.
public struct LabelSurvey: Sendable, Equatable {
    /// The most distinct labels. A column of more holds texts, or names of rows, and no labels.
    public static let labelLimit = 10_000

    /// The labels in the order of `LabelTable.order`.
    public let labels: [String]
    /// How often each label occurs, in the same order.
    public let counts: [Int]
    /// Whether a row has a list of labels, or fields were split.
    public let hasSeveral: Bool

    /// Reads a set through; its rows that cannot be used are passed over: `ExampleSource` names them.
    ///
    /// Throws `DataError.tooManyLabels` as soon as there are more than `labelLimit`.
    /// - Parameter separator: what separates several labels in one field; nil where a field is one label.
    public init(
        path: String, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection(),
        dialect: Dialect = Dialect(), separator: Character? = nil
    ) throws(DataError) {
        var rows = try LabelledRows(path: path, format: format, columns: columns, dialect: dialect)
        try self.init(&rows, separator)
    }

    /// Reads from chunks that a closure gives.
    public init(
        format: DataFormat, columns: ColumnSelection = ColumnSelection(), separator: Character? = nil,
        chunks: @escaping ChunkSource
    ) throws(DataError) {
        var rows = try unsafe LabelledRows(
            format: format, columns: columns, chunkSize: RowSource.chunkSize, chunks: chunks)
        try self.init(&rows, separator)
    }

    private init(_ rows: inout LabelledRows, _ separator: Character?) throws(DataError) {
        // The kind only splits what is written; its table is not asked.
        let splitter = TargetKind.labels(try LabelTable([]), separator: separator)
        var counts: [String: Int] = [:]
        var first: [String] = []
        var hasSeveral = separator != nil
        while let next = try rows.next() {
            guard case .success(let row) = next, let label = row.label else { continue }
            if case .several = label { hasSeveral = true }
            for written in splitter.written(label) where !written.isEmpty {
                let isNew = counts.updateValue((counts[written] ?? 0) + 1, forKey: written) == nil
                if isNew, first.count < 3 { first.append(written) }
            }
            guard counts.count <= LabelSurvey.labelLimit else {
                throw .tooManyLabels(
                    limit: LabelSurvey.labelLimit, place: placeName(lineNumber: row.lineNumber, file: row.file),
                    first: first)
            }
        }
        labels = LabelTable.order(counts.keys)
        self.counts = labels.map { counts[$0] ?? 0 }
        self.hasSeveral = hasSeveral
    }
}

extension LabelTable {
    /// The order of labels that no model has: whole numbers by value where all are, else by their UTF-8 bytes.
    public static func order(_ labels: some Collection<String>) -> [String] {
        let numbers = labels.compactMap { label in Int(label).map { (value: $0, label: label) } }
        if numbers.count == labels.count {
            return numbers.sorted {
                $0.value != $1.value ? $0.value < $1.value : $0.label.utf8.lexicographicallyPrecedes($1.label.utf8)
            }.map(\.label)
        }
        return labels.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The labels of a new classifier for data with the labels `written`: those of `own`, the labels that the model had,
    /// that occur, in the model's order; then the others in the order of `order`.
    public init(covering written: [String], own: [String] = []) throws(DataError) {
        let known = try LabelTable(own)
        var occurring: Set<Int> = []
        var others: [String] = []
        for label in written {
            if let index = known.index(of: label) { occurring.insert(index) } else { others.append(label) }
        }
        try self.init(own.indices.filter(occurring.contains).map { own[$0] } + LabelTable.order(others))
    }
}
