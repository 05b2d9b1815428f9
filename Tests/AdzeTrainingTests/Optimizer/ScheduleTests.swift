// Schedules and clipping against transformers, torch and the paper, step for step.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeTensors
import AdzeThreads
import Testing

@testable import AdzeTraining

@Suite struct ScheduleTests {
    @Test(arguments: [("linear", Schedule.linear), ("constant", .constant), ("slanted", .slantedTriangular)])
    func everyFactorIsTheReferences(key: String, schedule: Schedule) throws {
        let cases = try #require(OptimizerGolden.json()[key]?.array)
        #expect(cases.count >= 2)
        for item in cases {
            let total = try #require(item["total"]?.integer), warmup = try #require(item["warmup"]?.integer)
            let expected = try OptimizerGolden.numbers(item["factors"])
            #expect(expected.count == total)
            for step in 0..<total {
                let found = schedule.factor(
                    step: step, total: total, warmup: warmup, ratio: item["ratio"]?.number ?? 32)
                #expect(abs(found - expected[step]) <= 1e-12, "\(schedule) \(step) of \(total)")
            }
        }
    }

    @Test(arguments: Schedule.allCases)
    func factorsStayBetweenZeroAndOne(schedule: Schedule) {
        for (total, warmup) in [(1, 0), (1, 1), (2, 5), (19, 1), (19, 0), (100, 99)] {
            for step in 0...total + 2 {
                #expect((0...1).contains(schedule.factor(step: step, total: total, warmup: warmup)))
            }
        }
    }

    @Test func theNormAndItsClippingAreThoseOfTorch() throws {
        let layout = ParameterLayout(
            [16, 9, 12].enumerated().map {
                Parameter(name: "\($0)", shape: Shape($1), part: .head, role: .bias)
            })
        let cases = try #require(OptimizerGolden.json()["clipping"]?.array)
        #expect(cases.count == 3)
        for item in cases {
            let scale = try #require(item["scale"]?.number), limit = try #require(item["limit"]?.number)
            let gradients = FloatBuffer(count: layout.count)
            for (entry, first) in zip(layout.entries, [0, 16, 25]) {
                for (offset, place) in entry.range.enumerated() {
                    gradients.base[place] = OptimizerGolden.gradient(first + offset, step: 5) * Float(scale)
                }
            }
            let settings = layout.entries.map { _ in
                ParameterSettings(part: .head, learningRate: 1, weightDecay: 0)
            }
            let optimizer = Optimizer(
                layout: layout, settings: settings, adamW: AdamW(.torch), weights: FloatBuffer(count: layout.count),
                gradients: gradients, kernels: Kernels(.best), pool: WorkerPool(threadCount: 1))
            let norm = optimizer.gradientNorm()
            #expect(abs(norm - (item["norm"]?.number ?? 0)) <= 1e-6 * norm)
            let factor = Optimizer.clipping(norm: norm, limit: limit)
            let found = layout.entries.flatMap { gradients.values($0.range).map { Double($0 * factor) } }
            for (a, b) in zip(found, try OptimizerGolden.numbers(item["after"])) {
                #expect(abs(a - b) <= 1e-6 * max(abs(b), 1e-3))
            }
        }
        #expect(Optimizer.clipping(norm: 5, limit: nil) == 1)
    }
}
