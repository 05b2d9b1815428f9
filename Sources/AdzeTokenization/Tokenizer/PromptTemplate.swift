// The wording of a prompt: words, the place of a text, of a second one, and a mask, such as `{text} It was [MASK].`; and the
// tokenizer that puts it around texts, as a frame like any other. Not here: what a model makes of the mask.

public import AdzeBytes

/// A prompt's wording.
public struct PromptTemplate: Sendable, Equatable {
    /// What stands in it, in its order.
    enum Piece: Equatable {
        case words(String)
        case text
        case pair
        case mask
    }

    /// The template as it was written.
    public let wording: String
    let pieces: [Piece]

    /// The slots that a wording may have.
    private static let slots = ["text", "pair", "mask"]

    /// Reads a wording: `{text}` is the text, `{pair}` the second of two, `{mask}` or `[MASK]` the word that is asked for.
    ///
    /// Whether there is a mask is known with the tokenizer, whose own name of it counts too. Throws `PromptError`.
    public init(_ wording: String) throws(PromptError) {
        self.wording = wording
        var (pieces, rest): ([Piece], Substring) = ([], wording[...])
        var words = ""
        func end() {
            if !words.isEmpty { pieces.append(.words(words)) }
            words = ""
        }
        while let character = rest.first {
            if rest.hasPrefix("[MASK]") {
                end()
                pieces.append(.mask)
                rest = rest.dropFirst(6)
                continue
            }
            guard character == "{" else {
                words.append(rest.removeFirst())
                continue
            }
            guard let close = rest.firstIndex(of: "}") else { throw .unknownSlot(String(rest), nearest: nil) }
            let name = String(rest[rest.index(after: rest.startIndex)..<close])
            rest = rest[rest.index(after: close)...]
            end()
            switch name {
            case "text": pieces.append(.text)
            case "pair": pieces.append(.pair)
            case "mask": pieces.append(.mask)
            default: throw .unknownSlot("{\(name)}", nearest: nearestName(to: name, in: PromptTemplate.slots))
            }
        }
        end()
        self.pieces = pieces
        let texts = pieces.filter { $0 == .text || $0 == .pair }
        guard texts.contains(.text) else { throw .noText }
        guard texts == [.text] || texts == [.text, .pair] else { throw .texts }
    }
}

/// A tokenizer whose frame is a prompt.
public struct PromptedTokenizer: Sendable {
    /// The tokenizer.
    public let tokenizer: Tokenizer
    /// Where the mask stands among an input's tokens: from 0, or behind the texts from -1, the last token, down.
    public let place: Int
}

extension Tokenizer {
    /// The tokenizer with a prompt around texts, inside the frame that it has.
    ///
    /// The words of a template are cut apart from the texts between them. Long texts give way, the template stays. Of two
    /// texts the second stands where the template says, else behind the first and a separator; all tokens have the type of
    /// the first text. Throws `PromptError`, and `TokenizerError` where the frame has no name for its tokens.
    public func prompted(by template: PromptTemplate) throws -> PromptedTokenizer {
        guard maskID != nil, let mask = settings.maskToken else { throw PromptError.noMaskToken }
        let outer = settings.single
        let typeID = outer.first { $0.token == nil }?.typeID ?? 0
        func token(_ text: String) -> TemplatePiece { .token(text, typeID: typeID) }
        var inner: [TemplatePiece] = []
        for (index, piece) in template.pieces.enumerated() {
            let next = index + 1 < template.pieces.count ? template.pieces[index + 1] : nil
            switch piece {
            case .text: inner.append(.first(typeID: typeID))
            case .pair: inner.append(.second(typeID: typeID))
            case .mask: inner.append(token(mask))
            case .words(let words):
                if preTokenizerMarksSpaces, next == .text || next == .pair { throw PromptError.wordsBeforeText(words) }
                // A mask token that swallows the space before it does so here.
                let swallows = next == .mask && settings.addedTokens.contains { $0.content == mask && $0.stripsLeft }
                let ids = ids(of: swallows ? words.trimmingSpacesAtEnd : words)
                guard !ids.contains(where: { $0 == unknownID }) else { throw PromptError.unknownWords(words) }
                inner += ids.compactMap { vocabulary.token(Int($0)) }.map(token)
            }
        }
        let single = outer.flatMap { $0.token == nil ? inner.filter { !$0.isSecond } : [$0] }
        let first: [TemplatePiece] = [
            .first(typeID: typeID), token(settings.separatorToken), .second(typeID: typeID),
        ]
        let hasPair = inner.contains(where: \.isSecond)
        let pair = outer.flatMap { piece in
            piece.token == nil ? inner.flatMap { hasPair || $0.token != nil ? [$0] : first } : [piece]
        }
        let masks = pair.indices.filter { pair[$0].token == mask }
        guard let place = masks.first else { throw PromptError.noMask(token: mask) }
        guard masks.count == 1 else { throw PromptError.severalMasks(masks.count) }
        guard pair.count <= Frames.pieceLimit else {
            throw PromptError.tooLong(tokens: inner.count, limit: Frames.pieceLimit - (pair.count - inner.count))
        }
        let before = pair[..<place].contains { $0.token == nil }
        let behind = pair[place...].contains { $0.token == nil }
        guard !(before && behind) else { throw PromptError.maskBetween }
        var prompted = settings
        prompted.frames = .template(single: single, pair: pair)
        return PromptedTokenizer(
            tokenizer: try Tokenizer(vocabulary: vocabulary, settings: prompted, notes: notes),
            place: before ? place - pair.count : place)
    }
}

extension Tokenizer {
    /// Whether a word's token says that a space stands before it, so that a text reads otherwise behind words.
    private var preTokenizerMarksSpaces: Bool { settings.preTokenizer != .whiteSpaceAndPunctuation }
}

extension String {
    fileprivate var trimmingSpacesAtEnd: String {
        String(reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension TemplatePiece {
    fileprivate var isSecond: Bool { if case .second = self { true } else { false } }
}

/// Why a prompt cannot be put around texts.
public enum PromptError: AdzeFailure, Equatable {
    /// A slot of another name.
    case unknownSlot(String, nearest: String?)
    /// No place for the text.
    case noText
    /// A text twice, or the second before the first.
    case texts
    /// The tokenizer has no mask.
    case noMaskToken
    /// Nothing is asked for.
    case noMask(token: String)
    /// More is asked for than one word.
    case severalMasks(Int)
    /// The mask stands between two texts.
    case maskBetween
    /// Words before a text, of a tokenizer that writes the space between them into the text's first token.
    case wordsBeforeText(String)
    /// Words that the vocabulary cannot write.
    case unknownWords(String)
    /// More tokens than a frame has.
    case tooLong(tokens: Int, limit: Int)

    /// All are requests that make no sense.
    public var kind: FailureKind { .usage }

    /// One line.
    public var description: String { "the template " + what }

    private var what: String {
        switch self {
        case .unknownSlot(let slot, let nearest):
            "has \(quoted(slot, limit: 40)); expected {text}, {pair} and {mask}"
                + (nearest.map { "; did you mean {\($0)}?" } ?? "")
        case .noText: "has no {text}, the place of the text; expected such as '{text} It was [MASK].'"
        case .texts: "has {text} or {pair} twice, or {pair} first; expected {text} once, and {pair} behind it"
        case .noMaskToken: "asks for a word, and the model's tokenizer has no mask token"
        case .noMask(let token):
            "has no \(token), the place of the word that is asked for; expected such as '{text} It was \(token).'"
        case .severalMasks(let count): "has \(count) masks; expected one: each label is one word"
        case .maskBetween:
            "has its mask between two texts; expected it before both or behind both"
        case .wordsBeforeText(let words):
            "has \(quoted(words, limit: 60)) before a text, whose first token would have to say so in this model's tokenizer; "
                + "expected the text first"
        case .unknownWords(let words):
            "has \(quoted(words, limit: 60)), which the model's vocabulary cannot write; use other words"
        case .tooLong(let tokens, let limit):
            "has \(tokens) tokens; expected \(limit) at most, since it goes around every text"
        }
    }
}
