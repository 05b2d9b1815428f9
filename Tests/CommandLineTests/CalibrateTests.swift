// calibrate, and what follows a rule for answers: predict, evaluate, inspect, and what is made of the file.

import AdzeTestSupport
import Foundation
import Testing

struct CalibrateTests {
    private static let words = ["oak", "ash", "good", "the beam was cut", "sharp saw", "we saw it split", "bad"]

    private func dev(in folder: String, _ count: Int, name: String = "dev.csv") throws -> String {
        let rows = (0..<count).map { index in
            "\(Self.words[index % 7]) \(Self.words[index / 7 % 7]) \(index % 11),\(index * index / 3 % 2)\n"
        }
        return try write("text,label\n" + rows.joined(), to: folder + "/" + name)
    }

    private func calibrated(in folder: String, _ more: [String] = [], name: String = "c.adze") throws -> String {
        let out = folder + "/" + name
        try Tool.succeed(
            ["calibrate", Models.classifier, "--dev", try dev(in: folder, 90), "-o", out, "--threads", "1"] + more)
        return out
    }

    @Test func theFileIsFollowedEverywhere() throws {
        try withTemporaryFolder { folder in
            let dev = try dev(in: folder, 90)
            let (out, page) = (folder + "/c.adze", folder + "/c.html")
            let found = try Tool.succeed([
                "calibrate", Models.classifier, "--dev", dev, "-o", out, "--report", page, "--json",
            ])
            let report = try found.object()
            #expect(report["examples"] as? Int == 90 && report["fitExamples"] as? Int == 90)
            #expect(report["precision"] as? String == "int8" && report["coverage"] == nil)
            let temperature = try #require(report["temperature"] as? Double)
            func logLoss(_ object: [String: Any], _ part: String) -> Double {
                (object[part] as? [String: Any])?["logLoss"] as? Double ?? .nan
            }
            #expect(logLoss(report, "after") <= logLoss(report, "before"))
            #expect(logLoss(report, "heldOut") >= logLoss(report, "after"))
            let (before, after) = (
                try Tool.succeed(["evaluate", Models.classifier, dev, "--json"]).object(),
                try Tool.succeed(["evaluate", out, dev, "--json"]).object()
            )
            #expect(before["logLoss"] as? Double == logLoss(report, "before"))
            #expect(after["logLoss"] as? Double == logLoss(report, "after"))
            #expect(before["accuracy"] as? Double == after["accuracy"] as? Double && after["answered"] == nil)
            let inspected = try Tool.succeed(["inspect", out, "--json"]).object()["answers"] as? [String: Any]
            #expect(inspected?["temperature"] as? Double == temperature && inspected?["examples"] as? Int == 90)
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.contains("How sure the answers were") && html.contains("<svg") && !html.contains("<script"))
            // Without a promise nobody abstains, and a line has the members that it had.
            let line = try Tool.succeed(["predict", out, "good", "--json"]).object()
            #expect(line["abstained"] == nil && Set(line.keys) == ["label", "score", "scores", "logits"])
            let plain = try Tool.succeed(["predict", Models.classifier, "good", "--json"]).object()
            #expect(plain["logits"] as? [Double] == line["logits"] as? [Double])
            let explained = try Tool.succeed(["explain", out, "good", "--steps", "2"]).object()
            #expect(abs((explained["score"] as? Double ?? 0) - (line["score"] as? Double ?? 1)) < 0.05)
            // The same work gives the same bytes.
            let again = try Tool.succeed([
                "calibrate", out, "--dev", dev, "-o", folder + "/again.adze", "--json", "--threads", "1",
            ])
            #expect(again.bytes == found.bytes)
            #expect(try bytes(of: folder + "/again.adze") == bytes(of: out))
        }
    }

    @Test func lowScoresAbstain() throws {
        try withTemporaryFolder { folder in
            let dev = try dev(in: folder, 90)
            let out = try calibrated(in: folder, ["--coverage", "0.7"])
            let answers = try Tool.succeed(["inspect", out, "--json"]).object()
            let rule = try #require(answers["answers"] as? [String: Any])
            let threshold = try #require(rule["threshold"] as? Double)
            #expect(rule["rule"] as? String == "abstain" && rule["coverage"] as? Double == 0.7)
            #expect(rule["examples"] as? Int == 30 && rule["coverageExamples"] as? Int == 60)
            let promise = try #require(answers["guarantee"] as? String)
            for part in ["exchangeable", "at most 30 % get a wrong answer", "on average", "not for each label"] {
                #expect(promise.contains(part), "\(part)")
            }
            let lines = try Tool.succeed(["predict", out, "-i", dev, "--json"]).objects()
            let plain = try Tool.succeed(["predict", out, "-i", dev, "--format", "csv", "-o", folder + "/o.csv"])
            #expect(plain.output == "")
            let table = try String(contentsOfFile: folder + "/o.csv", encoding: .utf8).split(separator: "\n")
                .dropFirst()
            for (line, row) in zip(lines, table) {
                let isLow = (line["score"] as? Double ?? 0) < threshold
                #expect(line["abstained"] as? Bool == isLow && line["label"] is NSNull == isLow)
                #expect(row.contains(",abstain,") == isLow)
            }
            #expect(lines.contains { $0["abstained"] as? Bool == true })
            #expect(lines.contains { $0["abstained"] as? Bool == false })
            let report = try Tool.succeed(["evaluate", out, dev, "--json"]).object()
            let answered = try #require(report["answered"] as? [String: Any])
            #expect(answered["texts"] as? Int == lines.count { $0["abstained"] as? Bool == false })
            #expect((answered["wrongShare"] as? Double ?? 1) < 0.4)
            #expect(try Tool.succeed(["evaluate", out, dev]).output.contains("answered "))
            // In another arithmetic the promise is none.
            let other = try Tool.succeed(["predict", out, "good", "--precision", "fp32"])
            #expect(other.errors.contains("its coverage is not promised"))
            let always = try Tool.succeed(["predict", out, "-i", dev, "--json", "--no-abstain"]).objects()
            #expect(always.allSatisfy { $0["label"] is String && $0["abstained"] == nil })
            #expect(zip(always, lines).allSatisfy { $0["score"] as? Double == $1["score"] as? Double })
        }
    }

    @Test func setsHoldTheBestLabel() throws {
        try withTemporaryFolder { folder in
            let dev = try dev(in: folder, 90)
            let out = try calibrated(in: folder, ["--coverage", "0.8", "--sets"])
            let lines = try Tool.succeed(["predict", out, "-i", dev, "--json"]).objects()
            for line in lines {
                let set = try #require(line["set"] as? [String])
                #expect(set.first == line["label"] as? String && line["abstained"] as? Bool == false)
            }
            #expect(lines.contains { ($0["set"] as? [String])?.count == 2 })
            let plain = try Tool.succeed(["predict", out, Self.words[0], Self.words[2]]).lines
            #expect(plain.count == 2 && plain.allSatisfy { $0.split(separator: "\t").count == 2 })
            let report = try Tool.succeed(["evaluate", out, dev, "--json"]).object()["sets"] as? [String: Any]
            #expect((report?["coverage"] as? Double ?? 0) > 0.6 && (report?["meanSize"] as? Double ?? 0) >= 1)
            let csv = try Tool.succeed(["predict", out, "-i", dev, "--csv"]).lines
            #expect(csv[0].hasSuffix("score,set,error"))
        }
    }

    @Test func thresholdByHandOverrides() throws {
        try withTemporaryFolder { folder in
            let out = try calibrated(in: folder, ["--coverage", "0.8", "--sets"])
            for model in [Models.classifier, out] {
                let texts = Array(Self.words.prefix(3))
                #expect(
                    try Tool.succeed(["predict", model, "--threshold", "1"] + texts).lines.allSatisfy {
                        $0.hasPrefix("abstain\t0.")
                    })
                let all = try Tool.succeed(["predict", model, "--threshold", "0", "--json"] + texts).objects()
                #expect(all.allSatisfy { $0["abstained"] as? Bool == false && $0["set"] == nil })
                #expect(
                    try Tool.succeed(["predict", model, "--no-abstain"] + texts).lines.map {
                        $0.split(separator: "\t")[0]
                    }
                        == all.map { Substring($0["label"] as? String ?? "") })
            }
            let several = EvaluateTests.multiple
            let line = try Tool.succeed(["predict", several, "oak", "--threshold", "0", "--json"]).object()
            #expect((line["set"] as? [String])?.count == 4 && line["abstained"] as? Bool == false)
            #expect(
                try Tool.succeed(["predict", several, "oak", "--threshold", "0"]).output.filter { $0 == "|" }.count == 3
            )
            let none = try Tool.succeed(["predict", several, "oak", "--threshold", "1", "--json"]).object()
            #expect(none["label"] is NSNull && (none["set"] as? [String])?.isEmpty == true)
            #expect(try Tool.succeed(["predict", several, "oak", "--threshold", "1"]).output.hasPrefix("abstain\t"))
        }
    }

    @Test func anyNumberOfLabelsHaveThresholdsOfTheirOwn() throws {
        try withTemporaryFolder { folder in
            let names = ["oak", "ash", "elm", "yew"]
            let lines = (0..<60).map { index in
                let labels = names.indices.filter { (index * 7 + $0 * 3) % 5 < 2 }.map { "\"\(names[$0])\"" }
                return "{\"text\":\"\(Self.words[index % 7]) \(index)\",\"label\":[\(labels.joined(separator: ","))]}\n"
            }
            let dev = try write(lines.joined(), to: folder + "/dev.jsonl")
            let out = folder + "/m.adze"
            let report = try Tool.succeed(["calibrate", EvaluateTests.multiple, "--dev", dev, "-o", out, "--json"])
                .object()
            let thresholds = try #require(report["thresholds"] as? [String: Double])
            #expect(Set(thresholds.keys) == Set(names))
            func macro(_ part: String) -> Double { (report[part] as? [String: Any])?["macroF1"] as? Double ?? .nan }
            #expect(macro("after") >= macro("before") && macro("heldOut") <= macro("after"))
            let scored = try Tool.succeed(["evaluate", out, dev, "--json"]).object()
            #expect(scored["macroF1"] as? Double == macro("after"))
            for line in try Tool.succeed(["predict", out, "-i", dev, "--json"]).objects() {
                let scores = try #require(line["scores"] as? [String: Double])
                #expect(
                    Set(line["set"] as? [String] ?? [])
                        == Set(names.filter { (scores[$0] ?? 0) >= thresholds[$0] ?? 2 }))
            }
            #expect(
                try Tool.succeed(["calibrate", EvaluateTests.multiple, "--dev", dev, "-o", out, "--force"]).output
                    .contains("said from"))
            try Tool.refuse(
                64, ["calibrate", EvaluateTests.multiple, "--dev", dev, "-o", folder + "/x.adze", "--coverage", "0.9"],
                says: ["one label a text"])
        }
    }

    @Test func whatChangesAnswersDropsTheRuleAndSaysSo() throws {
        try withTemporaryFolder { folder in
            let out = try calibrated(in: folder, ["--coverage", "0.7"])
            func answers(_ path: String) throws -> Any? {
                try Tool.succeed(["inspect", path, "--json"]).object()["answers"]
            }
            for (verb, path) in [
                (["convert", out, "-o", folder + "/int8.adze", "--store", "int8"], folder + "/int8.adze"),
                (["export", out, "-o", folder + "/folder"], folder + "/folder"),
            ] {
                #expect(try !Tool.succeed(verb).errors.contains("dropped"), "\(verb)")
                #expect(try answers(path) != nil, "\(verb)")
            }
            let dev = folder + "/dev.csv"
            for (index, verb) in [
                ["prune", out, "--keep", "first:2"], ["finetune", out, "--train", dev, "--epochs", "1"],
                ["quantize", out, "--dev", dev, "--max-drop", "100"], ["convert", out, "--long", "tail"],
                ["convert", out, "--clean", "lower"], ["convert", out, "--labels", "no,yes"],
            ].enumerated() {
                let path = folder + "/\(index).adze"
                #expect(
                    try Tool.succeed(verb + ["-o", path]).errors.contains("rule for its answers is dropped"), "\(verb)")
                #expect(try answers(path) == nil, "\(verb)")
            }
        }
    }

    @Test func whatCannotBeCalibratedIsOneLine() throws {
        try withTemporaryFolder { folder in
            let (few, dev) = (try dev(in: folder, 3, name: "few.csv"), try dev(in: folder, 29))
            let out = ["-o", folder + "/o.adze"]
            func refuse(_ code: Int32, _ arguments: [String], _ words: String...) throws {
                try Tool.refuse(code, ["calibrate"] + arguments + out, says: words)
                #expect(try names(in: folder).contains("o.adze") == false)
            }
            try refuse(65, [Models.classifier, "--dev", few], "few.csv", "3 examples", "10 at least")
            try refuse(65, [Models.classifier, "--dev", dev, "--coverage", "0.95"], "29 examples", "30 at least")
            try refuse(65, [Models.classifier, "--dev", dev, "--coverage", "0.99"], "148 at least")
            for part in ["0", "1", "1.0", "-0.5", "nan", "inf", "95", "0.9x", ""] {
                try refuse(64, [Models.classifier, "--dev", dev, "--coverage=\(part)"], "coverage")
            }
            try refuse(64, [Models.classifier, "--dev", dev, "--sets"], "--coverage")
            try refuse(64, [Models.classifier], "--dev")
            try refuse(64, [EvaluateTests.number, "--dev", dev], "a number")
            try refuse(64, [Models.encoder, "--dev", dev], "only classifiers")
            try refuse(66, [Models.classifier, "--dev", folder + "/none.csv"], "none.csv")
            try refuse(66, [folder + "/none", "--dev", dev], "none")
            let bad = try write("text,label\ngood,neither\n", to: folder + "/bad.csv")
            try refuse(65, [Models.classifier, "--dev", bad], "neither")
            let there = try write("x", to: folder + "/there.adze")
            try Tool.refuse(73, ["calibrate", Models.classifier, "--dev", dev, "-o", there], says: ["there.adze"])
            try Tool.refuse(73, ["calibrate", Models.classifier, "--dev", dev, "-o", dev, "--force"], says: ["--dev"])
            for value in ["-0.1", "1.1", "nan", "x"] {
                try Tool.refuse(
                    64, ["predict", Models.classifier, "good", "--threshold=\(value)"], says: ["threshold"])
            }
            try Tool.refuse(
                64, ["predict", Models.classifier, "good", "--threshold", "0.5", "--no-abstain"], says: ["one of"])
            try Tool.refuse(64, ["predict", EvaluateTests.number, "good", "--threshold", "0.5"], says: ["a number"])
            let entities = Fixtures.path("answers/entities")
            try Tool.refuse(
                64, ["predict", entities, "good", "--threshold", "0.5"], says: ["--threshold does not apply"])
        }
    }

    @Test(arguments: [
        ("7", "expected an object"), (#"{"temprature": 1}"#, "did you mean temperature?"),
        (#"{"precision": "int8", "examples": 9}"#, "temperature"), (#"{"temperature": 1, "examples": 9}"#, "precision"),
        (#"{"temperature": 0, "precision": "int8", "examples": 9}"#, "0.01 to 100"),
        (#"{"temperature": -1, "precision": "int8", "examples": 9}"#, "0.01 to 100"),
        (#"{"temperature": 1e300, "precision": "int8", "examples": 9}"#, "0.01 to 100"),
        (#"{"temperature": "1", "precision": "int8", "examples": 9}"#, "0.01 to 100"),
        (#"{"temperature": 1, "precision": "int4", "examples": 9}"#, "int8 or fp32"),
        (#"{"temperature": 1, "precision": "int8", "examples": 0}"#, "from 1"),
        (#"{"temperature": 1, "precision": "int8", "examples": 9, "rule": "abstain"}"#, "threshold"),
        (#"{"temperature": 1, "precision": "int8", "examples": 9, "rule": "no", "threshold": 0.5}"#, "abstain or set"),
        (#"{"temperature": 1, "precision": "int8", "examples": 9, "rule": "set", "threshold": 1.5}"#, "0 to 1"),
        (#"{"temperature": 1, "precision": "int8", "examples": 9, "threshold": 0.5}"#, "none without rule"),
        (#"{"temperature": 1, "precision": "int8", "examples": 9, "thresholds": {"accepted": 0.5}}"#, "'rejected'"),
        (#"{"temperature": 1, "precision": "int8", "examples": 9, "thresholds": {"accpeted": 1}}"#, "did you mean"),
        (
            #"{"temperature": 1, "precision": "int8", "examples": 9, "thresholds": {"rejected": 1, "accepted": 1}}"#,
            "none for one label"
        ),
        (#"{"temperature": 1, "precision": "int8", "examples": 9, "coverage": 0.9}"#, "none without rule"),
        (
            #"{"temperature":1,"precision":"int8","examples":9,"rule":"set","threshold":0,"coverage":0.9,"coverageExamples":8}"#,
            "as many as the coverage needs"
        ),
        (
            #"{"temperature":1,"precision":"int8","examples":9,"rule":"set","threshold":0,"coverage":1,"coverageExamples":8}"#,
            "less than 1"
        ),
    ])
    func aHostileRuleIsOneLine(value: String, part: String) throws {
        try withCopy(of: Models.classifier) { copy, _ in
            try replace("\n}", with: ",\n\"adze_answers\": \(value)\n}", in: copy + "/config.json")
            try Tool.refuse(65, ["predict", copy, "good"], says: [copy, "adze_answers", part])
        }
    }
}
