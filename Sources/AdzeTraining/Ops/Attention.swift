// Scaled dot-product attention of one sequence and one head, both directions. The backward pass computes the weights again
// instead of keeping them. Not here: projections, and which pieces run where.

internal import AdzeKernels

/// What attention drops of its weights: those of query q and key k are the elements first + q · pitch + k of a draw.
struct AttentionDropout {
    let draw: DropoutDraw
    let first: Int
    let pitch: Int
}

/// Scratch memory for attention in training, one for each thread of work; grows to the longest sequence it meets.
final class TrainingAttention {
    private var packedKeys = FloatBuffer(count: 0)
    private var packedValues = FloatBuffer(count: 0)
    private var packedKeyRows = FloatBuffer(count: 0)
    private var weights = FloatBuffer(count: 0)
    private var kept = FloatBuffer(count: 0)
    private var slopes = FloatBuffer(count: 0)
    private var keyGradient = FloatBuffer(count: 0)
    private var valueGradient = FloatBuffer(count: 0)

    /// Query rows at a time: enough for the tiles, few enough that their weights stay in the second cache.
    static let queryBlock = 48

    /// output = dropout(softmax(scale · query · keyᵀ)) · value.
    ///
    /// Shapes: query and output (Tq, D); key and value (T, D).
    func forward(
        _ kernels: Kernels, output: MatrixView, query: MatrixView, key: MatrixView, value: MatrixView, scale: Float,
        dropout: AttentionDropout?
    ) {
        let tokens = key.rows
        let keys = pack(kernels, &packedKeys, transposing: key)
        let values = pack(kernels, &packedValues, value)
        reserve(&weights, TrainingAttention.queryBlock * padded(tokens))
        for rows in blocks(query.rows) {
            let part = weights.matrix(rows: rows.count, columns: tokens, stride: padded(tokens))
            kernels.multiplyExactly(part, query.rows(rows), keys)
            kernels.softmax(part, scale: scale)
            if let dropout { drop(kernels, dropout, rows, output: part, input: part) }
            kernels.multiplyExactly(output.rows(rows), part, values)
        }
    }

    /// Replaces query, key and value by their gradients, given that of the output.
    func backward(
        _ kernels: Kernels, gradient: MatrixView, query: MatrixView, key: MatrixView, value: MatrixView, scale: Float,
        dropout: AttentionDropout?
    ) {
        let (tokens, size) = (key.rows, key.columns)
        let keys = pack(kernels, &packedKeys, transposing: key)
        let values = pack(kernels, &packedValues, transposing: value)
        let keyRows = pack(kernels, &packedKeyRows, key)
        reserve(&keyGradient, tokens * size)
        reserve(&valueGradient, tokens * size)
        keyGradient.base.update(repeating: 0, count: tokens * size)
        valueGradient.base.update(repeating: 0, count: tokens * size)
        let block = TrainingAttention.queryBlock * padded(tokens)
        reserve(&weights, block)
        reserve(&slopes, block)
        if dropout != nil { reserve(&kept, block) }
        let (dKey, dValue) = (
            keyGradient.matrix(rows: tokens, columns: size), valueGradient.matrix(rows: tokens, columns: size)
        )
        for rows in blocks(query.rows) {
            func scratch(_ buffer: FloatBuffer) -> MatrixView {
                buffer.matrix(rows: rows.count, columns: tokens, stride: padded(tokens))
            }
            let (weights, slopes) = (scratch(weights), scratch(slopes))
            kernels.multiplyExactly(weights, query.rows(rows), keys)
            kernels.softmax(weights, scale: scale)
            kernels.multiplyExactly(slopes, gradient.rows(rows), values)
            var dropped = weights
            if let dropout {
                dropped = scratch(kept)
                drop(kernels, dropout, rows, output: dropped, input: weights, second: slopes)
            }
            kernels.addOuter(dValue, dropped, gradient.rows(rows))
            kernels.softmaxBackward(gradient: slopes, probabilities: weights, scale: scale)
            kernels.addOuter(dKey, slopes, query.rows(rows))
            // The queries of these rows have been read for the last time.
            kernels.multiplyExactly(query.rows(rows), slopes, keyRows)
        }
        copy(dKey, to: key)
        copy(dValue, to: value)
    }

    // MARK: Pieces

    private func padded(_ count: Int) -> Int {
        (count + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel
    }

    private func blocks(_ rows: Int) -> [Range<Int>] {
        stride(from: 0, to: rows, by: TrainingAttention.queryBlock).map {
            $0..<min($0 + TrainingAttention.queryBlock, rows)
        }
    }

    private func drop(
        _ kernels: Kernels, _ dropout: AttentionDropout, _ rows: Range<Int>, output: MatrixView, input: MatrixView,
        second: MatrixView? = nil
    ) {
        kernels.dropout(
            dropout.draw, output, input, first: dropout.first + rows.lowerBound * dropout.pitch, pitch: dropout.pitch,
            second: second)
    }

    /// A matrix (T, D) packed for a product that sums over D.
    private func pack(_ kernels: Kernels, _ buffer: inout FloatBuffer, transposing view: MatrixView) -> PackedMatrix {
        reserve(&buffer, PackedMatrix.storageCount(columns: view.rows, depth: view.columns))
        kernels.pack(
            buffer.base, view.base, kStride: 1, nStride: view.stride, depth: view.columns, columns: view.rows)
        return PackedMatrix(borrowing: buffer, columns: view.rows, depth: view.columns)
    }

    /// A matrix (T, D) packed for a product that sums over T.
    private func pack(_ kernels: Kernels, _ buffer: inout FloatBuffer, _ view: MatrixView) -> PackedMatrix {
        reserve(&buffer, PackedMatrix.storageCount(columns: view.columns, depth: view.rows))
        kernels.pack(
            buffer.base, view.base, kStride: view.stride, nStride: 1, depth: view.rows, columns: view.columns)
        return PackedMatrix(borrowing: buffer, columns: view.columns, depth: view.rows)
    }

    private func copy(_ source: MatrixView, to target: MatrixView) {
        for row in 0..<source.rows {
            (target.base + row * target.stride).update(from: source.base + row * source.stride, count: source.columns)
        }
    }

    private func reserve(_ buffer: inout FloatBuffer, _ count: Int) {
        if buffer.count < count { buffer = FloatBuffer(count: count) }
    }
}
