// Temperatures, thresholds and conformal quantiles: torch's and exact arithmetic, and what a coverage promises.

import AdzeBytes
import AdzeData
import AdzeTestSupport
import Foundation
import Testing

@Suite struct CalibrationMetricTests {
    static let golden = try? parseJSON(Fixtures.bytes("metrics/calibration.json"))

    func numbers(_ value: JSONValue?) throws -> [Double] { try #require(value?.array).map { try #require($0.number) } }

    @Test func quantilesAreThoseOfExactArithmetic() throws {
        let golden = try #require(CalibrationMetricTests.golden?["quantiles"])
        let best = try numbers(golden["best"])
        let (right, truths) = (try numbers(golden["right"]).map { $0 == 1 }, try numbers(golden["truths"]))
        let cases = try #require(golden["cases"]?.array)
        #expect(cases.count == 40)
        for entry in cases {
            let coverage = try #require(entry["coverage"]?.number.flatMap(Coverage.init))
            let count = try #require(entry["count"]?.integer)
            let name: Comment = "\(coverage.part) of \(count)"
            #expect(coverage.rank(count) == entry["rank"]?.integer, name)
            let answers = zip(best, right).prefix(count).map { (score: $0, isRight: $1) }
            #expect(coverage.answerThreshold(answers) == entry["answer"]?.number, name)
            #expect(coverage.setThreshold(Array(truths.prefix(count))) == entry["set"]?.number, name)
        }
        for (key, value) in try #require(golden["least"]?.object) {
            let coverage = try #require(Double(key).flatMap(Coverage.init))
            let least = try #require(value.integer)
            #expect(coverage.leastCount == least, "\(key)")
            #expect(coverage.rank(least) <= least && (least == 1 || coverage.rank(least - 1) > least - 1), "\(key)")
        }
    }

    @Test func whatIsNoPartIsNoCoverage() {
        for part in [0, 1, -0.1, 1.5, .nan, .infinity, -.infinity] as [Double] { #expect(Coverage(part) == nil) }
        #expect(Coverage(1 - 0x1p-53)?.leastCount == nil && Coverage(0x1p-60)?.leastCount == 1)
    }

    @Test func labelThresholdsAreThoseOfTheRule() throws {
        for (name, entry) in try #require(CalibrationMetricTests.golden?["thresholds"]?.object) {
            let pairs = zip(try numbers(entry["scores"]), try numbers(entry["holds"])).map {
                (score: $0, holds: $1 == 1)
            }
            let found = LabelThreshold.best(pairs)
            #expect(abs(found - (try #require(entry["threshold"]?.number))) < 1e-12, "\(name)")
            #expect(LabelThreshold.best(pairs.reversed()) == found, "\(name)")
        }
    }

    @Test func aTemperatureIsFoundWhereThereIsOne() {
        for least in [0.06, 0.5, 1, 3, 19] {
            let found = Temperature.best { pow(log($0) - log(least), 2) }
            #expect(found.map { abs($0 / least - 1) < 1e-6 } == true, "\(least)")
        }
        #expect(Temperature.best { $0 } == nil && Temperature.best { -$0 } == nil)
        // A loss that says nothing leaves the scores as they are.
        #expect(Temperature.best { _ in 1 }.map { abs($0 - 1) < 1e-6 } == true)
    }

    /// A model of five labels over texts of a known distribution: the promise is kept on average over calibration sets.
    @Test(arguments: [0.8, 0.9, 0.95]) func setsHoldTheTruthAsOftenAsAsked(part: Double) throws {
        let coverage = try #require(Coverage(part))
        var random = SeededGenerator(seed: 5)
        func text() -> (scores: [Double], truth: Int) {
            var scores = (0..<5).map { _ in pow(Double.random(in: 0..<1, using: &random), 4) }
            let sum = scores.reduce(0, +)
            // Coarse scores, so that many are equal.
            scores = scores.map { ($0 / sum * 20).rounded() / 20 }
            var point = Double.random(in: 0..<1, using: &random) * scores.reduce(0, +)
            for label in 0..<5 {
                point -= scores[label]
                if point < 0 { return (scores, label) }
            }
            return (scores, 4)
        }
        var (held, wrong, all) = (0, 0, 0)
        for _ in 0..<200 {
            let texts = (0..<60).map { _ in text() }
            let sets = try #require(coverage.setThreshold(texts.map { $0.scores[$0.truth] }))
            let answers = try #require(
                coverage.answerThreshold(
                    texts.map { text in
                        let best = text.scores.max() ?? 0
                        return (best, text.scores.firstIndex(of: best) == text.truth)
                    }))
            for _ in 0..<60 {
                let (scores, truth) = text()
                let best = scores.max() ?? 0
                all += 1
                if scores[truth] >= sets { held += 1 }
                if best >= answers, scores.firstIndex(of: best) != truth { wrong += 1 }
            }
        }
        // Three standard errors of 12,000 texts whose thresholds 60 others chose.
        let error = 3 * (part * (1 - part) * (1 / 12_000 + 1 / 200 / 60)).squareRoot()
        #expect(Double(held) / Double(all) > part - error)
        #expect(Double(wrong) / Double(all) < 1 - part + error)
        // Nor is the promise kept by saying nothing: without ties it would be kept to 1 / 61.
        #expect(Double(held) / Double(all) < part + 0.08)
    }
}
