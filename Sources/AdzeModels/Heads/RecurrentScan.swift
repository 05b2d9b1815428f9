// In which order an LSTM meets the tokens of a batch: the sequences side by side, step by step. Not here: what it computes,
// which is `Kernels.lstmForward`.

package import AdzeKernels

/// One direction's way through the sequences of a batch.
///
/// Sequences are taken 16 at a time, longest first; rows are those of a group's first step, of its second, and so on. What
/// a sequence gets does not depend on the others of its group, which are only computed beside it.
package struct RecurrentScan: Sendable {
    /// The rows of the batch, in the order in which they are met; R of them.
    package let tokens: [Int]
    /// Sequences that go step by step together.
    package let groups: [Group]
    /// For each sequence, in the order of the batch, the row of its last step.
    package let lastRows: [Int]

    /// Some sequences' rows, and where each of their steps begins among them.
    package struct Group: Sendable {
        package let rows: Range<Int>
        package let steps: [Int]
    }

    /// Sequences of a group: enough rows for a product, few enough that many threads have some.
    private static let groupSize = 16

    /// Where the answer of one sequence is read, and which of its rows it takes to get there.
    private struct Path {
        let first: Int
        let step: Int
        let count: Int
    }

    /// The way of one direction through one layer of a head.
    ///
    /// `isLast` says that only each sequence's answer is read: what comes after it is not computed.
    package init(_ batch: PackedBatch, _ layer: RecurrentLayer, isReverse: Bool, isLast: Bool) {
        let paths = (0..<batch.sequenceCount).map { index in
            let (rows, text) = (batch.tokens(of: index), batch.textTokens(of: index).count)
            let answer =
                switch layer.reach {
                case .padded: min(text, rows.count - 1)
                case .text: isReverse ? 0 : rows.count - 1
                }
            let count = isLast ? (isReverse ? rows.count - answer : answer + 1) : rows.count
            return Path(
                first: isReverse ? rows.upperBound - 1 : rows.lowerBound, step: isReverse ? -1 : 1, count: count)
        }
        self.init(paths)
    }

    private init(_ paths: [Path]) {
        let order = paths.indices.sorted { (paths[$0].count, $1) > (paths[$1].count, $0) }
        var (tokens, groups): ([Int], [Group]) = ([], [])
        var lastRows = [Int](repeating: 0, count: paths.count)
        for start in stride(from: 0, to: order.count, by: RecurrentScan.groupSize) {
            let members = order[start..<min(start + RecurrentScan.groupSize, order.count)]
            let first = tokens.count
            var steps = [0]
            for step in 0..<(members.first.map { paths[$0].count } ?? 0) {
                for member in members where paths[member].count > step {
                    if paths[member].count == step + 1 { lastRows[member] = tokens.count }
                    tokens.append(paths[member].first + step * paths[member].step)
                }
                steps.append(tokens.count - first)
            }
            groups.append(Group(rows: first..<tokens.count, steps: steps))
        }
        (self.tokens, self.groups, self.lastRows) = (tokens, groups, lastRows)
    }
}

extension RecurrentScan {
    /// Rows of the batch in the order in which they are met.
    package func gather(_ source: MatrixView, into target: MatrixView) {
        for (row, token) in tokens.enumerated() { source.copy(row: token, to: target, row: row) }
    }

    /// The way back: rows in that order to their places in the batch.
    package func scatter(_ source: MatrixView, to target: MatrixView) {
        for (row, token) in tokens.enumerated() { source.copy(row: row, to: target, row: token) }
    }

    /// The row of each sequence's last step.
    package func takeLast(of source: MatrixView, to target: MatrixView) {
        for (sequence, row) in lastRows.enumerated() { source.copy(row: row, to: target, row: sequence) }
    }

    /// The inverse, for gradients: each sequence's row to its last step.
    package func putLast(_ source: MatrixView, into target: MatrixView) {
        for (sequence, row) in lastRows.enumerated() { source.copy(row: sequence, to: target, row: row) }
    }
}
