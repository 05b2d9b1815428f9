// The division of rows into pieces, by their number alone, so that sums over the rows of a piece do not depend on the
// threads.

/// Rows cut into pieces of one height; the last may be shorter.
struct RowPieces: Sendable {
    let rows: Int
    let height: Int
    let count: Int

    /// The greatest height: enough rows for the tiles to share the weights, few enough for the values between two layers
    /// to stay in a core's cache.
    static let most = 48

    init(_ rows: Int) {
        self.rows = rows
        // An even number, for two threads or four.
        let wanted = (rows + RowPieces.most - 1) / RowPieces.most
        let even = rows < 16 ? 1 : (wanted + 1) / 2 * 2
        height = max(1, (rows + even - 1) / max(even, 1))
        count = (rows + height - 1) / height
    }

    subscript(piece: Int) -> Range<Int> { piece * height..<min((piece + 1) * height, rows) }
}
