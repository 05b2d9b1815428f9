// Logistic regression with a penalty on the weights, solved to convergence in double precision, or for many vectors as far
// as predictions need it. Not here: what the vectors are.

internal import AdzeKernels
internal import AdzeThreads

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// A linear classifier of K classes on vectors of H values: the one that scikit-learn's `LogisticRegression` finds at its
/// defaults, `C` = 1, biases without penalty.
///
/// Of more than two classes it is the minimum of Σ -log softmax(W x + b) + |W|² / 2. Of two it is scikit-learn's too, which
/// has one row there: the difference of ours, which cost twice as much. The minimum is one alone, biases summing to 0.
package struct LogisticRegression: Sendable {
    /// (K, H).
    let weights: [Double]
    /// (K).
    let biases: [Double]

    /// The gradient of the mean loss at which a rough solution ends: a tenth of scikit-learn's `tol`. Far below it rounding of
    /// fp32 products would have the last steps go on for minutes.
    private static let roughTolerance = 1e-5

    /// The classifier of some vectors to the last digits; each class has at least one.
    ///
    /// - Complexity: O(n · H · K) an evaluation, of which there are some tens to hundreds.
    init(vectors: [[Float]], classes: [Int], classCount: Int, pool: WorkerPool) {
        precondition(vectors.count == classes.count && !vectors.isEmpty && classCount > 1, "a class for each vector")
        let problem = LogisticProblem(
            vectors: vectors, classes: classes, classCount: classCount, penalty: classCount == 2 ? 2 : 1, pool: pool)
        let solution = Minimizer.minimum(
            from: [Double](repeating: 0, count: problem.count), problem.evaluate)
        let (size, count) = (problem.size, classCount)
        weights = (0..<count).flatMap { label in (0..<size).map { solution[$0 * count + label] } }
        biases = (0..<count).map { solution[size * count + $0] }
    }

    /// The same as far as predictions need it, by fp32 products on one thread.
    ///
    /// The same bits on every instruction set; throws `InstructionSetError`.
    package init(roughly vectors: [[Float]], classes: [Int], classCount: Int) throws {
        precondition(vectors.count == classes.count && !vectors.isEmpty && classCount > 1, "a class for each vector")
        let problem = LogisticProducts(
            vectors: vectors, classes: classes, classCount: classCount, penalty: classCount == 2 ? 2 : 1,
            kernels: try Kernels.chosen(products: .ours))
        let solution = Minimizer.minimum(
            from: [Double](repeating: 0, count: problem.count),
            limit: LogisticRegression.roughTolerance * Double(vectors.count),
            problem.evaluate)
        weights = Array(solution.dropLast(classCount))
        biases = Array(solution.suffix(classCount))
    }

    /// The probabilities of a vector's classes.
    package func probabilities(_ vector: [Float]) -> [Double] {
        let size = vector.count
        precondition(weights.count == biases.count * size, "a vector of H values")
        let logits = biases.indices.map { label in
            vector.indices.reduce(biases[label]) { $0 + weights[label * size + $1] * Double(vector[$1]) }
        }
        let level = logSumExp(logits)
        return logits.map { exp($0 - level) }
    }
}

/// The function that is minimised. Parameters lie column by column: those of the K classes for each value of a vector, then
/// the K biases; so that inner loops run over classes, which no sum is over.
private struct LogisticProblem: Sendable {
    let size: Int
    let classCount: Int
    private let vectors: [[Float]]
    private let classes: [Int]
    private let penalty: Double
    private let pool: WorkerPool

    init(vectors: [[Float]], classes: [Int], classCount: Int, penalty: Double, pool: WorkerPool) {
        size = vectors[0].count
        (self.vectors, self.classes, self.classCount, self.penalty) = (vectors, classes, classCount, penalty)
        self.pool = pool
    }

    var count: Int { (size + 1) * classCount }

    /// The value at some parameters, and its gradient.
    func evaluate(_ parameters: [Double]) -> (value: Double, gradient: [Double]) {
        var losses = [Double](repeating: 0, count: vectors.count)
        // (n, K): the loss's gradient by each logit.
        var slopes = [Double](repeating: 0, count: vectors.count * classCount)
        unsafe losses.withUnsafeMutableBufferPointer { losses in
            unsafe slopes.withUnsafeMutableBufferPointer { slopes in
                // Each vector has a row of its own.
                nonisolated(unsafe) let (losses, slopes) = unsafe (losses, slopes)
                pool.forEach(vectors.count) { row in
                    let (loss, slope) = rowLoss(row, parameters)
                    unsafe losses[row] = loss
                    for label in 0..<classCount { unsafe slopes[row * classCount + label] = slope[label] }
                }
            }
        }
        let (rows, found) = (slopes, losses)
        var gradient = [Double](repeating: 0, count: count)
        unsafe gradient.withUnsafeMutableBufferPointer { gradient in
            // Each value of the vectors has a column of its own, over which the vectors are summed one after another.
            nonisolated(unsafe) let gradient = unsafe gradient
            pool.forEach(size + 1) { column in
                let sums = columnGradient(column, rows, parameters)
                for label in 0..<classCount { unsafe gradient[column * classCount + label] = sums[label] }
            }
        }
        let squares = parameters.prefix(size * classCount).reduce(0) { $0 + $1 * $1 }
        return (found.reduce(0, +) + penalty / 2 * squares, gradient)
    }

    /// -log of the probability of the row's class, and the slopes of that by the row's logits.
    private func rowLoss(_ row: Int, _ parameters: [Double]) -> (loss: Double, slope: [Double]) {
        let count = classCount
        var logits = Array(parameters[(size * count)...])
        unsafe parameters.withUnsafeBufferPointer { parameters in
            unsafe logits.withUnsafeMutableBufferPointer { logits in
                for (index, value) in vectors[row].enumerated() {
                    let (value, start) = (Double(value), index * count)
                    for label in 0..<count { unsafe logits[label] += value * parameters[start + label] }
                }
            }
        }
        let level = logSumExp(logits)
        let loss = level - logits[classes[row]]
        for label in 0..<count { logits[label] = exp(logits[label] - level) - (label == classes[row] ? 1 : 0) }
        return (loss, logits)
    }

    /// The gradient by the parameters of one value of the vectors, or by the biases behind the last.
    private func columnGradient(_ column: Int, _ slopes: [Double], _ parameters: [Double]) -> [Double] {
        let (count, isBias) = (classCount, column == size)
        var sums =
            isBias
            ? [Double](repeating: 0, count: count) : (0..<count).map { penalty * parameters[column * count + $0] }
        unsafe slopes.withUnsafeBufferPointer { slopes in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                for row in vectors.indices {
                    let value = isBias ? 1 : Double(vectors[row][column])
                    for label in 0..<count { unsafe sums[label] += value * slopes[row * count + label] }
                }
            }
        }
        return sums
    }
}
