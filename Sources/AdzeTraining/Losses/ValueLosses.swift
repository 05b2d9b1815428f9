// Losses of independent values: binary cross-entropy of sets of labels, squared error of numbers.

extension LossFunction {
    /// Σ of w · y · softplus(-z) + (1 - y) · softplus(z), as PyTorch's `binary_cross_entropy_with_logits` with
    /// `pos_weight`; the divisor is the number of values.
    func binaryCrossEntropy(_ logits: [Float], _ targets: [Float]) -> LossSum {
        var result = LossSum(weight: Double(targets.count), gradient: [Double](repeating: 0, count: logits.count))
        for (index, (logit, target)) in zip(logits, targets).enumerated() {
            let (z, y) = (Double(logit), Double(target))
            let weight = Double(options.classWeights?[index % classCount] ?? 1)
            result.sum += weight * y * softplus(-z) + (1 - y) * softplus(z)
            result.gradient[index] = (1 - y) * sigmoid(z) - weight * y * sigmoid(-z)
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
