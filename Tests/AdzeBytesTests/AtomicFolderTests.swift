// A folder is replaced whole or not at all, and only what is ours in it.

import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeBytes

@Suite struct AtomicFolderTests {
    static let layout = FolderLayout(key: "key") { ["key", "a", "b", "sub/c"].contains($0) }

    func files(_ folder: String) throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where !isFolder("\(folder)/\(name)") {
            found[name] = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        }
        return found
    }

    func write(_ files: [String: String], in folder: String) throws {
        for (name, text) in files {
            let path = "\(folder)/\(name)"
            try FileManager.default.createDirectory(
                atPath: splitPath(path).folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
        }
    }

    func save(_ files: [String: String], _ path: String, replacing: Bool = true) throws {
        let output = try AtomicFolder(path: path, layout: Self.layout, replacing: replacing)
        try write(files, in: output.temporary)
        try output.commit()
    }

    @Test(arguments: ["model", "model/", ".//model", "link"])
    func ofOursAloneItIsReplacedWhole(name: String) throws {
        try withTemporaryFolder { folder in
            symlink("model", folder + "/link")
            let path = "\(folder)/\(name)"
            try save(["key": "1", "a": "1", "sub/c": "1"], path, replacing: false)
            #expect(throws: FileError.self) { try save(["key": "2"], path, replacing: false) }
            chmod(folder + "/model", 0o750)
            chmod(folder + "/model/key", 0o600)
            try save(["key": "2", "b": "2"], path)
            #expect(try files(folder + "/model") == ["key": "2", "b": "2"])
            #expect(try folderEntries(folder) == ["link", "model"])
            var status = stat()
            #expect(stat(folder + "/model", &status) == 0 && status.st_mode & 0o7777 == 0o750)
            #expect(stat(folder + "/model/key", &status) == 0 && status.st_mode & 0o7777 == 0o600)
            #expect(lstat(folder + "/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        }
    }

    @Test func whatIsNotOursStays() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            let others = [
                "NOTES.md": "n", ".git/HEAD": "h", "src/deep/main.py": "p", "sub/mine": "m",
                "checkpoint-500/optimizer.pt": "o",
            ]
            try write(others.merging(["key": "1", "a": "1", "sub/c": "1"]) { $1 }, in: path)
            mkdir(path + "/empty", 0o700)
            let before = FileIdentity(path: path + "/.git/HEAD")
            try save(["key": "2", "b": "2"], path)
            #expect(try files(path) == others.merging(["key": "2", "b": "2"]) { $1 })
            #expect(isFolder(path + "/empty") && FileIdentity(path: path + "/.git/HEAD") == before)
            try save(["key": "3", "sub/c": "3"], path)
            #expect(try files(path) == others.merging(["key": "3", "sub/c": "3"]) { $1 })
            #expect(try folderEntries(folder) == ["model"])
        }
    }

    @Test func aLinkInPlaceOfAFileGoesAndItsTargetStays() throws {
        try withTemporaryFolder { folder in
            try write(["blob": "b", "model/key": "1"], in: folder)
            symlink("../blob", folder + "/model/a")
            try save(["key": "2", "a": "2"], folder + "/model")
            #expect(try files(folder) == ["blob": "b", "model/key": "2", "model/a": "2"])
        }
    }

    @Test func whatIsInTheWayIsToldBeforeAndAFailedSwapIsTakenBack() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try write(["key": "1", "a/b": "x", "b": "1", "NOTES": "n"], in: path)
            #expect(
                throws: FileError.unfitOutput(path: path + "/a", expected: "a file", found: "a folder")
            ) { try AtomicFolder.check(path, layout: Self.layout, replacing: true) }
            try FileManager.default.removeItem(atPath: path + "/a")
            // The obstacle comes after the check.
            let output = try AtomicFolder(path: path, layout: Self.layout, replacing: true)
            try write(["key": "2", "a": "2", "b": "2"], in: output.temporary)
            try write(["a/b": "x"], in: path)
            do {
                try output.commit()
                Issue.record("a folder is in the way")
            } catch { #expect(error as? FileError == .system(call: "rename", path: path + "/a", errno: EISDIR)) }
            #expect(try files(path) == ["key": "1", "a/b": "x", "b": "1", "NOTES": "n"])
        }
    }

    /// Before the first rename, within those of the old files, between the two halves, within the new, after the last.
    @Test(arguments: 0..<5)
    func aSwapThatWasKilledIsTakenBack(moment: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            let staging = path + "/.model.0123456789ab.adze-tmp"
            let there: [String: String] =
                switch moment {
                case 0: ["key": "1", "a": "1", "\(staging)/new/key": "2", "\(staging)/new/b": "2"]
                case 1:
                    ["a": "1", "\(staging)/old.partial/key": "1", "\(staging)/new/key": "2", "\(staging)/new/b": "2"]
                case 2:
                    [
                        "\(staging)/old/key": "1", "\(staging)/old/a": "1", "\(staging)/new/key": "2",
                        "\(staging)/new/b": "2",
                    ]
                case 3: ["b": "2", "\(staging)/old/key": "1", "\(staging)/old/a": "1", "\(staging)/new/key": "2"]
                default: ["key": "2", "b": "2", "\(staging)/old/key": "1", "\(staging)/old/a": "1"]
                }
            try write(["NOTES": "n"], in: path)
            mkdir(staging, 0o700)
            mkdir(staging + "/new", 0o700)
            for (name, text) in there { try write([name.replacing(path + "/", with: ""): text], in: path) }
            try AtomicFolder.check(path, layout: Self.layout, replacing: true)
            let whole = moment == 4 ? ["key": "2", "b": "2", "NOTES": "n"] : ["key": "1", "a": "1", "NOTES": "n"]
            #expect(try files(path) == whole)
            #expect(try folderEntries(path) == whole.keys.sorted())
        }
    }

    @Test func atNoMomentIsThereNoFolder() async throws {
        let folder = NSTemporaryDirectory() + "adze-test-\(UUID().uuidString)"
        mkdir(folder, 0o755)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/model"
        for name in ["x", "y"] { mkdir("\(folder)/\(name)", 0o755) }
        // Without an exchange of names a file may be missing, but never the folder.
        let watched = Renaming.exchange(folder + "/x", folder + "/y") == 0 ? path + "/a" : path
        try save(["key": "0", "a": "0"], path)
        let watch = Task.detached {
            var missing = 0
            while !Task.isCancelled { if !pathExists(watched) { missing += 1 } }
            return missing
        }
        for number in 1...40 { try save(["key": "\(number)", "a": "\(number)"], path) }
        watch.cancel()
        #expect(await watch.value == 0)
    }
}
