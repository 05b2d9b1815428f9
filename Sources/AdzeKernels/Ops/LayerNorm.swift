// Layer normalisation, both directions.

internal import CKernels

extension Kernels {
    /// output = (input − mean) / √(variance + epsilon) · gamma + beta, row by row; output may be input.
    ///
    /// Shapes: (T, H), H, H. An infinite or NaN input makes its whole row NaN.
    package func layerNorm(
        _ output: MatrixView, _ input: MatrixView, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>,
        epsilon: Float
    ) {
        precondition(output.rows == input.rows && output.columns == input.columns && input.columns > 0)
        precondition(output.stride == output.columns && input.stride == input.columns, "rows lie side by side")
        unsafe table.f32_layer_norm(output.base, input.base, gamma, beta, epsilon, input.rows, input.columns)
    }

    /// The same with parameters in buffers of their own.
    package func layerNorm(
        _ output: MatrixView, _ input: MatrixView, gamma: FloatBuffer, beta: FloatBuffer, epsilon: Float
    ) {
        precondition(gamma.count == input.columns && beta.count == input.columns)
        unsafe layerNorm(
            output, input, gamma: UnsafePointer(gamma.base), beta: UnsafePointer(beta.base), epsilon: epsilon)
    }

    /// From the gradient of layerNorm(input) to that of input; dgamma and dbeta (H each, or nil) are added to.
    ///
    /// Shapes: (T, H), H. `output` may be `input` or `gradient`.
    package func layerNormBackward(
        _ output: MatrixView, gradient: MatrixView, input: MatrixView, gamma: UnsafePointer<Float>, epsilon: Float,
        sums: (gamma: UnsafeMutablePointer<Float>, beta: UnsafeMutablePointer<Float>)?
    ) {
        precondition(output.rows == input.rows && output.columns == input.columns && input.columns > 0)
        precondition(gradient.rows == input.rows && gradient.columns == input.columns)
        precondition(
            output.stride == output.columns && input.stride == input.columns && gradient.stride == gradient.columns,
            "rows lie side by side")
        unsafe table.f32_layer_norm_backward(
            output.base, gradient.base, input.base, gamma, epsilon, sums?.gamma, sums?.beta, input.rows, input.columns)
    }
}
