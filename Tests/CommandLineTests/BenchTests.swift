// `adze bench` as a process: which lines it prints and what it refuses. How fast anything is, no test says.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct BenchTests {
    private static let quick = ["--json", "--repeat", "2", "--threads", "1"]
    private static let fields = [
        "cell", "precision", "threads", "isa", "texts", "tokens", "seconds", "tokensPerSecond", "textsPerSecond",
        "p50Milliseconds", "p99Milliseconds", "gmacPerSecond", "limitGmacPerSecond", "shareOfLimit", "peakMiB",
    ]

    private func report(_ arguments: [String]) throws -> [[String: Any]] {
        try Tool.succeed(["bench"] + arguments).objects()
    }

    @Test func everyLineHasTheFields() throws {
        let lines = try report(
            [Models.classifier, "--batch", "2", "--length", "8", "--precision", "fp32"] + BenchTests.quick)
        #expect(lines.count == 1)
        for field in BenchTests.fields { #expect(lines[0][field] != nil, "\(field)") }
        #expect(lines[0]["tokens"] as? Int == 16 && lines[0]["texts"] as? Int == 2)
        let (speed, limit) = (lines[0]["gmacPerSecond"] as? Double, lines[0]["limitGmacPerSecond"] as? Double)
        let share = try #require(lines[0]["shareOfLimit"] as? Double)
        #expect(abs(share - (try #require(speed)) / (try #require(limit))) < 1e-9)
    }

    @Test func listsGiveALineForEachCombination() throws {
        let lines = try report([
            Models.classifier, "--batch", "1,3", "--length", "4,8", "--precision", "int8,fp32", "--threads", "1,2",
            "--json", "--repeat", "1",
        ])
        let found = lines.map {
            "\($0["cell"] as? String ?? "") \($0["precision"] as? String ?? "") \($0["threads"] as? Int ?? 0)"
        }
        let expected = ["1", "2"].flatMap { threads in
            ["int8", "fp32"].flatMap { precision in
                ["1x4", "1x8", "3x4", "3x8"].map { "\($0) \(precision) \(threads)" }
            }
        }
        #expect(found == expected)
    }

    @Test func textsAreTokenizedApart() throws {
        try withTemporaryFolder { folder in
            let file = folder + "/texts.txt"
            try write("good\na good film\n", to: file)
            let line = try #require(
                try report([Models.classifier, "-i", file, "--precision", "int8"] + BenchTests.quick).first)
            #expect(line["texts"] as? Int == 2 && line["cell"] as? String == "texts.txt")
            #expect(line["tokenizeSeconds"] as? Double != nil && line["truncatedTexts"] as? Int == 0)
            let ids = try Tool.succeed(["tokenize", Models.classifier, "-i", file, "--json"]).objects()
            #expect(line["tokens"] as? Int == ids.reduce(0) { $0 + (($1["ids"] as? [Int])?.count ?? 0) })
        }
    }

    @Test func sequencesAreRunAsTheyAre() throws {
        try withTemporaryFolder { folder in
            let file = folder + "/ids.jsonl"
            try write("[2, 5, 3]\n[2, 3]\n", to: file)
            let line = try #require(
                try report([Models.classifier, "--sequences", file, "--precision", "fp32"] + BenchTests.quick).first)
            #expect(line["texts"] as? Int == 2 && line["tokens"] as? Int == 5)
            try write("[2, 5, 3]\n[2, \"x\"]\n", to: file)
            try Tool.refuse(65, ["bench", Models.classifier, "--sequences", file], says: [file, "line 2"])
            try write("", to: folder + "/none.txt")
            try Tool.refuse(
                65, ["bench", Models.classifier, "-i", folder + "/none.txt"], says: ["none.txt", "found none"])
        }
    }

    @Test func aShapeNeedsNoFile() throws {
        let lines = try report(["--shape", "bert-tiny", "--batch", "1", "--length", "5"] + BenchTests.quick)
        #expect(lines.map { $0["precision"] as? String } == ["int8", "fp32"])
        #expect(lines.allSatisfy { $0["tokens"] as? Int == 5 })
    }

    @Test func limitsNameTheInstructionSet() throws {
        let lines = try report(["--limit", "--isa", "scalar", "--precision", "int8", "--threads", "1", "--json"])
        #expect(lines.count == 1 && lines[0]["isa"] as? String == "scalar")
        #expect((lines[0]["limitGmacPerSecond"] as? Double ?? 0) > 0 && lines[0]["tokens"] == nil)
        #expect(lines[0]["instructions"] as? String == "plain C, 8 bits" && lines[0]["used"] as? Bool == true)
    }

    @Test func limitsAreOfEverySetUnlessOneIsNamed() throws {
        let all = try report(["--limit", "--threads", "1", "--json"])
        let refusal = try Tool.refuse(64, ["bench", "--limit", "--isa", "sse9"], says: ["this processor runs"])
        for line in all { #expect(refusal.errors.contains(line["isa"] as? String ?? "no set")) }
        let sets = Set(all.compactMap { $0["isa"] as? String })
        #expect(sets.contains("scalar") && sets.count == refusal.errors.split(separator: ",").count)
        let mixes = all.map { "\($0["isa"] ?? "") \($0["instructions"] ?? "")" }
        #expect(Set(mixes).count == all.count, "each mix once: \(mixes)")
        let forced = try Tool.run(
            ["bench", "--limit", "--threads", "1", "--json"], environment: ["ADZE_FORCE_ISA": "scalar"])
        #expect(forced.code == 0 && forced.output.contains("scalar") && !forced.output.contains("avx2"))
    }

    @Test func theTableLinesUp() throws {
        let lines = try Tool.succeed([
            "bench", Models.classifier, "--batch", "1,12", "--length", "4", "--repeat", "1", "--precision", "int8,fp32",
        ]).lines
        #expect(lines.count == 5 && lines[0].hasPrefix("cell"))
        #expect(Set(lines.map(\.count)).count == 1, "\(lines)")
    }

    @Test(arguments: [
        ["bench"], ["bench", Models.classifier, "--shape", "bert-tiny"], ["bench", "--products", "--limit"],
        ["bench", "--products", "--batch", "2"], ["bench", "--shape", "bert-tiny", "-i", "x.txt"],
        ["bench", Models.classifier, "--isa", "sse9"], ["bench", Models.classifier, "--threads", "0"],
        ["bench", Models.classifier, "--threads", "1,,2"], ["bench", Models.classifier, "--batch", "8,x"],
        ["bench", Models.classifier, "--precision", "int4"], ["bench", Models.classifier, "--ragged", "medium"],
        ["bench", Models.classifier, "--ragged", "short", "--length", "3"],
        ["bench", Models.classifier, "--repeat", "0"], ["bench", Models.classifier, "--format", "csv"],
    ])
    func badUsageIsOneLine(arguments: [String]) throws { try Tool.refuse(64, arguments, says: ["adze help bench"]) }

    @Test func badShapesAndLengthsAreOneLine() throws {
        try Tool.refuse(64, ["bench", "--shape", "bert-bse"], says: ["bert-bse", "did you mean bert-base?"])
        try Tool.refuse(
            65, ["bench", "--shape", "bert-tiny", "--length", "513"], says: ["513 tokens", "512 positions"])
    }
}
