// The recurrent steps of an LSTM against their plain definition, both directions: sizes on and off a panel, sequences of
// many lengths beside each other, every instruction set the same.

import AdzeReference
import AdzeTestSupport
import Testing

@testable import AdzeKernels

@Suite struct LSTMTests {
    /// Rows step by step, longest sequence first: which sequence and step each is of, and where steps begin.
    private func order(_ lengths: [Int]) -> (rows: [(sequence: Int, step: Int)], steps: [Int]) {
        var (rows, steps): ([(sequence: Int, step: Int)], [Int]) = ([], [0])
        for step in 0..<(lengths.first ?? 0) {
            rows += lengths.indices.filter { lengths[$0] > step }.map { (sequence: $0, step: step) }
            steps.append(rows.count)
        }
        return (rows, steps)
    }

    @Test(arguments: [
        (1, [1]), (3, [4, 2, 1]), (16, [7, 7, 3]), (17, [5, 4, 4, 1]), (40, [3]), (128, [9, 6, 6, 2, 1]),
        (5, [12, 11, 9, 9, 9, 8, 6, 5, 4, 4, 3, 2, 2, 1, 1, 1]),
    ])
    func bothDirectionsEqualTheirDefinition(size: Int, lengths: [Int]) {
        let (rows, steps) = order(lengths)
        let weights = random(4 * size * size, seed: 1, scale: 1 / Float(size).squareRoot())
        let gates = lengths.indices.map { random(lengths[$0] * 4 * size, seed: UInt64(10 + $0), scale: 3) }
        let slopes = lengths.indices.map { random(lengths[$0] * size, seed: UInt64(90 + $0)) }
        func laid(_ values: [[Float]], _ width: Int) -> [Float] {
            rows.flatMap { values[$0.sequence][$0.step * width..<($0.step + 1) * width] }
        }
        let found = onEverySet { kernels in
            let turned = (0..<size).flatMap { k in (0..<4 * size).map { weights[$0 * size + k] } }
            let buffers = (
                gates: FloatBuffer(laid(gates, 4 * size)), cells: FloatBuffer(count: rows.count * size),
                outputs: FloatBuffer(count: rows.count * size), slopes: FloatBuffer(laid(slopes, size))
            )
            func matrix(_ buffer: FloatBuffer) -> MatrixView { buffer.matrix(rows: rows.count, columns: size) }
            let gateMatrix = buffers.gates.matrix(rows: rows.count, columns: 4 * size)
            kernels.lstmForward(
                gates: gateMatrix, cells: matrix(buffers.cells), outputs: matrix(buffers.outputs), steps: steps,
                recurrent: PackedMatrix(weights, columns: 4 * size, depth: size, kernels: kernels))
            kernels.lstmBackward(
                gates: gateMatrix, cells: matrix(buffers.cells), gradient: matrix(buffers.slopes), steps: steps,
                recurrent: PackedMatrix(turned, columns: size, depth: 4 * size, kernels: kernels))
            return buffers.outputs.values(0..<rows.count * size) + buffers.gates.values(0..<rows.count * 4 * size)
        }
        let expected = lengths.indices.map {
            ReferenceOps.lstm(gates: gates[$0], weights: weights, size: size, gradient: slopes[$0])
        }
        let outputs = rows.flatMap { expected[$0.sequence].outputs[$0.step * size..<($0.step + 1) * size] }
        let gradients = rows.flatMap { expected[$0.sequence].gates[$0.step * 4 * size..<($0.step + 1) * 4 * size] }
        expectClose(found, outputs + gradients, 1e-5, "\(size), \(lengths)")
    }

    /// Gates far from zero end at 0 and 1, and bring no NaN.
    @Test func saturatedGatesStayNumbers() {
        let values: [Float] = [200, -200, 200, -200, 88, -88, 1e30, -1e30]
        let found = onEverySet { kernels in
            let gates = FloatBuffer(values + values.reversed())
            let (cells, outputs) = (FloatBuffer(count: 4), FloatBuffer(count: 4))
            kernels.lstmForward(
                gates: gates.matrix(rows: 2, columns: 8), cells: cells.matrix(rows: 2, columns: 2),
                outputs: outputs.matrix(rows: 2, columns: 2), steps: [0, 1, 2],
                recurrent: PackedMatrix([Float](repeating: 1, count: 16), columns: 8, depth: 2, kernels: kernels))
            return outputs.values(0..<4) + cells.values(0..<4)
        }
        #expect(found.allSatisfy { $0.isFinite && $0.magnitude <= 2 })
    }
}
