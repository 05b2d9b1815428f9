// compare and heads that read every position, as a process: what is written, what is kept from run to run, and what is
// refused.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct CompareTests {
    private static func arguments(_ folder: String, _ more: [String] = []) throws -> [String] {
        let tables = try TrainingTable.write(in: folder)
        return ["compare", Models.classifier] + tables
            + ["-o", folder + "/out", "--epochs", "2", "--batch-size", "8", "--lr", "1e-3", "--max-length", "12"] + more
    }

    private static func table(_ folder: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: folder + "/out/table.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func aConfigurationThatIsAddedRunsAlone() throws {
        try withTemporaryFolder { folder in
            let arguments = try Self.arguments(folder, ["--seeds", "2"])
            let first = try Tool.succeed(arguments + ["--blocks", "1,2", "--heads", "pooler,lstm:size=4:padding=none"])
            #expect(first.errors.contains("run 8 of 8") && !first.errors.contains("done before"))
            #expect(first.lines.count == 5 && first.lines[0].contains("macro-f1"))
            let rows = try #require(try Self.table(folder)["rows"] as? [[String: Any]])
            #expect(rows.compactMap { $0["blocks"] as? [Int] } == [[0], [0, 1], [0], [0, 1]])
            for row in rows {
                let score = try #require(row["score"] as? [String: Any])
                #expect((score["mean"] as? Double).map { (0...1).contains($0) } ?? false)
                #expect(score["standardError"] is Double && (row["runs"] as? [Any])?.count == 2)
                #expect((row["bytes"] as? Int ?? 0) > 0 && (row["parameters"] as? Int ?? 0) > 0)
            }
            let before = try bytes(of: folder + "/out/table.csv")
            // The same again makes no run and the same table; more makes what is new.
            let again = try Tool.succeed(arguments + ["--blocks", "1,2", "--heads", "pooler,lstm:size=4:padding=none"])
            #expect(!again.errors.contains("run ") && again.errors.contains("done before"))
            #expect(try bytes(of: folder + "/out/table.csv") == before)
            let more = try Tool.succeed(
                arguments + ["--blocks", "0,1", "--heads", "flatten,pooler", "--test", folder + "/dev.csv", "--json"])
            #expect(more.errors.contains("0 blocks, pooler: left out"))
            #expect(more.errors.contains("run 4 of 6") && !more.errors.contains("run 5 of 6"))
            let found = try more.object()
            let test = try #require(found["test"] as? [String: Any])
            #expect(test["configuration"] as? String == found["best"] as? String && test["texts"] as? Int == 16)
            let page = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
            #expect(page.contains("Pareto") && page.contains("From epoch to epoch"))
            #expect(page.contains("flatten") && !page.contains("://"))
            // A model that was dropped is made again where the test set is to meet it.
            for name in try names(in: folder + "/out/models") {
                try FileManager.default.removeItem(atPath: folder + "/out/models/" + name)
            }
            try FileManager.default.removeItem(atPath: folder + "/out/test.json")
            let anew = try Tool.succeed(
                arguments + ["--blocks", "0,1", "--heads", "flatten,pooler", "--test", folder + "/dev.csv", "--json"])
            let second = try #require(try anew.object()["test"] as? [String: Any])
            #expect(NSDictionary(dictionary: second).isEqual(to: test))
            // Of those that are beaten, no model is kept.
            #expect(try names(in: folder + "/out/models").count <= 4)
        }
    }

    @Test func aTableOfItsOwnIsTheBaseline() throws {
        try withTemporaryFolder { folder in
            let arguments = try Self.arguments(
                folder, ["--seeds", "1", "--blocks", "1", "--heads", "pooler,lstm:size=4"])
            try Tool.succeed(arguments)
            let more = try Tool.succeed(arguments + ["--own-table", "6,12"])
            #expect(
                more.errors.contains("run 3 of 4: own table of 6, lstm:size=4") && !more.errors.contains("run 1 of"))
            let rows = try #require(try Self.table(folder)["rows"] as? [[String: Any]])
            #expect(rows.compactMap { $0["wordTable"] as? Int } == [6, 12] && rows.count == 4)
            let csv = try String(contentsOfFile: folder + "/out/table.csv", encoding: .utf8)
            #expect(csv.contains("seconds,word_table\r\n0,lstm") || csv.contains(",12\r\n"))
            let page = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
            #expect(page.contains("own table of 12"))
            for (sizes, words) in [("0", "expected 1 to"), ("x", "numbers of columns"), ("6,6", "given twice")] {
                try Tool.refuse(64, arguments + ["--own-table", sizes], says: [words])
            }
            let pooler = arguments.map { $0 == "pooler,lstm:size=4" ? "pooler" : $0 }
            try Tool.refuse(64, pooler + ["--own-table", "6"], says: ["nothing to read", "lstm, flatten or mean"])
        }
    }

    /// Trained, predicted, exported as the study's program writes it, read back.
    @Test func aTableOfItsOwnGoesThereAndBack() throws {
        try withTemporaryFolder { folder in
            let (model, data) = (folder + "/m.adze", folder + "/dev.csv")
            _ = try TrainingTable.write(in: folder)
            let arguments = [
                "finetune", Models.classifier, "--train", folder + "/train.csv", "--dev", data, "--epochs", "8",
                "--batch-size", "8", "--head-lr", "1e-2", "--max-length", "12", "-o", model,
            ]
            try Tool.refuse(64, arguments + ["--own-table", "6"], says: ["--head lstm, flatten or mean"])
            let trained = try Tool.succeed(arguments + ["--own-table", "6", "--head", "lstm:size=4"])
            #expect(trained.errors.contains("a new table of 6 columns"))
            let facts = try Tool.succeed(["inspect", model, "--json"]).output
            #expect(facts.contains("SimpleRNN") && facts.contains("newWordTable"))
            try Tool.succeed(["verify", model])
            let answers = try Tool.succeed(["predict", model, "-i", data, "--json", "--precision", "fp32"]).output
            try Tool.succeed(["export", model, "-o", folder + "/study", "--format", "study"])
            let back = folder + "/back.adze"
            try Tool.succeed([
                "convert", folder + "/study/pytorch_model.bin", "--config", folder + "/study/config.json",
                "--tokenizer", Models.classifier, "-o", back,
            ])
            #expect(try Tool.succeed(["predict", back, "-i", data, "--json", "--precision", "fp32"]).output == answers)
            // Without a configuration the tensors tell: of attention heads it has none that a number could change.
            try Tool.succeed([
                "convert", folder + "/study/pytorch_model.bin", "--tokenizer", Models.classifier, "--heads", "1", "-o",
                folder + "/bare.adze",
            ])
        }
    }

    /// A model with one of the study's heads, as the study's program would have scored it.
    @Test func theStudysProgramIsRepeatedForComparison() throws {
        try withTemporaryFolder { folder in
            let (model, data) = (folder + "/m.adze", folder + "/dev.csv")
            _ = try TrainingTable.write(in: folder)
            try Tool.succeed([
                "finetune", Models.classifier, "--train", folder + "/train.csv", "--dev", data, "-o", model, "--epochs",
                "4", "--batch-size", "8", "--lr", "1e-3", "--max-length", "12", "--new-head", "auto", "--head",
                "lstm:size=4",
            ])
            func scores(_ more: [String]) throws -> [String: Any] {
                try Tool.succeed(["evaluate", model, data, "--json"] + more).object()
            }
            let own = try scores([])
            let alone = try scores(["--study-compat", "1", "--study-dropout", "0"])
            for key in ["accuracy", "logLoss", "macroF1"] {
                #expect(alone[key] as? Double == own[key] as? Double, "a batch of one without dropout is the meaning")
            }
            let found = try scores(["--study-compat", "5"])
            #expect(found["logLoss"] as? Double != own["logLoss"] as? Double)
            #expect(try NSDictionary(dictionary: scores(["--study-compat", "5"])).isEqual(to: found))
            let program = try #require(found["studyProgram"] as? [String: Any])
            #expect(program["batchSize"] as? Int == 5 && program["dropout"] as? Double == 0.2)
            #expect((program["accuracy"] as? Double).map { (0...1).contains($0) } ?? false)
            let lines = try Tool.succeed(["evaluate", model, data, "--study-compat", "5"]).lines
            #expect(lines.last?.hasPrefix("as the study's program: mean accuracy of batches of 5 ") ?? false)
            for (arguments, words) in [
                (["--study-compat", "0"], "1 to 4096"), (["--study-dropout", "0.1"], "for --study-compat"),
                (["--study-compat", "2", "--study-dropout", "1"], "below 1"),
                (["--study-compat", "2", "--long", "window"], "one input a text"),
            ] {
                try Tool.refuse(64, ["evaluate", model, data] + arguments, says: [words])
            }
            let numbers = try write("text,label\ngood,1.5\n", to: folder + "/numbers.csv")
            try Tool.refuse(
                64, ["evaluate", EvaluateTests.number, numbers, "--study-compat", "2"], says: ["study's program"])
        }
    }

    @Test func aRunThatIsStoppedGoesOnToTheSameScores() throws {
        try withTemporaryFolder { folder in
            let rest = ["--blocks", "1,2", "--seeds", "1", "--epochs", "30", "--heads", "lstm:size=4"]
            let arguments = try Self.arguments(folder, rest)
            try withTemporaryFolder { streams in
                let running = try Running(arguments, streams: streams)
                let runs = folder + "/out/runs"
                let deadline = Date.now + 60
                func isAtWork() -> Bool { ((try? names(in: runs)) ?? []).contains { $0.hasSuffix(".checkpoint") } }
                while !isAtWork(), running.process.isRunning, Date.now < deadline { usleep(500) }
                usleep(20_000)
                kill(running.process.processIdentifier, SIGINT)
                let outcome = try running.end()
                #expect(outcome.code == 130 && outcome.errors.contains("of 2 runs done"), "\(outcome.errors)")
            }
            try Tool.succeed(arguments)
            let stopped = try scores(Self.table(folder))
            try FileManager.default.removeItem(atPath: folder + "/out")
            try Tool.succeed(arguments)
            #expect(try scores(Self.table(folder)) == stopped && stopped.count == 2)
            #expect(try names(in: folder + "/out/runs").allSatisfy { $0.hasSuffix(".json") })
        }
    }

    private func scores(_ table: [String: Any]) -> [[Double]] {
        (table["rows"] as? [[String: Any]] ?? []).flatMap { $0["runs"] as? [[String: Any]] ?? [] }
            .compactMap { $0["scores"] as? [Double] }
    }

    @Test func anotherComparisonsFolderIsLeftAlone() throws {
        try withTemporaryFolder { folder in
            let arguments = try Self.arguments(folder, ["--blocks", "1", "--seeds", "1"])
            try Tool.succeed(arguments)
            let before = try names(in: folder + "/out/runs")
            try write(TrainingTable.csv(TrainingTable.rows(30)), to: folder + "/train.csv")
            try Tool.refuse(73, arguments, says: ["another training set", "another folder"])
            #expect(try names(in: folder + "/out/runs") == before)
            try write("mine", to: folder + "/other.txt")
            let other = arguments.map { $0 == folder + "/out" ? folder : $0 }
            try Tool.refuse(73, other, says: ["holds other files", "a new one"])
            // A record that is no record is named.
            _ = try TrainingTable.write(in: folder)
            try write("{}", to: folder + "/out/runs/" + before[0])
            try Tool.refuse(65, arguments, says: [before[0], "remove the file"])
        }
    }

    @Test func copiesAreOfTheDataThatAllRunsShare() throws {
        try withTemporaryFolder { folder in
            let plain = try Self.arguments(folder, ["--blocks", "1,2", "--seeds", "1"])
            let augmented = plain + ["--augment", "delete,swap", "--augment-copies", "2"]
            let first = try Tool.succeed(augmented)
            #expect(first.errors.components(separatedBy: "copies added").count == 2, "they are made once")
            #expect(first.errors.contains("run 2 of 2"))
            let again = try Tool.succeed(augmented)
            #expect(!again.errors.contains("run ") && again.errors.contains("done before"))
            try Tool.refuse(73, plain, says: ["another training set"])
            try Tool.refuse(73, augmented + ["--seed", "7"], says: ["another training set"])
            try Tool.refuse(64, plain + ["--augment-copies", "2"], says: ["for --augment"])
        }
    }

    @Test(arguments: [
        (["--blocks", "9"], "expected 0 to 3"), (["--blocks", "1,x"], "'x'"), (["--blocks", "1,1"], "given twice"),
        (["--blocks", "1", "--heads", "lsmt"], "did you mean 'lstm'"), (["--blocks", "1", "--seeds", "0"], "1 to 100"),
        (["--blocks", "1", "--from", "middle"], "first or last"),
        (["--blocks", "1", "--heads", ""], "there is no head"),
        (["--blocks", "0"], "nothing to compare"), (["--blocks", "1", "--metric", "f2"], "f2"),
        (["--blocks", "1", "--heads", "pooler:states=all"], "first token"),
    ])
    func badUsageIsOneLine(arguments: [String], part: String) throws {
        try withTemporaryFolder { folder in
            let code: Int32 = part == "first token" ? 65 : 64
            try Tool.refuse(code, try Self.arguments(folder, arguments), says: [part])
            #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
        }
    }

    // MARK: Heads

    /// From training to a file of the study's and back: the same answers.
    @Test(arguments: ["flatten", "lstm:size=6:layers=2", "lstm:states=all:padding=none", "pooler"])
    func aHeadTravels(head: String) throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let out = folder + "/out.adze"
            let run = try Tool.succeed(
                ["finetune", Models.classifier] + tables
                    + ["-o", out, "--head", head, "--epochs", "1", "--max-length", "16"])
            #expect(run.errors.contains(head == "pooler" ? "a new classifier of" : "a new classifier (\(head))"))
            #expect(try Tool.succeed(["inspect", out]).output.contains(head == "pooler" ? "pooled" : head))
            try Tool.succeed(["verify", out])
            try Tool.succeed(["export", out, "-o", folder + "/study", "--format", "study"])
            let fp32 = ["--precision", "fp32", "--json", "the oak was good", "the beam was cut"]
            let here = try Tool.succeed(["predict", out] + fp32).output
            #expect(try Tool.succeed(["predict", folder + "/study"] + fp32).output == here)
            // What the study's program would write has no configuration of its own.
            let bare = try Tool.succeed([
                "convert", folder + "/study/pytorch_model.bin", "--config", folder + "/study/config.json",
                "--tokenizer", Models.classifier, "-o", folder + "/back.adze",
            ])
            #expect(bare.output.contains("clf.weight → classifier.weight"))
            #expect(try Tool.succeed(["predict", folder + "/back.adze"] + fp32).output == here)
        }
    }

    /// From training to a folder and back; the study's program has no such head.
    @Test(arguments: ["mean", "mean:normalize"]) func aMeanTravels(head: String) throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let out = folder + "/out.adze"
            let run = try Tool.succeed(
                ["finetune", Models.classifier] + tables + ["-o", out, "--head", head, "--epochs", "1"])
            #expect(run.errors.contains("a new classifier (\(head))"))
            try Tool.succeed(["verify", out])
            #expect(try Tool.succeed(["inspect", out]).output.contains(head))
            let exported = try Tool.succeed(["export", out, "-o", folder + "/back"])
            #expect(exported.errors.contains("transformers has no class for the head \(head)"))
            let fp32 = ["--precision", "fp32", "--json", "the oak was good", "the beam was cut"]
            let here = try Tool.succeed(["predict", out] + fp32).output
            #expect(try Tool.succeed(["predict", folder + "/back"] + fp32).output == here)
            try Tool.refuse(
                65, ["export", out, "-o", folder + "/study", "--format", "study"],
                says: ["this is a classifier by the mean", "--format safetensors"])
            let dev = try write(TrainingTable.csv(TrainingTable.rows(8)), to: folder + "/some.csv")
            try Tool.refuse(
                64, ["evaluate", out, dev, "--study-compat", "4"], says: ["the study's program does not have"])
            try Tool.succeed(["quantize", out, "-o", folder + "/int8.adze", "--dev", dev, "--max-drop", "100"])
            try Tool.succeed(["prune", out, "--keep", "first:1", "-o", folder + "/pruned.adze"])
            try Tool.succeed(["explain", folder + "/pruned.adze", "the oak was good"])
        }
    }

    @Test func aHeadThatReadsAllBlocksKeepsThem() throws {
        try withTemporaryFolder { folder in
            let out = folder + "/all.adze"
            try Tool.succeed([
                "convert", Models.classifier, "--new-head", "accepted,rejected", "--head", "lstm:states=all", "-o", out,
            ])
            try Tool.refuse(
                64, ["prune", out, "--keep", "first:1", "-o", folder + "/x.adze"], says: ["reads the hidden states"])
            let dev = try write(TrainingTable.csv(TrainingTable.rows(4)), to: folder + "/dev.csv")
            try Tool.refuse(
                64, ["prune", out, "--search", "--dev", dev, "--max-drop", "1", "-o", folder + "/x.adze"],
                says: ["reads the hidden states"])
        }
    }

    @Test(arguments: [
        (["--head", "flatten"], "--new-head"), (["--new-head", "a,b", "--head", "lstm:layers=9"], "1 to 8"),
        (["--new-head", "a,b", "--head", "pooler:states=all"], "first token"),
    ])
    func aHeadThatCannotBeIsOneLine(arguments: [String], part: String) throws {
        try Tool.refuse(64, ["convert", Models.classifier, "-o", "x.adze"] + arguments, says: [part])
    }

    @Test func aModelWithoutSuchAHeadIsNoStudys() throws {
        _ = try withTemporaryFolder { folder in
            try Tool.refuse(
                65, ["export", Models.encoder, "-o", folder + "/x", "--format", "study"], says: ["--format safetensors"]
            )
        }
    }
}
