// What the distance between two tokens adds to an attention score: the table of buckets spread out to a value for each
// distance, once, when a model is loaded. Not here: where it is added, see `AttentionScratch`.

internal import AdzeKernels

/// A run of values for each head: that of distance d, from the query to the key, lies at `tokenLimit` - 1 + d.
package struct DistanceBias: Sendable {
    /// The most tokens of a sequence.
    package let tokenLimit: Int
    private let values: FloatBuffer
    private var width: Int { 2 * tokenLimit - 1 }

    /// Spreads a (buckets, A) table out.
    ///
    /// - Complexity: O(A · tokenLimit).
    package init(_ bias: RelativeBias, table: UnsafePointer<Float>, headCount: Int, tokenLimit: Int) {
        self.tokenLimit = tokenLimit
        let width = 2 * tokenLimit - 1
        values = FloatBuffer(count: headCount * width)
        for index in 0..<width {
            let bucket = bias.bucket(of: index + 1 - tokenLimit)
            for head in 0..<headCount {
                unsafe values.base[head * width + index] = table[bucket * headCount + head]
            }
        }
    }

    /// The value of distance 0 of a head; those of other distances lie on both sides of it.
    package func values(ofHead head: Int) -> UnsafePointer<Float> {
        unsafe UnsafePointer(values.base + head * width + tokenLimit - 1)
    }
}
