// `adze rerank` as a process: lines, JSON, what is refused. Not here: the scores, which are the library's.

import AdzeTestSupport
import Testing

@Suite struct RerankTests {
    private static let model = Fixtures.path("models/seqcls-regression")

    @Test func theBestComeFirst() throws {
        let run = try Tool.succeed([
            "rerank", RerankTests.model, "what is it?", "the adze", "a model\tof wood", "the adze",
        ])
        let lines = run.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
        #expect(lines.count == 3 && lines.allSatisfy { $0.count == 3 })
        let scores = lines.compactMap { Double($0[0]) }
        #expect(scores == scores.sorted(by: >) && scores.count == 3)
        let doubles = lines.filter { $0[2] == "the adze" }.map { $0[1] }
        #expect(doubles == ["0", "2"])
    }

    @Test func jsonKeepsTheInputsFields() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/docs.jsonl"
            try write("{\"text\":\"the adze\",\"id\":7}\n{\"text\":\"wood\",\"id\":8}\n", to: path)
            let run = try Tool.succeed(
                ["rerank", RerankTests.model, "what?", "-i", path, "--json", "--top-k", "1", "--precision", "fp32"])
            #expect(run.output.hasPrefix("{\"rank\":1,\"index\":"))
            #expect(run.output.split(separator: "\n").count == 1 && run.output.contains("\"id\":"))
        }
    }

    /// What is no text has no place in the ranking, and is said.
    @Test func rowsThatAreLeftOutAreSaid() throws {
        let rows = "{\"text\":\"the adze\"}\n{\"txt\":\"wood\"}\nxx\n"
        let run = try Tool.run(
            ["rerank", RerankTests.model, "what?", "-i", "-", "--format", "jsonl", "--json"], input: Array(rows.utf8))
        #expect(run.code == 0 && run.output.split(separator: "\n").count == 1)
        #expect(run.errors.contains("left out, 2 unreadable, the first: line 2: no key 'text'"))
    }

    @Test(
        arguments: [
            ([], "give texts as arguments"), ([" ", "a"], "the query is empty"),
            (["q", "a", "--top-k", "0"], "1 or more"),
            (["q", "a", "--max-length", "0"], "1 or more"),
            (["q", "a", "--max-length", "4"], "3 special tokens and a token of each text needs at least 5"),
            (["q", "-i", "x.csv", "--pair-column", "b"], "a text stands alone"),
        ] as [([String], String)])
    func badUsageIsOneLine(_ rest: [String], _ message: String) throws {
        let rest = rest.isEmpty ? ["q"] : rest
        try Tool.refuse(64, ["rerank", RerankTests.model] + rest, says: [message])
    }

    @Test func aClassifierIsNoReranker() throws {
        try Tool.refuse(65, ["rerank", Models.classifier, "q", "a"], says: ["has 2 outputs"])
    }
}
