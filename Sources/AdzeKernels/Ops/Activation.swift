// Activations, both directions.

internal import CKernels

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

extension Kernels {
    /// output = activation(input); rows are taken with what lies between them. Output may be input.
    package func activate(_ output: MatrixView, _ input: MatrixView, _ activation: Activation) {
        precondition(output.rows == input.rows && output.stride == input.stride && output.columns == input.columns)
        guard input.rows > 0 else { return }
        let count = (input.rows - 1) * input.stride + input.columns
        unsafe table.f32_activate(output.base, input.base, count, activation.code)
    }

    /// values = activation(values).
    package func activate(_ values: MatrixView, _ activation: Activation) { activate(values, values, activation) }

    /// gradient *= activation'(values), and values = activation(values), rows with what lies between them.
    package func activateBackward(gradient: MatrixView, values: MatrixView, _ activation: Activation) {
        precondition(gradient.rows == values.rows && gradient.stride == values.stride)
        precondition(gradient.columns == values.columns)
        guard values.rows > 0 else { return }
        let count = (values.rows - 1) * values.stride + values.columns
        unsafe table.f32_activate_backward(gradient.base, values.base, count, activation.code)
    }
}
