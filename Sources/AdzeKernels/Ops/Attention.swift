// Scaled dot-product attention of one sequence and one head, both directions, of inference and of training. Keys and values
// are packed on the fly and go through our own product whatever multiplies the weights. The backward pass computes the
// attention weights again instead of keeping them. Not here: projections, and which heads run where.

/// What attention drops of its weights: those of query row q and key k are the elements first + q · pitch + k of a draw.
package struct AttentionDropout {
    let draw: DropoutDraw
    let first: Int
    let pitch: Int

    /// The elements from `first` of a draw, a query row's `pitch` after those of the row before.
    package init(draw: DropoutDraw, first: Int, pitch: Int) {
        (self.draw, self.first, self.pitch) = (draw, first, pitch)
    }

    /// output = dropout(input) of the query rows in `rows`, and `second` = dropout(second) by the same draws.
    func apply(
        _ kernels: Kernels, _ rows: Range<Int>, output: MatrixView, input: MatrixView, second: MatrixView? = nil
    ) {
        kernels.dropout(draw, output, input, first: first + rows.lowerBound * pitch, pitch: pitch, second: second)
    }
}

/// Scratch memory for attention, one for each thread of work; grows to the longest sequence it meets.
package final class AttentionScratch {
    // Packed for a product that sums over D, or with `Rows` over T.
    var keys = FloatBuffer(count: 0)
    var keyRows = FloatBuffer(count: 0)
    var values = FloatBuffer(count: 0)
    var valueRows = FloatBuffer(count: 0)
    // A block of query rows, (queryBlock, T).
    var weights = FloatBuffer(count: 0)
    var kept = FloatBuffer(count: 0)
    var slopes = FloatBuffer(count: 0)
    var zeros = FloatBuffer(count: 0)
    var keyGradient = FloatBuffer(count: 0)
    var valueGradient = FloatBuffer(count: 0)
    private let distances = DistanceScratch()

    package init() {}

    /// Query rows computed at a time: enough for the tiles, few enough that their weights stay in the second cache.
    static let queryBlock = 48

    /// output = dropout(softmax(scale · (query · keyᵀ + terms) + bias)) · value, over the keys of a query's window.
    ///
    /// Shapes: query and output (Tq, D), which may be the same; key and value (T, D). `probabilities`, if given, takes the
    /// (Tq, T) weights before they are dropped. A row's bits depend on its own sequence alone. T ≥ 1, D ≥ 1.
    /// - Complexity: O(Tq · T · D); with a window of reach R, O(Tq · R · D), and memory that grows with R.
    package func attend(
        _ kernels: Kernels, output: MatrixView, query: MatrixView, key: MatrixView, value: MatrixView, scale: Float,
        bias: AttentionBias? = nil, terms: DistanceTerms? = nil, window: AttentionWindow? = nil,
        dropout: AttentionDropout? = nil,
        probabilities: MatrixView? = nil
    ) {
        check(query: query, key: key, value: value, output, bias, terms)
        precondition(probabilities.map { $0.rows == query.rows && $0.columns == key.rows } ?? true)
        if let window, window.hides(queries: query.rows, keys: key.rows) {
            precondition(bias == nil && terms == nil, "a window has neither bias nor terms")
            return attend(
                kernels, window, output: output, query: query, key: key, value: value, scale: scale, dropout: dropout,
                probabilities: probabilities)
        }
        let packedKeys = pack(kernels, &keys, transposing: key)
        let packedValues = pack(kernels, &valueRows, value)
        if let terms { distances.multiplyKeys(kernels, terms, key, queries: query.rows) }
        for rows in blocks(query.rows) {
            let weights = block(&weights, rows, tokens: key.rows)
            weigh(kernels, weights, query, packedKeys, scale, bias, terms, rows)
            if let probabilities { weights.copy(to: probabilities.rows(rows)) }
            dropout?.apply(kernels, rows, output: weights, input: weights)
            kernels.multiply(output.rows(rows), weights, packedValues)
        }
    }

    /// Replaces query, key and value by their gradients, given that of the output; adds that of the bias, and those of the
    /// terms to `sums`, which come with them.
    ///
    /// Shapes as for `attend`, whose bias, terms and dropout these are. `biasGradient` is where the sum of distance 0 lies, as
    /// the bias' `center` is; rows are added in order.
    /// - Complexity: O(Tq · T · D).
    package func attendBackward(
        _ kernels: Kernels, gradient: MatrixView, query: MatrixView, key: MatrixView, value: MatrixView, scale: Float,
        bias: AttentionBias? = nil, biasGradient: UnsafeMutablePointer<Float>? = nil, terms: DistanceTerms? = nil,
        sums: DistanceSums? = nil, window: AttentionWindow? = nil, dropout: AttentionDropout? = nil
    ) {
        check(query: query, key: key, value: value, gradient, bias, terms)
        precondition((terms == nil) == (sums == nil), "terms come with the places of their gradients")
        if let window, window.hides(queries: query.rows, keys: key.rows) {
            precondition(bias == nil && terms == nil, "a window has neither bias nor terms")
            return attendBackward(
                kernels, window, gradient: gradient, query: query, key: key, value: value, scale: scale,
                dropout: dropout)
        }
        let packedKeys = pack(kernels, &keys, transposing: key)
        let packedValues = pack(kernels, &values, transposing: value)
        let packedKeyRows = pack(kernels, &keyRows, key)
        let (dKey, dValue) = (cleared(&keyGradient, as: key), cleared(&valueGradient, as: value))
        if let terms {
            distances.multiplyKeys(kernels, terms, key, queries: query.rows)
            distances.startBackward(terms, tokens: key.rows)
        }
        for rows in blocks(query.rows) {
            let weights = block(&weights, rows, tokens: key.rows)
            let slopes = block(&slopes, rows, tokens: key.rows)
            weigh(kernels, weights, query, packedKeys, scale, bias, terms, rows)
            kernels.multiply(slopes, gradient.rows(rows), packedValues)
            var dropped = weights
            if let dropout {
                dropped = block(&kept, rows, tokens: key.rows)
                dropout.apply(kernels, rows, output: dropped, input: weights, second: slopes)
            }
            kernels.addOuter(dValue, dropped, gradient.rows(rows))
            unsafe weighBackward(kernels, slopes, weights, scale, bias, biasGradient, rows)
            kernels.addOuter(dKey, slopes, query.rows(rows))
            // The queries of these rows have been read for the last time.
            guard let terms, let sums else {
                kernels.multiply(query.rows(rows), slopes, packedKeyRows)
                continue
            }
            distances.addBackward(
                kernels, terms, sums, gradient: slopes, query: query.rows(rows), added: packedKeyRows, rows: rows)
        }
        if let terms, let sums {
            distances.finishBackward(kernels, terms, sums, key: key, plain: dKey)
        } else {
            dKey.copy(to: key)
        }
        dValue.copy(to: value)
    }

    // MARK: Weights

    /// weights = softmax(scale · (query · keyᵀ + terms) + bias) of the query rows in `rows`.
    private func weigh(
        _ kernels: Kernels, _ weights: MatrixView, _ query: MatrixView, _ keys: PackedMatrix, _ scale: Float,
        _ bias: AttentionBias?, _ terms: DistanceTerms?, _ rows: Range<Int>
    ) {
        kernels.multiply(weights, query.rows(rows), keys)
        if let terms {
            distances.add(kernels, terms, to: weights, query: query.rows(rows), rows: rows, queries: query.rows)
        }
        guard let bias else { return kernels.softmax(weights, scale: scale) }
        bias.add(kernels, to: weights, scale: scale, rows: rows)
        kernels.softmax(weights, scale: 1)
    }

    /// From the gradient of the weights to that of query · keyᵀ, in place.
    private func weighBackward(
        _ kernels: Kernels, _ slopes: MatrixView, _ weights: MatrixView, _ scale: Float, _ bias: AttentionBias?,
        _ biasGradient: UnsafeMutablePointer<Float>?, _ rows: Range<Int>
    ) {
        guard let bias else {
            return kernels.softmaxBackward(gradient: slopes, probabilities: weights, scale: scale)
        }
        kernels.softmaxBackward(gradient: slopes, probabilities: weights, scale: 1)
        if let biasGradient = unsafe biasGradient { unsafe bias.addGradient(kernels, biasGradient, slopes, rows: rows) }
        reserve(&zeros, slopes.columns)
        unsafe kernels.addBias(slopes, scale: scale, bias: zeros.base, step: 0)
    }

    // MARK: Memory

    func check(
        query: MatrixView, key: MatrixView, value: MatrixView, _ output: MatrixView, _ bias: AttentionBias?,
        _ terms: DistanceTerms?
    ) {
        precondition(key.rows > 0 && value.rows == key.rows && query.rows == output.rows)
        precondition([query, value, output].allSatisfy { $0.columns == key.columns })
        precondition(bias?.positions.map { $0.count == query.rows } ?? true, "each query row has a position")
        precondition(terms?.positions.map { $0.count == query.rows } ?? true, "each query row has a position")
    }

    private func blocks(_ rows: Int) -> some Sequence<Range<Int>> {
        let block = AttentionScratch.queryBlock
        return stride(from: 0, to: rows, by: block).lazy.map { $0..<min($0 + block, rows) }
    }

    /// Weights of some query rows; rows are as far apart as whole panels are wide.
    func block(_ buffer: inout FloatBuffer, _ rows: Range<Int>, tokens: Int) -> MatrixView {
        let stride = (tokens + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel
        reserve(&buffer, AttentionScratch.queryBlock * stride)
        return buffer.matrix(rows: rows.count, columns: tokens, stride: stride)
    }

    /// Zeros in the shape of a matrix.
    func cleared(_ buffer: inout FloatBuffer, as view: MatrixView) -> MatrixView {
        reserve(&buffer, view.rows * view.columns)
        unsafe buffer.base.update(repeating: 0, count: view.rows * view.columns)
        return buffer.matrix(rows: view.rows, columns: view.columns)
    }

    /// A matrix (T, D) packed for a product that sums over D.
    func pack(_ kernels: Kernels, _ buffer: inout FloatBuffer, transposing view: MatrixView) -> PackedMatrix {
        reserve(&buffer, PackedMatrix.storageCount(columns: view.rows, depth: view.columns))
        unsafe kernels.pack(
            buffer.base, view.base, kStride: 1, nStride: view.stride, depth: view.columns, columns: view.rows)
        return PackedMatrix(borrowing: buffer, columns: view.rows, depth: view.columns)
    }

    /// A matrix (T, D) packed for a product that sums over T.
    func pack(_ kernels: Kernels, _ buffer: inout FloatBuffer, _ view: MatrixView) -> PackedMatrix {
        reserve(&buffer, PackedMatrix.storageCount(columns: view.columns, depth: view.rows))
        unsafe kernels.pack(
            buffer.base, view.base, kStride: view.stride, nStride: 1, depth: view.rows, columns: view.columns)
        return PackedMatrix(borrowing: buffer, columns: view.columns, depth: view.rows)
    }

    func reserve(_ buffer: inout FloatBuffer, _ count: Int) {
        if buffer.count < count { buffer = FloatBuffer(count: count) }
    }
}
