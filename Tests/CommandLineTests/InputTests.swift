// Dialects, encodings and columns, in every verb that reads texts.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct InputTests {
    /// Every verb that reads texts, the path to be put in the place of FILE.
    static let verbs: [[String]] = [
        ["predict", Models.classifier, "-i", "FILE"], ["embed", Models.bare, "-i", "FILE"],
        ["tokenize", Models.classifier, "-i", "FILE"], ["diff", Models.classifier, Models.classifier, "-i", "FILE"],
        ["bench", Models.classifier, "--repeat", "1", "-i", "FILE"], ["evaluate", Models.classifier, "FILE"],
        ["lengths", "--no-timing", "--tokenizer", Models.classifier, "FILE"],
        ["convert", Models.classifier, "--force", "-o", "FILE.adze", "--calibrate", "FILE"],
    ]

    private func fill(_ verb: [String], _ path: String) -> [String] { verb.map { $0.replacing("FILE", with: path) } }

    /// One table, however it is written, is one table.
    @Test(arguments: verbs.indices) func everyVerbReadsEveryDialect(index: Int) throws {
        let verb = InputTests.verbs[index]
        let plain = "id,sentence,label\n1,\"Größe, \"\"oak\"\"\",1\n2,beam,0\n"
        let files: [(name: String, bytes: [UInt8], options: [String])] = [
            ("plain.csv", Array(plain.utf8), []), ("semicolon.csv", Array(plain.replacing(",", with: ";").utf8), []),
            ("upper.csv", Array(plain.replacing("sentence", with: "Text").utf8), []),
            ("quoted.tsv", Array(plain.replacing(",", with: "\t").utf8), []),
            ("utf16.csv", Array(Data([0xFF, 0xFE]) + (plain.data(using: .utf16LittleEndian) ?? Data())), []),
            ("latin.csv", Array(plain.data(using: .isoLatin1) ?? Data()), ["--encoding", "latin-1"]),
            ("colon.csv", Array(plain.replacing(",", with: ":").utf8), ["--delimiter", ":"]),
        ]
        try withTemporaryFolder { folder in
            for file in files {
                let path = folder + "/" + file.name
                try Data(file.bytes).write(to: URL(filePath: path))
                try Tool.succeed(fill(verb, path) + file.options)
            }
        }
    }

    @Test(arguments: verbs.indices) func aMissingColumnIsOneError(index: Int) throws {
        try withTemporaryFolder { folder in
            let path = try write("id,satz\n1,a\n", to: folder + "/t.csv")
            try Tool.refuse(64, fill(InputTests.verbs[index], path), says: [path, "'satz'", "--text-column"])
            try Tool.refuse(
                64, fill(InputTests.verbs[index], path) + ["--text-column", "sats"],
                says: ["'sats'", "nearest is 'satz'", "--text-column"])
            if InputTests.verbs[index][0] == "evaluate" {
                try Tool.refuse(
                    64, fill(InputTests.verbs[index], path) + ["--text-column", "satz"], says: ["--label-column"])
            }
        }
    }

    @Test func theRefusalOfLatin1NamesItsOption() throws {
        let bytes = Array("text\ngr".utf8) + [0xFC, 0x6E, 0x0A]
        let outcome = try Tool.run(["predict", Models.classifier, "-i", "-", "--format", "csv"], input: bytes)
        #expect(outcome.code == 65 && outcome.errors.contains("--encoding latin-1"))
        for name in ["latin-1", "latin1", "LATIN1", "iso-8859-1", "cp1252"] {
            let read = ["predict", Models.classifier, "-i", "-", "--format", "csv", "--json", "--encoding", name]
            #expect(try Tool.succeed(read, input: bytes).lines.count == 1)
        }
        try Tool.refuse(64, ["predict", Models.classifier, "-i", "-", "--encoding", "ebcdic"], says: ["latin-1"])
        try Tool.refuse(64, ["predict", Models.classifier, "-i", "-", "--delimiter", "ab"], says: ["--delimiter"])
    }

    @Test func whatWasFoundOutIsSaidOnce() throws {
        let rows = (0..<3000).map { "\($0);oak\n" }.joined()
        let arguments = ["predict", Models.classifier, "-i", "-", "--format", "csv"]
        let outcome = try Tool.succeed(arguments, input: Array("id;Text\n\(rows)".utf8))
        #expect(outcome.lines.count == 3000)
        #expect(outcome.errorLines.count { $0.contains("separated by ';'") } == 1)
        #expect(outcome.errorLines.count { $0.contains("columns: text 'Text'") } == 1)
        let header = try Tool.succeed(arguments + ["--text-column", "2"], input: Array("id,text\n1,oak\n".utf8))
        #expect(header.lines.count == 2 && header.errors.contains("looks like a header: 'id', 'text'"))
        let quiet = try Tool.succeed(arguments + ["--quiet"], input: Array("id;Text\n\(rows)".utf8))
        #expect(quiet.errors == "")
    }

    @Test func aVectorIsOfOneText() throws {
        try Tool.refuse(64, ["embed", Models.bare, "-i", "-", "--pair-column", "b"], says: ["--pair-column"])
        let outcome = try Tool.succeed(
            ["embed", Models.bare, "-i", "-", "--format", "jsonl"],
            input: Array("{\"text\":\"a\",\"text_pair\":\"b\"}\n".utf8))
        #expect(outcome.output.hasSuffix(",\"text_pair\":\"b\"}\n"))
    }
}
