// Random numbers as a pure function of where they are used: Philox4x32-10 over (seed; index, place, step). Nothing is
// carried from draw to draw, so a run that is resumed, cut into threads or skipped over draws the same numbers.

/// The counter-based generator of a run.
///
/// A draw has four coordinates: the seed of the run, the step (an epoch, or what is drawn for), the place in the program
/// that draws, and the number of the element there. The same coordinates give the same bits on every machine.
/// - Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct CounterGenerator: Sendable, Equatable {
    /// The seed of the run.
    public let seed: UInt64

    /// The generator of a seed.
    public init(seed: UInt64) { self.seed = seed }

    /// The four words of Philox4x32-10 for a counter and a key.
    public static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (counter, key) = (counter, key)
        for round in 0..<10 {
            if round > 0 { key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85) }
            let first = counter[0].multipliedFullWidth(by: 0xD251_1F53)
            let second = counter[2].multipliedFullWidth(by: 0xCD9E_8D57)
            counter = SIMD4(
                second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low)
        }
        return counter
    }

    /// The four words of elements 4 · index ..< 4 · index + 4.
    ///
    /// The counter is (index, place, low half of step, high half of step), the key (low, high half of the seed).
    public func words(index: UInt32, place: UInt32, step: UInt64) -> SIMD4<UInt32> {
        CounterGenerator.philox(
            counter: SIMD4(index, place, UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32)),
            key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }

    /// The word of one element: word element % 4 of block element / 4. The element is at least 0 and below 2³⁴.
    public func word(element: Int, place: UInt32, step: UInt64) -> UInt32 {
        precondition(element >= 0 && element >> 34 == 0, "an element's block is numbered by 32 bits")
        return words(index: UInt32(element >> 2), place: place, step: step)[element & 3]
    }

    /// Whether dropout of a rate keeps an element: iff its word is at least `dropoutThreshold(rate)`.
    public func keeps(element: Int, place: UInt32, step: UInt64, rate: Float) -> Bool {
        word(element: element, place: place, step: step) >= CounterGenerator.dropoutThreshold(rate)
    }

    /// rate · 2³², below which a word drops its element; the rate is at least 0 and below 1.
    public static func dropoutThreshold(_ rate: Float) -> UInt32 {
        precondition(rate >= 0 && rate < 1, "a dropout rate is at least 0 and below 1")
        // Exact: a power of two moves the exponent alone, and the largest Float below 1 stays below 2³².
        return UInt32(rate * 0x1p32)
    }
}
