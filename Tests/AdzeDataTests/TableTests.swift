// CSV and TSV: quoting, line ends, headers and the choice of columns.

import AdzeBytes
import AdzeData
import Testing

@Suite struct TableTests {
    func row(_ line: Int, _ text: String, pair: String? = nil, label: String? = nil) -> Result<Row, RowError> {
        .success(Row(lineNumber: line, text: text, pair: pair, label: label.map(LabelValue.one)))
    }

    func numbers(_ text: Int, pair: Int? = nil, label: Int? = nil) -> ColumnSelection {
        ColumnSelection(text: .number(text), pair: pair.map { .number($0) }, label: label.map { .number($0) })
    }

    @Test func defaultColumns() {
        #expect(read("id,label,text\n1,a,b\n", .csv).rows == [row(2, "b", label: "a")])
        #expect(read("text,text_pair\na,b", .csv).rows == [row(2, "a", pair: "b")])
        #expect(read("label\ttext\nx\ty\n", .tsv).rows == [row(2, "y", label: "x")])
    }

    @Test func chosenColumns() {
        let columns = ColumnSelection(text: .name("q1"), pair: .name("q2"), label: .name("same"))
        #expect(read("q1,q2,same\na,b,1", .csv, columns).rows == [row(2, "a", pair: "b", label: "1")])
    }

    @Test func quotesOfRFC4180() {
        let text = "text,label\r\n\"a, \"\"b\"\"\",x\r\n\"two\r\nlines\ror\nmore\",\"\"\r\n\"\"\"\",y\r\n"
        #expect(
            read(text, .csv).rows == [
                row(2, "a, \"b\"", label: "x"), row(3, "two\r\nlines\ror\nmore", label: ""), row(7, "\"", label: "y"),
            ])
    }

    @Test func quoteInsideAnUnquotedFieldIsText() {
        #expect(read("text\n5\" disk\n a \"b\"\n", .csv).texts == ["5\" disk", " a \"b\""])
    }

    @Test func textAfterTheClosingQuote() {
        let reading = read("text,label\n\"He said \"hi\", then\",x\nb,y\n", .csv)
        #expect(reading.errors == [RowError(lineNumber: 2, reason: .textAfterQuote(field: 1))])
        #expect(reading.texts == ["b"])
        #expect(
            read("a,text\nx,\"y\" \n", .csv).errors == [RowError(lineNumber: 2, reason: .textAfterQuote(field: 2))])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func lineEnds(_ end: String) {
        for size in 1...4 {
            let bytes = Array("text,label\(end)a,b\(end)\(end)c,d\(end)".utf8)
            let reading = read(bytes, .csv, sizes: [size])
            #expect(reading.rows == [row(2, "a", label: "b"), row(4, "c", label: "d")])
        }
    }

    @Test func lastCarriageReturnIsNoRow() {
        #expect(read("text\ra\r", .csv).texts == ["a"])
        #expect(read("text\r\na\r\n", .csv).texts == ["a"])
    }

    @Test func emptyLineIsARowOnlyOfOneColumn() {
        #expect(read("text\na\n\nb\n", .csv).texts == ["a", "", "b"])
        #expect(read("text,x\na,b\n\nc,d\n\n", .csv).texts == ["a", "c"])
        #expect(read("\n\ntext\tx\na\tb\n\n", .tsv).rows == [row(4, "a")])
        #expect(read("\na\n", .csv, numbers(1)).texts == ["", "a"])
        #expect(read("\na,b\n", .csv, numbers(2)).texts == ["b"])
    }

    @Test func wrongNumberOfFields() {
        let reading = read("text,label\na\nb,c,d\ne,f\n", .csv)
        #expect(reading.texts == ["e"])
        #expect(
            reading.errors == [
                RowError(lineNumber: 2, reason: .fieldCount(expected: 2, found: 1)),
                RowError(lineNumber: 3, reason: .fieldCount(expected: 2, found: 3)),
            ])
        #expect(
            read("a\tb\nc\n", .tsv, numbers(1)).errors
                == [RowError(lineNumber: 2, reason: .fieldCount(expected: 2, found: 1))])
    }

    @Test func tabsAreNotQuoted() {
        #expect(read("text\tlabel\n\"a\t\"b\"\n", .tsv).rows == [row(2, "\"a", label: "\"b\"")])
        #expect(read("text\ta\tb\n\t\t\n", .tsv).rows == [row(2, "")])
    }

    @Test func columnsByNumberMeanNoHeader() {
        #expect(
            read("a,b\nc,d", .csv, numbers(2, label: 1)).rows == [row(1, "b", label: "a"), row(2, "d", label: "c")])
        // A label by number alone leaves the text in the first column.
        #expect(
            read("a\tb", .tsv, ColumnSelection(label: .number(2))).rows == [row(1, "a", label: "b")])
        #expect(read("", .csv, numbers(2)) == Reading())
        #expect(read("a,b", .csv, numbers(3)).failure == .noColumnNumber(3, found: 2))
        #expect(read("a,b", .csv, numbers(0)).failure == .columnZero)
    }

    @Test func mixedColumns() {
        let columns = ColumnSelection(text: .name("a"), label: .number(2))
        #expect(read("a,b", .csv, columns).failure == .mixedColumns)
    }

    @Test func columnThatAPersonTyped() {
        #expect(ColumnSelection.Column("12") == .number(12))
        #expect(ColumnSelection.Column("text") == .name("text"))
        #expect(ColumnSelection.Column("-1") == .name("-1"))
        #expect(ColumnSelection.Column("") == .name(""))
        #expect(ColumnSelection.Column("99999999999999999999") == .name("99999999999999999999"))
    }

    @Test func mistypedColumnNamesTheNearest() {
        let columns = ColumnSelection(text: .name("sentense"))
        #expect(
            read("sentence,label\n", .csv, columns).failure
                == .noColumn("sentense", nearest: "sentence", found: ["sentence", "label"]))
        #expect(read("a,b\n", .csv).failure == .noColumn("text", nearest: nil, found: ["a", "b"]))
        // A label that is asked for must be there; one that is not may be missing.
        #expect(
            read("text\n", .csv, ColumnSelection(label: .name("label"))).failure
                == .noColumn("label", nearest: nil, found: ["text"], part: .label))
    }

    @Test func headerThatCannotBeUsed() {
        #expect(read("text,a,text\n", .csv).failure == .repeatedColumn("text"))
        #expect(read(",text,\na,b,c", .csv).texts == ["b"])
        #expect(read("", .csv).failure == .noHeader)
        #expect(read("\n\n", .tsv).failure == .noHeader)
        #expect(read([0xFF, 0x2C, 0x61], .csv).failure == .header(RowError(lineNumber: 1, reason: .invalidUTF8)))
        #expect(
            read("\"text\"x,b\n", .csv).failure
                == .header(RowError(lineNumber: 1, reason: .textAfterQuote(field: 1))))
        #expect(
            read(String(repeating: "x", count: 1_000_001), .csv).failure
                == .header(RowError(lineNumber: 1, reason: .tooLong(limit: 1_000_000))))
    }

    @Test func aMillionColumns() {
        let commas = String(repeating: ",", count: 999_999)
        #expect(read(commas, .csv).failure == .tooManyColumns(count: 1_000_000, limit: 10_000))
        #expect(
            read("text\n" + commas + "\nb", .csv).errors
                == [RowError(lineNumber: 2, reason: .fieldCount(expected: 1, found: 1_000_000))])
        #expect(
            read("text\n" + commas + ",,\nb", .csv).errors
                == [RowError(lineNumber: 2, reason: .tooLong(limit: 1_000_000))])
    }

    @Test func quoteThatIsNeverClosed() {
        let reading = read("text\na\nb\n\"c\nd\n", .csv)
        #expect(reading.texts == ["a", "b"])
        #expect(reading.failure == .unclosedQuote(line: 4, limit: 1_000_000))
        // Within the limit, however much follows.
        let endless = "text\n\"" + String(repeating: "x\n", count: 2_000_000)
        #expect(read(endless, .csv).failure == .unclosedQuote(line: 2, limit: 1_000_000))
        let late = "text\n\"" + String(repeating: "x", count: 1_000_001) + "\"\nb\n"
        #expect(read(late, .csv) == Reading(failure: .unclosedQuote(line: 2, limit: 1_000_000)))
        #expect(read("text\n\"", .csv).failure == .unclosedQuote(line: 2, limit: 1_000_000))
    }

    @Test func recordOverTheLimitIsSkippedWithItsQuotes() {
        let half = "\"" + String(repeating: "x\n", count: 300_000) + "\""
        let reading = read("text,label\n\(half),\(half)\na,b\n", .csv)
        #expect(reading.errors == [RowError(lineNumber: 2, reason: .tooLong(limit: 1_000_000))])
        #expect(reading.rows.last == row(600_003, "a", label: "b"))
    }

    @Test func onlyColumnsInUseNeedBeUTF8() {
        let bytes = Array("text,x\na,".utf8) + [0xFF, 0x0A] + [0xFF] + Array(",b\n".utf8)
        let reading = read(bytes, .csv)
        #expect(reading.texts == ["a"])
        #expect(reading.errors == [RowError(lineNumber: 3, reason: .invalidUTF8)])
    }

    @Test func plainTextHasNoColumns() {
        #expect(read("a", .txt, numbers(1)).failure == .columnsNotInFormat(.txt))
    }
}
