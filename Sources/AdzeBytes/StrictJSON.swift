// A strict RFC 8259 parser with limits. Stricter than most: duplicate keys, a byte order mark, invalid UTF-8, lone
// surrogates, NaN and trailing text are errors, because two parsers that differ on them can be played against each
// other. Not here: writing, which is `JSONText.swift`.

/// How much JSON a reader is ready to take.
public struct JSONLimits: Sendable {
    /// The most bytes of text.
    public var bytes: Int
    /// The most nested arrays and objects.
    public var depth: Int
    /// The most values in all.
    public var values: Int

    /// Limits; the default suits a configuration file.
    public init(bytes: Int = 16 << 20, depth: Int = 64, values: Int = 4_000_000) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }
}

/// Why a text is not the JSON that we take; every case says where.
public enum JSONError: AdzeFailure, Equatable {
    case tooLarge(bytes: Int, limit: Int)
    case tooDeep(offset: Int, limit: Int)
    case tooManyValues(limit: Int)
    case byteOrderMark
    case invalidUTF8(offset: Int)
    case unexpected(offset: Int, expected: String, found: String)
    case duplicateKey(String, offset: Int)
    case loneSurrogate(offset: Int)
    case numberOutOfRange(offset: Int)
    case trailingText(offset: Int)

    /// One line: what is wrong, and where.
    public var description: String {
        switch self {
        case .tooLarge(let bytes, let limit): "JSON of \(bytes) bytes; at most \(limit) are read"
        case .tooDeep(let offset, let limit): "JSON nested deeper than \(limit) levels at offset \(offset)"
        case .tooManyValues(let limit): "JSON with more than \(limit) values"
        case .byteOrderMark: "JSON begins with a byte order mark; save it as plain UTF-8"
        case .invalidUTF8(let offset): "JSON is not valid UTF-8 at offset \(offset)"
        case .unexpected(let offset, let expected, let found):
            "JSON error at offset \(offset): expected \(expected), found \(found)"
        case .duplicateKey(let key, let offset): "JSON key \(quoted(key)) appears twice (again at offset \(offset))"
        case .loneSurrogate(let offset): "JSON string has half of a surrogate pair at offset \(offset)"
        case .numberOutOfRange(let offset): "JSON number out of range at offset \(offset)"
        case .trailingText(let offset): "JSON is followed by more text at offset \(offset)"
        }
    }
}

/// Parses one JSON value; white space around it is allowed, anything else is an error.
///
/// - Complexity: O(n).
public func parseJSON(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
    guard bytes.count <= limits.bytes else { throw .tooLarge(bytes: bytes.count, limit: limits.bytes) }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw .byteOrderMark }
    var parser = JSONParser(bytes: bytes, limits: limits)
    let value = try parser.value(depth: 0)
    parser.skipWhitespace()
    guard parser.position == bytes.count else { throw .trailingText(offset: parser.position) }
    return value
}

private struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var position = 0
    var valueCount = 0

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    func unexpected(_ expected: String) -> JSONError {
        guard let byte = current else { return .unexpected(offset: position, expected: expected, found: "the end") }
        let found = byte >= 0x21 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
        return .unexpected(offset: position, expected: expected, found: found)
    }

    mutating func expect(_ byte: UInt8, _ name: String) throws(JSONError) {
        guard current == byte else { throw unexpected(name) }
        position += 1
    }

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipWhitespace()
        valueCount += 1
        guard valueCount <= limits.values else { throw .tooManyValues(limit: limits.values) }
        switch current {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount { try unsafe expect(text.utf8Start[index], "'\(text)'") }
        return value
    }

    mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= limits.depth else { throw .tooDeep(offset: position, limit: limits.depth) }
        position += 1
        var object = JSONObject()
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            position += 1
            return object
        }
        while true {
            skipWhitespace()
            let keyOffset = position
            guard current == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
            let key = try string()
            guard object[key] == nil else { throw .duplicateKey(key, offset: keyOffset) }
            skipWhitespace()
            try expect(UInt8(ascii: ":"), "':'")
            object[key] = try value(depth: depth)
            skipWhitespace()
            if current == UInt8(ascii: ",") {
                position += 1
            } else {
                try expect(UInt8(ascii: "}"), "',' or '}'")
                return object
            }
        }
    }

    mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= limits.depth else { throw .tooDeep(offset: position, limit: limits.depth) }
        position += 1
        var values: [JSONValue] = []
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            position += 1
            return values
        }
        while true {
            values.append(try value(depth: depth))
            skipWhitespace()
            if current == UInt8(ascii: ",") {
                position += 1
            } else {
                try expect(UInt8(ascii: "]"), "',' or ']'")
                return values
            }
        }
    }

    /// A string; the position is at its opening quote.
    mutating func string() throws(JSONError) -> String {
        position += 1
        var decoded: [UInt8] = []
        var runStart = position
        while true {
            guard let byte = current else { throw unexpected("'\"'") }
            if byte == UInt8(ascii: "\"") {
                decoded.append(contentsOf: bytes[runStart..<position])
                position += 1
                break
            }
            guard byte >= 0x20 else { throw unexpected("an escaped control character") }
            if byte == UInt8(ascii: "\\") {
                decoded.append(contentsOf: bytes[runStart..<position])
                try escape(into: &decoded)
                runStart = position
            } else {
                position += 1
            }
        }
        guard let string = String(validating: decoded, as: UTF8.self) else {
            throw .invalidUTF8(offset: runStart)
        }
        return string
    }

    mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard let byte = current else { throw unexpected("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if code >= 0xD800 && code < 0xDC00 {
                guard current == UInt8(ascii: "\\") else { throw .loneSurrogate(offset: start) }
                position += 1
                guard current == UInt8(ascii: "u") else { throw .loneSurrogate(offset: start) }
                position += 1
                let low = try hexadecimal()
                guard low >= 0xDC00 && low < 0xE000 else { throw .loneSurrogate(offset: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw .loneSurrogate(offset: start) }
            decoded.append(contentsOf: Array(String(Character(scalar)).utf8))
        default:
            position -= 1
            throw unexpected("an escape of JSON")
        }
    }

    mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            // Of the scalars that one byte can be, the digits and letters of ASCII alone have such a value.
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    mutating func digits() throws(JSONError) {
        guard let byte = current, byte >= 0x30 && byte <= 0x39 else { throw unexpected("a value") }
        while let byte = current, byte >= 0x30 && byte <= 0x39 { position += 1 }
    }

    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try digits() }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        guard position - start <= 512 else { throw .numberOutOfRange(offset: start) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // A negative zero is no integer: `Int` would lose its sign.
        if isInteger, text != "-0", let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw .numberOutOfRange(offset: start) }
        return .number(number)
    }
}
