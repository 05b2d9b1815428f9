// The generator against the published known answers, and what follows from its being a function.

import AdzeBytes
import Testing

@Suite struct CounterGeneratorTests {
    /// The three lines "philox4x32 10" of Random123's kat_vectors.
    @Test(arguments: [
        (
            SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
            SIMD4<UInt32>(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)
        ),
        (
            SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
            SIMD4<UInt32>(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
        ),
        (
            SIMD4<UInt32>(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
            SIMD2<UInt32>(0xA409_3822, 0x299F_31D0),
            SIMD4<UInt32>(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
        ),
    ])
    func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
        #expect(CounterGenerator.philox(counter: counter, key: key) == expected)
    }

    @Test func coordinatesFillTheCounterAndTheKey() {
        // The third known answer again, spelled as coordinates.
        let generator = CounterGenerator(seed: 0x299F_31D0_A409_3822)
        let words = generator.words(index: 0x243F_6A88, place: 0x85A3_08D3, step: 0x0370_7344_1319_8A2E)
        #expect(words == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
    }

    @Test func anElementIsItsLaneOfItsBlock() {
        let generator = CounterGenerator(seed: 42)
        for element in 0..<64 {
            let block = generator.words(index: UInt32(element / 4), place: 7, step: 3)
            #expect(generator.word(element: element, place: 7, step: 3) == block[element % 4])
        }
        let last = generator.words(index: .max, place: 0, step: 0)
        #expect(generator.word(element: 1 << 34 - 1, place: 0, step: 0) == last[3])
    }

    @Test func dropoutDropsItsShare() {
        let generator = CounterGenerator(seed: 1)
        for rate in [Float(0), 0.1, 0.2, 0.5, 0.9] {
            let kept = (0..<20_000).count { generator.keeps(element: $0, place: 0, step: 0, rate: rate) }
            // Six standard deviations of the share.
            let spread = 6 * (Double(rate) * (1 - Double(rate)) / 20_000).squareRoot()
            #expect(abs(Double(kept) / 20_000 - Double(1 - rate)) <= spread, "rate \(rate)")
        }
        #expect(CounterGenerator.dropoutThreshold(0) == 0)
        #expect(CounterGenerator.dropoutThreshold(0.5) == 0x8000_0000)
        #expect(CounterGenerator.dropoutThreshold(Float(1).nextDown) == 0xFFFF_FF00)
    }

    @Test func everyCoordinateMatters() {
        let base = CounterGenerator(seed: 5).words(index: 1, place: 2, step: 3)
        #expect(CounterGenerator(seed: 5 + 1 << 32).words(index: 1, place: 2, step: 3) != base)
        #expect(CounterGenerator(seed: 5).words(index: 2, place: 2, step: 3) != base)
        #expect(CounterGenerator(seed: 5).words(index: 1, place: 3, step: 3) != base)
        #expect(CounterGenerator(seed: 5).words(index: 1, place: 2, step: 3 + 1 << 32) != base)
    }
}
