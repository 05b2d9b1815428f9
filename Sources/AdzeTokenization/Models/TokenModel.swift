// How words become tokens: the part that `tokenizer.json` calls its model, without the tokens, which are the
// vocabulary's. Not here: the cutting itself.

/// A model of tokens with its settings; another kind is another case.
public enum TokenModel: Sendable, Equatable {
    /// The longest known piece first.
    case wordPiece(WordPiece)
    /// Characters or bytes, merged pair by pair.
    case bytePairs(BytePairs)
    /// The pieces of the highest sum of scores.
    case unigram(Unigram)

    /// The token of what has no other, where the model names one; unigram names it by its id.
    public var unknownToken: String? {
        switch self {
        case .wordPiece(let model): model.unknownToken
        case .bytePairs(let model): model.unknownToken
        case .unigram: nil
        }
    }

    /// Whether a token may stand in the vocabulary twice.
    var allowsRepeats: Bool { if case .unigram = self { true } else { false } }

    /// What marks a piece that continues a word.
    public var continuingPrefix: String {
        switch self {
        case .wordPiece(let model): model.continuingPrefix
        case .bytePairs(let model): model.continuingPrefix
        case .unigram: ""
        }
    }

    /// Throws where a number is outside what a reader would let pass.
    func check() throws(TokenizerError) {
        switch self {
        case .wordPiece(let model): try model.check()
        case .bytePairs, .unigram: break
        }
    }
}

/// WordPiece's settings.
public struct WordPiece: Sendable, Equatable {
    /// The token of words that cannot be pieced together.
    public var unknownToken: String
    /// What marks a piece that continues a word.
    public var continuingPrefix: String
    /// A word of more scalars becomes the unknown token.
    public var maximumWordLength: Int

    /// The most scalars a word may be allowed: it bounds the work for each.
    static let wordLengthLimit = 1000

    /// Settings; what is left out is as in the reference.
    public init(unknownToken: String = "[UNK]", continuingPrefix: String = "##", maximumWordLength: Int = 100) {
        self.unknownToken = unknownToken
        self.continuingPrefix = continuingPrefix
        self.maximumWordLength = maximumWordLength
    }

    fileprivate func check() throws(TokenizerError) {
        guard (1...Self.wordLengthLimit).contains(maximumWordLength) else {
            throw .unexpected(
                file: "tokenizer settings", key: "maximumWordLength", expected: "1 to \(Self.wordLengthLimit)",
                found: "\(maximumWordLength)")
        }
    }
}
