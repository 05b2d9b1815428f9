// What the word rules of byte-level tokenizers ask of a scalar: letter, digit, white space or none of these. Not here: the
// rules.

/// The class of a scalar as the regular expressions of the reference see it: `\p{L}`, `\p{N}` and `\s`.
enum WordClass: UInt8 {
    case other, letter, number, space
}

/// The classes of all scalars, in pages of which equal ones are stored once.
struct WordClasses: Sendable {
    /// The one copy, made on first use.
    static let shared = WordClasses()

    private static let pageBits = 8
    private static let pageSize = 1 << pageBits
    private let pages: [UInt16]
    private let entries: [UInt8]

    private init() {
        var classes = [UInt8](repeating: WordClass.other.rawValue, count: ScalarProperties.limit)
        Self.mark(FormData.letters, .letter, &classes)
        Self.mark(FormData.numbers, .number, &classes)
        // The 25 of Unicode's White_Space, all of them below U+3001.
        for scalar in 0...0x3000 where ScalarProperties.shared.flags(UInt32(scalar)).contains(.whitespace) {
            classes[scalar] = WordClass.space.rawValue
        }
        var (pages, entries): ([UInt16], [UInt8]) = ([], [])
        var known: [ArraySlice<UInt8>: UInt16] = [:]
        for start in stride(from: 0, to: classes.count, by: Self.pageSize) {
            let page = classes[start..<start + Self.pageSize]
            if let number = known[page] {
                pages.append(number)
                continue
            }
            let number = UInt16(entries.count >> Self.pageBits)
            known[page] = number
            pages.append(number)
            entries += page
        }
        (self.pages, self.entries) = (pages, entries)
    }

    /// Marks the scalars of runs of (distance from the end of the last, length).
    private static func mark(_ runs: StaticString, _ mark: WordClass, _ classes: inout [UInt8]) {
        var reader = Base36Reader(runs)
        var position = 0
        while let distance = reader.next(), let length = reader.next() {
            position += distance
            for scalar in position..<position + length { classes[scalar] = mark.rawValue }
            position += length
        }
    }

    /// The class of a scalar.
    subscript(scalar: UInt32) -> WordClass { table[scalar] }

    /// A view for many look-ups.
    var table: WordClassTable {
        @_lifetime(borrow self)
        get { WordClassTable(pages: pages.span, entries: entries.span) }
    }
}

/// Borrowed look-ups in `WordClasses`.
struct WordClassTable: ~Escapable {
    private let pages: Span<UInt16>
    private let entries: Span<UInt8>

    @_lifetime(copy pages, copy entries)
    init(pages: Span<UInt16>, entries: Span<UInt8>) {
        self.pages = pages
        self.entries = entries
    }

    /// The class of a scalar.
    @inline(__always)
    subscript(scalar: UInt32) -> WordClass {
        let page = Int(pages[Int(scalar >> 8)]) << 8
        return WordClass(rawValue: entries[page + Int(scalar & 0xFF)]) ?? .other
    }
}
