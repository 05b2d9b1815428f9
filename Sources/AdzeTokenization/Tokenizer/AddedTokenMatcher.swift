// Finds added tokens in a text: leftmost first, the longest at each place. Follows `find_matches` of the reference's
// added_vocabulary.rs. Not here: what becomes of the text between them.

/// A set of added tokens to look for.
struct AddedTokenMatcher: Sendable {
    private var trie = ByteTrie()
    private var tokens: [AddedToken] = []
    private var starts = [Bool](repeating: false, count: 256)
    /// Leave special tokens of a text to be cut like any other part of it.
    private let splitsSpecial: Bool

    init(splitsSpecial: Bool = false) { self.splitsSpecial = splitsSpecial }

    /// No token at all.
    var isEmpty: Bool { tokens.isEmpty }

    /// A stretch of text: plain, or the token of an id.
    struct Piece {
        let range: Range<Int>
        let id: Int32?
    }

    /// Adds a token that is matched as `pattern`, which must not be empty. Returns nil, or the token whose the pattern is
    /// already, and then nothing changes.
    mutating func add(_ token: AddedToken, pattern: [UInt8]) -> AddedToken? {
        if let other = trie.value(of: pattern) { return tokens[Int(other)] }
        _ = trie.insert(pattern, value: Int32(tokens.count))
        tokens.append(token)
        starts[Int(pattern[0])] = true
        return nil
    }

    /// Calls `body` with the pieces of a range of valid UTF-8 from left to right; empty ranges have none.
    ///
    /// A token that begins in white space which the token before it swallowed is given all the same, as the
    /// reference does: only then do pieces overlap.
    func forEachPiece(in bytes: Span<UInt8>, _ range: Range<Int>, _ body: (Piece) -> Void) {
        var position = range.lowerBound
        var plainStart = range.lowerBound
        // The end of the white space that was swallowed last: tokens within it need not look for it again.
        var swallowed = range.lowerBound
        if !isEmpty {
            let starts = starts.span
            while position < range.upperBound {
                guard starts[Int(bytes[position])], let match = longestMatch(bytes, position, range.upperBound) else {
                    position += 1
                    continue
                }
                position = match.end
                let token = tokens[match.token]
                if splitsSpecial, token.special { continue }
                guard
                    let found = trim(match.start..<match.end, of: token, bytes, range, plainStart, &swallowed)
                else { continue }
                if plainStart < found.lowerBound { body(Piece(range: plainStart..<found.lowerBound, id: nil)) }
                body(Piece(range: found, id: Int32(token.id)))
                plainStart = found.upperBound
            }
        }
        if plainStart < range.upperBound { body(Piece(range: plainStart..<range.upperBound, id: nil)) }
    }

    private func longestMatch(
        _ bytes: Span<UInt8>, _ start: Int, _ limit: Int
    ) -> (start: Int, end: Int, token: Int)? {
        let walker = trie.walker
        var node = ByteTrie.root
        var best: (start: Int, end: Int, token: Int)?
        var position = start
        while position < limit {
            node = walker.step(node, bytes[position])
            if node == 0 { break }
            position += 1
            let token = walker.values[Int(node)]
            if token >= 0 { best = (start, position, Int(token)) }
        }
        return best
    }

    /// The range with the white space that the token swallows, or nil where it must be a single word and is not.
    private func trim(
        _ match: Range<Int>, of token: AddedToken, _ bytes: Span<UInt8>, _ range: Range<Int>, _ plainStart: Int,
        _ swallowed: inout Int
    ) -> Range<Int>? {
        let properties = ScalarProperties.shared
        var start = match.lowerBound
        var end = match.upperBound
        if token.singleWord {
            if start > range.lowerBound,
                properties.flags(decodeScalar(bytes, before: start).value).contains(.word)
            {
                return nil
            }
            if end < range.upperBound, properties.flags(decodeScalar(bytes, at: end).value).contains(.word) {
                return nil
            }
        }
        if token.stripsLeft {
            // Not past the end of the piece before: that also keeps the search linear.
            while start > plainStart {
                let before = decodeScalar(bytes, before: start)
                guard properties.flags(before.value).contains(.whitespace) else { break }
                start -= before.length
            }
            start = max(start, plainStart)
        }
        if token.stripsRight {
            end = max(end, swallowed)
            while end < range.upperBound {
                let after = decodeScalar(bytes, at: end)
                guard properties.flags(after.value).contains(.whitespace) else { break }
                end += after.length
            }
            swallowed = end
        }
        // A token that stands whole in white space swallowed before it has nothing left to strip.
        return (start < end ? start : match.lowerBound)..<end
    }
}

/// The added tokens of a tokenizer, ready to be looked for.
struct AddedTokenMatchers {
    /// Those that are found in raw text.
    private(set) var raw: AddedTokenMatcher
    /// Those that are found in normalized text.
    private(set) var normalized: AddedTokenMatcher
    /// Tokens that no text gives, each with the one that it gives instead: they are the same after normalization.
    private(set) var twins: [(token: AddedToken, taken: AddedToken)] = []

    /// Of twins the first is found: special tokens come first, then the lower id, as in the reference until its version
    /// 0.21; later ones choose by chance.
    ///
    /// Throws `TokenizerError.addedToken` for a token that is empty, before or after normalization.
    init(_ settings: TokenizerSettings) throws(TokenizerError) {
        raw = AddedTokenMatcher(splitsSpecial: settings.splitsSpecialTokens)
        normalized = raw
        let normalize = settings.normalizer.normalizing()
        for token in settings.addedTokens.filter(\.special) + settings.addedTokens.filter({ !$0.special }) {
            let content = Array(token.content.utf8)
            let pattern =
                token.normalized ? normalize(content) : content
            if pattern.isEmpty {
                throw .addedToken(token.content, problem: "normalizes to nothing, so no text can hold it; remove it")
            }
            if token.normalized {
                if let taken = normalized.add(token, pattern: pattern) { twins.append((token, taken)) }
            } else if raw.add(token, pattern: pattern) != nil {
                throw .addedToken(token.content, problem: "is given twice")
            }
        }
    }
}
