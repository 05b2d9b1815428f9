// Rows of CSV, TSV and JSON lines read to the end, in chunks of any size. Not here: what must hold of them.

import AdzeBytes
import AdzeData

/// Everything that a file of texts gives: its rows with their errors, and what ended the reading.
struct TextRows: Equatable {
    var rows: [Result<Row, RowError>] = []
    var failure: DataError?

    var successes: [Row] { rows.compactMap { try? $0.get() } }

    /// Reads all rows of the bytes, at most `chunkSize` at a time.
    init(
        _ bytes: [UInt8], _ format: DataFormat, _ columns: ColumnSelection, _ dialect: Dialect = Dialect(),
        chunkSize: Int
    ) throws {
        var position = 0
        do throws(DataError) {
            var options = RowOptions()
            options.keepsFields = true
            options.countsEmptyLines = true
            options.dialect = dialect
            var source = try RowSource(format: format, columns: columns, options: options, chunkSize: chunkSize) {
                buffer throws(DataError) in
                let count = min(buffer.count, bytes.count - position, chunkSize)
                bytes.withUnsafeBytes {
                    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
                }
                position += count
                return count
            }
            while let row = try source.next() { rows.append(row) }
        } catch {
            failure = error
        }
        for case .failure(let error) in rows { try requireOneLine(error) }
        if let failure, failure.kind != .usage { try requireOneLine(failure) }
        try requireOrder(bytes)
    }

    /// Rows are in the order of their lines, and no line is beyond the last.
    private func requireOrder(_ bytes: [UInt8]) throws(Violation) {
        var last = 0
        for row in rows {
            let line =
                switch row {
                case .success(let row): row.lineNumber
                case .failure(let error): error.lineNumber
                }
            try require(line > last, "line \(line) follows line \(last)")
            last = line
        }
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
        try require(last <= lines, "a row of line \(last) in a text of \(lines) lines")
    }

    /// The same whatever the chunks are.
    static func readInChunks(
        _ bytes: [UInt8], _ format: DataFormat, _ columns: ColumnSelection = ColumnSelection()
    ) throws -> TextRows {
        let whole = try TextRows(bytes, format, columns, chunkSize: 4 << 10)
        for chunkSize in [4, 61] {
            let pieces = try TextRows(bytes, format, columns, chunkSize: chunkSize)
            try require(pieces == whole, "chunks of \(chunkSize) bytes give other rows of \(format)")
        }
        return whole
    }
}
