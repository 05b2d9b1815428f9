// Normally distributed numbers from an explicit seed, the same on every machine.

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// Standard normal numbers by the Box-Muller method over SplitMix64.
package struct NormalGenerator {
    private var state: UInt64
    private var spare: Float?

    package init(seed: UInt64) { state = seed }

    /// The next number of mean 0 and variance 1.
    package mutating func next() -> Float {
        if let value = spare {
            spare = nil
            return value
        }
        // 1 − u lies in (0, 1], so its logarithm is finite.
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        spare = Float(radius * sin(angle))
        return Float(radius * cos(angle))
    }

    private mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ z >> 31) >> 11) * 0x1p-53
    }
}
