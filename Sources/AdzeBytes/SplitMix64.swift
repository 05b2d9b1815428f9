// SplitMix64: 64 random bits a step from an explicit seed, the same on every machine. Not here: what is drawn with them.

/// A small generator whose sequence depends on the seed alone.
///
/// - Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
@frozen public struct SplitMix64: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    /// The sequence of a seed.
    @inlinable public init(seed: UInt64) { state = seed }

    /// The sequence of a seed from its `index`-th number on.
    @inlinable public init(seed: UInt64, skipping index: Int) {
        state = seed &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15
    }

    /// The next 64 bits.
    @inlinable public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
