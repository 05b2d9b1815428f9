// Tokens of a text as a reader sees them: each with its part of the text, and the text between them. Not here: what is
// said of a token.

internal import AdzeModels
internal import AdzeTokenization

/// A token of a model's input, and the part of a text that it stands for.
public struct TextToken: Sendable, Equatable {
    /// The vocabulary's token, such as `##ing`.
    public let token: String
    /// Its id.
    public let id: Int
    /// Its half-open range of Unicode scalars in its text; 0..<0 for a token of the frame.
    public let range: Range<Int>
    /// That part of the text as it was written; empty for a token of the frame.
    public let text: String
    /// Whether it is of the second text of a pair.
    public let isOfPair: Bool
    /// Whether it belongs to the frame, as `[CLS]` and `[SEP]` do, and not to a text.
    public let isSpecial: Bool

    /// What a reader is shown: the text, or the token where there is none.
    public var shown: String { text.isEmpty ? token : text }
}

/// A text, or a pair, as a model takes it.
struct EncodedText: Sendable {
    let tokens: [TextToken]
    let sequence: TokenSequence
    let truncatedTokenCount: Int

    /// The one encoding of a text, cut to length; throws `TokenizerError`, `TextProblem.empty` for a text of no tokens, and
    /// `TaskError.noWindows`.
    init(_ input: TextInput, _ tokenizer: Tokenizer, limit: Int, strategy: LongText, what: String) throws {
        if case .window = strategy { throw TaskError.noWindows(what: what) }
        let encoding = try tokenizer.encodeLong(
            input.text, pair: input.pair, maximumLength: limit, strategy: strategy, offsets: true)[0]
        let texts = [ScalarText(input.text), ScalarText(input.pair ?? "")]
        tokens = encoding.ids.indices.map { index in
            let isOfPair = encoding.secondText.contains(index)
            let id = Int(encoding.ids[index])
            return TextToken(
                token: tokenizer.vocabulary.token(id) ?? "", id: id, range: encoding.offsets[index],
                text: texts[isOfPair ? 1 : 0][encoding.offsets[index]], isOfPair: isOfPair,
                isSpecial: encoding.specialTokensMask[index])
        }
        sequence = TokenSequence(encoding)
        truncatedTokenCount = encoding.truncatedTokenCount
        guard tokens.contains(where: { !$0.isSpecial }) else { throw TextProblem.empty("text") }
    }
}

/// A piece of a text on its way to a reader.
package enum TextPiece: Sendable, Equatable {
    /// Text that no token stands for, as it was written.
    case plain(String)
    /// What the token of a number among all tokens stands for.
    case token(Int, String)

    /// The pieces of a text and its pair, in order, with the tokens of the frame where they are `wanted`.
    ///
    /// What was cut off is an ellipsis. A token whose part of the text another one has taken, as where a character became
    /// several tokens, gives no piece.
    package static func pieces(
        of tokens: [TextToken], in input: TextInput, isCut: Bool, wanted: (Int) -> Bool
    ) -> [TextPiece] {
        var pieces: [TextPiece] = []
        var (isOfPair, end) = (false, 0)
        let texts = [ScalarText(input.text), ScalarText(input.pair ?? "")]
        func add(_ text: String) { if !text.isEmpty { pieces.append(.plain(text)) } }
        func addSpace() {
            if let last = pieces.last, last != .plain(" ") { add(" ") }
        }
        /// The text from `end` on to a token, or to the text's end.
        func addGap(to start: Int?) {
            let gap = texts[isOfPair ? 1 : 0][end..<max(end, start ?? .max)]
            let isBlank = gap.allSatisfy(\.isWhitespace)
            add(isCut && !isBlank ? (end == 0 ? "… " : " …") + (start != nil && end > 0 ? " " : "") : gap)
        }
        for (index, token) in tokens.enumerated() {
            if token.isSpecial {
                guard wanted(index) else { continue }
                addSpace()
                pieces.append(.token(index, token.token))
                addSpace()
                continue
            }
            if token.isOfPair != isOfPair {
                addGap(to: nil)
                (isOfPair, end) = (true, 0)
                addSpace()
            }
            addGap(to: token.range.lowerBound)
            let part = texts[isOfPair ? 1 : 0][max(end, token.range.lowerBound)..<max(end, token.range.upperBound)]
            if !part.isEmpty { pieces.append(.token(index, part)) }
            end = max(end, token.range.upperBound)
        }
        addGap(to: nil)
        return pieces
    }
}
