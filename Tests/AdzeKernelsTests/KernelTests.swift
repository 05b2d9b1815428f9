// Each kernel against its plain definition, over shapes, tails and extremes, for every instruction set at hand; and
// every instruction set against the first, bit for bit.

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

    @Test(arguments: sets.filter { $0 != .scalar })
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

    @Test(arguments: sets, [(1, 1, 1), (1, 7, 6), (50, 50, 32), (100, 100, 8), (1, 130, 64), (17, 17, 33)])
    func attentionEqualsDefinition(set: InstructionSet, shape: (Int, Int, Int)) {
        let (queries, tokens, size) = shape
        let kernels = Kernels(set)
        let (q, k, v) = (
            random(queries * size, seed: 1), random(tokens * size, seed: 2), random(tokens * size, seed: 3)
        )
        let (queryBuffer, keyBuffer, valueBuffer) = (FloatBuffer(q), FloatBuffer(k), FloatBuffer(v))
        let output = FloatBuffer(count: queries * size), weights = FloatBuffer(count: queries * tokens)
        AttentionScratch().attend(
            kernels, output: output.matrix(rows: queries, columns: size),
            query: queryBuffer.matrix(rows: queries, columns: size), key: keyBuffer.matrix(rows: tokens, columns: size),
            value: valueBuffer.matrix(rows: tokens, columns: size), scale: 0.3,
            probabilities: weights.matrix(rows: queries, columns: tokens))
        let expected = ReferenceOps.attention(
            query: q, key: k, value: v, queries: queries, tokens: tokens, size: size, scale: Double(Float(0.3)))
        expectClose(output.values(0..<output.count), expected, 1e-5, "\(set) \(shape)")
        for row in 0..<queries {
            #expect(abs(weights.values(row * tokens..<(row + 1) * tokens).reduce(0, +) - 1) < 1e-5)
        }
    }

    @Test(arguments: sets, [(1, 1, 0), (3, 17, -1), (7, 33, -1), (50, 50, -1), (4, 16, 0), (12, 47, 49)])
    func biasEqualsDefinition(set: InstructionSet, shape: (Int, Int, Int)) {
        let (rows, columns, step) = shape, stride = columns + 3
        let scores = random(rows * stride, seed: 1, scale: 9), bias = random((rows - 1) * abs(step) + columns, seed: 2)
        let (buffer, biases, first) = (FloatBuffer(scores), FloatBuffer(bias), max(0, -step) * (rows - 1))
        Kernels(set).addBias(
            buffer.matrix(rows: rows, columns: columns, stride: stride), scale: 0.3, bias: biases.base + first,
            step: step)
        let found = (0..<rows).flatMap { buffer.values($0 * stride..<$0 * stride + columns) }
        let expected = ReferenceOps.addBias(
            (0..<rows).flatMap { Array(scores[$0 * stride..<$0 * stride + columns]) }, queries: rows, tokens: columns,
            scale: 0.3
        ) { bias[first + $0 * step + $1] }
        // One rounding: the nearest float of the exact value, which a double holds but for some halves.
        #expect(found == expected.map { Float($0) }, "\(set) \(shape)")
        for row in 0..<rows {
            let between = row * stride + columns..<(row + 1) * stride
            #expect(buffer.values(between) == Array(scores[between]))
        }
    }

    @Test(arguments: sets, [(1, 7, 6, [3]), (50, 50, 32, nil), (100, 100, 8, nil), (3, 130, 64, [0, 64, 129])])
    func attentionWithABiasEqualsDefinition(set: InstructionSet, shape: (Int, Int, Int, [Int]?)) {
        let (queries, tokens, size, positions) = shape
        let (q, k, v) = (
            random(queries * size, seed: 1), random(tokens * size, seed: 2), random(tokens * size, seed: 3)
        )
        let bias = random(2 * tokens - 1, seed: 4, scale: 3)
        let (queryBuffer, keyBuffer, valueBuffer) = (FloatBuffer(q), FloatBuffer(k), FloatBuffer(v))
        let (output, biases) = (FloatBuffer(count: queries * size), FloatBuffer(bias))
        AttentionScratch().attend(
            Kernels(set), output: output.matrix(rows: queries, columns: size),
            query: queryBuffer.matrix(rows: queries, columns: size), key: keyBuffer.matrix(rows: tokens, columns: size),
            value: valueBuffer.matrix(rows: tokens, columns: size), scale: 0.3,
            bias: AttentionBias(center: biases.base + tokens - 1, positions: positions))
        let expected = ReferenceOps.attention(
            query: q, key: k, value: v, queries: queries, tokens: tokens, size: size, scale: Double(Float(0.3))
        ) { query, key in Double(bias[tokens - 1 + key - (positions.map { $0[query] } ?? query)]) }
        expectClose(output.values(0..<output.count), expected, 1e-5, "\(set) \(shape)")
    }

    /// The vector kernels agree to the bit; the scalar ones too, but for the product, which is OpenBLAS's there.
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
