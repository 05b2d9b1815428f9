// finetune --prompt: a masked language model's own words as a classifier, the same bytes however it is run, and refusals in one
// line.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct PromptTests {
    private static let masked = Fixtures.path("models/maskedlm-tied")
    private static let prompt = ["--prompt", "{text}. it was [MASK].", "--words", "accepted=good, rejected=short"]
    private static let sure =
        ["--epochs", "20", "--batch-size", "8", "--lr", "1e-2", "--dropout", "0", "--attention-dropout", "0"]
        + ["--metric", "accuracy"]

    @Test func learnsAndLeavesAnOrdinaryClassifier() throws {
        try withTemporaryFolder { folder in
            let (out, data) = (folder + "/o.adze", try TrainingTable.write(in: folder))
            let command = ["finetune", Self.masked] + data + Self.prompt + Self.sure
            let run = try Tool.succeed(command + ["-o", out, "--export", folder + "/hf", "--json"])
            let report = try run.object()
            #expect(report["labels"] as? [String] == ["accepted", "rejected"])
            #expect(
                run.errors.contains(
                    "by the prompt '{text}. it was [MASK].': 'good' for 'accepted', 'short' for 'rejected'"))
            let score = try #require(report["score"] as? Double)
            // What the mask says of the texts before it has learnt is scored too: nothing of the classifier is new.
            #expect(score > 0.9 && (report["before"] as? Double ?? 1) < 0.9)
            let fp32 = ["--precision", "fp32", "--json", "the oak was good", "the beam was cut"]
            let here = try Tool.succeed(["predict", out] + fp32).output
            #expect(here.contains("accepted") && here.contains("rejected"))
            #expect(try Tool.succeed(["predict", folder + "/hf"] + fp32).output == here)
            try Tool.succeed(["verify", out])
            let inspected = try Tool.succeed(["inspect", out]).output
            #expect(inspected.contains("prompt:at=-3:activation=gelu") && inspected.contains("accepted, rejected"))
            try Tool.succeed(["explain", out, "the oak was good"])
            try Tool.succeed(["prune", out, "--keep", "first:1", "-o", folder + "/pruned.adze"])
            try Tool.succeed(["predict", folder + "/pruned.adze", "the oak was good"])
            let dev = folder + "/dev.csv"
            let evaluated = try Tool.succeed(["evaluate", out, dev, "--precision", "fp32", "--json"]).object()
            #expect(abs((evaluated["accuracy"] as? Double ?? 0) - score) < 1e-9)
            // What was learnt is a start like any other, with its prompt.
            try Tool.succeed(["finetune", out, "--train", dev, "--epochs", "1", "-o", folder + "/more.adze"])
            #expect(try Tool.succeed(["inspect", folder + "/more.adze"]).output.contains("prompt:at=-3"))

            let again = folder + "/again.adze"
            try Tool.succeed(command + ["-o", again, "--threads", "3"])
            #expect(try bytes(of: again) == bytes(of: out))
        }
    }

    /// int8 in training, frozen blocks and checkpoints are as for other classifiers.
    @Test(arguments: [["--quantize-aware"], ["--freeze", "body"], ["--freeze", "1"], ["--long", "window"]])
    func goesWithOtherOptions(options: [String]) throws {
        try withTemporaryFolder { folder in
            let data = try TrainingTable.write(in: folder, train: 16, dev: 8)
            let command = ["finetune", Self.masked] + data + Self.prompt + ["--epochs", "2"] + options
            try Tool.succeed(command + ["-o", folder + "/o.adze"])
            try Tool.succeed(["predict", folder + "/o.adze", "the oak was good"])
        }
    }

    @Test(arguments: [
        (["--prompt", "{text} [MASK]"], "needs --words"), (["--words", "a=b"], "is for --prompt"),
        (["--prompt", "it was [MASK]", "--words", "accepted=good,rejected=cut"], "{text}"),
        (["--prompt", "{txt} [MASK]", "--words", "accepted=good,rejected=cut"], "did you mean {text}?"),
        (["--prompt", "{text} [MASK]", "--words", "accepted,rejected=cut"], "LABEL=WORD"),
        (["--prompt", "{text} [MASK]", "--words", "accepted=good"], "two labels or more"),
        (["--prompt", "{text} [MASK]", "--words", "accepted=,rejected=cut"], "LABEL=WORD"),
        (["--prompt", "{text} good", "--words", "accepted=good,rejected=cut"], "has no [MASK]"),
        (["--prompt", "{text} [MASK]", "--words", "accepted=oaks,rejected=cut"], "2 pieces (oak ##s)"),
        (["--prompt", "{text} [MASK]", "--words", "accepted=good,rejected=GOOD"], "one word"),
        (["--prompt", "{text} [MASK]", "--words", "accepted=good,rejected=[SEP]"], "a special token"),
        (prompt + ["--new-head", "auto"], "--words names the labels"), (prompt + ["--head", "lstm"], "own mask"),
        (prompt + ["--few"], "without words"), (prompt + ["--task", "number"], "one label"),
    ])
    func whatMeansNothingIsRefused(options: [String], part: String) throws {
        try withTemporaryFolder { folder in
            let data = try TrainingTable.write(in: folder, train: 8, dev: 4)
            try Tool.refuse(64, ["finetune", Self.masked, "-o", folder + "/o.adze"] + data + options, says: [part])
            #expect(!FileManager.default.fileExists(atPath: folder + "/o.adze"))
        }
    }

    @Test func aModelWithoutMasksIsRefused() throws {
        try withTemporaryFolder { folder in
            let data = try TrainingTable.write(in: folder, train: 8, dev: 4)
            for model in [Models.encoder, Models.classifier] {
                try Tool.refuse(
                    64, ["finetune", model, "-o", folder + "/o.adze"] + data + Self.prompt, says: ["fills no masks"])
            }
        }
    }

    @Test func aLabelWithoutAWordIsRefused() throws {
        try withTemporaryFolder { folder in
            let data = try TrainingTable.write(in: folder, train: 8, dev: 4)
            let words = ["--prompt", "{text} [MASK]", "--words", "accepted=good,refused=cut"]
            try Tool.refuse(
                65, ["finetune", Self.masked, "-o", folder + "/o.adze"] + data + words,
                says: ["rejected", "a word for each label"])
        }
    }
}
