// SentencePiece's `precompiled_charsmap`: which texts become which, as a double array over bytes and the strings it
// points to. Not here: to which parts of a text it is applied.

/// Why the bytes of a charsmap are refused.
public enum CharsmapError: Error, Equatable, CustomStringConvertible {
    /// Shorter than the count at the start and one unit.
    case tooShort(count: Int)
    /// The double array does not end inside, or not with a whole unit.
    case badArray(size: Int, available: Int)
    /// The last string is not ended by a zero byte.
    case unendedString
    /// A string of more bytes than any scalar may become.
    case longString(offset: Int, limit: Int)
    /// The strings are not UTF-8.
    case invalidUTF8(offset: Int)

    /// One line: what, where, expected, found.
    public var description: String {
        switch self {
        case .tooShort(let count):
            return "precompiled_charsmap: expected at least 8 bytes, found \(count)"
        case .badArray(let size, let available):
            return "precompiled_charsmap: its double array has \(size) bytes; "
                + "expected a multiple of 4, at least 4 and at most the \(available) that follow"
        case .unendedString:
            return "precompiled_charsmap: its last string is not ended by a zero byte"
        case .longString(let offset, let limit):
            return "precompiled_charsmap: the string at byte \(offset) of its strings has more than \(limit) bytes"
        case .invalidUTF8(let offset):
            return "precompiled_charsmap: its strings are not valid UTF-8 at byte \(offset)"
        }
    }
}

/// A checked charsmap; any text can be looked up in any of them without a trap.
public struct Charsmap: Sendable, Equatable {
    /// The bytes that it was made of.
    public let bytes: [UInt8]
    private let units: [UInt32]
    /// Where the strings begin.
    private let stringBase: Int

    /// Checks the bytes; the cost is one pass.
    ///
    /// Units that point outside are let pass: a search that reaches one finds nothing, as does one whose value is not
    /// the start of a scalar of the strings. The reference crashes there.
    public init(_ bytes: [UInt8]) throws(CharsmapError) {
        guard bytes.count >= 8 else { throw .tooShort(count: bytes.count) }
        let span = bytes.span
        let size = Int(Self.unit(span, at: 0))
        guard size % 4 == 0, size >= 4, size <= bytes.count - 4 else {
            throw .badArray(size: size, available: bytes.count - 4)
        }
        var units: [UInt32] = []
        units.reserveCapacity(size / 4)
        for index in 1...size / 4 { units.append(Self.unit(span, at: index * 4)) }
        stringBase = 4 + size
        if stringBase < bytes.count {
            guard bytes[bytes.count - 1] == 0 else { throw .unendedString }
            if let start = Self.firstLong(span, from: stringBase) {
                throw .longString(offset: start - stringBase, limit: Self.stringLimit)
            }
            if let bad = Self.firstInvalid(span, from: stringBase) { throw .invalidUTF8(offset: bad - stringBase) }
        }
        self.bytes = bytes
        self.units = units
    }

    /// Whether both were made of the same bytes.
    public static func == (left: Charsmap, right: Charsmap) -> Bool { left.bytes == right.bytes }

    private static func unit(_ bytes: Span<UInt8>, at index: Int) -> UInt32 {
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            | UInt32(bytes[index + 3]) << 24
    }

    /// The most bytes of a string; the longest of SentencePiece's own rules has 33. One byte of a text may become as many.
    static let stringLimit = 255

    /// The first string that is too long.
    private static func firstLong(_ bytes: Span<UInt8>, from base: Int) -> Int? {
        var start = base
        for index in base..<bytes.count where bytes[index] == 0 {
            if index - start > stringLimit { return start }
            start = index + 1
        }
        return nil
    }

    /// The first byte that does not belong to valid UTF-8.
    private static func firstInvalid(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var position = start
        while position < bytes.count {
            let first = bytes[position]
            // How long the scalar is, and what its second byte may be.
            let (length, second): (Int, ClosedRange<UInt8>) =
                switch first {
                case 0x00...0x7F: (1, 0x80...0xBF)
                case 0xC2...0xDF: (2, 0x80...0xBF)
                case 0xE0: (3, 0xA0...0xBF)
                case 0xED: (3, 0x80...0x9F)
                case 0xE1...0xEF: (3, 0x80...0xBF)
                case 0xF0: (4, 0x90...0xBF)
                case 0xF1...0xF3: (4, 0x80...0xBF)
                case 0xF4: (4, 0x80...0x8F)
                default: (0, 0x80...0xBF)
                }
            guard length > 0, length <= bytes.count - position else { return position }
            if length > 1, !second.contains(bytes[position + 1]) { return position }
            for index in 1..<length where bytes[position + index] & 0xC0 != 0x80 { return position }
            position += length
        }
        return nil
    }

    /// A place in the array during a search.
    struct Node {
        fileprivate var position: Int
        /// The value of the path to here, if it is a key.
        fileprivate(set) var value: Int?
    }

    /// Where every search begins.
    var root: Node { Node(position: Self.offset(units[0]), value: nil) }

    /// One byte further, or nil where no key goes on so; no key has a zero byte.
    func next(_ node: Node, _ byte: UInt8) -> Node? {
        let position = node.position ^ Int(byte)
        guard byte != 0, position < units.count, units[position] & 0x8000_00FF == UInt32(byte) else { return nil }
        let unit = units[position]
        var next = Node(position: position ^ Self.offset(unit), value: nil)
        if unit & 0x100 != 0 {
            guard next.position < units.count else { return nil }
            next.value = Int(units[next.position] & 0x7FFF_FFFF)
        }
        return next
    }

    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }

    /// Where in `bytes` the string lies that a part of a text becomes: that of the shortest key which begins the part.
    ///
    /// nil if none does. Text behind the key is part of what is replaced.
    func replacement(_ text: Span<UInt8>, _ part: Range<Int>) -> Range<Int>? {
        var node = root
        for index in part {
            guard let next = next(node, text[index]) else { return nil }
            if let value = next.value { return string(at: value) }
            node = next
        }
        return nil
    }

    /// The string that begins at a value.
    func string(at value: Int) -> Range<Int>? {
        guard value <= bytes.count - stringBase else { return nil }
        let start = stringBase + value
        guard start == bytes.count || bytes[start] & 0xC0 != 0x80 else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != 0 { end += 1 }
        return start..<end
    }
}
