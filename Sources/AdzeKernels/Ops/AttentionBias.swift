// A bias of attention by distance, both directions: what a run of values adds to a matrix of scores, and how its gradient
// is gathered. Not here: how a model makes the run, or the attention itself.

internal import CKernels

/// What attention adds to its scaled scores, by how far a key lies from its query.
@safe package struct AttentionBias {
    // @safe: lives for one call of attention, and its maker keeps the run of values for as long.
    /// The value of distance 0, a key at its query's own position; that of a key n positions further on lies n values
    /// further on. There is one for every distance between the queries and the sequence's keys.
    let center: UnsafePointer<Float>
    /// The position of each query row in its sequence; nil where row m is position m.
    let positions: [Int]?

    /// The run of values around `center`, for queries at `positions`, or at 0, 1, 2 … where nil.
    package init(center: UnsafePointer<Float>, positions: [Int]? = nil) {
        unsafe (self.center, self.positions) = (center, positions)
    }

    /// scores = scale · scores + bias, for the query rows in `rows`.
    func add(_ kernels: Kernels, to scores: MatrixView, scale: Float, rows: Range<Int>) {
        guard let positions else {
            return unsafe kernels.addBias(scores, scale: scale, bias: center - rows.lowerBound, step: -1)
        }
        for (row, position) in positions[rows].enumerated() {
            unsafe kernels.addBias(scores.rows(row..<row + 1), scale: scale, bias: center - position, step: 0)
        }
    }

    /// Adds the gradient of the scores of the query rows in `rows` to the sums around `sums`, row after row.
    func addGradient(
        _ kernels: Kernels, _ sums: UnsafeMutablePointer<Float>, _ gradient: MatrixView, rows: Range<Int>
    ) {
        guard let positions else { return unsafe kernels.addDiagonals(sums, gradient, position: rows.lowerBound) }
        for (row, position) in positions[rows].enumerated() {
            unsafe kernels.addDiagonals(sums, gradient.rows(row..<row + 1), position: position)
        }
    }
}

extension Kernels {
    /// scores[m, n] = scores[m, n] · scale + bias[m · step + n], rounded once; what lies between `columns` and the stride
    /// stays.
    ///
    /// `bias` is the first row's. With a step of −1 it depends on n − m alone.
    package func addBias(_ scores: MatrixView, scale: Float, bias: UnsafePointer<Float>, step: Int) {
        unsafe table.f32_scale_add(scores.base, scores.stride, scale, bias, step, scores.rows, scores.columns)
    }

    /// center[n − (position + m)] += values[m, n], row after row: the gradient of a bias that depends on the distance from
    /// row to column, of rows whose first is at `position`.
    ///
    /// `center` is the sum of distance 0.
    package func addDiagonals(_ center: UnsafeMutablePointer<Float>, _ values: MatrixView, position: Int) {
        for row in 0..<values.rows { unsafe addRows(center - (position + row), values.rows(row..<row + 1)) }
    }
}
