// The tokens of a model and their ids. Not here: reading vocabulary files, or cutting words.

import AdzeBytes

/// A dense list of tokens: the id of a token is its place.
///
/// They are unique, but for the pieces of a unigram model: of equal ones the last is found, as in the reference.
/// The first `modelCount` belong to the model; later ones were added and are only matched as wholes.
public struct Vocabulary: Sendable, Equatable {
    /// The most tokens of a vocabulary.
    public static let countLimit = 5_000_000
    /// The most bytes of tokens together.
    static let textLimit = ByteTrie.nodeLimit - 1

    private let text: [UInt8]
    private let ends: [Int32]
    let trie: ByteTrie
    /// How many tokens the model may produce; the rest are added tokens.
    public let modelCount: Int
    /// Whether a token stands there twice.
    let hasRepeats: Bool

    /// How many tokens there are; ids are 0 to one less.
    public var count: Int { ends.count }

    /// A vocabulary of tokens in the order of their ids; `file` is named in errors.
    ///
    /// With `allowsRepeats` the model's own tokens may stand there twice. Throws `TokenizerError.duplicateToken`,
    /// `.tooManyTokens` or `.tooMuchText`.
    /// - Complexity: O(bytes of the tokens).
    init(
        tokens: some Collection<some Collection<UInt8>>, modelCount: Int? = nil, allowsRepeats: Bool = false,
        file: String
    ) throws(TokenizerError) {
        let count = tokens.count
        guard count <= Self.countLimit else {
            throw .tooManyTokens(file: file, count: count, limit: Self.countLimit)
        }
        self.modelCount = modelCount ?? count
        var total = 0
        for token in tokens {
            total += token.count
            guard total <= Self.textLimit else { throw .tooMuchText(file: file, bytes: total, limit: Self.textLimit) }
        }
        var text: [UInt8] = []
        var ends: [Int32] = []
        text.reserveCapacity(total)
        ends.reserveCapacity(count)
        for token in tokens {
            text.append(contentsOf: token)
            ends.append(Int32(text.count))
        }
        var trie = ByteTrie(capacity: total)
        let replaceable = allowsRepeats ? min(self.modelCount, count) : 0
        if let second = trie.insertAll(text: text.span, ends: ends.span, replaceable: replaceable) {
            let token = text[(second == 0 ? 0 : Int(ends[second - 1]))..<Int(ends[second])]
            throw .duplicateToken(
                file: file, token: String(decoding: token, as: UTF8.self), first: Int(trie.value(of: token) ?? -1),
                second: second)
        }
        (self.text, self.ends, self.trie, hasRepeats) = (text, ends, trie, trie.count < count)
    }

    /// The vocabulary with added tokens after its own; throws `TokenizerError` as the initializer does.
    func adding(_ more: [String]) throws(TokenizerError) -> Vocabulary {
        if more.isEmpty { return self }
        return try Vocabulary(
            tokens: (tokens + more).map(\.utf8), modelCount: modelCount, allowsRepeats: hasRepeats, file: "added tokens"
        )
    }

    /// The token of an id, or nil where the id is none of this vocabulary's.
    public func token(_ id: Int) -> String? {
        guard id >= 0, id < count else { return nil }
        return String(decoding: utf8(id), as: UTF8.self)
    }

    /// The id of a token, or nil.
    public func id(of token: String) -> Int? { trie.value(of: token.utf8).map(Int.init) }

    /// The id of a token of the model's own, or nil.
    func modelID(of token: some Sequence<UInt8>) -> Int32? {
        guard let id = trie.value(of: token), id < modelCount else { return nil }
        return id
    }

    /// All tokens in the order of their ids.
    public var tokens: [String] { (0..<count).map { String(decoding: utf8($0), as: UTF8.self) } }

    func utf8(_ id: Int) -> ArraySlice<UInt8> { text[(id == 0 ? 0 : Int(ends[id - 1]))..<Int(ends[id])] }

    /// Equal tokens in the same order.
    public static func == (a: Vocabulary, b: Vocabulary) -> Bool {
        a.modelCount == b.modelCount && a.ends == b.ends && a.text == b.text
    }
}
