// finetune --few: from a few labelled texts to a classifier like any other, the same bytes however it is run, and refusals in
// one line.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct FewTests {
    /// Texts of two labels, the same ones for every test.
    private func few(_ folder: String, texts: Int = 12) throws -> [String] {
        try write(TrainingTable.csv(TrainingTable.rows(texts)), to: folder + "/few.csv")
        return ["finetune", Models.encoder, "--train", folder + "/few.csv", "--few"]
    }

    @Test func leavesAnOrdinaryClassifier() throws {
        try withTemporaryFolder { folder in
            let (out, dev) = (folder + "/few.adze", folder + "/dev.csv")
            try write(TrainingTable.csv(TrainingTable.rows(20, from: 100)), to: dev)
            let more = ["--dev", dev, "-o", out, "--export", folder + "/hf", "--lr", "1e-3", "--json"]
            let run = try Tool.succeed(try few(folder) + more)
            let report = try run.object()
            // 8 texts of one label, 4 of the other, in each of 3 steps: 34 pairs alike, 32 not.
            #expect(report["pairs"] as? Int == 204 && report["allPairs"] as? Int == 68 && report["steps"] as? Int == 3)
            #expect(report["trainExamples"] as? Int == 12 && report["devExamples"] as? Int == 20)
            #expect(report["labels"] as? [String] == ["accepted", "rejected"] && report["head"] as? String == "mean")
            let scores = try #require(report["scores"] as? [String: Double])
            #expect(scores["macro-f1"] == report["score"] as? Double && scores["accuracy"] != nil)
            #expect(run.errors.contains("2 labels from 12 texts, 204 pairs in 3 steps"))

            try Tool.succeed(["verify", out])
            let evaluated = try Tool.succeed(["evaluate", out, dev, "--precision", "fp32", "--json"]).object()
            #expect(abs((evaluated["accuracy"] as? Double ?? 0) - (scores["accuracy"] ?? 1)) < 1e-9)
            let fp32 = ["--precision", "fp32", "--json", "the oak was good", "the beam was cut"]
            let here = try Tool.succeed(["predict", out] + fp32).output
            #expect(try Tool.succeed(["predict", folder + "/hf"] + fp32).output == here)
            try Tool.succeed(["quantize", out, "-o", folder + "/int8.adze", "--dev", dev, "--max-drop", "100"])
            try Tool.succeed(["prune", out, "--keep", "first:1", "-o", folder + "/pruned.adze"])
            try Tool.succeed(["predict", folder + "/pruned.adze", "the oak was good"])
            try Tool.succeed(["explain", out, "the oak was good"])
            let inspected = try Tool.succeed(["inspect", out]).output
            #expect(inspected.contains("mean") && inspected.contains("accepted, rejected"))
            // What was learnt is a start like any other.
            try Tool.succeed(["finetune", out, "--train", dev, "--epochs", "1", "-o", folder + "/more.adze"])
        }
    }

    /// A copy is no other text: neither does it make two of one, nor is its text told by who was taught it.
    @Test func copiesAreTheirTextsOwn() throws {
        try withTemporaryFolder { folder in
            let augmented = ["--augment", "delete,swap", "--augment-copies", "2", "-o", folder + "/o.adze", "--json"]
            let untried = try Tool.succeed(try few(folder, texts: 40) + augmented)
            #expect(try untried.object()["trial"] as? [String: Any] == nil, "40 texts, however many copies they have")
            #expect(!untried.errors.contains("no trial by halves"))
            let tried = try Tool.succeed(try few(folder, texts: 120) + augmented + ["--force"]).object()
            #expect((tried["trial"] as? [String: Any])?["texts"] as? Int == 120)
            let rows = "text,label\nthe oak was good,a\nthe beam was cut,b\nthe beam is old,b\n"
            try write(rows, to: folder + "/few.csv")
            let lone = ["finetune", Models.encoder, "--train", folder + "/few.csv", "--few", "--force"]
            try Tool.refuse(65, lone + augmented, says: ["the label 'a' has 1 text"])
        }
    }

    @Test func threadsDoNotMatter() throws {
        try withTemporaryFolder { folder in
            let command = try few(folder) + ["--force", "-o"]
            let files = try ["1", "2", "3"].map { threads in
                let out = folder + "/\(threads).adze"
                let run = try Tool.succeed(command + [out, "--threads", threads])
                #expect(run.errors.contains("none is held out"))
                return try Data(contentsOf: URL(filePath: out))
            }
            #expect(files[1] == files[0] && files[2] == files[0])
            let other = folder + "/other.adze"
            for ways in [["--few-pairs", "20", "--batch-size", "4"], ["--few-steps", "2"]] {
                try Tool.succeed(command + [other, "--seed", "7"] + ways)
                #expect(try Data(contentsOf: URL(filePath: other)) != files[0])
            }
        }
    }

    /// A model's own sentence vectors say whether they have length 1.
    @Test(arguments: [([], "mean:normalize"), (["--head", "mean"], "mean")])
    func theModelChoosesTheLength(options: [String], form: String) throws {
        try withTemporaryFolder { folder in
            try write(TrainingTable.csv(TrainingTable.rows(9)), to: folder + "/few.csv")
            let run = try Tool.succeed(
                ["finetune", Models.sentences, "--train", folder + "/few.csv", "--few", "--few-pairs", "10"]
                    + ["-o", folder + "/o.adze", "--json"] + options)
            #expect(try run.object()["head"] as? String == form)
            #expect(try run.object()["pairs"] as? Int == 10 && run.errors.contains("10 of "))
        }
    }

    /// Without pairs it is a logistic classifier on vectors as they are.
    @Test(arguments: ["--few-steps", "--few-pairs"]) func noPairsAreAClassifierAlone(option: String) throws {
        try withTemporaryFolder { folder in
            let run = try Tool.succeed(try few(folder) + [option, "0", "-o", folder + "/o.adze"])
            #expect(run.errors.contains("no pairs") && !run.errors.contains("epoch"))
            let texts = ["embed", "--precision", "fp32", "the oak was good"]
            let vectors = try [Models.encoder, folder + "/o.adze"].map {
                try Tool.succeed([texts[0], $0] + texts.dropFirst()).output
            }
            #expect(vectors[0] == vectors[1])
        }
    }

    // MARK: Refusals

    @Test(arguments: [
        (["--epochs", "2"], "--few-steps"), (["--checkpoint-dir", "runs"], "starts again"),
        (["--task", "number"], "one label"),
        (["--task", "labels"], "one label"), (["--head", "pooler"], "mean or mean:normalize"),
        (["--head", "lstm"], "mean or mean:normalize"), (["--quantize-aware"], "quantize its file"),
        (["--class-weights", "balanced"], "cosines"), (["--report", "page.html"], "no epochs"),
        (["--few-pairs", "1"], "0, or 2 to"), (["--few-pairs=-3"], "0, or 2 to"),
        (["--own-table", "4", "--head", "mean"], "encoder"),
        (["--dev-share", "0.2"], "holds nothing out"),
        (["--preset", "study"], "numbers of its own"), (["--freeze", "body"], "--few-steps 0"),
        (["--few-steps=-1"], "0 to 1000000"), (["--few-steps", "2", "--few-pairs", "4"], "take one"),
    ]) func whatMeansNothingHereIsRefused(options: [String], part: String) throws {
        try withTemporaryFolder { folder in
            try Tool.refuse(64, try few(folder) + ["-o", folder + "/o.adze"] + options, says: ["--", part])
            #expect(!FileManager.default.fileExists(atPath: folder + "/o.adze"))
        }
    }

    @Test func pairsWithoutTheFlagAreRefused() throws {
        try withTemporaryFolder { folder in
            let plain = try few(folder).filter { $0 != "--few" }
            for option in ["--few-pairs", "--few-steps"] {
                try Tool.refuse(64, plain + [option, "4", "-o", folder + "/o.adze"], says: ["\(option) needs --few"])
            }
        }
    }

    @Test(arguments: [
        ("text,label\na b,x\nc d,y\ne f,y\n", 65, ["'x' has 1 text", "at least 2 of each label"]),
        ("text,label\na b,x\nc d,x\n", 65, ["x"]),
        ("text,label\na b,0.5\nc d,0.7\n", 65, ["'0.5' has 1 text"]),
        ("text,label\n", 65, ["no"]),
    ]) func whatHasNoPairsIsRefused(table: String, code: Int32, words: [String]) throws {
        try withTemporaryFolder { folder in
            _ = try few(folder)
            try write(table, to: folder + "/few.csv")
            try Tool.refuse(
                code, ["finetune", Models.encoder, "--train", folder + "/few.csv", "--few", "-o", folder + "/o.adze"],
                says: words)
        }
    }

    @Test func severalLabelsAreRefused() throws {
        try withTemporaryFolder { folder in
            let rows = (0..<6).map { "{\"text\": \"the oak \($0)\", \"label\": [\"a\", \"b\"]}\n" }.joined()
            try write(rows, to: folder + "/few.jsonl")
            try Tool.refuse(
                65, ["finetune", Models.encoder, "--train", folder + "/few.jsonl", "--few", "-o", folder + "/o.adze"],
                says: ["several labels a text", "one label a text"])
        }
    }

    /// A label that is asked for by name and has no text.
    @Test func aLabelWithoutTextsIsRefused() throws {
        _ = try withTemporaryFolder { folder in
            try Tool.refuse(
                65, try few(folder) + ["--new-head", "accepted,rejected,unsure", "-o", folder + "/o.adze"],
                says: ["'unsure' has no text", "--new-head"])
        }
    }
}
