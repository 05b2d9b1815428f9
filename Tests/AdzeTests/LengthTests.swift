// Lengths: what is counted, what each maximum length cuts, and what the tokenizer does when it is asked for the same.

import Adze
import AdzeData
import AdzeModels
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct LengthReportTests {
    private func report(_ table: String, name: String = "t.csv", limit: Int? = nil) throws -> LengthReport {
        try withTemporaryFolder { folder in
            let path = folder + "/" + name
            try Data(table.utf8).write(to: URL(filePath: path))
            var rows = try TextRows(path: path)
            return try LengthReport(&rows, tokenizer: tokenizer(), limit: limit, threads: 2)
        }
    }

    private func tokenizer() throws -> Tokenizer {
        try ModelBundle(path: fixture("seqcls-gelu")).requireTokenizer()
    }

    /// A text of so many words, each a token.
    private func text(_ words: Int) -> String { [String](repeating: "oak", count: words).joined(separator: " ") }

    @Test func lengthsCountTheFrame() throws {
        let report = try report("text,label\n" + [3, 1, 7].map { "\(text($0)),x\n" }.joined())
        #expect(report.lengths == [3, 5, 9] && report.tokenCount == 17 && report.longest == 9)
        #expect(report.percentile(50) == 5 && report.percentile(1) == 3 && report.percentile(100) == 9)
        let pairs = try self.report("sentence1,sentence2,label\n\(text(2)),\(text(4)),x\n")
        #expect(pairs.lengths == [9] && pairs.pairCount == 1)
    }

    @Test func cutsAreWhatTheTokenizerDoes() throws {
        let tokenizer = try tokenizer()
        let counts = (0..<60).map { 3 + $0 * 11 % 140 }
        let report = try report("text\n" + counts.map { "\(text($0))\n" }.joined(), limit: 512)
        #expect(report.cuts.map(\.maximumLength) == [32, 64, 96, 128, 192])
        for cut in report.cuts {
            var (texts, lost, inputs, tokens) = (0, 0, 0, 0)
            for count in counts {
                let head = try tokenizer.encodeLong(
                    text(count), maximumLength: cut.maximumLength, strategy: .headAndTail)[0]
                texts += head.truncatedTokenCount > 0 ? 1 : 0
                lost += head.truncatedTokenCount
                let stride = min(64, (cut.maximumLength - 2) / 2)
                let windows = try tokenizer.encodeLong(
                    text(count), maximumLength: cut.maximumLength, strategy: .window(stride: stride))
                inputs += windows.count
                tokens += windows.reduce(0) { $0 + $1.ids.count }
            }
            #expect(cut.cutTexts == texts && cut.lostTokens == lost)
            #expect(cut.keptTokens == report.tokenCount - lost)
            #expect(cut.windows?.inputs == inputs && cut.windows?.tokens == tokens, "\(cut.maximumLength)")
        }
    }

    @Test func theHistogramHasEveryTextOnce() throws {
        let report = try report("text\n" + (0..<200).map { "\(text(1 + $0 * 7 % 90))\n" }.joined(), limit: 512)
        for bins in [2, 7, 16, 1000] {
            let histogram = report.histogram(bins: bins)
            #expect(histogram.count <= bins && histogram.reduce(0) { $0 + $1.texts } == 200)
            #expect(zip(histogram, histogram.dropFirst()).allSatisfy { $0.range.upperBound + 1 == $1.range.lowerBound })
        }
    }

    @Test func adviceLeavesNearlyAllWhole() throws {
        let short = try report("text\n" + (0..<99).map { _ in "\(text(20))\n" }.joined() + "\(text(300))\n", limit: 512)
        #expect(short.advice.maximumLength == 32 && !short.advice.isTooLongForHead)
        let long = try report("text\n" + (0..<10).map { _ in "\(text(400))\n" }.joined(), limit: 128)
        #expect(long.advice.maximumLength == 128 && long.advice.isTooLongForHead)
        #expect(long.advice.reason.contains("window"))
    }

    @Test func anEmptySetIsRefused() {
        #expect(throws: DataError.noExamples) { try report("text\n") }
    }

    @Test func timesFollowTheLengths() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        let report = try report("text\n" + (0..<40).map { "\(text(1 + $0 % 13))\n" }.joined(), limit: 16)
        for timing in [
            try LengthTiming(bundle, lengths: [8, 16], precision: .fp32, threads: 1, budget: 0),
            try LengthTiming(training: bundle, lengths: [8, 16], threads: 2, budget: 0),
        ] {
            #expect(timing.points.map(\.length) == [8, 16] && timing.points.allSatisfy { $0.seconds > 0 })
            #expect(timing.seconds(length: 8) == timing.points[0].seconds)
            #expect(timing.seconds(length: 4) == timing.points[0].seconds / 2)
            #expect(timing.seconds(report, maximumLength: 8) > 0)
        }
    }
}
