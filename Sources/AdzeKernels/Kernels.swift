// The kernels of one instruction set, and who multiplies beside them. Their Swift faces are in Ops/, where shapes are
// checked, once a call, so that the C below may trust them. Not here: threads.

package import CKernels

/// The kernels of one instruction set.
public struct Kernels: @unchecked Sendable {
    // @unchecked: the table is a constant of function pointers.
    package let table: ck_kernels
    /// The instruction set they are compiled for.
    public let instructionSet: InstructionSet
    /// Who multiplies by the weights of dense layers in fp32.
    public let products: FloatProducts

    /// The kernels of an instruction set that the processor has; OpenBLAS must be installed where it is asked for.
    public init(_ instructionSet: InstructionSet, products: FloatProducts = .ours) {
        guard InstructionSet.available.contains(instructionSet), let row = unsafe ck_table(instructionSet.code) else {
            preconditionFailure("this processor has no \(instructionSet)")
        }
        precondition(products == .ours || OpenBLAS.isInstalled, "OpenBLAS is not installed")
        self.instructionSet = instructionSet
        self.products = products
        table = unsafe row.pointee
    }

    /// The kernels of the instruction set that was chosen, and `products`, or where nil what suits it.
    ///
    /// Throws `InstructionSetError`, and `FloatProductsError` where OpenBLAS is asked for and cannot be had.
    public static func chosen(products: FloatProducts? = nil) throws -> Kernels {
        let set = try InstructionSet.chosen()
        return Kernels(set, products: try FloatProducts.chosen(products, for: set))
    }

    /// The same with products by our own kernels, whose bits are the same on every processor.
    package var exact: Kernels { Kernels(instructionSet) }

    /// Whether the bits of a product are the same however its rows and columns are cut into blocks.
    package var isBlockIndependent: Bool { products == .ours }

    /// Packs source[k · kStride + n · nStride] (k < K, n < N) into panels.
    package func pack(
        _ packed: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, kStride: Int, nStride: Int,
        depth: Int, columns: Int
    ) {
        unsafe table.f32_pack(packed, source, kStride, nStride, depth, columns)
    }

    /// An epilogue that only activates, for calling the table itself.
    static func plainEpilogue(_ activation: Activation) -> ck_epilogue {
        unsafe ck_epilogue(bias: nil, residual: nil, residual_stride: 0, activation: activation.code)
    }

    /// Whether the compiler could use fma in the scalar kernels; without it, each is a slow library call.
    static let scalarHasFMA: Bool = {
        #if arch(arm64)
        true
        #else
        false
        #endif
    }()
}
