// Folders of reviews: the order of the files, what is left out and said, and what is refused.

import AdzeBytes
import AdzeData
import AdzeTestSupport
import Foundation
import Testing

@Suite struct LabelFolderTests {
    static let reviews = oneOf("positive", "negative")

    func make(_ folder: String, _ files: [String: [UInt8]]) throws {
        for (name, bytes) in files {
            let url = URL(filePath: folder + "/" + name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
    }

    func read(_ folder: String, columns: ColumnSelection = ColumnSelection()) -> ExampleReading {
        examples { () throws(DataError) in
            try ExampleSource(path: folder, columns: columns, kind: LabelFolderTests.reviews)
        }
    }

    @Test func imdb() throws {
        try withTemporaryFolder { folder in
            try make(
                folder,
                [
                    "pos/1_9.txt": Array("Splendid.<br />Yes.".utf8), "pos/0_7.txt": [0xEF, 0xBB, 0xBF, 0x41],
                    "neg/10_1.txt": Array("Dull.\n".utf8), "neg/2_3.txt": [], "unsup/0_0.txt": Array("?".utf8),
                    "labeledBow.feat": [1], "neg/.DS_Store": [0], "pos/tokenized/0_7.txt": Array("1".utf8),
                ])
            let reading = read(folder)
            #expect(reading.texts == ["Dull.\n", "", "A", "Splendid.<br />Yes."] && reading.failure == nil)
            #expect(reading.targets == [.label(1), .label(1), .label(0), .label(0)])
            #expect(reading.examples.first?.place == "'neg/10_1.txt'")
            #expect(
                reading.notes == [
                    "not read: 'unsup'", "not read: 2 entries of neg and pos that do not end in .txt",
                    "labels: 'pos' is 'positive', 'neg' is 'negative'",
                ])
            #expect(ExampleSource.canBeReread(path: folder))
        }
    }

    @Test func aFolderThatIsLaidOutOtherwise() throws {
        try withTemporaryFolder { folder in
            #expect(read(folder).failure == .notALabelFolder(found: []))
            try make(folder, ["train/pos/0.txt": [], "test/neg/0.txt": []])
            let root = read(folder).failure
            #expect(root == .notALabelFolder(found: ["test", "train"]))
            #expect(root?.description.hasSuffix("name one of them") == true)
            #expect(read(folder + "/train").failure == .notALabelFolder(found: ["pos"]))
            try make(folder, ["train/neg/x.md": []])
            #expect(read(folder + "/train").texts == [""])
            #expect(read(folder + "/train", columns: ColumnSelection(text: .name("a"))).failure == .columnsOfAFolder)
        }
    }

    @Test func filesThatAreNoTexts() throws {
        try withTemporaryFolder { folder in
            try make(
                folder,
                [
                    "neg/1.txt": [0x41], "neg/2.txt": [0xC3, 0x28], "neg/3.txt": [0x41, 0],
                    "pos/4.txt": [UInt8](repeating: 0x41, count: 1_000_001),
                ])
            let reading = read(folder)
            #expect(reading.texts == ["A"])
            let first = RowError(lineNumber: 2, file: "neg/2.txt", reason: .invalidUTF8)
            #expect(
                reading.failure
                    == .badRows(first: first, count: 3, places: ["'neg/2.txt'", "'neg/3.txt'", "'pos/4.txt'"]))
            #expect(first.description.hasPrefix("'neg/2.txt': not valid UTF-8; save the file as UTF-8"))
        }
    }

    /// A pipe among the files must not be waited on.
    @Test func aFileThatIsAPipe() throws {
        try withTemporaryFolder { folder in
            try make(folder, ["neg/0.txt": [0x41], "pos/0.txt": [0x41]])
            #expect(mkfifo(folder + "/neg/1.txt", 0o600) == 0)
            #expect(
                read(folder).failure == .file(.notARegularFile(path: folder + "/neg/1.txt", found: "a pipe")))
            #expect(!ExampleSource.canBeReread(path: folder + "/neg/1.txt"))
            #expect(ExampleSource.canBeReread(path: folder + "/neg/0.txt"))
        }
    }
}
