// A weight matrix in the order in which a matrix product reads it. Packed once, when a model is opened, or in training anew
// for each step.

internal import AdzeBytes

/// A matrix of shape (N, K), PyTorch's (out, in), in the order that suits who multiplies with it.
///
/// Immutable once packed.
public final class PackedMatrix: Sendable {
    /// The order of the values.
    package enum Layout: Sendable {
        /// Panels of 16 columns for our own kernel: each is K × 16 with the column fastest, the last filled up with zeros.
        case panels
        /// K rows of N for OpenBLAS, which reads them faster than N rows of K where a batch is small.
        case rows
    }

    /// Columns in a panel.
    package static let panel = 16
    /// N: the columns of a product with this matrix.
    public let columns: Int
    /// K: the summed dimension.
    public let depth: Int
    let layout: Layout
    let storage: FloatBuffer

    /// Packs row-major values of shape (N, K) for the products of these kernels.
    ///
    /// - Complexity: O(N · K).
    public convenience init(_ values: [Float], columns: Int, depth: Int, kernels: Kernels) {
        precondition(values.count == columns * depth, "\(values.count) values for \(columns) × \(depth)")
        self.init(columns: columns, depth: depth, memory: nil, kernels: kernels)
        pack(values, firstColumn: 0, kernels: kernels)
    }

    /// A matrix of zeros for the products of these kernels, whose columns `pack` brings before the first of them; in
    /// memory of its own where there is none to share.
    package init(columns: Int, depth: Int, memory: WeightMemory?, kernels: Kernels) {
        self.columns = columns
        self.depth = depth
        layout = kernels.layout
        let count = PackedMatrix.storageCount(columns: columns, depth: depth)
        storage = memory.map { FloatBuffer(count: count, in: $0) } ?? FloatBuffer(count: count)
    }

    /// A matrix in a buffer that others pack, and must not change while this matrix is used.
    package init(borrowing storage: FloatBuffer, columns: Int, depth: Int, layout: Layout = .panels) {
        precondition(storage.count >= PackedMatrix.storageCount(columns: columns, depth: depth))
        self.columns = columns
        self.depth = depth
        self.layout = layout
        self.storage = storage
    }

    /// Packs row-major values as the columns from `firstColumn` on, which starts a panel; what fills up their last panel
    /// becomes zero.
    ///
    /// - Complexity: O(values).
    package func pack(_ values: [Float], firstColumn: Int, kernels: Kernels) {
        precondition(values.count % depth == 0 && values.count / depth <= columns - firstColumn)
        unsafe values.withUnsafeBufferPointer { source in
            unsafe BufferMemory.borrow(source) { source in
                guard let first = source.baseAddress else { return }
                let count = source.count / depth
                for column in stride(from: 0, to: count, by: PackedMatrix.panel) {
                    unsafe pack(
                        panel: firstColumn + column, depths: 0..<depth, from: first + column * depth, kStride: 1,
                        nStride: depth, count: min(PackedMatrix.panel, count - column), kernels)
                }
            }
        }
    }

    /// Packs source[k · kStride + n · nStride] as the columns of the panel that begins with `column`, at `depths`, whose
    /// first is k = 0; columns from `count` on become 0.
    package func pack(
        panel column: Int, depths: Range<Int>, from source: UnsafePointer<Float>, kStride: Int, nStride: Int,
        count: Int, _ kernels: Kernels
    ) {
        check(column, depths)
        switch layout {
        case .panels:
            unsafe kernels.pack(
                storage.base + column * depth + depths.lowerBound * PackedMatrix.panel, source, kStride: kStride,
                nStride: nStride, depth: depths.count, columns: count)
        case .rows:
            let width = min(PackedMatrix.panel, columns - column)
            for k in 0..<depths.count {
                let row = unsafe storage.base + (depths.lowerBound + k) * columns + column
                for n in 0..<count { unsafe row[n] = source[k &* kStride &+ n &* nStride] }
                for n in count..<width { unsafe row[n] = 0 }
            }
        }
    }

    /// Makes a panel's columns 0 at `depths`.
    package func clear(panel column: Int, depths: Range<Int>) {
        check(column, depths)
        switch layout {
        case .panels:
            unsafe (storage.base + column * depth + depths.lowerBound * PackedMatrix.panel)
                .update(repeating: 0, count: depths.count * PackedMatrix.panel)
        case .rows:
            let width = min(PackedMatrix.panel, columns - column)
            for k in depths { unsafe (storage.base + k * columns + column).update(repeating: 0, count: width) }
        }
    }

    private func check(_ column: Int, _ depths: Range<Int>) {
        precondition(column % PackedMatrix.panel == 0 && column >= 0 && column < columns)
        precondition(depths.lowerBound >= 0 && depths.upperBound <= depth)
    }

    /// Values that a packed matrix takes: the columns rounded up to whole panels, times K.
    package static func storageCount(columns: Int, depth: Int) -> Int { (columns + panel - 1) / panel * panel * depth }
}

extension Kernels {
    /// The order in which the products of these kernels read weights.
    package var layout: PackedMatrix.Layout { products == .ours ? .panels : .rows }
}
