// Normally distributed numbers from an explicit seed, the same on every machine.

internal import AdzeBytes

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// Standard normal numbers by the Box-Muller method over SplitMix64.
package struct NormalGenerator {
    private var generator: SplitMix64
    private var spare: Float?

    package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

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

    private mutating func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
}
