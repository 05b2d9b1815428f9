// Values for the kernels' tests, and how results are held against a definition in double precision.

import AdzeKernels
import AdzeTestSupport
import Testing

/// `count` values of ±scale, always the same for a seed.
func random(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Float.random(in: -scale...scale, using: &generator) }
}

/// Each value is as expected, to `tolerance` of its size or absolutely below 1.
func expectClose(_ found: [Float], _ expected: [Double], _ tolerance: Double, _ note: String = "") {
    #expect(found.count == expected.count)
    var worst = 0.0
    for (a, b) in zip(found, expected) { worst = max(worst, abs(Double(a) - b) / max(1, abs(b))) }
    #expect(worst <= tolerance, "\(note): off by \(worst)")
}

/// What `body` gives on the plainest instruction set at hand; its bits are the same on all of them.
func onEverySet(_ body: (Kernels) -> [Float]) -> [Float] {
    let results = InstructionSet.available.map { body(Kernels($0)).map(\.bitPattern) }
    for (set, result) in zip(InstructionSet.available, results) { #expect(result == results[0], "\(set)") }
    return results[0].map { Float(bitPattern: $0) }
}
