// Adding words to a model: words from a file, each one token from then on, whose embedding is the mean of those of the
// word's pieces.

public import AdzeBytes
internal import AdzeData
internal import AdzeModelFiles
internal import AdzeModels
internal import AdzeTokenization

/// A model with more words, and what became of each that was asked for.
public struct ExtendedModel: Sendable {
    /// The model.
    public let bundle: ModelBundle
    /// How many words it has learnt.
    public let addedCount: Int
    /// Words that were passed over: the model has them.
    public let known: [String]
    /// Words of which it knew no piece, so that they start as its unknown token.
    public let unknown: [String]
}

extension ModelBundle {
    /// The most words that are added at a time.
    public static let addedTokenLimit = 1_000_000

    /// The model with words added to its tokenizer, as `Tokenizer.adding(_:)` does, and to its embeddings: a new row
    /// is the mean of the rows of the word's pieces.
    ///
    /// Throws `BundleError.noTokenizer`, `TokenizerError` and `CheckpointError.tooManyWords`.
    public func addingTokens(_ words: [String]) throws -> ExtendedModel {
        let tokenizer = try requireTokenizer()
        let extended = try tokenizer.adding(words)
        let unknown = extended.added.filter { $0.pieces.allSatisfy { $0 == tokenizer.unknownID } }.map(\.token)
        guard !extended.added.isEmpty else {
            return ExtendedModel(bundle: self, addedCount: 0, known: extended.known, unknown: [])
        }
        let checkpoint = try checkpoint.extendingVocabulary(
            from: tokenizer.vocabulary.count, pieces: extended.added.map { $0.pieces.map(Int.init) })
        let bundle = ModelBundle(
            self, checkpoint: checkpoint, tokenizer: extended.tokenizer, edit: .addedTokens(extended.added.count))
        return ExtendedModel(
            bundle: bundle, addedCount: extended.added.count, known: extended.known, unknown: unknown)
    }

    /// The words of a file, one a line, without white space around them; empty lines are none.
    ///
    /// Throws `LocatedError` with a `DataError` or `RowError` for a file that is no text, and
    /// `AddedTokensError` for more than `addedTokenLimit` lines or none.
    package static func readTokens(path: String) throws -> [String] {
        do {
            var source = try RowSource(path: path, format: .txt)
            var words: [String] = []
            while let row = try source.next() {
                let word = trimmed(try row.get().text)
                if !word.isEmpty { words.append(word) }
                guard words.count <= addedTokenLimit else { throw AddedTokensError.tooMany(limit: addedTokenLimit) }
            }
            guard !words.isEmpty else { throw AddedTokensError.none }
            return words
        } catch let error as any AdzeFailure {
            if case .file(let error) = error as? DataError { throw error }
            throw LocatedError(path: path, underlying: error)
        }
    }
}

/// A file of words that is none.
public enum AddedTokensError: AdzeFailure, Equatable {
    /// Nothing but empty lines.
    case none
    /// More lines than are taken.
    case tooMany(limit: Int)

    /// One line.
    public var description: String {
        switch self {
        case .none: "expected words, one a line, found none"
        case .tooMany(let limit): "more than \(limit) words; give the most frequent ones alone"
        }
    }
}
