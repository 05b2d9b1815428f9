// quantize: the gate as a process, its report in the terminal, in JSON and in the file; calibration texts; one clear line
// for what cannot be measured.

import AdzeTestSupport
import Foundation
import Testing

struct QuantizeTests {
    static let csv = "text,label\nThe oak beam was cut.,1\ngood,0\n\"too short, by the saw\",1\nGood!,1\nsoft wood,0\n"

    /// A dev set that fp32 answers without a mistake, so that every label of int8 which differs costs.
    static func hardSet(_ folder: String) throws -> String {
        let words = ["the", "oak", "beam", "was", "cut", "good", "too", "short", "by", "saw", "soft", "wood"]
        var state: UInt64 = 7
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let texts = (0..<400).map { _ in
            (0..<1 + next(10)).map { _ in words[next(words.count)] }.joined(separator: " ")
        }
        let path = try write(texts.map { $0 + "\n" }.joined(), to: folder + "/hard.txt")
        let answers = try Tool.succeed(
            ["predict", Models.classifier, "-i", path, "--precision", "fp32", "--quiet"]
        ).lines.map { $0.split(separator: "\t")[0] }
        return try write(
            "sentence\tlabel\n" + zip(texts, answers).map { "\($0)\t\($1)\n" }.joined(), to: folder + "/hard.tsv")
    }

    @Test func aPassingGateAndItsReport() throws {
        try withTemporaryFolder { folder in
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv")
            let out = folder + "/a.adze"
            let arguments = ["quantize", Models.classifier, "-o", out, "--dev", dev, "--max-drop", "60"]
            let run = try Tool.succeed(arguments)
            #expect(run.lines[0].split(separator: " ").prefix(2) == ["accuracy", "points"])
            #expect(run.lines[1].hasPrefix("fp32 ") && run.lines[2].hasPrefix("int8 "))
            #expect(run.lines[2].contains(" of 5 ") && run.lines.last?.hasPrefix("calibrated on 50 built-in") == true)
            let last = try #require(run.errorLines.last)
            #expect(last.contains(" full, accuracy 0.") && last.contains("no layers kept in fp32, in "))
            #expect(try Tool.succeed(["verify", out]).output.contains("int8 bit for bit"))

            let json = try Tool.succeed(arguments + ["--json", "--force", "--metric", "mcc"]).object()
            for key in [
                "metric", "fp32", "int8", "drop", "texts", "digest", "equalLabels", "meanLogitDifference",
                "largestLogitDifference", "kept", "passes", "maxDrop", "groups", "plainInt8", "sensitivities",
                "calibration", "sourceBytes", "writtenBytes",
            ] {
                #expect(json[key] != nil, "\(key)")
            }
            #expect(json["metric"] as? String == "mcc" && json["texts"] as? Int == 5 && json["groups"] as? Int == 15)

            let inspected = try Tool.succeed(["inspect", out, "--json"]).object()
            let quality = try #require(inspected["quality"] as? [String: Any])
            #expect(quality["metric"] as? String == "mcc" && quality["int8"] as? Double == json["int8"] as? Double)
            let plain = try Tool.succeed(["inspect", out]).output
            #expect(plain.contains("quality       mcc ") && plain.contains(" on 5 texts, "))
            #expect(plain.contains("in fp32: none") && plain.contains("calibration   calibrated on 50 built-in"))
            #expect(!plain.contains(dev))
        }
    }

    @Test func aStrictGateKeepsLayers() throws {
        try withTemporaryFolder { folder in
            let dev = try QuantizeTests.hardSet(folder)
            let out = folder + "/a.adze"
            let run = try Tool.succeed(
                ["quantize", Models.classifier, "-o", out, "--dev", dev, "--max-drop", "0", "--store", "int8"])
            #expect(run.lines[2].hasPrefix("int8 alone ") && run.lines[3].hasPrefix("int8 as written "))
            #expect(run.output.contains("error alone in int8") && run.output.contains("kept in fp32"))
            #expect(run.errorLines.last?.contains("accuracy 1.0000 in int8, 1.0000 in fp32, ") == true)
            #expect(run.errorLines.last?.contains(" groups of layers kept in fp32") == true)
            let scored = try Tool.succeed(["evaluate", out, dev, "--json"]).object()
            #expect(scored["accuracy"] as? Double == 1)
            let plain = try Tool.succeed(["evaluate", Models.classifier, dev, "--json"]).object()
            #expect(try #require(plain["accuracy"] as? Double) < 1, "the set is no test")
            let scheme = try Tool.succeed(["inspect", out, "--tensors"]).lines.filter { $0.hasSuffix("\tfp32") }
            #expect(scheme.contains { $0.contains("weight") && !$0.contains("LayerNorm") && $0.contains("layer.") })
            try Tool.succeed(["verify", out])
        }
    }

    @Test func ownTextsInEveryFormat() throws {
        try withTemporaryFolder { folder in
            let texts = ["the oak beam was cut", "good", "soft wood"]
            let files = [
                try write(texts.joined(separator: "\n"), to: folder + "/t.txt"),
                try write("text\n" + texts.joined(separator: "\n"), to: folder + "/t.csv"),
                try write("label\tsentence\n" + texts.map { "0\t\($0)\n" }.joined(), to: folder + "/t.tsv"),
                try write(texts.map { "{\"text\":\"\($0)\"}\n" }.joined(), to: folder + "/t.jsonl"),
            ]
            var found: Set<[UInt8]> = []
            for file in files {
                let out = try converted(Models.classifier, in: folder, ["--calibrate", file, "--force"])
                found.insert(try bytes(of: out))
            }
            let body = try write("body\n" + texts.joined(separator: "\n"), to: folder + "/b.csv")
            let out = try converted(
                Models.classifier, in: folder, ["--calibrate", body, "--text-column", "body", "--force"])
            found.insert(try bytes(of: out))
            #expect(found.count == 1)
            let plain = try converted(Models.classifier, in: folder, ["--force"])
            #expect(try !found.contains(bytes(of: plain)))
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv")
            let run = try Tool.succeed([
                "quantize", Models.classifier, "-o", folder + "/q.adze", "--dev", dev, "--max-drop", "100",
                "--calibrate", files[0], "--text-column", "text",
            ])
            #expect(run.lines.last?.hasPrefix("calibrated on 3 texts, ") == true)
        }
    }

    @Test func oneClearLine() throws {
        try withTemporaryFolder { folder in
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv")
            let out = folder + "/a.adze"
            let base = ["quantize", Models.classifier, "-o", out]
            let gate = ["--dev", dev, "--max-drop"]
            try Tool.refuse(64, base + ["--max-drop", "1"], says: ["--dev"])
            try Tool.refuse(64, base + ["--dev", dev], says: ["--max-drop"])
            for drop in ["-1", "nan", "inf", "101", "much"] {
                try Tool.refuse(64, base + ["--dev", dev, "--max-drop=\(drop)"], says: ["max-drop"])
            }
            try Tool.refuse(64, base + gate + ["1", "--store", "fp32"], says: ["no int8"])
            try Tool.refuse(
                64, base + gate + ["1", "--metric", "pearson"], says: ["'pearson'", "accuracy", "macro-f1"])
            try Tool.refuse(64, base + gate + ["1", "--threads", "0"], says: ["--threads must be 1"])
            try Tool.refuse(66, base + ["--dev", folder + "/no.csv", "--max-drop", "1"], says: ["no.csv"])
            try Tool.refuse(64, ["quantize", Models.encoder, "-o", out] + gate + ["1"], says: ["is a BertModel"])

            func refuseDev(_ text: String, _ name: String, _ words: [String], code: Int32 = 65) throws {
                let path = try write(text, to: folder + "/" + name)
                try Tool.refuse(code, base + ["--dev", path, "--max-drop", "1"], says: [name] + words)
            }
            try refuseDev("index,text\n1,oak\n", "no.csv", ["'index', 'text'", "labels"], code: 64)
            try refuseDev("oak\n", "no.txt", ["plain text has no labels"], code: 64)
            try refuseDev("text,label\n", "none.csv", ["examples"])
            try refuseDev("text,label\noak,1\nash,Accepted\n", "other.csv", ["line 3", "nearest is 'accepted'"])

            func refuseTexts(_ text: String, _ name: String, _ words: [String], code: Int32 = 65) throws {
                let path = try write(text, to: folder + "/" + name)
                try Tool.refuse(code, base + gate + ["1", "--calibrate", path], says: words)
                try Tool.refuse(code, ["convert", Models.classifier, "-o", out, "--calibrate", path], says: words)
            }
            try refuseTexts("", "empty.txt", ["empty.txt: no texts to calibrate with"])
            try refuseTexts("text\n", "empty.csv", ["empty.csv: no texts to calibrate with"])
            try refuseTexts("\n\n", "blank.txt", ["not one of the texts"])
            try refuseTexts("n\n1\n", "column.csv", ["no column is named 'text'"], code: 64)
            try Tool.refuse(
                66, ["convert", Models.classifier, "-o", out, "--calibrate", folder + "/lost.txt"], says: ["lost.txt"])
            try Tool.refuse(
                64, ["convert", Models.classifier, "-o", out, "--text-column", "a"], says: ["--calibrate"])
            try Tool.refuse(
                64, ["convert", Models.classifier, "-o", out, "--store", "fp32", "--calibrate", dev],
                says: ["--store fp32 has none"])
            #expect(!FileManager.default.fileExists(atPath: out))
            try write("mine", to: out)
            try Tool.refuse(73, base + gate + ["1"], says: [out])
        }
    }

    // MARK: int8 by default

    @Test func int8IsTheDefaultAndSaidOnce() throws {
        try withTemporaryFolder { folder in
            let note = "adze: note: the weights are brought to int8 at every start"
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv")
            let (file, fp32) = (try converted(Models.classifier, in: folder), folder + "/fp32.adze")
            try Tool.succeed(["convert", Models.classifier, "-o", fp32, "--store", "fp32", "--quiet"])
            for verb in [["predict", "", "good", "--json"], ["evaluate", "", dev, "--json"]] {
                var answers: Set<[UInt8]> = []
                for model in [Models.classifier, file, fp32] {
                    var arguments = verb
                    arguments[1] = model
                    let run = try Tool.succeed(arguments)
                    answers.insert(run.bytes)
                    answers.insert(try Tool.succeed(arguments + ["--precision", "int8", "--quiet"]).bytes)
                    #expect(run.errorLines.count { $0.hasPrefix(note) } == (model == file ? 0 : 1))
                    let exact = try Tool.succeed(arguments + ["--precision", "fp32"])
                    #expect(exact.bytes != run.bytes && !exact.errors.contains(note))
                }
                #expect(answers.count == 1)
            }
            let (plain, int8) = (
                try Tool.succeed(["embed", file, "good"]),
                try Tool.succeed(["embed", file, "good", "--precision", "int8"])
            )
            #expect(plain.bytes != int8.bytes)
            #expect(plain.bytes == (try Tool.succeed(["embed", file, "good", "--precision", "fp32"]).bytes))
            #expect(try Tool.succeed(["embed", Models.sentences, "good", "--precision", "int8"]).errors.contains(note))
        }
    }
}
