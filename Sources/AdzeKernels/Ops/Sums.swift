// Sums of rows: what embeddings are made of, and the gradients of tables and biases. Not here: which rows.

internal import CKernels

extension Kernels {
    /// output[n] = (a[n] + b[n]) + c[n] for `count` values.
    package func add3(
        _ output: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        _ c: UnsafePointer<Float>, count: Int
    ) {
        unsafe table.f32_add3(output, a, b, c, count)
    }

    /// sums[n] += Σ over m of values[m, n], row after row.
    package func addRows(_ sums: UnsafeMutablePointer<Float>, _ values: MatrixView) {
        unsafe table.f32_add_rows(sums, values.base, values.stride, values.rows, values.columns)
    }
}
