// What an output may write over, and what no run leaves behind, for every verb that writes.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct OutputTests {
    // MARK: What is not ours

    @Test(arguments: [
        ["export", "MODEL", "--format", "safetensors"], ["export", "MODEL", "--format", "pt"],
        ["prune", "MODEL", "--keep", "first:1"],
    ])
    func forceKeepsForeignFiles(verb: [String]) throws {
        try withTemporaryFolder { folder in
            let (verb, out) = (verb.map { $0 == "MODEL" ? Models.classifier : $0 }, folder + "/out")
            let others = [".git/HEAD", "src/main.py", "NOTES.md", "checkpoint-500/optimizer.pt", "tf_model.h5"]
            try Tool.succeed(["export", Models.classifier, "-o", out, "--format", "pt"])
            for name in others {
                let path = URL(filePath: "\(out)/\(name)")
                try FileManager.default.createDirectory(
                    at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(name.utf8).write(to: path)
            }
            // Old weights in shards would be read in place of the new ones.
            try write("{}", to: out + "/model.safetensors.index.json")
            try write("old", to: out + "/model-00001-of-00002.safetensors")
            try Tool.succeed(verb + ["-o", out, "--force"])
            for name in others { #expect(try bytes(of: "\(out)/\(name)") == Array(name.utf8), "\(name)") }
            let weights = verb.contains("pt") ? "pytorch_model.bin" : "model.safetensors"
            let foreign = Set(others.compactMap { $0.split(separator: "/").first.map(String.init) })
            #expect(
                try Set(names(in: out)).subtracting(foreign)
                    == ["config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", weights])
            #expect(try names(in: folder) == ["out"])
            try Tool.succeed(["predict", out, "good", "--quiet"])
        }
    }

    @Test func aFileIsNoFolderAndAFolderNoFile() throws {
        try withTemporaryFolder { folder in
            try write("mine", to: folder + "/file")
            try Tool.refuse(
                73, ["export", Models.classifier, "-o", folder + "/file", "--force"], says: ["found a file"])
            try Tool.refuse(
                73, ["prune", Models.classifier, "--keep", "0", "-o", folder + "/file", "--force"], says: ["a file"])
            #expect(try bytes(of: folder + "/file") == Array("mine".utf8))
        }
    }

    // MARK: Devices, pipes, links

    @Test func pipesAndStandardOutputAreWrittenTo() throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder)
            let whole = try bytes(of: file)
            let convert = ["convert", Models.classifier, "--quiet", "-o"]
            #expect(try Tool.succeed(convert + ["/dev/stdout"]).bytes == whole)
            #expect(try Tool.succeed(convert + ["/dev/fd/1", "--force"]).bytes == whole)
            try Tool.succeed(convert + ["/dev/null"])
            try Tool.refuse(73, ["export", Models.classifier, "-o", "/dev/stdout"], says: ["a device or a pipe"])
            let pipe = folder + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            let reader = Process()
            reader.executableURL = URL(filePath: "/bin/cp")
            reader.arguments = [pipe, folder + "/copy.adze"]
            try reader.run()
            try Tool.succeed(convert + [pipe, "--force"])
            reader.waitUntilExit()
            #expect(try bytes(of: folder + "/copy.adze") == whole)
            #expect(try names(in: folder) == ["converted.adze", "copy.adze", "pipe"])
        }
    }

    @Test(.enabled(if: geteuid() == 0), arguments: ["convert", "rescue", "evaluate", "finetune"])
    func forceDoesNotReplaceADevice(verb: String) throws {
        try withTemporaryFolder { folder in
            let null = folder + "/null"
            guard mknod(null, S_IFCHR | 0o666, 1 << 8 | 3) == 0, FileHandle(forWritingAtPath: null) != nil else {
                return
            }
            let table = try write(TrainingTable.csv(TrainingTable.rows(20)), to: folder + "/t.csv")
            let arguments =
                switch verb {
                case "evaluate": [table, "--report", null]
                case "finetune": ["--train", table, "--epochs", "1", "-o", null, "--log", null, "--report", null]
                default: ["-o", null]
                }
            try Tool.succeed([verb, Models.classifier, "--force", "--quiet"] + arguments)
            var status = stat()
            #expect(lstat(null, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
            #expect(try names(in: folder) == ["null", "t.csv"])
        }
    }

    @Test func aReplacedFileKeepsItsModeAndALinkStays() throws {
        try withTemporaryFolder { folder in
            let (out, link) = (folder + "/out.adze", folder + "/link.adze")
            try write("old", to: out)
            chmod(out, 0o600)
            symlink("out.adze", link)
            try Tool.refuse(73, ["convert", Models.classifier, "-o", link], says: ["--force"])
            try Tool.succeed(["convert", Models.classifier, "-o", link, "--force"])
            var status = stat()
            #expect(lstat(out, &status) == 0 && status.st_mode == S_IFREG | 0o600)
            #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
            try Tool.succeed(["verify", out])
        }
    }

    // MARK: Inputs

    @Test func noOutputIsAnInput() throws {
        try withTemporaryFolder { folder in
            let table = TrainingTable.csv(TrainingTable.rows(20))
            let t = try write(table, to: folder + "/t.csv")
            symlink("t.csv", folder + "/link.csv")
            link(t, folder + "/hard.csv")
            let model = folder + "/model"
            try FileManager.default.copyItem(atPath: Models.classifier, toPath: model)
            let file = try converted(model, in: folder)
            let recipe = try write("{}", to: folder + "/recipe.json")
            let log = try write("{}\n", to: folder + "/run.jsonl")
            let runs = folder + "/run"
            let finetune = ["finetune", model, "--train", t, "--checkpoint-dir", runs, "-o"]
            let new = folder + "/new.adze"
            let verbs: [(arguments: [String], option: String)] = [
                (finetune + [new, "--log", t, "--resume"], "--train"), (finetune + [t], "--train"),
                (finetune + [new, "--report", folder + "/link.csv"], "--train"),
                (finetune + [folder + "/hard.csv"], "--train"),
                (finetune + [new, "--dev", log, "--log", log], "--dev"),
                (finetune + [new, "--export", model], "MODEL"),
                (finetune + [new, "--recipe", recipe, "--log", recipe], "--recipe"),
                (finetune + [new, "--add-tokens", log, "--log", log], "--add-tokens"),
                (["convert", file, "-o", file], "SRC"), (["convert", model, "-o", model + "/config.json"], "SRC"),
                (["convert", model, "-o", new, "--calibrate", t, "-o", t], "--calibrate"),
                (["convert", model, "--tokenizer", file, "-o", file], "--tokenizer"),
                (["export", model, "-o", model], "MODEL"), (["export", model, "-o", model + "/"], "MODEL"),
                (["export", model + "/model.safetensors", "--config", model + "/config.json", "-o", model], "MODEL"),
                (["prune", model, "--keep", "0", "-o", model], "MODEL"),
                (["prune", file, "--keep", "0", "-o", file], "MODEL"), (["rescue", file, "-o", file], "SRC"),
                (["rescue", model, "-o", model + "/model.safetensors"], "SRC"),
                (["quantize", model, "--dev", t, "--max-drop", "99", "-o", folder + "/hard.csv"], "--dev"),
                (["embed", model, "-i", t, "--outputs", "pooled", "-o", t], "-i"),
                (["evaluate", model, t, "--report", t], "DATA"), (["report", log, "-o", log], "RUN.jsonl"),
            ]
            let before = try files(in: folder)
            for (arguments, option) in verbs {
                try Tool.refuse(73, arguments + ["--force"], says: ["would write over \(option), which this run reads"])
            }
            // Standard input is a file too, and standard output may be one.
            try Tool.refuse(
                73, ["embed", model, "-i", t, "--outputs", "pooled", "-o", t], says: ["-i, which this run"])
            #expect(try files(in: folder) == before)
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            shell.arguments = [
                "-c", "\"$0\" predict \"$1\" -i - < \"$2\" >> \"$2\"", try #require(Tool.path), model, t,
            ]
            shell.standardError = FileHandle.nullDevice
            try shell.run()
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 73)
            #expect(try files(in: folder) == before)
        }
    }

    @Test func outputsBesideAModelAreItsNeighboursNotItsFiles() throws {
        try withCopy(of: Models.classifier) { model, folder in
            for _ in 0..<2 {
                try Tool.succeed(["convert", model, "-o", model + "/model.adze", "--force"])
                try Tool.succeed(["prune", model, "--keep", "0", "-o", model + "/small", "--force"])
                try Tool.succeed(["rescue", model, "-o", model + "/notes.txt", "--force"])
            }
        }
    }

    @Test func labelledTextsAreInputs() throws {
        try withTemporaryFolder { folder in
            for label in ["neg", "pos"] {
                mkdir("\(folder)/\(label)", 0o755)
                try write("a text", to: "\(folder)/\(label)/1.txt")
            }
            try Tool.refuse(
                73, ["evaluate", Models.classifier, folder, "--report", folder + "/pos/1.txt", "--force"],
                says: ["DATA, which this run reads"])
        }
    }

    @Test func twoOutputsAreTwoFiles() throws {
        try withTemporaryFolder { folder in
            let table = try write(TrainingTable.csv(TrainingTable.rows(20)), to: folder + "/t.csv")
            symlink("a", folder + "/b")
            let export = folder + "/model"
            try Tool.succeed(["export", Models.classifier, "-o", export])
            let finetune = ["finetune", Models.classifier, "--train", table, "--force", "-o"]
            for arguments in [
                [folder + "/a", "--log", folder + "/a"], [folder + "/a", "--report", folder + "/./b"],
                [folder + "/x", "--log", folder + "/a", "--report", folder + "/b"],
                [export + "/config.json", "--export", export], [folder + "/a", "--export", folder + "/a"],
                [export + "/manifest.json", "--checkpoint-dir", export],
            ] {
                try Tool.refuse(64, finetune + arguments, says: ["would write over each other"])
            }
            #expect(try names(in: folder) == ["b", "model", "t.csv"])
        }
    }

    // MARK: Before the work

    @Test func whatCannotBeWrittenIsToldBeforeTheWork() throws {
        try withTemporaryFolder { folder in
            let table = try write(TrainingTable.csv(TrainingTable.rows(20)), to: folder + "/t.csv")
            let long = folder + "/" + String(repeating: "x", count: 256)
            let fitting = folder + "/" + String(repeating: "x", count: 255)
            mkdir(folder + "/letters", 0o755)
            try write("dear", to: folder + "/letters/one.txt")
            let finetune = ["finetune", Models.classifier, "--train", table, "-o"]
            for (code, arguments) in [
                (74, ["convert", Models.classifier, "-o", long]), (74, ["export", Models.classifier, "-o", long]),
                (74, finetune + [long]), (74, finetune + [folder + "/o.adze", "--log", long]),
                (74, finetune + [folder + "/o.adze", "--checkpoint-dir", long]),
                (66, finetune + [folder + "/o.adze", "--checkpoint-dir", folder + "/no/run"]),
                (73, finetune + [folder + "/o.adze", "--checkpoint-dir", table]),
                (73, finetune + [folder + "/o.adze", "--export", folder + "/letters", "--force"]),
                (73, finetune + [folder + "/o.adze", "--export", table, "--force"]),
            ] as [(Int32, [String])] {
                let outcome = try Tool.refuse(code, arguments)
                // Before the model is read there is nothing to note.
                #expect(outcome.errorLines.count == 1)
            }
            #expect(try names(in: folder) == ["letters", "t.csv"])
            try Tool.succeed(["convert", Models.classifier, "-o", fitting])
            try Tool.succeed(["convert", Models.classifier, "-o", fitting, "--force"])
            try FileManager.default.removeItem(atPath: fitting)
            try Tool.succeed(["export", Models.classifier, "-o", fitting])
            try Tool.succeed(["export", Models.classifier, "-o", fitting, "--force"])
        }
    }

    private func files(in folder: String) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            found[name] = (try? bytes(of: "\(folder)/\(name)")) ?? []
        }
        return found
    }
}

@Suite struct UnfinishedOutputTests {
    /// Ends the tool by a signal once it has begun to write into `target`, and gives its outcome.
    private func stop(_ arguments: [String], target: String, signal: Int32, after delay: UInt32) throws -> Outcome {
        try withTemporaryFolder { streams in
            let running = try Running(arguments, streams: streams)
            for _ in 0..<20_000 where running.process.isRunning {
                if try !names(in: target).isEmpty { break }
                usleep(500)
            }
            usleep(delay)
            kill(running.process.processIdentifier, signal)
            return try running.end()
        }
    }

    @Test(arguments: [SIGHUP, SIGQUIT, SIGXCPU, SIGTERM])
    func aSignalLeavesNothing(signal: Int32) throws {
        try withTemporaryFolder { folder in
            let model = try LargeModel.write(in: folder)
            let target = folder + "/target"
            mkdir(target, 0o755)
            let outcome = try stop(
                ["convert", model, "-o", target + "/out.adze", "--threads", "1"], target: target, signal: signal,
                after: 0)
            #expect(outcome.code == 128 + signal || outcome.code == 0)
            // A signal in the last moment finds the file under its name.
            #expect(try names(in: target).allSatisfy { $0 == "out.adze" })
        }
    }

    @Test(arguments: ["pt", "safetensors"])
    func anExportThatIsStoppedAtAnyMomentIsTheOldOrTheNew(format: String) throws {
        try withTemporaryFolder { folder in
            let target = folder + "/target"
            let out = target + "/out"
            mkdir(target, 0o755)
            let arguments = ["export", Models.classifier, "-o", out, "--format", format, "--force", "--quiet"]
            for number in 0..<12 {
                let old = (try? names(in: out)) ?? []
                // With something of the user's in it the folder is replaced file by file, without as a whole.
                if number == 6 { try write("mine", to: out + "/NOTES.md") }
                let outcome = try stop(arguments, target: target, signal: SIGTERM, after: UInt32(number % 6) * 400)
                #expect(outcome.code == 128 + SIGTERM || outcome.code == 0, "\(outcome.errors)")
                let found = try names(in: target)
                #expect(found == ["out"] || old.isEmpty && found.isEmpty, "\(found)")
                if found.isEmpty { try Tool.succeed(arguments) }
                #expect(try names(in: out).allSatisfy { !$0.hasPrefix(".") })
                try Tool.succeed(["predict", out, "good", "--quiet"])
                #expect(try names(in: out).contains("NOTES.md") == (number >= 6))
            }
        }
    }

    @Test func aLimitOfSizeIsAnErrorAndLeavesNothing() throws {
        try withTemporaryFolder { folder in
            for verb in ["convert", "rescue", "export"] {
                let shell = Process()
                shell.executableURL = URL(filePath: "/bin/sh")
                // In blocks of 512 bytes.
                shell.arguments = [
                    "-c", "ulimit -f 4; \"$0\" \"$@\"", try #require(Tool.path), verb, Models.classifier, "-o",
                    folder + "/out.adze",
                ]
                let errors = Pipe()
                (shell.standardError, shell.standardOutput) = (errors, FileHandle.nullDevice)
                try shell.run()
                let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                shell.waitUntilExit()
                #expect(shell.terminationReason == .exit && shell.terminationStatus == 74, "\(verb): \(said)")
                #expect(said.contains("write failed: File too large"), "\(said)")
                #expect(try names(in: folder) == [])
            }
        }
    }

    @Test func nohupIsKeptTo() throws {
        try withTemporaryFolder { folder in
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            shell.arguments = [
                "-c",
                "trap '' HUP; exec 3<>\"$2/in\"; \"$0\" predict \"$1\" -i - <&3 > \"$2/out\" 2> \"$2/err\" & "
                    + "while [ ! -s \"$2/err\" ]; do sleep 0.05; done; kill -HUP $!; sleep 0.3; kill -TERM $!; wait $!",
                try #require(Tool.path), Models.classifier, folder,
            ]
            // A pipe that the shell has open for both ends never ends.
            #expect(mkfifo(folder + "/in", 0o600) == 0)
            try shell.run()
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 128 + SIGTERM)
        }
    }

    @Test func whatAKilledRunLeftIsCleanedByTheNext() throws {
        try withTemporaryFolder { folder in
            let target = folder + "/target"
            let killed = try Running.endAmidWriting(SIGKILL, target: target, streams: folder + "/streams")
            #expect(killed.code == 128 + SIGKILL)
            let left = try names(in: target)
            #expect(left.count == 1 && left != ["out.csv"], "\(left)")
            try Tool.succeed(
                ["predict", Models.classifier, "-i", "-", "-o", target + "/out.csv"], input: Array("good\n".utf8))
            #expect(try names(in: target) == ["out.csv"])
        }
    }
}
