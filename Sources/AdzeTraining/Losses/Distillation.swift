// The loss of what a teacher says, beside the loss of what is known: of classes, of sets of labels, of numbers. Value and
// gradient side by side. Not here: where the teacher's logits come from.

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

extension LossFunction {
    /// The mean over texts of (1 - w) · own loss + w · T² · KL(teacher at T ‖ student at T); w is 1 for a text without a
    /// target of its own.
    ///
    /// T² keeps the two parts' gradients in proportion whatever T is. The Kullback-Leibler divergence has the gradient of
    /// the cross-entropy with the teacher's probabilities, and is 0 where the student says what the teacher says: so losses
    /// can be compared over temperatures, and none hides under the teacher's own entropy. Class weights, focus and smoothing
    /// act on the own loss alone, whose mean is over the texts that have a target. With w = 0 and every text labelled the
    /// bits are those of the own loss.
    /// - Source: Hinton, Vinyals and Dean 2015, arXiv 1503.02531, section 2; sets of labels have the divergence of each
    ///   label's two probabilities, numbers the squared distance.
    func distillation(
        _ logits: [Float], _ taught: TaughtTargets, lengths: [Int]
    ) throws(TrainingError) -> LossSum {
        try checkCount(taught.own.count, lengths)
        let all = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
        let wanted = try flattened(taught.logits, lengths, in: all, "a finite number")
        let known = lengths.indices.filter(taught.own.isKnown)
        let own = try self(
            known.flatMap { logits[row($0)] }, taught.own.selecting(known), lengths: known.map { lengths[$0] })
        // Own losses may be divided by the sum of their weights: the divisor stays theirs, so that a weight of 0 is exact.
        let count = Double(lengths.count)
        let divisor = own.weight > 0 ? own.weight : count
        var result = LossSum(weight: divisor, gradient: [Double](repeating: 0, count: logits.count))
        let ownFactor = (1 - taught.weight) * Double(known.count) / count
        result.sum = ownFactor * own.sum
        var shares = [Double](repeating: 1, count: lengths.count)
        for (place, text) in known.enumerated() {
            shares[text] = taught.weight
            for (target, source) in zip(row(text), row(place)) {
                result.gradient[target] = ownFactor * own.gradient[source]
            }
        }
        let divergence = divergence(of: taught.own)
        for text in lengths.indices where shares[text] > 0 {
            let factor = shares[text] * divisor / count
            let soft = divergence(
                logits[row(text)].map(Double.init), wanted[row(text)].map(Double.init), taught.temperature)
            result.sum += factor * soft.value
            for (target, gradient) in zip(row(text), soft.gradient) { result.gradient[target] += factor * gradient }
        }
        return result
    }

    /// Where a text's logits are.
    private func row(_ text: Int) -> Range<Int> { text * classCount..<(text + 1) * classCount }

    /// A distance of a student's logits from a teacher's at a temperature, and its gradient by the student's.
    private typealias Divergence = ([Double], [Double], Double) -> (value: Double, gradient: [Double])

    private func divergence(of own: Targets) -> Divergence {
        switch own {
        case .multiLabel: labelDivergence
        case .values: valueDivergence
        default: classDivergence
        }
    }

    /// T² · Σ p · (log p - log q) over the classes; the gradient is T · (q - p).
    private func classDivergence(
        _ student: [Double], _ teacher: [Double], _ temperature: Double
    ) -> (value: Double, gradient: [Double]) {
        let (z, t) = (student.map { $0 / temperature }, teacher.map { $0 / temperature })
        let (studentSum, teacherSum) = (logSumExp(z), logSumExp(t))
        var (value, gradient) = (0.0, [Double]())
        for index in z.indices {
            let (logQ, logP) = (z[index] - studentSum, t[index] - teacherSum)
            let p = exp(logP)
            value += p * (logP - logQ)
            gradient.append(temperature * (exp(logQ) - p))
        }
        // Rounding may leave less than nothing.
        return (temperature * temperature * max(value, 0), gradient)
    }

    /// The mean over the labels of T² · KL of each label's two probabilities.
    private func labelDivergence(
        _ student: [Double], _ teacher: [Double], _ temperature: Double
    ) -> (value: Double, gradient: [Double]) {
        let count = Double(student.count)
        var (value, gradient) = (0.0, [Double]())
        for (logit, wanted) in zip(student, teacher) {
            let (z, t) = (logit / temperature, wanted / temperature)
            let (p, not) = (sigmoid(t), sigmoid(-t))
            // log σ(x) = -softplus(-x)
            let part = p * (softplus(-z) - softplus(-t)) + not * (softplus(z) - softplus(t))
            value += temperature * temperature * max(part, 0) / count
            gradient.append(temperature * (sigmoid(z) - p) / count)
        }
        return (value, gradient)
    }

    /// The mean of the squared distances.
    private func valueDivergence(
        _ student: [Double], _ teacher: [Double], _: Double
    ) -> (value: Double, gradient: [Double]) {
        let count = Double(student.count)
        let distances = zip(student, teacher).map { $0 - $1 }
        return (distances.reduce(0) { $0 + $1 * $1 } / count, distances.map { 2 * $0 / count })
    }
}
