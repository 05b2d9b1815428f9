// evaluate: the same scores from every layout of the same data, one clear line for what cannot be scored.

import AdzeTestSupport
import Foundation
import Testing

struct EvaluateTests {
    static let multiple = Fixtures.path("models/seqcls-relu-multilabel")
    static let number = Fixtures.path("models/seqcls-regression")
    static let texts = [
        "The oak beam was cut.", "good", "too short, by the saw", "Good!", "soft wood", "we saw it split",
    ]
    static let labels = [1, 0, 1, 1, 0, 1]

    static var csv: String {
        "text,label\n" + zip(texts, labels).map { "\"\($0)\",\($1)\n" }.joined()
    }

    @Test func theWayThatScoresBestOnDevIsTaken() throws {
        try withTemporaryFolder { folder in
            // The word that decides is at the end, or in the middle.
            let filler = "the oak beam was cut by the saw"
            let rows = (0..<12).map { "\(filler) \(filler) \($0 % 2 == 0 ? "good" : "bad") \(filler),\($0 % 2)\n" }
            let dev = try write("text,label\n" + rows.joined() + "short,1\n", to: folder + "/dev.csv")
            let data = try write(EvaluateTests.csv, to: folder + "/t.csv")
            let arguments = ["evaluate", Models.classifier, data, "--max-length", "12"]
            let outcome = try Tool.succeed(arguments + ["--long", "auto", "--dev", dev, "--json"])
            let report = try outcome.object()
            let found = try #require(report["longTexts"] as? [String: Any])
            #expect(
                found["long"] as? Int == 12 && found["examples"] as? Int == 13 && found["maximumLength"] as? Int == 12)
            let trials = try #require(found["trials"] as? [[String: Any]])
            let rules = trials.compactMap { $0["rule"] as? String }
            #expect(
                rules == ["head", "tail", "head+tail", "head+tail:3", "window, stride 0", "window, stride 3"])
            #expect((trials[4]["inputs"] as? Int ?? 0) > 12 && trials[0]["inputs"] as? Int == 12)
            // Each is what the option of its name scores.
            for (trial, options) in zip(
                trials,
                [
                    ["head"], ["tail"], ["head+tail"], ["head+tail:3"], ["window", "--stride", "0"],
                    ["window", "--stride", "3"],
                ]
            ) {
                let alone = try Tool.succeed(
                    [
                        "evaluate", Models.classifier, dev, "--max-length", "12", "--json", "--long",
                    ] + options
                ).object()
                #expect(alone["accuracy"] as? Double == trial["score"] as? Double, "\(options)")
            }
            let scores = trials.compactMap { $0["score"] as? Double }
            #expect(found["best"] as? String == rules[scores.firstIndex(of: scores.max() ?? 0) ?? 0])
            let lines = try Tool.succeed(arguments + ["--long", "auto", "--dev", dev]).lines
            #expect(
                lines.contains { $0.hasSuffix("best") } && lines.contains { $0.hasPrefix("12 of 13 texts of --dev") })
            let short = try Tool.succeed(["evaluate", Models.classifier, data, "--long", "auto", "--dev", data])
            #expect(short.output.contains("no text of --dev is longer"))
        }
    }

    @Test(arguments: [
        (["--long", "auto"], "needs --dev"), (["--dev", "x.csv"], "--dev is for --long auto"),
        (["--long", "auto", "--dev", "x.csv", "--stride", "3"], "leave --stride out"),
        (["--long", "head+tail:x"], "head+tail:N"), (["--long", "head+tail:-1"], "head+tail:N"),
    ]) func aChoiceWithoutDataIsOneLine(options: [String], part: String) throws {
        try Tool.refuse(64, ["evaluate", Models.classifier, "y.csv"] + options, says: [part])
    }

    @Test func theReportIsThatOfThePredictions() throws {
        try withTemporaryFolder { folder in
            let path = try write(EvaluateTests.csv, to: folder + "/t.csv")
            let predicted = try Tool.succeed(["predict", Models.classifier, "--json", "-i", path]).objects()
            let right = zip(predicted, EvaluateTests.labels).filter {
                $0["label"] as? String == ["rejected", "accepted"][$1]
            }.count
            let outcome = try Tool.succeed(["evaluate", Models.classifier, path, "--json"])
            let report = try outcome.object()
            #expect(report["accuracy"] as? Double == Double(right) / 6 && report["examples"] as? Int == 6)
            let matrix = try #require(report["confusionMatrix"] as? [[Int]])
            #expect(matrix.map { $0.reduce(0, +) } == [2, 4] && matrix[0][0] + matrix[1][1] == right)
            let loss = try zip(predicted, EvaluateTests.labels).reduce(0.0) { sum, pair in
                let scores = try #require(pair.0["scores"] as? [String: Double])
                return sum - log(try #require(scores[["rejected", "accepted"][pair.1]]))
            }
            #expect(abs(try #require(report["logLoss"] as? Double) - loss / 6) < 1e-12)
            #expect(outcome.errorLines.contains("adze: note: columns: text 'text', label 'label'"))
            #expect(outcome.errorLines.contains("adze: note: labels: '0' is 'rejected', '1' is 'accepted'"))
            let last = try #require(outcome.errorLines.last)
            #expect(last.hasPrefix("6 texts in ") && last.contains(", accuracy 0.") && last.hasSuffix(" truncated"))
        }
    }

    @Test func everyLayoutGivesTheSameScores() throws {
        let rows = Array(zip(EvaluateTests.texts, EvaluateTests.labels))
        let names = ["rejected", "accepted"]
        let layouts: [(name: String, text: String, options: [String])] = [
            ("t.csv", EvaluateTests.csv, []),
            ("sst2.tsv", "sentence\tlabel\n" + rows.map { "\($0)\t\($1)\n" }.joined(), []),
            ("cola.tsv", rows.map { "gj04\t\($1)\t\($1 == 1 ? "" : "*")\t\($0)\n" }.joined(), []),
            ("bank.csv", "category,text\n" + rows.map { "\(names[$1]),\"\($0)\"\n" }.joined(), []),
            ("plain.tsv", rows.map { "\($1)\t\($0)\n" }.joined(), ["--text-column", "2", "--label-column", "1"]),
            (
                "own.csv", "a,b\n" + rows.map { "\"\($0)\",\($1)\n" }.joined(),
                ["--text-column", "a", "--label-column", "b"]
            ),
            ("t.jsonl", rows.map { "{\"text\":\"\($0)\",\"label\":\"LABEL_\($1)\"}\n" }.joined(), []),
            ("t.dat", rows.map { "{\"text\":\"\($0)\",\"label\":\($1)}\n" }.joined(), ["--format", "jsonl"]),
        ]
        try withTemporaryFolder { folder in
            var reports: Set<String> = []
            for layout in layouts {
                let path = try write(layout.text, to: folder + "/" + layout.name)
                reports.insert(
                    try Tool.succeed(["evaluate", Models.classifier, path, "--json"] + layout.options).output)
            }
            let piped = try Tool.succeed(
                ["evaluate", Models.classifier, "-", "--format", "csv", "--json"], input: Array(EvaluateTests.csv.utf8))
            reports.insert(piped.output)
            #expect(piped.errors.contains("columns: text 'text'"))
            reports.insert(
                try Tool.succeed(["evaluate", Models.classifier, folder + "/t.csv", "--json", "--threads", "1"]).output)
            #expect(reports.count == 1, "\(reports)")
        }
    }

    @Test func foldersOfReviews() throws {
        try withTemporaryFolder { folder in
            for (index, (text, label)) in zip(EvaluateTests.texts, EvaluateTests.labels).enumerated() {
                for split in ["train", "test"] {
                    let place = "\(folder)/\(split)/\(label == 1 ? "pos" : "neg")"
                    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
                    try write(text, to: "\(place)/\(index)_\(1 + index).txt")
                }
            }
            try FileManager.default.createDirectory(atPath: folder + "/train/unsup", withIntermediateDirectories: true)
            let csv = try write(EvaluateTests.csv, to: folder + "/t.csv")
            let names = ["--labels", "NEGATIVE,POSITIVE", "--json"]
            let found = try Tool.succeed(["evaluate", Models.classifier, folder + "/train"] + names)
            let expected = try Tool.succeed(["evaluate", Models.classifier, csv] + names).object()
            for key in ["accuracy", "mcc", "macroF1"] {
                #expect(try found.object()[key] as? Double == expected[key] as? Double)
            }
            #expect(found.errors.contains("not read: 'unsup'"))
            #expect(found.errors.contains("'neg' is 'NEGATIVE', 'pos' is 'POSITIVE'"))
            try Tool.refuse(
                65, ["evaluate", Models.classifier, folder], says: [folder, "'test', 'train'", "name one"])
            try Tool.refuse(
                65, ["evaluate", Models.classifier, folder + "/test"], says: ["'neg/1_2.txt'", "unknown label 'neg'"])
        }
    }

    @Test func tablesForAPerson() throws {
        try withTemporaryFolder { folder in
            let path = try write(EvaluateTests.csv, to: folder + "/t.csv")
            let lines = try Tool.succeed(["evaluate", Models.classifier, path, "--labels", "bâd,好い"]).lines
            #expect(lines[0] == "label             precision  recall      F1  support")
            // Two columns for each of the wide characters.
            #expect(lines[1].hasPrefix("bâd                  0.") && lines[2].hasPrefix("好い                 0."))
            #expect(lines[4].hasPrefix("macro average") && lines[4].hasSuffix(" 6"))
            #expect(lines[7].hasPrefix("accuracy 0.") && lines[7].contains(", MCC ") && lines[7].contains(", ECE 0."))
            #expect(lines[9] == "actual \\ predicted  bâd  好い" && lines.count == 12)
            let many = (0..<20).map { "l\($0)" }.joined(separator: ",")
            let large = folder + "/large.adze"
            try Tool.succeed(["convert", Models.classifier, "-o", large, "--new-head", many])
            let other = try Tool.succeed(["evaluate", large, path]).output
            #expect(other.contains("most frequent mistakes") && other.contains("l1 → l"))
            #expect(other.contains("macro average over the ") && other.contains("over all 20: F1 "))
        }
    }

    @Test func anyNumberOfLabelsAndNumbers() throws {
        let fields = "text,label\noak,oak;elm\nash,\ngood,3\n"
        let lists = """
            {"text":"oak","label":["elm","oak"]}
            {"text":"ash","label":[]}
            {"text":"good","label":"yew"}
            """
        let arguments = ["evaluate", EvaluateTests.multiple, "-", "--format"]
        let options = ["csv", "--label-separator", ";"]
        let table = try Tool.succeed(arguments + options + ["--json"], input: Array(fields.utf8))
        let json = try Tool.succeed(arguments + ["jsonl", "--json"], input: Array(lists.utf8))
        #expect(table.output == json.output && json.output.contains("\"samplesF1\":"))
        #expect(json.errors.contains("3 texts in ") && json.errors.contains(", micro F1 "))
        #expect(try Tool.succeed(arguments + options, input: Array(fields.utf8)).output.contains("samples average"))
        try Tool.refuse(
            64, ["evaluate", Models.classifier, "-", "--format", "csv", "--label-separator", ";"],
            says: ["--label-separator"])

        let scores = "sentence1\tsentence2\tscore\noak\tash\t3.2\ngood\toak\t1\nash\tsaw\t4.75\n"
        let numbers = ["evaluate", EvaluateTests.number, "-", "--format", "tsv"]
        let report = try Tool.succeed(numbers + ["--json"], input: Array(scores.utf8)).object()
        #expect(report["task"] as? String == "number" && (report["mse"] as? Double ?? 0) > 0)
        let text = try Tool.succeed(numbers, input: Array(scores.utf8))
        #expect(text.lines.count == 5 && text.errors.contains(", Pearson "))
        try Tool.refuse(
            65, numbers, input: Array("text\tlabel\noak\tgood\n".utf8), says: ["standard input: line 2", "'good'"])
    }

    @Test(arguments: [
        ("e.csv", "", 65, ["empty"]), ("e.jsonl", "", 65, ["no", "examples"]),
        ("h.csv", "text,label\n", 65, ["examples"]),
        ("n.tsv", "index\tsentence\n0\toak\n", 64, ["'index', 'sentence'", "labels"]),
        ("r.csv", "text,label,text\noak,1,ash\n", 65, ["'text' is there twice"]),
        ("q.csv", "text,label\noak,1\n\"ash,0\noak,1\n", 65, ["line 3", "quote"]),
        (
            "u.csv", "text,label\noak,1\nash,Accepted\noak,2\n", 65,
            ["line 3", "'Accepted'", "nearest is 'accepted'", "2 rows"]
        ),
        ("m.csv", "text,label\noak,1\nash\n", 65, ["line 3", "expected 2 fields"]),
        ("j.jsonl", "{\"text\":\"oak\",\"label\":1}\n{\"text\":\"ash\"}\n", 65, ["line 2", "'label'"]),
        ("l.jsonl", "{\"text\":\"oak\",\"label\":[1]}\n", 65, ["line 1", "expected one label"]),
        ("t.txt", "oak\n", 64, ["plain text has no labels"]), ("x.xlsx", "oak", 64, ["--format"]),
        ("x.jsonl.gz", "oak", 65, ["gzip", "unpack"]),
    ])
    func oneClearLine(name: String, text: String, code: Int32, words: [String]) throws {
        try withTemporaryFolder { folder in
            let path = try write(text, to: folder + "/" + name)
            try Tool.refuse(code, ["evaluate", Models.classifier, path, "--quiet"], says: [path] + words)
        }
    }

    @Test func badUsage() throws {
        try withTemporaryFolder { folder in
            let path = try write(EvaluateTests.csv, to: folder + "/t.csv")
            try Tool.refuse(66, ["evaluate", Models.classifier, folder + "/no.csv"], says: ["no.csv: no such file"])
            try Tool.refuse(66, ["evaluate", "/no/such/model", path], says: ["'/no/such/model'"])
            try Tool.refuse(64, ["evaluate", Models.encoder, path], says: ["is a BertModel"])
            try Tool.refuse(
                64, ["evaluate", Fixtures.path("models/tokencls"), path], says: ["is a BertForTokenClassification"])
            try Tool.refuse(64, ["evaluate", Models.classifier], says: ["adze help evaluate"])
            try Tool.refuse(64, ["evaluate", Models.classifier, "-"], says: ["'-'", "--format"])
            for bad in [
                ["--label-column", "lables"], ["--text-column", "1"], ["--text-column", "text", "--label-column", "2"],
                ["--long", "middle"], ["--precision", "fp99"], ["--label-separator", "ab"], ["--max-length", "2"],
            ] {
                try Tool.refuse(64, ["evaluate", Models.classifier, path] + bad)
            }
            try Tool.refuse(
                64, ["evaluate", Models.classifier, folder, "--text-column", "text"], says: ["no columns"])
            #expect(try Tool.succeed(["evaluate", Models.classifier, path, "--quiet"]).errors == "")
        }
    }

    @Test func aBadRowIsFoundBeforeAnythingIsComputed() throws {
        let huge = [UInt8](repeating: UInt8(ascii: "a"), count: 5_000_000)
        let good = String(repeating: "{\"text\":\"oak\",\"label\":1}\n", count: 3000)
        let input = Array(good.utf8) + huge + Array("\n{\"text\":\"oak\",\"label\":1}\n".utf8)
        try withTemporaryFolder { folder in
            let path = folder + "/t.jsonl"
            try Data(input).write(to: URL(filePath: path))
            try Tool.refuse(65, ["evaluate", Models.classifier, path], says: ["line 3001: longer than 1000000 bytes"])
        }
        try Tool.refuse(
            65, ["evaluate", Models.classifier, "-", "--format", "jsonl"], input: input,
            says: ["standard input: line 3001"])
    }
}
