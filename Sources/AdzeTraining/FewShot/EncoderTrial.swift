// Whether an encoder that learns from a few texts tells others better: each half of the texts is told by what the other half
// taught, with the encoder trained and as it was. Not here: the runs.

internal import AdzeBytes

/// The answers to the texts of both halves, each by a classifier of the other half.
public struct EncoderTrial: Sendable, Equatable {
    /// Texts that were told.
    public private(set) var textCount = 0
    /// Those that the encoder as it was told right.
    public private(set) var rightBefore = 0
    /// Those that the trained encoder told right.
    public private(set) var rightAfter = 0

    /// No answers yet.
    public init() {}

    /// Adds the answers to some texts.
    public mutating func add(labels: [Int], before: [Int], after: [Int]) {
        precondition(labels.count == before.count && labels.count == after.count, "an answer for each text")
        for (label, (one, other)) in zip(labels, zip(before, after)) {
            textCount += 1
            rightBefore += one == label ? 1 : 0
            rightAfter += other == label ? 1 : 0
        }
    }

    /// Whether the encoder is better left as it was.
    public var trainingHurts: Bool { rightAfter < rightBefore }

    /// The fewest texts that are worth a trial: of fewer, the halves say more about chance.
    public static let fewestTexts = 100

    /// Two halves of each label's texts, by the seed; nil where there are too few of all, or of a label fewer than four, of
    /// which no half has pairs.
    ///
    /// - Complexity: O(texts · log texts).
    public static func halves(labels: [Int], seed: UInt64) -> [[Int]]? {
        precondition(labels.count >> 31 == 0, "a table has fewer than 2³¹ rows")
        guard labels.count >= fewestTexts else { return nil }
        let order = CounterGenerator(seed: seed).permutation(count: labels.count, epoch: 0, place: DrawingPlace.halves)
        var (halves, counts): ([[Int]], [Int: Int]) = ([[], []], [:])
        for text in order {
            halves[counts[labels[text], default: 0] % 2].append(text)
            counts[labels[text], default: 0] += 1
        }
        guard counts.count > 1, counts.values.allSatisfy({ $0 >= 4 }) else { return nil }
        return halves.map { $0.sorted() }
    }
}
