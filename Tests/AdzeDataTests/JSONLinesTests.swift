// JSON Lines: keys, labels of several kinds, fields that pass through, and lines that cost one row.

import AdzeBytes
import AdzeData
import Testing

@Suite struct JSONLinesTests {
    func reason(_ line: String, _ columns: ColumnSelection = ColumnSelection()) -> RowError.Reason? {
        let reading = read("\n" + line + "\n{\"text\":\"after\",\"label\":0}\n", .jsonl, columns)
        // The line after a bad one is read.
        #expect(reading.failure == nil && reading.texts.last == "after")
        #expect(reading.errors.allSatisfy { $0.lineNumber == 2 })
        return reading.errors.first?.reason
    }

    @Test func defaultKeys() {
        let line = #"{"id":7,"text":"a","label":"x","text_pair":"b","more":{"z":1,"y":[null]}}"#
        #expect(
            read(line, .jsonl).rows == [
                .success(Row(lineNumber: 1, text: "a", pair: "b", label: "x"))
            ])
    }

    /// A value takes many times the two bytes of `1,`: a label full of them is bounded by their number. What only passes
    /// through is no value.
    @Test func tooManyValuesCostOneRow() {
        func line(_ key: String, _ count: Int) -> String {
            #"{"text":"a",""# + key + #"":["# + repeatElement("1", count: count).joined(separator: ",") + "]}"
        }
        let label = ColumnSelection(label: .name("y"))
        func reason(_ line: String) -> RowError.Reason? {
            read(line, .jsonl, label).errors.first?.reason
        }
        // The list is a value too.
        #expect(reason(line("y", RowSource.valueLimit - 1)) == nil)
        #expect(reason(line("y", RowSource.valueLimit)) == .json(.tooManyValues(limit: RowSource.valueLimit)))
        let long = line("x", 490_000)
        #expect(read(long, .jsonl, ColumnSelection(), keeping()).texts == ["a"])
    }

    @Test func chosenKeys() {
        let columns = ColumnSelection(text: .name("q"), pair: .name("p"), label: .name("y"))
        #expect(
            read(#"{"q":"1","p":"2","y":"3","text":"kept"}"#, .jsonl, columns).rows == [
                .success(Row(lineNumber: 1, text: "1", pair: "2", label: "3"))
            ])
    }

    /// Where nothing is chosen, the first of the standard names that is there counts.
    @Test func standardNames() {
        var columns = ColumnSelection()
        columns.role = .questionAndContext
        for line in [
            #"{"question":"q","context":"c"}"#, #"{"text":"q","text_pair":"c"}"#, #"{"text_pair":"c","question":"q"}"#,
        ] {
            #expect(read(line, .jsonl, columns).rows == [.success(Row(lineNumber: 1, text: "q", pair: "c"))])
        }
        #expect(reason(#"{"contxt":"c"}"#, columns) == .missingKey("question", nearest: nil))
        for header in ["question,context", "text,context"] {
            let rows = read("\(header)\nq,c\n", .csv, columns).rows
            #expect(rows == [.success(Row(lineNumber: 2, text: "q", pair: "c"))])
        }
        let missing = read("quest,context\nq,c\n", .csv, columns).failure
        #expect(missing == .noColumn("question", nearest: nil, found: ["quest", "context"]))
        #expect(read("plain", .txt, columns).texts == ["plain"])
        columns.text = .name("t")
        let reasons = read(#"{"question":"q"}"#, .jsonl, columns).errors.map(\.reason)
        #expect(reasons == [.missingKey("t", nearest: nil)])
    }

    @Test(arguments: [("1", "1"), ("true", "true"), ("2.5", "2.5"), (#""a""#, "a"), ("-3", "-3")])
    func labelsOfSeveralKinds(written: String, label: String) throws {
        #expect(try read(#"{"text":"t","label":\#(written)}"#, .jsonl).rows.first?.get().label == .one(label))
    }

    @Test(arguments: [("[]", []), (#"["a"]"#, ["a"]), (#"["a",2,true]"#, ["a", "2", "true"])])
    func listsOfLabels(written: String, labels: [String]) throws {
        #expect(try read(#"{"text":"t","label":\#(written)}"#, .jsonl).rows.first?.get().label == .several(labels))
    }

    @Test func nullIsNoPairAndNoLabel() {
        #expect(
            read(#"{"text":"t","label":null,"text_pair":null}"#, .jsonl).rows
                == [.success(Row(lineNumber: 1, text: "t"))])
    }

    @Test func emptyLinesAreNoRows() {
        let reading = read("\n{\"text\":\"a\"}\r\n \t\r\n{\"text\":\"b\"}\n\n", .jsonl)
        #expect(reading.texts == ["a", "b"])
        #expect(reading.lines == [2, 4])
    }

    @Test func lineThatIsNoJSON() {
        guard case .json(.unexpected) = reason(#"{"text":"#) else { return #expect(Bool(false), "accepted") }
        guard case .json(.duplicateKey("text", _)) = reason(#"{"text":"a","text":"b"}"#) else {
            return #expect(Bool(false), "accepted")
        }
        guard case .json(.tooDeep) = reason(String(repeating: "[", count: 100_000)) else {
            return #expect(Bool(false), "accepted")
        }
    }

    @Test func lineThatIsNoObject() {
        #expect(reason("[1]") == .notAnObject(found: "a list of 1"))
        #expect(reason(#""text""#) == .notAnObject(found: "the string 'text'"))
    }

    @Test func missingKeys() {
        #expect(reason(#"{"texts":"a"}"#) == .missingKey("text", nearest: "texts"))
        #expect(reason("{}") == .missingKey("text", nearest: nil))
        #expect(
            reason(#"{"text":"a"}"#, ColumnSelection(label: .name("label"))) == .missingKey("label", nearest: nil))
    }

    @Test func wrongTypes() {
        #expect(
            reason(#"{"text":1}"#) == .wrongType(key: "text", expected: "a string", found: "the number 1"))
        #expect(reason(#"{"text":null}"#) == .wrongType(key: "text", expected: "a string", found: "null"))
        #expect(
            reason(#"{"text":"a","text_pair":true}"#)
                == .wrongType(key: "text_pair", expected: "a string", found: "true"))
        let expected = "a string, a number, a truth value or a list of such"
        let label = ColumnSelection(label: .name("label"))
        for (value, found) in [(#"[["x"]]"#, "a list of 1"), (#"["x",null]"#, "null"), ("{}", "an object of 0 keys")] {
            #expect(
                reason(#"{"text":"a","label":\#(value)}"#, label)
                    == .wrongType(key: "label", expected: expected, found: found))
        }
        #expect(
            reason(#"{"text":"a","label":null}"#, ColumnSelection(label: .name("label")))
                == .wrongType(key: "label", expected: expected, found: "null"))
    }

    @Test func invalidUTF8() {
        let reading = read(Array(#"{"text":""#.utf8) + [0xFF] + Array("\"}\n{\"text\":\"b\"}".utf8), .jsonl)
        #expect(reading.errors == [RowError(lineNumber: 1, reason: .invalidUTF8)])
        #expect(reading.texts == ["b"])
    }

    @Test func keysHaveNoNumbers() {
        #expect(read("", .jsonl, ColumnSelection(text: .number(1))).failure == .columnsNotInFormat(.jsonl))
    }
}
