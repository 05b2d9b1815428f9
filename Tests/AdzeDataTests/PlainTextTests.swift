// Plain text, and what all formats share: encodings, limits, files and pipes.

import AdzeBytes
import AdzeData
import AdzeTestSupport
import Foundation
import Testing

@Suite struct PlainTextTests {
    @Test func oneTextALine() {
        let reading = read("a\n\nb c\r\n  \nlast", .txt)
        #expect(reading.texts == ["a", "", "b c", "  ", "last"])
        #expect(reading.lines == [1, 2, 3, 4, 5])
        #expect(reading.failure == nil && reading.errors.isEmpty)
    }

    @Test func lastLineEndIsNoRow() {
        #expect(read("a\n", .txt).texts == ["a"])
        #expect(read("\n", .txt).texts == [""])
        #expect(read("", .txt) == Reading())
    }

    @Test func loneCarriageReturnIsText() {
        #expect(read("a\rb\r\r\nc\r", .txt).texts == ["a\rb\r", "c\r"])
    }

    @Test func byteOrderMarkIsSkippedOnceAtTheStart() {
        #expect(read("\u{FEFF}a\n\u{FEFF}b", .txt).texts == ["a", "\u{FEFF}b"])
        #expect(read(Array("\u{FEFF}a".utf8), .txt, sizes: [1]).texts == ["a"])
        #expect(read("\u{FEFF}", .txt) == Reading())
    }

    @Test func nulCostsOneRow() {
        let cases: [(String, DataFormat)] = [
            ("a\nb\0\nc\n", .txt), ("text\na\0\nc\n", .csv), ("text\n\"a\0\"\nc\n", .csv),
            ("text,b\n\"a\"\0,d\nc,d\n", .csv), ("text\tb\nt\t\0\nc\td\n", .tsv),
            ("{\"text\":\"a\"}\n{\"text\":\"a\0\"}\n{\"text\":\"c\"}", .jsonl),
        ]
        for (text, format) in cases {
            let reading = read(text, format)
            #expect(reading.failure == nil && reading.texts.last == "c", "\(text)")
            #expect(reading.errors == [RowError(lineNumber: 2, reason: .nul)], "\(text)")
        }
    }

    @Test func nulInTheHeaderEndsTheReading() {
        for format in [DataFormat.csv, .tsv] {
            #expect(read("te\0xt\na\n", format).failure == .nul(line: 1))
            #expect(read("a\0\nb\n", format, ColumnSelection(text: .number(1))).failure == .nul(line: 1))
        }
    }

    /// What a row costs to hold, fields that only pass through and a row that is none among it.
    @Test func recordsAreCountedWhole() throws {
        let lines = [#"{"text":"a","x":[1,1,1,1]}"#, #"{"text":"b"}"#, #"{"x":"no text"}"#]
        let bytes = Array(lines.joined(separator: "\r\n").utf8)
        var isRead = false
        var source = try RowSource(format: .jsonl) { (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in
            if isRead { return 0 }
            isRead = true
            buffer.copyBytes(from: bytes)
            return bytes.count
        }
        for line in lines {
            _ = try source.next()
            #expect(source.recordByteCount == line.utf8.count)
        }
    }

    /// /dev/zero has no line end to step on to.
    @Test(arguments: DataFormat.allCases) func endlessNULsEndTheReading(format: DataFormat) throws {
        var failure: DataError?
        do throws(DataError) {
            var source = try RowSource(format: format) { (buffer: UnsafeMutableRawBufferPointer) throws(DataError) in
                buffer.initializeMemory(as: UInt8.self, repeating: 0)
                return buffer.count
            }
            _ = try source.next()
        } catch {
            failure = error
        }
        #expect(failure == .nul(line: 1))
    }

    @Test func invalidUTF8CostsOneRow() {
        let reading = read(Array("a\n".utf8) + [0xC3, 0x0A] + Array("b\n".utf8) + [0xED, 0xA0, 0x80, 0x0A], .txt)
        #expect(reading.texts == ["a", "b"])
        #expect(
            reading.errors == [
                RowError(lineNumber: 2, reason: .invalidUTF8), RowError(lineNumber: 4, reason: .invalidUTF8),
            ])
    }

    @Test(arguments: [1_000_000, 1_000_001, 1_000_002, 3_000_000])
    func lineOverTheLimitIsSkipped(_ length: Int) {
        for end in ["\n", "\r\n", ""] {
            let reading = read("a\n" + String(repeating: "x", count: length) + end + (end.isEmpty ? "" : "b"), .txt)
            let after = end.isEmpty ? [] : ["b"]
            if length == 1_000_000 {
                #expect(reading.texts.count == 2 + after.count && reading.texts[1].utf8.count == length)
            } else {
                #expect(reading.texts == ["a"] + after)
                #expect(reading.errors == [RowError(lineNumber: 2, reason: .tooLong(limit: 1_000_000))])
            }
        }
    }

    @Test func errorsAreThrownAgain() throws {
        var isRead = false
        var source = try RowSource(format: .csv) { (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in
            if isRead { return 0 }
            isRead = true
            buffer[0] = 0
            return 1
        }
        for _ in 0..<2 {
            do throws(DataError) {
                _ = try source.next()
                Issue.record("accepted")
            } catch {
                #expect(error == .nul(line: 1))
            }
        }
    }
}

@Suite struct RowSourceFileTests {
    func texts(_ path: String, _ format: DataFormat? = nil) throws -> [String] {
        var source = try RowSource(path: path, format: format)
        var texts: [String] = []
        while let row = try source.next() { texts.append(try row.get().text) }
        return texts
    }

    @Test func formatByTheEnding() throws {
        try withTemporaryFolder { folder in
            let contents = [
                "a.txt": "x", "a.CSV": "text,b\nx,y", "a.tsv": "text\tb\nx\ty", "a.jsonl": #"{"text":"x"}"#,
                "a.b.ndjson": #"{"text":"x"}"#,
            ]
            for (name, text) in contents {
                let path = folder + "/" + name
                try Data(text.utf8).write(to: URL(filePath: path))
                #expect(try texts(path) == ["x"], "\(name)")
            }
            try Data("x".utf8).write(to: URL(filePath: folder + "/plain"))
            #expect(try texts(folder + "/plain", .txt) == ["x"])
        }
    }

    @Test(arguments: ["data.xlsx", "data", "folder.csv/data"])
    func formatThatIsUnknown(_ path: String) {
        #expect(throws: DataError.unknownFormat(path: path)) { try texts(path) }
    }

    @Test func packedFiles() throws {
        #expect(throws: DataError.compressed("gzip")) { try texts("data.csv.gz") }
        let starts: [(String, [UInt8])] = [
            ("gzip", [0x1F, 0x8B, 8, 0]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
            ("zip", [0x50, 0x4B, 3, 4]),
        ]
        for (kind, start) in starts {
            let reading = read(start + [UInt8](repeating: 1, count: 100), .csv, sizes: [1])
            #expect(reading.failure == .compressed(kind) && reading.rows.isEmpty)
        }
        #expect(read("PK", .txt).texts == ["PK"])
    }

    @Test func fileThatIsNone() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/none.txt"
            #expect(throws: DataError.file(.notFound(path: path))) { try texts(path) }
            #expect(throws: DataError.file(.notARegularFile(path: folder, found: "a folder"))) {
                try texts(folder, .txt)
            }
            #expect(DataError.file(.notFound(path: path)).kind == .missingInput)
        }
    }

    @Test func longFileIsReadWhole() throws {
        let lines = (0..<50_000).map { "line \($0)" }
        try withTemporaryFile(Array(lines.joined(separator: "\n").utf8)) { (path: String) throws in
            #expect(try texts(path, .txt) == lines)
        }
    }

    @Test func aPipeThatPausesIsSaidSoAndRowsBeforeItAreThere() throws {
        let pipe = Pipe()
        func write(_ text: String) { pipe.fileHandleForWriting.write(Data(text.utf8)) }
        // Two bytes are no mark of an encoding: they must not wait for a third.
        write("a\n")
        var source = try RowSource(path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)", format: .txt)
        var rest = ["b\nc", "d\n"]
        var pauses = 0
        source.beforeWaiting {
            pauses += 1
            if rest.isEmpty { pipe.fileHandleForWriting.closeFile() } else { write(rest.removeFirst()) }
        }
        #expect(try source.next()?.get().text == "a" && pauses == 0)
        #expect(try source.next()?.get().text == "b" && pauses == 1)
        #expect(try source.next()?.get().text == "cd" && pauses == 2)
        #expect(try source.next() == nil && pauses == 3)
    }

    @Test func aFileNeverPauses() throws {
        try withTemporaryFile(Array("a\nb".utf8)) { (path: String) throws in
            var source = try RowSource(path: path, format: .txt)
            var pauses = 0
            source.beforeWaiting { pauses += 1 }
            while try source.next() != nil {}
            #expect(pauses == 0)
        }
    }
}
