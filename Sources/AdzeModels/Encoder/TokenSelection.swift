// Which tokens of a batch the last block is computed for: those whose last hidden state somebody reads.

/// Some tokens of a batch, in its order.
struct TokenSelection {
    /// Their places in the batch, ascending, each once.
    let tokens: [Int]
    /// Where each sequence's begin among them; S + 1 values.
    private let starts: [Int]

    /// The tokens that the outputs read, or nil where they read every one.
    ///
    /// `positions` are those of the vocabulary logits within each sequence, nil where there are none to compute.
    init?(_ batch: PackedBatch, outputs: OutputRequest, positions: [[Int]]?) {
        guard outputs.isDisjoint(with: .everyTokenOutputs) else { return nil }
        let readsFirst = !outputs.isDisjoint(with: .firstTokenOutputs)
        var tokens: [Int] = []
        var starts = [0]
        for sequence in 0..<batch.sequenceCount {
            let wanted = Set((positions?[sequence] ?? []) + (readsFirst ? [0] : []))
            tokens += wanted.sorted().map { batch.starts[sequence] + $0 }
            starts.append(tokens.count)
        }
        self.tokens = tokens
        self.starts = starts
    }

    /// The rows of a sequence's selected tokens.
    func rows(of sequence: Int) -> Range<Int> { starts[sequence]..<starts[sequence + 1] }

    /// The row of a token that was selected, by bisection.
    func row(of token: Int) -> Int {
        var (low, high) = (0, tokens.count)
        while low < high {
            let middle = (low + high) / 2
            if tokens[middle] < token { low = middle + 1 } else { high = middle }
        }
        precondition(low < tokens.count && tokens[low] == token, "every token that is read was selected")
        return low
    }
}

extension PackedBatch {
    /// The positions of each sequence, checked; every position where none are given.
    package func checked(_ positions: [[Int]]?) throws(BatchError) -> [[Int]] {
        guard let positions else { return (0..<sequenceCount).map { Array(0..<tokens(of: $0).count) } }
        precondition(positions.count == sequenceCount, "positions for each sequence")
        for (index, list) in positions.enumerated() {
            let count = tokens(of: index).count
            for position in list where !(0..<count).contains(position) {
                throw .noSuchPosition(index: index, position: position, tokens: count)
            }
        }
        return positions
    }
}
