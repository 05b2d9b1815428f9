// rescue: the tensors of anything readable, as they are.

import AdzeTestSupport
import Foundation
import Testing

struct RescueTests {
    private func fixture(_ name: String) -> String { Fixtures.path("torch/" + name) }

    /// Name, type, shape and SHA-256 of every tensor that rescue lists.
    private func listed(_ path: String, _ more: [String] = []) throws -> [String] {
        let report = try Tool.succeed(["rescue", path, "--list", "--sums", "--json", "--quiet"] + more).object()
        return try (try #require(report["tensors"] as? [[String: Any]])).map { tensor in
            let shape = try #require(tensor["shape"] as? [Int])
            let sum = try #require(tensor["sha256"] as? String)
            #expect(sum.count == 64)
            return "\(tensor["name"] as? String ?? "?") \(tensor["dtype"] as? String ?? "?") \(shape) \(sum)"
        }
    }

    @Test(arguments: [
        "dtypes.pt", "dtypes_legacy.pt", "views.pt", "tied.pt", "lightning.pt", "nested.pt", "old_tar.pt",
        "deflated.pt",
        "bigendian.pt", "bare.pt", "holders.pt", "unsupported.pt",
    ])
    func whatIsWrittenIsWhatIsListed(_ file: String) throws {
        try withTemporaryFolder { folder in
            let out = folder + "/out.safetensors"
            try Tool.succeed(["rescue", fixture(file), "-o", out])
            #expect(try listed(out).sorted() == listed(fixture(file)).sorted())
            #expect(try names(in: folder) == ["out.safetensors"])
        }
    }

    @Test func theSumIsThatOfTheLittleEndianBytes() throws {
        // Computed by hashlib over what torch reads.
        #expect(
            try listed(fixture("bare.pt")) == [
                "tensor int64 [5] 281b02b10f5f4997e5bf8c93343e6f2aa8bc81ffad6d6813c593181ebceda12a"
            ])
        #expect(
            try listed(fixture("bigendian.pt")).contains(
                "float32 float32 [3, 4] c0c96144ad7eeec7d4a0f5b293ddf6bda1997c2774edbd7e9843d6366e2991f7"))
    }

    @Test func aTableForPeople() throws {
        let run = try Tool.succeed(["rescue", fixture("lightning.pt"), "--list"])
        #expect(run.lines.contains("state_dict.module.dense.weight\tfloat32\t[2,3]\t24"))
        #expect(run.lines.contains { $0.hasPrefix("optimizer_states.0.state.0.exp_avg\tfloat32\t[2,3]\t24") })
        #expect(run.errors.contains("left out") && run.errorLines.last?.contains("tensors") == true)
        let quiet = try Tool.succeed(["rescue", fixture("lightning.pt"), "--list", "--quiet"])
        #expect(quiet.errors.isEmpty && quiet.lines == run.lines)
    }

    @Test func tiesAndWhatCannotBeReadAreSaid() throws {
        let tied = try Tool.succeed(["rescue", fixture("tied.pt"), "--list"])
        #expect(tied.errors.contains("'decoder.weight' = 'embeddings.weight'"))
        let report = try Tool.succeed(["rescue", fixture("unsupported.pt"), "--list", "--json"])
        #expect(report.errors.contains("'sparse' left out: a sparse tensor"))
        #expect((try report.object()["unreadable"] as? [Any])?.count == 4)
    }

    @Test func everyContainerOfAModelGivesTheSameTensors() throws {
        let expected = try listed(Models.container("safetensors")).sorted()
        #expect(expected.count > 20)
        for container in ["sharded", "torch-zip", "torch-legacy"] {
            #expect(try listed(Models.container(container)).sorted() == expected)
        }
        try withCopy(of: Models.container("sharded")) { copy, _ in
            // No config.json is needed.
            try FileManager.default.removeItem(atPath: copy + "/config.json")
            #expect(try listed(copy).sorted() == expected)
        }
        try withTemporaryFolder { folder in
            let native = try converted(Models.container("safetensors"), in: folder)
            #expect(try listed(native).count > 20)
        }
    }

    @Test func objectsAreIgnoredOnRequestOnly() throws {
        try withTemporaryFolder { folder in
            let out = folder + "/out.safetensors"
            let refused = try Tool.run(["rescue", fixture("module.pt"), "-o", out])
            #expect(refused.code == 65 && refused.errorLines.count == 1)
            #expect(refused.errors.contains("__main__.Small") && refused.errors.contains("--ignore-objects"))
            #expect(try names(in: folder).isEmpty)
            let read = try Tool.succeed(["rescue", fixture("module.pt"), "-o", out, "--ignore-objects"])
            #expect(read.errors.contains("__main__.Small"))
            #expect(try listed(out).contains { $0.hasPrefix("dense.weight float32 [2, 3]") })
        }
    }

    @Test func everyVerbThatOpensACheckpointCanIgnoreObjects() throws {
        let refused = try Tool.run(["inspect", fixture("module.pt")])
        #expect(refused.code == 65 && refused.errors.contains("__main__.Small"))
        // Past the objects it is no BERT, which is another line.
        let read = try Tool.run(["inspect", fixture("module.pt"), "--ignore-objects"])
        #expect(read.code == 65 && !read.errors.contains("asks for"))
        for verb in ["convert", "verify", "export", "predict", "embed", "prune", "diff", "bench"] {
            #expect(try Tool.succeed([verb, "--help"]).output.contains("--ignore-objects"), "\(verb)")
        }
    }

    // MARK: - Lies

    @Test func nothingToDo() throws {
        for arguments in [[], ["--sums"], ["-o", "x", "--json"]] {
            let run = try Tool.run(["rescue", fixture("bare.pt")] + arguments)
            #expect(run.code == 64 && run.errorLines.count == 1)
        }
    }

    @Test func outputExists() throws {
        try withTemporaryFolder { folder in
            let out = try write("mine", to: folder + "/out.safetensors")
            let refused = try Tool.run(["rescue", fixture("bare.pt"), "-o", out])
            #expect(refused.code == 73 && refused.errorLines.count == 1)
            #expect(try bytes(of: out) == Array("mine".utf8))
            try Tool.succeed(["rescue", fixture("bare.pt"), "-o", out, "--force"])
            #expect(try listed(out) == listed(fixture("bare.pt")))
        }
    }

    @Test func notThere() throws { #expect(try Tool.run(["rescue", "/nowhere.pt", "--list"]).code == 66) }

    @Test func noTensorsAtAll() throws {
        try withTemporaryFolder { folder in
            let empty = Pickled.dictionary(of: "text", folder)
            try Data(empty.1).write(to: URL(filePath: empty.0))
            let listed = try Tool.succeed(["rescue", empty.0, "--list"])
            #expect(listed.lines.isEmpty && listed.errors.contains("0 tensors"))
            let run = try Tool.run(["rescue", empty.0, "-o", folder + "/out.safetensors"])
            #expect(run.code == 65 && run.errorLines.last?.contains("no tensor") == true)
            #expect(try names(in: folder) == ["empty.pt"])
        }
    }

    @Test func namesThatSafetensorsCannotHold() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.pt"
            let tensor = Pickled.tensor()
            try Data(Pickled.archive(Pickled.dictionary([("__metadata__", tensor)]))).write(to: URL(filePath: path))
            #expect(try listed(path).count == 1)
            let run = try Tool.run(["rescue", path, "-o", folder + "/out.safetensors"])
            #expect(run.code == 65 && run.errorLines.last?.contains("'__metadata__'") == true, "\(run.errors)")
            #expect(try names(in: folder) == ["x.pt"])
        }
    }

    @Test func oneElementUnderManyNames() throws {
        // A tensor of 256 MiB from two floats, under 20 names: 5 GiB to hash or to write, from a few hundred bytes.
        try withTemporaryFolder { folder in
            let path = folder + "/x.pt"
            let again = (0..<20).map { ("n\($0)", [0x68, 0] as [UInt8]) }
            let value = [("first", Pickled.tensor(sizes: 1 << 26, stride: 0) + [0x71, 0])] + again
            try Data(Pickled.archive(Pickled.dictionary(value))).write(to: URL(filePath: path))
            #expect(try Tool.succeed(["rescue", path, "--list"]).lines.count == 21)
            for arguments in [["--list", "--sums"], ["-o", folder + "/out.safetensors"]] {
                let run = try Tool.run(["rescue", path, "--quiet"] + arguments)
                #expect(run.code == 65 && run.errorLines.count == 1, "\(run.errors)")
                #expect(run.errors.contains("16 times") && run.output.isEmpty, "\(run.errors)")
            }
            #expect(try names(in: folder) == ["x.pt"])
        }
    }

    @Test func namesThatClash() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.pt"
            let tensor = Pickled.tensor()
            let clash = Pickled.dictionary([("a.b", tensor), ("a", Pickled.dictionary([("b", tensor)]))])
            try Data(Pickled.archive(clash)).write(to: URL(filePath: path))
            let run = try Tool.run(["rescue", path, "--list"])
            #expect(run.code == 65 && run.errorLines.count == 1 && run.errors.contains("'a.b'"), "\(run.errors)")
        }
    }

    @Test(arguments: [
        ("(dp0\nS'a'\np1\nI1\ns.", "pickle"), ("cos\nsystem\n(S'id'\ntR.", "pickle"), ("\u{93}NUMPY\u{1}", "numpy"),
    ])
    func bareFilesOfOthersAreNamed(_ content: String, _ word: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.pt"
            try Data(content.unicodeScalars.map { UInt8($0.value) }).write(to: URL(filePath: path))
            let run = try Tool.run(["rescue", path, "--list"])
            #expect(run.code == 65 && run.errorLines.count == 1 && run.errors.contains(word), "\(run.errors)")
        }
    }
}

/// Small checkpoints, opcode by opcode.
private enum Pickled {
    /// A legacy stream of a dictionary of one number.
    static func dictionary(of text: String, _ folder: String) -> (String, [UInt8]) {
        let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        let version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
        let system: [UInt8] = [0x80, 2, 0x7D, 0x2E]
        let object: [UInt8] = [0x80, 2] + dictionary([(text, [0x4B, 1])]) + [0x2E]
        return (folder + "/empty.pt", magic + version + system + object + [0x80, 2, 0x5D, 0x2E])
    }

    static func text(_ text: String) -> [UInt8] { [0x58] + little(text.utf8.count, 4) + Array(text.utf8) }

    static func dictionary(_ items: [(String, [UInt8])]) -> [UInt8] {
        items.reduce([0x7D]) { $0 + text($1.0) + $1.1 + [0x73] }
    }

    /// A tensor of a storage of two floats.
    static func tensor(sizes: Int = 2, stride: UInt8 = 1) -> [UInt8] {
        let storage = text("storage") + Array("ctorch\nFloatStorage\n".utf8) + text("0") + text("cpu") + [0x4B, 2]
        return Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8) + storage + Array("tQ".utf8)
            + [0x4B, 0, 0x4A] + little(sizes, 4) + [0x85, 0x4B, stride, 0x85, 0x89, 0x7D] + Array("tR".utf8)
    }

    /// A zip archive of a pickle and one storage of two floats.
    static func archive(_ value: [UInt8]) -> [UInt8] {
        ZipArchive([
            ZipLie("m/data.pkl", [0x80, 2] + value + [0x2E]), ZipLie("m/data/0", [UInt8](repeating: 1, count: 8)),
        ]).bytes
    }
}
