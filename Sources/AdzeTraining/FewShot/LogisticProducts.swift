// The loss of a linear classifier and its gradient by fp32 products, for many vectors. Not here: the same in double precision, which is `LogisticRegression`'s own.

internal import AdzeKernels

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// Σ -log softmax(W x + b) + penalty |W|² / 2 over some vectors. Parameters are the weights, (K, H), and then the K biases.
///
/// Products are by our own kernels, the same bits on every instruction set; sums over classes and of losses in double
/// precision.
final class LogisticProducts {
    private let kernels: Kernels
    private let vectors: FloatBuffer
    private let size: Int
    private let classCount: Int
    private let classes: [Int]
    private let penalty: Double
    private let logits: FloatBuffer
    private let sums: FloatBuffer
    private let scratch: FloatBuffer

    init(vectors: [[Float]], classes: [Int], classCount: Int, penalty: Double, kernels: Kernels) {
        self.kernels = kernels
        size = vectors[0].count
        (self.classes, self.classCount, self.penalty) = (classes, classCount, penalty)
        self.vectors = FloatBuffer(vectors.flatMap(\.self))
        logits = FloatBuffer(count: classes.count * classCount)
        sums = FloatBuffer(count: classCount * size)
        scratch = FloatBuffer(count: Kernels.outerScratchCount(rows: classCount, columns: size))
    }

    /// How many parameters there are.
    var count: Int { classCount * (size + 1) }

    /// The value at some parameters, and its gradient.
    ///
    /// - Complexity: O(n · H · K).
    func evaluate(_ parameters: [Double]) -> (value: Double, gradient: [Double]) {
        let weightCount = classCount * size
        let matrix = PackedMatrix(
            parameters.prefix(weightCount).map { Float($0) }, columns: classCount, depth: size, kernels: kernels)
        let bias = FloatBuffer(parameters.suffix(classCount).map { Float($0) })
        let input = vectors.matrix(rows: classes.count, columns: size)
        let output = logits.matrix(rows: classes.count, columns: classCount)
        kernels.multiply(output, input, matrix, bias: bias)
        var gradient = [Double](repeating: 0, count: count)
        var row = [Double](repeating: 0, count: classCount)
        var loss = 0.0
        for index in classes.indices { loss += toSlopes(index, output, &row, &gradient) }
        let products = sums.matrix(rows: classCount, columns: size)
        unsafe products.base.update(repeating: 0, count: weightCount)
        kernels.addOuter(products, output, input, scratch: scratch)
        var squares = 0.0
        for index in 0..<weightCount {
            let weight = parameters[index]
            squares += weight * weight
            gradient[index] = unsafe Double(products.base[index]) + penalty * weight
        }
        return (loss + penalty / 2 * squares, gradient)
    }

    /// Makes a row of logits the slopes of its loss, which is returned, and adds them to the gradient of the biases.
    private func toSlopes(
        _ index: Int, _ output: MatrixView, _ row: inout [Double], _ gradient: inout [Double]
    ) -> Double {
        let values = unsafe output.base + index * output.stride
        for label in 0..<classCount { row[label] = unsafe Double(values[label]) }
        var top = -Double.infinity
        for value in row { top = max(top, value) }
        let own = row[classes[index]]
        var total = 0.0
        for label in 0..<classCount {
            row[label] = exp(row[label] - top)
            total += row[label]
        }
        let first = classCount * size
        for label in 0..<classCount {
            let slope = row[label] / total - (label == classes[index] ? 1 : 0)
            unsafe values[label] = Float(slope)
            gradient[first + label] += slope
        }
        return top + log(total) - own
    }
}
