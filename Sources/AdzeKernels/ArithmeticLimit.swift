// What the kernels could reach at most: the step of their matrix products with nothing around it. Not here: a clock.

internal import CKernels

extension Kernels {
    /// Runs the int8 product's step `steps` times on registers; the multiply-adds done, and their count by the sums.
    ///
    /// The two are equal for up to a million steps.
    package func runInt8Limit(steps: Int) -> (done: Int, counted: Int) {
        precondition(steps >= 0 && steps <= 1 << 24, "the sums stay exact")
        var sink = [Int32](repeating: 0, count: PackedMatrix.panel)
        let done = unsafe sink.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a panel has columns") }
            return unsafe table.i8_limit(base, steps)
        }
        return (done, sink.reduce(0) { $0 + Int($1) })
    }

    /// The same with the fp32 product's fma; the counts are equal for up to ten thousand steps.
    package func runFloatLimit(steps: Int) -> (done: Int, counted: Int) {
        precondition(steps >= 0 && steps <= 1 << 24)
        var sink = [Float](repeating: 0, count: PackedMatrix.panel)
        let done = unsafe sink.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a panel has columns") }
            return unsafe table.f32_limit(base, steps)
        }
        return (done, sink.reduce(0) { $0 + Int($1) })
    }
}
