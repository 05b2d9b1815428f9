// Rows left behind against rows moved at every step, threads against one thread, frozen parts, groups.

import AdzeKernels
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import AdzeTraining

@Suite struct OptimizerTests {
    static let rowCount = 60
    static let width = 20

    static let layout = ParameterLayout([
        Parameter(name: "words", shape: Shape(rowCount, width), part: .embeddings, role: .wordTable),
        Parameter(name: "norm", shape: Shape(width), part: .embeddings, role: .normScale),
        Parameter(name: "0.weight", shape: Shape(1300, 13), part: .block(0), role: .weight),
        Parameter(name: "0.bias", shape: Shape(13), part: .block(0), role: .bias),
        Parameter(name: "1.weight", shape: Shape(7, 5), part: .block(1), role: .weight),
        Parameter(name: "pooler.weight", shape: Shape(6, 6), part: .pooler, role: .weight),
        Parameter(name: "pooler.bias", shape: Shape(6), part: .pooler, role: .bias),
        Parameter(name: "classifier.weight", shape: Shape(2, 6), part: .head, role: .weight),
        Parameter(name: "classifier.bias", shape: Shape(2), part: .head, role: .bias),
    ])

    /// Everything that a run leaves, as bits.
    static func bits(_ run: Run) -> [[UInt32]] {
        run.optimizer.settle()
        return [run.weights, run.optimizer.firstMoments, run.optimizer.secondMoments].map {
            $0.values(0..<$0.count).map(\.bitPattern)
        }
    }

    struct Run {
        let weights: FloatBuffer
        let gradients: FloatBuffer
        let optimizer: Optimizer

        init(_ recipe: Recipe, lazy: Bool, threads: Int = 1) {
            var generator = SeededGenerator(seed: 11)
            weights = FloatBuffer((0..<layout.count).map { _ in Float.random(in: -1...1, using: &generator) })
            gradients = FloatBuffer(count: layout.count)
            optimizer = Optimizer(
                layout: layout, settings: recipe.settings(of: layout, layerCount: 2), adamW: recipe.adamW,
                weights: weights, gradients: gradients, leavesRowsBehind: lazy, kernels: Kernels(.best),
                pool: WorkerPool(threadCount: threads))
        }

        /// A step whose gradients follow from its number and the rows' present values; returns the norm.
        func step(_ step: Int, rows: [Int32], factor: Double) -> Double {
            optimizer.prepare(rows: rows)
            var generator = SeededGenerator(seed: UInt64(step))
            let start = layout.entries[1].range.lowerBound
            let frozen = optimizer.isTrained[2] ? start : layout.entries[4].range.lowerBound
            for i in stride(from: frozen, to: layout.count, by: 1 + step % 29) {
                gradients.base[i] = Float.random(in: -1...1, using: &generator)
            }
            if optimizer.isTrained[0] {
                for row in Set(rows).sorted() {
                    for i in Int(row) * width..<(Int(row) + 1) * width {
                        // Reads the weight: a row that is behind would show.
                        gradients.base[i] = weights.base[i] * Float.random(in: -1...1, using: &generator)
                    }
                }
            }
            let norm = optimizer.gradientNorm()
            optimizer.step(rateFactor: factor, gradientScale: Optimizer.clipping(norm: norm, limit: 1))
            return norm
        }
    }

    static func recipe(_ variant: AdamWVariant) -> Recipe {
        var recipe = Recipe()
        recipe.adamW = AdamW(variant)
        recipe.bodyLearningRate = 1e-2
        recipe.bodyWeightDecay = 0.3
        recipe.layerDecay = 0.8
        return recipe
    }

    @Test(arguments: AdamWVariant.allCases)
    func lazyEqualsEagerToTheBit(variant: AdamWVariant) {
        let recipe = Self.recipe(variant)
        let (eager, lazy) = (Run(recipe, lazy: false), Run(recipe, lazy: true, threads: 3))
        var generator = SeededGenerator(seed: 99)
        for step in 0..<300 {
            // A few rows often, the others seldom, the last ten never; a settling now and then changes nothing.
            let rows = (0..<4).map { index in
                Int32.random(in: 0..<(index < 2 ? 6 : Int32(Self.rowCount - 10)), using: &generator)
            }
            let factor = Recipe.standardFactor(step)
            #expect(eager.step(step, rows: rows, factor: factor) == lazy.step(step, rows: rows, factor: factor))
            if step % 90 == 57 { lazy.optimizer.settle() }
        }
        #expect(Self.bits(eager) == Self.bits(lazy))
        #expect(eager.optimizer.updateCounts == lazy.optimizer.updateCounts)
    }

    @Test func lazyEqualsEagerAroundAFreeze() {
        let recipe = Self.recipe(.torch)
        let (eager, lazy) = (Run(recipe, lazy: false), Run(recipe, lazy: true))
        for step in 0..<60 {
            for run in [eager, lazy] {
                if step == 20 || step == 40 {
                    let depth = step == 20 ? TrainedDepth.top(1) : .all
                    run.optimizer.isTrained = run.optimizer.settings.map { $0.part.isTrained(depth, layerCount: 2) }
                }
                _ = run.step(step, rows: [Int32(step % 7), 3], factor: 1)
            }
        }
        #expect(Self.bits(eager) == Self.bits(lazy))
        #expect(lazy.optimizer.updateCounts == [40, 40, 40, 40, 60, 60, 60, 60, 60])
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() {
        let runs = [1, 2, 5].map { Run(Self.recipe(.torch), lazy: true, threads: $0) }
        for step in 0..<12 {
            let norms = runs.map { $0.step(step, rows: [1, 5, 5, 30], factor: 1) }
            #expect(norms[0] == norms[1] && norms[0] == norms[2])
        }
        #expect(Self.bits(runs[0]) == Self.bits(runs[1]))
        #expect(Self.bits(runs[0]) == Self.bits(runs[2]))
    }

    @Test func frozenParametersStayAndKeepTheirCorrection() {
        let run = Run(Self.recipe(.torch), lazy: true)
        let before = run.weights.values(0..<Self.layout.entries[4].range.lowerBound)
        run.optimizer.isTrained = run.optimizer.settings.map { $0.part.isTrained(.top(1), layerCount: 2) }
        for step in 0..<5 { _ = run.step(step, rows: [1], factor: 1) }
        #expect(run.weights.values(0..<before.count) == before)
        #expect(run.optimizer.updateCounts == [0, 0, 0, 0, 5, 5, 5, 5, 5])
    }

    @Test func whatIsNeverTrainedCostsNoMoments() {
        let recipe = Self.recipe(.torch)
        let settings = recipe.settings(of: Self.layout, layerCount: 2)
        let optimizer = Optimizer(
            layout: Self.layout, settings: settings, adamW: recipe.adamW,
            weights: FloatBuffer(count: Self.layout.count), gradients: FloatBuffer(count: Self.layout.count),
            neverTrained: settings.map { !$0.part.isTrained(.head, layerCount: 2) }, kernels: Kernels(.best),
            pool: WorkerPool(threadCount: 1))
        #expect(optimizer.firstMoments.count == Self.layout.count - Self.layout.entries[5].range.lowerBound)
        #expect(optimizer.isTrained == [false, false, false, false, false, true, true, true, true])
    }

    @Test func aGivenUpStepLeavesNothing() {
        let run = Run(Self.recipe(.torch), lazy: true)
        run.optimizer.prepare(rows: [4])
        for i in 0..<Self.layout.count { run.gradients.base[i] = .nan }
        #expect(!run.optimizer.gradientNorm().isFinite)
        run.optimizer.clearGradients()
        #expect(run.optimizer.gradientNorm() == 0)
    }

    @Test func groupsHaveTheirRatesAndDecays() {
        var recipe = Recipe()
        recipe.bodyLearningRate = 1e-4
        recipe.headLearningRate = 1e-3
        recipe.layerDecay = 0.5
        recipe.bodyWeightDecay = 0.01
        recipe.headWeightDecay = 0.02
        let found = recipe.settings(of: Self.layout, layerCount: 2)
        #expect(found.map(\.learningRate) == [2.5e-5, 2.5e-5, 5e-5, 5e-5, 1e-4, 1e-4, 1e-4, 1e-3, 1e-3])
        #expect(found.map(\.weightDecay) == [0.01, 0, 0.01, 0, 0.01, 0.01, 0, 0.02, 0])
        #expect(
            found.map(\.part) == [
                .embeddings, .embeddings, .block(0), .block(0), .block(1), .pooler, .pooler, .head, .head,
            ])
    }
}

extension Recipe {
    /// Factors that rise, fall and stay at 0 for a while.
    static func standardFactor(_ step: Int) -> Double { step % 50 == 0 ? 0 : Double(step % 50) / 50 }
}
