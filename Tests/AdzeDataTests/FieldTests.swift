// Fields that pass through: JSON values by their bytes, columns under their names.

import AdzeBytes
import AdzeData
import Testing

@Suite struct FieldTests {
    private func fields(_ line: String) throws -> RowFields {
        try #require(read(line, .jsonl, ColumnSelection(), keeping()).rows.first).get().fields
    }

    @Test(arguments: [
        "17293822569102704641", "17293822569102704643", "-0", "1.10", "1e400", "0.1000000000000000055511151231257827",
        #""\u00e9\/\ud83e\udeb5""#, #""\ud800""#, "[1,  2]", #"{"b":1,"a":{"b":2,"b":3}}"#, "null", "true", #""ö🪵""#,
        String(repeating: "9", count: 5000),
    ])
    func valuesAreCopiedAsTheirBytes(value: String) throws {
        #expect(try fields(#"{"z":\#(value),"text":"t","a":1}"#).json() == #""z":\#(value),"a":1"#)
    }

    @Test func keysAreCopiedAsTheirBytes() throws {
        let line = #"{"z":1,"text":"t","\u0061":2,"z":3,"Z":4}"#
        #expect(try fields(line).json() == #""z":1,"\u0061":2,"z":3,"Z":4"#)
        #expect(try fields(line).json(reserved: ["a", "z"]) == #""Z":4|"z":1,"\u0061":2,"z":3"#)
        // A text under an escaped key is the text.
        #expect(try fields(#"{"te\u0078t":"t","a":1}"#).json() == #""a":1"#)
    }

    /// A label that nobody asked for is a field like any other, whatever it is.
    @Test func labelsPassThrough() throws {
        for label in ["\"gold\"", "{}", "[1,[2]]", "null", "7"] {
            #expect(try fields(#"{"text":"t","label":\#(label)}"#).json() == #""label":\#(label)"#)
        }
    }

    /// A line holds one object: white space is one space, and what must not stand raw is escaped.
    @Test func aFieldBreaksNoLine() throws {
        #expect(try fields("{\"text\":\"t\",\"a\":[1,\r2]}").json() == #""a":[1, 2]"#)
        let written = try fields("{\"text\":\"t\",\"a\":\"\u{7F}x\"}").json()
        #expect(written == #""a":"\u007fx""#)
    }

    @Test func rowsThatAreNoneKeepTheirFields() throws {
        func json(_ line: String) -> String? {
            read(line, .jsonl, ColumnSelection(), keeping()).errors.first?.fields.json(withTexts: true)
        }
        #expect(json(#"{"id":1,"text":5}"#) == #""id":1,"text":5"#)
        #expect(json(#"{"id":1}"#) == #""id":1"#)
        #expect(json(#"{"id":1,"text":"a","text":"b"}"#) == #""id":1,"text":"a","text":"b""#)
        #expect(json("[1]") == "" && json("{") == "")
        #expect(read("\n{\"text\":\"a\"}\n \n", .jsonl, ColumnSelection(), keeping()).lines == [1, 2, 3])
    }

    @Test func grammarIsStillLookedAt() {
        for bad in [
            "01", "1.", ".5", "+1", "1e", "-", "nul", "\"\\x\"", "\"\u{1}\"", "[1,]", "{\"a\":1,}", "{\"a\" 1}",
            "[1 2]",
            "\"\\u12\"", "]", "\"", "{a:1}", "NaN", "",
        ] {
            let reading = read("{\"text\":\"t\",\"a\":\(bad)}", .jsonl, ColumnSelection(), keeping())
            #expect(reading.texts == [] && reading.errors.count == 1, "\(bad)")
        }
        for good in ["[]", "{}", "[[],{}]", "{\"a\":[{\"b\":[]}]}", "[1,[2,[3]],4]", "{\"a\":{\"b\":1},\"c\":2}"] {
            #expect(read("{\"text\":\"t\",\"a\":\(good)}", .jsonl).texts == ["t"], "\(good)")
        }
        let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
        guard case .json(.tooDeep)? = read("{\"text\":\"t\",\"a\":\(deep)}", .jsonl).errors.first?.reason else {
            return #expect(Bool(false), "accepted")
        }
    }

    // MARK: Tables

    @Test func columnsPassThroughUnderTheirNames() throws {
        let text = "id,text,a \"b\",\n1,\"x, \"\"y\"\"\",\"two\nlines\",é\n2,z\n"
        let options = keeping()
        let rows = read(text.replacing("a \"b\"", with: "\"a \"\"b\"\"\""), .csv, ColumnSelection(), options).rows
        try #require(rows.count == 2)
        let fields = try rows[0].get().fields
        #expect(fields.json() == #""id":"1","a \"b\"":"two\nlines","column 4":"é""#)
        #expect(fields.json(reserved: ["id"]).hasSuffix(#"|"id":"1""#))
        var record: [UInt8] = []
        fields.writeRecord(delimiter: UInt8(ascii: ";"), to: &record)
        #expect(String(decoding: record, as: UTF8.self) == "1;\"x, \"\"y\"\"\";\"two\nlines\";é")
        guard case .failure(let error) = rows[1] else { return #expect(Bool(false), "accepted") }
        #expect(error.fields.json(withTexts: true) == #""id":"2","text":"z""#)
        record = []
        error.fields.writeRecord(delimiter: UInt8(ascii: ","), to: &record)
        #expect(record == Array("2,z,,".utf8))
        let plain = read("a,b\n", .csv, ColumnSelection(text: .number(2)), options)
        #expect(try plain.rows[0].get().fields.json() == #""column 1":"a""#)
    }

    @Test func fieldsThatMustBeTextCostTheirRow() {
        let bytes = Array("text,x\na,".utf8) + [0xFF, 0x0A] + Array("b,c\n".utf8)
        var options = keeping()
        #expect(read(bytes, .csv, ColumnSelection(), options).texts == ["a", "b"])
        options.fieldsAreText = true
        let reading = read(bytes, .csv, ColumnSelection(), options)
        #expect(reading.texts == ["b"] && reading.errors.map(\.reason) == [.invalidUTF8])
        #expect(reading.errors.first?.fields.json(withTexts: true) == "\"text\":\"a\",\"x\":\"\u{FFFD}\"")
    }
}
