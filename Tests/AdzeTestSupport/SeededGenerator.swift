// Random numbers that are the same in every run.

internal import AdzeBytes

/// A small generator with an explicit seed.
public struct SeededGenerator: RandomNumberGenerator {
    private var generator: SplitMix64

    /// A generator whose sequence depends on the seed alone.
    public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    /// The next 64 bits.
    public mutating func next() -> UInt64 { generator.next() }
}
