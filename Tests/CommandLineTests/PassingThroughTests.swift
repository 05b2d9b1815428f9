// What an input holds besides its texts, on its way through predict, embed and tokenize; and rows without an answer.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct PassingThroughTests {
    private static let heads = [
        "seqcls-gelu", "seqcls-relu-multilabel", "seqcls-regression", "tokencls", "nextsentence",
    ]

    private func predict(_ input: String, _ options: [String], model: String = Models.classifier) throws -> Outcome {
        try Tool.run(["predict", model, "-i", "-"] + options, input: Array(input.utf8))
    }

    /// Two numbers that are one as floating point stay two, whatever reads the line.
    @Test(arguments: heads) func fieldsKeepTheirBytes(head: String) throws {
        let model = Fixtures.path("models/\(head)")
        let pair = head == "nextsentence" ? #","text_pair":"b""# : ""
        let fields = #""id":17293822569102704641,"x":1.10,"big":1e400,"e":"\u00e9\/","k":{"b":1,"a":2,"b":3}"#
        let outcome = try predict(
            "{\"text\":\"oak\"\(pair),\(fields)}\n", ["--format", "jsonl", "--json"], model: model)
        #expect(outcome.code == 0 && outcome.lines.count == 1)
        #expect(outcome.output.contains(",\(fields)}"), "\(outcome.output)")
    }

    @Test(arguments: [
        ["predict", Models.classifier, "--json"], ["embed", Models.bare], ["tokenize", Models.classifier, "--json"],
    ]) func everyVerbPassesFieldsThrough(verb: [String]) throws {
        let json = try Tool.run(
            verb + ["-i", "-", "--format", "jsonl"],
            input: Array("{\"text\":\"oak\",\"id\":17293822569102704641}\n\n{\"id\":2}\n".utf8))
        try #require(json.lines.count == 3 && json.code == 0)
        #expect(json.lines[0].hasSuffix(",\"id\":17293822569102704641}"))
        #expect(json.lines[1].hasPrefix("{\"error\":\"line 2: ") && json.lines[2].hasSuffix(",\"id\":2}"))
        let table = try Tool.run(
            verb + ["-i", "-", "--format", "csv"], input: Array("id,text,\"a \"\"b\"\"\"\n007,oak,\"x\ny\"\n".utf8))
        #expect(table.lines.count == 1 && table.output.hasSuffix(#","id":"007","a \"b\"":"x\ny"}"# + "\n"))
    }

    @Test func fieldsWithAnAnswersNameAreKept() throws {
        let line =
            #"{"text":"oak","label":"gold","score":9,"scores":[1],"logits":"l","error":0,"truncated":1,"input":2,"id":3}"#
        let outcome = try predict(line + "\n" + line + "\n", ["--format", "jsonl", "--json"])
        for object in try outcome.objects() {
            #expect(object["label"] as? String != "gold" && object["score"] is Double && object["id"] as? Int == 3)
            let input = try #require(object["input"] as? [String: Any])
            #expect(
                input.keys.sorted() == ["error", "input", "label", "logits", "score", "scores", "truncated"]
                    && input["label"] as? String == "gold")
            #expect(object["error"] == nil)
        }
        #expect(outcome.errorLines.count { $0.contains("kept under 'input'") } == 1)
        // A head without a label has no claim to the name.
        let entities = try predict(
            line + "\n", ["--format", "jsonl", "--json"], model: Fixtures.path("models/tokencls"))
        #expect(try entities.object()["label"] as? String == "gold")
    }

    @Test func aFailedRowKeepsItsFields() throws {
        let outcome = try predict(
            "{\"id\":1,\"text\":5,\"error\":\"mine\"}\n{\"id\":2}\n{\"id\":3,\"text\":\"oak\"}\n",
            ["--format", "jsonl", "--json"])
        let found = try outcome.objects()
        #expect(found.map { $0["id"] as? Int } == [1, 2, 3] && found[0]["text"] as? Int == 5)
        #expect((found[0]["input"] as? [String: Any])?["error"] as? String == "mine")
        let masked = try Tool.run(
            ["predict", Fixtures.path("models/maskedlm-tied"), "-i", "-", "--format", "jsonl", "--json"],
            input: Array("{\"id\":1,\"text\":\"no mask\"}\n{\"id\":2,\"text\":\"a [MASK]\"}\n".utf8))
        #expect(try masked.objects()[0]["id"] as? Int == 1 && masked.objects()[0]["text"] as? String == "no mask")
    }

    // MARK: Tables

    @Test func aTableGetsTheAnswersColumns() throws {
        let input = "id,text,label\n1,\"oak, \"\"beam\"\"\",gold\n2,bad\n3,\"two\nlines\",x\n"
        try withTemporaryFolder { folder in
            let path = try write(input, to: folder + "/t.csv")
            let expected = try predict(input, ["--format", "csv", "--csv", "--quiet"])
            let lines = expected.lines
            try #require(lines.count == 5 && expected.code == 0)
            #expect(lines[0] == "id,text,input.label,label,score,error")
            #expect(lines[1].hasPrefix("1,\"oak, \"\"beam\"\"\",gold,accepted,0.") && lines[1].hasSuffix(","))
            #expect(lines[2] == "2,bad,,,,\"line 3: expected 3 fields, found 2\"")
            #expect(lines[3] == "3,\"two" && lines[4].hasPrefix("lines\",x,"))
            let out = folder + "/out.csv"
            try Tool.succeed(["predict", Models.classifier, "-i", path, "-o", out])
            #expect(try bytes(of: out) == expected.bytes)
            #expect(
                try Tool.succeed(["predict", Models.classifier, "-i", path, "--format", "csv"]).bytes == expected.bytes)
            try Tool.refuse(73, ["predict", Models.classifier, "-i", path, "-o", out], says: [out, "--force"])
            // What was written is read again.
            let again = try Tool.succeed(
                ["predict", Models.classifier, "-i", out, "-o", out + ".csv", "--text-column", "text"])
            #expect(again.errors.contains("3 texts in "))
            let header = String(decoding: try bytes(of: out + ".csv"), as: UTF8.self).prefix { $0 != "\n" }
            #expect(
                header == "id,text,input.label,input.label_,input.score,input.error,label,score,error", "\(header)")
        }
    }

    @Test func aTableKeepsItsDelimiterAndMark() throws {
        let semicolons = try predict("\u{FEFF}id;text\n1;\"a;b\"\n", ["--format", "csv", "--csv"])
        #expect(semicolons.output.hasPrefix("\u{FEFF}id;text;label;score;error\n1;\"a;b\";"))
        let tabs = try predict("id\ttext\n1\ta,b\n", ["--format", "tsv", "--csv"])
        #expect(tabs.output.hasPrefix("id,text,label,score,error\n1,\"a,b\","))
        let plain = try predict("a,b\n", ["--csv", "--top-k", "2"])
        #expect(plain.output.hasPrefix("text,label,score,label_2,score_2,error\n\"a,b\","))
        #expect(try predict("id,text\n", ["--format", "csv", "--csv"]).output == "id,text,label,score,error\n")
        let numbers = try predict("1,oak\n", ["--format", "csv", "--csv", "--text-column", "2"])
        #expect(numbers.output.hasPrefix("column 1,column 2,label,score,error\n1,oak,"))
        let pairs = try Tool.succeed(["predict", Fixtures.path("models/nextsentence"), "--csv", "a", "b"])
        #expect(pairs.output.hasPrefix("text,text_pair,is_next,score,error\na,b,"))
        let entities = try Tool.succeed(["predict", Fixtures.path("models/tokencls"), "--csv", "Anna"])
        #expect(entities.output.hasPrefix("text,entities,error\nAnna,"))
    }

    @Test func formsThatContradictEachOtherAreRefused() throws {
        for bad in [
            ["--csv", "--json"], ["--csv", "-o", "x.jsonl"], ["--json", "-o", "x.csv"], ["--force"],
        ] {
            try Tool.refuse(64, ["predict", Models.classifier, "oak"] + bad)
        }
        try Tool.refuse(64, ["predict", Models.classifier, "-i", "-", "--format", "jsonl", "--csv"], says: ["--json"])
    }

    @Test func linesGoToAFile() throws {
        try withTemporaryFolder { folder in
            let expected = try Tool.succeed(["predict", Models.classifier, "oak", "beam", "--json"])
            try Tool.succeed(["predict", Models.classifier, "oak", "beam", "-o", folder + "/o.jsonl"])
            #expect(try bytes(of: folder + "/o.jsonl") == expected.bytes)
            let lines = try Tool.succeed(["predict", Models.classifier, "oak", "beam"])
            let run = try Tool.succeed(["predict", Models.classifier, "oak", "beam", "-o", folder + "/o.txt"])
            #expect(try bytes(of: folder + "/o.txt") == lines.bytes && run.output == "")
            #expect(try names(in: folder) == ["o.jsonl", "o.txt"])
        }
    }

    // MARK: Rows without an answer

    @Test func anErrorIsNoLabel() throws {
        try withCopy(of: Models.classifier) { model, _ in
            try replace("\"1\": \"accepted\"", with: "\"1\": \"error\"", in: model + "/config.json")
            let outcome = try predict(
                "{\"text\":\"The oak beam was cut.\"}\n{}\n", ["--format", "jsonl"], model: model)
            #expect(outcome.lines.map { $0.prefix { $0 != "\t" } } == ["error", ""])
        }
    }

    @Test func noAnswerAtAllIsAFailure() throws {
        try withTemporaryFolder { folder in
            let out = folder + "/o.jsonl"
            for verb in [["predict", Models.classifier], ["embed", Models.bare], ["tokenize", Models.classifier]] {
                let outcome = try Tool.run(verb + ["-i", "-", "--format", "jsonl"], input: Array("{}\n[1]\n".utf8))
                #expect(outcome.code == 65 && outcome.lines.count == 2)
                #expect(outcome.errors.contains("none of 2 rows has an answer: line 1: "))
            }
            let good = "{\"text\":\"oak\"}\n"
            #expect(try predict(good + "{}\n", ["--format", "jsonl"]).code == 0)
            #expect(try predict(good, ["--format", "jsonl", "--strict"]).code == 0)
            #expect(try predict("", ["--format", "jsonl", "--strict"]).code == 0)
            let strict = try predict(good + "{}\n", ["--format", "jsonl", "--strict", "-o", out])
            #expect(strict.code == 65 && strict.errors.contains("1 of 2 rows has no answer: line 2: "))
            #expect(try names(in: folder) == [])
            #expect(try predict(good + "{}\n", ["--format", "jsonl", "-o", out]).code == 0)
            #expect(String(decoding: try bytes(of: out), as: UTF8.self).split(separator: "\n").count == 2)
        }
    }

    @Test func emptyTextsAreSaid() throws {
        let outcome = try predict("oak\n\n \n", [])
        #expect(outcome.lines.count == 3 && outcome.errors.contains("2 texts are empty, the first in line 2"))
        #expect(try !predict("oak\n", []).errors.contains("empty"))
    }
}
