// The recurrent part of an LSTM, both directions of the arithmetic: step by step over sequences of one group, whose products
// with the inputs are already there. Not here: those products, and which token is met when, which is `RecurrentScan`.
//
// R rows: at step t those of the sequences that are as long, longest first, so that row i of a step goes on from row i of
// the step before. h is the LSTM's size. Gates are side by side in PyTorch's order: input, forget, cell, output.

internal import CKernels

extension Kernels {
    /// Runs the steps: gates become their activations, `cells` and `outputs` are filled.
    ///
    /// Shapes: gates (R, 4h), holding the inputs' product with both biases; cells and outputs (R, h). Step t has the rows
    /// `steps[t]` to `steps[t + 1]`. `recurrent` is (4h, h), packed in panels. The state before the first step is zero.
    ///
    ///     i, f, o = σ(…)    g = tanh(…)    c = f · c′ + i · g    output = o · tanh(c)
    ///
    /// A row's bits depend on its own sequence alone.
    /// - Complexity: O(R · h²).
    /// - Source: torch.nn.LSTM; Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    package func lstmForward(
        gates: MatrixView, cells: MatrixView, outputs: MatrixView, steps: [Int], recurrent: PackedMatrix
    ) {
        checkLSTM(gates, cells, outputs, steps)
        precondition(recurrent.layout == .panels && recurrent.columns == gates.columns)
        let size = cells.columns
        let width = steps.count > 1 ? steps[1] - steps[0] : 0
        let (sums, nothing) = (FloatBuffer(count: width * 4 * size), FloatBuffer(count: size))
        for step in 0..<steps.count - 1 {
            let rows = steps[step]..<steps[step + 1]
            let now = gates.rows(rows)
            if step > 0 {
                let before = steps[step - 1]..<steps[step - 1] + rows.count
                addProduct(to: now, outputs.rows(before), recurrent, sums)
            }
            for index in rows {
                let gate = unsafe gates.base + index * gates.stride
                // σ(x) = ½ + ½ · tanh(x / 2): one activation for all four.
                unsafe Kernels.scale(gate, 2 * size, 0.5)
                unsafe Kernels.scale(gate + 3 * size, size, 0.5)
                unsafe table.f32_activate(gate, gate, 4 * size, Activation.tanh.code)
                let before = unsafe step == 0 ? nothing.base : cell(cells, index - steps[step] + steps[step - 1])
                unsafe Kernels.finishCell(gate, cell(cells, index), before: before, size)
                let output = unsafe outputs.base + index * outputs.stride
                unsafe table.f32_activate(output, cell(cells, index), size, Activation.tanh.code)
                unsafe Kernels.multiply(output, gate + 3 * size, size)
            }
        }
    }

    /// Turns the gates' activations into the gradients of what they are activations of, given the outputs' gradient.
    ///
    /// `gradient` (R, h) is what comes from above; that of the steps after is added to it. `recurrent` is (h, 4h): the
    /// same weights packed for the way back.
    /// - Complexity: O(R · h²); memory for a step's rows.
    package func lstmBackward(
        gates: MatrixView, cells: MatrixView, gradient: MatrixView, steps: [Int], recurrent: PackedMatrix
    ) {
        checkLSTM(gates, cells, gradient, steps)
        precondition(recurrent.layout == .panels && recurrent.depth == gates.columns)
        let size = cells.columns
        let width = steps.count > 1 ? steps[1] - steps[0] : 0
        // The cells' gradient of the rows at hand, and the tanh of their values.
        let (carried, tanhs) = (FloatBuffer(count: width * size), FloatBuffer(count: size))
        let (sums, nothing) = (FloatBuffer(count: width * size), FloatBuffer(count: size))
        for step in (0..<steps.count - 1).reversed() {
            let rows = steps[step]..<steps[step + 1]
            if step + 2 < steps.count {
                let after = steps[step + 1]..<steps[step + 2]
                let target = gradient.rows(rows.lowerBound..<rows.lowerBound + after.count)
                addProduct(to: target, gates.rows(after), recurrent, sums)
            }
            for (row, index) in rows.enumerated() {
                unsafe table.f32_activate(tanhs.base, cell(cells, index), size, Activation.tanh.code)
                let before = unsafe step == 0 ? nothing.base : cell(cells, row + steps[step - 1])
                unsafe Kernels.cellBackward(
                    gates.base + index * gates.stride, gradient.base + index * gradient.stride, tanh: tanhs.base,
                    before: before, carried: carried.base + row * size, size)
            }
        }
    }

    /// target = input · matrixᵀ + target, by way of `sums`: a product is written before its residual is read.
    private func addProduct(
        to target: MatrixView, _ input: MatrixView, _ matrix: PackedMatrix, _ sums: FloatBuffer
    ) {
        let result = sums.matrix(rows: target.rows, columns: target.columns)
        multiply(result, input, matrix, residual: target)
        result.copy(to: target)
    }

    private func checkLSTM(_ gates: MatrixView, _ cells: MatrixView, _ values: MatrixView, _ steps: [Int]) {
        let size = cells.columns
        precondition(gates.columns == 4 * size && values.columns == size, "four gates of the LSTM's size")
        precondition(gates.rows == cells.rows && values.rows == cells.rows && steps.last == cells.rows)
        precondition(steps.first == 0, "steps cover the rows")
        for step in steps.indices.dropFirst(2) {
            precondition(steps[step] - steps[step - 1] <= steps[step - 1] - steps[step - 2], "longest first")
        }
    }

    // MARK: One row

    private func cell(_ cells: MatrixView, _ row: Int) -> UnsafeMutablePointer<Float> {
        unsafe cells.base + row * cells.stride
    }

    private static func scale(_ values: UnsafeMutablePointer<Float>, _ count: Int, _ factor: Float) {
        for k in 0..<count { unsafe values[k] *= factor }
    }

    private static func multiply(
        _ values: UnsafeMutablePointer<Float>, _ factors: UnsafePointer<Float>, _ count: Int
    ) {
        for k in 0..<count { unsafe values[k] *= factors[k] }
    }

    /// Finishes the gates, whose tanh is there, and makes the cell's value.
    private static func finishCell(
        _ gate: UnsafeMutablePointer<Float>, _ cell: UnsafeMutablePointer<Float>, before: UnsafePointer<Float>,
        _ size: Int
    ) {
        let (input, forget, new) = unsafe (gate, gate + size, gate + 2 * size)
        for k in 0..<2 * size { unsafe gate[k] = 0.5 + 0.5 * gate[k] }
        for k in 3 * size..<4 * size { unsafe gate[k] = 0.5 + 0.5 * gate[k] }
        for k in 0..<size { unsafe cell[k] = forget[k] * before[k] + input[k] * new[k] }
    }

    /// The way back through one row: `carried` is the gradient of its cell by the steps after, and becomes that by it of
    /// the cell before.
    private static func cellBackward(
        _ gate: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, tanh: UnsafePointer<Float>,
        before: UnsafePointer<Float>, carried: UnsafeMutablePointer<Float>, _ size: Int
    ) {
        let (input, forget, new, output) = unsafe (gate, gate + size, gate + 2 * size, gate + 3 * size)
        for k in 0..<size {
            let (i, f, g, o) = unsafe (input[k], forget[k], new[k], output[k])
            let (slope, value) = unsafe (gradient[k], tanh[k])
            let cell = unsafe carried[k] + slope * o * (1 - value * value)
            unsafe output[k] = slope * value * (o * (1 - o))
            unsafe input[k] = cell * g * (i * (1 - i))
            unsafe forget[k] = cell * before[k] * (f * (1 - f))
            unsafe new[k] = cell * i * (1 - g * g)
            unsafe carried[k] = cell * f
        }
    }
}
