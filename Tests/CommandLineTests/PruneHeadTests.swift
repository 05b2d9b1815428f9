// `adze prune --drop-heads` as a process: what goes, what it prints, what can be done with what is left, and what it refuses
// before it measures anything.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct PruneHeadTests {
    private func pruned(_ folder: String, _ more: [String] = [], model: String = Models.classifier) throws -> String {
        let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv")
        let out = folder + "/pruned.adze"
        try Tool.succeed(["prune", model, "--dev", dev, "-o", out, "--force", "--quiet"] + more)
        return out
    }

    @Test func headsAreDroppedAndEverythingIsCounted() throws {
        try withTemporaryFolder { folder in
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv"), out = folder + "/a.adze"
            let arguments = ["prune", Models.classifier, "--drop-heads", "3", "--dev", dev, "-o", out]
            let run = try Tool.succeed(arguments)
            let words = run.lines.map { $0.split(separator: " ").map(String.init) }
            #expect(words[0] == ["block", "heads", "left", "dropped"])
            #expect(words[1...3].allSatisfy { $0[1] == "3" } && words[1...3].reduce(0) { $0 + (Int($1[2]) ?? 0) } == 6)
            #expect(
                words.contains(["attention", "heads", "9", "6"]) && words.contains(["weights", "14,894", "12,518"]))
            #expect(
                words.contains(["attention", "7,344", "4,968"]) && words.contains(["feed-forward", "4,332", "4,332"]))
            #expect(words.contains { $0.starts(with: ["bytes", "in", "int8"]) } && words.last?[0] == "accuracy")
            #expect(
                run.errors.contains("9 → 6 attention heads (dropped of block") && run.errors.contains("accuracy 0."))
            let found = try Tool.succeed(arguments + ["--force", "--json", "--threads", "1"]).object()
            let table = try #require(found["importance"] as? [[String: Any]])
            #expect(table.count == 9 && table.count { $0["dropped"] as? Bool == true } == 3)
            let sorted = table.sorted { ($0["importance"] as? Double ?? 0) < ($1["importance"] as? Double ?? 0) }
            #expect(sorted.prefix(3).allSatisfy { $0["dropped"] as? Bool == true })
            let dropped = try #require(found["droppedHeads"] as? [String: [Int]])
            for (block, heads) in dropped {
                #expect(words[(Int(block) ?? 0) + 1].suffix(heads.count).count == heads.count)
            }
            #expect(found["examples"] as? Int == 5 && found["kept"] == nil)
            for side in ["before", "after"] {
                let cost = try #require(found[side] as? [String: Any])
                let parts = try #require(cost["parts"] as? [String: [String: Int]])
                let total = parts.filter { $0.key != "total" }.values.reduce(0) { $0 + ($1["int8Bytes"] ?? 0) }
                #expect(total == parts["total"]?["int8Bytes"] && parts["attention"]?["fp32Bytes"] != nil)
                #expect(cost["score"] is Double && cost["gmacPerToken"] is Double)
            }
            let scored = try Tool.succeed(["evaluate", out, dev, "--precision", "fp32", "--json"]).object()
            #expect(scored["accuracy"] as? Double == found["keptScore"] as? Double)
            try Tool.succeed(["verify", out])
            let shown = try Tool.succeed(["inspect", out, "--json"]).object()
            #expect(shown["prunedHeads"] as? [String: [Int]] == dropped && shown["parameters"] as? Int == 12_518)
            #expect(try Tool.succeed(["inspect", out]).lines.contains { $0.hasPrefix("prunedHeads   block ") })
        }
    }

    @Test func blocksGoFirst() throws {
        try withTemporaryFolder { folder in
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv")
            let arguments = [
                "prune", Models.classifier, "--keep", "2,0", "--drop-heads", "4", "--dev", dev, "-o",
                folder + "/a.adze",
                "--json",
            ]
            let run = try Tool.succeed(arguments)
            let found = try run.object()
            #expect(found["kept"] as? [Int] == [2, 0])
            #expect((found["droppedHeads"] as? [String: [Int]])?.mapValues(\.count) == ["0": 2, "1": 2])
            #expect(run.errors.contains("3 → 2 blocks (2, 0), 9 → 2 attention heads"))
            try Tool.refuse(
                64, arguments.map { $0 == "4" ? "5" : $0 } + ["--force"], says: ["5 attention heads", "at most 4"])
        }
    }

    @Test func noneDroppedIsTheModelItself() throws {
        try withTemporaryFolder { folder in
            let out = try pruned(folder, ["--drop-heads", "0"])
            #expect(try bytes(of: out) == bytes(of: converted(Models.classifier, in: folder)))
        }
    }

    @Test func threadsChooseTheSame() throws {
        try withTemporaryFolder { folder in
            let files = try ["1", "2", "3"].map {
                try bytes(of: pruned(folder, ["--drop-heads", "4", "--threads", $0]))
            }
            #expect(files[0] == files[1] && files[0] == files[2])
        }
    }

    @Test func whatIsLeftGoesOn() throws {
        try withTemporaryFolder { folder in
            let first = try pruned(folder, ["--drop-heads", "2"]), dev = folder + "/dev.csv"
            let out = folder + "/b.adze"
            try Tool.succeed(["prune", first, "--drop-heads", "2", "--dev", dev, "-o", out])
            let (old, new) = (
                try Tool.succeed(["inspect", first, "--json"]).object()["prunedHeads"] as? [String: [Int]],
                try Tool.succeed(["inspect", out, "--json"]).object()["prunedHeads"] as? [String: [Int]]
            )
            #expect(new?.values.reduce(0) { $0 + $1.count } == 4)
            for (block, heads) in old ?? [:] { #expect(Set(heads).isSubset(of: new?[block] ?? [])) }
            for verb in [
                ["quantize", out, "-o", folder + "/c.adze", "--dev", dev, "--max-drop", "50"],
                ["prune", out, "--keep", "first:2", "-o", folder + "/d.adze", "--measure", "--dev", dev],
                ["prune", out, "--search", "--dev", dev, "--max-drop", "100", "-o", folder + "/e.adze"],
                ["explain", out, "The oak beam was cut.", "--steps", "3"],
                ["bench", out, "--batch", "2", "--length", "8"], ["diff", first, out, "-i", dev],
                [
                    "finetune", out, "--train", dev, "-o", folder + "/f.adze", "--epochs", "1", "--export",
                    folder + "/f",
                ],
                ["export", out, "-o", folder + "/g"], ["verify", folder + "/c.adze"], ["verify", folder + "/f.adze"],
                ["diff", out, folder + "/g"],
            ] {
                let run = try Tool.succeed(verb)
                if verb[0] == "export" { #expect(run.errors.contains("transformers 4 loads it")) }
                if verb == ["diff", out, folder + "/g"] { #expect(run.output.contains(" 0 different")) }
            }
            let tuned = try Tool.succeed(["inspect", folder + "/f.adze", "--json"]).object()
            #expect(tuned["prunedHeads"] as? [String: [Int]] == new)
            let config = try String(contentsOfFile: folder + "/f/config.json", encoding: .utf8)
            #expect(config.contains("\"pruned_heads\""))
        }
    }

    @Test func headsThatAreGoneAreSaidByTheirNumber() throws {
        try withTemporaryFolder { folder in
            let model = Fixtures.path("pruned-heads/bert"), text = "The oak beam was cut."
            try Tool.refuse(
                64, ["attention", model, text, "--layer", "0", "--head", "1"],
                says: ["no head 1 in layer 0", "dropped", "heads 0, 2, 3"])
            try Tool.refuse(64, ["attention", model, text, "--layer", "1", "--head", "5"], says: ["0 to 4"])
            let seen = try Tool.succeed(["attention", model, text, "--layer", "2", "--head", "3", "--json"]).object()
            let mean = try Tool.succeed(["attention", model, text, "--layer", "2", "--json"]).object()
            #expect((seen["tokens"] as? [[String: Any]])?.count == 6 && seen["heads"] as? Int == 5)
            let values = [seen, mean].map { ($0["tokens"] as? [[String: Any]])?.compactMap { $0["weight"] as? Double } }
            #expect(values[0] == values[1], "the mean of the one head that is left")
            #expect(mean["prunedHeads"] as? [String: [Int]] == ["0": [1, 4], "2": [0, 1, 2, 4]])
            try Tool.succeed(["attention", model, text, "-o", folder + "/page.html"])
            let page = try String(contentsOfFile: folder + "/page.html", encoding: .utf8)
            #expect(page.contains("layer 0, head 1, which was dropped") && page.contains("less 6 that were dropped"))
            try Tool.succeed(["embed", model, text, "--outputs", "attentions", "-o", folder + "/a.safetensors"])
            let listed = try Tool.succeed(["rescue", folder + "/a.safetensors", "--list"]).output
            #expect(listed.contains("[3,5,8,8]"))
        }
    }

    // MARK: Refusals

    @Test(arguments: [
        ["--drop-heads", "2"], ["--drop-heads", "x", "--dev", "x.csv"], ["--drop-heads=-1", "--dev", "x.csv"],
        ["--drop-heads", "2", "--search", "--dev", "x.csv", "--max-drop", "1"],
        ["--drop-heads", "2", "--dev", "x.csv", "--max-drop", "1"], ["--dev", "x.csv"],
        ["--measure", "--dev", "x.csv"],
        ["--keep", "first:1", "--measure", "--metric", "mcc"],
    ])
    func badUsageIsOneLine(arguments: [String]) throws {
        try Tool.refuse(64, ["prune", Models.classifier, "-o", "x.adze"] + arguments, says: ["adze help prune"])
    }

    @Test func whatCannotBeDroppedIsOneLine() throws {
        try withTemporaryFolder { folder in
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv"), out = folder + "/a.adze"
            let tail = ["--dev", dev, "-o", out, "--quiet", "--drop-heads"]
            try Tool.refuse(
                64, ["prune", Models.classifier] + tail + ["7"], says: ["9 heads", "3 blocks", "at most 6"])
            try Tool.refuse(64, ["prune", Models.encoder] + tail + ["1"], says: ["only classifiers of texts"])
            let mpnet = Fixtures.path("families/mpnet/sequence")
            try Tool.refuse(
                65, ["prune", mpnet, "--dev", dev, "-o", folder + "/m", "--drop-heads", "1"],
                says: ["cannot run an MPNet", "write a .adze file"])
            try Tool.refuse(
                65, ["export", Fixtures.path("pruned-heads/mpnet"), "-o", folder + "/m"], says: ["write a .adze file"])
            let bad = try write("text,label\ngood,9\n", to: folder + "/bad.csv")
            try Tool.refuse(
                65, ["prune", Models.classifier, "--dev", bad, "-o", out, "--drop-heads", "1"],
                says: ["bad.csv", "line 2"])
            #expect(try names(in: folder) == ["bad.csv", "dev.csv"])
        }
    }

    @Test func listsOfHeadsThatLieAreOneLine() throws {
        for (list, words) in [
            ("{\"0\": [1, 9]}", "heads from 0 to 4, found 9"), ("{\"7\": [1]}", "a block from 0 to 2"),
            ("[1]", "an object"),
            ("{\"1\": [0, 1, 2, 3, 4]}", "a head that is left"), ("{}", "expected shape"),
        ] {
            try withCopy(of: Fixtures.path("pruned-heads/distilbert")) { model, _ in
                let path = model + "/config.json"
                let data = try Data(contentsOf: URL(filePath: path))
                var config = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                config["pruned_heads"] = try JSONSerialization.jsonObject(with: Data(list.utf8))
                try JSONSerialization.data(withJSONObject: config).write(to: URL(filePath: path))
                try Tool.refuse(65, ["inspect", model], says: ["pruned_heads", words])
            }
        }
    }
}
