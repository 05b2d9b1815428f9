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

    /// One half, by places of inputs, ascending.
    public struct Half: Sendable, Equatable {
        /// What it teaches: all inputs of its texts.
        public internal(set) var taught: [Int] = []
        /// What the other half tells of it: of each text the first input, which no copy comes before.
        public internal(set) var told: [Int] = []
    }

    /// Two halves of each label's texts, by the seed; nil where there are too few of all, or of a label fewer than four, of
    /// which no half has pairs.
    ///
    /// - Parameters:
    ///   - labels: the label of each input.
    ///   - texts: the text that each input is of: its windows, its copies and rows that repeat it are in its half, since
    ///     who was taught one of them knows the others.
    /// - Complexity: O(inputs · log inputs).
    public static func halves(labels: [Int], texts: [Int], seed: UInt64) -> [Half]? {
        precondition(labels.count >> 31 == 0 && labels.count == texts.count, "a label and a text for each input")
        var firsts: [Int] = []
        var known: Set<Int> = []
        for input in texts.indices where known.insert(texts[input]).inserted { firsts.append(input) }
        guard firsts.count >= fewestTexts else { return nil }
        let order = CounterGenerator(seed: seed).permutation(count: firsts.count, epoch: 0, place: DrawingPlace.halves)
        var (halves, counts): ([Half], [Int: Int]) = ([Half(), Half()], [:])
        var place: [Int: Int] = [:]
        for first in order.map({ firsts[$0] }) {
            let half = counts[labels[first], default: 0] % 2
            counts[labels[first], default: 0] += 1
            place[texts[first]] = half
            halves[half].told.append(first)
        }
        guard counts.count > 1, counts.count == Set(labels).count, counts.values.allSatisfy({ $0 >= 4 }) else {
            return nil
        }
        for half in halves.indices {
            halves[half].told.sort()
            halves[half].taught = texts.indices.filter { place[texts[$0]] == half }
        }
        return halves
    }
}
