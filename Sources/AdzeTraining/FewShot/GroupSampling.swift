// Which groups of labelled texts a model learns from, a group a step, each by all of the pairs in it. Not here: pairs that are
// drawn one by one, as SetFit draws them, which is `PairSampling`.
//
// A step costs as much as its texts cost to encode. n texts that are encoded for n / 2 pairs are the same cost as for all
// n · (n - 1) / 2 of them, so that few steps over groups see as many pairs as many steps over pairs.

internal import AdzeBytes

/// Groups of some labelled texts, evenly of all labels.
public struct GroupSampling: Sendable {
    private let labels: [Int]
    /// The texts of each label.
    private let members: [[Int]]
    /// The most texts of one label in a group.
    public let textsPerLabel: Int
    /// Labels of a group.
    public let labelsPerGroup: Int

    /// Groups of about `size` texts: as many of each label as fit where all labels do, else two of each of some.
    ///
    /// - Complexity: O(texts · log texts).
    public init(labels: [Int], size: Int) {
        precondition(size > 0 && labels.count >> 31 == 0, "a table has fewer than 2³¹ rows")
        self.labels = labels
        members = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
        textsPerLabel = max(2, size / max(members.count, 1))
        labelsPerGroup = min(members.count, max(2, size / textsPerLabel))
    }

    /// Whether there are two labels, and two texts of each: else there are no groups.
    public var hasPairs: Bool { members.count > 1 && members.allSatisfy { $0.count > 1 } }

    /// The texts of each of `count` groups: labels in a shuffled order, and when all have come, in another; of each its
    /// texts likewise.
    ///
    /// No text is twice in a group. Empty where `hasPairs` is not.
    /// - Complexity: O(groups · (texts of a label in a group)² + texts).
    public func groups(_ count: Int, seed: UInt64) -> [[Int]] {
        guard hasPairs else { return [] }
        let generator = CounterGenerator(seed: seed)
        var labelsInTurn = Turns(count: members.count, generator, place: DrawingPlace.groupLabels, stride: 1, first: 0)
        var textsInTurn = members.indices.map {
            // Turn t of label k is epoch k + t · labels: no two draw alike.
            Turns(
                count: members[$0].count, generator, place: DrawingPlace.groupTexts, stride: members.count, first: $0)
        }
        return (0..<max(count, 0)).map { _ in
            labelsInTurn.next(labelsPerGroup).flatMap { label in
                textsInTurn[label].next(min(textsPerLabel, members[label].count)).map { members[label][$0] }
            }
        }
    }

    /// How many pairs `pairs(of:)` gives.
    ///
    /// - Complexity: O(texts · log texts).
    public func pairCount(of group: [Int]) -> Int {
        let alike = Dictionary(grouping: group) { labels[$0] }.values.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 }
        let other = group.count * (group.count - 1) / 2 - alike
        return alike > 0 && other > 0 ? 2 * max(alike, other) : 0
    }

    /// All pairs of a group, as many of one kind as of the other: those of the rarer kind come again and again.
    ///
    /// - Complexity: O(texts²).
    public func pairs(of group: [Int]) -> [TextPair] {
        var (alike, other): ([TextPair], [TextPair]) = ([], [])
        for (place, first) in group.enumerated() {
            for second in group[(place + 1)...] {
                let isAlike = labels[first] == labels[second]
                if isAlike {
                    alike.append(TextPair(first, second, isAlike: true))
                } else {
                    other.append(TextPair(first, second, isAlike: false))
                }
            }
        }
        guard !alike.isEmpty, !other.isEmpty else { return [] }
        return (0..<max(alike.count, other.count)).flatMap { [alike[$0 % alike.count], other[$0 % other.count]] }
    }
}

/// The numbers below a count in a shuffled order, and when all have come, in another.
private struct Turns {
    private let count: Int
    private let generator: CounterGenerator
    private let place: UInt32
    private let stride: Int
    private var epoch: Int
    /// What is left of the turn, and before it of the one behind, the next one last.
    private var rest: [Int] = []

    init(count: Int, _ generator: CounterGenerator, place: UInt32, stride: Int, first: Int) {
        (self.count, self.generator, self.place, self.stride, epoch) = (count, generator, place, stride, first)
    }

    /// The next few, at most all: all different, so that what a turn's end has given waits in the next.
    mutating func next(_ wanted: Int) -> [Int] {
        var given: [Int] = []
        while given.count < wanted {
            if let place = rest.lastIndex(where: { !given.contains($0) }) {
                given.append(rest.remove(at: place))
            } else {
                rest = generator.permutation(count: count, epoch: epoch, place: place) + rest
                epoch += stride
            }
        }
        return given
    }
}
