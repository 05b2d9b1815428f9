// No number from a file traps, loops or spoils a drawing, however large, small or absent it is.

import AdzeBytes
import AdzeData
import Testing

@testable import Adze
@testable import AdzeInsight

/// Numbers that a file can hold, and what arithmetic makes of them.
private let extremes: [Double] = [
    0, 1, -1, 0.5, 1e19, -1e19, 9.3e18, 1e155, -1e155, 1.7e308, -1.7e308, .leastNonzeroMagnitude,
    -.leastNonzeroMagnitude,
    .leastNormalMagnitude / 64, .infinity, -.infinity, .nan, 1e12, 999_999_999_999.9, 1e300, 9.9996, 99_999.6,
]

@Suite struct HostileNumberTests {
    @Test func everyNumberHasAForm() {
        for value in extremes {
            for digits in [0, 1, 4, 40] { #expect(!Figure.fixed(value, digits).isEmpty) }
            let words = [
                Figure.short(value), Figure.score(value), Figure.grouped(value), Figure.percent(value),
                Figure.coordinate(value), PageFacts.duration(value),
            ]
            #expect(words.allSatisfy { (1...32).contains($0.count) }, "\(value): \(words)")
        }
        #expect(Figure.grouped(1e19) == "1e19" && Figure.grouped(1234.6) == "1,235" && Figure.short(.infinity) == "∞")
        #expect(
            Figure.short(-1.7e308) == "−1.7e308" && Figure.short(9.9996e7) == "1e8" && Figure.coordinate(.nan) == "0")
        #expect(PageFacts.duration(125) == "2 min 5 s" && PageFacts.duration(0.84) == "0.8 s")
    }

    @Test func ticksAreRoundAndSpanTheRange() {
        for (low, high) in [(0.0, 1.0), (0.13, 0.87), (-3, 12), (0, 25_000), (1e-6, 3e-5), (5, 5), (0, 0)] {
            let ticks = Ticks(low, high)
            #expect(ticks.low <= low && ticks.high >= high && ticks.high > ticks.low, "\(low) \(high)")
            #expect((2...8).contains(ticks.values.count), "\(ticks)")
            let step = ticks.values[1] - ticks.values[0]
            #expect(ticks.values.allSatisfy { (($0 / step).rounded() - $0 / step).magnitude < 1e-6 })
        }
        #expect(Ticks(0, 25_000).values.map(Ticks(0, 25_000).label).last == "25,000")
        #expect(Ticks(1000, 1001).values.map(Ticks(1000, 1001).label).dropFirst().first == "1000.2")
    }

    @Test func ticksOfAnyRangeEnd() {
        for low in extremes {
            for high in extremes + [low.nextUp, low.nextUp.nextUp] {
                let ticks = Ticks(low, high)
                let context: Comment = "\(low) … \(high)"
                #expect((2...8).contains(ticks.values.count), context)
                #expect(ticks.values.allSatisfy(\.isFinite) && ticks.high > ticks.low, context)
                #expect(zip(ticks.values, ticks.values.dropFirst()).allSatisfy(<), context)
                let frame = ChartFrame(x: ticks, y: ticks)
                for value in [low, high, 0] where value.isFinite && value >= ticks.low && value <= ticks.high {
                    #expect((0...ChartFrame.width).contains(frame.column(value)), context)
                }
            }
        }
    }

    /// The numbers of a log as JSON can write them.
    private static let written = [
        "1e19", "1e308", "-1e308", "5e-324", "-1e-310", "null", "9223372036854775807", "-9223372036854775808", "0.5",
    ]

    @Test func aLogOfAnyNumbersIsDrawn() throws {
        var lines = [
            #"{"event":"start","recipe":{"epochs":-3,"stages":[{"epoch":9223372036854775807,"trains":"head"}],"#
                + #""classWeights":[1e308]},"labels":["a"],"labelCounts":[-1],"trainExamples":-5,"devExamples":-1,"steps":-7}"#
        ]
        for (index, number) in Self.written.enumerated() {
            lines.append(
                #"{"event":"step","step":\#(index + 1),"loss":\#(number),"learningRate":\#(number),"seconds":\#(number)}"#
            )
            lines.append(
                #"{"event":"epoch","epoch":\#(index + 1),"step":\#(number),"trainLoss":\#(number),"devLoss":\#(number),"#
                    + #""value":\#(number),"metrics":{"accuracy":\#(number)},"tokensPerSecond":\#(number)}"#)
        }
        lines += [
            #"{"event":"step","step":9223372036854775807,"loss":1e308}"#, #"{"event":"step","step":-4,"loss":1}"#,
            #"{"event":"epoch","epoch":9223372036854775807,"value":1}"#,
        ]
        let log = try RunLog(bytes: Array((lines.joined(separator: "\n") + "\n").utf8))
        #expect(log.trainExamples == nil && log.devExamples == nil && log.plannedSteps == nil && log.labelCounts == [])
        let page = RunPage.html(log)
        #expect(page.contains(">1e19<") && page.contains("Loss"))
        for drawing in page.split(separator: "<svg").dropFirst() {
            let drawing = drawing.prefix(upTo: drawing.firstRange(of: "</svg>")?.lowerBound ?? drawing.endIndex)
            #expect(!drawing.contains("=\"nan") && !drawing.contains("inf") && !drawing.contains("∞ "))
        }
    }

    @Test func aCurveForgetsAnEnormousLoss() {
        let points = (0..<500).map { (x: Double($0), y: $0 == 20 ? 1e300 : 1.0) }
        let smooth = RunPage.smoothed(points)
        #expect(smooth[19].y == 1 && smooth[25].y > 1e298 && smooth[30...].allSatisfy { $0.y == 1 })
        // As the sum over each window, written out.
        let waves = (0..<777).map { (x: Double($0), y: Double($0 * 37 % 101)) }
        for (index, point) in RunPage.smoothed(waves).enumerated() {
            let part = waves[max(0, index - 14)...index]
            #expect((point.y - part.reduce(0) { $0 + $1.y } / Double(part.count)).magnitude < 1e-9)
        }
    }

    @Test func numbersOfAnySizeAreScattered() {
        var details = EvaluationDetails(labels: ["n"])
        for value in extremes where value.isFinite { details.add(Example("t", target: .number(value)), .forTest([1])) }
        var tally = RegressionTally()
        for value in extremes where value.isFinite { tally.add(actual: value, predicted: 1) }
        let report = EvaluationReport(
            labels: ["n"], exampleCount: 3, truncatedCount: 0, scores: .number(tally.report), notes: [])
        let page = EvaluationPage.html(report, details, title: "t")
        #expect(page.contains("Predictions") && page.contains(">∞<") && !page.contains("=\"nan"))
    }

    @Test func answersThatAreNoNumbersHaveABin() {
        var details = EvaluationDetails(labels: ["a", "b"])
        for score in extremes { details.add(Example("t", target: .label(0)), .forTest([score, 0.1])) }
        #expect(details.bins.reduce(0) { $0 + $1.count } == extremes.count)
        #expect(!EvaluationPage.confidence(details.bins).html.contains("nan"))
    }
}
