// The Swift face of the kernels of one instruction set: shapes are checked here, once a call, so that the C below may
// trust them. `ReferenceOps.swift` says in plain Swift what each computes. Not here: threads.

package import CKernels

/// An activation of the feed-forward layer or of a head.
public enum Activation: String, Sendable, CaseIterable {
    case identity
    /// x · Φ(x), with the error function.
    case gelu
    /// GELU by tanh, transformers' `gelu_new`.
    case geluTanh
    case relu
    case tanh

    var code: ck_activation {
        switch self {
        case .identity: CK_IDENTITY
        case .gelu: CK_GELU
        case .geluTanh: CK_GELU_TANH
        case .relu: CK_RELU
        case .tanh: CK_TANH
        }
    }
}

/// The kernels of one instruction set.
public struct Kernels: @unchecked Sendable {
    // @unchecked: the table is a constant of function pointers.
    package let table: ck_kernels
    /// The instruction set they are compiled for.
    public let instructionSet: InstructionSet

    /// The kernels of an instruction set that the processor has.
    public init(_ instructionSet: InstructionSet) {
        guard InstructionSet.available.contains(instructionSet), let row = ck_table(instructionSet.code) else {
            preconditionFailure("this processor has no \(instructionSet)")
        }
        self.instructionSet = instructionSet
        table = row.pointee
    }

    /// Whether the bits of a product are the same however its rows and columns are cut into blocks.
    package var isBlockIndependent: Bool {
        instructionSet != .scalar || Kernels.scalarHasFMA || OpenBLAS.multiply == nil
    }

    /// output = activation(input · matrixᵀ + bias + residual), for the matrix's columns in `columns`.
    ///
    /// Shapes: input (M, K), matrix packed from (N, K), bias N, residual and output (M, columns.count). The range starts
    /// at a panel's boundary. Each element is one chain of fmas over K in order, except on a processor without fma,
    /// where OpenBLAS, if installed, computes it unless `exactly` asks for the same bits as everywhere.
    /// - Complexity: O(M · N · K).
    package func multiply(
        _ output: MatrixView, _ input: MatrixView, _ matrix: PackedMatrix, columns: Range<Int>? = nil,
        bias: FloatBuffer? = nil, residual: MatrixView? = nil, activation: Activation = .identity,
        exactly: Bool = false
    ) {
        let columns = columns ?? 0..<matrix.columns
        precondition(columns.lowerBound % PackedMatrix.panel == 0 && columns.upperBound <= matrix.columns)
        precondition(output.rows == input.rows && output.columns == columns.count && input.columns == matrix.depth)
        precondition(bias.map { $0.count >= matrix.columns } ?? true)
        precondition(residual.map { $0.rows == output.rows && $0.columns == output.columns } ?? true)
        guard output.rows > 0, output.columns > 0 else { return }
        var epilogue = ck_epilogue(
            bias: bias.map { UnsafePointer($0.base + columns.lowerBound) },
            residual: residual.map { UnsafePointer($0.base) },
            residual_stride: residual?.stride ?? 0, activation: activation.code)
        let panels = UnsafePointer(matrix.storage.base + columns.lowerBound * matrix.depth)
        if !isBlockIndependent, !exactly, let product = OpenBLAS.multiply {
            multiply(output, input, panels, depth: matrix.depth, by: product)
            finish(output, &epilogue)
        } else {
            table.f32_gemm(
                output.base, output.stride, input.base, input.stride, panels, output.rows, output.columns,
                matrix.depth, &epilogue)
        }
    }

    /// output = input · matrixᵀ by our own kernel on every instruction set, so that its bits are the same on all.
    ///
    /// Slow where the processor has no fma; for attention, whose products are small.
    package func multiplyExactly(_ output: MatrixView, _ input: MatrixView, _ matrix: PackedMatrix) {
        precondition(output.rows == input.rows && output.columns == matrix.columns && input.columns == matrix.depth)
        var epilogue = Kernels.plainEpilogue(.identity)
        table.f32_gemm(
            output.base, output.stride, input.base, input.stride, matrix.storage.base, output.rows, output.columns,
            matrix.depth, &epilogue)
    }

    /// Packs source[k · kStride + n · nStride] (k < K, n < N) into panels.
    package func pack(
        _ packed: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, kStride: Int, nStride: Int,
        depth: Int, columns: Int
    ) {
        table.f32_pack(packed, source, kStride, nStride, depth, columns)
    }

    /// output = (input − mean) / √(variance + epsilon) · gamma + beta, row by row; output may be input.
    ///
    /// Shapes: (T, H), H, H. An infinite or NaN input makes its whole row NaN.
    package func layerNorm(
        _ output: MatrixView, _ input: MatrixView, gamma: FloatBuffer, beta: FloatBuffer, epsilon: Float
    ) {
        precondition(output.rows == input.rows && output.columns == input.columns && input.columns > 0)
        precondition(output.stride == output.columns && input.stride == input.columns, "rows lie side by side")
        precondition(gamma.count == input.columns && beta.count == input.columns)
        table.f32_layer_norm(output.base, input.base, gamma.base, beta.base, epsilon, input.rows, input.columns)
    }

    /// scores = softmax(scale · scores), row by row over `columns`; what lies between `columns` and the stride becomes 0.
    ///
    /// `scale` is positive; rows have at least one column.
    package func softmax(_ scores: MatrixView, scale: Float) {
        precondition(scale > 0 && scores.columns > 0)
        table.f32_softmax(scores.base, scores.stride, scale, scores.rows, scores.columns)
    }

    /// values = activation(values).
    package func activate(_ values: MatrixView, _ activation: Activation) {
        precondition(values.stride == values.columns, "rows lie side by side")
        table.f32_activate(values.base, values.base, values.rows * values.columns, activation.code)
    }

    /// output[n] = (a[n] + b[n]) + c[n] for `count` values.
    package func add3(
        _ output: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        _ c: UnsafePointer<Float>, count: Int
    ) {
        table.f32_add3(output, a, b, c, count)
    }

    /// An epilogue that only activates, for calling the table itself.
    static func plainEpilogue(_ activation: Activation) -> ck_epilogue {
        ck_epilogue(bias: nil, residual: nil, residual_stride: 0, activation: activation.code)
    }

    /// Whether the compiler could use fma in the scalar kernels; without it, each would be a slow library call.
    private static let scalarHasFMA: Bool = {
        #if arch(arm64)
        true
        #else
        false
        #endif
    }()

    private func multiply(
        _ output: MatrixView, _ input: MatrixView, _ panels: UnsafePointer<Float>, depth: Int,
        by product: OpenBLAS.Multiply
    ) {
        for first in stride(from: 0, to: output.columns, by: PackedMatrix.panel) {
            let width = min(PackedMatrix.panel, output.columns - first)
            product(
                OpenBLAS.rowMajor, OpenBLAS.asItIs, OpenBLAS.asItIs, Int32(output.rows), Int32(width), Int32(depth), 1,
                input.base, Int32(input.stride), panels + first * depth, Int32(PackedMatrix.panel), 0,
                output.base + first, Int32(output.stride))
        }
    }

    private func finish(_ output: MatrixView, _ epilogue: inout ck_epilogue) {
        for row in 0..<output.rows {
            let values = output.base + row * output.stride
            if let bias = epilogue.bias { for n in 0..<output.columns { values[n] += bias[n] } }
            if let residual = epilogue.residual {
                let added = residual + row * epilogue.residual_stride
                for n in 0..<output.columns { values[n] += added[n] }
            }
            table.f32_activate(values, values, output.columns, epilogue.activation)
        }
    }
}
