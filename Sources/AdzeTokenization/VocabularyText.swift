// `vocab.txt`: one token a line, the line's number is the id. Not here: tokenizer.json.

import AdzeBytes

extension Vocabulary {
    /// A vocabulary out of `vocab.txt`, read as the reference does: lines end at LF or CRLF, a final newline may be
    /// missing, white space at a line's end is not part of the token.
    ///
    /// A line of white space alone keeps it, since no text can match it. Empty lines at the end are no tokens. Throws `TokenizerError`.
    init(text bytes: [UInt8]) throws(TokenizerError) {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            guard lines.count < Self.countLimit else {
                throw .tooManyTokens(file: "vocab.txt", count: lines.count + 1, limit: Self.countLimit)
            }
            let line = bytes[start..<end]
            guard (try? UTF8Span(validating: line.span)) != nil else { throw .invalidUTF8(line: lines.count + 1) }
            lines.append(Self.trimmed(line))
            start = end + 1
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        try self.init(tokens: lines, file: "vocab.txt")
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let span = line.span
        var end = span.count
        while end > 0 {
            let scalar = decodeScalar(span, before: end)
            guard ScalarProperties.shared.flags(scalar.value).contains(.whitespace) else { break }
            end -= scalar.length
        }
        // A line of white space alone loses its line end only.
        if end == 0 { return line.last == 0x0D ? line.dropLast() : line }
        return line.prefix(end)
    }

    /// The text of `vocab.txt`, or nil where a token would not survive it (one with a newline or ending in white space).
    func fileText() -> [UInt8]? {
        var out: [UInt8] = []
        for id in 0..<modelCount {
            let token = utf8(id)
            guard !token.contains(0x0A), !token.isEmpty, Self.trimmed(token).count == token.count else { return nil }
            out += token
            out.append(0x0A)
        }
        return out
    }
}
