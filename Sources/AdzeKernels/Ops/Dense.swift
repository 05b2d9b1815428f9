// Dense layers, both directions: the products of rows with packed matrices, and those that make weights' gradients. Not here:
// threads, or which rows and columns.
//
// A matrix is packed for who multiplies with it: panels go through our own kernel, rows through OpenBLAS. The product with a
// layer's weights packed the other way round is its backward pass.

internal import CKernels

extension Kernels {
    /// output = activation(input · matrixᵀ + bias + residual), for the matrix's columns in `columns`.
    ///
    /// Shapes: input (M, K), matrix packed from (N, K), bias N, residual and output (M, columns.count). The range starts
    /// at a panel's boundary. From panels each element is one chain of fmas over K in order, whatever the rows and columns
    /// around it; from rows it is what OpenBLAS makes of these rows and columns.
    /// - Complexity: O(M · N · K).
    package func multiply(
        _ output: MatrixView, _ input: MatrixView, _ matrix: PackedMatrix, columns: Range<Int>? = nil,
        biasAt bias: UnsafePointer<Float>?, residual: MatrixView? = nil, activation: Activation = .identity
    ) {
        let columns = columns ?? 0..<matrix.columns
        precondition(columns.lowerBound % PackedMatrix.panel == 0 && columns.upperBound <= matrix.columns)
        precondition(output.rows == input.rows && output.columns == columns.count && input.columns == matrix.depth)
        precondition(residual.map { $0.rows == output.rows && $0.columns == output.columns } ?? true)
        guard output.rows > 0, output.columns > 0 else { return }
        var epilogue = unsafe ck_epilogue(
            bias: bias.map { unsafe $0 + columns.lowerBound },
            residual: unsafe residual.map { unsafe UnsafePointer($0.base) },
            residual_stride: residual?.stride ?? 0, activation: activation.code)
        switch matrix.layout {
        case .panels:
            unsafe table.f32_gemm(
                output.base, output.stride, input.base, input.stride,
                matrix.storage.base + columns.lowerBound * matrix.depth, output.rows, output.columns, matrix.depth,
                &epilogue)
        case .rows:
            unsafe OpenBLAS.multiply(
                output, input, matrix.storage.base + columns.lowerBound, stride: matrix.columns)
            unsafe finish(output, &epilogue)
        }
    }

    /// The same with the bias in a buffer of its own.
    package func multiply(
        _ output: MatrixView, _ input: MatrixView, _ matrix: PackedMatrix, columns: Range<Int>? = nil,
        bias: FloatBuffer? = nil, residual: MatrixView? = nil, activation: Activation = .identity
    ) {
        precondition(bias.map { $0.count >= matrix.columns } ?? true)
        unsafe multiply(
            output, input, matrix, columns: columns, biasAt: bias.map { unsafe UnsafePointer($0.base) },
            residual: residual,
            activation: activation)
    }

    /// What the epilogue says, in the order in which our own kernel does it.
    private func finish(_ output: MatrixView, _ epilogue: inout ck_epilogue) {
        for row in 0..<output.rows {
            let values = unsafe output.base + row * output.stride
            if let bias = unsafe epilogue.bias { for n in 0..<output.columns { unsafe values[n] += bias[n] } }
            if let residual = unsafe epilogue.residual {
                let added = unsafe residual + row * epilogue.residual_stride
                for n in 0..<output.columns { unsafe values[n] += added[n] }
            }
            if unsafe epilogue.activation != CK_IDENTITY {
                unsafe table.f32_activate(values, values, output.columns, epilogue.activation)
            }
        }
    }

    // MARK: Gradients of weights

    /// sums[n, k] += Σ over t of outputs[t, n] · inputs[t, k]: the gradient of a layer's weights, (N, K), from that of its
    /// outputs, (T, N), and its inputs, (T, K); by whom these kernels multiply.
    ///
    /// `scratch` is for `addOuter`.
    /// - Complexity: O(T · N · K).
    package func addWeightGradient(
        _ sums: MatrixView, outputs: MatrixView, inputs: MatrixView, scratch: FloatBuffer? = nil
    ) {
        switch products {
        case .ours: addOuter(sums, outputs, inputs, scratch: scratch)
        case .openblas:
            precondition(outputs.rows == inputs.rows && sums.rows == outputs.columns && sums.columns == inputs.columns)
            OpenBLAS.addOuter(sums, outputs, inputs)
        }
    }

    /// sums[m, n] += Σ over t of left[t, m] · right[t, n], by our own kernel.
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
        unsafe table.f32_outer(
            sums.base, sums.stride, left.base, left.stride, right.base, right.stride, sums.rows, sums.columns,
            left.rows, scratch?.base)
    }

    /// Values of scratch memory for an outer product.
    package static func outerScratchCount(rows: Int, columns: Int) -> Int { 288 * (rows + columns) }
}
