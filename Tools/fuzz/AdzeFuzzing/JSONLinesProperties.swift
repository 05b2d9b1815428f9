// JSON lines: the same rows whatever the chunks, and the same again from the rows written down.

import AdzeBytes
import AdzeData

extension FuzzTarget {
    /// `RowSource` for JSON lines.
    public static let jsonl = FuzzTarget("jsonl") { bytes in
        let selection = ColumnSelection(text: .name("a"), pair: .name("b"), label: .name("c"))
        _ = try TextRows.readInChunks(bytes, .jsonl, selection)
        let lines = try TextRows.readInChunks(bytes, .jsonl)
        let rows = lines.successes
        let text = rows.map { FuzzTarget.line($0) + "\n" }.joined()
        let again = try TextRows(Array(text.utf8), .jsonl, ColumnSelection(), chunkSize: 4 << 10)
        try require(again.failure == nil && again.rows.count == rows.count, "written JSON lines are other rows")
        for (old, new) in Swift.zip(rows, again.successes) {
            try require(same(line(old), line(new)), "a row changed when it was written as JSON")
        }
        // A row that is none keeps its fields as members that an object can have.
        for case .failure(let error) in lines.rows where !error.fields.isEmpty {
            let line = try TextRows(
                Array(("{" + members(error.fields) + "}").utf8), .jsonl, ColumnSelection(), chunkSize: 4 << 10)
            let again =
                switch line.rows.first {
                case .success(let row): members(row.fields)
                case .failure(let error): members(error.fields)
                case nil: ""
                }
            try require(same(again, members(error.fields)), "a bad row's fields changed")
        }
    }

    private static func line(_ row: Row) -> String { "{" + members(row.fields) + "}" }

    /// All members, the texts among them, as one line has them.
    private static func members(_ fields: RowFields) -> String {
        var (out, aside): ([UInt8], [UInt8]) = ([], [])
        _ = fields.writeMembers(reserved: [], withTexts: true, to: &out, aside: &aside)
        return String(decoding: out.dropFirst(), as: UTF8.self)
    }
}
