// Activations as 8-bit codes: memory for some rows of them, and the kernel that fills it. Not here: weights.

internal import AdzeBytes
internal import CKernels

/// Codes, scales and zero points of up to a number of rows: value = scale · (code − zero).
///
/// The codes' form is that of the instruction set that wrote them. Like `FloatBuffer`, it may be written by several
/// threads at once where they write different rows.
@safe package final class QuantizedRows: @unchecked Sendable {
    // @safe: keeps the memory that its pointers are into, sized for its rows when it is made.
    // @unchecked: see FloatBuffer.
    let codes: UnsafeMutablePointer<UInt8>
    let scales: UnsafeMutablePointer<Float>
    let zeros: UnsafeMutablePointer<Int32>
    /// The most rows that fit, at the greatest depth.
    package let capacity: Int
    /// The greatest depth, rounded up to whole cache lines: the distance from row to row.
    let stride: Int
    private let memory: [BufferMemory]

    /// Memory for `capacity` rows of up to `depth` codes.
    package init(capacity: Int, depth: Int) {
        precondition(capacity >= 0 && depth >= 0 && depth < 1 << 40)
        self.capacity = capacity
        // An odd number of cache lines, so that the rows of a tile do not meet in one set of the cache.
        stride = ((depth + 63) / 64 | 1) * 64
        let (count, overflow) = stride.multipliedReportingOverflow(by: max(capacity, 1))
        precondition(!overflow, "a buffer's size is checked before it is asked for")
        memory = [count, max(capacity, 1) * 4, max(capacity, 1) * 4].map { BufferMemory(byteCount: $0) }
        unsafe codes = memory[0].base.bindMemory(to: UInt8.self, capacity: count)
        unsafe scales = memory[1].base.bindMemory(to: Float.self, capacity: max(capacity, 1))
        unsafe zeros = memory[2].base.bindMemory(to: Int32.self, capacity: max(capacity, 1))
    }

    deinit { for part in memory { part.free() } }

    /// Whether `rows` rows of `depth` codes fit.
    package func fits(rows: Int, depth: Int) -> Bool { rows <= capacity && (depth + 3) / 4 * 4 <= stride }

    /// The rows of a range, as the product takes them.
    func view(_ rows: Range<Int>) -> ck_i8_rows {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= capacity, "the rows lie inside the buffer")
        return unsafe ck_i8_rows(
            codes: codes + rows.lowerBound * stride, stride: stride, scales: scales + rows.lowerBound,
            zeros: zeros + rows.lowerBound)
    }
}

extension Kernels {
    /// Quantizes input · factors row by row into `rows` of a buffer.
    ///
    /// Shapes: input (M, K), factors K, ones where nil. Asymmetric, 255 codes from the least to the greatest value of a
    /// row, 0 among them; a row of zeros gets the scale 0, one that is not finite the scale NaN.
    /// `ReferenceOps.quantizeRow` of the tests is the definition.
    package func quantize(_ buffer: QuantizedRows, rows: Range<Int>, _ input: MatrixView, factors: FloatBuffer? = nil) {
        precondition(input.rows == rows.count && buffer.fits(rows: rows.upperBound, depth: input.columns))
        precondition(rows.lowerBound >= 0 && (factors.map { $0.count == input.columns } ?? true))
        unsafe table.i8_quantize(
            buffer.codes + rows.lowerBound * buffer.stride, buffer.stride, buffer.scales + rows.lowerBound,
            buffer.zeros + rows.lowerBound, input.base, input.stride, factors.map { unsafe UnsafePointer($0.base) },
            input.rows, input.columns)
    }

    /// output = activation((codes · matrixᵀ) scaled + bias + residual), for the matrix's columns in `columns`.
    ///
    /// Shapes: codes (M, K) of the same instruction set, matrix (N, K), residual and output (M, columns.count). The
    /// range starts at a panel's boundary. Sums are exact in int32, and what follows is one fixed chain of fp32
    /// operations an element: the same bits on every instruction set. `ReferenceOps.int8Linear` of the tests is the
    /// definition.
    /// - Complexity: O(M · N · K).
    package func multiply(
        _ output: MatrixView, _ codes: QuantizedRows, rows: Range<Int>, _ matrix: PackedInt8Matrix,
        columns: Range<Int>? = nil, residual: MatrixView? = nil, activation: Activation = .identity
    ) {
        let columns = columns ?? 0..<matrix.columns
        precondition(columns.lowerBound % PackedMatrix.panel == 0 && columns.upperBound <= matrix.columns)
        precondition(output.rows == rows.count && output.columns == columns.count)
        precondition(codes.fits(rows: rows.upperBound, depth: matrix.depth))
        precondition(residual.map { $0.rows == output.rows && $0.columns == output.columns } ?? true)
        guard output.rows > 0, output.columns > 0 else { return }
        var epilogue = unsafe ck_epilogue(
            bias: nil, residual: residual.map { unsafe UnsafePointer($0.base) }, residual_stride: residual?.stride ?? 0,
            activation: activation.code)
        var (left, right) = unsafe (codes.view(rows), matrix.view)
        unsafe table.i8_gemm(
            output.base, output.stride, &left, output.rows, &right, columns.lowerBound, columns.count, &epilogue)
    }

    /// values = what their 8-bit codes stand for, under factors (ones where nil), in place: what int8 inference sees.
    ///
    /// `codes` is scratch for as many rows.
    package func roundTrip(_ values: MatrixView, factors: FloatBuffer?, codes: QuantizedRows) {
        quantize(codes, rows: 0..<values.rows, values, factors: factors)
        unsafe table.i8_restore(
            values.base, values.stride, codes.codes, codes.stride, codes.scales, codes.zeros,
            factors.map { unsafe UnsafePointer($0.base) }, values.rows, values.columns)
    }
}
