// A step of AdamW against the published implementations, and the kernels against the definition.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import CKernels
import Testing

@testable import AdzeTraining

@Suite struct AdamWTests {
    static let sets = InstructionSet.available

    func rate(_ step: Int) -> Double {
        OptimizerGolden.rate * Double(OptimizerGolden.steps - step) / Double(OptimizerGolden.steps)
    }

    @Test(arguments: AdamWVariant.allCases)
    func twentyStepsAreThoseOfThePublishedImplementation(variant: AdamWVariant) throws {
        let golden = try OptimizerGolden.json()
        let kept = try #require(golden["kept"]?.array).compactMap(\.integer)
        let expected = try #require(golden["weights"]?[variant.rawValue]?.array).map(OptimizerGolden.numbers)
        #expect(kept.count == 5 && expected.count == 5)
        let layout = ParameterLayout([
            Parameter(name: "weight", shape: Shape(1, OptimizerGolden.count), part: .head, role: .weight)
        ])
        let (weights, gradients) = (FloatBuffer(count: layout.count), FloatBuffer(count: layout.count))
        for i in 0..<OptimizerGolden.count { weights.base[i] = OptimizerGolden.weight(i) }
        let settings = ParameterSettings(
            part: .head, learningRate: OptimizerGolden.rate, weightDecay: OptimizerGolden.decay)
        let optimizer = Optimizer(
            layout: layout, settings: [settings], adamW: AdamW(variant), weights: weights, gradients: gradients,
            kernels: Kernels(.best), pool: WorkerPool(threadCount: 1))
        for step in 0..<OptimizerGolden.steps {
            for i in 0..<OptimizerGolden.count { gradients.base[i] = OptimizerGolden.gradient(i, step: step) }
            optimizer.step(rateFactor: rate(step) / OptimizerGolden.rate)
            guard let index = kept.firstIndex(of: step + 1) else { continue }
            let found = weights.values(0..<OptimizerGolden.count)
            let worst = zip(found, expected[index]).map { abs(Double($0) - $1) }.max() ?? 1
            #expect(worst <= 5e-7, "\(variant) after \(step + 1) steps: off by \(worst)")
            #expect(gradients.values(0..<gradients.count).allSatisfy { $0 == 0 })
        }
    }

    @Test func variantsDiffer() throws {
        let golden = try OptimizerGolden.json()
        let last = try AdamWVariant.allCases.map {
            try OptimizerGolden.numbers(golden["weights"]?[$0.rawValue]?.array?.last)
        }
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            #expect(zip(last[a], last[b]).contains { abs($0 - $1) > 1e-4 })
        }
    }

    struct State: Equatable {
        var weights: [UInt32]
        var first: [UInt32]
        var second: [UInt32]
    }

    static func constants(_ variant: AdamWVariant, update: Int) -> ck_adamw {
        AdamW(variant).constants(
            update: update, rate: 1e-3 / Double(update), weightDecay: update % 2 == 0 ? 0.01 : 0, gradientScale: 0.75)
    }

    func start(_ count: Int) -> (weights: [Float], first: [Float], second: [Float], gradients: [Float]) {
        var generator = SeededGenerator(seed: UInt64(count))
        func draw(_ scale: Float) -> [Float] {
            (0..<count).map { _ in Float.random(in: -1...1, using: &generator) * scale }
        }
        // Moments of every magnitude, so that some die out on the way.
        let first = draw(1).map { $0 * Float.random(in: 0...1, using: &generator) * 0x1p-100 }
        return (draw(1), zip(first, 0..<count).map { $1 % 3 == 0 ? $0 * 0x1p90 : $0 }, draw(1e-4).map(abs), draw(1))
    }

    @Test(arguments: sets, AdamWVariant.allCases)
    func kernelEqualsDefinitionToTheBit(set: InstructionSet, variant: AdamWVariant) {
        for count in [1, 7, 15, 16, 17, 64, 100] {
            var (w, m, v, g) = start(count)
            g[0] = 1e-30
            let buffers = [w, m, v, g].map(FloatBuffer.init)
            for update in 1...4 {
                var step = Self.constants(variant, update: update)
                Kernels(set).table.f32_adamw(
                    buffers[0].base, buffers[1].base, buffers[2].base, buffers[3].base, count, &step)
                for i in 0..<count { step.advance(weight: &w[i], first: &m[i], second: &v[i], gradient: g[i]) }
                #expect(buffers[3].values(0..<count).allSatisfy { $0 == 0 })
                buffers[3].base.update(from: g, count: count)
                for (buffer, expected) in zip(buffers, [w, m, v]) {
                    #expect(buffer.values(0..<count).map(\.bitPattern) == expected.map(\.bitPattern))
                }
            }
        }
    }

    @Test(arguments: sets, AdamWVariant.allCases)
    func replayEqualsStepsWithoutGradients(set: InstructionSet, variant: AdamWVariant) {
        let table = Kernels(set).table
        for (count, steps) in [(1, 1), (63, 40), (64, 900), (200, 33)] {
            let (w, m, v, _) = start(count)
            let history = (1...steps).map { Self.constants(variant, update: $0) }
            let (eager, replayed) = ([w, m, v].map(FloatBuffer.init), [w, m, v].map(FloatBuffer.init))
            let none = FloatBuffer(count: count)
            for var step in history {
                table.f32_adamw(eager[0].base, eager[1].base, eager[2].base, none.base, count, &step)
            }
            table.f32_adamw_replay(replayed[0].base, replayed[1].base, replayed[2].base, count, history, steps)
            for (a, b) in zip(eager, replayed) {
                #expect(a.values(0..<count).map(\.bitPattern) == b.values(0..<count).map(\.bitPattern))
            }
            if steps > 800 { #expect(replayed[1].values(0..<count).contains(0), "some moments die out") }
        }
    }

    @Test func aMomentThatIsNotANumberStays() {
        var step = Self.constants(.torch, update: 1)
        let buffers = [[Float(1)], [0], [0], [.nan]].map(FloatBuffer.init)
        Kernels(.best).table.f32_adamw(buffers[0].base, buffers[1].base, buffers[2].base, buffers[3].base, 1, &step)
        #expect(buffers[0].base[0].isNaN && buffers[1].base[0].isNaN && buffers[2].base[0].isNaN)
    }

    @Test(arguments: sets)
    func sumOfSquaresIsTheSameOnEveryInstructionSet(set: InstructionSet) {
        for count in [0, 1, 15, 16, 17, 1000] {
            let values = start(max(count, 1)).gradients.prefix(count).map { $0 * 1e10 }
            let buffer = FloatBuffer(Array(values))
            let found = Kernels(set).table.f32_sum_of_squares(buffer.base, count)
            let exact = values.reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(found - exact) <= 1e-14 * exact)
            #expect(found == Kernels(.scalar).table.f32_sum_of_squares(buffer.base, count))
        }
        for bad in [Float.nan, .infinity, -.infinity] {
            let buffer = FloatBuffer([1, bad, 2])
            #expect(!Kernels(set).table.f32_sum_of_squares(buffer.base, 3).isFinite)
        }
        let most = FloatBuffer([Float](repeating: .greatestFiniteMagnitude, count: 40))
        #expect(Kernels(set).table.f32_sum_of_squares(most.base, 40).isFinite, "a sum of finite values is finite")
    }
}
