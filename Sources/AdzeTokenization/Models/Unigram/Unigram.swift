// The settings of the unigram language model: the score of each piece, and what becomes of unknown characters. Not here:
// the search for the best pieces.

/// The unigram language model: of all ways to write a text in pieces the one with the highest sum of scores.
///
/// Source: Kudo 2018, "Subword Regularization", arXiv:1804.10959; ties and unknown characters as in `tokenizers`.
public struct Unigram: Sendable, Equatable {
    /// The score of each piece, by its id: the logarithm of its probability.
    public var scores: [Double]
    /// The id of what has no piece, or nil: such a text is then an error in the reference, and here of no token.
    public var unknownID: Int?
    /// Write unknown text as tokens of its bytes, `<0xE2>`, where the vocabulary has all of them.
    public var fallsBackToBytes = false

    /// Scores, and nothing else.
    public init(scores: [Double] = []) { self.scores = scores }

    /// How much less than the lowest score an unknown character has.
    static let unknownPenalty = 10.0

    /// Throws where scores are no numbers or not as many as the model has tokens.
    func check(modelCount: Int, file: String) throws(TokenizerError) {
        guard scores.count == modelCount, !scores.isEmpty else {
            throw .unexpected(
                file: file, key: "scores", expected: "one for each of \(modelCount) pieces", found: "\(scores.count)")
        }
        if let place = scores.firstIndex(where: { !$0.isFinite }) {
            throw .unexpected(
                file: file, key: "scores", expected: "finite numbers", found: "\(scores[place]) of id \(place)")
        }
        if let unknownID, !scores.indices.contains(unknownID) {
            throw .unexpected(
                file: file, key: "unk_id", expected: "an id below \(scores.count)", found: "\(unknownID)")
        }
    }
}
