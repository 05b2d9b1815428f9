// A trie over bytes with a number at some nodes, its edges in one open-addressing table. Not here: what the numbers
// mean, or WordPiece.

/// A growing set of byte strings, each with a number.
struct ByteTrie: Sendable {
    /// The most nodes: an edge's key is a node and a byte in 32 bits.
    static let nodeLimit = 1 << 24
    static let root: UInt32 = 0

    /// Slot: key in the upper half, target in the lower; a free slot is 0, as no edge leads to the root.
    private(set) var slots: [UInt64]
    /// The number at each node, −1 for none.
    private(set) var values: [Int32] = [-1]
    private var hash: EdgeHash

    /// A trie with room for about `bytes` bytes of strings before it grows.
    init(capacity bytes: Int = 64, seed: EdgeHash.Seed = .process) {
        var bits: UInt64 = 6
        while bits < 26, 1 << bits < bytes { bits += 1 }
        slots = [UInt64](repeating: 0, count: 1 << bits)
        hash = EdgeHash(seed: seed, shift: 64 - bits)
    }

    /// How many strings there are.
    private(set) var count = 0

    /// Adds a string; false where it is there already and keeps its number.
    ///
    /// The strings' bytes must stay below `nodeLimit` in all.
    mutating func insert(_ bytes: some Sequence<UInt8>, value: Int32) -> Bool {
        var node = Self.root
        for byte in bytes { node = child(of: node, byte) }
        guard values[Int(node)] < 0 else { return false }
        count += 1
        values[Int(node)] = value
        return true
    }

    /// A string being added: its next byte and its end, where it is in the trie, and which string it is.
    private struct Growth {
        var next, end: Int32
        var node: UInt32
        let string: Int32
    }

    /// Adds many strings, that end in `text` where `ends` says, each with its place as its number; returns the first
    /// that was there already and was not to replace it, or nil.
    ///
    /// A string before `replaceable` takes the number of an equal one. The strings are followed side by side, a byte of
    /// each at a time: where one waits for a far place of the table, the next one's look-up is on its way.
    /// - Complexity: O(bytes).
    mutating func insertAll(text: Span<UInt8>, ends: Span<Int32>, replaceable: Int) -> Int? {
        var repeated: Int32?
        var growing: [Growth] = []
        growing.reserveCapacity(ends.count)
        for string in ends.indices {
            let begin = string == 0 ? 0 : ends[string - 1]
            growing.append(Growth(next: begin, end: ends[string], node: Self.root, string: Int32(string)))
        }
        while !growing.isEmpty {
            var left = 0
            for index in growing.indices {
                let item = growing[index]
                if item.next < item.end {
                    growing[left] = item
                    left += 1
                } else if values[Int(item.node)] < 0 {
                    count += 1
                    values[Int(item.node)] = item.string
                } else if item.string < replaceable {
                    values[Int(item.node)] = item.string
                } else {
                    repeated = min(repeated ?? .max, item.string)
                }
            }
            growing.removeLast(growing.count - left)
            while (values.count + growing.count) * 2 > slots.count { grow() }
            extend(&growing, text)
        }
        return repeated.map(Int.init)
    }

    /// Takes each string a byte further; the table has room for a node of each.
    private mutating func extend(_ growing: inout [Growth], _ text: Span<UInt8>) {
        let hash = hash
        var nodes = values.count
        var slots = slots.mutableSpan
        var items = growing.mutableSpan
        for index in items.indices {
            let key = items[index].node << 8 | UInt32(text[Int(items[index].next)])
            items[index].next += 1
            let slot = hash.place(of: key, in: slots.span)
            if slots[slot] == 0 {
                slots[slot] = UInt64(key) << 32 | UInt64(nodes)
                nodes += 1
            }
            items[index].node = UInt32(truncatingIfNeeded: slots[slot])
        }
        precondition(nodes <= Self.nodeLimit, "the caller limits the text")
        values.append(contentsOf: repeatElement(-1, count: nodes - values.count))
    }

    private mutating func child(of node: UInt32, _ byte: UInt8) -> UInt32 {
        let key = node << 8 | UInt32(byte)
        let slot = hash.place(of: key, in: slots.span)
        if slots[slot] != 0 { return UInt32(truncatingIfNeeded: slots[slot]) }
        let target = UInt32(values.count)
        precondition(target < Self.nodeLimit, "the caller limits the text")
        values.append(-1)
        slots[slot] = UInt64(key) << 32 | UInt64(target)
        if values.count * 2 > slots.count { grow() }
        return target
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        hash.shift -= 1
        for entry in old where entry != 0 {
            slots[hash.place(of: UInt32(truncatingIfNeeded: entry >> 32), in: slots.span)] = entry
        }
    }

    /// A view for many look-ups.
    var walker: TrieWalker {
        @_lifetime(borrow self)
        get { TrieWalker(slots: slots.span, values: values.span, hash: hash) }
    }

    /// The number of a string, or nil.
    func value(of bytes: some Sequence<UInt8>) -> Int32? {
        let walker = walker
        var node = Self.root
        for byte in bytes {
            node = walker.step(node, byte)
            if node == 0 { return nil }
        }
        let value = walker.values[Int(node)]
        return value < 0 ? nil : value
    }
}

/// Where an edge's key belongs in a table: two multiplications by numbers that no file can know, so that none can choose
/// keys which meet in one place.
///
/// What a trie answers does not depend on the seed, only where in its table the edges lie.
struct EdgeHash: Sendable {
    /// What the places follow from.
    struct Seed: Sendable {
        fileprivate let mask: UInt64
        fileprivate let multiplier: UInt64

        /// Random numbers of the generator.
        init(using generator: inout some RandomNumberGenerator) {
            mask = generator.next()
            multiplier = generator.next() | 1
        }

        /// The seed of all tries of this process.
        static let process: Seed = {
            var generator = SystemRandomNumberGenerator()
            return Seed(using: &generator)
        }()
    }

    private let seed: Seed
    /// 64 less the bits of a place.
    fileprivate(set) var shift: UInt64

    fileprivate init(seed: Seed, shift: UInt64) {
        (self.seed, self.shift) = (seed, shift)
    }

    @inline(__always)
    private func slot(of key: UInt32) -> Int {
        let mixed = (UInt64(key) ^ seed.mask) &* seed.multiplier
        return Int(truncatingIfNeeded: ((mixed ^ mixed &>> 32) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    }

    /// The place of a key's entry in a table, or the free one where it belongs; a table is never full.
    @inline(__always)
    func place(of key: UInt32, in slots: Span<UInt64>) -> Int {
        var slot = slot(of: key)
        while slots[slot] != 0, UInt32(truncatingIfNeeded: slots[slot] >> 32) != key {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }
}

/// Borrowed look-ups in a `ByteTrie`.
struct TrieWalker: ~Escapable {
    let slots: Span<UInt64>
    let values: Span<Int32>
    let hash: EdgeHash

    @_lifetime(copy slots, copy values)
    init(slots: Span<UInt64>, values: Span<Int32>, hash: EdgeHash) {
        self.slots = slots
        self.values = values
        self.hash = hash
    }

    /// The node one byte further, or 0 (the root, where no edge leads) for none.
    @inline(__always)
    func step(_ node: UInt32, _ byte: UInt8) -> UInt32 {
        UInt32(truncatingIfNeeded: slots[hash.place(of: node << 8 | UInt32(byte), in: slots)])
    }
}
