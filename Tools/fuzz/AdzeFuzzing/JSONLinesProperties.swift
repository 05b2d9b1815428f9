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
        let text = rows.map { FuzzTarget.line($0).text + "\n" }.joined()
        let again = try TextRows(Array(text.utf8), .jsonl, ColumnSelection(), chunkSize: 4 << 10)
        try require(again.failure == nil && again.rows.count == rows.count, "written JSON lines are other rows")
        for (old, new) in Swift.zip(rows, again.successes) {
            try require(same(line(old).text, line(new).text), "a row changed when it was written as JSON")
        }
    }

    private static func line(_ row: Row) -> JSONValue {
        var object: JSONObject = ["text": .string(row.text)]
        if let pair = row.pair { object["text_pair"] = .string(pair) }
        switch row.label {
        case .one(let label): object["label"] = .string(label)
        case .several(let labels): object["label"] = .array(labels.map(JSONValue.string))
        case nil: break
        }
        for (key, value) in row.extra { object[key] = value }
        return .object(object)
    }
}
