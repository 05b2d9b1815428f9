// The tokenizer as a whole: texts in, encodings out. Not here: reading and writing its files, the cutting itself.

import AdzeBytes

/// Turns texts into the token ids of a model, exactly as `transformers`' fast tokenizer does: through added tokens,
/// normalizer, pre-tokenizer, model and frames, which its settings hold.
///
/// Works on Unicode scalars throughout. Immutable: one instance serves any number of threads.
public final class Tokenizer: Sendable {
    /// The tokens and their ids, added tokens included.
    public let vocabulary: Vocabulary
    /// Everything else.
    public let settings: TokenizerSettings
    /// What a reader assumed or passed over, a sentence each.
    public let notes: [String]
    /// The id of what the model cannot piece together, where it has one: byte-level models can write any text.
    public let unknownID: Int32?
    /// The id of the token at the start, where the vocabulary has one.
    public let classifierID: Int32?
    /// The id of the token after each text, where the vocabulary has one.
    public let separatorID: Int32?
    /// The id of padding, where the vocabulary has one.
    public let paddingID: Int32?
    /// The id of masked places, where the vocabulary has one.
    public let maskID: Int32?

    let cutter: TextCutter
    private let single: [FramePiece]
    private let pair: [FramePiece]

    /// A tokenizer of tokens, in the order of their ids, and settings.
    ///
    /// `modelCount` is how many of the tokens the model may produce, all where it is nil; the rest are added tokens.
    /// Throws a `TokenizerError` where tokens repeat, a special token is missing, or the settings contradict the tokens.
    public convenience init(
        tokens: [String], modelCount: Int? = nil, settings: TokenizerSettings
    ) throws(TokenizerError) {
        if let modelCount, !(0...tokens.count).contains(modelCount) {
            throw .unexpected(
                file: "tokens", key: "modelCount", expected: "0 to \(tokens.count)", found: "\(modelCount)")
        }
        try self.init(
            vocabulary: Vocabulary(
                tokens: tokens.map(\.utf8), modelCount: modelCount, allowsRepeats: settings.model.allowsRepeats,
                file: "tokens"),
            settings: settings)
    }

    /// A tokenizer of a vocabulary and settings that belong together.
    ///
    /// Throws a `TokenizerError` where a special token is missing or an added token contradicts the vocabulary.
    init(vocabulary: Vocabulary, settings: TokenizerSettings, notes: [String] = []) throws(TokenizerError) {
        var settings = settings
        settings.simplify()
        try settings.check()
        try Self.check(settings.addedTokens, vocabulary)
        self.vocabulary = vocabulary
        self.settings = settings
        let unknown = try Self.unknownID(settings.model, vocabulary)
        unknownID = unknown.map(Int32.init)
        classifierID = vocabulary.id(of: settings.classifierToken).map(Int32.init)
        separatorID = vocabulary.id(of: settings.separatorToken).map(Int32.init)
        paddingID = vocabulary.id(of: settings.paddingToken).map(Int32.init)
        maskID = try settings.maskToken.map { (token) throws(TokenizerError) in
            Int32(try Self.id(of: token, role: "mask", vocabulary))
        }
        single = try Self.frame(settings.single, vocabulary, settings)
        pair = try Self.frame(settings.pair, vocabulary, settings)
        cutter = try TextCutter(vocabulary, settings, unknownID: unknown)
        let note = Self.note(cutter.twins)
        self.notes = notes + (note.map { notes.contains($0) ? [] : [$0] } ?? [])
    }

    /// The id of what has no other token, which must be the model's own; nil for a model without.
    private static func unknownID(_ model: TokenModel, _ vocabulary: Vocabulary) throws(TokenizerError) -> Int? {
        if case .unigram(let unigram) = model { return unigram.unknownID }
        guard let token = model.unknownToken else { return nil }
        let unknown = try id(of: token, role: "unknown", vocabulary)
        guard unknown < vocabulary.modelCount else {
            throw .missingToken(role: "unknown", token: token, nearest: nil)
        }
        return unknown
    }

    /// What is said of added tokens that are another's double.
    private static func note(_ twins: [(token: AddedToken, taken: AddedToken)]) -> String? {
        guard let first = twins.first else { return nil }
        let example = "\(quoted(first.token.content, limit: 40)) is \(quoted(first.taken.content, limit: 40))"
        let what = twins.count == 1 ? "an added token is" : "\(twins.count) added tokens are"
        return "\(what) the same as another once normalized (\(example)); texts get the special one, else the one of "
            + "the lowest id, where transformers takes any"
    }

    /// The model's longest input in tokens, where its files state a sane one.
    public var maximumLength: Int? { settings.maximumLength }

    /// What happens to a long text unless a caller says otherwise: the side that the files name gives way.
    public var longText: LongText { settings.truncationSide == .left ? .tail : .head }

    /// How many special tokens frame one text, or two.
    public func specialTokenCount(pair isPair: Bool) -> Int {
        (isPair ? pair : single).reduce(0) { if case .token = $1 { $0 + 1 } else { $0 } }
    }

    /// The tokens of a text by themselves, without a frame and uncut.
    public func tokens(of text: String) -> [String] {
        cutter.cut(text.utf8.span, offsets: false).ids.compactMap { vocabulary.token(Int($0)) }
    }

    /// The ids of a text by themselves, without a frame and uncut.
    ///
    /// - Complexity: O(n) in the length of the text.
    public func ids(of text: String) -> [Int32] { cutter.cut(text.utf8.span, offsets: false).ids }

    /// A text, or two, as input of the model.
    ///
    /// The encoding never has more than `maximumLength` tokens unless nothing may be cut: where not even the special
    /// tokens fit, their last ones are cut too. With `onlyFirst` or `onlySecond` a text that is too short to give way
    /// gives way wholly, and the other is cut after it.
    /// - Parameter offsets: also find each token's place in its text, which costs several times the time.
    /// - Complexity: O(n) in the length of the texts.
    public func encode(
        _ text: String, pair second: String? = nil, maximumLength: Int, truncation: Truncation = .longestFirst,
        offsets: Bool = false
    ) -> Encoding {
        let first = cutter.cut(text.utf8.span, offsets: offsets)
        let other = second.map { cutter.cut($0.utf8.span, offsets: offsets) }
        return assemble(
            first, other, maximumLength: maximumLength, truncation: truncation, side: settings.truncationSide,
            offsets: offsets)
    }

    /// A text cut once, to be the first of many pairs.
    public func prepared(_ text: String) -> PreparedText {
        PreparedText(run: cutter.cut(text.utf8.span, offsets: false))
    }

    /// A text that was cut before, and a second, as input of the model; the same as `encode(_:pair:maximumLength:)`.
    public func encode(
        _ first: PreparedText, pair second: String, maximumLength: Int, truncation: Truncation = .longestFirst
    ) -> Encoding {
        assemble(
            first.run, cutter.cut(second.utf8.span, offsets: false), maximumLength: maximumLength,
            truncation: truncation, side: settings.truncationSide, offsets: false)
    }

    /// A text of raw UTF-8 as input of the model; invalid bytes are repaired as `String(decoding:as:)` does.
    public func encode(
        utf8 bytes: Span<UInt8>, maximumLength: Int, truncation: Truncation = .longestFirst, offsets: Bool = false
    ) -> Encoding {
        assemble(
            cut(utf8: bytes, offsets: offsets), nil, maximumLength: maximumLength, truncation: truncation,
            side: settings.truncationSide, offsets: offsets)
    }

    /// Cuts raw UTF-8, repaired where it is not valid.
    func cut(utf8 bytes: Span<UInt8>, offsets: Bool) -> TokenRun {
        if (try? UTF8Span(validating: bytes)) != nil { return cutter.cut(bytes, offsets: offsets) }
        let repaired = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        return cutter.cut(repaired.utf8.span, offsets: offsets)
    }

    func run(_ text: String, offsets: Bool) -> TokenRun { cutter.cut(text.utf8.span, offsets: offsets) }
}

/// The tokens of a text, for the tokenizer that made them.
public struct PreparedText: Sendable {
    let run: TokenRun
}

// MARK: - Frames

extension Tokenizer {
    /// A piece of a template with its id looked up.
    private enum FramePiece: Sendable {
        case token(Int32, typeID: Int32)
        case first(typeID: Int32)
        case second(typeID: Int32)
    }

    private static func frame(
        _ template: [TemplatePiece], _ vocabulary: Vocabulary, _ settings: TokenizerSettings
    ) throws(TokenizerError) -> [FramePiece] {
        var pieces: [FramePiece] = []
        for piece in template {
            switch piece {
            case .token(let token, let typeID):
                let role =
                    switch token {
                    case settings.classifierToken: "classifier"
                    case settings.separatorToken: "separator"
                    default: "template"
                    }
                pieces.append(.token(Int32(try id(of: token, role: role, vocabulary)), typeID: typeID))
            case .first(let typeID): pieces.append(.first(typeID: typeID))
            case .second(let typeID): pieces.append(.second(typeID: typeID))
            }
        }
        return pieces
    }

    private static func id(
        of token: String, role: String, _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> Int {
        if let id = vocabulary.id(of: token) { return id }
        throw .missingToken(role: role, token: token, nearest: nearestName(to: token, in: vocabulary.tokens))
    }

    private static func check(_ added: [AddedToken], _ vocabulary: Vocabulary) throws(TokenizerError) {
        for token in added {
            guard token.content.utf8.count <= AddedToken.byteLimit else {
                throw .addedToken(
                    token.content,
                    problem: "\(token.content.utf8.count) bytes; at most \(AddedToken.byteLimit) are taken"
                )
            }
            guard let id = vocabulary.id(of: token.content) else {
                throw .addedToken(token.content, problem: "is not among the vocabulary's \(vocabulary.count) tokens")
            }
            guard id == token.id else {
                throw .addedToken(token.content, problem: "has id \(token.id), but the vocabulary gives it id \(id)")
            }
        }
    }

    /// Cuts two runs to length and puts the frame around them.
    func assemble(
        _ first: TokenRun, _ second: TokenRun?, maximumLength: Int, truncation: Truncation, side: TruncationSide,
        offsets: Bool
    ) -> Encoding {
        let room = max(0, max(0, maximumLength) - specialTokenCount(pair: second != nil))
        let counts = (first.ids.count, second?.ids.count ?? 0)
        let kept = truncation.lengths(first: counts.0, second: counts.1, isPair: second != nil, room: room)
        func range(_ count: Int, _ kept: Int) -> Range<Int> { side == .right ? 0..<kept : count - kept..<count }
        var encoding = frame(
            first, range(counts.0, kept.first), second.map { ($0, range(counts.1, kept.second)) }, offsets: offsets)
        encoding.truncatedTokenCount = counts.0 - kept.first + counts.1 - kept.second
        if truncation != .doNotTruncate { encoding.cut(to: maximumLength) }
        return encoding
    }

    /// The frame around a range of each run.
    func frame(
        _ first: TokenRun, _ range: Range<Int>, _ second: (run: TokenRun, range: Range<Int>)?, offsets: Bool
    ) -> Encoding {
        var encoding = Encoding()
        encoding.ids.reserveCapacity(range.count + (second?.range.count ?? 0) + 4)
        for piece in second == nil ? single : pair {
            switch piece {
            case .token(let id, let typeID):
                encoding.ids.append(id)
                encoding.typeIDs.append(typeID)
                encoding.specialTokensMask.append(true)
                guard offsets else { continue }
                encoding.offsets.append(0..<0)
                encoding.words.append(-1)
            case .first(let typeID): encoding.append(first, range, typeID: typeID, offsets: offsets)
            case .second(let typeID):
                guard let second else { continue }
                let start = encoding.ids.count
                encoding.append(second.run, second.range, typeID: typeID, offsets: offsets)
                encoding.secondText = start..<encoding.ids.count
            }
        }
        return encoding
    }
}

extension Encoding {
    fileprivate mutating func append(_ run: TokenRun, _ range: Range<Int>, typeID: Int32, offsets wanted: Bool) {
        ids.append(contentsOf: run.ids[range])
        typeIDs.append(contentsOf: repeatElement(typeID, count: range.count))
        specialTokensMask.append(contentsOf: repeatElement(false, count: range.count))
        guard wanted else { return }
        offsets.append(contentsOf: run.offsets[range])
        words.append(contentsOf: run.words[range])
    }

    /// Cuts whatever is beyond a length, the frame included.
    fileprivate mutating func cut(to length: Int) {
        let excess = ids.count - max(0, length)
        guard excess > 0 else { return }
        ids.removeLast(excess)
        typeIDs.removeLast(excess)
        specialTokensMask.removeLast(excess)
        if !offsets.isEmpty {
            offsets.removeLast(excess)
            words.removeLast(excess)
        }
        secondText = secondText.clamped(to: 0..<ids.count)
    }
}
