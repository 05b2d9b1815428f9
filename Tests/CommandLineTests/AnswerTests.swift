// predict with the heads that answer in words: entities, answers, masked words, pairs.

import AdzeTestSupport
import Foundation
import Testing

struct AnswerTests {
    /// What transformers answers is fp32.
    private static let exactly = ["--precision", "fp32"]

    private static func model(_ name: String) -> String { Fixtures.path("answers/\(name)") }

    /// Inputs and cases of a golden file.
    private func golden(_ name: String) throws -> (inputs: [[String: Any]], cases: [[String: Any]]) {
        let data = try Data(contentsOf: URL(filePath: AnswerTests.model(name) + "/golden.json"))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return (
            try #require(json["inputs"] as? [[String: Any]]), try #require(json["cases"] as? [[String: Any]])
        )
    }

    /// Members as transformers names them: scores within 1e-5, all else exactly.
    private func expect(_ found: [[String: Any]]?, _ expected: [[String: Any]]) throws {
        let found = try #require(found)
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) {
            #expect(a.keys.sorted() == b.keys.sorted())
            for (key, value) in b {
                if key == "score" {
                    let (score, wanted) = (try #require(a[key] as? Double), try #require(value as? Double))
                    #expect(abs(score - wanted) < 1e-5)
                } else if let text = value as? String {
                    let found = try #require(a[key] as? String)
                    #expect(found.unicodeScalars.elementsEqual(text.unicodeScalars))
                } else {
                    #expect(a[key] as? Int == value as? Int)
                }
            }
        }
    }

    private func jsonLines(_ rows: [[String: Any]]) throws -> [UInt8] {
        try rows.flatMap { Array(try JSONSerialization.data(withJSONObject: $0)) + [0x0A] }
    }

    // MARK: Entities

    @Test(arguments: ["none", "simple", "first", "average", "max"])
    func entitiesAreThoseOfThePipeline(aggregation: String) throws {
        let golden = try golden("entities")
        let cases = golden.cases.filter {
            guard let index = $0["input"] as? Int else { return false }
            let isPlain = golden.inputs[index]["stride"] is NSNull && $0["ignore_labels"] is NSNull
            return isPlain && $0["aggregation"] as? String == aggregation
        }
        let texts = try cases.map { golden.inputs[try #require($0["input"] as? Int)]["text"] ?? "" }
        let outcome = try Tool.succeed(
            [
                "predict", Self.model("entities"), "-i", "-", "--format", "jsonl", "--json", "--aggregate",
                aggregation,
            ] + Self.exactly,
            input: jsonLines(texts.enumerated().map { ["text": $1, "id": $0] }))
        let found = try outcome.objects()
        try #require(found.count == cases.count && cases.count == 6)
        for (index, object) in found.enumerated() {
            let expected = try #require(cases[index]["result"] as? [[String: Any]])
            try expect(object["entities"] as? [[String: Any]], expected)
            #expect(object["id"] as? Int == index)
        }
        #expect(found.map { $0["truncated"] != nil } == [false, false, false, false, false, true])
        #expect(outcome.errors.contains("6 texts in ") && outcome.errors.contains("1 truncated"))
    }

    /// A stride alone asks for windows, as it does of the pipeline; every layout is compared by the library's tests.
    @Test func windowsOfEntities() throws {
        let golden = try golden("entities")
        let entry = try #require(
            golden.cases.first {
                ($0["input"] as? Int).map { golden.inputs[$0]["stride"] as? Int == 12 } ?? false
            })
        let index = try #require(entry["input"] as? Int)
        let text = try #require(golden.inputs[index]["text"] as? String)
        #expect(entry["aggregation"] as? String == "simple" && golden.inputs[index]["max_length"] as? Int == 20)
        let arguments =
            ["predict", Self.model("entities"), text, "--json", "--stride", "12", "--max-length", "20"] + Self.exactly
        let outcome = try Tool.succeed(arguments)
        try expect(
            try outcome.object()["entities"] as? [[String: Any]], try #require(entry["result"] as? [[String: Any]]))
        #expect(outcome.errors.contains("0 truncated"))
        #expect(try Tool.succeed(arguments + ["--long", "window"]).output == outcome.output)
        #expect(try Tool.succeed(arguments.dropLast(4) + ["--long", "window"]).errors.contains("0 truncated"))
    }

    @Test func plainLinesOfEntities() throws {
        let texts = ["Anna Weber saw Oslo.", "", "a\tb"]
        let found = try Tool.succeed(["predict", Self.model("entities")] + texts + Self.exactly).lines
        try #require(found.count == 3)
        #expect(found[0].hasPrefix("MISC\tAnna Weber saw Oslo.\t0.65") && found[0].hasSuffix("\t0\t20"))
        #expect(found[1].isEmpty && found[2].split(separator: "\t").count.isMultiple(of: 5))
        let ignored = ["predict", Self.model("entities"), "Anna Weber saw Oslo."] + Self.exactly + ["--ignore-labels"]
        #expect(try Tool.succeed(ignored + ["O,MISC"]).lines == [""])
        #expect(try Tool.succeed(ignored + [""]).lines == [found[0]])
    }

    // MARK: Answers

    /// Every option once, and the defaults; the library's tests compare every case.
    @Test func answersAreThoseOfThePipeline() throws {
        let golden = try golden("questions")
        let runs: [(inputs: [Int], stated: [String: Int], options: [String])] = [
            ([0, 1, 4], [:], []), ([0, 1, 4], ["top_k": 4], ["--top-k", "4"]),
            ([0, 1, 4], ["top_k": 4, "align_to_words": 0], ["--top-k", "4", "--split-words"]),
            ([0, 1, 4], ["top_k": 3, "handle_impossible_answer": 1], ["--top-k", "3", "--allow-no-answer"]),
            ([0, 1, 4], ["top_k": 2, "max_answer_len": 2], ["--top-k", "2", "--max-answer-length", "2"]),
            ([2], ["top_k": 4], ["--top-k", "4", "--max-length", "24", "--stride", "8"]),
            ([5], [:], ["--max-length", "64"]),
        ]
        for (inputs, stated, options) in runs {
            let cases = golden.cases.filter { entry in
                let own = (entry["options"] as? [String: Any])?.compactMapValues { ($0 as? NSNumber)?.intValue }
                return own == stated && inputs.contains(entry["input"] as? Int ?? -1)
            }
            try #require(cases.count == inputs.count)
            let rows = inputs.map { golden.inputs[$0].filter { $0.key == "question" || $0.key == "context" } }
            let found = try Tool.succeed(
                ["predict", Self.model("questions"), "-i", "-", "--format", "jsonl", "--json"] + Self.exactly + options,
                input: jsonLines(rows)
            ).objects()
            #expect(found.count == cases.count)
            for (object, entry) in zip(found, cases) {
                // The pipeline fills up a list that is too short with empty answers of probability 0.
                let result = try #require(entry["result"] as? [[String: Any]])
                let expected = result.filter { $0["score"] as? Double != 0 }
                try expect([object.filter { $0.key != "answers" }], Array(expected.prefix(1)))
                #expect((object["answers"] == nil) == (stated["top_k"] == nil))
                if let answers = object["answers"] { try expect(answers as? [[String: Any]], expected) }
            }
        }
    }

    @Test func questionsComeUnderTheirNames() throws {
        let model = Self.model("questions")
        let rows: [[String: Any]] = [
            ["question": "who?", "context": "Anna cut it.", "id": 1], ["text": "who?", "text_pair": "Anna cut it."],
            ["question": "who?"], ["question": "", "context": "Anna"], ["context": "Anna"],
            ["question": String(repeating: "who ", count: 200), "context": String(repeating: "oak ", count: 300)],
        ]
        let arguments = ["predict", model, "-i", "-", "--json", "--format"]
        let outcome = try Tool.succeed(arguments + ["jsonl"], input: jsonLines(rows))
        let found = try outcome.objects()
        try #require(found.count == 6)
        #expect(found[0]["answer"] as? String == found[1]["answer"] as? String && found[0]["id"] as? Int == 1)
        let errors = found.compactMap { $0["error"] as? String }
        try #require(errors.count == 4)
        #expect(errors[0].contains("line 3") && errors[0].contains("text_pair"))
        #expect(errors[1].contains("the question is empty") && errors[2].contains("'question'"))
        #expect(errors[3].contains("the question is too long"))
        #expect(outcome.errors.contains("2 texts in ") && outcome.errors.contains("1 unreadable, 3 without an answer"))
        let table = try Tool.succeed(arguments + ["csv"], input: Array("question,context\nwho?,Anna cut it.\n".utf8))
        #expect(try table.object()["answer"] as? String == found[0]["answer"] as? String)
        let plain = try Tool.succeed(["predict", model, "who?", "Anna cut it.", "who?", "Oslo"]).lines
        #expect(plain.count == 2 && plain.allSatisfy { $0.split(separator: "\t").count == 4 })
        try Tool.refuse(64, ["predict", model, "who?"], says: ["two by two"])
    }

    // MARK: Masked words

    @Test func candidatesAreThoseOfThePipeline() throws {
        let golden = try golden("masked")
        let texts = try golden.inputs.map { try #require($0["text"] as? String) }
        for (targets, topK) in [
            (nil, nil), (nil, 2), (["oak", "wood", "adze", "oak"], nil), (["weber", "🪵", "##s"], 9),
        ] {
            let cases = golden.cases.filter {
                $0["targets"] as? [String] == targets && $0["top_k"] as? Int == topK
            }
            try #require(cases.count == texts.count)
            var options = topK.map { ["--top-k", "\($0)"] } ?? []
            options += targets.map { ["--targets", $0.joined(separator: ",")] } ?? []
            let found = try Tool.succeed(
                ["predict", Self.model("masked"), "--json"] + Self.exactly + texts + options
            ).objects()
            for (object, entry) in zip(found, cases) {
                let masks = try #require(object["masks"] as? [[[String: Any]]])
                let expected = try #require(entry["result"] as? [[[String: Any]]])
                #expect(masks.count == expected.count)
                for (mask, wanted) in zip(masks, expected) { try expect(mask, wanted) }
            }
        }
    }

    @Test func rowsWithoutAMask() throws {
        let model = Self.model("masked")
        let outcome = try Tool.succeed(["predict", model, "the oak", "the [MASK] [MASK]", "--top-k", "2"])
        try #require(outcome.lines.count == 2)
        #expect(outcome.lines[0].hasPrefix("\terror: line 1: the text has no [MASK]"))
        #expect(outcome.lines[1].split(separator: "\t").count == 8)
        #expect(outcome.errors.contains("1 text in ") && outcome.errors.contains("1 without an answer"))
        let note = try Tool.succeed(["predict", model, "the [MASK]", "--targets", "unheard"])
        #expect(note.errors.contains("the target 'unheard' is no token"))
        try Tool.refuse(64, ["predict", model, "the [MASK]", "--targets", ""], says: ["target"])
        try Tool.refuse(64, ["predict", model, "the [MASK]", "--long", "window"], says: ["windows"])
    }

    // MARK: Pairs

    @Test func pairsAreJudged() throws {
        let golden = try golden("next")
        let outcome = try Tool.succeed(
            ["predict", Self.model("next"), "-i", "-", "--format", "jsonl", "--json"] + Self.exactly,
            input: jsonLines(
                golden.cases.map { ["text": $0["text"] ?? "", "text_pair": $0["pair"] ?? ""] } + [["text": "alone"]]))
        let found = try outcome.objects()
        try #require(found.count == 5)
        for (object, entry) in zip(found, golden.cases) {
            let score = try #require(object["score"] as? Double)
            let wanted = try #require(entry["score"] as? Double)
            #expect(abs(score - wanted) < 1e-5)
            #expect(object["is_next"] as? Bool == (wanted >= 0.5))
            #expect((object["logits"] as? [Double])?.count == 2)
        }
        #expect((found[4]["error"] as? String)?.contains("compares two texts") == true)
        #expect(
            try Tool.succeed(["predict", Self.model("next"), "oak", "it split"]).lines[0].hasPrefix("not_next\t0."))
    }

    @Test func aModelFromPretrainingDoesBoth() throws {
        let model = Fixtures.path("models/pretraining")
        #expect(try Tool.succeed(["predict", model, "the [MASK]", "--json"]).object()["masks"] != nil)
        let pair = try Tool.succeed(["predict", model, "the oak", "it split", "--next-sentence", "--json"])
        #expect(try pair.object()["is_next"] != nil)
    }

    // MARK: Every head

    @Test func optionsOfWindowsWithoutWindowsAreRefused() throws {
        try withTemporaryFolder { folder in
            let set = try write(EvaluateTests.csv, to: folder + "/t.csv")
            for verb in [["predict", Models.classifier, "a"], ["evaluate", Models.classifier, set]] {
                for option in [["--stride", "4"], ["--aggregate", "max"]] {
                    for long in [[], ["--long", "head"], ["--long", "head+tail"]] {
                        try Tool.refuse(64, verb + option + long, says: ["\(option[0]) is for windows"])
                    }
                    try Tool.succeed(verb + option + ["--long", "window"])
                }
            }
        }
        try Tool.refuse(
            64, ["predict", Self.model("entities"), "a", "--stride", "2", "--long", "tail"], says: ["--stride is for"])
    }

    @Test func optionsOfOtherHeadsAreRefusedByName() throws {
        let pair = ["a [MASK]", "b"]
        let heads: [(model: String, name: String, own: [String], others: [[String]])] = [
            (
                Models.classifier, "BertForSequenceClassification",
                ["--top-k", "2", "--long", "window", "--aggregate", "max", "--stride", "2", "--max-length", "9"],
                [["--aggregate", "first"], ["--aggregation", "first"], ["--next-sentence"], ["--split-words"]]
            ),
            (
                Self.model("entities"), "BertForTokenClassification",
                ["--aggregate", "first", "--ignore-labels", "A", "--stride", "2", "--max-length", "9"],
                [["--top-k", "2"], ["--aggregate", "logits"]]
            ),
            (
                Self.model("questions"), "BertForQuestionAnswering",
                [
                    "--top-k", "2", "--stride", "2", "--max-length", "40", "--max-answer-length", "3",
                    "--allow-no-answer", "--split-words",
                ], [["--long", "tail"], ["--targets", "oak"]]
            ),
            (
                Self.model("masked"), "BertForMaskedLM",
                ["--top-k", "2", "--long", "tail", "--targets", "oak", "--max-length", "9"],
                [["--stride", "2"], ["--max-answer-length", "3"], ["--ignore-labels", "A"]]
            ),
            (
                Self.model("next"), "BertForNextSentencePrediction",
                ["--long", "tail", "--next-sentence", "--max-length", "9"], [["--top-k", "2"], ["--allow-no-answer"]]
            ),
        ]
        for head in heads {
            try Tool.succeed(["predict", head.model] + pair + head.own)
            for other in head.others {
                try Tool.refuse(64, ["predict", head.model] + pair + other, says: [other[0], head.name])
            }
        }
    }

    @Test func entitiesWantOneTextAndNoGap() throws {
        let model = Self.model("entities")
        let pair = try Tool.succeed(
            ["predict", model, "-i", "-", "--format", "jsonl"],
            input: jsonLines([["text": "Anna", "text_pair": "Oslo"], ["text": "Anna"]]))
        #expect(pair.lines.count == 2 && pair.lines[0].contains("line 1: the model reads one text"))
        for bad in [
            ["--long", "head+tail"], ["--long", "window", "--aggregate", "none"],
            ["--stride", "5", "--long", "tail"],
            ["--stride", "40"], ["--max-length", "2"],
        ] {
            let long = String(repeating: "Anna ", count: 60)
            try Tool.refuse(64, ["predict", model, long] + bad)
        }
        let csv = Array("text,b\nAnna,Oslo\n".utf8)
        try Tool.refuse(
            64, ["predict", model, "-i", "-", "--format", "csv", "--pair-column", "b"], input: csv,
            says: ["--pair-column"])
    }

    @Test(arguments: ["entities", "questions", "masked", "next"])
    func aConvertedModelAnswersTheSameAndStillEmbeds(name: String) throws {
        let model = Self.model(name)
        let texts = ["we saw the [MASK]", "Anna cut it."]
        try withTemporaryFolder { folder in
            let converted = try converted(model, in: folder)
            let expected = try Tool.succeed(["predict", model, "--json"] + texts).output
            #expect(try Tool.succeed(["predict", converted, "--json"] + texts).output == expected)
            let vectors = try Tool.succeed(["embed", model] + texts).output
            #expect(vectors.contains("embedding"))
            #expect(try Tool.succeed(["embed", converted] + texts).output == vectors)
        }
    }
}
