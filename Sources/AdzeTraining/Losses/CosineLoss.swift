// The loss of pairs of vectors whose cosines are to be 1 or 0; value and gradient side by side, in double precision.

/// Σ (cos(u, v) - y)² over pairs, y being 1 for two that are alike and 0 for others; the divisor is the number of pairs.
///
/// A vector may be in any number of pairs: its gradients add up, pair after pair. One of length 0 has no direction, a cosine
/// of 0 and no gradient.
/// - Source: sentence-transformers' `CosineSimilarityLoss` with the mean squared error.
struct CosineLoss {
    /// H.
    let size: Int

    /// The loss of vectors, (S, H), and its gradient by each of their values.
    ///
    /// - Complexity: O((S + pairs) · H).
    func callAsFunction(_ vectors: [Float], _ pairs: [TextPair]) -> LossSum {
        precondition(size > 0 && vectors.count.isMultiple(of: size), "whole vectors")
        var result = LossSum(weight: Double(pairs.count), gradient: [Double](repeating: 0, count: vectors.count))
        let values = vectors.map(Double.init)
        let lengths = stride(from: 0, to: values.count, by: size).map { dot(values, $0, $0).squareRoot() }
        for pair in pairs {
            let (u, v) = (pair.first * size, pair.second * size)
            let (first, second) = (lengths[pair.first], lengths[pair.second])
            let product = first * second
            let cosine = product > 0 ? dot(values, u, v) / product : 0
            let difference = cosine - (pair.isAlike ? 1 : 0)
            result.sum += difference * difference
            guard product > 0 else { continue }
            let slope = 2 * difference
            for index in 0..<size {
                let (a, b) = (values[u + index], values[v + index])
                result.gradient[u + index] += slope * (b / product - cosine * a / (first * first))
                result.gradient[v + index] += slope * (a / product - cosine * b / (second * second))
            }
        }
        return result
    }

    private func dot(_ values: [Double], _ a: Int, _ b: Int) -> Double {
        var sum = 0.0
        for index in 0..<size { sum += values[a + index] * values[b + index] }
        return sum
    }
}
