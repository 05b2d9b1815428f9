// The mean of rows and its way back: finite differences, every instruction set the same, and vectors without a direction.

import AdzeTestSupport
import Testing

@testable import AdzeKernels

@Suite struct MeanPoolingTests {
    private func mean(_ kernels: Kernels, _ values: [Float], rows: Int, _ normalizes: Bool) -> [Float] {
        let size = values.count / rows
        let (input, output) = (FloatBuffer(values), FloatBuffer(count: size))
        kernels.meanPool(
            output.matrix(rows: 1, columns: size), input.matrix(rows: rows, columns: size), normalizes: normalizes)
        return output.values(0..<size)
    }

    private func gradient(
        _ kernels: Kernels, _ values: [Float], rows: Int, _ normalizes: Bool, of slopes: [Float]
    ) -> [Float] {
        let size = values.count / rows
        let (input, output) = (FloatBuffer(values), FloatBuffer(count: size))
        let (outputs, inputs) = (FloatBuffer(slopes), FloatBuffer(count: values.count))
        let length = kernels.meanPool(
            output.matrix(rows: 1, columns: size), input.matrix(rows: rows, columns: size), normalizes: normalizes)
        kernels.meanPoolBackward(
            inputs.matrix(rows: rows, columns: size), gradient: outputs.matrix(rows: 1, columns: size),
            output: output.matrix(rows: 1, columns: size), length: length, normalizes: normalizes)
        return inputs.values(0..<values.count)
    }

    @Test(arguments: [1, 3, 40], [1, 17, 64]) func theMeanIsTheSumOverTheCount(rows: Int, size: Int) {
        let values = random(rows * size, seed: UInt64(rows * size), scale: 2)
        let plain = onEverySet { mean($0, values, rows: rows, false) }
        let unit = onEverySet { mean($0, values, rows: rows, true) }
        let expected = (0..<size).map { column in
            (0..<rows).reduce(0.0) { $0 + Double(values[$1 * size + column]) } / Double(rows)
        }
        let length = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
        expectClose(plain, expected, 1e-5, "\(rows), \(size)")
        expectClose(unit, expected.map { $0 / length }, 1e-5, "\(rows), \(size)")
    }

    @Test(arguments: [false, true]) func theGradientIsThatOfDifferences(normalizes: Bool) {
        let (rows, size) = (3, 5)
        let values = random(rows * size, seed: 5, scale: 1)
        let slopes = random(size, seed: 6, scale: 1)
        let found = onEverySet { gradient($0, values, rows: rows, normalizes, of: slopes) }
        func loss(_ values: [Float]) -> Double {
            zip(mean(Kernels(.scalar), values, rows: rows, normalizes), slopes).reduce(0) {
                $0 + Double($1.0) * Double($1.1)
            }
        }
        for index in values.indices {
            var (above, below) = (values, values)
            above[index] += 1e-2
            below[index] -= 1e-2
            #expect(abs((loss(above) - loss(below)) / 2e-2 - Double(found[index])) < 1e-3)
        }
    }

    /// Rows that cancel out have no direction: what comes out is 0, and no gradient is lost or without end.
    @Test func rowsThatCancelStayNumbers() {
        let values: [Float] = [1, -2, -1, 2]
        let output = onEverySet { mean($0, values, rows: 2, true) }
        #expect(output == [0, 0])
        let found = onEverySet { gradient($0, values, rows: 2, true, of: [1, 2]) }
        #expect(found.allSatisfy { $0.isFinite })
    }
}
