// The fields of a protobuf message, one after the other, every step checked: varints, eight bytes, runs of bytes, four
// bytes. Follows https://protobuf.dev/programming-guides/encoding. Not here: what the fields mean.

import AdzeBytes

/// One field of a message as it stands in the file.
struct ProtobufField {
    /// What a field may hold, by its wire type.
    enum Value {
        case varint(UInt64)
        case eightBytes
        case bytes(ArraySlice<UInt8>)
        case fourBytes(UInt32)

        /// For errors.
        var name: String {
            switch self {
            case .varint: "a varint"
            case .eightBytes: "eight bytes"
            case .bytes: "a run of bytes"
            case .fourBytes: "four bytes"
            }
        }
    }

    /// From 1.
    let number: Int
    let value: Value
    fileprivate let file: String

    /// The value as an `int32` or an enumeration, of which the low 32 bits count; `name` is what errors call the field.
    func integer(_ name: @autoclosure () -> String) throws(TokenizerError) -> Int {
        guard case .varint(let bits) = value else { throw other("a varint", name()) }
        return Int(Int32(truncatingIfNeeded: bits))
    }

    /// The value as a `bool`: any number but 0 is true.
    func flag(_ name: @autoclosure () -> String) throws(TokenizerError) -> Bool {
        guard case .varint(let bits) = value else { throw other("a varint", name()) }
        return bits != 0
    }

    /// The value as a `float`.
    func float(_ name: @autoclosure () -> String) throws(TokenizerError) -> Float {
        guard case .fourBytes(let bits) = value else { throw other("four bytes", name()) }
        return Float(bitPattern: bits)
    }

    /// The value as a `string`, `bytes` or message, not copied.
    func bytes(_ name: @autoclosure () -> String) throws(TokenizerError) -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = value else { throw other("a run of bytes", name()) }
        return bytes
    }

    private func other(_ expected: String, _ name: String) -> TokenizerError {
        .unexpected(file: file, key: name, expected: expected, found: value.name)
    }
}

/// A position in a message that only moves forward and never past the message's end.
///
/// Groups, which are older than messages inside messages, are refused: a reader of them needs a stack.
struct ProtobufReader {
    private static let longestVarint = 10
    private static let highestNumber = (1 << 29) - 1

    /// Of the file, so that offsets in errors are the file's.
    private let bytes: ArraySlice<UInt8>
    private let file: String
    /// The next byte.
    private var offset: Int

    /// A reader at the start of a message; `file` is named in errors.
    init(_ bytes: ArraySlice<UInt8>, file: String) {
        self.bytes = bytes
        self.file = file
        offset = bytes.startIndex
    }

    /// The next field, or nil at the message's end.
    mutating func next() throws(TokenizerError) -> ProtobufField? {
        guard offset < bytes.endIndex else { return nil }
        let start = offset
        let tag = try varint()
        guard let number = Int(exactly: tag >> 3), (1...Self.highestNumber).contains(number) else {
            throw damaged(at: start, expected: "a field's number from 1 to \(Self.highestNumber)", "\(tag >> 3)")
        }
        let value: ProtobufField.Value
        switch tag & 7 {
        case 0: value = .varint(try varint())
        case 1:
            _ = try take(8)
            value = .eightBytes
        case 2: value = .bytes(try run())
        case 5:
            let four = try take(4)
            value = .fourBytes(four.reversed().reduce(0) { $0 << 8 | UInt32($1) })
        case let type: throw damaged(at: start, expected: "wire type 0, 1, 2 or 5", "\(type)")
        }
        return ProtobufField(number: number, value: value, file: file)
    }

    /// Seven bits a byte, the low ones first, until a byte without the high bit.
    private mutating func varint() throws(TokenizerError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for index in 0..<Self.longestVarint {
            guard offset < bytes.endIndex else {
                throw damaged(at: start, expected: "a varint", "the message's end")
            }
            let byte = bytes[offset]
            offset += 1
            // Of the tenth byte one bit is left over.
            if index == Self.longestVarint - 1, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { return value }
        }
        throw damaged(at: start, expected: "a varint of 64 bits", "a longer one")
    }

    /// A length, then so many bytes.
    private mutating func run() throws(TokenizerError) -> ArraySlice<UInt8> {
        let start = offset
        let length = try varint()
        guard let count = Int(exactly: length), count <= bytes.endIndex - offset else {
            throw damaged(at: start, expected: "\(length) bytes", "\(bytes.endIndex - offset)")
        }
        return try take(count)
    }

    private mutating func take(_ count: Int) throws(TokenizerError) -> ArraySlice<UInt8> {
        guard count <= bytes.endIndex - offset else {
            throw damaged(at: offset, expected: "\(count) bytes", "\(bytes.endIndex - offset)")
        }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    private func damaged(at offset: Int, expected: String, _ found: String) -> TokenizerError {
        .unexpected(
            file: file, key: "byte \(offset)", expected: expected,
            found: found + "; the file is damaged or of another kind, fetch it again")
    }
}
