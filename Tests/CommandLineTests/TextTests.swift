// predict, embed and tokenize: one line for each input line, in order.

import AdzeBytes
import AdzeTestSupport
import Foundation
import Testing

struct TextTests {
    /// Texts and their logits as transformers computes them.
    private static let golden: [(text: String, pair: String?, logits: [Double])] = [
        ("", nil, [-1.0671787, -0.16483405]), ("The oak beam was cut.", nil, [-1.8308262, 1.6591191]),
        ("Good!", "Not Œ.", [1.5859271, 1.657656]),
    ]

    private func expect(_ object: [String: Any], logits: [Double]) throws {
        let found = try #require(object["logits"] as? [Double])
        for (a, b) in zip(found, logits) { #expect(abs(a - b) < 1e-4) }
        #expect(found.count == logits.count && object["label"] as? String == "accepted")
        let scores = try #require(object["scores"] as? [String: Double])
        #expect(scores.keys.sorted() == ["accepted", "rejected"] && abs(scores.values.reduce(0, +) - 1) < 1e-9)
        #expect(object["score"] as? Double == scores["accepted"])
    }

    @Test func predictKeepsOrderAndPassesFieldsThrough() throws {
        let input = """
            {"id":7,"text":"The oak beam was cut.","label":"gold","text_pair":null}
            {"text":"Good!","text_pair":"Not Œ.","nested":{"b":[1,2],"a":null},"score":"mine"}

            {"text":""}
            """
        try withTemporaryFolder { folder in
            let path = try write(input, to: folder + "/t.jsonl")
            let found = try Tool.succeed(["predict", Models.classifier, "--json", "--precision", "fp32", "-i", path])
                .objects()
            try #require(found.count == 4)
            for (object, golden) in zip([found[0], found[1], found[3]], [1, 2, 0]) {
                try expect(object, logits: TextTests.golden[golden].logits)
            }
            #expect(found[0]["id"] as? Int == 7 && found[0]["text"] == nil)
            #expect(found[2].keys.sorted() == ["error"])
            #expect((found[1]["nested"] as? [String: Any])?["b"] as? [Int] == [1, 2])
            #expect(found[1]["score"] is Double)
        }
    }

    @Test func everyFormatGivesTheSameAnswers() throws {
        try withTemporaryFolder { folder in
            let texts = ["The oak beam was cut.", "good", "too short, by the saw"]
            let expected = try Tool.succeed(["predict", Models.classifier] + texts)
            #expect(expected.lines.count == 3 && expected.lines[0].hasPrefix("accepted\t0."))
            let lines = texts.joined(separator: "\r\n") + "\r\n"
            let inputs = [
                ("t.txt", lines, []), ("t.csv", "n,text\n" + texts.map { "1,\"\($0)\"\n" }.joined(), []),
                ("u.csv", texts.map { "1,\"\($0)\"\n" }.joined(), ["--text-column", "2"]),
                ("t.tsv", "body\tn\n" + texts.map { "\($0)\t1\n" }.joined(), ["--text-column", "body"]),
                ("t.jsonl", texts.map { "{\"body\":\"\($0)\"}\n" }.joined(), ["--text-column", "body"]),
                ("t.dat", lines, ["--format", "txt"]),
            ]
            for (name, content, options) in inputs {
                let path = try write(content, to: "\(folder)/\(name)")
                #expect(try Tool.succeed(["predict", Models.classifier, "-i", path] + options).bytes == expected.bytes)
            }
            let piped = try Tool.succeed(["predict", Models.classifier, "-i", "-"], input: Array(lines.utf8))
            #expect(piped.bytes == expected.bytes && piped.errors.contains("3 texts in "))
            let json = ["predict", Models.classifier, "-i", "-", "--format", "csv", "--pair-column", "b"]
            let pair = try Tool.succeed(
                json + ["--json", "--precision", "fp32"], input: Array("text,b\nGood!,Not Œ.\n".utf8)
            ).objects()
            try expect(try #require(pair.first), logits: TextTests.golden[2].logits)
        }
    }

    @Test func theAnswerDoesNotDependOnCompanyOrThreads() throws {
        let texts = (0..<300).map { String(repeating: "oak ", count: $0 % 23) + "saw" }
        let input = Array(texts.joined(separator: "\n").utf8)
        let one = try Tool.succeed(["predict", Models.classifier, "--json", "-i", "-", "--threads", "1"], input: input)
        let many = try Tool.succeed(
            ["predict", Models.classifier, "--json", "-i", "-", "--threads", "4"], input: input)
        #expect(one.lines.count == 300 && one.bytes == many.bytes)
    }

    @Test func badRowsGiveErrorLines() throws {
        let input =
            Array("{\"text\":\"good\"}\n{\"txet\":\"good\"}\n[1]\n{\"text\":\"a\u{FFFF}".utf8) + [0xFF]
            + Array("\"}\n{\"text\":5}\n{\"text\":\"good\"}".utf8)
        let arguments = ["predict", Models.classifier, "-i", "-", "--format", "jsonl"]
        let outcome = try Tool.succeed(arguments + ["--json"], input: input)
        let found = try outcome.objects()
        #expect(found.map { $0["error"] != nil } == [false, true, true, true, true, false])
        #expect((found[1]["error"] as? String)?.contains("line 2") == true)
        #expect(outcome.errors.contains("2 texts") && outcome.errors.contains("4 unreadable"))
        #expect(
            try Tool.succeed(arguments, input: input).lines.map { $0.hasPrefix("\terror: line ") }.filter(\.self).count
                == 4)
    }

    @Test func answersBeforeTheBreakAreKept() throws {
        let input = Array("text\ngood\noak\n\"saw\ngood\n".utf8)
        let outcome = try Tool.run(["predict", Models.classifier, "-i", "-", "--format", "csv"], input: input)
        #expect(outcome.code == 65 && outcome.lines.count == 2)
        #expect(outcome.errors.contains("standard input: line 4: the quote"))
    }

    @Test func aNULCostsItsLine() throws {
        let outcome = try Tool.succeed(
            ["predict", Models.classifier, "-i", "-"], input: Array("good\nsa\0w\ngood\n".utf8))
        #expect(outcome.lines.count == 3 && outcome.lines[1].hasPrefix("\terror: line 2: a NUL byte"))
        #expect(outcome.errors.contains("1 unreadable"))
    }

    @Test func aTextOfTenMegabytes() throws {
        let huge = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000_000)
        let input = Array("good\n".utf8) + huge + Array("\ngood\n".utf8)
        let found = try Tool.succeed(["predict", Models.classifier, "--json", "-i", "-"], input: input).objects()
        #expect(found.map { $0["error"] != nil } == [false, true, false])
    }

    @Test func noTextsAreNoLines() throws {
        for format in ["txt", "jsonl", "tsv"] {
            let arguments = ["predict", Models.classifier, "-i", "-", "--format", format]
            if format == "tsv" {
                try Tool.refuse(65, arguments, says: ["header"])
            } else {
                let outcome = try Tool.succeed(arguments)
                #expect(outcome.output == "" && outcome.errors.contains("0 texts in "))
            }
        }
    }

    @Test func topK() throws {
        let outcome = try Tool.succeed(["predict", Models.classifier, "--top-k", "5", "good"])
        #expect(outcome.lines[0].split(separator: "\t").count == 4)
        let scores = outcome.lines[0].split(separator: "\t").compactMap { Double($0) }
        #expect(scores.count == 2 && scores[0] >= scores[1])
        try Tool.refuse(64, ["predict", Models.classifier, "--top-k", "0", "good"], says: ["--top-k"])
    }

    @Test func longTexts() throws {
        let text = "good oak was cut too short by the saw and the beam is not sharp we saw it split soft wood"
        var answers: Set<String> = []
        for options in [
            ["head"], ["tail"], ["head+tail"], ["window", "--stride", "4"],
            ["window", "--stride", "4", "--aggregate", "max"],
            ["window", "--stride", "4", "--aggregate", "logits"],
        ] {
            let outcome = try Tool.succeed(["predict", Models.classifier, "--json", text, "--long"] + options)
            let cut = options[0] != "window"
            #expect(outcome.errors.contains(cut ? "1 truncated" : "0 truncated"))
            #expect((try outcome.object()["truncated"] as? Int) == (cut ? 7 : nil))
            answers.insert(outcome.output)
        }
        #expect(answers.count == 6)
        for bad in [
            ["--long", "middle"], ["--long", "window", "--stride", "14"], ["--max-length", "2"], ["--max-length=-5"],
        ] {
            try Tool.refuse(64, ["predict", Models.classifier, text] + bad)
        }
    }

    /// `truncation_side` is what happens to long texts unless an option says otherwise.
    @Test func theModelsSideIsKept() throws {
        let text = "good oak was cut too short by the saw and the beam is not sharp we saw it split soft wood"
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try FileManager.default.copyItem(atPath: Models.classifier, toPath: path)
            let config = #"{"truncation_side": "left", "tokenizer_class": "BertTokenizer"}"#
            try Data(config.utf8).write(to: URL(filePath: path + "/tokenizer_config.json"))
            func answer(_ options: String...) throws -> String {
                try Tool.succeed(["predict", path, "--json", text] + options).output
            }
            let (own, tail, head) = (try answer(), try answer("--long", "tail"), try answer("--long", "head"))
            #expect(own == tail && own != head)
        }
    }

    @Test func embedPrintsVectors() throws {
        let arguments = ["embed", Models.sentences, "The adze is sharp.", "A sharp adze!"]
        let vectors = try Tool.succeed(arguments).objects().map { try #require($0["embedding"] as? [Double]) }
        let raw = try bytes(of: Models.sentences + "/embeddings.safetensors").suffix(5 * 8 * 4)
        let golden = Array(raw).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        try #require(vectors.count == 2 && vectors.allSatisfy { $0.count == 8 })
        for (a, b) in zip(vectors.joined(), golden) { #expect(abs(a - Double(b)) < 1e-5) }
        var all: Set<String> = []
        for options in [["mean"], ["cls"], ["max"], ["pooled"], ["mean", "--normalize"]] {
            all.insert(try Tool.succeed(["embed", Models.encoder, "The oak.", "--pooling"] + options).output)
        }
        #expect(all.count == 5)
        try Tool.refuse(65, ["embed", Models.bare, "oak", "--pooling", "pooled"], says: ["pooler"])
        try Tool.refuse(64, ["embed", Models.bare, "oak", "--pooling", "meen"], says: ["mean"])
    }

    @Test func outputsGoToAFile() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/out.safetensors"
            let what = ["--outputs", "sequence,pooled,hidden,attentions", "-o", path]
            try Tool.succeed(["embed", Models.encoder, "The oak.", "good"] + what)
            let header = String(decoding: try bytes(of: path).dropFirst(8).prefix(2000), as: UTF8.self)
            for name in ["0.ids", "0.sequence", "1.pooled", "1.hidden", "1.attentions"] {
                #expect(header.contains("\"\(name)\""))
            }
            try Tool.refuse(73, ["embed", Models.encoder, "good"] + what, says: [path, "--force"])
            try Tool.succeed(["embed", Models.encoder, "good", "--force"] + what)
            let input = Array("good\n".utf8) + [0xFF, 0x0A]
            try Tool.refuse(
                65, ["embed", Models.encoder, "-i", "-", "--outputs", "pooled", "-o", folder + "/b"], input: input,
                says: ["standard input: line 2"])
            try Tool.refuse(
                66, ["embed", Models.encoder, "good", "--outputs", "pooled", "-o", folder + "/no/b"],
                says: [folder + "/no"])
            try Tool.refuse(
                64, ["embed", Models.encoder, "good", "--outputs", "", "-o", folder + "/b"], says: ["--outputs"])
            #expect(try names(in: folder) == ["out.safetensors"])
        }
    }

    @Test func tokenizeJSON() throws {
        let outcome = try Tool.succeed(["tokenize", Models.classifier, "--json", "The oak beam was cut."])
        let object = try outcome.object()
        #expect(object["ids"] as? [Int] == [2, 37, 48, 38, 39, 40, 5, 3])
        #expect((object["tokens"] as? [String])?.first == "[CLS]" && (object["type_ids"] as? [Int])?.count == 8)
        #expect(outcome.errors.contains("1 text, 8 tokens"))
        for file in ["vocab.txt", "tokenizer.json"] {
            let other = try Tool.succeed([
                "tokenize", Models.classifier + "/" + file, "--json", "The oak beam was cut.",
            ])
            #expect(other.output == outcome.output)
        }
        let cut = try Tool.succeed(["tokenize", Models.classifier, "--max-length", "4", "The oak beam was cut."])
        #expect(cut.lines == ["[CLS] the oak [SEP]"])
    }

    @Test func benchCountsWhatTokenizeShows() throws {
        let texts = ["The oak beam.", "", "café 中 ##x"]
        let verb = ["tokenize", Models.classifier] + texts
        let shown = try Tool.succeed(verb + ["--json"]).objects().map { try #require($0["ids"] as? [Int]) }
        let timing = try Tool.succeed(verb + ["--bench", "--repeat", "2", "--json"]).object()
        var sum = CRC32()
        shown.flatMap(\.self).map { Int32($0).littleEndian }.withUnsafeBytes { sum.update($0) }
        #expect(timing["texts"] as? Int == 3 && timing["tokens"] as? Int == shown.reduce(0) { $0 + $1.count })
        #expect(timing["bytes"] as? Int == texts.reduce(0) { $0 + $1.utf8.count })
        #expect(timing["idsCRC32"] as? Int == Int(sum.value) && timing["threads"] as? Int == 1)
        #expect(timing["seconds"] as? Double ?? -1 > 0)
        let line = try #require(try Tool.succeed(verb + ["--bench"]).lines.first)
        #expect(line.hasPrefix("1 thread, 3 texts, ") && line.contains(" MB/s, "))
        try Tool.refuse(64, verb + ["--bench", "--repeat", "0"], says: ["--repeat"])
    }
}
