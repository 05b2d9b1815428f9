// Groups of labelled texts: all labels in turn, all texts of each in turn, none twice in a group.

import AdzeTraining
import Testing

@Suite struct GroupSamplingTests {
    static let tables: [[Int]] = [
        [0, 1, 0, 1], [0, 0, 0, 0, 1, 1], [4, 2, 2, 4, 4, 9, 9, 2], (0..<40).map { $0 % 7 }, (0..<16).map { $0 / 8 },
        (0..<770).map { $0 % 77 }, (0..<50).map { $0 < 45 ? 0 : 1 },
    ]

    @Test(arguments: tables) func labelsAndTextsComeInTurn(labels: [Int]) {
        let sampling = GroupSampling(labels: labels, size: 16)
        let groups = sampling.groups(200, seed: 3)
        #expect(groups.count == 200)
        var (ofLabel, ofText) = ([Int: Int](), [Int](repeating: 0, count: labels.count))
        for group in groups {
            #expect(Set(group).count == group.count, "no text twice")
            let counts = Dictionary(grouping: group) { labels[$0] }.mapValues(\.count)
            #expect(counts.count == sampling.labelsPerGroup)
            for (label, count) in counts {
                #expect(count == min(sampling.textsPerLabel, labels.count { $0 == label }))
                ofLabel[label, default: 0] += 1
            }
            for text in group { ofText[text] += 1 }
        }
        #expect((ofLabel.values.max() ?? 0) - (ofLabel.values.min() ?? 0) <= 1)
        for label in Set(labels) {
            let times = labels.indices.filter { labels[$0] == label }.map { ofText[$0] }
            #expect(times.allSatisfy { $0 > 0 })
        }
    }

    @Test func allPairsOfAGroupAreMet() {
        let labels = [0, 0, 0, 1, 1, 0]
        let sampling = GroupSampling(labels: labels, size: 16)
        let pairs = sampling.pairs(of: [0, 1, 2, 3, 4])
        #expect(pairs.count == 12 && pairs.count(where: \.isAlike) == 6, "4 alike, 6 others: the alike come again")
        for first in 0..<5 {
            for second in (first + 1)..<5 {
                #expect(pairs.contains(TextPair(first, second, isAlike: labels[first] == labels[second])))
            }
        }
        #expect(sampling.pairs(of: [0, 1]) == [] && sampling.pairs(of: [0, 3]) == [])
        for group in [[], [0, 1], [0, 3], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5], [0, 1, 3, 4]] {
            #expect(sampling.pairCount(of: group) == sampling.pairs(of: group).count)
        }
    }

    /// As many texts as are asked for, or nearly: of two labels half of each, of many two of some.
    @Test func groupsHaveTheSize() {
        func shape(_ labels: Int, _ size: Int) -> [Int] {
            let sampling = GroupSampling(labels: (0..<labels * 9).map { $0 % labels }, size: size)
            return [sampling.labelsPerGroup, sampling.textsPerLabel]
        }
        #expect(shape(2, 16) == [2, 8] && shape(3, 16) == [3, 5] && shape(77, 16) == [8, 2])
        #expect(shape(77, 32) == [16, 2] && shape(2, 1) == [2, 2] && shape(5, 1_000_000) == [5, 200_000])
    }

    @Test func theSeedIsTheOrder() {
        let sampling = GroupSampling(labels: (0..<30).map { $0 % 3 }, size: 6)
        #expect(sampling.groups(9, seed: 3) == sampling.groups(9, seed: 3))
        #expect(sampling.groups(9, seed: 3) != sampling.groups(9, seed: 4))
        #expect(Array(sampling.groups(9, seed: 3).prefix(4)) == sampling.groups(4, seed: 3))
    }

    @Test func whatHasNoPairsHasNoGroups() {
        for labels in [[], [0], [0, 0, 0], [0, 1, 1]] {
            let sampling = GroupSampling(labels: labels, size: 16)
            #expect(!sampling.hasPairs && sampling.groups(4, seed: 1) == [])
        }
        #expect(GroupSampling(labels: [0, 0, 1, 1], size: 16).groups(0, seed: 1) == [])
    }
}
