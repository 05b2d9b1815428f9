// Rotation of queries and keys by their positions, and back, which is the rotation by the opposite angles. Not here: the
// angles.

/// Cosines and sines for the positions from 0.
public struct Rotation: Sendable {
    /// D / 2 cosines, then as many sines, for each position.
    private let values: FloatBuffer
    /// Positions that there are values for.
    public let positionCount: Int
    /// D / 2.
    public let pairCount: Int

    /// A table of what `angle` gives for each position and pair.
    package init(
        positionCount: Int, pairCount: Int, _ angle: (_ position: Int, _ pair: Int) -> (cosine: Double, sine: Double)
    ) {
        (self.positionCount, self.pairCount) = (positionCount, pairCount)
        values = FloatBuffer(count: positionCount * 2 * pairCount)
        for position in 0..<positionCount {
            let row = unsafe values.base + position * 2 * pairCount
            for pair in 0..<pairCount {
                let (cosine, sine) = angle(position, pair)
                unsafe (row[pair], row[pairCount + pair]) = (Float(cosine), Float(sine))
            }
        }
    }

    /// Turns each row by its position, in place: (x₁ cos − x₂ sin, x₂ cos + x₁ sin) of its two halves, each product rounded.
    ///
    /// Shapes: (n, D). Row m is at the m-th of `positions`, or at m where nil. `isInverse` turns back.
    /// - Complexity: O(n · D).
    package func turn(_ rows: MatrixView, positions: [Int]? = nil, isInverse: Bool = false) {
        precondition(rows.columns == 2 * pairCount && (positions.map { $0.count == rows.rows } ?? true))
        precondition(positions?.allSatisfy((0..<positionCount).contains) ?? (rows.rows <= positionCount))
        let sign: Float = isInverse ? -1 : 1
        for row in 0..<rows.rows {
            let cosines = unsafe UnsafePointer(values.base + (positions?[row] ?? row) * 2 * pairCount)
            let first = unsafe rows.base + row * rows.stride
            let (sines, second) = unsafe (cosines + pairCount, first + pairCount)
            for pair in 0..<pairCount {
                let (x, y) = unsafe (first[pair], second[pair])
                let (cosine, sine) = unsafe (cosines[pair], sines[pair] * sign)
                unsafe (first[pair], second[pair]) = (x * cosine - y * sine, y * cosine + x * sine)
            }
        }
    }
}
