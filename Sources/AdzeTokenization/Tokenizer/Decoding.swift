// Tokens back to text, as the reference's decoders write it: WordPiece's, that of byte-level tokens, and Metaspace's. What
// was normalized away stays lost: for the exact text, slice it by the tokens' offsets.

extension Tokenizer {
    /// The tokens as one string: pieces that continue a word join it, others follow a space, and there is none before
    /// `.`, `?`, `!` and `,`.
    ///
    /// The first token stands as it is, a continuing piece with its prefix. Byte-level tokens give their bytes, repaired where
    /// these are not UTF-8; of others the character for a space becomes one, but for the first of all.
    /// - Complexity: O(n) in the bytes.
    public func string(of tokens: some Sequence<String>) -> String {
        if settings.preTokenizer.givesBytes { return Self.bytes(of: tokens) }
        if case .steps = settings.preTokenizer { return spaced(tokens) }
        var text = ""
        var isFirst = true
        for token in tokens {
            text += replacing(tokenPatterns, in: isFirst ? token : joined(token))
            isFirst = false
        }
        return text
    }

    /// The text of token ids; an id that is not the vocabulary's gives nothing.
    ///
    /// Spaces are closed up in the whole text too where the settings say so.
    /// - Parameter skippingSpecialTokens: leave out every special token, those that stood in a text among them.
    public func string(of ids: some Sequence<Int32>, skippingSpecialTokens: Bool = false) -> String {
        let skipped: Set<Int32> = skippingSpecialTokens ? specialIDs : []
        let text = string(of: ids.lazy.filter { !skipped.contains($0) }.compactMap { self.vocabulary.token(Int($0)) })
        return settings.closesUpSpaces ? replacing(textPatterns, in: text) : text
    }

    /// The ids of the special tokens.
    package var specialIDs: Set<Int32> {
        Set(settings.addedTokens.lazy.filter(\.special).map { Int32($0.id) })
    }

    /// The text of byte-level tokens; one with another character stands for itself.
    private static func bytes(of tokens: some Sequence<String>) -> String {
        var bytes: [UInt8] = []
        for token in tokens {
            let own = token.unicodeScalars.map { ByteAlphabet.byte($0.value) }
            bytes += own.contains(nil) ? Array(token.utf8) : own.compactMap(\.self)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of tokens in which a character stands for a space.
    private func spaced(_ tokens: some Sequence<String>) -> String {
        guard let metaspace = settings.preTokenizer.metaspace else { return tokens.joined() }
        var (text, isFirst) = (String.UnicodeScalarView(), true)
        for token in tokens {
            for scalar in token.unicodeScalars {
                guard scalar == metaspace.replacement else {
                    text.append(scalar)
                    continue
                }
                if !isFirst || metaspace.prefix == .never { text.append(" ") }
            }
            isFirst = false
        }
        return String(text)
    }

    private func joined(_ token: String) -> String {
        // By scalars: a token may begin with a mark that a character of the prefix would swallow.
        let (scalars, prefix) = (token.unicodeScalars, settings.model.continuingPrefix.unicodeScalars)
        return scalars.starts(with: prefix)
            ? String(String.UnicodeScalarView(scalars.dropFirst(prefix.count))) : " " + token
    }
}

/// A text and what stands for it, as bytes.
private typealias Pattern = (text: [UInt8], replacement: [UInt8])

/// What the reference's decoder replaces within each token, in its order.
private let tokenPatterns: [Pattern] =
    textPatterns.prefix(7) + [pattern(" do not", " don't")] + textPatterns.dropFirst(7)

/// What the reference's tokenizer replaces in the whole text, in its order.
private let textPatterns: [Pattern] = [
    pattern(" .", "."), pattern(" ?", "?"), pattern(" !", "!"), pattern(" ,", ","), pattern(" ' ", "'"),
    pattern(" n't", "n't"), pattern(" 'm", "'m"), pattern(" 's", "'s"), pattern(" 've", "'ve"), pattern(" 're", "'re"),
]

private func pattern(_ text: String, _ replacement: String) -> Pattern { (Array(text.utf8), Array(replacement.utf8)) }

/// Replaces every occurrence of each pattern, one pattern after another, from the left.
private func replacing(_ patterns: [Pattern], in text: String) -> String {
    // Every pattern begins with a space: a text that holds none, as most tokens, needs no search.
    guard text.utf8.contains(0x20) else { return text }
    var bytes = Array(text.utf8)
    for pattern in patterns { replace(pattern, in: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
}

private func replace(_ pattern: Pattern, in text: inout [UInt8]) {
    var (result, position): ([UInt8], Int) = ([], 0)
    while position < text.count {
        if text[position...].starts(with: pattern.text) {
            result += pattern.replacement
            position += pattern.text.count
        } else {
            result.append(text[position])
            position += 1
        }
    }
    text = result
}
