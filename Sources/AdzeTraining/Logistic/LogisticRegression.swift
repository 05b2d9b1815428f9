// Multinomial logistic regression on vectors, with a quadratic penalty: the classifier that is best on them, whatever it began
// with. Not here: where vectors come from, and heads that are trained with a model.

internal import AdzeKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A linear classifier of vectors.
package struct LogisticRegression: Sendable {
    /// Weights (C, H) and biases C.
    package let weights: [Float]
    package let bias: [Float]
    /// H.
    package let size: Int
    /// C.
    package var labelCount: Int { bias.count }
    /// Steps that were taken, and whether they ended because the gradient was small enough.
    package let steps: Int
    package let hasConverged: Bool

    /// The largest element of the mean loss's gradient at which a fit ends, scikit-learn's `tol` divided by ten, and the most
    /// steps.
    private static let tolerance = 1e-5
    private static let stepLimit = 300

    /// The minimum of the mean cross-entropy and |weights|² / (2 · inversePenalty · rows), without a penalty on biases.
    ///
    /// That is scikit-learn's `LogisticRegression(C=inversePenalty)` of three labels and more; of two, that of its
    /// multinomial form. Found by L-BFGS from zero with sums in double precision and products by our own kernels: the
    /// same bits on every instruction set.
    /// - Parameters:
    ///   - vectors: (rows, H), one after another.
    ///   - labels: that of each row.
    /// - Complexity: O(steps · rows · H · C).
    package init(vectors: [Float], size: Int, labels: [Int], labelCount: Int, inversePenalty: Double = 1) throws {
        precondition(size > 0 && vectors.count == labels.count * size && labelCount >= 2 && inversePenalty > 0)
        precondition(!labels.isEmpty && labels.allSatisfy((0..<labelCount).contains))
        let loss = LogisticLoss(
            vectors: vectors, size: size, labels: labels, labelCount: labelCount, inversePenalty: inversePenalty,
            kernels: try Kernels.chosen(products: .ours))
        let found = LimitedMemory.minimum(
            count: labelCount * (size + 1), tolerance: LogisticRegression.tolerance,
            stepLimit: LogisticRegression.stepLimit, of: loss.value)
        self.size = size
        weights = found.point.prefix(labelCount * size).map { Float($0) }
        bias = found.point.suffix(labelCount).map { Float($0) }
        (steps, hasConverged) = (found.steps, found.hasConverged)
    }

    /// The probabilities of a vector's labels.
    package func probabilities(_ vector: ArraySlice<Float>) -> [Double] {
        precondition(vector.count == size)
        let logits = (0..<labelCount).map { label in
            var sum = Double(bias[label])
            for (index, value) in zip(label * size..<(label + 1) * size, vector) {
                sum += Double(weights[index]) * Double(value)
            }
            return sum
        }
        let total = logSumExp(logits)
        return logits.map { exp($0 - total) }
    }
}

/// The loss of a linear classifier and its gradient.
private final class LogisticLoss {
    private let kernels: Kernels
    private let vectors: FloatBuffer
    private let size: Int
    private let rows: Int
    private let labelCount: Int
    private let labels: [Int]
    /// 1 / (inversePenalty · rows).
    private let penalty: Double
    private let logits: FloatBuffer
    private let sums: FloatBuffer
    private let scratch: FloatBuffer
    /// One row of logits.
    private var rowLogits: [Double]

    init(
        vectors: [Float], size: Int, labels: [Int], labelCount: Int, inversePenalty: Double, kernels: Kernels
    ) {
        self.kernels = kernels
        self.vectors = FloatBuffer(vectors)
        (self.size, rows, self.labelCount) = (size, labels.count, labelCount)
        self.labels = labels
        penalty = 1 / (inversePenalty * Double(labels.count))
        logits = FloatBuffer(count: labels.count * labelCount)
        sums = FloatBuffer(count: labelCount * size)
        rowLogits = [Double](repeating: 0, count: labelCount)
        scratch = FloatBuffer(count: Kernels.outerScratchCount(rows: labelCount, columns: size))
    }

    /// The value at a point, weights (C, H) and then biases, whose gradient is written to `gradient`.
    func value(_ point: [Double], _ gradient: inout [Double]) -> Double {
        let weightCount = labelCount * size
        let matrix = PackedMatrix(
            point.prefix(weightCount).map { Float($0) }, columns: labelCount, depth: size, kernels: kernels)
        let bias = FloatBuffer(point.suffix(labelCount).map { Float($0) })
        let input = vectors.matrix(rows: rows, columns: size)
        let output = logits.matrix(rows: rows, columns: labelCount)
        kernels.multiply(output, input, matrix, bias: bias)
        for index in weightCount..<gradient.count { gradient[index] = 0 }
        var loss = 0.0
        for row in 0..<rows { loss += toResidual(row, &gradient, biasesFrom: weightCount) }
        let products = sums.matrix(rows: labelCount, columns: size)
        unsafe products.base.update(repeating: 0, count: weightCount)
        kernels.addOuter(products, output, input, scratch: scratch)
        let scale = 1 / Double(rows)
        var square = 0.0
        for index in 0..<weightCount {
            let weight = point[index]
            square += weight * weight
            gradient[index] = unsafe Double(products.base[index]) * scale + penalty * weight
        }
        for index in weightCount..<gradient.count { gradient[index] *= scale }
        return loss * scale + penalty * square / 2
    }

    /// Makes a row of logits the gradient of its loss, which is returned, and adds it to that of the biases.
    private func toResidual(_ row: Int, _ gradient: inout [Double], biasesFrom first: Int) -> Double {
        let values = unsafe logits.matrix(rows: rows, columns: labelCount).base + row * labelCount
        for label in 0..<labelCount { unsafe rowLogits[label] = Double(values[label]) }
        let (total, own) = (logSumExp(rowLogits), labels[row])
        for label in 0..<labelCount {
            let share = exp(rowLogits[label] - total) - (label == own ? 1 : 0)
            unsafe values[label] = Float(share)
            gradient[first + label] += share
        }
        return total - rowLogits[own]
    }
}
