// An int8 weight matrix with its bias in the order in which the product reads it. Packed once, when a model is opened.

internal import CKernels

/// A matrix of shape (N, K) as s8 codes with an fp32 scale a row, and a bias, packed into panels of 16 columns.
///
/// A panel holds, for each four steps of K, the four codes of each of 16 columns side by side; what is missing to whole
/// panels and steps is zero. Immutable once made.
package final class PackedInt8Matrix: @unchecked Sendable {
    // @unchecked: nothing is written after init.
    /// N: the columns of a product with this matrix.
    package let columns: Int
    /// K: the summed dimension.
    package let depth: Int
    private let codes: UnsafeMutablePointer<Int8>
    private let sums: UnsafeMutablePointer<Int32>
    private let scales: FloatBuffer
    private let bias: FloatBuffer

    /// The greatest depth whose sums stay exact: 255 · 127 · K is below 2³¹.
    package static let depthLimit = 65_536

    /// Packs row-major codes of shape (N, K), -127 … 127, with N scales and biases.
    ///
    /// - Complexity: O(N · K).
    package init(codes source: UnsafeBufferPointer<Int8>, scales: [Float], bias: [Float], depth: Int, kernels: Kernels)
    {
        precondition(depth > 0 && depth <= PackedInt8Matrix.depthLimit && !scales.isEmpty)
        precondition(source.count == scales.count * depth && bias.count == scales.count)
        guard let first = source.baseAddress else { preconditionFailure("a matrix has codes") }
        columns = scales.count
        self.depth = depth
        let padded = (columns + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel
        let padding = [Float](repeating: 0, count: padded - columns)
        self.scales = FloatBuffer(scales + padding)
        self.bias = FloatBuffer(bias + padding)
        codes = UnsafeMutableRawPointer.allocate(byteCount: padded * ((depth + 3) / 4) * 4, alignment: 64)
            .bindMemory(to: Int8.self, capacity: padded * ((depth + 3) / 4) * 4)
        sums = UnsafeMutableRawPointer.allocate(byteCount: padded * 4, alignment: 64)
            .bindMemory(to: Int32.self, capacity: padded)
        kernels.table.i8_pack(codes, sums, first, columns, depth)
    }

    deinit {
        codes.deallocate()
        sums.deallocate()
    }

    var view: ck_i8_matrix {
        ck_i8_matrix(codes: codes, column_sums: sums, scales: scales.base, bias: bias.base, depth: depth)
    }
}
