// `adze clean` as a process: what it finds in a set with labels that are plainly wrong, its forms, and its refusals.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct CleanTests {
    /// Two kinds of texts that a model of a few words tells apart, two of which bear the other's label.
    private func spoiled(_ folder: String) throws -> String {
        var lines = ["id,text,label"]
        for number in 1...20 {
            lines.append("\(number),the oak beam was cut \(number) times,wood")
            lines.append("\(number),\"Good! very good, \(number)\",praise")
        }
        lines[5] = lines[5].replacingOccurrences(of: "wood", with: "praise")
        lines[10] = lines[10].replacingOccurrences(of: "praise", with: "wood")
        return try write(lines.joined(separator: "\n") + "\n", to: folder + "/set.csv")
    }

    @Test func spoiledLabelsAreFound() throws {
        try withTemporaryFolder { folder in
            let set = try spoiled(folder)
            let run = try Tool.succeed(["clean", set, "--model", Models.encoder, "--similarity", "1"])
            let rows = run.lines.map { $0.split(separator: "\t").map(String.init) }
            #expect(Set(rows.prefix(2).map { $0[0] }) == ["line 6", "line 11"])
            #expect(rows.first { $0[0] == "line 6" }?.prefix(3) == ["line 6", "praise", "wood"])
            #expect(run.errors.contains("40 texts in") && run.errors.contains("2 suspects, about"))
            let out = folder + "/out.jsonl"
            try Tool.succeed(["clean", set, "--model", Models.encoder, "--similarity", "1", "-o", out])
            let text = try String(contentsOfFile: out, encoding: .utf8)
            let first = try #require(
                try JSONSerialization.jsonObject(with: Data(text.split(separator: "\n")[0].utf8)) as? [String: Any])
            #expect(first["reason"] as? String == "label" && first["suspect"] as? Bool == true)
            #expect(["line 6", "line 11"].contains(first["place"] as? String))
            #expect(
                (first["row"] as? Int).map { $0 + 1 } == (first["place"] as? String).flatMap { Int($0.dropFirst(5)) })
            #expect((first["probability"] as? Double ?? 1) < (first["suggested_probability"] as? Double ?? 0))
        }
    }

    @Test func theAnswerIsTheSameHoweverManyThreads() throws {
        try withTemporaryFolder { folder in
            let set = try spoiled(folder)
            let arguments = ["clean", set, "--model", Models.encoder, "--all", "--json"]
            let one = try Tool.succeed(arguments + ["--threads", "1"])
            #expect(try Tool.succeed(arguments + ["--threads", "3"]).output == one.output && one.lines.count == 40)
            #expect(try Tool.succeed(arguments + ["--seed", "7"]).output != one.output)
        }
    }

    @Test func nearDuplicatesAndThePage() throws {
        try withTemporaryFolder { folder in
            let set = try write(
                "text,label\nThe oak was cut,a\nthe oak was CUT!,b\n<b>Good</b> beam,a\nGood oak,b\nvery good beam,a\n"
                    + "beam,b\n", to: folder + "/set.csv")
            let page = folder + "/page.html"
            let run = try Tool.succeed([
                "clean", set, "--model", Models.encoder, "--json", "--folds", "2", "--report", page,
            ])
            let pair = try #require(
                run.lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
                    .first { $0?["reason"] as? String == "near-duplicate" } ?? nil)
            #expect(pair["place"] as? String == "line 3" && pair["similarity"] as? Double == 1)
            #expect((pair["other"] as? [String: Any])?["place"] as? String == "line 2")
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.contains("Nearly the same text") && !html.contains("<b>Good"))
            #expect(try Tool.run(["clean", set, "--model", Models.encoder, "--report", page]).code == 73)
        }
    }

    @Test func standardInputIsAsGoodAsAFile() throws {
        try withTemporaryFolder { folder in
            let set = try spoiled(folder)
            let table = try String(contentsOfFile: set, encoding: .utf8)
            let arguments = ["--model", Models.encoder, "--format", "csv", "--json"]
            let piped = try Tool.run(["clean", "-"] + arguments, input: Array(table.utf8))
            #expect(try piped.output == Tool.succeed(["clean", set] + arguments).output && piped.code == 0)
        }
    }

    @Test(arguments: [
        ("text,label\na,x\nb,x\nc,y\n", ["65", "1 label with one distinct text ('y')", "each needs 2"]),
        ("text,label\na,x\nb,x\n", ["65", "'x'"]),
        ("text,label\na,x\n a ,x\nb,y\nc,y\n", ["65", "'x'"]),
        // The order of the rows decides nothing: the last label's one text stands under another too.
        ("text,label\na,x\nb,x\nc,y\nd,y\na,z\n", ["65", "1 label with one distinct text ('z')"]),
        ("text,label\na,z\na,x\nb,x\nc,y\nd,y\n", ["65", "1 label with one distinct text ('z')"]),
        ("text,label\na,x\na,y\n", ["65", "2 labels with one distinct text ('x', 'y')"]),
        ("text,label\n", ["65"]),
        ("text\na\n", ["64", "--label-column"]),
    ])
    func aSetThatCannotBeJudgedIsRefused(_ table: String, _ expected: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try Tool.run(["clean", write(table, to: folder + "/set.csv"), "--model", Models.encoder])
            let errors = run.errorLines.filter { !$0.hasPrefix("adze: note: ") }
            #expect("\(run.code)" == expected[0] && errors.count == 1 && run.output.isEmpty)
            for words in expected.dropFirst() { #expect(run.errors.contains(words)) }
        }
    }

    @Test func listsOfLabelsAreRefused() throws {
        try withTemporaryFolder { folder in
            let set = try write(
                "{\"text\":\"a\",\"label\":[\"x\",\"y\"]}\n{\"text\":\"b\",\"label\":[\"x\"]}\n",
                to: folder + "/a.jsonl")
            let run = try Tool.run(["clean", set, "--model", Models.encoder])
            #expect(run.code == 65 && run.errors.contains("lists of labels"))
        }
    }

    @Test(arguments: [
        ["--folds", "1"], ["--folds", "101"], ["--similarity", "0"], ["--similarity", "nan"],
        ["--label-separator", "|"], ["-o", "suspects.csv"],
    ])
    func badRequestsAreUsage(_ options: [String]) throws {
        let run = try Tool.run(["clean", "set.csv", "--model", Models.encoder] + options)
        #expect(run.code == 64 && run.errors.contains(options[0]))
    }

    @Test func whatIsNotThereIsMissing() throws {
        #expect(try Tool.run(["clean", "none.csv", "--model", Models.encoder]).code == 66)
        #expect(try Tool.run(["clean", "none.csv", "--model", "none"]).code == 66)
    }
}
