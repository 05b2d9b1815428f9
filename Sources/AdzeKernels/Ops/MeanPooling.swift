// The mean of rows, and a vector scaled to length 1: how one vector is made of a text's hidden states; both directions.
// Sums run row after row and value after value, so that they are the same on every instruction set.

extension Kernels {
    /// output = Σ rows / n, scaled to length 1 where `normalizes`; gives the length before that.
    ///
    /// Shapes: (1, H), (n, H) of at least one row. What is shorter than `shortestLength` is divided by that, as PyTorch's
    /// `normalize` does.
    @discardableResult
    package func meanPool(_ output: MatrixView, _ values: MatrixView, normalizes: Bool) -> Float {
        precondition(output.rows == 1 && output.columns == values.columns && values.rows > 0)
        unsafe output.base.update(repeating: 0, count: output.columns)
        unsafe addRows(output.base, values)
        let count = Float(values.rows)
        for column in 0..<output.columns { unsafe output.base[column] /= count }
        guard normalizes else { return 1 }
        var squares = 0.0
        for column in 0..<output.columns {
            let value = unsafe Double(output.base[column])
            squares += value * value
        }
        let length = Float(squares.squareRoot())
        let divisor = max(length, Kernels.shortestLength)
        for column in 0..<output.columns { unsafe output.base[column] /= divisor }
        return length
    }

    /// From the gradient of meanPool(values) to that of values: the same in every row. The gradient is overwritten.
    ///
    /// Shapes: (n, H), (1, H), (1, H). `output` and `length` are what the forward pass gave.
    package func meanPoolBackward(
        _ values: MatrixView, gradient: MatrixView, output: MatrixView, length: Float, normalizes: Bool
    ) {
        precondition(gradient.rows == 1 && output.rows == 1 && values.rows > 0)
        precondition(gradient.columns == values.columns && output.columns == values.columns)
        if normalizes {
            // Along the vector itself nothing changes, unless it is so short that it was divided by a constant.
            var along = 0.0
            if length >= Kernels.shortestLength {
                for column in 0..<output.columns {
                    unsafe along += Double(output.base[column]) * Double(gradient.base[column])
                }
            }
            let divisor = max(length, Kernels.shortestLength)
            for column in 0..<output.columns {
                unsafe gradient.base[column] = (gradient.base[column] - output.base[column] * Float(along)) / divisor
            }
        }
        let count = Float(values.rows)
        for column in 0..<values.columns { unsafe gradient.base[column] /= count }
        for row in 0..<values.rows { gradient.copy(row: 0, to: values, row: row) }
    }

    /// The least length that a vector is divided by.
    private static let shortestLength: Float = 1e-12
}
