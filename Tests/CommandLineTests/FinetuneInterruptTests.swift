// finetune that is stopped: killed at any moment, or asked with Ctrl-C, and gone on with to the same bytes.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct FinetuneInterruptTests {
    /// A run of 120 steps that saves after each.
    private static func arguments(_ folder: String, _ out: String, checkpoints: String? = nil) throws -> [String] {
        let tables = try TrainingTable.write(in: folder)
        return ["finetune", Models.classifier] + tables
            + [
                "-o", "\(folder)/\(out)", "--epochs", "24", "--batch-size", "8", "--lr", "3e-4", "--unfreeze",
                "head,2,all",
            ]
            + (checkpoints.map { ["--checkpoint-dir", "\(folder)/\($0)", "--save-steps", "1"] } ?? [])
    }

    /// Lines that a log has by now.
    private static func lineCount(_ path: String) -> Int {
        (try? Data(contentsOf: URL(filePath: path)))?.filter { $0 == 0x0A }.count ?? 0
    }

    /// Runs the tool and sends a signal once its log has so many lines; gives the outcome.
    private static func stop(
        _ arguments: [String], log: String, lines: Int, after microseconds: UInt32, with signal: Int32
    ) throws -> Outcome {
        try withTemporaryFolder { streams in
            let running = try Running(arguments + ["--log", log], streams: streams)
            let deadline = Date.now + 60
            while lineCount(log) < lines, running.process.isRunning, Date.now < deadline { usleep(300) }
            usleep(microseconds)
            kill(running.process.processIdentifier, signal)
            // As `timeout` does: once to the process, once to its group.
            if signal == SIGINT {
                usleep(20_000)
                kill(running.process.processIdentifier, signal)
            }
            return try running.end()
        }
    }

    @Test func killedAtAnyMomentTheBytesAreTheSame() throws {
        try withTemporaryFolder { folder in
            try Tool.succeed(try FinetuneInterruptTests.arguments(folder, "whole.adze") + ["--quiet"])
            let arguments = try FinetuneInterruptTests.arguments(folder, "killed.adze", checkpoints: "run")
            let log = folder + "/run.jsonl"
            var kills = 0
            // Before the first save, within saves, between epochs and stages, near the end; with other threads each time.
            for (lines, delay, threads) in [
                (0, 2_000, 1), (1, 0, 2), (4, 700, 3), (7, 1_900, 1), (12, 100, 2), (20, 3_300, 4), (60, 1_100, 1),
                (110, 500, 2),
            ] {
                let outcome = try FinetuneInterruptTests.stop(
                    arguments + ["--resume", "--threads", "\(threads)"], log: log, lines: lines,
                    after: UInt32(delay), with: SIGKILL)
                if outcome.code == 128 + SIGKILL { kills += 1 }
                if outcome.code == 0 { break }
                #expect(!FileManager.default.fileExists(atPath: folder + "/killed.adze"))
            }
            #expect(kills >= 5)
            if !FileManager.default.fileExists(atPath: folder + "/killed.adze") {
                let last = try Tool.succeed(arguments + ["--resume", "--log", log])
                #expect(last.errors.contains("going on after step "))
            }
            #expect(try bytes(of: folder + "/killed.adze") == bytes(of: folder + "/whole.adze"))
            // What is left is one whole checkpoint, and it gives the file once more.
            let kept = try names(in: folder + "/run")
            #expect(kept.contains("manifest.json") && kept.allSatisfy { !$0.hasSuffix(".tmp") }, "\(kept)")
            try Tool.succeed(arguments + ["--resume", "--force", "--quiet"])
            #expect(try bytes(of: folder + "/killed.adze") == bytes(of: folder + "/whole.adze"))
        }
    }

    @Test func controlCSavesAndGoesOn() throws {
        try withTemporaryFolder { folder in
            try Tool.succeed(try FinetuneInterruptTests.arguments(folder, "whole.adze") + ["--quiet"])
            var arguments = try FinetuneInterruptTests.arguments(folder, "stopped.adze", checkpoints: "run")
            // Only the last save, on request, can hold what was done.
            arguments.removeLast(2)
            let log = folder + "/run.jsonl"
            let outcome = try FinetuneInterruptTests.stop(arguments, log: log, lines: 9, after: 0, with: SIGINT)
            #expect(outcome.code == 130, "\(outcome.errors)")
            #expect(outcome.errorLines.last?.hasPrefix("adze: stopped after step ") == true, "\(outcome.errors)")
            #expect(outcome.errorLines.last?.contains("\(folder)/run") == true && outcome.output == "")
            #expect(!FileManager.default.fileExists(atPath: folder + "/stopped.adze"))
            let resumed = try Tool.succeed(arguments + ["--resume", "--log", log])
            #expect(resumed.errors.contains("going on after step "))
            #expect(try bytes(of: folder + "/stopped.adze") == bytes(of: folder + "/whole.adze"))
            // Without a folder there is nothing to go on from, and that is said.
            let bare = try FinetuneInterruptTests.arguments(folder, "bare.adze")
            let second = try FinetuneInterruptTests.stop(
                bare, log: folder + "/bare.jsonl", lines: 9, after: 0, with: SIGINT)
            #expect(second.code == 130 && second.errors.contains("nothing was saved"), "\(second.errors)")
        }
    }
}

@Suite struct FinetuneLieTests {
    /// Refuses to train on a table; the output must not be there.
    private func refuse(
        _ code: Int32, _ table: String, name: String = "t.csv", model: String = Models.classifier,
        _ options: [String] = [], says words: [String]
    ) throws {
        try withTemporaryFolder { folder in
            let path = try write(table, to: folder + "/" + name)
            try Tool.refuse(
                code, ["finetune", model, "--train", path, "-o", folder + "/o.adze"] + options, says: words)
            #expect(try names(in: folder) == [name])
        }
    }

    @Test func tablesThatTeachNothing() throws {
        let rows = TrainingTable.rows(30)
        let table = TrainingTable.csv(rows)
        try refuse(
            64, table, ["--label-column", "labels"],
            says: ["no column is named 'labels'; the nearest is 'label', found 'text', 'label'"])
        try refuse(65, "text,label\na,accepted\nb,accepted\n", says: ["every example has the label 'accepted'"])
        try refuse(65, "text,label\na,x\nb,x\n", model: Models.encoder, says: ["every example has the label 'x'"])
        try refuse(65, table + "c,acepted\n", says: ["line 32: unknown label 'acepted'", "--new-head auto"])
        try refuse(
            65, "text,label\n" + (0..<30_000).map { "a,id\($0)\n" }.joined(), ["--new-head", "auto"],
            says: ["line 10002: more than 10000 distinct labels, such as 'id0', 'id1', 'id2'"])
        try refuse(65, "text,label\n", says: ["expected examples, found none"])
        try refuse(65, "text,label\na,accepted\nb,rejected\n", says: ["too few", "--dev"])
        try refuse(66, table, ["--dev", "/nowhere/dev.csv"], says: ["/nowhere/dev.csv"])
        try refuse(
            64, table, ["--class-weights", "acepted=2"], says: ["no label 'acepted'; the nearest is 'accepted'"])
        try refuse(64, table, ["--metric", "macrof1"], says: ["macro-f1"])
        try refuse(64, table, ["--lr", "nan"], says: ["--lr nan"])
        try refuse(64, table, ["--resume"], says: ["--checkpoint-dir"])
        try refuse(64, table, ["--max-length", "2"], says: ["--max-length 2"])
        try refuse(64, table, ["--unfreeze", "head,,all"], says: ["--unfreeze"])
        try refuse(64, table, model: Fixtures.path("models/tokencls"), says: ["--new-head auto"])
    }

    @Test func labelsOfDevThatTrainLacks() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            try write(TrainingTable.csv(TrainingTable.rows(4)) + "x,maybe\n", to: folder + "/dev.csv")
            for model in [Models.classifier, Models.encoder] {
                try Tool.refuse(
                    65, ["finetune", model] + tables + ["-o", folder + "/o.adze"],
                    says: ["dev.csv: line 6: unknown label 'maybe'", "know no such label"])
            }
        }
    }

    @Test func whatIsOddIsSaid() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let rows = TrainingTable.rows(12)
            try write(TrainingTable.csv(rows), to: folder + "/dev.csv")
            try write(TrainingTable.csv(rows) + " ,accepted\n", to: folder + "/train.csv")
            let outcome = try Tool.succeed(
                ["finetune", Models.classifier] + tables + ["-o", folder + "/o.adze", "--epochs", "1"])
            #expect(outcome.errors.contains("12 of 12 dev texts are in train too"))
            #expect(outcome.errors.contains("empty texts, trained on as they stand: 1 (line 14)"))
        }
    }

    @Test func aRateThatExplodesIsSaid() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let wild =
                ["finetune", Models.classifier] + tables + ["-o", folder + "/o.adze", "--epochs", "30"]
                + ["--lr", "1000", "--clip", "0", "--schedule", "constant", "--warmup", "0"]
            let outcome = try Tool.run(wild)
            // Nothing good ever came, or one class for everything: either is said, and no file pretends otherwise.
            #expect(outcome.errors.contains("collapsed: "), "\(outcome.errors)")
            #expect(outcome.code == 65 || outcome.code == 0)
            let retried = try Tool.run(wild + ["--retry", "--force"])
            #expect(retried.errors.contains("starting again at a lower rate"), "\(retried.errors)")
        }
    }

    @Test func checkpointsOfOtherRuns() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            func arguments(_ out: String, _ more: [String]) -> [String] {
                ["finetune", Models.classifier] + tables
                    + ["-o", "\(folder)/\(out)", "--checkpoint-dir", folder + "/run", "--epochs", "1"] + more
            }
            try Tool.succeed(arguments("a.adze", ["--quiet", "--resume"]))
            try Tool.refuse(73, arguments("a.adze", []), says: ["a.adze"])
            try Tool.refuse(73, arguments("b.adze", []), says: ["/run"])
            try Tool.refuse(64, arguments("b.adze", ["--resume", "--lr", "1e-3"]), says: ["bodyLearningRate"])
            try write(TrainingTable.csv(TrainingTable.rows(20)), to: folder + "/train.csv")
            try Tool.refuse(64, arguments("b.adze", ["--resume"]), says: ["training examples"])
            #expect(try names(in: folder) == ["a.adze", "dev.csv", "run", "train.csv"])
        }
    }

    @Test func aFileOfInt8Alone() throws {
        try withTemporaryFolder { folder in
            let start = try converted(Models.classifier, in: folder, ["--store", "int8"])
            let arguments = ["finetune", start] + (try TrainingTable.write(in: folder)) + ["-o", folder + "/o.adze"]
            try Tool.refuse(64, arguments, says: ["int8 weights alone", "--from-int8"])
            try Tool.succeed(arguments + ["--from-int8", "--epochs", "1", "--quiet"])
            try Tool.succeed(["verify", folder + "/o.adze"])
        }
    }

    @Test func wordsThatAreNone() throws {
        for (words, says) in [("\n\n", "found none"), ("a\u{0}b\n", "NUL"), ("\u{200B}\n", "no character")] {
            try withTemporaryFolder { folder in
                let path = try write(words, to: folder + "/w.txt")
                try Tool.refuse(
                    65,
                    ["finetune", Models.classifier] + (try TrainingTable.write(in: folder))
                        + ["-o", folder + "/o.adze", "--add-tokens", path], says: [says])
            }
        }
    }
}
