// What a model of tokens answers so that its vocabulary can be cut down: which pieces a text needed, which texts a piece can
// stand for, and itself with some pieces alone. Not here: which pieces stay.

import AdzeBytes

/// A model of tokens that can go on with some of its pieces.
///
/// WordPiece is one. Another kind of `TokenModel` joins by its cutter's conformance: of byte pairs a text needs the merges on
/// its way and what they make, of Unigram the pieces of its best path, and `keeping` leaves out merges and scores.
protocol PrunableModel: Sendable {
    /// Appends the tokens of a stretch of raw text between added tokens, and notes the pieces that this depends on: a model
    /// of these, with whatever others of this one beside, cuts the stretch as this one does.
    func cut(_ bytes: Span<UInt8>, _ range: Range<Int>, noting needed: inout PieceSet, into run: inout TokenRun)

    /// What a piece can stand for in the words that texts give; none for a piece that no text can need.
    func readings(of id: Int) -> [PieceReading]

    /// The character of a piece that is no more, wherever in a word it stands; nil for a longer one.
    func character(of id: Int) -> UInt32?

    /// The model's settings with the pieces of a map alone.
    func keeping(_ map: VocabularyMap) -> TokenModel
}

/// What a piece stands for in a word.
struct PieceReading {
    /// Its normalized scalars.
    let scalars: [UInt32]
    /// Whether something stands before it.
    let continues: Bool
}

/// A set of pieces, by their ids.
struct PieceSet {
    private var holds: [Bool]

    /// An empty set for a vocabulary of so many tokens.
    init(vocabularyCount: Int) { holds = [Bool](repeating: false, count: vocabularyCount) }

    /// Adds a piece.
    mutating func insert(_ id: Int32) { holds[Int(id)] = true }

    /// The ids, ascending.
    var ids: [Int] { holds.indices.filter { holds[$0] } }
}
