// Pairs of labelled texts: every one, none twice before all have come, as many of one kind as of the other.

import AdzeTraining
import Testing

@Suite struct PairSamplingTests {
    /// A pair, whichever text comes first.
    private struct Ends: Hashable {
        let low: Int
        let high: Int

        init(_ pair: TextPair) { (low, high) = (min(pair.first, pair.second), max(pair.first, pair.second)) }
    }

    /// All pairs, one by one.
    private func every(_ labels: [Int], alike: Bool) -> Set<Ends> {
        var found: Set<Ends> = []
        for first in labels.indices {
            for second in labels.indices.dropFirst(first + 1) where (labels[first] == labels[second]) == alike {
                found.insert(Ends(TextPair(first, second, isAlike: alike)))
            }
        }
        return found
    }

    static let tables: [[Int]] = [
        [0, 1, 0, 1], [0, 0, 0, 0, 1, 1], [4, 2, 2, 4, 4, 9, 9, 2], (0..<40).map { $0 % 7 }, (0..<16).map { $0 / 8 },
    ]

    @Test(arguments: tables) func everyPairIsMet(labels: [Int]) {
        let sampling = PairSampling(labels: labels)
        let (alike, other) = (every(labels, alike: true), every(labels, alike: false))
        #expect(sampling.alikeCount == alike.count && sampling.otherCount == other.count)
        let pairs = sampling.pairs(limit: .max, seed: 1)
        let count = max(alike.count, other.count)
        #expect(pairs.count == 2 * count && sampling.count(limit: .max) == 2 * count)
        #expect(pairs.filter(\.isAlike).count == count)
        #expect(Set(pairs.filter(\.isAlike).map(Ends.init)) == alike)
        #expect(Set(pairs.filter { !$0.isAlike }.map(Ends.init)) == other)
        for kind in [pairs.filter(\.isAlike), pairs.filter { !$0.isAlike }] {
            let times = Dictionary(grouping: kind, by: Ends.init).values.map(\.count)
            // The rarer kind comes again and again, no pair more than once oftener than another.
            #expect((times.max() ?? 0) - (times.min() ?? 0) <= 1)
        }
    }

    @Test func fewOfManyAreDifferentPairs() {
        let labels = (0..<60_000).map { $0 % 77 }
        let sampling = PairSampling(labels: labels)
        #expect(sampling.count(limit: .max) == 2 * sampling.otherCount)
        let pairs = sampling.pairs(limit: 5001, seed: 9)
        #expect(pairs.count == 5000 && pairs.filter(\.isAlike).count == 2500)
        #expect(Set(pairs.map(Ends.init)).count == 5000)
        #expect(pairs.allSatisfy { (labels[$0.first] == labels[$0.second]) == $0.isAlike && $0.first != $0.second })
        // Not those at the start alone.
        #expect(pairs.contains { $0.first > 50_000 } && pairs.contains { $0.first < 10_000 })
    }

    @Test func theSeedIsTheOrder() {
        let sampling = PairSampling(labels: [0, 1, 1, 0, 0, 1, 2, 2])
        #expect(sampling.pairs(limit: 12, seed: 3) == sampling.pairs(limit: 12, seed: 3))
        #expect(sampling.pairs(limit: 12, seed: 3) != sampling.pairs(limit: 12, seed: 4))
    }

    @Test func noPairsOfAKindAreNoPairs() {
        for labels in [[], [0], [0, 0, 0], [0, 1, 2]] {
            #expect(PairSampling(labels: labels).pairs(limit: 100, seed: 1) == [])
        }
        for limit in [-1, 0, 1] { #expect(PairSampling(labels: [0, 0, 1]).pairs(limit: limit, seed: 1) == []) }
    }
}
