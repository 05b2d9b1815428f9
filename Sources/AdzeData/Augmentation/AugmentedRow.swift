// What the random numbers of a row's copies follow from: its texts, and nothing else of the file. Not here: what is drawn.

internal import AdzeBytes

/// A row that is augmented.
///
/// Its draws are a pure function of the seed, its texts, the copy and the place of the draw: the same row gets the same
/// copies whatever stands beside it, and two equal rows get equal ones.
package struct AugmentedRow: Sendable {
    private let generator: CounterGenerator
    /// A number of the texts.
    private let key: UInt64

    /// A row of a text, or a pair.
    package init(_ text: String, pair: String?, seed: UInt64) {
        generator = CounterGenerator(seed: seed)
        let first = AugmentedRow.hash(text, seed: 0)
        key = pair.map { AugmentedRow.hash($0, seed: first) } ?? first
    }

    private static func hash(_ text: String, seed: UInt64) -> UInt64 {
        var text = text
        return text.withUTF8 { unsafe xxh64(UnsafeRawBufferPointer($0), seed: seed) }
    }

    /// At which of so many steps its copies begin.
    func turn(of count: Int) -> Int {
        var draws = CopyDraws(generator, key, place: .max)
        return draws.below(count)
    }

    /// The draws of a copy; the texts of a pair have their own.
    package func draws(copy: Int, isPair: Bool) -> CopyDraws {
        CopyDraws(generator, key, place: UInt32(copy) << 1 | (isPair ? 1 : 0))
    }
}

/// The random numbers of one text of one copy, in their order.
package struct CopyDraws: Sendable {
    private let generator: CounterGenerator
    private let key: UInt64
    private let place: UInt32
    private var index: UInt32 = 0

    fileprivate init(_ generator: CounterGenerator, _ key: UInt64, place: UInt32) {
        (self.generator, self.key, self.place) = (generator, key, place)
    }

    private mutating func next() -> UInt64 {
        let words = generator.words(index: index, place: place, step: key)
        index &+= 1
        return UInt64(words[0]) | UInt64(words[1]) << 32
    }

    /// One of 0 ..< count, which is 1 or more.
    package mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "something to draw from")
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// A number of [0, 1), of 53 bits.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// So many of 0 ..< count, or all of them, in an order that is drawn.
    package mutating func sample(_ wanted: Int, of count: Int) -> [Int] {
        var places = Array(0..<count)
        let wanted = min(wanted, count)
        for index in 0..<wanted { places.swapAt(index, index + below(count - index)) }
        return Array(places.prefix(wanted))
    }
}
