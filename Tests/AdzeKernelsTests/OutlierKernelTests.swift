// Products with codes beyond ±127 against their plain definition, to the bit, on every instruction set at hand.

import AdzeReference
import AdzeTestSupport
import Testing

@testable import AdzeKernels

@Suite struct OutlierKernelTests {
    /// A product some of whose codes are wide, and what it must be.
    struct Case {
        var base: Int8KernelTests.Case
        var outliers: [OutlierCode]

        /// A random product with outliers at the places, of random codes up to `most` in magnitude.
        init(
            rows: Int, columns: Int, depth: Int, seed: UInt64, most: Int32 = 32_767, places: [(row: Int, column: Int)]
        ) {
            base = Int8KernelTests.Case(rows: rows, columns: columns, depth: depth, seed: seed)
            var generator = SeededGenerator(seed: seed + 100)
            outliers = places.map { place in
                let magnitude = Int32.random(in: 128...most, using: &generator)
                let code = Bool.random(using: &generator) ? magnitude : -magnitude
                return OutlierCode(row: place.row, column: place.column, code: code)
            }
            for outlier in outliers { base.codes[outlier.row * depth + outlier.column] = outlier.code < 0 ? -127 : 127 }
        }

        /// Packed in pieces of whole panels.
        func matrix(_ kernels: Kernels, piece: Int) -> PackedInt8Matrix {
            let depth = base.depth
            let matrix = PackedInt8Matrix(bias: base.bias, depth: depth)
            for first in stride(from: 0, to: base.columns, by: piece) {
                let range = first..<min(first + piece, base.columns)
                let own = outliers.filter { range.contains($0.row) }
                    .map { OutlierCode(row: $0.row - first, column: $0.column, code: $0.code) }
                let codes = Array(base.codes[range.lowerBound * depth..<range.upperBound * depth])
                matrix.pack(
                    codes.span, outliers: own, scales: Array(base.scales[range]), firstColumn: first, kernels: kernels)
            }
            return matrix
        }

        func run(_ set: InstructionSet, piece: Int = 1 << 20) -> [Float] {
            let kernels = Kernels(set), matrix = matrix(kernels, piece: piece)
            let quantized = QuantizedRows(capacity: base.rows, depth: base.depth)
            let input = FloatBuffer(base.input), output = FloatBuffer(count: base.rows * base.columns)
            kernels.quantize(
                quantized, rows: 0..<base.rows, input.matrix(rows: base.rows, columns: base.depth))
            kernels.multiply(
                output.matrix(rows: base.rows, columns: base.columns), quantized, rows: 0..<base.rows, matrix)
            return withExtendedLifetime(input) { output.values(0..<output.count) }
        }

        func expected() -> [Float] {
            var codes = base.codes.map { Int32($0) }
            for outlier in outliers { codes[outlier.row * base.depth + outlier.column] = outlier.code }
            return (0..<base.rows).flatMap { row in
                ReferenceOps.int8Linear(
                    ReferenceOps.quantizeRow(Array(base.input[row * base.depth..<(row + 1) * base.depth])),
                    codes: codes, scales: base.scales, bias: base.bias)
            }
        }
    }

    func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

    /// First and last place, the group that the depth does not fill, several of one group, and both panels of a tile.
    @Test(arguments: InstructionSet.available, Array(1...13))
    func wideCodesAreExact(set: InstructionSet, rows: Int) {
        let (columns, depth) = (37, 26)
        for seed in UInt64(0)..<4 {
            let places = [
                (0, 0), (0, 25), (0, 24), (3, 4), (3, 5), (3, 6), (3, 7), (15, 9), (16, 9), (31, 0), (36, 25),
            ]
            let sample = Case(
                rows: rows, columns: columns, depth: depth, seed: seed, places: places.map { (row: $0.0, column: $0.1) }
            )
            let expected = bits(sample.expected())
            #expect(bits(sample.run(set)) == expected)
            #expect(bits(sample.run(set, piece: 16)) == expected)
        }
    }

    @Test(arguments: InstructionSet.available)
    func oddDepthsAreExact(set: InstructionSet) {
        for depth in [1, 2, 3, 5, 385, 3072] {
            let places = [(row: 0, column: depth - 1), (row: 17, column: 0), (row: 17, column: depth / 2)]
            let apart = places.count { $0.row == 17 } == 2 && depth < 2 ? Array(places.prefix(2)) : places
            let sample = Case(rows: 5, columns: 18, depth: depth, seed: 7, places: apart)
            #expect(bits(sample.run(set)) == bits(sample.expected()), "\(depth)")
        }
    }

    /// A row whose sum just stays below 2³¹, with activations as far from their zero point as they get.
    @Test(arguments: InstructionSet.available)
    func widestSumsAreExact(set: InstructionSet) {
        let depth = 65_536
        var sample = Case(rows: 2, columns: 2, depth: depth, seed: 3, places: [(row: 1, column: 5)])
        sample.base.codes = sample.base.codes.map { _ in 127 }
        let rest = Int(Int32.max) / 255 - 127 * depth
        sample.outliers = (0..<4).map { index in
            let code = min(32_767, rest + 127 - index * (32_767 - 127))
            return OutlierCode(row: 1, column: 4 * index + 1, code: Int32(code))
        }
        sample.base.input = sample.base.input.indices.map { $0 < depth ? 1 : $0 % depth == 7 ? 0.001 : -1 }
        #expect(PackedInt8Matrix.staysExact(depth: depth, outliers: sample.outliers))
        let last = sample.outliers[3]
        let further = sample.outliers.prefix(3) + [OutlierCode(row: 1, column: last.column, code: last.code + 1)]
        #expect(!PackedInt8Matrix.staysExact(depth: depth, outliers: Array(further)))
        #expect(bits(sample.run(set)) == bits(sample.expected()))
    }

    @Test func boundIsThatOfARow() {
        let far = (0..<100).map { OutlierCode(row: $0 / 2, column: $0 % 2, code: 32_767) }
        #expect(PackedInt8Matrix.staysExact(depth: 65_000, outliers: far))
        let near = far.map { OutlierCode(row: 0, column: $0.column, code: $0.code) }
        #expect(!PackedInt8Matrix.staysExact(depth: 65_000, outliers: near))
        #expect(PackedInt8Matrix.staysExact(depth: 65_536, outliers: []))
        #expect(!PackedInt8Matrix.staysExact(depth: 65_537, outliers: []))
    }

    /// Every column has outliers at the same places, in no order, and the bytes there say nothing.
    @Test(arguments: InstructionSet.available)
    func manyAtOnePlaceAreExact(set: InstructionSet) {
        let places = (0..<48).flatMap { row in (4..<9).map { (row: row, column: $0) } }
        var generator = SeededGenerator(seed: 5)
        var sample = Case(rows: 7, columns: 48, depth: 9, seed: 4, places: places.shuffled(using: &generator))
        sample.base.codes = sample.base.codes.map { $0 / 2 }
        #expect(bits(sample.run(set)) == bits(sample.expected()))
        #expect(bits(sample.run(set, piece: 32)) == bits(sample.expected()))
    }
}
