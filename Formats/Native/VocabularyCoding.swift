// A vocabulary as bytes: the tokens' lengths, then the tokens. Not here: its frame.

/// Codes and decodes a list of tokens.
enum VocabularyCoding {
    /// The bytes of the tokens: base-128 lengths, then all texts end to end.
    static func encode(_ tokens: [String]) -> [UInt8] {
        var lengths: [UInt8] = []
        var texts: [UInt8] = []
        for token in tokens {
            let start = texts.count
            texts.append(contentsOf: token.utf8)
            var length = texts.count - start
            while length >= 0x80 {
                lengths.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            lengths.append(UInt8(length))
        }
        return lengths + texts
    }

    /// The `count` tokens, or nil and what is wrong.
    static func decode(_ bytes: UnsafeRawBufferPointer, count: Int) -> (tokens: [String]?, problem: String) {
        var offset = 0
        var lengths: [Int] = []
        // `count` is at most the number of bytes, which the header's check saw to.
        lengths.reserveCapacity(count)
        for index in 0..<count {
            guard let length = unsafe number(bytes, &offset) else {
                return (nil, "the length of token \(index) is malformed")
            }
            lengths.append(length)
        }
        var tokens: [String] = []
        tokens.reserveCapacity(count)
        for (index, length) in lengths.enumerated() {
            guard length <= bytes.count - offset else { return (nil, "token \(index) reaches behind the end") }
            let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            guard let token = unsafe String(validating: text, as: UTF8.self) else {
                return (nil, "token \(index) is not UTF-8")
            }
            tokens.append(token)
            offset += length
        }
        return offset == bytes.count ? (tokens, "") : (nil, "\(bytes.count - offset) bytes behind the last token")
    }

    /// A base-128 number in its shortest form, of five bytes at most.
    private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Int? {
        var value = 0
        for index in 0..<5 {
            guard offset < bytes.count else { return nil }
            let byte = unsafe bytes[offset]
            offset += 1
            value |= Int(byte & 0x7F) << (7 * index)
            if byte & 0x80 == 0 { return byte == 0 && index > 0 ? nil : value }
        }
        return nil
    }
}
