// Sequences of token ids laid end to end: the form in which the engine takes a batch. No padding exists in it but for
// heads that read padding.

public import AdzeBytes

/// One sequence of token ids, special tokens included.
public struct TokenSequence: Sendable, Equatable {
    /// The ids of its T tokens.
    public var ids: [Int32]
    /// The type (0 or 1) of each token.
    public var typeIDs: [Int32]

    /// A sequence; without types all are 0. The counts must agree.
    public init(ids: [Int32], typeIDs: [Int32]? = nil) {
        precondition(typeIDs.map { $0.count == ids.count } ?? true, "a type for each token")
        self.ids = ids
        self.typeIDs = typeIDs ?? [Int32](repeating: 0, count: ids.count)
    }
}

/// S sequences as one run of T tokens.
public struct PackedBatch: Sendable {
    /// The ids of all T tokens.
    package let ids: [Int32]
    /// The type of each token.
    package let typeIDs: [Int32]
    /// Where each sequence starts; S + 1 values, the last is T.
    package let starts: [Int]
    /// The tokens before each sequence's padding; nil for a batch without any.
    private let textCounts: [Int]?

    /// T.
    public var tokenCount: Int { ids.count }
    /// S.
    public var sequenceCount: Int { starts.count - 1 }

    /// Whether there is padding in it.
    package var hasPadding: Bool { textCounts != nil }

    /// Packs sequences after checking each id, type and length against the model.
    ///
    /// Throws `BatchError` for an empty sequence, one longer than `config.tokenLimit`, and an id or type that the
    /// embeddings have no row for. A batch of no sequences is fine.
    public init(_ sequences: [TokenSequence], config: EncoderShape) throws(BatchError) {
        var ids: [Int32] = []
        var typeIDs: [Int32] = []
        var starts = [0]
        for (index, sequence) in sequences.enumerated() {
            guard !sequence.ids.isEmpty else { throw .emptySequence(index: index) }
            guard sequence.ids.count <= config.tokenLimit else {
                throw .tooLong(index: index, tokens: sequence.ids.count, limit: config.tokenLimit)
            }
            for (position, id) in sequence.ids.enumerated() {
                guard id >= 0, Int(id) < config.vocabularySize else {
                    throw .unknownID(index: index, position: position, id: Int(id), limit: config.vocabularySize)
                }
                let type = sequence.typeIDs[position]
                guard config.takes(types: CollectionOfOne(type)) else {
                    throw .unknownType(index: index, position: position, type: Int(type), limit: config.typeRows)
                }
            }
            ids += sequence.ids
            typeIDs += config.typeRows > 0 ? sequence.typeIDs : [Int32](repeating: 0, count: sequence.ids.count)
            starts.append(ids.count)
        }
        self.ids = ids
        self.typeIDs = typeIDs
        self.starts = starts
        textCounts = nil
    }

    /// The tokens of a sequence within the batch, its padding among them.
    package func tokens(of sequence: Int) -> Range<Int> { starts[sequence]..<starts[sequence + 1] }

    /// The tokens of the longest sequence, its padding among them; 1 for a batch of none.
    package var longestCount: Int { (0..<sequenceCount).reduce(1) { max($0, tokens(of: $1).count) } }

    /// The tokens of a sequence that others attend to: all but its padding.
    package func textTokens(of sequence: Int) -> Range<Int> {
        let tokens = tokens(of: sequence)
        return textCounts.map { tokens.lowerBound..<tokens.lowerBound + $0[sequence] } ?? tokens
    }
}

extension PackedBatch {
    /// Sequences that follow each other within a batch.
    func part(_ sequences: Range<Int>) -> PackedBatch {
        let tokens = starts[sequences.lowerBound]..<starts[sequences.upperBound]
        return PackedBatch(
            ids: Array(ids[tokens]), typeIDs: Array(typeIDs[tokens]),
            starts: starts[sequences.lowerBound...sequences.upperBound].map { $0 - tokens.lowerBound },
            textCounts: textCounts.map { Array($0[sequences]) })
    }

    /// Each sequence filled up with a token to as many as `rows` says of its own, at least as many as it has.
    ///
    /// Padding attends to the text, and nothing to padding. Its type is 0.
    func padded(with padID: Int32, rows: (Int) -> Int) -> PackedBatch {
        precondition(textCounts == nil, "a batch is padded once")
        var (padded, types, ends): ([Int32], [Int32], [Int]) = ([], [], [0])
        let counts = (0..<sequenceCount).map { tokens(of: $0).count }
        for (sequence, count) in counts.enumerated() {
            let missing = rows(count) - count
            precondition(missing >= 0, "a sequence is no longer than its rows")
            padded += ids[tokens(of: sequence)] + [Int32](repeating: padID, count: missing)
            types += typeIDs[tokens(of: sequence)] + [Int32](repeating: 0, count: missing)
            ends.append(padded.count)
        }
        return PackedBatch(ids: padded, typeIDs: types, starts: ends, textCounts: counts)
    }

    private init(ids: [Int32], typeIDs: [Int32], starts: [Int], textCounts: [Int]?) {
        (self.ids, self.typeIDs, self.starts, self.textCounts) = (ids, typeIDs, starts, textCounts)
    }
}

/// A sequence that the model cannot take.
public enum BatchError: AdzeFailure, Equatable {
    case emptySequence(index: Int)
    case tooLong(index: Int, tokens: Int, limit: Int)
    case unknownID(index: Int, position: Int, id: Int, limit: Int)
    case unknownType(index: Int, position: Int, type: Int, limit: Int)
    case noSuchPosition(index: Int, position: Int, tokens: Int)

    /// One line: which sequence and token, what was expected and found.
    public var description: String {
        switch self {
        case .emptySequence(let index): "sequence \(index) has no tokens"
        case .tooLong(let index, let tokens, let limit):
            "sequence \(index) has \(tokens) tokens; the model has \(limit) positions"
        case .unknownID(let index, let position, let id, let limit):
            "sequence \(index), token \(position): id \(id) is not below the vocabulary's \(limit)"
        case .unknownType(let index, let position, let type, let limit):
            "sequence \(index), token \(position): token type \(type) is not below \(limit)"
        case .noSuchPosition(let index, let position, let tokens):
            "sequence \(index): logits are asked for at position \(position); it has \(tokens) tokens"
        }
    }
}
