// What the reference tokenizer knows of each Unicode scalar, decoded once from `UnicodeData`. Swift's own Unicode
// tables are not asked: their version differs. Not here: the order in which the properties are applied.

/// One scalar's yes-or-no properties; the lower seven bits are those of `make_unicode_tables.py`.
struct ScalarFlags: OptionSet {
    let rawValue: UInt8
    /// Clean-up removes it: controls, formats, unassigned, private use, U+0000 and U+FFFD.
    static let dropped = ScalarFlags(rawValue: 1 << 0)
    /// Clean-up turns it into a space.
    static let blanked = ScalarFlags(rawValue: 1 << 1)
    /// A CJK ideograph, which gets a space on either side.
    static let cjk = ScalarFlags(rawValue: 1 << 2)
    /// A non-spacing mark, which accent stripping removes.
    static let nonspacing = ScalarFlags(rawValue: 1 << 3)
    /// White space, where words end.
    static let whitespace = ScalarFlags(rawValue: 1 << 4)
    /// Punctuation, a word of its own.
    static let punctuation = ScalarFlags(rawValue: 1 << 5)
    /// Forbids a `singleWord` added token beside it.
    static let word = ScalarFlags(rawValue: 1 << 6)
    /// Has a decomposition, a lower-case form or a combining rank.
    static let mapped = ScalarFlags(rawValue: 1 << 7)
}

/// The tables of all scalars.
struct ScalarProperties: Sendable {
    /// The one copy, decoded on first use.
    static let shared = ScalarProperties()

    /// One past the last scalar.
    static let limit = 0x110000
    static let hangulBase: UInt32 = 0xAC00
    static let hangulCount: UInt32 = 11172

    /// Scalars share a page of the fast path's tables by their upper bits.
    static let pageBits = 7
    static let pageSize = 1 << pageBits

    private var flagBytes: [UInt8]
    /// For each page the flags that all its scalars have, or nil where they differ or some are mapped.
    private(set) var uniformPages: [ScalarFlags?] = []
    private var decompositions: ScalarMapping
    private var lowercase: ScalarMapping
    private var ranks: [UInt32: UInt8] = [:]

    private init() {
        flagBytes = [UInt8](repeating: 0, count: Self.limit)
        var runs = Base36Reader(UnicodeData.flags)
        uniformPages = [ScalarFlags?](repeating: nil, count: Self.limit >> Self.pageBits)
        var covered = 0
        while let length = runs.next(), let flags = runs.next() {
            precondition(length <= Self.limit - covered, "no flags beyond the last scalar")
            let first = (covered + Self.pageSize - 1) >> Self.pageBits
            // A run at once: value by value a million of them took longer than all else of a start in a debug build.
            unsafe flagBytes.withUnsafeMutableBufferPointer { bytes in
                unsafe bytes[covered..<covered + length].update(repeating: UInt8(flags))
            }
            covered += length
            let end = covered >> Self.pageBits
            if first < end { for page in first..<end { uniformPages[page] = ScalarFlags(rawValue: UInt8(flags)) } }
        }
        precondition(covered == Self.limit, "the flags cover every scalar")
        decompositions = ScalarMapping(UnicodeData.decompositions)
        lowercase = ScalarMapping(UnicodeData.lowercase)
        var ranked = Base36Reader(UnicodeData.combiningRanks)
        var start = 0
        while let distance = ranked.next(), let length = ranked.next(), let rank = ranked.next() {
            start += distance
            for scalar in start..<start + length { ranks[UInt32(scalar)] = UInt8(rank) }
        }
        for scalar in decompositions.sources { markMapped(scalar) }
        for scalar in lowercase.sources { markMapped(scalar) }
        for scalar in ranks.keys { markMapped(scalar) }
        for scalar in Self.hangulBase..<Self.hangulBase + Self.hangulCount { markMapped(scalar) }
    }

    private mutating func markMapped(_ scalar: UInt32) {
        flagBytes[Int(scalar)] |= ScalarFlags.mapped.rawValue
        uniformPages[Int(scalar) >> Self.pageBits] = nil
    }

    /// The properties of a scalar below `limit`.
    func flags(_ scalar: UInt32) -> ScalarFlags { ScalarFlags(rawValue: flagBytes[Int(scalar)]) }

    /// The scalar's place among the canonical combining classes; 0 for a starter.
    func rank(_ scalar: UInt32) -> UInt8 { ranks[scalar] ?? 0 }

    /// Calls `body` with each scalar of the full canonical decomposition, in order.
    func decompose(_ scalar: UInt32, _ body: (UInt32) -> Void) {
        let syllable = scalar &- Self.hangulBase
        if syllable < Self.hangulCount {
            body(0x1100 + syllable / 588)
            body(0x1161 + syllable % 588 / 28)
            if syllable % 28 != 0 { body(0x11A7 + syllable % 28) }
        } else {
            decompositions.map(scalar, body)
        }
    }

    /// Calls `body` with each scalar of the lower-case form, without regard to context.
    func lower(_ scalar: UInt32, _ body: (UInt32) -> Void) { lowercase.map(scalar, body) }
}

/// A function from scalars to short sequences of scalars; most scalars map to themselves.
private struct ScalarMapping: Sendable {
    /// The scalars that do not map to themselves, ascending.
    private(set) var sources: [UInt32] = []
    private var ends: [UInt32] = []
    private var pool: [UInt32] = []

    init(_ text: StaticString) {
        var reader = Base36Reader(text)
        var start = 0
        while let distance = reader.next(), let step = reader.next(), let count = reader.next(),
            let length = reader.next()
        {
            start += distance
            var previous = start
            var results: [Int] = []
            for _ in 0..<length {
                let coded = reader.next() ?? 0
                previous += coded & 1 == 0 ? coded / 2 : -(coded + 1) / 2
                results.append(previous)
            }
            for index in 0..<count {
                sources.append(UInt32(start + index * step))
                for result in results { pool.append(UInt32(result + index * step)) }
                ends.append(UInt32(pool.count))
            }
        }
    }

    func map(_ scalar: UInt32, _ body: (UInt32) -> Void) {
        var low = 0
        var high = sources.count
        while low < high {
            let middle = (low + high) / 2
            if sources[middle] < scalar { low = middle + 1 } else { high = middle }
        }
        guard low < sources.count, sources[low] == scalar else { return body(scalar) }
        for index in (low == 0 ? 0 : Int(ends[low - 1]))..<Int(ends[low]) { body(pool[index]) }
    }
}

/// Reads the numbers of a generated table.
struct Base36Reader {
    private let text: StaticString
    private var position = 0

    init(_ text: StaticString) { self.text = text }

    mutating func next() -> Int? {
        let bytes = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        while position < bytes.count, unsafe bytes[position] <= 0x20 { position += 1 }
        guard position < bytes.count else { return nil }
        var value = 0
        while position < bytes.count, unsafe bytes[position] > 0x20 {
            let byte = unsafe bytes[position]
            value = value * 36 + Int(byte < 0x3A ? byte - 0x30 : byte - 0x57)
            position += 1
        }
        return value
    }
}
