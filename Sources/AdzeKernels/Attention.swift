// Scaled dot-product attention of one sequence and one head, fp32. Forward only; the backward pass belongs to training.
// Not through OpenBLAS: keys and values are packed on the fly and go through the same matrix product as the weights.

/// Scratch memory for attention, one for each thread of work; grows to the longest sequence it meets.
package final class AttentionScratch {
    private var keys = FloatBuffer(count: 0)
    private var values = FloatBuffer(count: 0)
    private var scores = FloatBuffer(count: 0)

    package init() {}

    /// Query rows computed at a time: enough for the tiles, few enough that their scores stay in the second cache.
    static let queryBlock = 48

    /// output = softmax(scale · query · keyᵀ) · value.
    ///
    /// Shapes: query and output (Tq, D); key and value (T, D). `probabilities`, if given, takes the (Tq, T) weights.
    /// A row's bits depend on its own sequence alone. T ≥ 1, D ≥ 1.
    /// - Complexity: O(Tq · T · D).
    package func attend(
        _ kernels: Kernels, output: MatrixView, query: MatrixView, key: MatrixView, value: MatrixView, scale: Float,
        probabilities: MatrixView? = nil
    ) {
        let (tokens, size) = (key.rows, key.columns)
        precondition(value.rows == tokens && value.columns == size && query.columns == size && output.columns == size)
        precondition(query.rows == output.rows && tokens > 0)
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
            kernels.softmax(weights, scale: scale)
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
