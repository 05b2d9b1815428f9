// The order of an epoch and the pooler's new weights.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeTraining

@Suite struct ShuffleTests {
    @Test func anOrderHoldsEveryNumberOnce() {
        for count in [0, 1, 2, 3, 1000] {
            let order = CounterGenerator(seed: 3).permutation(count: count, epoch: 1)
            #expect(order.sorted() == Array(0..<count))
        }
    }

    @Test func ordersFollowFromSeedAndEpoch() {
        let first = CounterGenerator(seed: 42).permutation(count: 10, epoch: 0)
        // Committed: the order is part of what a recipe means, on every platform and in every later version.
        #expect(first == [6, 7, 0, 1, 4, 9, 8, 2, 5, 3])
        #expect(first == CounterGenerator(seed: 42).permutation(count: 10, epoch: 0))
        #expect(first != CounterGenerator(seed: 42).permutation(count: 10, epoch: 1))
        #expect(first != CounterGenerator(seed: 43).permutation(count: 10, epoch: 0))
    }

    @Test func everyOrderIsAboutAsLikely() {
        var counts: [[Int]: Int] = [:]
        for epoch in 0..<6000 { counts[CounterGenerator(seed: 9).permutation(count: 3, epoch: epoch), default: 0] += 1 }
        #expect(counts.count == 6)
        // Six standard deviations around a thousand.
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 174 })
    }

    @Test func aNewPoolerIsNormalAndTheRestStays() {
        let words = Parameter(name: "words", shape: Shape(3, 3), part: .embeddings, role: .wordTable)
        let layout = ParameterLayout([
            words, Parameter(name: "p.weight", shape: Shape(100, 100), part: .pooler, role: .weight),
            Parameter(name: "p.bias", shape: Shape(100), part: .pooler, role: .bias),
        ])
        let weights = FloatBuffer([Float](repeating: 7, count: layout.count))
        #expect(layout.reinitialisePooler(weights, seed: 5))
        let found = weights.values(layout.entries[1].range).map(Double.init)
        let mean = found.reduce(0, +) / 10_000
        let deviation = (found.reduce(0) { $0 + $1 * $1 } / 10_000 - mean * mean).squareRoot()
        #expect(abs(mean) < 0.0012 && abs(deviation - 0.02) < 0.001)
        #expect(weights.values(layout.entries[2].range).allSatisfy { $0 == 0 })
        #expect(weights.values(0..<9).allSatisfy { $0 == 7 })
        #expect(!ParameterLayout([words]).reinitialisePooler(FloatBuffer(count: 16), seed: 1))
    }
}
