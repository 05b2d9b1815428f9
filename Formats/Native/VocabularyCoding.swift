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

    /// The `count` tokens as valid UTF-8, parts of one array; or nil and what is wrong.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, count: Int
    ) -> (tokens: [ArraySlice<UInt8>]?, problem: String) {
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
        let text = unsafe [UInt8](bytes[offset...])
        var tokens: [ArraySlice<UInt8>] = []
        tokens.reserveCapacity(count)
        var start = 0
        for (index, length) in lengths.enumerated() {
            guard length <= text.count - start else { return (nil, "token \(index) reaches behind the end") }
            tokens.append(text[start..<start + length])
            start += length
        }
        guard start == text.count else { return (nil, "\(text.count - start) bytes behind the last token") }
        // At once; a text that is valid is valid in parts that begin with no continuation of a scalar.
        let isValid = (try? UTF8Span(validating: text.span)) != nil
        guard isValid, tokens.allSatisfy({ ($0.first ?? 0) & 0xC0 != 0x80 }) else {
            let index = tokens.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
            return (nil, "token \(index) is not UTF-8")
        }
        return (tokens, "")
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
