// A checkpoint with rows for new words, each the mean of the rows of the pieces that the word used to be. Not here: the
// tokenizer that knows the words.

internal import AdzeTensors

extension ModelCheckpoint {
    /// The checkpoint with a row for each of `pieces`, from the id `first` on; rows that are there already are
    /// overwritten, as those that pad a vocabulary are.
    ///
    /// Every parameter with a row for each word gets them: the embedding, and the decoder of a masked language model
    /// with its bias. A row starts as the mean of the rows of the ids in its list, summed in double precision; lists are
    /// not empty and their ids below `first`. Throws `CheckpointError.tooManyWords`.
    /// - Complexity: nothing is loaded yet; O(rows) when it is.
    public func extendingVocabulary(from first: Int, pieces: [[Int]]) throws(CheckpointError) -> ModelCheckpoint {
        precondition((1...config.vocabularySize).contains(first), "new ids follow those of the tokenizer")
        precondition(
            pieces.allSatisfy { !$0.isEmpty && $0.allSatisfy((0..<first).contains) }, "pieces are words that there are")
        var extended = config
        extended.vocabularySize = max(config.vocabularySize, first + pieces.count)
        let limit = EncoderShape.Limits.vocabularySize.upperBound
        guard extended.vocabularySize <= limit else { throw .tooManyWords(extended.vocabularySize, limit: limit) }
        let grown = parameters.filter(\.hasWordRows).map(\.name)
        let store = ExtendedVocabularyStore(
            base: store, names: Set(grown), rowCount: extended.vocabularySize, first: first, pieces: pieces)
        return ModelCheckpoint(config: extended, head: head, store: store, notes: notes)
    }
}

/// A store whose tensors of one row a word have more of them.
private struct ExtendedVocabularyStore: TensorStore {
    let base: any TensorStore
    let names: Set<String>
    let rowCount: Int
    let first: Int
    let pieces: [[Int]]

    var tensors: [TensorInfo] {
        base.tensors.map { info in
            guard names.contains(info.name) else { return info }
            return TensorInfo(name: info.name, dtype: .float32, shape: extended(info.shape))
        }
    }
    var aliases: [String: String] { base.aliases }

    func load(_ name: String) throws -> Tensor {
        let tensor = try base.load(name)
        guard names.contains(name) else { return tensor }
        let width = tensor.shape.rank == 1 ? 1 : tensor.shape.rowLength
        var values = tensor.floats()
        values.append(contentsOf: repeatElement(0, count: (rowCount - tensor.shape[0]) * width))
        for (offset, ids) in pieces.enumerated() {
            for column in 0..<width {
                let sum = ids.reduce(0.0) { $0 + Double(values[$1 * width + column]) }
                values[(first + offset) * width + column] = Float(sum / Double(ids.count))
            }
        }
        return Tensor(shape: extended(tensor.shape), floats: values)
    }

    private func extended(_ shape: Shape) -> Shape {
        // The limits of a configuration keep every product of its sizes a shape.
        guard let extended = Shape([rowCount] + shape.dimensions.dropFirst()) else { preconditionFailure("\(shape)") }
        return extended
    }
}
