// Softmax of rows, both directions.

internal import CKernels

extension Kernels {
    /// scores = softmax(scale · scores), row by row over `columns`; what lies between `columns` and the stride becomes 0.
    ///
    /// `scale` is positive; rows have at least one column.
    package func softmax(_ scores: MatrixView, scale: Float) {
        precondition(scale > 0 && scores.columns > 0)
        unsafe table.f32_softmax(scores.base, scores.stride, scale, scores.rows, scores.columns)
    }

    /// From the gradient of softmax(scale · x) to that of x, in place, given the softmax.
    package func softmaxBackward(gradient: MatrixView, probabilities: MatrixView, scale: Float) {
        precondition(gradient.rows == probabilities.rows && gradient.columns == probabilities.columns)
        precondition(gradient.stride == probabilities.stride)
        unsafe table.f32_softmax_backward(
            gradient.base, probabilities.base, gradient.stride, scale, gradient.rows, gradient.columns)
    }
}
