// `vocab.json` and `merges.txt`: the tokens of byte pairs with their ids, and their merges, a line each. Not here:
// tokenizer.json, which has both.

import AdzeBytes

extension BytePairs {
    /// The pairs of a `merges.txt`, as the reference reads it: lines that begin with `#version` are no merges, every other
    /// one is two tokens with a space between.
    ///
    /// Throws `TokenizerError.unexpected` for another line, and `.unexpected` for what is not UTF-8.
    static func pairs(mergesText bytes: [UInt8]) throws(TokenizerError) -> [(left: Substring, right: Substring)] {
        let file = TokenizerFile.merges.name
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unexpected(file: file, key: "", expected: "UTF-8", found: "other bytes")
        }
        var pairs: [(left: Substring, right: Substring)] = []
        var number = 0
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let line = line.last == 0x0D ? line.dropLast() : line
            if line.starts(with: "#version".utf8) || line.isEmpty && line.endIndex == text.utf8.endIndex { continue }
            guard let pair = pair(Substring(line)) else {
                throw .unexpected(
                    file: file, key: "line \(number)", expected: "two tokens with a space between",
                    found: quoted(String(Substring(line)), limit: 40))
            }
            guard pairs.count < mergeLimit else {
                throw .unexpected(file: file, key: "", expected: "at most \(mergeLimit) merges", found: "more")
            }
            pairs.append(pair)
        }
        return pairs
    }

    /// A merge as one text, "a b".
    static func pair(_ text: Substring) -> (left: Substring, right: Substring)? {
        let parts = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (Substring(parts[0]), Substring(parts[1]))
    }
}
