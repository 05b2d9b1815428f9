// Dropout: its draws, and the rows that it is applied to; the backward pass is the same with the same draws. Not here: which
// places of a model draw.

internal import CKernels

/// Which values a dropout keeps: a pure function of seed, step, place and the number of the element.
package struct DropoutDraw: Sendable {
    let seed: UInt64
    let step: UInt64
    let place: UInt32
    let rate: Float

    /// The draw of a place; nil where nothing is dropped.
    package init?(seed: UInt64, step: UInt64, place: UInt32, rate: Float) {
        precondition(rate >= 0 && rate < 1, "a dropout rate is at least 0 and below 1")
        guard rate > 0 else { return nil }
        (self.seed, self.step, self.place, self.rate) = (seed, step, place, rate)
    }

    /// The same draw for a matrix whose row m has the elements from `first` + m · `pitch`.
    func row(first: Int, pitch: Int) -> ck_dropout {
        precondition(first >= 0 && pitch >= 0)
        return ck_dropout(
            seed: seed, step: step, place: place, threshold: UInt32(rate * 0x1p32), scale: 1 / (1 - rate),
            first: UInt64(first), pitch: UInt64(pitch))
    }
}

extension Kernels {
    /// output = dropout(input) + residual, and `second` = dropout(second) by the same draws; output may be input.
    ///
    /// Row m has the elements from `first` + m · `pitch` of the draw.
    package func dropout(
        _ draw: DropoutDraw, _ output: MatrixView, _ input: MatrixView, first: Int, pitch: Int,
        residual: MatrixView? = nil, second: MatrixView? = nil
    ) {
        precondition(output.rows == input.rows && output.columns == input.columns)
        precondition(residual.map { $0.rows == output.rows && $0.columns == output.columns } ?? true)
        precondition(second.map { $0.rows == output.rows && $0.columns == output.columns } ?? true)
        var coordinates = draw.row(first: first, pitch: pitch)
        unsafe table.f32_dropout(
            &coordinates, output.base, output.stride, input.base, input.stride,
            residual.map { unsafe UnsafePointer($0.base) }, residual?.stride ?? 0, unsafe second?.base,
            second?.stride ?? 0,
            output.rows, output.columns)
    }
}
