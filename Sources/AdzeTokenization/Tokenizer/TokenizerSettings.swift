// Everything that a tokenizer is besides its vocabulary: the parts that `tokenizer.json` names, the tokens of each
// role, and limits. Not here: reading it from files (the readers), or its JSON.

/// Which side of a text is cut off when it is too long.
public enum TruncationSide: String, Sendable, CaseIterable {
    case left
    case right
}

/// How texts become tokens, part by part in the order in which a text passes them.
public struct TokenizerSettings: Sendable, Equatable {
    /// The tokens matched as wholes, ascending by id.
    public var addedTokens: [AddedToken] = []
    /// What is done to the text between them.
    public var normalizer = Normalizer()
    /// How it is split.
    public var preTokenizer = PreTokenizer.whiteSpaceAndPunctuation
    /// How words become tokens.
    public var model = TokenModel.wordPiece(WordPiece())
    /// What is put around the tokens.
    public var frames = Frames.separated(typed: true)
    /// Leave white space at the ends of a token out of its offsets.
    public var trimsOffsets = false
    /// Where offsets are trimmed, leave the first token the one space that it begins with, as one that was put there.
    public var keepsFirstSpace = false

    /// The token at the start, whose output a classifier reads.
    public var classifierToken = "[CLS]"
    /// The token after each text.
    public var separatorToken = "[SEP]"
    /// The token of padding.
    public var paddingToken = "[PAD]"
    /// The token of masked places, where the vocabulary has one.
    public var maskToken: String? = "[MASK]"

    /// The model's longest input in tokens, where it is stated.
    public var maximumLength: Int?
    /// Which side truncation cuts.
    public var truncationSide = TruncationSide.right
    /// When ids are written as text, close up spaces around apostrophes and before marks once more.
    public var closesUpSpaces = false
    /// Cut special tokens that stand in a text like any other part of it.
    public var splitsSpecialTokens = false

    /// The defaults of `transformers`' BertTokenizer.
    public init() {}

    /// The frame of one text.
    public var single: [TemplatePiece] { frames.single(classifierToken, separatorToken) }

    /// The frame of two texts.
    public var pair: [TemplatePiece] { frames.pair(classifierToken, separatorToken) }

    /// How offsets are trimmed, if they are.
    var trimming: OffsetTrimming? { trimsOffsets ? OffsetTrimming(keepsFirstSpace: keepsFirstSpace) : nil }

    /// Whether any frame gives a token another type than 0.
    var hasTypes: Bool { (single + pair).contains { $0.typeID != 0 } }

    /// Throws where a number or a template is outside what a reader would let pass.
    func check() throws(TokenizerError) {
        let file = "tokenizer settings"
        try model.check()
        let fits: Bool
        if case .wordPiece = model {
            fits = preTokenizer == .whiteSpaceAndPunctuation && normalizer.steps.isEmpty
        } else {
            fits = preTokenizer != .whiteSpaceAndPunctuation && normalizer.isPlain
        }
        guard fits else {
            throw .unexpected(
                file: file, key: "preTokenizer", expected: "BERT's rules for WordPiece, and steps for other models",
                found: "the other")
        }
        if let maximumLength, maximumLength < 1 {
            throw .unexpected(file: file, key: "maximumLength", expected: "1 or more", found: "\(maximumLength)")
        }
        guard Frames.isTemplate(single, texts: 1), Frames.isTemplate(pair, texts: 2) else {
            throw .unexpected(
                file: file, key: "single or pair", expected: "each text once, in order, and few tokens",
                found: "another template")
        }
    }

    /// Names a template that has a name, so that equal behaviour is equal settings.
    mutating func simplify() {
        addedTokens.sort { $0.id < $1.id }
        defer {
            if case .wordPiece = model, frames != .doublySeparated { trimsOffsets = false }
            if !trimsOffsets { keepsFirstSpace = false }
        }
        guard case .template(let single, let pair) = frames else { return }
        for known in [Frames.separated(typed: true), .separated(typed: false), .doublySeparated]
        where single == known.single(classifierToken, separatorToken)
            && pair == known.pair(classifierToken, separatorToken)
        {
            frames = known
        }
    }
}
