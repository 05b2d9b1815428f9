// Pages: hostile words stay words, the same input gives the same bytes, and the figures are those of the report.

import AdzeBytes
import AdzeData
import Testing

@testable import Adze
@testable import AdzeInsight

@Suite struct MarkupTests {
    @Test func wordsAreNeverMarkup() {
        let hostile = "<script>alert('x')</script>\" onload=\"y & z"
        #expect(
            Markup.text(hostile).html
                == "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;y &amp; z")
        #expect(Markup.element("td", ["title": hostile], words: hostile).html.contains("<script") == false)
    }

    @Test func whatTurnsTheDirectionIsNamed() {
        #expect(Markup.text("a\u{202E}b\u{0}c\u{85}d\u{2066}").html == "a[U+202E]b[U+0]c[U+85]d[U+2066]")
        #expect(Markup.text("é 漢 👩‍👩‍👧\n\tא").html == "é 漢 👩‍👩‍👧\n\tא")
    }
}

@Suite struct FigureTests {
    @Test func numbers() {
        #expect(Figure.fixed(-0.0004, 3) == "0.000" && Figure.fixed(-1.25, 1) == "−1.3" && Figure.fixed(12, 0) == "12")
        #expect(Figure.grouped(-1_234_567) == "−1,234,567" && Figure.grouped(999) == "999")
        #expect(Figure.short(0.00002) == "2e−5" && Figure.short(0.001) == "0.001" && Figure.short(123.4) == "123")
        #expect(Figure.short(250_000) == "2.5e5" && Figure.short(0) == "0" && Figure.short(.nan) == "nan")
        #expect(Figure.coordinate(-1.5) == "-1.5" && Figure.coordinate(3) == "3")
    }
}

@Suite struct EvaluationDetailsTests {
    private func answer(_ scores: [Double]) -> Classification { .forTest(scores) }

    @Test func theSurestMistakesComeFirstAndFew() {
        var details = EvaluationDetails(labels: ["a", "b"])
        for index in 0..<300 {
            let score = 0.5 + Double(index * 37 % 300) / 1000
            details.add(Example("t\(index)", target: .label(1), place: "line \(index)"), answer([score, 1 - score]))
        }
        details.add(Example("right", target: .label(0)), answer([0.99, 0.01]))
        #expect(details.mistakes.count == 50 && (details.mistakes[0].score - 0.799).magnitude < 1e-12)
        #expect(zip(details.mistakes, details.mistakes.dropFirst()).allSatisfy { $0.score > $1.score })
        #expect(details.mistakes[0].actual == ["b"] && details.mistakes[0].predicted == "a")
        #expect(details.bins.reduce(0) { $0 + $1.wrong } == 300 && details.bins[19].right == 1)
    }

    @Test func pointsSpanTheSetHoweverLarge() {
        var details = EvaluationDetails(labels: ["n"])
        for index in 0..<10_000 { details.add(Example("", target: .number(Double(index))), answer([0])) }
        #expect(details.points.count <= 1500 && details.points.count > 700)
        let step = details.points[1].actual
        #expect(details.points.enumerated().allSatisfy { $1.actual == Double($0) * step })
    }
}

extension Classification {
    /// An answer with these scores.
    static func forTest(_ scores: [Double]) -> Classification {
        Classification(
            labels: scores.indices.map { "label \($0)" }, top: [], scores: scores, logits: scores.map { Float($0) },
            truncatedTokenCount: 0)
    }
}

@Suite struct RunLogTests {
    private let start =
        #"{"event":"start","title":"t","recipe":{"lr":2e-5},"trainExamples":8,"devExamples":2,"steps":4}"#
    private func step(_ step: Int, _ loss: Double) -> String {
        #"{"event":"step","step":\#(step),"epoch":1,"loss":\#(loss),"learningRate":1e-5}"#
    }
    private func epoch(_ epoch: Int, _ value: Double) -> String {
        #"{"event":"epoch","epoch":\#(epoch),"step":\#(epoch * 2),"devLoss":0.5,"metric":"macro-f1","value":\#(value),"metrics":{"accuracy":0.5,"mcc":null}}"#
    }

    @Test func aResumedRunIsDrawnOnce() throws {
        let lines = [
            start, step(1, 0.7), step(2, 0.6), epoch(1, 0.5), step(3, 0.5), step(2, 0.6), epoch(1, 0.5), step(3, 0.4),
            #"{"event":"note","text":"x"}"#, epoch(2, 0.6), #"{"event":"end","bestEpoch":2}"#,
        ]
        let log = try RunLog(bytes: Array((lines.joined(separator: "\n") + "\n").utf8))
        #expect(log.steps.map(\.step) == [1, 2, 3] && log.steps[2].loss == 0.4 && log.bestEpoch == 2)
        #expect(log.epochs.map(\.epoch) == [1, 2] && log.epochs[0].metrics.map(\.name) == ["accuracy"])
        let page = RunPage.html(log)
        #expect(page == RunPage.html(log) && page.contains(">2 of 2<") && page.contains("0.6000"))
    }

    @Test func aCutLastLineIsNoError() throws {
        let log = try RunLog(bytes: Array((start + "\n" + step(1, 0.7) + "\n" + #"{"event":"st"#).utf8))
        #expect(log.steps.count == 1)
        #expect(throws: RunLogError.notJSON(line: 2)) { try RunLog(bytes: Array((start + "\nnonsense\n").utf8)) }
        #expect(throws: RunLogError.empty) { try RunLog(bytes: Array("{}\n".utf8)) }
    }

    @Test func aHostileLogIsOnlyWords() throws {
        let hostile = #"{"event":"start","title":"<img src=x onerror=alert(1)>","recipe":{"<b>":"</table><script>"}}"#
        let page = RunPage.html(try RunLog(bytes: Array((hostile + "\n" + step(1, 0.7) + "\n").utf8)))
        #expect(!page.contains("<img") && !page.contains("<script") && page.contains("&lt;/table&gt;"))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("url("))
    }
}
