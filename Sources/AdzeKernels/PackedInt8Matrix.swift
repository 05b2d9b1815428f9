// An int8 weight matrix with its bias in the order in which the product reads it. Packed once, when a model is opened.

internal import AdzeBytes
internal import CKernels

/// A matrix of shape (N, K) as s8 codes with an fp32 scale a row, and a bias, packed into panels of 16 columns.
///
/// A panel holds, for each four steps of K, the four codes of each of 16 columns side by side; what is missing to whole
/// panels and steps is zero. Immutable once packed.
@safe package final class PackedInt8Matrix: @unchecked Sendable {
    // @safe: keeps the memory that its pointers are into, sized for its shape when it is made.
    // @unchecked: nothing is written once it is packed, which is done before it is shared.
    /// N: the columns of a product with this matrix.
    package let columns: Int
    /// K: the summed dimension.
    package let depth: Int
    private let memory: WeightMemory.Part
    private let codes: UnsafeMutablePointer<Int8>
    private let sums: UnsafeMutablePointer<Int32>
    private let sumMemory: BufferMemory
    private let scales: FloatBuffer
    private let bias: FloatBuffer
    private var packedColumns = 0
    private var pending = RestCollector()
    private var rests: PackedRests?

    /// Whether a product needs its input's codes turned.
    var hasRests: Bool { rests.map { !$0.isEmpty } ?? false }

    /// The greatest depth whose sums stay exact: 255 · 127 · K is below 2³¹.
    package static let depthLimit = 65_536

    /// Whether the sums of rows of codes with these outliers stay below 2³¹, whatever they are multiplied with.
    package static func staysExact(depth: Int, outliers: [OutlierCode]) -> Bool {
        var sums: [Int: Int] = [:]
        for outlier in outliers { sums[outlier.row, default: 127 * depth] += Int(outlier.code.magnitude) }
        return depth <= depthLimit && sums.values.allSatisfy { $0 <= Int(Int32.max) / 255 }
    }

    /// Packs row-major codes of shape (N, K), -127 … 127, with N scales and biases.
    ///
    /// - Complexity: O(N · K).
    package convenience init(
        codes: Span<Int8>, outliers: [OutlierCode] = [], scales: [Float], bias: [Float], depth: Int, kernels: Kernels
    ) {
        self.init(bias: bias, depth: depth)
        pack(codes, outliers: outliers, scales: scales, firstColumn: 0, kernels: kernels)
    }

    /// A matrix with N biases whose columns `pack` brings, all of them before the first product.
    package init(bias: [Float], depth: Int, memory weights: WeightMemory = WeightMemory()) {
        precondition(depth > 0 && depth <= PackedInt8Matrix.depthLimit && !bias.isEmpty)
        columns = bias.count
        self.depth = depth
        let padded = (columns + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel
        let bytes = padded * ((depth + 3) / 4) * 4
        scales = FloatBuffer(count: padded)
        self.bias = FloatBuffer(bias + [Float](repeating: 0, count: padded - columns))
        memory = weights.allocate(byteCount: bytes)
        unsafe codes = memory.base.bindMemory(to: Int8.self, capacity: bytes)
        sumMemory = BufferMemory(byteCount: padded * 4)
        unsafe sums = sumMemory.base.bindMemory(to: Int32.self, capacity: padded)
    }

    /// Packs the row-major codes and the scales of the next columns, from `firstColumn`, which starts a panel; what fills
    /// up their last panel becomes zero. Where there is an outlier, the code's byte is ±127 with its sign; they are in the
    /// order of their rows.
    ///
    /// - Complexity: O(columns · K).
    package func pack(
        _ source: Span<Int8>, outliers: [OutlierCode] = [], scales: [Float], firstColumn: Int, kernels: Kernels
    ) {
        precondition(PackedInt8Matrix.staysExact(depth: depth, outliers: outliers), "sums stay exact")
        precondition(source.count == scales.count * depth && firstColumn % PackedMatrix.panel == 0 && firstColumn >= 0)
        precondition(scales.count <= columns - firstColumn, "the columns lie inside the matrix")
        precondition(firstColumn == packedColumns, "columns are packed in their order")
        unsafe (self.scales.base + firstColumn).update(from: scales, count: scales.count)
        unsafe source.withUnsafeBufferPointer { source in
            unsafe BufferMemory.borrow(source) { source in
                guard let first = source.baseAddress else { return }
                unsafe kernels.table.i8_pack(
                    codes + firstColumn * ((depth + 3) / 4) * 4, sums + firstColumn, first, scales.count, depth)
            }
        }
        for outlier in outliers {
            precondition(source[outlier.row * depth + outlier.column] == outlier.byte, "its byte has the code's sign")
            unsafe sums[firstColumn + outlier.row] += outlier.code - Int32(outlier.byte)
        }
        split(scales.count, outliers, kernels)
        guard packedColumns == self.scales.count else { return }
        rests = pending.packed()
        pending = RestCollector()
    }

    /// Splits the panels of the next columns, which are packed.
    private func split(_ columns: Int, _ outliers: [OutlierCode], _ kernels: Kernels) {
        var left = outliers[...]
        for first in stride(from: 0, to: columns, by: PackedMatrix.panel) {
            let own = left.prefix { $0.row < first + PackedMatrix.panel }
            left = left.dropFirst(own.count)
            let moved = own.map { OutlierCode(row: $0.row - first, column: $0.column, code: $0.code) }
            unsafe pending.add(
                panel: codes + packedColumns * ((depth + 3) / 4) * 4, depth: depth, outliers: moved[...],
                kernels: kernels)
            packedColumns += PackedMatrix.panel
        }
        precondition(left.isEmpty, "outliers are in the order of their rows, and inside them")
    }

    deinit { sumMemory.free() }

    var view: ck_i8_matrix {
        precondition(packedColumns == scales.count, "every column was packed once")
        return unsafe ck_i8_matrix(
            codes: codes, column_sums: sums, scales: scales.base, bias: bias.base, depth: depth,
            rest_starts: rests.map { unsafe UnsafePointer($0.starts) },
            rests: rests.map { unsafe UnsafePointer($0.rests) },
            unsplit: rests.map { unsafe UnsafePointer($0.unsplit) })
    }
}
