// Merging the symbols of one word, pair by pair in the order of ranks. Not here: which symbols a word begins as.

/// Room for the symbols of a word.
struct PairScratch: ~Copyable {
    /// The token of each symbol and where it ends in the word.
    var symbols: [(id: Int32, end: Int32)] = []
    /// What each symbol makes with the next: rank and token, or none.
    fileprivate var pairs: [UInt64] = []
    /// Of long words: the neighbours of each symbol, and the pairs that wait by rank and place.
    fileprivate var next: [Int32] = []
    fileprivate var previous: [Int32] = []
    fileprivate var waiting: [UInt64] = []
    /// Whether `made` is kept.
    var notesMade = false
    /// The tokens that the last word began as, and those that merges made of them.
    private(set) var made: [Int32] = []

    /// The bytes of the room.
    var byteCount: Int { 8 * (symbols.capacity + pairs.capacity + next.capacity + waiting.capacity) }

    /// Merges the symbols as far as pairs merge: always the pair of lowest rank, of equals the first.
    ///
    /// - Complexity: O(n log n) in the symbols.
    mutating func merge(_ table: borrowing MergeWalker) {
        if notesMade { made = symbols.map(\.id) }
        if symbols.count <= Self.scanned, !notesMade { mergeScanning(table) } else { mergeQueueing(table) }
    }

    /// Words of so many symbols are searched from end to end for each merge: faster than a queue up to there.
    private static let scanned = 48

    private mutating func mergeScanning(_ table: borrowing MergeWalker) {
        guard symbols.count > 1 else { return }
        while pairs.count < Self.scanned { pairs.append(MergeTable.free) }
        var (symbols, pairs) = (exchange(&self.symbols, with: []), exchange(&self.pairs, with: []))
        let left = Self.merge(symbols.mutableSpan, pairs.mutableSpan, table)
        symbols.removeLast(symbols.count - left)
        (self.symbols, self.pairs) = (symbols, pairs)
    }

    /// How many symbols are left of those of a word, at the front of the span.
    private static func merge(
        _ symbols: consuming MutableSpan<(id: Int32, end: Int32)>, _ pairs: consuming MutableSpan<UInt64>,
        _ table: borrowing MergeWalker
    ) -> Int {
        var left = symbols.count
        for index in 1..<left { pairs[index - 1] = table.value(symbols[index - 1].id, symbols[index].id) }
        while left > 1 {
            var (best, place) = (MergeTable.free, 0)
            for index in 0..<left - 1 where pairs[index] < best { (best, place) = (pairs[index], index) }
            guard best != MergeTable.free else { break }
            symbols[place] = (Int32(truncatingIfNeeded: best), symbols[place + 1].end)
            left -= 1
            for index in place + 1..<max(left, place + 1) {
                symbols[index] = symbols[index + 1]
                pairs[index - 1] = pairs[index]
            }
            if place > 0 { pairs[place - 1] = table.value(symbols[place - 1].id, symbols[place].id) }
            if place + 1 < left { pairs[place] = table.value(symbols[place].id, symbols[place + 1].id) }
        }
        return left
    }

    /// The same with a heap of the pairs: an entry counts while what it says of its place is still so.
    private mutating func mergeQueueing(_ table: borrowing MergeWalker) {
        let count = symbols.count
        pairs.removeAll(keepingCapacity: true)
        waiting.removeAll(keepingCapacity: true)
        next = (0..<Int32(count)).map { $0 + 1 }
        previous = (0..<Int32(count)).map { $0 - 1 }
        for index in 1..<max(1, count) {
            pairs.append(table.value(symbols[index - 1].id, symbols[index].id))
            enqueue(index - 1)
        }
        pairs.append(MergeTable.free)
        while let entry = dequeue() {
            let place = Int(entry & 0xFFFF_FFFF)
            guard pairs[place] &>> 32 == entry &>> 32, pairs[place] != MergeTable.free else { continue }
            let gone = Int(next[place])
            symbols[place] = (Int32(truncatingIfNeeded: pairs[place]), symbols[gone].end)
            if notesMade { made.append(symbols[place].id) }
            pairs[gone] = MergeTable.free
            symbols[gone].id = -1
            next[place] = next[gone]
            if Int(next[place]) < count { previous[Int(next[place])] = Int32(place) }
            refresh(place, table, count)
            if previous[place] >= 0 { refresh(Int(previous[place]), table, count) }
        }
        symbols.removeAll { $0.id == -1 }
    }

    private mutating func refresh(_ place: Int, _ table: borrowing MergeWalker, _ count: Int) {
        let follower = Int(next[place])
        pairs[place] = follower < count ? table.value(symbols[place].id, symbols[follower].id) : MergeTable.free
        enqueue(place)
    }

    private mutating func enqueue(_ place: Int) {
        guard pairs[place] != MergeTable.free else { return }
        var child = waiting.count
        let entry = (pairs[place] &>> 32) << 32 | UInt64(place)
        waiting.append(entry)
        while child > 0, entry < waiting[(child - 1) / 2] {
            waiting[child] = waiting[(child - 1) / 2]
            child = (child - 1) / 2
        }
        waiting[child] = entry
    }

    private mutating func dequeue() -> UInt64? {
        guard let first = waiting.first, let last = waiting.popLast() else { return nil }
        guard !waiting.isEmpty else { return first }
        var place = 0
        while 2 * place + 1 < waiting.count {
            var child = 2 * place + 1
            if child + 1 < waiting.count, waiting[child + 1] < waiting[child] { child += 1 }
            guard waiting[child] < last else { break }
            waiting[place] = waiting[child]
            place = child
        }
        waiting[place] = last
        return first
    }
}
