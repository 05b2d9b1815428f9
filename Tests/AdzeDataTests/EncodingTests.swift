// Encodings: UTF-16 by its mark, those that a person states, and characters that there are not.

import AdzeBytes
import AdzeData
import Testing

@Suite struct EncodingTests {
    static let text = "id,text\r\n1,Größe 🪵\r\n2,\"ein „Balken“,\nzwei\"\r\n"
    static let texts = ["Größe 🪵", "ein „Balken“,\nzwei"]

    static func utf16(_ text: String, bigEndian: Bool, mark: Bool = true) -> [UInt8] {
        ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
            let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            return bigEndian ? bytes.reversed() : bytes
        }
    }

    private func stated(_ encoding: TextEncoding?) -> RowOptions {
        var options = RowOptions()
        options.dialect.encoding = encoding
        return options
    }

    /// What Excel saves as Unicode text.
    @Test(arguments: [false, true]) func utf16WithAMarkIsRead(bigEndian: Bool) {
        let bytes = EncodingTests.utf16(EncodingTests.text, bigEndian: bigEndian)
        for sizes in [[1], [3, 2], [1000]] {
            #expect(read(bytes, .csv, sizes: sizes).texts == EncodingTests.texts)
            #expect(read(bytes, .csv, ColumnSelection(), stated(.utf16), sizes: sizes).texts == EncodingTests.texts)
        }
        let lines = EncodingTests.utf16("{\"text\":\"Größe\"}\n{\"text\":\"🪵\"}\n", bigEndian: bigEndian)
        #expect(read(lines, .jsonl, sizes: [5]).texts == ["Größe", "🪵"])
        #expect(read(EncodingTests.utf16("ä\nö", bigEndian: bigEndian), .txt).texts == ["ä", "ö"])
        #expect(read(EncodingTests.utf16("", bigEndian: bigEndian), .txt) == Reading())
    }

    @Test func utf16WithoutAMarkMustBeStated() {
        for (encoding, bigEndian) in [
            (TextEncoding.utf16, false), (.utf16LittleEndian, false), (.utf16BigEndian, true),
        ] {
            let bytes = EncodingTests.utf16(EncodingTests.text, bigEndian: bigEndian, mark: false)
            #expect(read(bytes, .csv, ColumnSelection(), stated(encoding)).texts == EncodingTests.texts)
            #expect(read(bytes, .csv).failure == .nul(line: 1))
        }
    }

    @Test func halfAPairCostsItsRow() {
        let units: [UInt16] = [0xFEFF, 0x61, 0x0A, 0xD83E, 0x0A, 0xDEB5, 0x0A, 0x62]
        let bytes = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for sizes in [[1], [100]] {
            let reading = read(bytes, .txt, sizes: sizes)
            #expect(reading.texts == ["a", "b"])
            #expect(
                reading.errors.map(\.lineNumber) == [2, 3] && reading.errors.allSatisfy { $0.reason == .undecodable })
            // Half a unit, or half a pair, at the end.
            #expect(read(bytes + [0x0A, 0x00, 0x61], .txt, sizes: sizes).errors.map(\.lineNumber) == [2, 3, 5])
            #expect(read(bytes + [0x0A, 0x00, 0x3E, 0xD8], .txt, sizes: sizes).errors.map(\.lineNumber) == [2, 3, 5])
        }
    }

    @Test func latin1IsReadWhereItIsStated() throws {
        let bytes = Array("text\nGr".utf8) + [0xF6, 0xDF] + Array("e ".utf8) + [0x80, 0x92, 0x0A]
        let refused = try #require(read(bytes, .csv).errors.first)
        #expect(refused.reason == .invalidUTF8 && refused.description.contains("--encoding latin-1"))
        #expect(read(bytes, .csv, ColumnSelection(), stated(.latin1)).texts == ["Größe \u{80}\u{92}"])
        #expect(read(bytes, .csv, ColumnSelection(), stated(.windows1252)).texts == ["Größe €’"])
        // Five bytes are no characters of Windows-1252.
        let odd = read([0x61, 0x0A, 0x81, 0x0A, 0xFF, 0xFE], .txt, ColumnSelection(), stated(.windows1252))
        #expect(odd.texts == ["a", "ÿþ"] && odd.errors == [RowError(lineNumber: 2, reason: .undecodable)])
        // Every byte is a character of Latin-1; the mark of UTF-16 is two.
        #expect(read([0xFF, 0xFE, 0x41], .txt, ColumnSelection(), stated(.latin1)).texts == ["ÿþA"])
    }

    @Test func headersAreDecodedToo() {
        let bytes = Array("Gr".utf8) + [0xF6, 0xDF] + Array("e,x\na,b\n".utf8)
        let columns = ColumnSelection(text: .name("Größe"))
        #expect(read(bytes, .csv, columns, stated(.latin1)).texts == ["a"])
    }
}
