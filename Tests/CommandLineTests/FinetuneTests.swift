// finetune: trains, gives the same bytes however it is run and interrupted, and refuses in one line.

import AdzeTestSupport
import Foundation
import Testing

/// Tables to learn from: a word decides the label.
enum TrainingTable {
    static let words = ["oak", "beam", "wood", "saw"]

    /// Rows of text and label; every text is another.
    static func rows(_ count: Int, from first: Int = 0) -> [(text: String, label: String)] {
        (first..<first + count).map { index in
            let isGood = index % 3 != 0
            let fill = (0..<1 + index % 5).map { words[(index / 3 + $0) % 4] }.joined(separator: " ")
            return ("the \(fill) was \(isGood ? "good" : "cut") \(index)", isGood ? "accepted" : "rejected")
        }
    }

    static func csv(_ rows: [(text: String, label: String)]) -> String {
        "text,label\n" + rows.map { "\($0.text),\($0.label)\n" }.joined()
    }

    /// Writes a training and a development table and gives the arguments that name them.
    static func write(in folder: String, train: Int = 40, dev: Int = 16) throws -> [String] {
        try CommandLineTests.write(csv(rows(train)), to: folder + "/train.csv")
        try CommandLineTests.write(csv(rows(dev, from: 1000)), to: folder + "/dev.csv")
        return ["--train", folder + "/train.csv", "--dev", folder + "/dev.csv"]
    }
}

@Suite struct FinetuneTests {
    private static let fast = ["--epochs", "3", "--batch-size", "8", "--lr", "1e-3"]
    /// Enough to learn the table, without the noise of dropout.
    private static let sure =
        ["--epochs", "12", "--batch-size", "8", "--lr", "2e-3"]
        + ["--dropout", "0", "--attention-dropout", "0", "--classifier-dropout", "0"]

    @Test func aTrainedFilePredicts() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let out = folder + "/out.adze"
            let more = ["--log", folder + "/run.jsonl", "--report", folder + "/page.html", "--export", folder + "/hf"]
            let outcome = try Tool.succeed(
                ["finetune", Models.classifier] + tables + ["-o", out, "--json"] + FinetuneTests.sure + more)
            let report = try outcome.object()
            #expect(outcome.lines.count == 1 && report["metric"] as? String == "macro-f1")
            #expect(report["steps"] as? Int == 60 && report["labels"] as? [String] == ["rejected", "accepted"])
            let epochs = try #require(report["epochs"] as? [[String: Any]])
            let losses = epochs.compactMap { $0["trainLoss"] as? Double }
            // The toy begins as random weights: it learns which word decides, and most of the dev set by it.
            #expect(losses.count == 12 && losses[11] < losses[0] / 4, "\(losses)")
            #expect(try #require(report["score"] as? Double) > 0.75)
            let last = try #require(outcome.errorLines.last)
            #expect(last.hasPrefix("out.adze: macro-f1 ") && last.contains(" → ") && last.contains(" at epoch "))
            #expect(outcome.errors.contains("epoch 1 of 12: train loss "))
            try Tool.succeed(["verify", out])
            // What the file answers is what the run measured.
            let score =
                try Tool.succeed(["evaluate", out, folder + "/dev.csv", "--json", "--precision", "fp32"]).object()[
                    "macroF1"] as? Double
            #expect(abs(try #require(score) - (try #require(report["score"] as? Double))) < 1e-6)
            let same = try Tool.succeed([
                "evaluate", folder + "/hf", folder + "/dev.csv", "--json", "--precision", "fp32",
            ]).object()
            #expect(same["macroF1"] as? Double == score)
            let log = try String(contentsOfFile: folder + "/run.jsonl", encoding: .utf8)
            let events = log.split(separator: "\n").map { $0.prefix(17) }
            #expect(events.filter { $0.hasPrefix("{\"event\":\"step\"") }.count == 60)
            #expect(events.first == "{\"event\":\"start\"," && events.last == "{\"event\":\"end\",\"b")
            let page = try String(contentsOfFile: folder + "/page.html", encoding: .utf8)
            #expect(
                page.contains("Learning rate") && page.contains("The worst mistakes") && !page.contains("http://")
                    && !page.contains("https:"))
            try Tool.succeed(["report", folder + "/run.jsonl", "-o", folder + "/again.html"])
            #expect(try String(contentsOfFile: folder + "/again.html", encoding: .utf8).contains("Learning rate"))
            // No time, no path, no host: the same run somewhere else gives the same bytes.
            let header = String(decoding: try bytes(of: out).prefix(60_000), as: UTF8.self)
            #expect(header.contains("finetuned") && !header.contains(folder))
        }
    }

    @Test func threadsChangeNothing() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            var files: Set<[UInt8]> = []
            for threads in ["1", "2", "5"] {
                let out = "\(folder)/out\(threads).adze"
                try Tool.succeed(
                    ["finetune", Models.classifier] + tables + ["-o", out, "--threads", threads, "--quiet"]
                        + FinetuneTests.fast)
                files.insert(try bytes(of: out))
            }
            #expect(files.count == 1)
        }
    }

    @Test(arguments: [
        ["--lr", "nan"], ["--head-lr", "1e9"], ["--epochs", "0"], ["--patience", "0"], ["--max-length", "1"],
        ["--batch-size", "0"], ["--layer-decay", "3"], ["--dropout", "1"], ["--warmup", "2"],
    ])
    func aNumberOutOfRangeIsSaidOfItsOption(_ option: [String]) throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let run = try Tool.run(["finetune", Models.classifier] + tables + ["-o", folder + "/o.adze"] + option)
            #expect(run.code == 64 && run.errors.contains("adze: error: \(option[0]) "))
            #expect(run.errors.contains(": expected ") && !run.errors.contains("recipe"))
        }
    }

    @Test func everyKindOfRecipeRuns() throws {
        let recipes: [[String]] = [
            ["--preset", "article"], ["--preset", "cola-tutorial"], ["--preset", "study"],
            ["--freeze", "body", "--epochs", "3"], ["--freeze", "2", "--epochs", "2"],
            ["--unfreeze", "head,1,all", "--epochs", "4"], ["--quantize-aware", "--epochs", "1"],
            ["--checkpoint-activations", "--epochs", "1"],
            ["--class-weights", "rejected=2,accepted=0.5", "--epochs", "1"],
            ["--class-weights", "balanced", "--focal", "2", "--epochs", "1"], ["--reinit", "pooler", "--epochs", "1"],
            ["--long", "window", "--max-length", "8", "--epochs", "1"],
            ["--long", "head+tail", "--max-length", "6", "--epochs", "1", "--accumulate", "2"],
            ["--patience", "1", "--epochs", "6", "--lr", "1e-9", "--metric", "mcc"],
            ["--schedule", "slanted-triangular", "--layer-decay", "0.9", "--optimizer", "google", "--epochs", "1"],
            [
                "--dropout", "0.2", "--attention-dropout", "0", "--classifier-dropout", "0.3", "--clip", "0",
                "--epochs", "1",
            ],
        ]
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            for recipe in recipes {
                let report = try Tool.succeed(
                    ["finetune", Models.classifier] + tables + ["-o", folder + "/o.adze", "--force", "--json"] + recipe
                ).object()
                #expect(report["score"] is Double, "\(recipe)")
            }
            // The recipe that a report holds makes the same file again.
            let report = try Tool.succeed(
                ["finetune", Models.classifier] + tables + ["-o", folder + "/a.adze", "--json", "--preset", "article"]
            )
            .object()
            let recipe = try JSONSerialization.data(withJSONObject: try #require(report["recipe"]))
            try recipe.write(to: URL(filePath: folder + "/recipe.json"))
            try Tool.succeed(
                ["finetune", Models.classifier] + tables
                    + ["-o", folder + "/b.adze", "--recipe", folder + "/recipe.json", "--quiet"])
            #expect(try bytes(of: folder + "/a.adze") == bytes(of: folder + "/b.adze"))
        }
    }

    @Test func quantizeAwareRunsEndWithTheWeightsTheyTrained() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let (out, dev) = (folder + "/out.adze", folder + "/dev.csv")
            let more = ["--quantize-aware", "--log", folder + "/run.jsonl"]
            try Tool.succeed(
                ["finetune", Models.classifier] + tables + ["-o", out, "--json"] + FinetuneTests.sure + more)
            // The int8 file answers in fp32 what the whole one does: there is nothing between the codes.
            try Tool.succeed(["convert", out, "-o", folder + "/codes.adze", "--store", "int8"])
            func logits(_ name: String, _ precision: String) throws -> [[Double]] {
                let input = ["-i", dev, "--precision", precision, "--json"]
                return try Tool.succeed(["predict", folder + "/" + name] + input).lines.map { line in
                    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    return try #require(object?["logits"] as? [Double])
                }
            }
            let (whole, codes) = (try logits("out.adze", "fp32"), try logits("codes.adze", "fp32"))
            #expect(whole.count == 16)
            for (a, b) in zip(whole.joined(), codes.joined()) { #expect(abs(a - b) <= 1e-5 * max(1, abs(a))) }
            #expect(try logits("out.adze", "int8") == logits("codes.adze", "int8"))
            // And int8 scores what the chosen epoch did.
            let log = try String(contentsOfFile: folder + "/run.jsonl", encoding: .utf8).split(separator: "\n")
            let epochs = try log.filter { $0.contains("\"epoch\",") }.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let best = epochs.compactMap { $0["value"] as? Double }.max()
            let report = try Tool.succeed(["evaluate", out, dev, "--json", "--precision", "int8"]).object()
            #expect(best != nil && abs((report["macroF1"] as? Double ?? 0) - (best ?? 1)) < 1e-9)
        }
    }

    @Test func newHeads() throws {
        try withTemporaryFolder { folder in
            let rows = TrainingTable.rows(30)
            let out = folder + "/o.adze"
            func train(_ text: String, _ name: String, _ options: [String]) throws -> Outcome {
                let path = try write(text, to: folder + "/" + name)
                return try Tool.succeed(
                    ["finetune", Models.encoder, "--train", path, "-o", out, "--force", "--json", "--epochs", "2"]
                        + options)
            }
            let fresh = try train(TrainingTable.csv(rows), "t.csv", [])
            #expect(try fresh.object()["labels"] as? [String] == ["accepted", "rejected"])
            #expect(fresh.errors.contains("a new classifier of 2 labels: 'accepted', 'rejected'"))
            #expect(fresh.errors.contains("are held out, the same share of each label"))
            #expect(try fresh.object()["before"] is NSNull)
            let named = try train(TrainingTable.csv(rows), "t.csv", ["--new-head", "rejected,accepted"])
            #expect(try named.object()["labels"] as? [String] == ["rejected", "accepted"])
            let several = try train(
                "text\tlabel\n" + rows.map { "\($0.text)\t\($0.label)|all\n" }.joined(), "t.tsv",
                ["--label-separator", "|"])
            #expect(try several.object()["metric"] as? String == "macro-f1")
            #expect(try several.object()["labels"] as? [String] == ["accepted", "all", "rejected"])
            let numbers = try train(
                "text,label\n" + rows.enumerated().map { "\($1.text),\(Double($0) / 7)\n" }.joined(), "n.csv",
                ["--task", "number"])
            #expect(try numbers.object()["metric"] as? String == "pearson")
            #expect(
                try Tool.succeed(["evaluate", out, folder + "/n.csv", "--json"]).object()["task"] as? String == "number"
            )
            let pairs = try train(
                "sentence1,sentence2,label\n" + rows.map { "\($0.text),oak,\($0.label)\n" }.joined(), "p.csv", [])
            #expect(pairs.errors.contains("pair 'sentence2'"))
        }
    }

    @Test func wordsBecomeTokens() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let words = try write("oakbeam\nsawcut\n\noak\n", to: folder + "/words.txt")
            let out = folder + "/o.adze"
            let outcome = try Tool.succeed(
                ["finetune", Models.classifier] + tables + ["-o", out, "--add-tokens", words] + FinetuneTests.fast)
            #expect(outcome.errors.contains("2 words added to the vocabulary, 1 it has already ('oak', …)"))
            #expect(try Tool.succeed(["tokenize", out, "an OakBeam"]).output.contains(" oakbeam "))
        }
    }
}
