// The int8 kernels against their plain definitions, to the bit, over shapes, tails and extremes, for every instruction
// set at hand.

import AdzeReference
import AdzeTestSupport
import Testing

@testable import AdzeKernels

@Suite struct Int8KernelTests {
    static let sets = InstructionSet.available
    static let shapes = [
        (1, 1, 1), (1, 16, 3), (2, 17, 5), (5, 15, 4), (6, 32, 16), (7, 33, 31), (12, 48, 400), (13, 31, 385),
        (25, 100, 64), (3, 1, 1000),
    ]

    struct Case {
        var input: [Float]
        var factors: [Float]?
        var codes: [Int8]
        var scales: [Float]
        var bias: [Float]
        var residual: [Float]
        let (rows, columns, depth): (Int, Int, Int)

        /// A product of random numbers; `depth` codes of every column reach ±127.
        init(rows: Int, columns: Int, depth: Int, seed: UInt64, withFactors: Bool = false) {
            var generator = SeededGenerator(seed: seed)
            func floats(_ count: Int, _ range: ClosedRange<Float> = -3...3) -> [Float] {
                (0..<count).map { _ in Float.random(in: range, using: &generator) }
            }
            (self.rows, self.columns, self.depth) = (rows, columns, depth)
            input = floats(rows * depth)
            factors = withFactors ? floats(depth, 0.01...4) : nil
            codes = (0..<columns * depth).map { _ in Int8.random(in: -127...127, using: &generator) }
            scales = floats(columns, 0.0001...0.01)
            bias = floats(columns)
            residual = floats(rows * columns)
        }

        func run(_ set: InstructionSet, activation: Activation = .identity, columns range: Range<Int>? = nil) -> [Float]
        {
            let kernels = Kernels(set)
            let matrix = codes.withUnsafeBufferPointer {
                PackedInt8Matrix(codes: $0.span, scales: scales, bias: bias, depth: depth, kernels: kernels)
            }
            let range = range ?? 0..<columns
            let quantized = QuantizedRows(capacity: rows + 2, depth: depth)
            let inputs = FloatBuffer(input), residuals = FloatBuffer(residual)
            let output = FloatBuffer(count: rows * range.count)
            kernels.quantize(
                quantized, rows: 2..<rows + 2, inputs.matrix(rows: rows, columns: depth),
                factors: factors.map(FloatBuffer.init))
            kernels.multiply(
                output.matrix(rows: rows, columns: range.count), quantized, rows: 2..<rows + 2, matrix, columns: range,
                residual: residuals.matrix(rows: rows, columns: columns).columns(range), activation: activation)
            return output.values(0..<output.count)
        }

        func expected() -> [Float] {
            (0..<rows).flatMap { row in
                ReferenceOps.int8Linear(
                    ReferenceOps.quantizeRow(Array(input[row * depth..<(row + 1) * depth]), factors: factors),
                    codes: codes, scales: scales, bias: bias,
                    residual: Array(residual[row * columns..<(row + 1) * columns]))
            }
        }
    }

    func bits(_ values: [Float]) -> [UInt32] { values.map { $0.isNaN ? .max : $0.bitPattern } }

    @Test(arguments: sets, shapes)
    func productEqualsDefinitionToTheBit(set: InstructionSet, shape: (Int, Int, Int)) {
        for seed in 0..<4 {
            let sample = Case(
                rows: shape.0, columns: shape.1, depth: shape.2, seed: UInt64(seed), withFactors: seed % 2 == 1)
            #expect(bits(sample.run(set)) == bits(sample.expected()), "\(set) \(shape) \(seed)")
        }
    }

    @Test(arguments: sets)
    func nothingSaturatesAtTheExtremes(set: InstructionSet) {
        for (left, right) in [(Float(1), Int8(127)), (1, -127), (-1, 127), (-1, -127)] {
            var sample = Case(rows: 3, columns: 18, depth: 3072, seed: 1)
            // One value of the other sign, so that all others get the code ±127 and the zero point is not at the edge.
            sample.input = sample.input.indices.map { $0 % 3072 == 7 ? -left * 0.01 : left }
            sample.codes = sample.codes.map { _ in right }
            #expect(bits(sample.run(set)) == bits(sample.expected()))
        }
    }

    /// Panels of which a step cannot take every pair: all of them, one, and shares on both sides of what is split.
    @Test(arguments: sets)
    func pairsThatReachTooFarAreExact(set: InstructionSet) {
        for (rows, columns, depth) in [(1, 16, 1), (3, 5, 3), (5, 40, 66), (49, 33, 129), (2, 1, 65_536)] {
            for share in [0.005, 0.1, 0.3, 1] {
                var sample = Case(rows: rows, columns: columns, depth: depth, seed: 11)
                var generator = SeededGenerator(seed: 12)
                sample.codes = sample.codes.map { _ in
                    guard Double.random(in: 0..<1, using: &generator) < share.squareRoot() else {
                        return Int8.random(in: -40...40, using: &generator)
                    }
                    return Int8.random(in: 90...127, using: &generator) * (Bool.random(using: &generator) ? 1 : -1)
                }
                sample.codes[0] = 127
                #expect(bits(sample.run(set)) == bits(sample.expected()), "\(rows) x \(columns) x \(depth), \(share)")
            }
        }
    }

    /// Codes like those of trained weights, of which some neighbours reach too far and find others.
    @Test(arguments: sets)
    func bellShapedCodesAreExact(set: InstructionSet) {
        for depth in [16, 64, 92, 384, 401] {
            for spread: Int8 in [20, 32, 42] {
                var sample = Case(rows: 5, columns: 49, depth: depth, seed: 21)
                var generator = SeededGenerator(seed: UInt64(depth) + UInt64(spread))
                func part() -> Int8 { Int8.random(in: -spread...spread, using: &generator) }
                sample.codes = sample.codes.map { _ in part() + part() + part() }
                #expect(bits(sample.run(set)) == bits(sample.expected()), "\(depth), \(spread)")
            }
        }
    }

    @Test(arguments: sets) func rowOfOneOutlierIsExact(set: InstructionSet) {
        var sample = Case(rows: 7, columns: 20, depth: 384, seed: 13)
        sample.codes = sample.codes.indices.map { $0 % 384 == 200 ? 127 : $0 % 384 == 201 ? 126 : 0 }
        #expect(bits(sample.run(set)) == bits(sample.expected()))
    }

    @Test(arguments: sets, Activation.allCases)
    func activationFollowsTheProduct(set: InstructionSet, activation: Activation) {
        let sample = Case(rows: 9, columns: 50, depth: 37, seed: 3)
        let kernels = Kernels(set)
        let expected = FloatBuffer(sample.expected())
        kernels.activate(expected.matrix(rows: 1, columns: expected.count), activation)
        #expect(bits(sample.run(set, activation: activation)) == bits(expected.values(0..<expected.count)))
    }

    @Test(arguments: sets)
    func productIgnoresRowsAndColumnsAroundIt(set: InstructionSet) {
        let sample = Case(rows: 29, columns: 80, depth: 771, seed: 5)
        let whole = sample.run(set)
        for columns in [0..<16, 16..<80, 48..<63, 64..<80] {
            let part = sample.run(set, columns: columns)
            let expected = (0..<29).flatMap { whole[$0 * 80 + columns.lowerBound..<$0 * 80 + columns.upperBound] }
            #expect(bits(part) == bits(Array(expected)))
        }
        var alone = sample
        alone.input = Array(sample.input[13 * 771..<14 * 771])
        alone = Case(alone, rows: 1)
        alone.residual = Array(sample.residual[13 * 80..<14 * 80])
        #expect(bits(alone.run(set)) == bits(Array(whole[13 * 80..<14 * 80])))
    }

    /// Rows at the edge of what fp32 can say.
    static let oddRows: [[Float]] = [
        [Float](repeating: 0, count: 20), [Float](repeating: -0.0, count: 17), [Float](repeating: 5, count: 33),
        [Float](repeating: -5, count: 16), [.greatestFiniteMagnitude, 0, 1], [3e38, -3e38],
        [.leastNonzeroMagnitude, -.leastNonzeroMagnitude],
        [0x1p-101, 0], [0x1p-99, -0x1p-100], [1, .nan, 3], [.infinity, 1], [1, 2, -.infinity], [1, -1],
        [127, -127, 0.5, 1.5, 2.5, -0.5, -1.5], [255, 0.5, 1.5, 2.5, 3.5],
        (0..<300).map { Float($0) } + [.nan], (0..<300).map { -Float($0) },
    ]

    @Test(arguments: sets, oddRows)
    func oddRowsAreQuantizedAsDefined(set: InstructionSet, row: [Float]) {
        for factors in [nil, row.indices.map { Float($0 % 5) * 0.7 + 0.1 }] {
            var sample = Case(rows: 1, columns: 19, depth: row.count, seed: 9)
            sample.input = row
            sample.factors = factors
            #expect(bits(sample.run(set)) == bits(sample.expected()), "\(row.prefix(5))")
        }
    }

    @Test func zeroKeepsItsOwnCodeAndEveryValueIsNear() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let offset = Float.random(in: -4...4, using: &generator)
            let row = (0..<50).map { _ in Float.random(in: -1...1, using: &generator) + offset } + [0]
            let quantized = ReferenceOps.quantizeRow(row)
            #expect(quantized.codes.last == quantized.zero)
            for (value, code) in zip(row, quantized.codes) {
                // Half a step, and at the upper end up to one more for the rounding of the zero point.
                #expect(abs(quantized.scale * Float(code - quantized.zero) - value) <= quantized.scale * 1.01)
            }
        }
    }
}

extension Int8KernelTests.Case {
    /// The same weights for another number of rows.
    init(_ other: Self, rows: Int) {
        self.init(rows: rows, columns: other.columns, depth: other.depth, seed: 0)
        (input, factors, codes, scales, bias) = (other.input, other.factors, other.codes, other.scales, other.bias)
        residual = Array(other.residual.prefix(rows * columns))
    }
}
