// Where an output goes: links, pipes, devices, names too long, what a killed process left.

import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeBytes

@Suite struct OutputPlaceTests {
    func save(_ bytes: [UInt8], _ path: String, replacing: Bool = true) throws {
        var file = try AtomicFile(path: path, replacing: replacing)
        try file.write(bytes)
        try file.commit()
    }

    func contents(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path))) }

    func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test(arguments: [0o600, 0o640, 0o444, 0o755] as [mode_t])
    func theModeOfAReplacedFileStays(mode: mode_t) throws {
        try withTemporaryFolder { folder in
            try save([1], folder + "/out")
            chmod(folder + "/out", mode)
            try save([2], folder + "/out")
            #expect(self.mode(folder + "/out") == mode)
            #expect(try contents(folder + "/out") == [2])
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func theOwnerOfAReplacedFileStays() throws {
        try withTemporaryFolder { folder in
            try save([1], folder + "/out")
            chown(folder + "/out", 1234, 2345)
            try save([2], folder + "/out")
            var status = stat()
            #expect(stat(folder + "/out", &status) == 0 && status.st_uid == 1234 && status.st_gid == 2345)
        }
    }

    @Test func aPrivateFilesDraftIsPrivate() throws {
        try withTemporaryFolder { folder in
            try save([1], folder + "/out")
            chmod(folder + "/out", 0o600)
            let draft = try AtomicFile(path: folder + "/out", replacing: true)
            for name in try folderEntries(folder) { #expect(mode("\(folder)/\(name)") & 0o077 == 0, "\(name)") }
            try draft.commit()
        }
    }

    @Test func linksAreFollowed() throws {
        try withTemporaryFolder { folder in
            mkdir(folder + "/far", 0o755)
            for (link, leads) in [("a", "far/file"), ("b", "\(folder)/far/file"), ("c", "a")] {
                symlink(leads, "\(folder)/\(link)")
            }
            // A link to nothing yet is as good as its target.
            try save([1], folder + "/a", replacing: false)
            #expect(try contents(folder + "/far/file") == [1])
            #expect(throws: FileError.exists(path: folder + "/c")) { try save([2], folder + "/c", replacing: false) }
            for (index, link) in ["a", "b", "c"].enumerated() {
                try save([UInt8(index)], "\(folder)/\(link)")
                #expect(try contents(folder + "/far/file") == [UInt8(index)])
                #expect(mode("\(folder)/\(link)") == 0o777, "it is a link still")
            }
            #expect(try folderEntries(folder) == ["a", "b", "c", "far"] && folderEntries(folder + "/far") == ["file"])
            symlink("y", folder + "/x")
            symlink("x", folder + "/y")
            #expect(throws: FileError.system(call: "open", path: folder + "/x", errno: ELOOP)) {
                try save([1], folder + "/x")
            }
        }
    }

    @Test func anotherNameOfAReplacedFileKeepsItsContent() throws {
        try withTemporaryFolder { folder in
            try save([1], folder + "/out")
            link(folder + "/out", folder + "/other")
            try save([2], folder + "/out")
            #expect(try contents(folder + "/other") == [1])
        }
    }

    @Test(arguments: [AtomicFile.Order.any, .sequential])
    func aPipeIsWrittenTo(order: AtomicFile.Order) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/pipe"
            #expect(mkfifo(path, 0o600) == 0)
            let reader = Process()
            reader.executableURL = URL(filePath: "/bin/cp")
            reader.arguments = [path, folder + "/copy"]
            try reader.run()
            var file = try AtomicFile(path: path, replacing: false, order: order)
            for _ in 0..<30 { try file.write([UInt8](repeating: 7, count: 10_000)) }
            if order == .any { try file.overwrite([1, 2], at: 0) }
            try file.commit()
            reader.waitUntilExit()
            let found = try contents(folder + "/copy")
            #expect(found.count == 300_000 && found.starts(with: order == .any ? [1, 2, 7] : [7, 7, 7]))
            #expect(mode(path) == 0o600, "it is a pipe still")
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func devicesStayDevices() throws {
        try withTemporaryFolder { folder in
            // As /dev/null and /dev/full; where none can be made or opened there is nothing to test.
            for (name, minor) in [("null", 3), ("full", 7)] as [(String, UInt)] {
                let path = "\(folder)/\(name)"
                guard mknod(path, S_IFCHR | 0o666, 1 << 8 | minor) == 0, case let open = open(path, O_WRONLY), open >= 0
                else { return }
                close(open)
                if name == "full" {
                    #expect(throws: FileError.system(call: "write", path: path, errno: ENOSPC)) {
                        try save([1, 2, 3], path)
                    }
                } else {
                    try save([1, 2, 3], path)
                }
                var status = stat()
                #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
                #expect(throws: FileError.self) { try OutputPlace(path).check(.folder, replacing: true) }
            }
            let disk = folder + "/disk"
            guard mknod(disk, S_IFBLK | 0o666, 7 << 8 | 250) == 0 else { return }
            #expect(throws: FileError.unfitOutput(path: disk, expected: "the name of a file", found: "a device")) {
                try save([1], disk)
            }
        }
    }

    @Test(arguments: [230, 255]) func longNamesAreNames(count: Int) throws {
        try withTemporaryFolder { folder in
            for letter in ["x", "ü"] {
                let name = String(repeating: letter, count: count / letter.utf8.count)
                try OutputPlace("\(folder)/\(name)").check(.file, replacing: false)
                try save([1], "\(folder)/\(name)", replacing: false)
                try save([2], "\(folder)/\(name)")
                try OutputPlace("\(folder)/\(name)2".replacingOccurrences(of: "xx2", with: "y"))
                    .check(.folder, replacing: false)
                #expect(try contents("\(folder)/\(name)") == [2])
            }
            #expect(try folderEntries(folder).count == 2)
        }
    }

    @Test func whatCanBeKnownIsKnownBeforeTheWork() throws {
        try withTemporaryFolder { folder in
            func refusal(_ path: String, _ purpose: OutputPlace.Purpose = .file) -> FileError? {
                do throws(FileError) {
                    try OutputPlace(path).check(purpose, replacing: true)
                    return nil
                } catch { return error }
            }
            let long = folder + "/" + String(repeating: "x", count: 256)
            #expect(refusal(long) == .system(call: "create", path: long, errno: ENAMETOOLONG))
            let deep = folder + String(repeating: "/" + String(repeating: "x", count: 200), count: 30)
            #expect(refusal(deep) == .system(call: "create", path: deep, errno: ENAMETOOLONG))
            #expect(refusal(folder + "/no/out") == .notFound(path: folder + "/no"))
            #expect(refusal(folder + "/no/out", .folder) == .notFound(path: folder + "/no"))
            #expect(refusal(folder)?.kind == .outputExists && refusal(folder + "/new/")?.kind == .outputExists)
            #expect(refusal("")?.kind == .outputExists)
            try save([1], folder + "/file")
            #expect(refusal(folder + "/file", .folder)?.kind == .outputExists)
            #expect(refusal(folder + "/file", .workFolder)?.kind == .outputExists)
            #expect(refusal(folder + "/file/out") == .notFound(path: folder + "/file"))
            #expect(refusal(folder, .workFolder) == nil && refusal(folder + "/new/", .folder) == nil)
            if geteuid() != 0 {
                mkdir(folder + "/closed", 0o555)
                #expect(refusal(folder + "/closed/out")?.kind == .inputOutput)
                #expect(refusal(folder + "/closed", .workFolder)?.kind == .inputOutput)
            }
            #expect(try folderEntries(folder).filter { $0 != "closed" } == ["file"], "asking leaves nothing")
        }
    }

    @Test func twoNamesOfOnePlace() throws {
        try withTemporaryFolder { folder in
            func same(_ a: String, _ b: String) throws -> Bool {
                try OutputPlace("\(folder)/\(a)").isSame(as: OutputPlace("\(folder)/\(b)"))
            }
            mkdir(folder + "/in", 0o755)
            symlink("in", folder + "/link")
            symlink("in/a", folder + "/straight")
            // Before there is a file, and when there is one.
            for isThere in [false, true] {
                if isThere { try save([1], folder + "/in/a") }
                for name in ["in/a", "in/../in/a", ".//in/./a", "link/a", "straight"] {
                    #expect(try same("in/a", name), "\(name)")
                }
                #expect(try !same("in/a", "a") && !same("in/a", "in/A"))
            }
            link(folder + "/in/a", folder + "/hard")
            #expect(try same("in/a", "hard"))
        }
    }
}

@Suite struct TemporaryTests {
    @Test func whatADeadProcessLeftIsRemovedAndTheLivingStays() throws {
        try withTemporaryFolder { folder in
            for name in [".out.0123456789ab.adze-tmp", ".other.0123456789ab.adze-tmp", ".out.77.0.tmp", "out.adze-tmp"]
            {
                try Data([1]).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            symlink("out.adze-tmp", folder + "/.out.00000000000f.adze-tmp")
            let living = try AtomicFile(path: folder + "/out", replacing: false)
            let second = try AtomicFile(path: folder + "/out", replacing: true)
            try second.commit()
            do {
                try living.commit()
                Issue.record("the second has taken the name")
            } catch { #expect(error as? FileError == .exists(path: folder + "/out")) }
            #expect(
                try folderEntries(folder)
                    == [
                        ".other.0123456789ab.adze-tmp", ".out.00000000000f.adze-tmp", ".out.77.0.tmp", "out",
                        "out.adze-tmp",
                    ])
        }
    }

    @Test func aThousandLeftoversAreNoObstacle() throws {
        try withTemporaryFolder { folder in
            for number in 0..<1000 {
                let digits = String(number, radix: 16)
                let name = ".out." + String(repeating: "0", count: 12 - digits.count) + digits + ".adze-tmp"
                try Data().write(to: URL(filePath: "\(folder)/\(name)"))
            }
            try AtomicFile(path: folder + "/out", replacing: false).commit()
            #expect(try folderEntries(folder) == ["out"])
        }
    }

    @Test func aFileWithoutANameLeavesNone() throws {
        try withTemporaryFolder { folder in
            let descriptor = openNamelessFile(in: folder)
            #expect(descriptor >= 0 && write(descriptor, [1, 2], 2) == 2)
            let left = try folderEntries(folder)
            #expect(left.isEmpty)
            close(descriptor)
            #expect(openNamelessFile(in: folder + "/no") == -1)
        }
    }
}
