// A table's rows again, in the table's own format, with others made of them. Not here: what is made.

import Adze

/// Writes rows and their copies.
struct RecordOutput {
    private let output: LineOutput
    private let format: DataFormat
    /// The name of a further column, that says how a row was made; nil for none.
    private let column: String?

    /// What that column has for a row that was read.
    static let original = "original"

    init(_ output: LineOutput, format: DataFormat, column: String?) {
        (self.output, self.format, self.column) = (output, format, column)
    }

    /// Writes the header where the table has one.
    func begin(_ header: TableHeader?) throws {
        if let record = header?.record(with: column) { try output.record(record) }
    }

    /// Writes a row as it was read, and its copies behind it.
    func write(_ row: Row, _ copies: [AugmentedText]) throws {
        try write(row, texts: nil, how: RecordOutput.original)
        for copy in copies {
            try write(row, texts: [copy.text] + (copy.pair.map { [$0] } ?? []), how: copy.step.rawValue)
        }
    }

    private func write(_ row: Row, texts: [String]?, how: String) throws {
        var record: [UInt8] = []
        if format == .txt {
            record += (texts?[0] ?? row.text).utf8
        } else {
            row.fields.writeRecord(texts: texts, mark: column.map { ($0, how) }, to: &record)
        }
        try output.record(record)
    }

    /// Refuses a further column that the rows have already.
    func check(_ header: TableHeader?, _ rows: [Row], path: String) throws {
        guard let column else { return }
        let line = rows.first { $0.fields.hasMember(column) }?.lineNumber
        guard header?.names.contains(column) == true || line != nil else { return }
        throw InputError(path: path, underlying: ColumnIsThere(name: column, line: line))
    }
}

/// A column that is to be added is there.
private struct ColumnIsThere: AdzeFailure {
    let name: String
    let line: Int?
    let kind = FailureKind.usage
    var description: String {
        (line.map { "line \($0): " } ?? "header: ")
            + "\(quoted(name)) is there already; name another column with --step-column"
    }
}
