// CSV, TSV and plain text: the same rows whatever the chunks, and the same again from the rows written down.

import AdzeBytes
import AdzeData

extension FuzzTarget {
    /// `RowSource` for the formats without structure inside a field.
    public static let csv = FuzzTarget("csv") { bytes in
        for format in [DataFormat.csv, .tsv] {
            try checkTable(bytes, format, ColumnSelection())
            try checkTable(bytes, format, ColumnSelection(text: .number(2), label: .number(1)))
        }
        let lines = try TextRows.readInChunks(bytes, .txt)
        // A mark of its own and CRLF keep a mark at the start and a CR at the end of a text.
        let text = Array(("\u{FEFF}" + lines.successes.map { $0.text + "\r\n" }.joined()).utf8)
        let again = try TextRows(text, .txt, ColumnSelection(), chunkSize: 4 << 10)
        try requireSame(again, lines.successes, "plain text")
    }

    private static func checkTable(_ bytes: [UInt8], _ format: DataFormat, _ columns: ColumnSelection) throws {
        let table = try TextRows.readInChunks(bytes, format, columns)
        guard table.failure == nil else { return }
        let rows = table.successes
        // Quotes are stated: whether a TSV has some is judged by all of its columns, and only these are written.
        var dialect = Dialect()
        dialect.delimiter = UInt8(ascii: format == .tsv ? "\t" : ",")
        dialect.quoting = .csv
        var lines: [UInt8] = []
        for fields in [["text", "text_pair", "label"]] + rows.map({ [$0.text, $0.pair ?? "", label($0)] }) {
            for (index, field) in fields.enumerated() {
                if index > 0, let delimiter = dialect.delimiter { lines.append(delimiter) }
                lines += quotedField(field).utf8
            }
            lines += "\r\n".utf8
        }
        let again = try TextRows(lines, format, ColumnSelection(), dialect, chunkSize: 4 << 10)
        try requireWritten(rows)
        try requireSame(again, rows, "\(format)")
    }

    /// Fields written as CSV are read as the same fields.
    private static func requireWritten(_ rows: [Row]) throws {
        for case let (row, header?) in rows.map({ ($0, $0.fields.header) }) {
            var line: [UInt8] = Array("\r\n".utf8)
            row.fields.writeRecord(delimiter: header.delimiter, to: &line)
            var dialect = Dialect()
            (dialect.delimiter, dialect.quoting) = (header.delimiter, .csv)
            let columns = ColumnSelection(text: .number(header.keys.count))
            let again = try TextRows(line, .csv, columns, dialect, chunkSize: 4 << 10)
            // A lone empty field is an empty line.
            guard header.keys.count > 1, case .success(let read)? = again.rows.first else { continue }
            try require(
                members(read.fields).elementsEqual(members(row.fields)), "fields of a table changed when written")
        }
    }

    private static func members(_ fields: RowFields) -> [UInt8] {
        var out: [UInt8] = []
        // The names are others; the delimiter is the same.
        fields.writeRecord(delimiter: UInt8(ascii: ","), to: &out)
        return out
    }

    /// A table's label is one field.
    private static func label(_ row: Row) -> String {
        if case .one(let label) = row.label { label } else { "" }
    }

    private static func quotedField(_ text: String) -> String {
        var field = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { field += "\"" }
            field.unicodeScalars.append(scalar)
        }
        return field + "\""
    }

    private static func requireSame(_ again: TextRows, _ rows: [Row], _ format: String) throws {
        try require(again.failure == nil, "written \(format) is refused: \(again.failure.map { "\($0)" } ?? "")")
        try require(again.rows.count == rows.count, "\(rows.count) rows of \(format) became \(again.rows.count)")
        for (old, new) in Swift.zip(rows, again.successes) {
            try require(
                same(old.text, new.text) && same(old.pair ?? "", new.pair ?? "")
                    && same(label(old), label(new)),
                "a row of \(format) changed when it was written")
        }
    }

    /// Equal bytes; Swift's `==` takes composed for decomposed.
    static func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}
