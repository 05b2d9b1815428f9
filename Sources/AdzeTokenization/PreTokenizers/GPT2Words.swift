// GPT-2's word rule as code: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`. Not here: other
// rules.

/// Finds the words of a text one after another; every byte is in one.
struct GPT2Words: ~Escapable {
    private let bytes: Span<UInt8>
    private let end: Int
    private let classes: WordClassTable
    private var position: Int

    /// The words of a range of valid UTF-8.
    @_lifetime(copy bytes, copy classes)
    init(_ bytes: Span<UInt8>, _ range: Range<Int>, classes: WordClassTable) {
        self.bytes = bytes
        self.classes = classes
        (position, end) = (range.lowerBound, range.upperBound)
    }

    /// The next word, or nil behind the last.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func next() -> Range<Int>? {
        guard position < end else { return nil }
        let start = position
        var (kind, length) = classify(start)
        if kind == .other, bytes[start] == 0x27 {
            let contraction = contraction(start)
            if contraction > 0 {
                position = start + contraction
                return start..<position
            }
        }
        if kind == .space {
            guard bytes[start] == 0x20, start + 1 < end else { return spaces(start, length) }
            (kind, length) = classify(start + 1)
            guard kind != .space else { return spaces(start, 1) }
            length += 1
        }
        var place = start + length
        while place < end {
            let (next, step) = classify(place)
            guard next == kind else { break }
            place += step
        }
        position = place
        return start..<place
    }

    /// A run of white space: where something follows it, its last scalar is left to that.
    @_lifetime(self: copy self)
    private mutating func spaces(_ start: Int, _ length: Int) -> Range<Int> {
        var (last, place) = (start, start + length)
        while place < end {
            let (kind, step) = classify(place)
            guard kind == .space else { break }
            last = place
            place += step
        }
        position = place < end && last > start ? last : place
        return start..<position
    }

    /// How many bytes of a contraction begin at an apostrophe; 0 for none.
    private func contraction(_ start: Int) -> Int {
        guard start + 1 < end else { return 0 }
        let second = start + 2 < end ? bytes[start + 2] : 0
        switch bytes[start + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return second == UInt8(ascii: "e") ? 3 : 0
        case UInt8(ascii: "l"): return second == UInt8(ascii: "l") ? 3 : 0
        default: return 0
        }
    }

    @inline(__always)
    private func classify(_ place: Int) -> (WordClass, Int) {
        let byte = bytes[place]
        if byte < 0x80 {
            // The common case without a table: letters first.
            if (byte | 0x20) &- 0x61 < 26 { return (.letter, 1) }
            return (classes[UInt32(byte)], 1)
        }
        let scalar = decodeScalar(bytes, at: place)
        return (classes[scalar.value], scalar.length)
    }
}
