// What a page of an evaluation says besides its figures: names of axes, what scores mean, each text once.

import AdzeData
import Testing

@testable import Adze
@testable import AdzeInsight

@Suite struct EvaluationPageTests {
    private func report(_ labels: [String], _ answers: [(actual: Int, said: Int)]) -> EvaluationReport {
        var tally = ClassificationTally(labelCount: labels.count)
        for (actual, said) in answers {
            tally.add(actual: actual, probabilities: labels.indices.map { $0 == said ? 0.9 : 0 })
        }
        return EvaluationReport(
            labels: labels, exampleCount: answers.count, truncatedCount: 0, scores: .label(tally.report), notes: [])
    }

    @Test func aTextListedUnderTwoMistakesIsOne() {
        var details = EvaluationDetails(labels: ["a", "b", "c"])
        func add(_ text: String, _ actual: Int, _ line: Int) {
            details.add(
                Example(text, target: .label(actual), place: "line \(line)"), .forTest([0.8, 0.1, 0.1]))
        }
        for line in 2...9 { add("twice", line % 2 + 1, line) }
        add("once", 1, 20)
        #expect(details.mistakes.count == 2 && details.mistakes[0].text == "twice" && details.mistakes[0].count == 8)
        #expect(details.mistakes[0].actual == ["b", "c"] || details.mistakes[0].actual == ["c", "b"])
        #expect(details.mistakes[0].places == (2...6).map { "line \($0)" })
        let page = EvaluationPage.html(report(["a", "b", "c"], [(1, 0)]), details, title: "t")
        #expect(page.contains("line 2, line 3, line 4, line 5, line 6 and 3 more"))
        #expect(page.split(separator: ">twice<").count == 2)
        // Long texts that begin alike are two.
        let long = String(repeating: "x", count: 700)
        add(long + "a", 1, 30)
        add(long + "bc", 1, 31)
        #expect(details.mistakes.count == 4)
    }

    @Test func matricesNameTheirAxes() {
        let few = ConfusionView.table(ConfusionMatrix(labelCount: 2), ["a", "b"]).html
        #expect(few.contains(">is ↓<") && few.contains(">said →<"))
        var confusion = ConfusionMatrix(labelCount: 100)
        let labels = (0..<100).map { "label \($0)" }
        for _ in 0..<9 { confusion.add(actual: 71, predicted: 23) }
        confusion.add(actual: 72, predicted: 24)
        let map = ConfusionView.map(confusion, labels).html
        #expect(map.contains(">is ↓<") && map.contains(">said →<"))
        // The pair with most mistakes has its names, its neighbour had no room, and names stand clear of each other.
        let names = map.split(separator: "<text").compactMap {
            $0.split(separator: ">").dropFirst().first?.split(separator: "<").first
        }
        #expect(names.contains("label 71") && names.contains("label 23"))
        #expect(!names.contains("label 72") && !names.contains("label 24"))
        #expect(names.count > 30 && names.count < 60)
    }

    @Test func scoresSayWhatTheyMean() {
        let page = EvaluationPage.html(
            report(["a", "b"], [(0, 0), (0, 1), (1, 1)]), EvaluationDetails(labels: ["a", "b"]), title: "t",
            facts: PageFacts(date: "2026-11-27T02:54:11Z", seconds: 6.12, version: "0.1.0"))
        for words in [
            "agreement beyond chance: 0 is guessing, 1 perfect", "0 is perfect, 0.69 guessing",
            "2026-11-27 02:54 UTC, took 6.1 s, Adze 0.1.0", "How often each label is", ">66.7 %<",
        ] { #expect(page.contains(words), "\(words)") }
        #expect(Meaning.logLoss(labelCount: 77).contains("4.34") && Meaning.logLoss(labelCount: 1000).contains("6.91"))
    }
}
