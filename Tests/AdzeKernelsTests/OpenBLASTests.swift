// Products by OpenBLAS, and matrices packed for it, against the plain definitions; nothing where the library is not installed.

import AdzeBytes
import AdzeReference
import AdzeTestSupport
import Testing

@testable import AdzeKernels

@Suite(.enabled(if: FloatProducts.available.contains(.openblas))) struct OpenBLASTests {
    @Test(arguments: [(1, 1, 1), (2, 17, 5), (6, 32, 16), (13, 31, 385), (25, 100, 64), (48, 64, 770)])
    func productEqualsDefinition(shape: (Int, Int, Int)) {
        let (rows, columns, depth) = shape
        let kernels = Kernels(.best, products: .openblas)
        let (input, weight) = (random(rows * depth, seed: 1), random(columns * depth, seed: 2))
        let (bias, residual) = (random(columns, seed: 3), random(rows * columns, seed: 4))
        let matrix = PackedMatrix(weight, columns: columns, depth: depth, kernels: kernels)
        for activation in Activation.allCases {
            // What was there before must not matter.
            let output = FloatBuffer([Float](repeating: .nan, count: rows * columns))
            let (residuals, inputs) = (FloatBuffer(residual), FloatBuffer(input))
            let (view, source) = (
                output.matrix(rows: rows, columns: columns), inputs.matrix(rows: rows, columns: depth)
            )
            let residualView = residuals.matrix(rows: rows, columns: columns)
            for first in stride(from: 0, to: columns, by: 32) {
                let part = first..<min(first + 32, columns)
                kernels.multiply(
                    view.columns(part), source, matrix, columns: part, bias: FloatBuffer(bias),
                    residual: residualView.columns(part), activation: activation)
            }
            var expected = ReferenceOps.linear(input, weight, bias: bias, rows: rows, columns: columns, depth: depth)
            for i in expected.indices {
                expected[i] = ReferenceOps.activate(expected[i] + Double(residual[i]), activation)
            }
            expectClose(output.values(0..<output.count), expected, 2e-5, "\(shape) \(activation)")
        }
    }

    @Test(arguments: [(1, 1, 1), (3, 17, 5), (13, 33, 257), (25, 48, 300), (24, 15, 2)])
    func weightGradientEqualsDefinition(shape: (Int, Int, Int)) {
        let (rows, columns, depth) = shape
        let sums = random(rows * columns, seed: 1)
        let (outputs, inputs) = (random(depth * rows, seed: 2), random(depth * columns, seed: 3))
        let (target, left, right) = (FloatBuffer(sums), FloatBuffer(outputs), FloatBuffer(inputs))
        Kernels(.best, products: .openblas).addWeightGradient(
            target.matrix(rows: rows, columns: columns), outputs: left.matrix(rows: depth, columns: rows),
            inputs: right.matrix(rows: depth, columns: columns))
        let expected = ReferenceOps.outer(sums, outputs, inputs, rows: rows, columns: columns, depth: depth)
        expectClose(target.values(0..<target.count), expected, 2e-5, "\(shape)")
    }

    /// Training packs a matrix in parts, some of them with gaps between.
    @Test(arguments: FloatProducts.available)
    func partsOfAMatrixMakeTheWhole(products: FloatProducts) {
        let kernels = Kernels(.best, products: products), (columns, depth) = (37, 24)
        let weight = random(columns * depth, seed: 1)
        let input = FloatBuffer(random(depth, seed: 2))
        let buffer = FloatBuffer([Float](repeating: 7, count: PackedMatrix.storageCount(columns: 37, depth: 24)))
        let matrix = PackedMatrix(borrowing: buffer, columns: columns, depth: depth, layout: kernels.layout)
        for column in stride(from: 0, to: columns, by: PackedMatrix.panel) {
            for depths in [0..<5, 9..<24] {
                weight.withUnsafeBufferPointer {
                    matrix.pack(
                        panel: column, depths: depths, from: $0.baseAddress! + column * depth + depths.lowerBound,
                        kStride: 1, nStride: depth, count: min(16, 33 - column, columns - column), kernels)
                }
            }
            matrix.clear(panel: column, depths: 5..<9)
        }
        let output = FloatBuffer(count: columns)
        kernels.multiply(
            output.matrix(rows: 1, columns: columns), input.matrix(rows: 1, columns: depth), matrix, bias: nil)
        let masked = weight.indices.map { (5..<9).contains($0 % depth) || $0 / depth >= 33 ? 0 : weight[$0] }
        expectClose(
            output.values(0..<columns),
            ReferenceOps.linear(
                input.values(0..<depth), masked, bias: nil, rows: 1, columns: columns, depth: depth), 1e-6)
    }

    @Test func whereItIsMissingOneLineSaysWhatToInstall() {
        let error = FloatProductsError()
        #expect(error.kind == .missingInput && error.description.contains("install libopenblas0"))
    }

    @Test func ourBitsAreAskedForByName() throws {
        #expect(try FloatProducts.chosen(.ours, for: .scalar) == .ours)
        #expect(try FloatProducts.chosen(.openblas, for: .best) == .openblas)
        #expect(try FloatProducts.chosen(nil, for: .best) == .ours || InstructionSet.best == .scalar)
        let kernels = Kernels(.best, products: .openblas)
        #expect(!kernels.isBlockIndependent && kernels.exact.isBlockIndependent && kernels.exact.products == .ours)
    }
}
