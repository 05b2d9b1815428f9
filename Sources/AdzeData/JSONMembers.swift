// The members of a JSON object as places in its text, so that they can be passed on as they are: a parser that looks at
// the grammar and at no value. Not here: values, which are `parseJSON`'s.

internal import AdzeBytes

/// A key with its value, by their places in a record.
struct JSONMember: Sendable, Equatable {
    /// The key with its quotes.
    let key: Range<Int>
    /// The value.
    let value: Range<Int>

    /// Whether the key is this name, however it is escaped.
    func isNamed(_ name: String, in bytes: [UInt8]) -> Bool {
        let inner = bytes[key.lowerBound + 1..<key.upperBound - 1]
        guard inner.contains(UInt8(ascii: "\\")) else { return inner.elementsEqual(name.utf8) }
        return decodedName(in: bytes)?.utf8.elementsEqual(name.utf8) == true
    }

    /// The key as text; nil where it has half of a surrogate pair.
    func decodedName(in bytes: [UInt8]) -> String? { (try? parseJSON(Array(bytes[key])))?.string }
}

/// Finds the members of the one object that a text is.
///
/// Takes every text that `parseJSON` takes and some more: numbers of any size, lone surrogates and repeated keys, none of
/// which is ours to judge in a value that is passed on.
struct JSONMemberScanner {
    /// The most nested arrays and objects.
    static let depthLimit = 512

    private let bytes: [UInt8]
    private var position = 0

    /// The members of an object; nil for any other text, of which `parseJSON` can say what is wrong.
    static func members(of bytes: [UInt8]) throws(JSONError) -> [JSONMember]? {
        var scanner = JSONMemberScanner(bytes)
        return try scanner.object()
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func object() throws(JSONError) -> [JSONMember]? {
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return nil }
        var members: [JSONMember] = []
        skipSpace()
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                let key = position
                guard string() else { return nil }
                let keyEnd = position
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return nil }
                skipSpace()
                let value = position
                guard try skipValue() else { return nil }
                members.append(JSONMember(key: key..<keyEnd, value: value..<position))
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { return nil }
        }
        skipSpace()
        return position == bytes.count ? members : nil
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    /// Steps over a value, with its own stack: nothing in a file can make ours overflow.
    private mutating func skipValue() throws(JSONError) -> Bool {
        // Whether each open container is an object.
        var open: [Bool] = []
        while true {
            skipSpace()
            switch current {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = current == UInt8(ascii: "{")
                position += 1
                // The row's own object is the first level.
                guard open.count + 2 <= JSONMemberScanner.depthLimit else {
                    throw .tooDeep(offset: position - 1, limit: JSONMemberScanner.depthLimit)
                }
                skipSpace()
                if !take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    open.append(isObject)
                    if isObject, !key() { return false }
                    continue
                }
            case UInt8(ascii: "\""): guard string() else { return false }
            case UInt8(ascii: "t"): guard literal("true") else { return false }
            case UInt8(ascii: "f"): guard literal("false") else { return false }
            case UInt8(ascii: "n"): guard literal("null") else { return false }
            default: guard number() else { return false }
            }
            // A value is behind us: what follows closes containers or goes on with one.
            while let isObject = open.last {
                skipSpace()
                if take(UInt8(ascii: ",")) {
                    if isObject, !key() { return false }
                    break
                }
                guard take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
                open.removeLast()
            }
            if open.isEmpty { return true }
        }
    }

    private mutating func key() -> Bool {
        skipSpace()
        guard string() else { return false }
        skipSpace()
        return take(UInt8(ascii: ":"))
    }

    private mutating func literal(_ text: StaticString) -> Bool {
        for index in 0..<text.utf8CodeUnitCount {
            guard unsafe take(text.utf8Start[index]) else { return false }
        }
        return true
    }

    private mutating func string() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while let byte = current, byte >= 0x20 {
            position += 1
            if byte == UInt8(ascii: "\"") { return true }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard let escape = current else { return false }
            position += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                break
            case UInt8(ascii: "u"):
                for _ in 0..<4 {
                    guard let digit = current, Character(Unicode.Scalar(digit)).hexDigitValue != nil else {
                        return false
                    }
                    position += 1
                }
            default: return false
            }
        }
        return false
    }

    private mutating func number() -> Bool {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")), !digits() { return false }
        if take(UInt8(ascii: ".")), !digits() { return false }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = current, byte >= 0x30 && byte <= 0x39 { position += 1 }
        return position > start
    }
}
