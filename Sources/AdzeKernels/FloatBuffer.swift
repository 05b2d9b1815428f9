// fp32 memory on a cache line's boundary, and the views that kernels work on. Not here: shapes of models, or arithmetic.

internal import AdzeBytes

/// An owned run of fp32 values whose first lies on a 64-byte boundary.
///
/// Its values may be written by several threads at once where they write different elements; who hands out views sees
/// to that.
@safe public final class FloatBuffer: @unchecked Sendable {
    // @safe: the values are its own and live as long; views lie inside, and whoever makes one keeps the buffer.
    // @unchecked: the class shares memory by design; every writer in this project is given its own rows or columns.
    package let base: UnsafeMutablePointer<Float>
    /// The number of values.
    public let count: Int
    private let memory: Memory

    @safe private enum Memory {
        // @safe: kept for as long as the values are used.
        case own(BufferMemory)
        case shared(WeightMemory.Part)
    }

    /// A buffer of zeros whose pages take memory only once something is written to them.
    ///
    /// For arrays that may stay zero in large parts, and for those as large as a model. From the value `largePagesFrom`
    /// on the system is asked for large pages: faster where all is used, wasteful where it stays zero.
    public init(zeroPages count: Int, largePagesFrom first: Int? = nil) {
        precondition(count >= 0 && count <= Int.max / 8, "a buffer's size is checked before it is asked for")
        precondition(first.map { $0 >= 0 && $0 <= count } ?? true, "the large pages begin inside the buffer")
        let bytes = BufferMemory(zeroPages: count * 4, largeFrom: first.map { $0 * 4 })
        memory = .own(bytes)
        unsafe base = bytes.base.bindMemory(to: Float.self, capacity: max(count, 1))
        self.count = count
    }

    /// A buffer of zeros.
    public init(count: Int) {
        precondition(count >= 0 && count <= Int.max / 8, "a buffer's size is checked before it is asked for")
        let bytes = BufferMemory(byteCount: count * 4)
        memory = .own(bytes)
        unsafe base = bytes.base.bindMemory(to: Float.self, capacity: max(count, 1))
        self.count = count
    }

    /// A buffer of zeros beside the other weights of a model.
    package init(count: Int, in weights: WeightMemory) {
        precondition(count >= 0 && count <= Int.max / 8, "a buffer's size is checked before it is asked for")
        let part = weights.allocate(byteCount: count * 4)
        memory = .shared(part)
        unsafe base = part.base.bindMemory(to: Float.self, capacity: max(count, 1))
        self.count = count
    }

    /// A buffer that holds the values.
    public convenience init(_ values: [Float]) {
        self.init(count: values.count)
        unsafe base.update(from: values, count: values.count)
    }

    deinit {
        if case .own(let memory) = memory { memory.free() }
    }

    /// A copy of the values at a range.
    public func values(_ range: Range<Int>) -> [Float] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "the range lies inside the buffer")
        return unsafe Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// The buffer as rows of `columns` values, `stride` apart.
    package func matrix(rows: Int, columns: Int, stride: Int? = nil, offset: Int = 0) -> MatrixView {
        let stride = stride ?? columns
        precondition(rows >= 0 && columns >= 0 && stride >= columns && offset >= 0, "no such matrix")
        precondition(rows == 0 || offset + (rows - 1) * stride + columns <= count, "the matrix lies inside the buffer")
        return unsafe MatrixView(base: base + offset, rows: rows, columns: columns, stride: stride)
    }
}

/// A borrowed fp32 matrix inside a `FloatBuffer` that outlives it: rows of `columns` values, `stride` values apart.
@safe package struct MatrixView: @unchecked Sendable {
    // @safe: made inside a buffer that its maker keeps; kernels check that the shapes of their operands fit.
    // @unchecked: see FloatBuffer; a view is only passed to kernels while its buffer is held by the caller.
    package let base: UnsafeMutablePointer<Float>
    package let rows: Int
    package let columns: Int
    package let stride: Int

    /// The same matrix's rows in a range.
    package func rows(_ range: Range<Int>) -> MatrixView {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "the rows lie inside the matrix")
        return unsafe MatrixView(
            base: base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
    }

    /// Copies a row to a row of a matrix of as many columns.
    package func copy(row: Int, to target: MatrixView, row targetRow: Int) {
        precondition(columns == target.columns && (0..<rows) ~= row && (0..<target.rows) ~= targetRow, "a row of each")
        unsafe (target.base + targetRow * target.stride).update(from: base + row * stride, count: columns)
    }

    /// Copies every row to a matrix of the same shape.
    package func copy(to target: MatrixView) {
        precondition(rows == target.rows)
        for row in 0..<rows { copy(row: row, to: target, row: row) }
    }

    /// Sets every value to zero, and nothing of what lies between rows.
    package func clear() {
        for row in 0..<rows { unsafe (base + row * stride).update(repeating: 0, count: columns) }
    }

    /// The same values, which follow each other without a gap, in rows of another width.
    package func reshaped(columns count: Int) -> MatrixView {
        precondition(stride == columns && count > 0 && (rows * columns).isMultiple(of: count), "whole rows")
        return unsafe MatrixView(base: base, rows: rows * columns / count, columns: count, stride: count)
    }

    /// The same matrix's columns in a range.
    package func columns(_ range: Range<Int>) -> MatrixView {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "the columns lie inside the matrix")
        return unsafe MatrixView(base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }
}
