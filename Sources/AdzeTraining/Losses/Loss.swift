// The loss of a batch and its gradient by the logits, in double precision. Each loss has its file; here they are chosen,
// checked against the head and divided. Not here: how logits come about.

internal import AdzeModels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A sum of losses, what divides it, and its gradient by each logit, undivided.
struct LossSum {
    var sum = 0.0
    /// Targets that count, or the sum of their weights.
    var weight = 0.0
    var gradient: [Double]

    /// The mean; 0 where nothing counts.
    var mean: Double { weight > 0 ? sum / weight : 0 }

    /// The gradient of `scale` times the mean.
    func gradientOfMean(scale: Float) -> [Float] {
        guard weight > 0 else { return [Float](repeating: 0, count: gradient.count) }
        let factor = Double(scale) / weight
        return gradient.map { Float($0 * factor) }
    }
}

/// The loss of logits against targets.
///
/// `logits` are C a sequence, or C a token of each sequence in order; `lengths` the sequences' tokens. Throws
/// `TrainingError` for targets that do not fit.
struct LossFunction {
    let head: Head
    let classCount: Int
    let options: LossOptions

    init(head: Head, classCount: Int, options: LossOptions) throws(TrainingError) {
        (self.head, self.classCount, self.options) = (head, classCount, options)
        guard let weights = options.classWeights else { return }
        guard weights.count == classCount else {
            throw .badClassWeights("expected \(classCount), found \(weights.count)")
        }
        if let index = weights.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
            throw .badClassWeights("that of class \(index) is \(weights[index]); expected a number from 0")
        }
    }

    func callAsFunction(_ logits: [Float], _ targets: Targets, lengths: [Int]) throws(TrainingError) -> LossSum {
        switch (head.task, targets) {
        case (.classification, .classes(let classes)):
            try checkCount(classes.count, lengths)
            return try crossEntropy(logits, classes, sequenceOf: { $0 })
        case (.classification, .multiLabel(let rows)):
            return binaryCrossEntropy(logits, try flattened(rows, lengths, in: 0...1, "a number from 0 to 1"))
        case (.classification, .values(let rows)):
            let all = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
            return squaredError(logits, try flattened(rows, lengths, in: all, "a finite number"))
        case (.tokenClassification, .tokenClasses(let rows)):
            try checkCount(rows.count, lengths)
            for (index, row) in rows.enumerated() where row.count != lengths[index] {
                throw .targetCount(what: "classes of sequence \(index)", expected: lengths[index], found: row.count)
            }
            let owners = lengths.enumerated().flatMap { [Int](repeating: $0, count: $1) }
            return try crossEntropy(logits, rows.flatMap { $0 }, sequenceOf: { owners[$0] })
        case (.questionAnswering, .spans(let spans)):
            try checkCount(spans.count, lengths)
            return try spanCrossEntropy(logits, spans, lengths: lengths)
        case (.classification, .taught(let taught)): return try distillation(logits, taught, lengths: lengths)
        default: throw .wrongTargets(expected: expected, found: targets.kind)
        }
    }

    private var expected: String {
        switch head.task {
        case .tokenClassification: "a class of each token"
        case .questionAnswering: "answers"
        default: "classes, sets of labels or numbers"
        }
    }

    func checkCount(_ found: Int, _ lengths: [Int]) throws(TrainingError) {
        guard found == lengths.count else {
            throw .targetCount(what: "targets", expected: lengths.count, found: found)
        }
    }

    /// C values of each sequence, one after another.
    func flattened(
        _ rows: [[Float]], _ lengths: [Int], in range: ClosedRange<Float>, _ expected: String
    ) throws(TrainingError) -> [Float] {
        try checkCount(rows.count, lengths)
        for (index, row) in rows.enumerated() {
            guard row.count == classCount else {
                throw .targetCount(what: "values of sequence \(index)", expected: classCount, found: row.count)
            }
            // NaN lies in no range.
            if let value = row.first(where: { !range.contains($0) }) {
                throw .badTarget(sequence: index, target: "\(value)", expected: expected)
            }
        }
        return rows.flatMap { $0 }
    }
}

/// log Σ exp of some values.
func logSumExp(_ values: some Collection<Double>) -> Double {
    guard let top = values.max(), top.isFinite else { return values.reduce(0, +) }
    return top + log(values.reduce(0) { $0 + exp($1 - top) })
}

/// log(1 + e^x), which neither overflows nor loses small values.
func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

/// 1 / (1 + e^-x).
func sigmoid(_ x: Double) -> Double { x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)) }
