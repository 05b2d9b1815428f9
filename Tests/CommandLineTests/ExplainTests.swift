// `adze explain` as a user runs it: a line a row, whatever is wrong with some, and what is refused.

import AdzeTestSupport
import Foundation
import Testing

struct ExplainTests {
    private static let text = "The oak beam was cut."

    @Test func aLineHasTokensThatAddUp() throws {
        let line = try #require(try Tool.succeed(["explain", Models.classifier, Self.text]).objects().first)
        let tokens = try #require(line["tokens"] as? [[String: Any]])
        let sum = tokens.compactMap { $0["attribution"] as? Double }.reduce(0, +)
        let logit = try #require(line["logit"] as? Double)
        let (baseline, delta) = (line["baseline_logit"] as? Double ?? .nan, line["delta"] as? Double ?? .nan)
        #expect(abs(sum - (logit - baseline) - delta) < 1e-9 && abs(delta) < 1e-3)
        #expect(line["label"] as? String == "accepted" && line["steps"] as? Int == 50)
        #expect(line["method"] as? String == "integrated-gradients" && line["baseline"] as? String == "pad")
        let text = Array(Self.text.unicodeScalars)
        for token in tokens {
            guard let start = token["start"] as? Int, let end = token["end"] as? Int else { continue }
            #expect(String(String.UnicodeScalarView(text[start..<end])) == token["text"] as? String)
        }
        #expect(tokens.count { $0["text"] == nil } == 2)
    }

    @Test func everyRowHasItsLineInOrder() throws {
        let rows =
            #"{"id":1,"text":"oak"}"# + "\n" + #"{"id":2}"# + "\n" + #"{"id":3,"text":""}"# + "\n"
            + #"{"id":4,"text":"Good!","label":"mine"}"# + "\n"
        let arguments = ["explain", Models.classifier, "-", "--format", "jsonl", "--steps", "3"]
        let found = try Tool.succeed(arguments, input: Array(rows.utf8)).objects()
        #expect(found.map { $0["id"] as? Int } == [1, 2, 3, 4])
        #expect(found.map { $0["error"] == nil } == [true, false, false, true])
        #expect((found[3]["input"] as? [String: Any])?["label"] as? String == "mine")
        let strict = try Tool.run(arguments + ["--strict"], input: Array(rows.utf8))
        #expect(strict.code == 65 && strict.lines.count == 4)
    }

    @Test func tablesAndPairsAreRead() throws {
        try withTemporaryFolder { folder in
            let table = try write("sentence1,sentence2\nGood!,oak\n", to: folder + "/t.csv")
            let out = folder + "/out.jsonl"
            try Tool.succeed(["explain", Models.classifier, "-i", table, "-o", out, "--method", "gradient-x-input"])
            let line = try #require(try JSONSerialization.jsonObject(with: Data(bytes(of: out))) as? [String: Any])
            let tokens = try #require(line["tokens"] as? [[String: Any]])
            #expect(tokens.contains { $0["pair"] as? Bool == true && $0["text"] as? String == "oak" })
            #expect(line["delta"] == nil && line["steps"] == nil)
            try Tool.refuse(73, ["explain", Models.classifier, "-i", table, "-o", out], says: [out, "--force"])
            try Tool.refuse(
                66, ["explain", Models.classifier, "-i", table, "-o", folder + "/no/out.jsonl"], says: ["no such"])
        }
    }

    @Test func instructionSetsAndThreadsChangeNoBit() throws {
        let arguments = ["explain", Models.classifier, Self.text, "--steps", "5"]
        let expected = try Tool.succeed(arguments + ["--threads", "1"]).bytes
        #expect(try Tool.succeed(arguments + ["--threads", "3"]).bytes == expected)
        for set in ["scalar", "avx2"] {
            let found = try Tool.run(arguments, environment: ["ADZE_FORCE_ISA": set])
            #expect(found.code == 64 && set == "avx2" || found.bytes == expected, "\(set)")
        }
    }

    @Test(arguments: [
        (["--label", "acepted"], "did you mean 'accepted'?"), (["--steps", "0"], "expected 1 to 10000"),
        (["--method", "lime"], "'integrated-gradients'"), (["--baseline", "none"], "'pad'"),
        (["--method", "gradient-x-input", "--steps", "5"], "--steps is for --method integrated-gradients"),
        (["--long", "window"], "expected head, tail, head+tail or"), (["--force"], "--force is for -o"),
        (["--max-length", "2"], "special tokens"),
    ]) func wishesThatMakeNoSense(options: [String], says: String) throws {
        try Tool.refuse(64, ["explain", Models.classifier, Self.text] + options, says: [says, "adze help explain"])
    }

    @Test func modelsWithoutAClassifier() throws {
        try Tool.refuse(64, ["explain", Models.encoder, "oak"], says: ["no classifier"])
        try Tool.refuse(64, ["explain", Fixtures.path("models/tokencls"), "oak"], says: ["gives no label to a text"])
        let empty = try Tool.run(["explain", Models.classifier, "-i", "-"], input: [0x0A])
        #expect(empty.code == 65 && empty.lines == [#"{"error":"line 1: the text is empty"}"#])
    }
}
