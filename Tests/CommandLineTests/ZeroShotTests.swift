// `adze predict --candidates` as a process: lines, JSON, CSV, what is refused. Not here: the scores, which are the library's.

import AdzeTestSupport
import Testing

@Suite struct ZeroShotTests {
    private static let model = Models.classifier
    /// A sentence that fits the model's sixteen tokens.
    private static let short = ["--template", "of {}"]

    @Test func theBestCandidateIsALine() throws {
        let run = try Tool.succeed(
            ["predict", ZeroShotTests.model, "a b", "c", "--candidates", " wood, travel ", "--top-k", "2"] + Self.short)
        let lines = run.output.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(lines.count == 2 && lines.allSatisfy { $0.count == 4 })
        #expect(lines.allSatisfy { Set([$0[0], $0[2]]) == ["wood", "travel"] })
        #expect(run.errors.contains("no label of the model begins with entail"))
    }

    @Test func jsonHasScoresOfEachCandidate() throws {
        let run = try Tool.succeed(
            ["predict", ZeroShotTests.model, "a b", "--candidates", "wood,travel", "--multi-label", "--json"]
                + Self.short)
        #expect(
            run.output.hasPrefix("{\"label\":") && run.output.contains("\"wood\":")
                && run.output.contains("\"travel\":"))
    }

    @Test(
        arguments: [
            (["--candidates", "a,,b"], "an empty one"), (["--candidates", "a,a"], "stands there twice"),
            (["--candidates", "a,b", "--template", "none"], "has not one {}"),
            (["--template", "{}"], "needs --candidates"),
            (["--multi-label"], "needs --candidates"),
            // The sentence would be cut, and all candidates be one.
            (["--candidates", "a,b", "--max-length", "6"], "6 tokens are too few: the sentence about 'a'"),
            (["--candidates", "a,b", "--threshold", "0.5"], "does not apply"),
        ] as [([String], String)])
    func badUsageIsOneLine(_ options: [String], _ message: String) throws {
        try Tool.refuse(64, ["predict", ZeroShotTests.model, "text"] + options, says: [message])
    }

    @Test func anotherHeadHasNoCandidates() throws {
        try Tool.refuse(
            64, ["predict", Fixtures.path("models/tokencls"), "text", "--candidates", "a,b"], says: ["does not apply"])
    }
}
