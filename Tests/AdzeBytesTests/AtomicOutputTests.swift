// A save happens whole or not at all.

import AdzeBytes
import AdzeTestSupport
import Testing

@Suite struct AtomicOutputTests {
    func contents(_ path: String) throws -> [UInt8] {
        let file = try InputFile(path: path)
        return try file.read(at: 0, count: file.size)
    }

    @Test func appearsOnlyWhenCommitted() throws {
        try withTemporaryFolder { folder in
            var file = try AtomicFile(path: folder + "/out", replacing: false)
            try file.write([1, 2, 3])
            try file.overwrite([9], at: 1)
            #expect(!pathExists(folder + "/out"))
            try file.commit()
            #expect(try contents(folder + "/out") == [1, 9, 3])
            #expect(try folderEntries(folder) == ["out"])
        }
    }

    @Test func droppedWithoutCommitLeavesTheOldFile() throws {
        try withTemporaryFolder { folder in
            var first = try AtomicFile(path: folder + "/out", replacing: false)
            try first.write([1])
            try first.commit()
            do {
                var second = try AtomicFile(path: folder + "/out", replacing: true)
                try second.write([2])
            }
            #expect(try contents(folder + "/out") == [1])
            #expect(try folderEntries(folder) == ["out"])
        }
    }

    @Test func existingFileIsRefused() throws {
        try withTemporaryFolder { folder in
            try AtomicFile(path: folder + "/out", replacing: false).commit()
            #expect(throws: FileError.exists(path: folder + "/out")) {
                try AtomicFile(path: folder + "/out", replacing: false).commit()
            }
        }
    }

    @Test func foldersAndPipesAreNoInput() throws {
        try withTemporaryFolder { folder in
            #expect(throws: FileError.notARegularFile(path: folder, found: "a folder")) { try InputFile(path: folder) }
            #expect(throws: FileError.notFound(path: folder + "/x")) { try InputFile(path: folder + "/x") }
        }
    }
}
