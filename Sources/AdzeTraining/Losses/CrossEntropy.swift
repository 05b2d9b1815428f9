// Cross-entropy over classes, with weights, focus and smoothing; of texts or of tokens. Value and gradient side by side.

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

extension LossFunction {
    /// Σ over rows of w · ((1 - ε) · (1 - p)^γ · -log p + ε / C · Σ over classes), p the probability of the row's class.
    ///
    /// As PyTorch's `cross_entropy` with `weight` and `label_smoothing`; the factor (1 - p)^γ is Lin et al.'s, arXiv
    /// 1708.02002. The divisor is the sum of the rows' weights.
    func crossEntropy(
        _ logits: [Float], _ classes: [Int], sequenceOf: (Int) -> Int
    ) throws(TrainingError) -> LossSum {
        var result = LossSum(gradient: [Double](repeating: 0, count: logits.count))
        for (row, wanted) in classes.enumerated() where wanted != Targets.ignored {
            guard (0..<classCount).contains(wanted) else {
                throw .badTarget(
                    sequence: sequenceOf(row), target: "\(wanted)", expected: "a class below \(classCount)")
            }
            addRow(&result, logits[row * classCount..<(row + 1) * classCount].map(Double.init), wanted, at: row)
        }
        return result
    }

    private func addRow(_ result: inout LossSum, _ logits: [Double], _ wanted: Int, at row: Int) {
        let total = logSumExp(logits)
        let weights = options.classWeights
        let weight = Double(weights?[wanted] ?? 1)
        let smoothing = Double(options.labelSmoothing)
        let logProbability = logits[wanted] - total
        let (value, slope) = focused(logProbability)
        result.sum += (1 - smoothing) * weight * value
        result.weight += weight
        let all = weights.map { $0.reduce(0) { $0 + Double($1) } } ?? Double(classCount)
        let share = smoothing / Double(classCount)
        for index in 0..<classCount {
            let probability = exp(logits[index] - total)
            var gradient = (1 - smoothing) * weight * slope * ((index == wanted ? 1 : 0) - probability)
            if smoothing > 0 {
                let own = Double(weights?[index] ?? 1)
                result.sum -= share * own * (logits[index] - total)
                gradient += share * (probability * all - own)
            }
            result.gradient[row * classCount + index] = gradient
        }
    }

    /// (1 - p)^γ · -log p, and its derivative by log p.
    private func focused(_ logProbability: Double) -> (value: Double, slope: Double) {
        guard let gamma = options.focalGamma.map(Double.init), gamma != 0 else { return (-logProbability, -1) }
        let p = exp(logProbability)
        let rest = -expm1(logProbability)
        guard rest > 0 else { return (0, 0) }
        let factor = pow(rest, gamma)
        return (-factor * logProbability, gamma * p * pow(rest, gamma - 1) * logProbability - factor)
    }

    /// The mean of the cross-entropies of an answer's first and last token, each over the tokens of its sequence.
    func spanCrossEntropy(
        _ logits: [Float], _ spans: [Targets.Span], lengths: [Int]
    ) throws(TrainingError) -> LossSum {
        var result = LossSum(gradient: [Double](repeating: 0, count: logits.count))
        var first = 0
        for (sequence, (span, length)) in zip(spans, lengths).enumerated() {
            defer { first += length }
            if span.start == Targets.ignored && span.end == Targets.ignored { continue }
            for (side, wanted) in [span.start, span.end].enumerated() {
                guard (0..<length).contains(wanted) else {
                    throw .badTarget(
                        sequence: sequence, target: "\(wanted)", expected: "a token below its length, \(length)")
                }
                let values = (0..<length).map { Double(logits[(first + $0) * 2 + side]) }
                let total = logSumExp(values)
                result.sum += (total - values[wanted]) / 2
                for token in 0..<length {
                    let gradient = exp(values[token] - total) - (token == wanted ? 1 : 0)
                    result.gradient[(first + token) * 2 + side] = gradient / 2
                }
            }
            result.weight += 1
        }
        return result
    }
}
