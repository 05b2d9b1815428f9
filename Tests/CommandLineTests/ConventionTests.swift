// What every verb keeps to: streams, exit codes, outputs that appear whole or not at all.

import AdzeTestSupport
import Foundation
import Testing

struct ConventionTests {
    @Test func theToolSaysWhoItIs() throws {
        #expect(try Tool.succeed(["--version"]).lines.count == 1)
        #expect(try Tool.succeed(["--help"]).output.contains("convert"))
    }

    @Test(arguments: [
        ["predcit", "x"], ["predict", Models.classifier, "good", "--jsn"], ["predict", Models.classifier],
        ["predict", Models.classifier, "good", "-i", "x.txt"],
        ["predict", Models.classifier, "good", "--threads", "0"],
        ["predict", Models.classifier, "good", "--precision", "int4"],
        ["predict", Models.classifier, "good", "--labels", "a,,b"],
        ["predict", Models.classifier, "good", "--long", "window", "--stride=-1"], ["convert", Models.classifier],
        ["convert", Models.classifier, "-o", ""], ["convert", Models.classifier, "-o", "x", "--seed=-1"],
        ["convert", Models.classifier, "-o", "x", "--heads", "0"], ["export", Models.classifier],
        ["export", Models.classifier, "-o", "x", "--format", "onnx"], ["prune", Models.classifier, "-o", "x.adze"],
        ["bench", Models.classifier, "--batch", "100000", "--length", "100000"],
        ["tokenize", Models.classifier, "good", "--max-length=-1"],
    ])
    func badUsageIsOneLine(arguments: [String]) throws { try Tool.refuse(64, arguments, says: ["adze help"]) }

    @Test func theModelComesFirst() throws {
        for verb in ["predict", "embed", "tokenize"] {
            try Tool.refuse(
                66, [verb, "what a good film"], says: ["'what a good film'", "the first argument is the model"])
            try Tool.refuse(66, [verb, "/no/such/model", "good"], says: ["'/no/such/model'"])
        }
        for verb in ["inspect", "verify", "bench"] {
            try Tool.refuse(66, [verb, "/no/such/model"], says: ["'/no/such/model'"])
        }
        try Tool.refuse(66, ["convert", "/no/such/model", "-o", "/tmp/never.adze"], says: ["'/no/such/model'"])
    }

    @Test func stdoutIsDataOnlyAndQuietIsQuiet() throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder)
            for verb in [
                ["predict", file, "good"], ["predict", Models.classifier, "good", "--json"], ["embed", file, "good"],
                ["tokenize", file, "good"], ["inspect", file, "--json"], ["verify", file],
                ["diff", file, Models.classifier],
                ["bench", file, "--batch", "1", "--length", "4", "--repeat", "1"],
            ] {
                let loud = try Tool.succeed(verb)
                #expect(!loud.output.contains("adze:") && !loud.output.contains("note:"))
                let quiet = try Tool.succeed(verb + ["--quiet"])
                #expect(quiet.errors == "", "\(verb)")
                if verb[0] != "bench" { #expect(quiet.bytes == loud.bytes) }
            }
            let quiet = try Tool.succeed(["convert", Models.classifier, "-o", folder + "/q.adze", "--quiet"])
            #expect(quiet.errors == "" && quiet.output == "")
        }
    }

    @Test func inspectJSONHasTheFields() throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder)
            let report = try Tool.succeed(["inspect", file, "--json", "--tensors"]).object()
            for key in [
                "format", "family", "shape", "dtypes", "labels", "tokenizer", "provenance", "probes", "sizes",
                "tensors",
            ] {
                #expect(report[key] != nil, "\(key)")
            }
            #expect(report["format"] as? String == "adze" && report["labels"] as? [String] == ["rejected", "accepted"])
            #expect((report["shape"] as? [String: Any])?["blocks"] as? Int == 3)
            #expect(!(report["tensors"] as? [[String: Any]] ?? []).isEmpty)
        }
    }

    @Test func outputsAreReplacedOnlyByForce() throws {
        try withTemporaryFolder { folder in
            let (file, exported) = (folder + "/out.adze", folder + "/exported")
            let verbs = [
                ["convert", Models.classifier, "-o", file],
                ["prune", Models.classifier, "--keep", "first:1", "-o", file],
                ["export", Models.classifier, "-o", exported], ["export", Models.classifier, "-o", exported + "/"],
            ]
            for verb in verbs {
                let output = verb[verb.count - 1]
                if !FileManager.default.fileExists(atPath: output) { try write("mine", to: file) }
                try? FileManager.default.createDirectory(atPath: exported, withIntermediateDirectories: false)
                try Tool.refuse(73, verb, says: [output, "--force"])
                try Tool.succeed(verb + ["--force"])
                #expect(try names(in: folder) == ["exported", "out.adze"])
            }
        }
    }

    @Test func forceSparesWhatIsNoModel() throws {
        try withTemporaryFolder { folder in
            let home = folder + "/home"
            try FileManager.default.createDirectory(atPath: home + "/letters", withIntermediateDirectories: true)
            try write("dear", to: home + "/letters/one.txt")
            try Tool.refuse(73, ["export", Models.classifier, "-o", home, "--force"], says: [home, "not replaced"])
            try Tool.refuse(73, ["convert", Models.classifier, "-o", home, "--force"], says: [home, "found a folder"])
            // In a folder that may be replaced, what is no file of a model stays.
            try Tool.succeed(["export", Models.classifier, "-o", folder + "/model"])
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/model/link", withDestinationPath: home + "/letters")
            try Tool.succeed(["export", Models.classifier, "-o", folder + "/model", "--force"])
            #expect(try names(in: home + "/letters") == ["one.txt"] && names(in: folder + "/model").contains("link"))
            #expect(try names(in: folder) == ["home", "model"])
        }
    }

    @Test func theFolderOfAnOutputMustExist() throws {
        try withTemporaryFolder { folder in
            for verb in ["convert", "export"] {
                try Tool.refuse(
                    66, [verb, Models.classifier, "-o", folder + "/no/out"], says: [folder + "/no: no such"])
            }
            #expect(try names(in: folder) == [])
        }
    }

    @Test func instructionSetsCanBeForced() throws {
        let arguments = [
            "bench", Models.classifier, "--json", "--batch", "1", "--length", "4", "--repeat", "1", "--precision",
            "int8",
        ]
        let found = try Tool.run(arguments, environment: ["ADZE_FORCE_ISA": "scalar"]).object()
        #expect(found["isa"] as? String == "scalar")
        try Tool.refuse(
            64, ["predict", Models.classifier, "good"], says: ["'nonsense'", "scalar"],
            environment: ["ADZE_FORCE_ISA": "nonsense"])
        let avx2 = try Tool.run(["predict", Models.classifier, "good"], environment: ["ADZE_FORCE_ISA": "avx2"])
        #expect(avx2.code == 0 || avx2.code == 64 && avx2.errors.contains("'avx2'"))
        try Tool.refuse(
            64, ["predict", Models.classifier, "good"], says: ["ADZE_GUARD_PAGES is 'both'", "start or end"],
            environment: ["ADZE_GUARD_PAGES": "both"])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aFullStandardOutputIsAnError() throws {
        try withTemporaryFolder { folder in
            let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
            let outcome = try Running(["predict", Models.classifier, "good"], streams: folder, standardOutput: full)
                .end()
            #expect(outcome.code == 74 && outcome.errors.contains("standard output: write failed: No space left"))
        }
    }

    @Test func aReaderThatStopsEndsTheRunQuietly() throws {
        try withTemporaryFolder { folder in
            let pipe = Pipe()
            let input = [UInt8](String(repeating: "good\n", count: 20_000).utf8)
            let running = try Running(
                ["predict", Models.classifier, "-i", "-", "--quiet"], streams: folder, input: input,
                standardOutput: pipe)
            try pipe.fileHandleForWriting.close()
            _ = try pipe.fileHandleForReading.read(upToCount: 10)
            try pipe.fileHandleForReading.close()
            let outcome = try running.end()
            #expect(outcome.code == 128 + SIGPIPE && outcome.errors == "")
        }
    }

    @Test(arguments: [">&-", "2>&-", "<&-"])
    func closedStreamsDoNotCrash(closing: String) throws {
        try withTemporaryFolder { folder in
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            let file = folder + "/out.adze"
            shell.arguments = [
                "-c", "\"$0\" \"$@\" \(closing)", try #require(Tool.path), "convert", Models.classifier, "-o", file,
            ]
            shell.standardOutput = FileHandle.nullDevice
            shell.standardError = FileHandle.nullDevice
            try shell.run()
            shell.waitUntilExit()
            #expect(shell.terminationReason == .exit && shell.terminationStatus == (closing == ">&-" ? 74 : 0))
            try Tool.succeed(["verify", file])
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func anInterruptedRunLeavesNothing(signal: Int32) throws {
        try withTemporaryFolder { folder in
            let pipe = Pipe()
            let streams = folder + "/streams"
            try FileManager.default.createDirectory(atPath: streams, withIntermediateDirectories: false)
            // The input never ends, so the run can end by the signal alone.
            let running = try Running(
                ["predict", Models.classifier, "-i", "-"], streams: streams, standardInput: pipe)
            // It has opened its model when it says its note about it, and listens to signals since before that.
            for _ in 0..<2000 where try bytes(of: streams + "/err").isEmpty { usleep(5000) }
            kill(running.process.processIdentifier, signal)
            #expect(try running.end().code == 128 + signal)
        }
    }

    @Test func anInterruptedSaveLeavesNoTemporary() throws {
        try withTemporaryFolder { folder in
            let target = folder + "/target"
            let stopped = try Running.endAmidWriting(SIGTERM, target: target, streams: folder + "/streams")
            #expect(stopped.code == 128 + SIGTERM)
            #expect(try names(in: target) == [])
        }
    }
}

/// A model whose conversion takes long enough to be interrupted: 4 MB of weights.
enum LargeModel {
    static func write(in folder: String) throws -> String {
        let (vocabulary, hidden) = (8000, 128)
        let model = folder + "/large"
        try FileManager.default.copyItem(atPath: Models.bare, toPath: model)
        try CommandLineTests.write(
            """
            {"model_type":"bert","architectures":["BertModel"],"vocab_size":\(vocabulary),"hidden_size":\(hidden),
            "num_hidden_layers":0,"num_attention_heads":2,"intermediate_size":4,"max_position_embeddings":16}
            """, to: model + "/config.json")
        var header: [String] = []
        var offset = 0
        let shapes = [
            ("word_embeddings.weight", [vocabulary, hidden]), ("position_embeddings.weight", [16, hidden]),
            ("token_type_embeddings.weight", [2, hidden]), ("LayerNorm.weight", [hidden]), ("LayerNorm.bias", [hidden]),
        ]
        for (name, shape) in shapes {
            let size = shape.reduce(4, *)
            header.append(
                "\"embeddings.\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(offset + size)]}"
            )
            offset += size
        }
        var generator = SeededGenerator(seed: 1)
        let values = (0..<offset / 4).map { _ in Float.random(in: -1...1, using: &generator) }
        let text = Data("{\(header.joined(separator: ","))}".utf8)
        var file = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text
        values.withUnsafeBytes { file.append(contentsOf: $0) }
        try file.write(to: URL(filePath: model + "/model.safetensors"))
        return model
    }
}
