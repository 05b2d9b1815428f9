// The rows of a file or a pipe, read by a thread of their own and handed out in windows. Not here: what is answered to
// them.

package import AdzeData
internal import AdzeThreads

/// Rows that are read ahead of their user, in memory that does not grow with the input.
///
/// What a window is depends on the rows alone, but for an input that pauses: then what it gave is handed out at once.
package struct RowWindows {
    /// What a window brought.
    package struct Window {
        /// The rows, in their order; those that are none among them. Empty at the end of the input.
        package let rows: [Result<Row, RowError>]
        /// What became known about the input with them.
        package let notes: [String]
    }

    /// The table's columns, as soon as a row or the end was read; nil for what is no table.
    package private(set) var header: TableHeader?
    private let source: ReadAhead<ReadRow>

    /// Begins to read; nil where the system gives no thread. Throws `DataError`.
    package init?(
        path: String, format: DataFormat?, columns: ColumnSelection, options: RowOptions
    ) throws(DataError) {
        let opened = OpenedRows(try RowSource(path: path, format: format, columns: columns, options: options))
        let source: ReadAhead<ReadRow>? = ReadAhead(.texts, cost: { $0.byteCount }) { waiting in
            opened.source.beforeWaiting { waiting.begin() }
            return { try opened.next() }
        }
        guard let source else { return nil }
        self.source = source
    }

    /// The next rows; throws where the input breaks, after the rows before the break.
    package mutating func next() throws -> Window {
        var notes: [String] = []
        while let window = try source.next() {
            for element in window {
                notes += element.notes
                header = element.header ?? header
            }
            let rows = window.compactMap(\.row)
            if !rows.isEmpty { return Window(rows: rows, notes: notes) }
        }
        return Window(rows: [], notes: notes)
    }
}

/// An opened input on its way to the thread that reads it.
private final class OpenedRows {
    var source: RowSource
    private var noteCount = 0
    private var isAtEnd = false

    init(_ source: consuming RowSource) { self.source = source }

    /// The next row with what is new about the input; after the last one, what is known at the end.
    func next() throws -> ReadRow? {
        guard !isAtEnd else { return nil }
        let row = try source.next()
        isAtEnd = row == nil
        let notes = Array(source.notes.dropFirst(noteCount))
        noteCount = source.notes.count
        return ReadRow(
            row: row, byteCount: row == nil ? 0 : source.recordByteCount, notes: notes, header: source.header)
    }
}

/// A row, and what it adds to a window: the bytes of its whole record, for its label and the fields that only pass
/// through are held as its texts are.
private struct ReadRow: Sendable {
    let row: Result<Row, RowError>?
    let byteCount: Int
    let notes: [String]
    let header: TableHeader?
}
