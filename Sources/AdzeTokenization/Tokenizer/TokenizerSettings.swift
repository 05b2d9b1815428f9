// Everything that a tokenizer is besides its vocabulary. Not here: reading it from files (the readers), or its JSON.

/// Which side of a text is cut off when it is too long.
public enum TruncationSide: String, Sendable, CaseIterable {
    case left
    case right
}

/// A token that is matched as a whole, before WordPiece sees the text.
public struct AddedToken: Sendable, Equatable {
    /// The text to match.
    public var content: String
    /// Its id.
    public var id: Int
    /// Match only where no letter, digit or mark stands beside it.
    public var singleWord = false
    /// Swallow the white space before it.
    public var stripsLeft = false
    /// Swallow the white space after it.
    public var stripsRight = false
    /// Match in the normalized text instead of the raw text.
    public var normalized = false
    /// A control token such as `[SEP]`.
    public var special = true

    /// A special token, matched in the raw text.
    public init(content: String, id: Int) {
        self.content = content
        self.id = id
    }
}

/// One piece of what is fed to the model around the texts.
public enum TemplatePiece: Sendable, Equatable {
    /// A special token, by its text.
    case token(String, typeID: Int32)
    /// The first text.
    case first(typeID: Int32)
    /// The second text.
    case second(typeID: Int32)
}

/// How texts become tokens: BERT's normalizer, WordPiece, special tokens and template.
public struct TokenizerSettings: Sendable, Equatable {
    /// Remove control characters and turn all white space into spaces.
    public var cleansText = true
    /// Put spaces around CJK ideographs.
    public var separatesCJK = true
    /// Remove accents; nil follows `lowercases`.
    public var stripsAccents: Bool?
    /// Lower-case the text.
    public var lowercases = true
    /// When ids are written as text, close up spaces around apostrophes and before marks once more.
    public var closesUpSpaces = false
    /// Cut special tokens that stand in a text like any other part of it.
    public var splitsSpecialTokens = false
    /// What marks a piece that continues a word.
    public var continuingPrefix = "##"
    /// A word of more scalars becomes the unknown token.
    public var maximumWordLength = 100
    /// The model's longest input in tokens, where it is stated.
    public var maximumLength: Int?
    /// Which side truncation cuts.
    public var truncationSide = TruncationSide.right
    /// The token of words that cannot be pieced together.
    public var unknownToken = "[UNK]"
    /// The token at the start, whose output a classifier reads.
    public var classifierToken = "[CLS]"
    /// The token after each text.
    public var separatorToken = "[SEP]"
    /// The token of padding.
    public var paddingToken = "[PAD]"
    /// The token of masked places, where the vocabulary has one.
    public var maskToken: String? = "[MASK]"
    /// The tokens matched as wholes, ascending by id.
    public var addedTokens: [AddedToken] = []
    /// How one text is framed; nil is `[CLS] A [SEP]`.
    public var singleTemplate: [TemplatePiece]?
    /// How two texts are framed; nil is `[CLS] A [SEP] B [SEP]`, the second of type 1.
    public var pairTemplate: [TemplatePiece]?

    /// The most scalars a word may be allowed: it bounds WordPiece's work for each.
    static let wordLengthLimit = 1000
    /// The most bytes of an added token: it bounds the search at each place of a text.
    static let addedTokenLimit = 1024

    /// The highest type id of a template.
    static let typeLimit = 15
    /// The most pieces of a template.
    static let templateLimit = 16

    /// Whether a template has each of its texts exactly once, in order, and is short.
    static func isTemplate(_ template: [TemplatePiece], texts: Int) -> Bool {
        let order = template.compactMap { piece -> Int? in
            switch piece {
            case .token: nil
            case .first: 1
            case .second: 2
            }
        }
        return order == Array(1...texts) && template.count <= templateLimit
    }

    /// The defaults of `transformers`' BERT tokenizer.
    public init() {}

    /// Whether accents are removed, with the default applied.
    var effectivelyStripsAccents: Bool { stripsAccents ?? lowercases }

    /// The frame of one text.
    public var single: [TemplatePiece] {
        singleTemplate ?? [.token(classifierToken, typeID: 0), .first(typeID: 0), .token(separatorToken, typeID: 0)]
    }

    /// The frame of two texts.
    public var pair: [TemplatePiece] {
        pairTemplate ?? [
            .token(classifierToken, typeID: 0), .first(typeID: 0), .token(separatorToken, typeID: 0),
            .second(typeID: 1), .token(separatorToken, typeID: 1),
        ]
    }

    /// Throws where a number or a template is outside what a reader would let pass.
    func check() throws(TokenizerError) {
        let file = "tokenizer settings"
        guard (1...Self.wordLengthLimit).contains(maximumWordLength) else {
            throw .unexpected(
                file: file, key: "maximumWordLength", expected: "1 to \(Self.wordLengthLimit)",
                found: "\(maximumWordLength)")
        }
        if let maximumLength, maximumLength < 1 {
            throw .unexpected(file: file, key: "maximumLength", expected: "1 or more", found: "\(maximumLength)")
        }
        guard Self.isTemplate(single, texts: 1), Self.isTemplate(pair, texts: 2) else {
            throw .unexpected(
                file: file, key: "single or pair", expected: "each text once, in order, and few tokens",
                found: "another template")
        }
    }

    /// Gives every token type 0, as for a model that is not fed types.
    mutating func dropTypes() {
        func plain(_ piece: TemplatePiece) -> TemplatePiece {
            switch piece {
            case .token(let token, _): .token(token, typeID: 0)
            case .first: .first(typeID: 0)
            case .second: .second(typeID: 0)
            }
        }
        (singleTemplate, pairTemplate) = (single.map(plain), pair.map(plain))
    }

    /// Whether the frames are BERT's around the special tokens that are named.
    var hasPlainFrames: Bool {
        var plain = self
        (plain.singleTemplate, plain.pairTemplate) = (nil, nil)
        return single == plain.single && pair == plain.pair
    }

    /// Forgets templates that say what the default says, so that equal behaviour is equal settings.
    mutating func simplify() {
        var plain = self
        plain.singleTemplate = nil
        plain.pairTemplate = nil
        if singleTemplate == plain.single { singleTemplate = nil }
        if pairTemplate == plain.pair { pairTemplate = nil }
        addedTokens.sort { $0.id < $1.id }
    }
}
