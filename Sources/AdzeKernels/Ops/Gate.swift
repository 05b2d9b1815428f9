// The gate of a feed-forward: one half of its inner values is activated and multiplied with the other; both directions.

extension Kernels {
    /// The first half of each row = activation(first half) · second half, each product rounded once.
    ///
    /// Shape: (T, 2F). The second half stays.
    package func gate(_ values: MatrixView, _ activation: Activation) {
        let half = values.columns / 2
        precondition(values.columns == 2 * half)
        for row in 0..<values.rows {
            let line = values.rows(row..<row + 1)
            activate(line.columns(0..<half), activation)
            let (first, second) = unsafe (line.base, line.base + half)
            for column in 0..<half { unsafe first[column] *= second[column] }
        }
    }

    /// From the gradient of the gated values to that of both halves; and the gated values in place of the first half.
    ///
    /// Shapes: (T, 2F) both. `gradient` has that of the gated values in its first half.
    package func gateBackward(gradient: MatrixView, values: MatrixView, _ activation: Activation) {
        let half = values.columns / 2
        precondition(values.columns == 2 * half && gradient.columns == 2 * half && gradient.rows == values.rows)
        for row in 0..<values.rows {
            let (slopes, line) = (gradient.rows(row..<row + 1), values.rows(row..<row + 1))
            let (first, second) = unsafe (slopes.base, slopes.base + half)
            let (active, gates) = unsafe (line.base, line.base + half)
            for column in 0..<half {
                unsafe (first[column], second[column]) = (first[column] * gates[column], first[column])
            }
            activateBackward(gradient: slopes.columns(0..<half), values: line.columns(0..<half), activation)
            for column in 0..<half {
                unsafe second[column] *= active[column]
                unsafe active[column] *= gates[column]
            }
        }
    }
}
