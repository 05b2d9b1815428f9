// Each kernel of training against its plain definition, over shapes, tails and extremes, for every instruction set at hand;
// and every instruction set against the first, bit for bit.

import AdzeReference
import AdzeTestSupport
import Testing

@testable import AdzeKernels

@Suite struct TrainingKernelTests {
    static let sets = InstructionSet.available

    @Test(arguments: [(1, 1, 1), (3, 17, 5), (12, 32, 16), (13, 33, 257), (25, 48, 300), (7, 100, 64), (24, 15, 2)])
    func outerProductEqualsDefinition(shape: (Int, Int, Int)) {
        let (rows, columns, depth) = shape
        let (sums, left, right) = (
            random(rows * columns, seed: 1), random(depth * rows, seed: 2), random(depth * columns, seed: 3)
        )
        let found = onEverySet { kernels in
            let (c, a, b) = (FloatBuffer(sums), FloatBuffer(left), FloatBuffer(right))
            kernels.addOuter(
                c.matrix(rows: rows, columns: columns), a.matrix(rows: depth, columns: rows),
                b.matrix(rows: depth, columns: columns))
            return c.values(0..<c.count)
        }
        let expected = ReferenceOps.outer(sums, left, right, rows: rows, columns: columns, depth: depth)
        expectClose(found, expected, 2e-5, "\(shape)")
    }

    @Test func outerProductIgnoresWhatLiesAroundIt() {
        let (rows, columns, depth) = (40, 80, 300)
        let left = FloatBuffer(random(depth * rows, seed: 4))
        let right = FloatBuffer(random(depth * columns, seed: 5))
        let (a, b) = (left.matrix(rows: depth, columns: rows), right.matrix(rows: depth, columns: columns))
        for set in TrainingKernelTests.sets {
            let (whole, parts) = (FloatBuffer(count: rows * columns), FloatBuffer(count: rows * columns))
            Kernels(set).addOuter(whole.matrix(rows: rows, columns: columns), a, b)
            let view = parts.matrix(rows: rows, columns: columns)
            for rowRange in [0..<5, 5..<29, 29..<40] {
                for columnRange in [0..<16, 16..<77, 77..<80] {
                    let count = Kernels.outerScratchCount(rows: rowRange.count, columns: columnRange.count)
                    Kernels(set).addOuter(
                        view.rows(rowRange).columns(columnRange), a.columns(rowRange), b.columns(columnRange),
                        scratch: FloatBuffer(count: count))
                }
            }
            #expect(parts.values(0..<parts.count) == whole.values(0..<whole.count), "\(set)")
        }
    }

    @Test(arguments: [1, 2, 15, 16, 17, 30, 64, 100, 384])
    func layerNormGradientEqualsDefinition(columns: Int) {
        let gamma = random(columns, seed: 8)
        for scale in [Float(1), 1e-3, 100] {
            let input = random(3 * columns, seed: 7, scale: scale).map { $0 + scale }
            let gradient = random(3 * columns, seed: 9)
            let found = onEverySet { kernels in
                let (x, dy, g) = (FloatBuffer(input), FloatBuffer(gradient), FloatBuffer(gamma))
                let sums = FloatBuffer(count: 2 * columns)
                let view = x.matrix(rows: 3, columns: columns)
                kernels.layerNormBackward(
                    view, gradient: dy.matrix(rows: 3, columns: columns), input: view, gamma: g.base, epsilon: 1e-5,
                    sums: (gamma: sums.base, beta: sums.base + columns))
                return x.values(0..<x.count) + sums.values(0..<sums.count)
            }
            let rows = (0..<3).map { row in
                let part = row * columns..<(row + 1) * columns
                return ReferenceOps.layerNormBackward(
                    gradient: Array(gradient[part]), input: Array(input[part]), gamma: gamma, epsilon: 1e-5)
            }
            let expected =
                rows.flatMap(\.input) + (0..<columns).map { column in rows.reduce(0) { $0 + $1.gamma[column] } }
                + (0..<columns).map { column in rows.reduce(0) { $0 + $1.beta[column] } }
            let largest = expected.map(abs).max() ?? 1
            expectClose(found.map { $0 / Float(largest) }, expected.map { $0 / largest }, 1e-5, "\(columns) \(scale)")
        }
    }

    @Test(arguments: Activation.allCases)
    func activationSlopeEqualsDefinition(activation: Activation) {
        let values = random(200, seed: 10, scale: 6) + [0, -0.0, 1e-20, 40, -40, 3e18, -3e18]
        let found = onEverySet { kernels in
            let (gradient, x) = (FloatBuffer(values.map { _ in 1 }), FloatBuffer(values))
            kernels.activateBackward(
                gradient: gradient.matrix(rows: 1, columns: values.count),
                values: x.matrix(rows: 1, columns: values.count), activation)
            return gradient.values(0..<values.count) + x.values(0..<values.count)
        }
        let slopes = values.map { value in
            // The definition's polynomial overflows where the slope has long been 0 or 1.
            abs(value) > 30 && activation != .identity && activation != .tanh
                ? (value > 0 ? 1 : 0) : ReferenceOps.activationSlope(Double(value), activation)
        }
        expectClose(
            found, slopes + values.map { ReferenceOps.activate(Double($0), activation) }, 2e-6, "\(activation)")
    }

    @Test(arguments: [1, 3, 16, 17, 47, 128])
    func softmaxGradientEqualsDefinition(columns: Int) {
        let stride = (columns + 15) / 16 * 16
        let scores = random(2 * stride, seed: 11, scale: 4), gradient = random(2 * stride, seed: 12)
        let found = onEverySet { kernels in
            let (p, d) = (FloatBuffer(scores), FloatBuffer(gradient))
            let view = p.matrix(rows: 2, columns: columns, stride: stride)
            kernels.softmax(view, scale: 0.5)
            kernels.softmaxBackward(
                gradient: d.matrix(rows: 2, columns: columns, stride: stride), probabilities: view, scale: 0.5)
            return d.values(0..<d.count)
        }
        let expected = (0..<2).flatMap { row -> [Double] in
            let part = row * stride..<row * stride + columns
            let p = ReferenceOps.softmax(Array(scores[part]), scale: 0.5).map { Float($0) }
            return ReferenceOps.softmaxBackward(gradient: Array(gradient[part]), probabilities: p, scale: 0.5)
                + [Double](repeating: 0, count: stride - columns)
        }
        expectClose(found, expected, 1e-6)
    }

    @Test func packedTransposeEqualsElements() {
        for set in TrainingKernelTests.sets {
            for (columns, depth) in [(16, 16), (48, 50), (17, 33), (5, 64)] {
                let values = random(columns * depth, seed: 13)
                let packed = FloatBuffer(count: PackedMatrix.storageCount(columns: columns, depth: depth))
                Kernels(set).pack(packed.base, values, kStride: 1, nStride: depth, depth: depth, columns: columns)
                for column in 0..<(columns + 15) / 16 * 16 {
                    for k in 0..<depth {
                        let found = packed.base[column / 16 * 16 * depth + k * 16 + column % 16]
                        #expect(found == (column < columns ? values[column * depth + k] : 0))
                    }
                }
            }
        }
    }

    @Test func dropoutKeepsByElementAlone() {
        let (rows, columns) = (5, 150)
        let values = random(rows * columns, seed: 14).map { $0 + 2 }
        guard let draw = DropoutDraw(seed: (1 << 40) + 3, step: (1 << 33) + 9, place: 11, rate: 0.25) else {
            Issue.record("a rate above 0 draws")
            return
        }
        func drop(_ kernels: Kernels, rows range: Range<Int>, columns part: Range<Int>, _ target: FloatBuffer) {
            let source = FloatBuffer(values)
            let view = target.matrix(rows: rows, columns: columns).rows(range).columns(part)
            kernels.dropout(
                draw, view, source.matrix(rows: rows, columns: columns).rows(range).columns(part),
                first: 1_000 + range.lowerBound * columns + part.lowerBound, pitch: columns)
        }
        let whole = onEverySet { kernels in
            let target = FloatBuffer(count: rows * columns)
            drop(kernels, rows: 0..<rows, columns: 0..<columns, target)
            return target.values(0..<target.count)
        }
        let pieces = FloatBuffer(count: rows * columns)
        for range in [0..<1, 1..<4, 4..<5] {
            for part in [0..<1, 1..<7, 7..<130, 130..<150] { drop(Kernels(.best), rows: range, columns: part, pieces) }
        }
        #expect(pieces.values(0..<pieces.count) == whole)
        let kept = whole.filter { $0 != 0 }.count
        #expect(abs(Double(kept) / Double(whole.count) - 0.75) < 0.05)
        for (found, value) in zip(whole, values) where found != 0 { #expect(found == value * (1 / Float(0.75))) }
    }
}
