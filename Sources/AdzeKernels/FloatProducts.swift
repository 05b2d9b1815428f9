// Who multiplies matrices in fp32: our own kernels or OpenBLAS. Not here: the products, which are in Ops/Dense.swift, and
// int8, whose products are always ours.

public import AdzeBytes

/// Who multiplies by the weights of dense layers in fp32, forward and backward.
///
/// Attention, normalisations and sums are ours in either case.
public enum FloatProducts: String, Sendable, CaseIterable {
    /// Our own kernels: the same bits on every processor, at every thread count and in every batch.
    case ours
    /// OpenBLAS, one thread a product, over rows and columns that follow from the shapes alone: the same bits at every
    /// thread count, not on every processor or in every batch.
    case openblas

    /// Those that can be had here; OpenBLAS is loaded by asking.
    public static var available: [FloatProducts] { OpenBLAS.isInstalled ? [.ours, .openblas] : [.ours] }

    /// What was asked for, or where nil what is chosen by itself: OpenBLAS where the instruction set has no fma and the
    /// library is installed, else ours.
    ///
    /// Throws `FloatProductsError` where OpenBLAS is asked for and is not installed. The library is loaded only where it is
    /// wanted.
    public static func chosen(
        _ wanted: FloatProducts?, for set: InstructionSet
    ) throws(FloatProductsError) -> FloatProducts {
        switch wanted {
        case .ours: return .ours
        case .openblas:
            guard OpenBLAS.isInstalled else { throw FloatProductsError() }
            return .openblas
        case nil: return set == .scalar && !Kernels.scalarHasFMA && OpenBLAS.isInstalled ? .openblas : .ours
        }
    }
}

/// OpenBLAS is asked for and cannot be loaded.
public struct FloatProductsError: AdzeFailure, Equatable {
    /// The library does not exist here: exit 66.
    public var kind: FailureKind { .missingInput }

    /// One line with what to install.
    public var description: String {
        "fp32 products by openblas: no \(OpenBLAS.names.joined(separator: " or ")) here that can be loaded; "
            + "install libopenblas0, which Tools/setup does, or take ours"
    }
}
