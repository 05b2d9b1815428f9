// Each kernel against its plain definition, over shapes, tails and extremes, for every instruction set at hand; and
// every instruction set against the first, bit for bit.

import AdzeReference
import AdzeTestSupport
import CKernels
import Testing

@testable import AdzeKernels

@Suite struct KernelTests {
    static let sets = InstructionSet.available

    static let shapes = [
        (1, 1, 1), (1, 16, 3), (2, 17, 5), (5, 15, 1), (6, 32, 16), (7, 33, 31), (12, 48, 400), (13, 31, 385),
        (25, 100, 64), (49, 64, 770), (3, 1, 1000), (14, 47, 257), (11, 33, 259), (24, 32, 258),
    ]

    @Test(arguments: sets, shapes)
    func productEqualsDefinition(set: InstructionSet, shape: (Int, Int, Int)) {
        let (rows, columns, depth) = shape
        let kernels = Kernels(set)
        let input = random(rows * depth, seed: 1)
        let weight = random(columns * depth, seed: 2)
        let bias = random(columns, seed: 3)
        let residual = random(rows * columns, seed: 4)
        let matrix = PackedMatrix(weight, columns: columns, depth: depth, kernels: kernels)
        for activation in Activation.allCases {
            let output = FloatBuffer(count: rows * columns)
            let residuals = FloatBuffer(residual)
            let inputs = FloatBuffer(input)
            kernels.multiply(
                output.matrix(rows: rows, columns: columns), inputs.matrix(rows: rows, columns: depth), matrix,
                bias: FloatBuffer(bias), residual: residuals.matrix(rows: rows, columns: columns),
                activation: activation)
            var expected = ReferenceOps.linear(input, weight, bias: bias, rows: rows, columns: columns, depth: depth)
            for i in expected.indices {
                expected[i] = ReferenceOps.activate(expected[i] + Double(residual[i]), activation)
            }
            expectClose(output.values(0..<output.count), expected, 2e-5, "\(set) \(shape) \(activation)")
        }
    }

    @Test(arguments: sets)
    func productIgnoresRowsAndColumnsAroundIt(set: InstructionSet) {
        let kernels = Kernels(set)
        let (rows, columns, depth) = (29, 80, 777)
        let input = FloatBuffer(random(rows * depth, seed: 5)),
            matrix = PackedMatrix(
                random(columns * depth, seed: 6), columns: columns, depth: depth, kernels: kernels)
        let whole = FloatBuffer(count: rows * columns)
        let all = input.matrix(rows: rows, columns: depth)
        kernels.multiply(whole.matrix(rows: rows, columns: columns), all, matrix)
        for (rowRange, columnRange) in [(0..<1, 0..<80), (5..<6, 16..<32), (3..<17, 64..<80), (12..<29, 48..<63)] {
            let part = FloatBuffer(count: rowRange.count * columnRange.count)
            kernels.multiply(
                part.matrix(rows: rowRange.count, columns: columnRange.count), all.rows(rowRange), matrix,
                columns: columnRange)
            for (i, row) in rowRange.enumerated() {
                let expected = whole.values(
                    row * columns + columnRange.lowerBound..<row * columns + columnRange.upperBound)
                #expect(part.values(i * columnRange.count..<(i + 1) * columnRange.count) == expected)
            }
        }
    }

    @Test(arguments: sets, [1, 2, 15, 16, 17, 30, 48, 100, 384])
    func layerNormEqualsDefinition(set: InstructionSet, columns: Int) {
        let kernels = Kernels(set)
        let gamma = random(columns, seed: 8), beta = random(columns, seed: 9)
        for (offset, scale) in [(Float(0), Float(1)), (100, 1), (0, 1e-4), (-3, 1000)] {
            let input = random(3 * columns, seed: 7, scale: scale).map { $0 + offset }
            let output = FloatBuffer(input)
            let view = output.matrix(rows: 3, columns: columns)
            kernels.layerNorm(view, view, gamma: FloatBuffer(gamma), beta: FloatBuffer(beta), epsilon: 1e-5)
            let expected = (0..<3).flatMap {
                ReferenceOps.layerNorm(
                    Array(input[$0 * columns..<($0 + 1) * columns]), gamma: gamma, beta: beta, epsilon: 1e-5)
            }
            expectClose(output.values(0..<output.count), expected, offset == 0 ? 1e-5 : 2e-3, "\(set) \(columns)")
        }
    }

    @Test(arguments: sets, [1, 2, 15, 16, 17, 31, 33, 128, 511])
    func softmaxEqualsDefinitionAndSumsToOne(set: InstructionSet, columns: Int) {
        let kernels = Kernels(set)
        let stride = (columns + 15) / 16 * 16
        for scale in [Float(1), 30, 1000] {
            let rows = (0..<4).map { random(columns, seed: UInt64($0), scale: scale) }
            let buffer = FloatBuffer(rows.flatMap { $0 + [Float](repeating: 7, count: stride - columns) })
            kernels.softmax(buffer.matrix(rows: 4, columns: columns, stride: stride), scale: 0.25)
            for (index, row) in rows.enumerated() {
                let found = buffer.values(index * stride..<(index + 1) * stride)
                expectClose(Array(found.prefix(columns)), ReferenceOps.softmax(row, scale: 0.25), 1e-6)
                #expect(abs(found.reduce(0, +) - 1) < 1e-5)
                #expect(found.dropFirst(columns).allSatisfy { $0 == 0 })
            }
        }
    }

    @Test(arguments: sets, Activation.allCases)
    func activationsAtExtremes(set: InstructionSet, activation: Activation) {
        let inputs: [Float] = [
            0, -0.0, 1e-30, -1e-30, 1e-3, 0.5, -0.5, 1, -1, 3, -3, 5.4, -5.4, 5.6, -5.6, 10, -10, 87, -88, 1e4,
        ]
        let sweep = (0...2000).map { Float($0) * 0.01 - 10 }
        let values = FloatBuffer(inputs + sweep)
        Kernels(set).activate(values.matrix(rows: 1, columns: values.count), activation)
        let expected = (inputs + sweep).map { ReferenceOps.activate(Double($0), activation) }
        expectClose(values.values(0..<values.count), expected, 1e-6, "\(set) \(activation)")
        let nan = FloatBuffer([.nan, 1])
        Kernels(set).activate(nan.matrix(rows: 1, columns: 2), activation)
        #expect(nan.values(0..<1)[0].isNaN, "a NaN may not disappear in \(activation)")
    }

    @Test(arguments: sets.filter { $0 != .scalar })
    func everyInstructionSetGivesTheSameBits(set: InstructionSet) throws {
        func run(_ kernels: Kernels) -> [[UInt32]] {
            let (rows, columns, depth) = (19, 70, 451)
            let input = FloatBuffer(random(rows * depth, seed: 10))
            let matrix = PackedMatrix(
                random(columns * depth, seed: 11), columns: columns, depth: depth, kernels: kernels)
            let product = FloatBuffer(count: rows * columns)
            let view = product.matrix(rows: rows, columns: columns)
            var epilogue = Kernels.plainEpilogue(.gelu)
            kernels.table.f32_gemm(
                view.base, columns, input.base, depth, matrix.storage.base, rows, columns, depth, &epilogue)
            var results = [product.values(0..<product.count)]
            kernels.layerNorm(
                view, view, gamma: FloatBuffer(random(columns, seed: 1)), beta: FloatBuffer(random(columns, seed: 2)),
                epsilon: 1e-12)
            results.append(product.values(0..<product.count))
            kernels.softmax(view, scale: 0.7)
            results.append(product.values(0..<product.count))
            for activation in Activation.allCases {
                let values = FloatBuffer(random(1001, seed: 12, scale: 9))
                kernels.activate(values.matrix(rows: 1, columns: 1001), activation)
                results.append(values.values(0..<1001))
            }
            return results.map { $0.map(\.bitPattern) }
        }
        #expect(run(Kernels(set)) == run(Kernels(.scalar)))
    }
}
