// Dialects: other delimiters, TSV in quotes, and headers that are taken for rows.

import AdzeBytes
import AdzeData
import Testing

@Suite struct DialectTests {
    private func stated(delimiter: String? = nil, quoting: Dialect.Quoting? = nil) -> RowOptions {
        var options = RowOptions()
        options.dialect.delimiter = delimiter.flatMap(Dialect.delimiter)
        options.dialect.quoting = quoting
        return options
    }

    // MARK: Delimiters

    @Test(arguments: [";", "\t", "|"]) func anotherDelimiterIsFound(_ delimiter: String) {
        let text = "id\(delimiter)text\(delimiter)label\n1\(delimiter)\"Good, \(delimiter) film\"\(delimiter)x\n"
        let reading = read(text, .csv)
        #expect(reading.texts == ["Good, \(delimiter) film"])
        #expect(reading.notes.contains { $0.contains("separated by") && $0.contains("--delimiter") })
        // In a file called .tsv too.
        #expect(read(text, .tsv).texts.count == 1)
        #expect(read(text, .csv, ColumnSelection(), stated(delimiter: delimiter)).texts == ["Good, \(delimiter) film"])
    }

    @Test func commasInATextAreNoDelimiter() {
        #expect(read("text\na; b, c\nd; e\n", .csv).rows.count == 2)
        #expect(read("text,label\nI came; I saw,1\n", .csv).texts == ["I came; I saw"])
        #expect(read("text\tn\na, b\t1\n", .tsv).texts == ["a, b"])
        #expect(read("text,label\nI came; I saw,1\n", .csv).notes == [])
    }

    @Test func withoutAHeaderTheRowsDecide() {
        let numbers = ColumnSelection(text: .number(2))
        #expect(read("1;Good, nice\n2;Bad\n", .csv, numbers).texts == ["Good, nice", "Bad"])
        #expect(read("3;Good\n", .csv, numbers).texts == ["Good"])
        #expect(read("1,I came; I saw; x\n2,He went; he came; y\n", .csv, numbers).texts.first == "I came; I saw; x")
        // Texts of one column are not split.
        let first = ColumnSelection(text: .number(1))
        #expect(read("I came; I saw\nHe went; he came\n", .csv, first).texts == ["I came; I saw", "He went; he came"])
        #expect(read("Good film;1\nBad film;0\n", .csv, first).texts == ["Good film", "Bad film"])
    }

    @Test func whatIsStatedIsDone() {
        let columns = ColumnSelection(text: .name("text;x"))
        #expect(read("text;x\na;b\n", .csv, columns, stated(delimiter: ",")).texts == ["a;b"])
        #expect(read("text:x\na:b\n", .csv, ColumnSelection(), stated(delimiter: ":")).texts == ["a"])
        #expect(
            read("text,x\n\"a\",b\n", .csv, ColumnSelection(), stated(quoting: Dialect.Quoting.none)).texts == ["\"a\""]
        )
        #expect(
            read("{\"text\":\"a\"}", .jsonl, ColumnSelection(), stated(delimiter: ";")).failure == .noDelimiters(.jsonl)
        )
        #expect(read("a", .txt, ColumnSelection(), stated(quoting: .csv)).failure == .noDelimiters(.txt))
        for bad in ["", ";;", "ö", "\"", "\n", "\r"] { #expect(Dialect.delimiter(bad) == nil) }
        #expect(Dialect.delimiter("tab") == 9 && Dialect.delimiter("\\t") == 9 && Dialect.delimiter(" ") == 0x20)
    }

    @Test func aRefusalShowsTheNamesAsTheyAreMeant() {
        #expect(read("id;satz\n1;a\n", .csv).failure == .noColumn("text", nearest: nil, found: ["id", "satz"]))
        #expect(read("id,satz;x\n", .csv).failure == .noColumn("text", nearest: nil, found: ["id", "satz;x"]))
    }

    // MARK: Quotes

    /// What Python's csv.writer makes of texts with quotes, and what has quotes by itself.
    @Test func aTSVInQuotesIsReadWithoutThem() {
        let written = "id\ttext\n1\t\"He said \"\"good\"\" film\"\n2\tplain\n"
        let reading = read(written, .tsv)
        #expect(reading.texts == ["He said \"good\" film", "plain"])
        #expect(reading.notes.contains { $0.contains("in quotes") && $0.contains("--quoting none") })
        #expect(read("id\ttext\n1\t\"two\nlines\"\n2\tx\n", .tsv).texts == ["two\nlines", "x"])
        #expect(read("\"id\"\t\"text\"\n1\t\"Good\"\n", .tsv).texts == ["Good"])
        let plain = read(written, .tsv, ColumnSelection(), stated(quoting: Dialect.Quoting.none))
        #expect(plain.texts == ["\"He said \"\"good\"\" film\"", "plain"] && plain.notes == [])
    }

    @Test func quotesOfATextStay() {
        for line in [
            "\"Good\" film", "a \"good\" film", "\"Good film\"", "\"", "5\" disk", "\"\"Good\"\"", "\"a\nb\"",
        ] {
            let texts = line.split(separator: "\n").map(String.init)
            let reading = read("id\ttext\n" + texts.map { "1\t\($0)\n" }.joined(), .tsv)
            #expect(reading.texts == texts, "\(line)")
        }
        // A file that is quoted here and not there is not quoted.
        let mixed = read("id\ttext\n1\t\"a \"\"b\"\"\"\n2\tc \"d\"\n", .tsv)
        #expect(mixed.texts == ["\"a \"\"b\"\"\"", "c \"d\""])
        #expect(mixed.notes.contains { $0.hasPrefix("line 2: ") && $0.contains("--quoting csv") })
    }

    /// What comes after the rows that are looked at is said, not guessed.
    @Test func quotesAfterTheSampleAreSaid() {
        let rows = (0..<20_000).map { "\($0)\tplain text\n" }.joined()
        let reading = read("id\ttext\n" + rows + "1\t\"a \"\"b\"\"\"\n", .tsv)
        #expect(reading.texts.last == "\"a \"\"b\"\"\"" && reading.notes.count == 1)
        #expect(reading.notes.first?.hasPrefix("line 20002: ") == true)
    }

    // MARK: Headers

    @Test func aHeaderTakenForARowIsSaid() {
        func notes(_ text: String, _ column: Int = 2) -> [String] {
            read(text, .csv, ColumnSelection(text: .number(column))).notes.filter { $0.contains("first line is read") }
        }
        #expect(notes("id,text\n1,a\n").count == 1)
        #expect(notes("nr,Satz\n1,a\n2,b\n").count == 1)
        #expect(notes("1,a\n2,b\n") == [] && notes("1,text\n", 1) == [] && notes("a,b\nc,d\n") == [])
    }

    // MARK: Columns by their usual names, without labels

    @Test func textsAreFoundWithoutLabels() {
        for (header, text, pair) in [
            ("Text,x", "Text", nil), ("id,sentence", "sentence", nil), ("x, text ", " text ", nil),
            ("sentence1,sentence2", "sentence1", "sentence2"), ("question,sentence", "question", "sentence"),
            ("review,stars", "review", nil),
        ] as [(String, String, String?)] {
            let reading = read("\(header)\na,b\n", .csv)
            #expect(reading.failure == nil && reading.rows.count == 1, "\(header)")
            let names = ["text '\(text)'"] + (pair.map { ["pair '\($0)'"] } ?? [])
            #expect(reading.notes == ["columns: \(names.joined(separator: ", "))"], "\(header)")
        }
        #expect(read("text,label\na,b\n", .csv).notes == [])
        #expect(read("{\"sentence\":\"a\"}\n{\"text\":\"b\"}\n", .jsonl).texts == ["a", "b"])
        #expect(
            read("gj04\t1\t\tThe cat sat.\ncj99\t0\t*\tCat the sat.\n", .tsv).texts == ["The cat sat.", "Cat the sat."])
        var columns = ColumnSelection()
        columns.role = .oneText
        #expect(read("sentence1,sentence2\na,b\n", .csv, columns).failure != nil)
        #expect(read("text,text_pair\na,b\n", .csv, columns).rows == [.success(Row(lineNumber: 2, text: "a"))])
    }
}
