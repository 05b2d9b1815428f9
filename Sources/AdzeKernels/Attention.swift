// Scaled dot-product attention of one sequence and one head, fp32. Forward only; the backward pass belongs to training.
// Not through OpenBLAS: keys and values are packed on the fly and go through the same matrix product as the weights.

/// What attention adds to its scaled scores, by how far a key lies from its query.
package struct AttentionBias {
    /// The value of distance 0, a key at its query's own position; that of a key n positions further on lies n values
    /// further on. There is one for every distance between the queries and the sequence's keys.
    let center: UnsafePointer<Float>
    /// The position of each query row in its sequence; nil where row m is position m.
    let positions: [Int]?

    /// The run of values around `center`, for queries at `positions`, or at 0, 1, 2 … where nil.
    package init(center: UnsafePointer<Float>, positions: [Int]? = nil) {
        (self.center, self.positions) = (center, positions)
    }

    /// scores = scale · scores + bias, for the query rows in `rows`.
    func add(_ kernels: Kernels, to scores: MatrixView, scale: Float, rows: Range<Int>) {
        guard let positions else {
            return kernels.addBias(scores, scale: scale, bias: center - rows.lowerBound, step: -1)
        }
        for (row, position) in positions[rows].enumerated() {
            kernels.addBias(scores.rows(row..<row + 1), scale: scale, bias: center - position, step: 0)
        }
    }
}

/// Scratch memory for attention, one for each thread of work; grows to the longest sequence it meets.
package final class AttentionScratch {
    private var keys = FloatBuffer(count: 0)
    private var values = FloatBuffer(count: 0)
    private var scores = FloatBuffer(count: 0)

    package init() {}

    /// Query rows computed at a time: enough for the tiles, few enough that their scores stay in the second cache.
    static let queryBlock = 48

    /// output = softmax(scale · query · keyᵀ + bias) · value.
    ///
    /// Shapes: query and output (Tq, D); key and value (T, D). `probabilities`, if given, takes the (Tq, T) weights.
    /// A row's bits depend on its own sequence alone. T ≥ 1, D ≥ 1.
    /// - Complexity: O(Tq · T · D).
    package func attend(
        _ kernels: Kernels, output: MatrixView, query: MatrixView, key: MatrixView, value: MatrixView, scale: Float,
        bias: AttentionBias? = nil, probabilities: MatrixView? = nil
    ) {
        let (tokens, size) = (key.rows, key.columns)
        precondition(value.rows == tokens && value.columns == size && query.columns == size && output.columns == size)
        precondition(query.rows == output.rows && tokens > 0)
        precondition(bias?.positions.map { $0.count == query.rows } ?? true, "each query row has a position")
        precondition(probabilities.map { $0.rows == query.rows && $0.columns == tokens } ?? true)
        reserve(tokens: tokens, size: size)
        kernels.pack(keys.base, key.base, kStride: 1, nStride: key.stride, depth: size, columns: tokens)
        kernels.pack(values.base, value.base, kStride: value.stride, nStride: 1, depth: tokens, columns: size)
        let packedKeys = PackedMatrix(borrowing: keys, columns: tokens, depth: size)
        let packedValues = PackedMatrix(borrowing: values, columns: size, depth: tokens)
        let block = AttentionScratch.queryBlock
        for first in stride(from: 0, to: query.rows, by: block) {
            let rows = first..<min(first + block, query.rows)
            let weights = scores.matrix(rows: rows.count, columns: tokens, stride: AttentionScratch.padded(tokens))
            kernels.multiplyExactly(weights, query.rows(rows), packedKeys)
            bias?.add(kernels, to: weights, scale: scale, rows: rows)
            kernels.softmax(weights, scale: bias == nil ? scale : 1)
            if let probabilities {
                for row in 0..<rows.count {
                    (probabilities.base + (first + row) * probabilities.stride)
                        .update(from: weights.base + row * weights.stride, count: tokens)
                }
            }
            kernels.multiplyExactly(output.rows(rows), weights, packedValues)
        }
    }

    private static func padded(_ count: Int) -> Int {
        (count + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel
    }

    private func reserve(tokens: Int, size: Int) {
        func grow(_ buffer: inout FloatBuffer, _ count: Int) {
            if buffer.count < count { buffer = FloatBuffer(count: count) }
        }
        grow(&keys, PackedMatrix.storageCount(columns: tokens, depth: size))
        grow(&values, PackedMatrix.storageCount(columns: size, depth: tokens))
        grow(&scores, AttentionScratch.queryBlock * AttentionScratch.padded(tokens))
    }
}
