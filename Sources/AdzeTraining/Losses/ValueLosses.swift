// Losses of independent values: binary cross-entropy of sets of labels, squared error of numbers.

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

extension LossFunction {
    /// Σ of w · y · softplus(-z) + (1 - y) · softplus(z), as PyTorch's `binary_cross_entropy_with_logits` with
    /// `pos_weight`; the divisor is the number of values.
    func binaryCrossEntropy(_ logits: [Float], _ targets: [Float]) -> LossSum {
        var result = LossSum(weight: Double(targets.count), gradient: [Double](repeating: 0, count: logits.count))
        for (index, (logit, target)) in zip(logits, targets).enumerated() {
            let (z, y) = (Double(logit), Double(target))
            let weight = Double(options.classWeights?[index % classCount] ?? 1)
            // log(1 + e^-|z|) neither overflows nor loses small values.
            let rest = log1p(exp(-abs(z)))
            result.sum += weight * y * (max(-z, 0) + rest) + (1 - y) * (max(z, 0) + rest)
            let positive = z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z))
            let negative = z >= 0 ? exp(-z) / (1 + exp(-z)) : 1 / (1 + exp(z))
            result.gradient[index] = (1 - y) * positive - weight * y * negative
        }
        return result
    }

    /// Σ (z - y)²; the divisor is the number of values.
    func squaredError(_ logits: [Float], _ targets: [Float]) -> LossSum {
        var result = LossSum(weight: Double(targets.count), gradient: [Double](repeating: 0, count: logits.count))
        for (index, (logit, target)) in zip(logits, targets).enumerated() {
            let difference = Double(logit) - Double(target)
            result.sum += difference * difference
            result.gradient[index] = 2 * difference
        }
        return result
    }
}
