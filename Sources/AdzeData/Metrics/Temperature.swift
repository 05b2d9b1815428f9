// The temperature of a classifier: the one number by which its logits are divided so that its scores say how often it is
// right. Not here: the log-loss that chooses it, which is of the head's own scores.

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// The search for a temperature.
public enum Temperature {
    /// What is searched.
    public static let range = 0.05...20.0
    /// How close to the end of the range a temperature is none: relatively.
    private static let margin = 1e-3

    /// The temperature with the least loss; nil where the loss falls to an end of the range, as it does where all answers
    /// are right, so that the examples tell none.
    ///
    /// Golden section on the logarithm, to 1e-8 of it, after Guo et al., "On calibration of modern neural networks"
    /// (2017): the log-loss of a softmax is convex in 1 / T, and so has one minimum. No chance takes part: the same losses
    /// give the same number.
    /// - Complexity: 44 losses.
    public static func best(_ loss: (Double) throws -> Double) rethrows -> Double? {
        let ratio = (5.0.squareRoot() - 1) / 2
        let (low, high) = (log(range.lowerBound), log(range.upperBound))
        var (a, b) = (low, high)
        var (left, right) = (b - ratio * (b - a), a + ratio * (b - a))
        var (ofLeft, ofRight) = (try loss(exp(left)), try loss(exp(right)))
        while b - a > 1e-8 {
            // Equal losses keep the side of the smaller change: nearer to 1.
            if ofLeft < ofRight || ofLeft == ofRight && left.magnitude <= right.magnitude {
                (b, right, ofRight) = (right, left, ofLeft)
                left = b - ratio * (b - a)
                ofLeft = try loss(exp(left))
            } else {
                (a, left, ofLeft) = (left, right, ofRight)
                right = a + ratio * (b - a)
                ofRight = try loss(exp(right))
            }
        }
        let found = (a + b) / 2
        return found - low < margin || high - found < margin ? nil : exp(found)
    }
}
