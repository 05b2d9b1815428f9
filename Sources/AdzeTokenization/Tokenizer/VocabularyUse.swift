// Which tokens of a vocabulary some texts need. Not here: the tokenizer with these alone.

/// The tokens that texts need to be cut as they are, text by text, in memory that does not grow with them.
public struct VocabularyUse: Sendable {
    private let tokenizer: Tokenizer
    private var needed: PieceSet
    /// Which raw scalars beyond ASCII the texts have.
    private var scalars = [Bool](repeating: false, count: ScalarProperties.limit)
    /// How many tokens the texts gave.
    public private(set) var tokenCount = 0
    /// How many of them were the unknown token.
    public private(set) var unknownCount = 0

    /// No texts yet, for a tokenizer.
    public init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
        needed = PieceSet(vocabularyCount: tokenizer.vocabulary.count)
    }

    /// Cuts a text, all of it whatever length a model takes, and notes what that needs.
    ///
    /// - Complexity: O(n) in the length of the text.
    public mutating func add(_ text: String) {
        let bytes = text.utf8.span
        for id in tokenizer.cutter.cut(bytes, noting: &needed) {
            tokenCount += 1
            if let unknown = tokenizer.unknownID, id == unknown { unknownCount += 1 }
        }
        var position = 0
        while position < bytes.count {
            guard bytes[position] >= 0x80 else {
                position += 1
                continue
            }
            let scalar = decodeScalar(bytes, at: position)
            scalars[Int(scalar.value)] = true
            position += scalar.length
        }
    }

    /// The ids that stay, ascending: what the texts need, special and added tokens, and every piece of a single character
    /// that is ASCII's or the texts', so that a word which they do not have is seldom unknown.
    ///
    /// - Complexity: O(tokens and scalars).
    public var ids: [Int] {
        let characters = tokenizer.settings.normalizer.wordScalars(
            of: scalars.indices.lazy.filter { scalars[$0] }.map(UInt32.init))
        let model = tokenizer.cutter.model
        let single = (0..<tokenizer.vocabulary.modelCount).filter { id in
            model.character(of: id).map { $0 < 0x80 || characters.contains($0) } ?? false
        }
        return Set(needed.ids + single + tokenizer.indispensableIDs).sorted()
    }
}
