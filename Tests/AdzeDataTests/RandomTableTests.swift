// Random tables, written by a small writer, read back in chunks of random sizes; and random bytes, which never trap.

import AdzeBytes
import AdzeData
import AdzeTestSupport
import Testing

@Suite struct RandomTableTests {
    static let pieces = ["a", "é", "日本", "\"", "\"\"", ",", "\n", "\r\n", "\r", "\t", " ", "😀", "text", "", "\u{FEFF}"]

    func field(_ generator: inout SeededGenerator, without forbidden: [String]) -> String {
        let pieces = Self.pieces.filter { !forbidden.contains($0) }
        return (0..<Int.random(in: 0...5, using: &generator))
            .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    func sizes(_ generator: inout SeededGenerator) -> [Int] {
        (0..<7).map { _ in Int.random(in: 1...9, using: &generator) }
    }

    @Test(arguments: 0..<40)
    func csvReadsBack(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let end = ["\n", "\r\n", "\r"].randomElement(using: &generator) ?? "\n"
        let table = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
            (0..<3).map { _ in field(&generator, without: []) }
        }
        var text = Bool.random(using: &generator) ? "\u{FEFF}" : ""
        for row in table {
            text +=
                row.map { field in
                    // A field that needs no quotes has them half of the time.
                    let isPlain = !field.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
                    if isPlain, Bool.random(using: &generator) { return field }
                    return "\"" + field.replacing("\"", with: "\"\"") + "\""
                }.joined(separator: ",") + end
        }
        let columns = ColumnSelection(text: .number(1), pair: .number(2), label: .number(3))
        let reading = read(
            Array(text.utf8), .csv, columns, sizes: sizes(&generator),
            chunkSize: Int.random(in: 4...12, using: &generator))
        check(reading, table, skipsMark: text.hasPrefix("\u{FEFF}"))
    }

    @Test(arguments: 0..<20)
    func tsvReadsBack(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let table = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
            (0..<3).map { _ in field(&generator, without: ["\t", "\n", "\r\n", "\r", "\u{FEFF}"]) }
        }
        let text = table.map { $0.joined(separator: "\t") }.joined(separator: "\r\n")
        let columns = ColumnSelection(text: .number(1), pair: .number(2), label: .number(3))
        check(read(Array(text.utf8), .tsv, columns, sizes: sizes(&generator)), table, skipsMark: false)
    }

    func check(_ reading: Reading, _ table: [[String]], skipsMark: Bool) {
        #expect(reading.failure == nil && reading.errors.isEmpty)
        let found = reading.rows.compactMap { try? $0.get() }.map { [$0.text, $0.pair ?? "-", $0.writtenLabel ?? "-"] }
        var expected = table
        // Without a mark of its own, a text that begins with one loses it: there is no telling them apart.
        if !skipsMark, expected[0][0].hasPrefix("\u{FEFF}"), found.first?[0] != expected[0][0] {
            expected[0][0].unicodeScalars.removeFirst()
        }
        // By scalars: Swift's own equality would take two spellings of one letter for equal.
        #expect(found.map { $0.map { Array($0.utf8) } } == expected.map { $0.map { Array($0.utf8) } })
    }

    @Test(arguments: 0..<20)
    func jsonLinesReadBack(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let rows = (0..<20).map { line in
            Row(
                lineNumber: line + 1, text: field(&generator, without: []), pair: field(&generator, without: []),
                label: .one(field(&generator, without: [])))
        }
        let text = rows.map { row in
            let pairs: JSONObject = [
                "n": .integer(row.lineNumber), "label": .string(row.writtenLabel ?? ""), "text": .string(row.text),
                "text_pair": .string(row.pair ?? ""),
            ]
            return JSONValue.object(pairs).text
        }.joined(separator: "\n")
        #expect(read(Array(text.utf8), .jsonl, sizes: sizes(&generator)).rows == rows.map { .success($0) })
    }

    /// Whatever the bytes and the chunks, the rows are the same, and nothing traps.
    @Test(arguments: 0..<40)
    func chunksNeverMatter(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("ab,\"\"\n\r\t{}:\\ text".utf8) + [0xFF, 0xC3, 0xA9]
        let header = Array("text,label\n".utf8)
        for format in DataFormat.allCases {
            let bytes =
                (format == .csv ? header : [])
                + (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? 0
                }
            let whole = read(bytes, format)
            #expect(read(bytes, format, sizes: sizes(&generator)) == whole)
            #expect(read(bytes, format, chunkSize: 4) == whole)
            for line in zip(whole.lines, whole.lines.dropFirst()) { #expect(line.0 < line.1) }
            for error in whole.errors { #expect(!error.description.contains("\n")) }
        }
    }
}
