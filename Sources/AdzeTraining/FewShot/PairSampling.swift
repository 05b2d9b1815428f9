// Which pairs of labelled texts a model learns from: those within a label, whose vectors are to be alike, and those across
// labels, whose vectors are not. Not here: the loss.
//
// Source: Tunstall et al. 2022, "Efficient Few-Shot Learning Without Prompts", arXiv:2209.11055; SetFit 1.2's
// `ContrastiveDataset` with its strategy `oversampling`, but for pairs of a text with itself, which say nothing where a text
// is encoded once.

internal import AdzeBytes

/// Two texts, by their numbers, and whether they have the same label.
public struct TextPair: Sendable, Equatable {
    /// The first text.
    public var first: Int
    /// The second text.
    public var second: Int
    /// Whether the two have the same label.
    public var isAlike: Bool

    /// A pair of two texts.
    public init(_ first: Int, _ second: Int, isAlike: Bool) {
        (self.first, self.second, self.isAlike) = (first, second, isAlike)
    }
}

/// The pairs of some labelled texts: numbered, so that few of very many can be drawn without making the others.
public struct PairSampling: Sendable {
    /// The texts, label by label.
    private let texts: [Int]
    /// Where each label's texts begin among them, and behind the last where they end.
    private let starts: [Int]
    /// How many pairs within a label, and across labels, there are of the labels before each, and behind the last of all.
    private let alikeBefore: [Int]
    private let otherBefore: [Int]

    /// The pairs of texts with these labels.
    ///
    /// - Complexity: O(texts · log texts).
    public init(labels: [Int]) {
        precondition(labels.count >> 31 == 0, "a table has fewer than 2³¹ rows")
        texts = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
        var (starts, alike, other) = ([0], [0], [0])
        for place in texts.indices where place + 1 == texts.count || labels[texts[place]] != labels[texts[place + 1]] {
            let count = place + 1 - (starts.last ?? 0)
            alike.append((alike.last ?? 0) + count * (count - 1) / 2)
            other.append((other.last ?? 0) + count * (texts.count - place - 1))
            starts.append(place + 1)
        }
        (self.starts, alikeBefore, otherBefore) = (starts, alike, other)
    }

    /// Pairs within a label.
    public var alikeCount: Int { alikeBefore.last ?? 0 }
    /// Pairs across labels.
    public var otherCount: Int { otherBefore.last ?? 0 }

    /// How many pairs `pairs(limit:seed:)` gives.
    public func count(limit: Int) -> Int {
        alikeCount > 0 && otherCount > 0 ? 2 * min(max(alikeCount, otherCount), max(limit, 0) / 2) : 0
    }

    /// As many pairs of one kind as of the other, in shuffled order: all of the commoner kind, or as many as make `limit`
    /// pairs; those of a rarer kind come again and again.
    ///
    /// None where there are none of a kind.
    /// - Complexity: O(pairs given).
    public func pairs(limit: Int, seed: UInt64) -> [TextPair] {
        let count = count(limit: limit) / 2
        guard count > 0 else { return [] }
        let generator = CounterGenerator(seed: seed)
        let alike = numbers(count, of: alikeCount, generator, place: DrawingPlace.alikePairs).map(alike)
        let other = numbers(count, of: otherCount, generator, place: DrawingPlace.otherPairs).map(other)
        let all = alike + other
        return generator.permutation(count: all.count, epoch: 0, place: DrawingPlace.pairs).map { all[$0] }
    }

    /// `count` of the numbers below `limit`: different ones, or where there are fewer all of them, and again.
    private func numbers(_ count: Int, of limit: Int, _ generator: CounterGenerator, place: UInt32) -> [Int] {
        guard count < limit else {
            let order = generator.permutation(count: limit, epoch: 0, place: place)
            return (0..<count).map { order[$0 % limit] }
        }
        // Floyd's way: the set is only asked, so that its order is in nothing.
        var taken: Set<Int> = []
        return (0..<count).map { index in
            let top = limit - count + index
            let words = generator.words(index: UInt32(index), place: place, step: 1)
            let draw = UInt64(words[0]) | UInt64(words[1]) << 32
            let number = Int(draw.multipliedFullWidth(by: UInt64(top + 1)).high)
            let chosen = taken.insert(number).inserted ? number : top
            taken.insert(chosen)
            return chosen
        }
    }

    /// Pair `number` of those within labels: in the triangle of a label's texts, row after row.
    private func alike(_ number: Int) -> TextPair {
        let label = PairSampling.last(in: alikeBefore, upTo: number)
        let rest = number - alikeBefore[label]
        // Row r of the triangle has r pairs, and r (r - 1) / 2 stand before it.
        var row = Int(((8 * Double(rest) + 1).squareRoot() + 1) / 2)
        while row * (row - 1) / 2 > rest { row -= 1 }
        while row * (row + 1) / 2 <= rest { row += 1 }
        let first = starts[label]
        return TextPair(texts[first + rest - row * (row - 1) / 2], texts[first + row], isAlike: true)
    }

    /// Pair `number` of those across labels: a text, and one of a later label.
    private func other(_ number: Int) -> TextPair {
        let label = PairSampling.last(in: otherBefore, upTo: number)
        let later = texts.count - starts[label + 1]
        let (text, partner) = (number - otherBefore[label]).quotientAndRemainder(dividingBy: later)
        return TextPair(texts[starts[label] + text], texts[starts[label + 1] + partner], isAlike: false)
    }

    /// The last place in ascending sums whose value is at most `number`, by bisection.
    private static func last(in sums: [Int], upTo number: Int) -> Int {
        var (low, high) = (0, sums.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if sums[middle] <= number { low = middle } else { high = middle }
        }
        return low
    }
}
