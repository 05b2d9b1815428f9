// The Swift face of the kernels of training: shapes are checked here, once a call. `ReferenceOps+Training.swift` says in
// plain Swift what each computes. Not here: threads.

internal import CKernels

/// Which values a dropout keeps: a pure function of seed, step, place and the number of the element.
package struct DropoutDraw: Sendable {
    let seed: UInt64
    let step: UInt64
    let place: UInt32
    let rate: Float

    /// The draw of a place; nil where nothing is dropped.
    package init?(seed: UInt64, step: UInt64, place: UInt32, rate: Float) {
        precondition(rate >= 0 && rate < 1, "a dropout rate is at least 0 and below 1")
        guard rate > 0 else { return nil }
        (self.seed, self.step, self.place, self.rate) = (seed, step, place, rate)
    }

    /// The same draw for a matrix whose row m has the elements from `first` + m · `pitch`.
    func row(first: Int, pitch: Int) -> ck_dropout {
        precondition(first >= 0 && pitch >= 0)
        return ck_dropout(
            seed: seed, step: step, place: place, threshold: UInt32(rate * 0x1p32), scale: 1 / (1 - rate),
            first: UInt64(first), pitch: UInt64(pitch))
    }
}

extension Kernels {
    /// sums[m, n] += Σ over t of left[t, m] · right[t, n].
    ///
    /// Shapes: (M, N), (T, M), (T, N). Each element is one chain of fmas over t in order, begun at what it holds.
    /// `scratch`, of `outerScratchCount` values, makes large products faster and changes no bit.
    /// - Complexity: O(T · M · N).
    package func addOuter(
        _ sums: MatrixView, _ left: MatrixView, _ right: MatrixView, scratch: FloatBuffer? = nil
    ) {
        precondition(
            scratch.map { $0.count >= Kernels.outerScratchCount(rows: sums.rows, columns: sums.columns) } ?? true)
        precondition(left.rows == right.rows && sums.rows == left.columns && sums.columns == right.columns)
        table.f32_outer(
            sums.base, sums.stride, left.base, left.stride, right.base, right.stride, sums.rows, sums.columns,
            left.rows, scratch?.base)
    }

    /// Values of scratch memory for an outer product.
    package static func outerScratchCount(rows: Int, columns: Int) -> Int { 288 * (rows + columns) }

    /// sums[n] += Σ over m of values[m, n], row after row.
    package func addRows(_ sums: UnsafeMutablePointer<Float>, _ values: MatrixView) {
        table.f32_add_rows(sums, values.base, values.stride, values.rows, values.columns)
    }

    /// From the gradient of layerNorm(input) to that of input; dgamma and dbeta (H each, or nil) are added to.
    ///
    /// Shapes: (T, H), H. `output` may be `input` or `gradient`.
    package func layerNormBackward(
        _ output: MatrixView, gradient: MatrixView, input: MatrixView, gamma: UnsafePointer<Float>, epsilon: Float,
        sums: (gamma: UnsafeMutablePointer<Float>, beta: UnsafeMutablePointer<Float>)?
    ) {
        precondition(output.rows == input.rows && output.columns == input.columns && input.columns > 0)
        precondition(gradient.rows == input.rows && gradient.columns == input.columns)
        precondition(
            output.stride == output.columns && input.stride == input.columns && gradient.stride == gradient.columns,
            "rows lie side by side")
        table.f32_layer_norm_backward(
            output.base, gradient.base, input.base, gamma, epsilon, sums?.gamma, sums?.beta, input.rows, input.columns)
    }

    /// Layer normalisation with its parameters anywhere in memory, see `layerNorm(_:_:gamma:beta:epsilon:)`.
    package func layerNorm(
        _ output: MatrixView, _ input: MatrixView, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>,
        epsilon: Float
    ) {
        precondition(output.rows == input.rows && output.columns == input.columns && input.columns > 0)
        precondition(output.stride == output.columns && input.stride == input.columns, "rows lie side by side")
        table.f32_layer_norm(output.base, input.base, gamma, beta, epsilon, input.rows, input.columns)
    }

    /// output = activation(input); rows lie side by side, and are taken with what lies between them.
    package func activate(_ output: MatrixView, _ input: MatrixView, _ activation: Activation) {
        precondition(output.rows == input.rows && output.stride == input.stride && output.columns == input.columns)
        guard input.rows > 0 else { return }
        let count = (input.rows - 1) * input.stride + input.columns
        table.f32_activate(output.base, input.base, count, activation.code)
    }

    /// gradient *= activation'(values), and values = activation(values), rows with what lies between them.
    package func activateBackward(gradient: MatrixView, values: MatrixView, _ activation: Activation) {
        precondition(gradient.rows == values.rows && gradient.stride == values.stride)
        precondition(gradient.columns == values.columns)
        guard values.rows > 0 else { return }
        let count = (values.rows - 1) * values.stride + values.columns
        table.f32_activate_backward(gradient.base, values.base, count, activation.code)
    }

    /// From the gradient of softmax(scale · x) to that of x, in place, given the softmax.
    package func softmaxBackward(gradient: MatrixView, probabilities: MatrixView, scale: Float) {
        precondition(gradient.rows == probabilities.rows && gradient.columns == probabilities.columns)
        precondition(gradient.stride == probabilities.stride)
        table.f32_softmax_backward(
            gradient.base, probabilities.base, gradient.stride, scale, gradient.rows, gradient.columns)
    }

    /// output = dropout(input) + residual, and `second` = dropout(second) by the same draws; output may be input.
    ///
    /// Row m has the elements from `first` + m · `pitch` of the draw.
    package func dropout(
        _ draw: DropoutDraw, _ output: MatrixView, _ input: MatrixView, first: Int, pitch: Int,
        residual: MatrixView? = nil, second: MatrixView? = nil
    ) {
        precondition(output.rows == input.rows && output.columns == input.columns)
        precondition(residual.map { $0.rows == output.rows && $0.columns == output.columns } ?? true)
        precondition(second.map { $0.rows == output.rows && $0.columns == output.columns } ?? true)
        var coordinates = draw.row(first: first, pitch: pitch)
        table.f32_dropout(
            &coordinates, output.base, output.stride, input.base, input.stride,
            residual.map { UnsafePointer($0.base) }, residual?.stride ?? 0, second?.base, second?.stride ?? 0,
            output.rows, output.columns)
    }

    /// output = input · matrixᵀ + bias + residual, with the bias anywhere in memory, see `multiply`.
    ///
    /// By our own kernel on every instruction set.
    package func multiply(
        _ output: MatrixView, _ input: MatrixView, _ matrix: PackedMatrix, columns: Range<Int>? = nil,
        biasAt bias: UnsafePointer<Float>?, residual: MatrixView? = nil
    ) {
        let columns = columns ?? 0..<matrix.columns
        precondition(columns.lowerBound % PackedMatrix.panel == 0 && columns.upperBound <= matrix.columns)
        precondition(output.rows == input.rows && output.columns == columns.count && input.columns == matrix.depth)
        precondition(residual.map { $0.rows == output.rows && $0.columns == output.columns } ?? true)
        guard output.rows > 0, output.columns > 0 else { return }
        var epilogue = ck_epilogue(
            bias: bias.map { $0 + columns.lowerBound }, residual: residual.map { UnsafePointer($0.base) },
            residual_stride: residual?.stride ?? 0, activation: CK_IDENTITY)
        table.f32_gemm(
            output.base, output.stride, input.base, input.stride,
            matrix.storage.base + columns.lowerBound * matrix.depth, output.rows, output.columns, matrix.depth,
            &epilogue)
    }

    /// values = what their 8-bit codes stand for, under factors (ones where nil), in place: what int8 inference sees.
    ///
    /// `codes` is scratch for as many rows.
    package func roundTrip(_ values: MatrixView, factors: FloatBuffer?, codes: QuantizedRows) {
        quantize(codes, rows: 0..<values.rows, values, factors: factors)
        table.i8_restore(
            values.base, values.stride, codes.codes, codes.stride, codes.scales, codes.zeros,
            factors.map { UnsafePointer($0.base) }, values.rows, values.columns)
    }
}
