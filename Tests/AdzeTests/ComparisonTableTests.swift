// What a comparison's table says of its records: errors, levels, fronts; and its formats.

import Foundation
import Testing

@testable import Adze

@Suite struct ComparisonTableTests {
    private func table(
        _ runs: [(blocks: Int, head: String, scores: [Double], bytes: Int, speed: Double)], metric: String = "accuracy"
    ) throws -> ComparisonTable {
        let seeds = (0..<UInt64(runs.map(\.scores.count).max() ?? 1)).map { $0 }
        var records: [ComparisonRecord] = []
        for run in runs {
            let configuration = ComparisonConfiguration(blocks: Array(0..<run.blocks), head: run.head)
            for (seed, score) in run.scores.enumerated() {
                records.append(
                    ComparisonRecord(
                        configuration, seed: UInt64(seed), scores: [0.1, score], epoch: 2, int8Score: score,
                        parameters: run.bytes, bytes: run.bytes, textsPerSecond: run.speed, seconds: 1))
            }
        }
        let plan = try ComparisonPlan(
            blocks: Set(runs.map(\.blocks)).sorted(), fromLast: false, heads: Set(runs.map(\.head)).sorted(),
            seeds: seeds, layerCount: 12)
        return ComparisonTable(records, plan: plan, metric: metric, devCount: 100)
    }

    @Test func aStandardErrorIsThatOfTheMean() {
        let estimate = Estimate([1, 2, 3, 4])
        #expect(estimate.mean == 2.5 && abs((estimate.standardError ?? 0) - 0.6454972243679028) < 1e-15)
        #expect(Estimate([7]).standardError == nil && Estimate([]).mean.isNaN)
    }

    @Test func aDifferenceWithinTheNoiseIsNone() throws {
        let found = try table([
            (1, "pooler", [0.80, 0.82, 0.84], 10, 30), (2, "pooler", [0.83, 0.84, 0.85], 20, 20),
            (6, "pooler", [0.845, 0.85, 0.855], 60, 10),
        ])
        let rows = found.rows
        #expect(found.best?.configuration.blocks.count == 6)
        #expect(found.isLevel(rows[1], rows[2]) && !found.isLevel(rows[0], rows[2]))
        #expect(found.enough?.configuration.blocks.count == 2)
    }

    @Test func whatASmallerOneBeatsIsNotEnough() throws {
        // One seed of five blocks went wrong: nothing tells them from six, yet four, which are told from six, do better.
        let found = try table([
            (4, "pooler", [0.803, 0.808, 0.802], 18, 30), (5, "pooler", [0.813, 0.817, 0.723], 19, 20),
            (6, "pooler", [0.820, 0.824, 0.822], 21, 10),
        ])
        let rows = found.rows
        #expect(found.isLevel(rows[1], rows[2]) && !found.isLevel(rows[0], rows[2]))
        #expect(found.enough?.configuration.blocks.count == 6)
    }

    @Test func aCourseIsTheMeanOfTheRunsThatCameSoFar() throws {
        let found = try table([(1, "pooler", [0.8, 0.9], 10, 30)])
        #expect(found.rows[0].course.map { ($0 * 1e12).rounded() / 1e12 } == [0.1, 0.85])
    }

    @Test func speedIsTheBestRunsSinceOtherWorkOnlyTakesAway() throws {
        let records = [20.0, 30, 25].enumerated().map { seed, speed in
            ComparisonRecord(
                ComparisonConfiguration(blocks: [0], head: "pooler"), seed: UInt64(seed), scores: [0.5], epoch: 1,
                int8Score: 0.5, parameters: 1, bytes: 1, textsPerSecond: speed, seconds: 1)
        }
        let plan = try ComparisonPlan(blocks: [1], fromLast: false, heads: ["pooler"], seeds: [0, 1, 2], layerCount: 3)
        #expect(ComparisonTable(records, plan: plan, metric: "accuracy", devCount: 9).rows[0].textsPerSecond == 30)
    }

    @Test func oneSeedKnowsNoNoise() throws {
        let found = try table([(1, "pooler", [0.8], 10, 30), (2, "pooler", [0.8001], 20, 20)])
        #expect(found.enough == nil && !found.isLevel(found.rows[0], found.rows[1]))
        #expect(found.best?.configuration.blocks.count == 2)
    }

    @Test func ofLossesTheLeastIsBest() throws {
        let found = try table([(1, "pooler", [0.5, 0.5], 10, 1), (2, "pooler", [0.4, 0.4], 20, 1)], metric: "loss")
        #expect(found.prefersLess && found.best?.configuration.blocks.count == 2)
        #expect(found.front { Double($0.bytes) }.count == 2)
    }

    @Test func nobodyBeatsTheFront() throws {
        let found = try table([
            (1, "pooler", [0.7], 10, 50), (2, "pooler", [0.8], 20, 40), (3, "pooler", [0.75], 30, 30),
            (4, "pooler", [0.8], 40, 45),
        ])
        #expect(found.front { Double($0.bytes) }.map(\.configuration.blocks.count) == [1, 2])
        #expect(found.front { -$0.textsPerSecond }.map(\.configuration.blocks.count) == [1, 4])
    }

    @Test func aScoreThatIsUndefinedIsNotTheBest() throws {
        let found = try table([(1, "pooler", [.nan, .nan], 10, 1), (2, "pooler", [0.2, 0.2], 20, 1)])
        #expect(found.best?.configuration.blocks.count == 2 && found.front { Double($0.bytes) }.count == 1)
        #expect(found.csv.contains("1,pooler,,,,,2.0,10,10,1.0,1.0,\r\n"))
    }

    @Test func recordsAreReadBack() throws {
        for run in try table([(2, "lstm:size=4", [0.25, .nan], 10, 2)]).rows[0].runs {
            let again = try #require(ComparisonRecord(json: .object(run.json)))
            #expect(JSONValue.object(again.json).text == JSONValue.object(run.json).text)
        }
        #expect(ComparisonRecord(json: .object(["seed": .integer(-1)])) == nil)
    }

    @Test func latexSetsWhatItIsGiven() throws {
        let latex = try table([(1, "pooler", [0.5, 0.7], 1_500_000, 12)], metric: "macro_f1").latex
        #expect(latex.contains("macro\\_f1"))
        #expect(latex.contains("1 & pooler & 2.0 & $\\mathbf{0.6000} \\pm 0.1000$ & 0.6000 & 1.5 & 1.5 & 12 \\\\\n"))
    }

    @Test func aPlanNamesEachModelOnce() throws {
        let plan = try ComparisonPlan(
            blocks: [0, 2], fromLast: true, heads: ["pooler", "lstm"], seeds: [1], layerCount: 6)
        #expect(plan.configurations.map(\.blocks) == [[4, 5], [], [4, 5]] && plan.notes.count == 1)
        #expect(throws: ComparisonError.givenTwice("lstm:size=128")) {
            try ComparisonPlan(
                blocks: [1], fromLast: false, heads: ["lstm", "lstm:size=128"], seeds: [1], layerCount: 6)
        }
        #expect(throws: ComparisonError.blockCount(7, limit: 6)) {
            try ComparisonPlan(blocks: [7], fromLast: false, heads: ["lstm"], seeds: [1], layerCount: 6)
        }
    }
}
