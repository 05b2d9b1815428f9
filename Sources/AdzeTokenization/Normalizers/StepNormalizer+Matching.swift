// Finds what a `Replace` normalizer replaces, and white space at the ends, without a regex engine. Not here: replacing.

/// A pattern made ready to be looked for.
struct PatternMatcher: Sendable {
    /// Bits of a byte in `kinds`: it belongs to runs, it matches alone, it begins a scalar that may be white space.
    private static let run: UInt8 = 1
    private static let alone: UInt8 = 2
    private static let wide: UInt8 = 4

    private enum Search {
        case text
        /// Runs of at least so many scalars; 0 where each scalar is a match of its own.
        case run(atLeast: Int)
    }

    private let search: Search
    /// The text, or what must follow a run and is part of the match.
    private let text: [UInt8]
    private var kinds = [UInt8](repeating: 0, count: 256)

    init(_ pattern: ReplacePattern) {
        switch pattern {
        case .text(let content): (search, text) = (.text, Array(content.utf8))
        case .spacesBeforeMark: (search, text) = (.run(atLeast: 1), Array("▁".utf8))
        case .spaces, .whitespaceRunOrLine: (search, text) = (.run(atLeast: 2), [])
        case .whitespaceRun, .blanks, .asciiWhitespaceRun: (search, text) = (.run(atLeast: 1), [])
        case .line, .lineFeed, .whitespace: (search, text) = (.run(atLeast: 0), [])
        }
        switch pattern {
        case .text: if let first = text.first { kinds[Int(first)] = Self.run }
        case .spaces, .spacesBeforeMark: set(Self.run, [0x20])
        case .whitespaceRunOrLine:
            setWhitespace(Self.run)
            set(Self.run | Self.alone, [0x09, 0x0A, 0x0D])
        case .line: set(Self.alone, [0x09, 0x0A, 0x0D])
        case .lineFeed: set(Self.alone, [0x0A])
        case .whitespaceRun: setWhitespace(Self.run)
        case .whitespace: setWhitespace(Self.alone)
        case .blanks:
            setWhitespace(Self.run)
            kinds[0x0A] = 0
        case .asciiWhitespaceRun: set(Self.run, [0x09, 0x0A, 0x0D, 0x20])
        }
    }

    private mutating func set(_ kind: UInt8, _ bytes: [Int]) {
        for byte in bytes { kinds[byte] = kind }
    }

    private mutating func setWhitespace(_ kind: UInt8) {
        set(kind, [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20])
        set(kind | Self.wide, [0xC2, 0xE1, 0xE2, 0xE3])
    }

    /// What an ASCII byte is to a pattern.
    enum Role { case none, pair, match }

    /// Whether ASCII is matched from a byte on (and is not already the content): never, if the same byte follows or
    /// bytes whose role is `match`, or perhaps always.
    func role(of byte: UInt8, _ content: [UInt8]) -> Role {
        let kind = kinds[Int(byte)]
        switch search {
        case .text:
            guard kind != 0 else { return text.isEmpty ? .match : .none }
            return text.count > 1 && text.allSatisfy { $0 == byte } ? .pair : .match
        case .run(let least):
            if kind == 0 || !text.isEmpty { return .none }
            let isAlone = least < 2 || kind & Self.alone != 0
            return byte == 0x20 && (!isAlone || content == [byte]) ? .pair : .match
        }
    }

    /// The first match that begins at `start` or later and ends by `end`, both starts of scalars of valid UTF-8.
    func next(_ bytes: Span<UInt8>, from start: Int, before end: Int) -> Range<Int>? {
        let kinds = kinds.span
        var position = start
        // An empty text is never matched in an empty text.
        if case .text = search, text.isEmpty { return bytes.count > 0 ? start..<start : nil }
        while true {
            while position < end, kinds[Int(bytes[position])] == 0 { position += 1 }
            guard position < end else { return nil }
            let kind = kinds[Int(bytes[position])]
            switch search {
            case .text:
                if matchesText(bytes, at: position, before: end) { return position..<position + text.count }
                position += 1
            case .run(let least):
                // Most spaces stand alone.
                if least > 1, kind == Self.run, position + 1 == end || kinds[Int(bytes[position + 1])] == 0 {
                    position += 1
                    continue
                }
                let stop = runEnd(bytes, from: position, before: end, limit: least == 0 ? 1 : Int.max)
                if stop.count > 0, stop.count >= least, matchesText(bytes, at: stop.end, before: end) {
                    return position..<stop.end + text.count
                }
                if stop.count > 0, kind & Self.alone != 0 { return position..<position + 1 }
                position = max(stop.end, position + 1)
            }
        }
    }

    /// The first match, as `next` finds it, that is not already what it would become.
    func nextChange(_ bytes: Span<UInt8>, from start: Int, before end: Int, _ content: [UInt8]) -> Range<Int>? {
        var position = start
        while let match = next(bytes, from: position, before: end) {
            guard match.count == content.count else { return match }
            for index in content.indices where bytes[match.lowerBound + index] != content[index] { return match }
            position = max(match.upperBound, position + 1)
        }
        return nil
    }

    private func matchesText(_ bytes: Span<UInt8>, at position: Int, before end: Int) -> Bool {
        guard text.count <= end - position else { return false }
        for index in text.indices where bytes[position + index] != text[index] { return false }
        return true
    }

    private func runEnd(
        _ bytes: Span<UInt8>, from start: Int, before end: Int, limit: Int
    ) -> (end: Int, count: Int) {
        var position = start
        var count = 0
        while position < end, count < limit {
            let kind = kinds[Int(bytes[position])]
            let length = kind & Self.wide != 0 ? bytes.whitespaceLength(at: position, before: end) : kind != 0 ? 1 : 0
            guard length > 0 else { break }
            position += length
            count += 1
        }
        return (position, count)
    }
}

extension Span<UInt8> {
    /// How many bytes of white space begin at a start of a scalar: one scalar's, or none.
    ///
    /// White space is what Unicode says; `make_unicode_forms.py` asserts that both engines of the reference agree.
    func whitespaceLength(at position: Int, before end: Int) -> Int {
        guard position < end else { return 0 }
        let first = self[position]
        if first < 0x80 { return first == 0x20 || first &- 0x09 < 5 ? 1 : 0 }
        let second = self[position + 1]
        switch (first, second) {
        // U+0085, U+00A0
        case (0xC2, 0x85), (0xC2, 0xA0): return 2
        // U+1680
        case (0xE1, 0x9A): return self[position + 2] == 0x80 ? 3 : 0
        // U+2000 to U+200A, U+2028, U+2029, U+202F
        case (0xE2, 0x80):
            let third = self[position + 2]
            return third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF ? 3 : 0
        // U+205F
        case (0xE2, 0x81): return self[position + 2] == 0x9F ? 3 : 0
        // U+3000
        case (0xE3, 0x80): return self[position + 2] == 0x80 ? 3 : 0
        default: return 0
        }
    }

    /// A range of valid UTF-8 without white space at the ends.
    func stripped(_ range: Range<Int>, left: Bool, right: Bool) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        if left {
            while true {
                let length = whitespaceLength(at: start, before: end)
                guard length > 0 else { break }
                start += length
            }
        }
        if right {
            while end > start {
                let length = decodeScalar(self, before: end).length
                guard whitespaceLength(at: end - length, before: end) > 0 else { break }
                end -= length
            }
        }
        return start..<end
    }
}
