// `vocab.txt`: one token a line, the line's number is the id. Not here: tokenizer.json.

import AdzeBytes

extension Vocabulary {
    /// A vocabulary out of `vocab.txt`, read as the reference does: lines end at LF or CRLF, a final newline may be
    /// missing, white space at a line's end is not part of the token.
    ///
    /// A line of white space alone keeps it, since no text can match it; where such a line repeats, a name that no text
    /// matches either takes its place, and `notes` says so. Empty lines at the end are no tokens. Throws `TokenizerError`.
    init(text bytes: [UInt8], _ notes: inout [String]) throws(TokenizerError) {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            guard lines.count < Self.countLimit else {
                throw .tooManyTokens(
                    file: TokenizerFile.vocabulary.name, count: lines.count + 1, limit: Self.countLimit)
            }
            let line = bytes[start..<end]
            guard (try? UTF8Span(validating: line.span)) != nil else { throw .invalidUTF8(line: lines.count + 1) }
            lines.append(Self.trimmed(line))
            start = end + 1
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        let repeated = Self.nameRepeatedBlanks(&lines)
        if repeated > 0 {
            notes.append(
                "vocab.txt has \(repeated) repeated blank \(repeated == 1 ? "line" : "lines"); the others keep their ids, and "
                    + "no text matches a blank")
        }
        try self.init(tokens: lines, file: TokenizerFile.vocabulary.name)
    }

    /// Names the blank lines that stand a second time by their ids; returns how many there are.
    private static func nameRepeatedBlanks(_ lines: inout [ArraySlice<UInt8>]) -> Int {
        let blanks = lines.indices.filter { isBlank(lines[$0]) }
        guard blanks.count > 1 else { return 0 }
        var seen: Set<ArraySlice<UInt8>> = []
        let repeated = blanks.filter { !seen.insert(lines[$0]).inserted }
        guard !repeated.isEmpty else { return 0 }
        var taken = Set(lines)
        for id in repeated {
            // Brackets stand alone in a text, so that no word is this name.
            var name = Array("[blank \(id)]".utf8)
            while !taken.insert(name[...]).inserted { name.append(UInt8(ascii: "]")) }
            lines[id] = name[...]
        }
        return repeated.count
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        let span = line.span
        var position = 0
        while position < span.count {
            let scalar = decodeScalar(span, at: position)
            guard ScalarProperties.shared.flags(scalar.value).contains(.whitespace) else { return false }
            position += scalar.length
        }
        return true
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
