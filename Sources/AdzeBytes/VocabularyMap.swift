// Which ids stay when a vocabulary is cut down, and what they become. Whoever holds ids or has a row for each asks the
// same map: tokens, added tokens, tables, decoders, configurations. Not here: which ids a text needs.

/// The ids of a vocabulary that stay, in their order and closed up.
public struct VocabularyMap: Sendable, Equatable {
    /// The old ids that stay, ascending; the new id of each is its place.
    public let kept: [Int]
    /// For each old id its new one, −1 for one that goes.
    private let new: [Int32]

    /// Keeps some ids of a vocabulary of `oldCount`; repeated ones count once, and all are below `oldCount`.
    public init(keeping ids: some Sequence<Int>, of oldCount: Int) {
        var stays = [Bool](repeating: false, count: oldCount)
        for id in ids { stays[id] = true }
        kept = stays.indices.filter { stays[$0] }
        var new = [Int32](repeating: -1, count: oldCount)
        for (place, id) in kept.enumerated() { new[id] = Int32(place) }
        self.new = new
    }

    /// How many ids there were.
    public var oldCount: Int { new.count }
    /// How many stay.
    public var count: Int { kept.count }
    /// Whether all stay.
    public var keepsAll: Bool { count == oldCount }
    /// The old ids that go, ascending.
    public var dropped: [Int] { new.indices.filter { new[$0] < 0 } }

    /// What an old id becomes; nil where it goes, and for what was no id.
    public subscript(old: Int) -> Int? {
        guard new.indices.contains(old), new[old] >= 0 else { return nil }
        return Int(new[old])
    }

    /// The old ids that stay as stretches without a gap, ascending: of a table with a row for each, the rows that stay.
    public var runs: [Range<Int>] {
        var runs: [Range<Int>] = []
        for id in kept {
            if let last = runs.last, last.upperBound == id {
                runs[runs.count - 1] = last.lowerBound..<id + 1
            } else {
                runs.append(id..<id + 1)
            }
        }
        return runs
    }
}
