// `adze prune --search` as a process: its steps, what it writes, and what it refuses before it measures anything.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct PruneSearchTests {
    @Test func theSearchSaysItsStepsAndWritesWhatItKept() throws {
        try withTemporaryFolder { folder in
            let dev = try QuantizeTests.hardSet(folder), out = folder + "/a.adze"
            let arguments = ["prune", Models.classifier, "--search", "--dev", dev, "--max-drop", "100", "-o", out]
            let run = try Tool.succeed(arguments)
            let words = run.lines.map { $0.split(separator: " ").map(String.init) }
            #expect(words[0] == ["blocks", "accuracy", "points", "loss", "without", "next"])
            #expect(words[1].prefix(2) == ["3", "1.0000"] && words[2][0] == "2" && words[3][0] == "1")
            #expect(words.contains(["blocks", "3", "1"]))
            #expect(run.errors.contains("3 → 1 blocks (") && run.errors.contains("accuracy 1.0000 → 0."))
            let found = try Tool.succeed(arguments + ["--force", "--json", "--metric", "macro-f1"]).object()
            #expect((found["kept"] as? [Int])?.count == 1 && found["metric"] as? String == "macro-f1")
            #expect((found["steps"] as? [[String: Any]])?.count == 2 && found["blocks"] as? Int == 3)
            for side in ["before", "after"] {
                let cost = try #require(found[side] as? [String: Any])
                #expect((cost["int8TokensPerSecond"] as? Double ?? 0) > 0)
                #expect((cost["embeddingWeights"] as? Int ?? 0) > 0)
            }
            // What is kept scores what the search said, in fp32.
            let last = try #require((found["steps"] as? [[String: Any]])?.last)
            let scored = try Tool.succeed(["evaluate", out, dev, "--precision", "fp32", "--json"]).object()
            #expect(scored["macroF1"] as? Double == last["score"] as? Double)
        }
    }

    @Test func whatNamedBlocksCostIsMeasured() throws {
        try withTemporaryFolder { folder in
            let arguments = ["prune", Models.classifier, "--keep", "0,2", "--measure", "-o", folder + "/a.adze"]
            let words = try Tool.succeed(arguments).lines.map { $0.split(separator: " ").map(String.init) }
            #expect(words.contains(["blocks", "3", "2"]) && words[0] == ["before", "after"])
            let found = try Tool.succeed(arguments + ["--json", "--force"]).object()
            #expect(found["kept"] as? [Int] == [0, 2])
            let (before, after) = (found["before"] as? [String: Any], found["after"] as? [String: Any])
            #expect((before?["blockWeights"] as? Int ?? 0) * 2 == (after?["blockWeights"] as? Int ?? 0) * 3)
        }
    }

    @Test func aStrictGateKeepsEveryBlock() throws {
        try withTemporaryFolder { folder in
            let dev = try QuantizeTests.hardSet(folder), out = folder + "/whole"
            let run = try Tool.succeed([
                "prune", Models.classifier, "--search", "--dev", dev, "--max-drop", "0", "-o", out,
            ])
            #expect(run.output.contains("too much") && run.errors.contains("3 → 3 blocks (0, 1, 2)"))
            #expect(!run.errors.contains("answers worse"))
            try Tool.succeed(["diff", Models.classifier, out])
        }
    }

    @Test(arguments: [
        ["--search"], ["--search", "--dev", "x.csv"], ["--search", "--max-drop", "1"],
        ["--search", "--dev", "x.csv", "--max-drop", "101"], ["--search", "--dev", "x.csv", "--max-drop", "nan"],
        ["--search", "--keep", "first:1", "--dev", "x.csv", "--max-drop", "1"],
        ["--keep", "first:1", "--dev", "x.csv"],
        ["--keep", "first:1", "--metric", "mcc"], ["--keep", "first:1", "--json"],
        ["--keep", "first:1", "--label-column", "y"], ["--keep", "first:1", "--format", "csv"],
    ])
    func badUsageIsOneLine(arguments: [String]) throws {
        try Tool.refuse(64, ["prune", Models.classifier, "-o", "x.adze"] + arguments, says: ["adze help prune"])
    }

    @Test func aModelWithoutBlocksIsOneLine() throws {
        try withTemporaryFolder { folder in
            let model = folder + "/none", dev = try write(QuantizeTests.csv, to: folder + "/dev.csv")
            try FileManager.default.copyItem(atPath: Models.classifier, toPath: model)
            let config = try String(contentsOfFile: model + "/config.json", encoding: .utf8)
            try write(
                config.replacing("\"num_hidden_layers\": 3", with: "\"num_hidden_layers\": 0"),
                to: model + "/config.json")
            try Tool.refuse(
                64, ["prune", model, "--search", "--dev", dev, "--max-drop", "1", "-o", folder + "/a.adze", "--quiet"],
                says: ["at least one block"])
        }
    }

    @Test func whatCannotBeMeasuredIsOneLine() throws {
        try withTemporaryFolder { folder in
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv"), out = folder + "/a.adze"
            let tail = ["--search", "--max-drop", "1", "-o", out, "--dev"]
            try Tool.refuse(64, ["prune", Models.encoder] + tail + [dev], says: ["only classifiers of texts"])
            try Tool.refuse(66, ["prune", Models.classifier] + tail + [folder + "/no.csv"], says: ["no.csv"])
            try Tool.refuse(
                64, ["prune", Models.classifier, "--metric", "pearson"] + tail + [dev], says: ["'pearson'", "accuracy"])
            let bad = try write("text,label\ngood,9\n", to: folder + "/bad.csv")
            try Tool.refuse(65, ["prune", Models.classifier] + tail + [bad], says: ["bad.csv", "line 2"])
            let empty = try write("text,label\n", to: folder + "/empty.csv")
            try Tool.refuse(65, ["prune", Models.classifier] + tail + [empty], says: ["empty.csv"])
            #expect(!FileManager.default.fileExists(atPath: out))
            try write("kept", to: out)
            try Tool.refuse(73, ["prune", Models.classifier] + tail + [dev], says: [out])
            #expect(try String(contentsOfFile: out, encoding: .utf8) == "kept")
        }
    }
}
