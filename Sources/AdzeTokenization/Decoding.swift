// Tokens back to text, as the reference's WordPiece decoder writes it. What was normalized away stays lost: for the
// exact text, slice it by the tokens' offsets.

extension BertTokenizer {
    /// The tokens as one string: pieces that continue a word join it, others follow a space, and there is none before
    /// `.`, `?`, `!` and `,`.
    ///
    /// The first token stands as it is, a continuing piece with its prefix.
    /// - Complexity: O(n) in the bytes.
    public func string(of tokens: some Sequence<String>) -> String {
        var text = ""
        var isFirst = true
        for token in tokens {
            text += cleanedUp(isFirst ? token : joined(token))
            isFirst = false
        }
        return text
    }

    /// The text of token ids; an id that is not the vocabulary's gives nothing.
    ///
    /// - Parameter skippingSpecialTokens: leave out every special token, those that stood in a text among them.
    public func string(of ids: some Sequence<Int32>, skippingSpecialTokens: Bool = false) -> String {
        let skipped: Set<Int32> = skippingSpecialTokens ? specialIDs : []
        return string(of: ids.lazy.filter { !skipped.contains($0) }.compactMap { self.vocabulary.token(Int($0)) })
    }

    /// The ids of the special tokens.
    private var specialIDs: Set<Int32> {
        Set(settings.addedTokens.lazy.filter(\.special).map { Int32($0.id) })
    }

    private func joined(_ token: String) -> String {
        // By scalars: a token may begin with a mark that a character of the prefix would swallow.
        let (scalars, prefix) = (token.unicodeScalars, settings.continuingPrefix.unicodeScalars)
        return scalars.starts(with: prefix)
            ? String(String.UnicodeScalarView(scalars.dropFirst(prefix.count))) : " " + token
    }
}

/// What the reference writes for a token that stands in text: within one token, so never across two.
private func cleanedUp(_ token: String) -> String {
    // Every pattern begins with a space: a token that holds none, the first mostly, needs no search.
    guard token.utf8.contains(0x20) else { return token }
    var text = Array(token.utf8)
    for (pattern, replacement) in patterns { replace(pattern, by: replacement, in: &text) }
    return String(decoding: text, as: UTF8.self)
}

/// In the reference's order.
private let patterns: [(pattern: [UInt8], replacement: [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
].map { (Array($0.utf8), Array($1.utf8)) }

/// Replaces every occurrence, from the left.
private func replace(_ pattern: [UInt8], by replacement: [UInt8], in text: inout [UInt8]) {
    var (result, position): ([UInt8], Int) = ([], 0)
    while position < text.count {
        if text[position...].starts(with: pattern) {
            result += replacement
            position += pattern.count
        } else {
            result.append(text[position])
            position += 1
        }
    }
    text = result
}
