// A weight matrix in the order in which the matrix product reads it. Packed once, when a model is opened.

internal import AdzeBytes

/// A matrix of shape (N, K), PyTorch's (out, in), packed into panels of 16 columns.
///
/// A panel is K × 16 values with the column fastest; the last is filled up with zeros. Immutable once made.
public final class PackedMatrix: Sendable {
    /// Columns in a panel.
    package static let panel = 16
    /// N: the columns of a product with this matrix.
    public let columns: Int
    /// K: the summed dimension.
    public let depth: Int
    let storage: FloatBuffer

    /// Packs row-major values of shape (N, K).
    ///
    /// - Complexity: O(N · K).
    public init(_ values: [Float], columns: Int, depth: Int, kernels: Kernels) {
        precondition(values.count == columns * depth, "\(values.count) values for \(columns) × \(depth)")
        self.columns = columns
        self.depth = depth
        storage = FloatBuffer(count: PackedMatrix.storageCount(columns: columns, depth: depth))
        values.withUnsafeBufferPointer { source in
            BufferMemory.borrow(source) { source in
                guard let first = source.baseAddress else { return }
                kernels.pack(storage.base, first, kStride: 1, nStride: depth, depth: depth, columns: columns)
            }
        }
    }

    /// Panels that somebody else packed into a buffer, which must not change while this matrix is used.
    package init(borrowing storage: FloatBuffer, columns: Int, depth: Int) {
        precondition(storage.count >= PackedMatrix.storageCount(columns: columns, depth: depth))
        self.columns = columns
        self.depth = depth
        self.storage = storage
    }

    /// Where the panel that begins with a column lies, for those who pack it in parts.
    package func panelBase(_ column: Int) -> UnsafeMutablePointer<Float> {
        precondition(column % PackedMatrix.panel == 0 && column >= 0 && column < columns)
        return storage.base + column * depth
    }

    /// Values that a packed matrix takes: the columns rounded up to whole panels, times K.
    package static func storageCount(columns: Int, depth: Int) -> Int { (columns + panel - 1) / panel * panel * depth }
}
