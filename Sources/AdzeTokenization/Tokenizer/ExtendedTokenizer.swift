// A tokenizer with words added to its vocabulary, as `add_tokens` of transformers adds them. Not here: the rows that an
// embedding gets for them.

import AdzeBytes

/// A tokenizer that knows more tokens than the one it was made of.
public struct ExtendedTokenizer: Sendable {
    /// The tokenizer; the new tokens' ids follow those of the old.
    public let tokenizer: Tokenizer
    /// The new tokens in the order of their ids, and the pieces that the old tokenizer cut each into.
    public let added: [(token: String, pieces: [Int32])]
    /// Tokens that were passed over: the tokenizer has them, or something that it cannot tell from them.
    public let known: [String]
}

extension Tokenizer {
    /// The tokenizer with tokens added that are matched as wholes, before the model cuts words, wherever they stand in
    /// the normalized text: lower-cased where texts are.
    ///
    /// As `add_tokens` of transformers does with plain strings, but that it would also add what the vocabulary has, and
    /// so tear `played` into `play` and `ed`: a token that after normalization is in the vocabulary, or is another's
    /// double, is passed over. Empty ones are too. White space inside a token counts.
    ///
    /// Throws `TokenizerError.addedToken` for a token of nothing that texts keep and one of too many bytes,
    /// `.tooManyTokens` and `.tooMuchText`.
    /// - Complexity: O(bytes of all tokens).
    public func adding(_ contents: [String]) throws(TokenizerError) -> ExtendedTokenizer {
        var settings = settings
        let normalize = settings.normalizer.normalizing()
        func normalized(_ content: String) -> [UInt8] { normalize(Array(content.utf8)) }
        var taken: Set<[UInt8]> = []
        for token in settings.addedTokens where token.normalized { taken.insert(normalized(token.content)) }
        var added: [(token: String, pieces: [Int32])] = []
        var known: [String] = []
        for content in contents where !content.isEmpty {
            let pattern = normalized(content)
            // A pattern of nothing but spaces has no pieces; it is refused before it could be matched.
            let isKnown = vocabulary.trie.value(of: content.utf8) != nil || vocabulary.trie.value(of: pattern) != nil
            guard !isKnown, taken.insert(pattern).inserted else {
                known.append(content)
                continue
            }
            let pieces = ids(of: content)
            guard !pieces.isEmpty else {
                throw .addedToken(content, problem: "has no character that the tokenizer keeps of a text; remove it")
            }
            var token = AddedToken(content: content, id: vocabulary.count + added.count)
            token.normalized = true
            token.special = false
            settings.addedTokens.append(token)
            added.append((content, pieces))
        }
        let vocabulary = try vocabulary.adding(added.map(\.token))
        let tokenizer = try Tokenizer(vocabulary: vocabulary, settings: settings, notes: notes)
        return ExtendedTokenizer(tokenizer: tokenizer, added: added, known: known)
    }
}
