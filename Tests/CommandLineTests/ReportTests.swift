// lengths, and evaluate's page: what a user gets from them, and their refusals.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct LengthsTests {
    @Test func lengthsOfATable() throws {
        try withTemporaryFolder { folder in
            let path = try write(TrainingTable.csv(TrainingTable.rows(50)), to: folder + "/t.csv")
            let report = try Tool.succeed(["lengths", path, "--tokenizer", Models.classifier, "--json"]).object()
            #expect(report["texts"] as? Int == 50 && report["limit"] as? Int == 16)
            let lengths = try #require(report["maximumLengths"] as? [[String: Any]])
            #expect(lengths.count == 1 && lengths[0]["maximumLength"] as? Int == 16)
            #expect(
                (lengths[0]["trainSeconds"] as? Double ?? 0) > 0 && (lengths[0]["predictSeconds"] as? Double ?? 0) > 0)
            let text = try Tool.succeed(["lengths", path, "--tokenizer", Models.encoder])
            #expect(text.output.contains("an epoch") && text.output.contains("advice: a maximum length of 16"))
            let alone = try Tool.succeed(["lengths", path, "--tokenizer", Models.classifier + "/vocab.txt"])
            #expect(alone.errors.contains("no weights beside the tokenizer") && !alone.output.contains("an epoch"))
            let lines = try write("one\ntwo three\n", to: folder + "/t.txt")
            let plain = try Tool.succeed(
                ["lengths", lines, "--tokenizer", Models.classifier, "--no-timing", "--json"]).object()
            #expect(plain["texts"] as? Int == 2)
        }
    }

    @Test func refusals() throws {
        try withTemporaryFolder { folder in
            let path = try write("a,b\n1,2\n", to: folder + "/t.csv")
            try Tool.refuse(64, ["lengths", path, "--tokenizer", Models.classifier], says: ["'text'", "'a', 'b'"])
            try Tool.refuse(66, ["lengths", folder + "/no.csv", "--tokenizer", Models.classifier])
            try Tool.refuse(66, ["lengths", path, "--tokenizer", folder + "/no"])
            let empty = try write("", to: folder + "/e.txt")
            try Tool.refuse(65, ["lengths", empty, "--tokenizer", Models.classifier], says: ["found none"])
        }
    }
}

@Suite struct PageTests {
    @Test func hostileTextsStayTexts() throws {
        try withTemporaryFolder { folder in
            let hostile = "<script>alert(1)</script> & \u{202E}"
            let rows = TrainingTable.rows(20).map { (text: "\(hostile) \($0.text)", label: $0.label) }
            let path = try write(TrainingTable.csv(rows), to: folder + "/t.csv")
            let page = folder + "/page.html"
            try Tool.succeed(["evaluate", Models.classifier, path, "--report", page])
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(!html.contains("<script") && html.contains("&lt;script&gt;") && html.contains("[U+202E]"))
            for word in ["Confusion", "Calibration", "Labels", "The worst mistakes", "prefers-color-scheme"] {
                #expect(html.contains(word), "\(word)")
            }
            #expect(!html.contains("src=") && !html.contains("href=") && !html.contains("url("))
            // No place of the machine is in it, and the same evaluation gives the same page.
            #expect(!html.contains(folder))
            try Tool.refuse(73, ["evaluate", Models.classifier, path, "--report", page], says: ["page.html"])
            // Where the time is given, all else is the same.
            func again(_ more: [String]) throws -> String {
                let arguments = ["evaluate", Models.classifier, path, "--report", page, "--force"] + more
                #expect(try Tool.run(arguments, environment: ["SOURCE_DATE_EPOCH": "1790000000"]).code == 0)
                return try String(contentsOfFile: page, encoding: .utf8)
            }
            let first = try again([])
            #expect(first.contains("2026-09-21 14:13 UTC, Adze ") && !first.contains("took "))
            #expect(try again(["--threads", "1"]) == first)
            #expect(html.contains(" UTC, took "))
        }
    }

    @Test func everyTaskHasItsPage() throws {
        try withTemporaryFolder { folder in
            let texts = ["good", "soft wood", "the oak", "a saw"]
            let numbers = try write(
                "text,label\n" + texts.enumerated().map { "\($1),\($0)\n" }.joined(), to: folder + "/n.csv")
            let page = folder + "/page.html"
            try Tool.succeed(["evaluate", EvaluateTests.number, numbers, "--report", page])
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("Predicted and actual"))
            let several = try write(
                "text\tlabel\n" + texts.map { "\($0)\t0|1\n" }.joined(), to: folder + "/s.tsv")
            try Tool.succeed(
                ["evaluate", EvaluateTests.multiple, several, "--label-separator", "|", "--report", page, "--force"])
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("micro F1"))
        }
    }

    @Test func numbersOfAnySizeEnd() throws {
        try withTemporaryFolder { folder in
            let lines = [
                #"{"event":"step","step":1,"loss":-1e308}"#, #"{"event":"step","step":2,"loss":1e308}"#,
                #"{"event":"epoch","epoch":1,"step":2,"devLoss":1e308,"value":1e308,"tokensPerSecond":1e19}"#,
            ]
            let log = try write(lines.joined(separator: "\n") + "\n", to: folder + "/run.jsonl")
            let page = folder + "/page.html"
            #expect(try Tool.run(["report", log, "-o", page], seconds: 20).code == 0)
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains(">1e19<"))
            let table = try write("text,label\ngood,1e155\nsoft wood,-1e308\nthe oak,5e-324\n", to: folder + "/n.csv")
            let arguments = ["evaluate", EvaluateTests.number, table, "--report", page, "--force"]
            #expect(try Tool.run(arguments, seconds: 20).code == 0)
            #expect(try Tool.succeed(["evaluate", EvaluateTests.number, table, "--json"]).object()["mse"] is NSNull)
        }
    }

    @Test func aLogThatIsNone() throws {
        try withTemporaryFolder { folder in
            let log = try write("nonsense\n", to: folder + "/run.jsonl")
            try Tool.refuse(65, ["report", log, "-o", folder + "/p.html"], says: ["run.jsonl: line 1"])
            try Tool.refuse(66, ["report", folder + "/no.jsonl", "-o", folder + "/p.html"])
            #expect(try names(in: folder) == ["run.jsonl"])
        }
    }
}
