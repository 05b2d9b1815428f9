// The quality gate: int8 is measured beside exact fp32 on labelled data, and the layers that cost most stay in fp32 until
// the score is near enough. Not here: the writing of the file.

public import AdzeBytes
package import AdzeData
internal import AdzeModelFiles
internal import AdzeModels
internal import AdzeNative
internal import AdzeThreads

/// What int8, or a model of fewer blocks, may cost.
public struct QualityGate: Sendable {
    /// What is measured.
    public var metric: QualityMetric
    /// The most points, hundredths of the metric, that may be lost.
    public var maximumDrop: Double

    /// A gate; the drop is 0 or more.
    public init(metric: QualityMetric, maximumDrop: Double) {
        precondition(maximumDrop >= 0, "a smaller model cannot be asked to gain")
        self.metric = metric
        self.maximumDrop = maximumDrop
    }

    /// Whether a drop passes. Scores are quotients: one of exactly the limit must not fail for the last bit of one.
    func passes(drop: Double) -> Bool { drop <= maximumDrop + 1e-9 }
}

/// What a quantization measured and wrote.
public struct QuantizationReport: Sendable {
    /// What the file says.
    public let quality: QualityReport
    /// The same before anything was kept in fp32; equal where nothing had to be.
    public let withoutKept: QualityReport
    /// The error of every group of layers alone in int8, the worst first; empty where nothing had to be kept.
    public let sensitivities: [QualityReport.Kept]
    /// How many groups of layers there are.
    public let groupCount: Int
    /// What was calibrated on, as the file says it.
    public let calibration: JSONObject?
    /// What was written.
    public let conversion: ConversionReport
}

extension ModelBundle {
    /// Writes the model as a `.adze` file whose int8 scores no worse than `gate` allows on some examples.
    ///
    /// Where plain int8 loses more, groups of layers stay in fp32: the fewest of those whose own error is largest with
    /// which the gate passes on all examples, as far as halving finds it. With all of them in fp32 nothing is lost, so
    /// this always ends. The errors are measured on at most 128 texts. Scores and choice are the same on every
    /// machine: fp32 here is exact too.
    ///
    /// Throws as `convert` and `evaluate` do, `BundleError.onlyInt8` for a file without fp32 weights, and
    /// `.undefinedMetric`.
    /// - Parameter progress: is told what is being measured, how many texts of it are done, and how many there are.
    /// - Complexity: a pass over the examples in fp32 and one in int8; where layers have to be kept, one over the sample
    ///   for each group, and about twice as many over the examples as the logarithm of the number of groups.
    package func quantize(
        to path: String, examples: [Example], gate: QualityGate, texts: TextOptions = TextOptions(),
        options: ConversionOptions = ConversionOptions(), progress: (String, Int, Int) -> Void = { _, _, _ in }
    ) throws -> QuantizationReport {
        precondition(options.store != .fp32, "a store of fp32 has no int8 to measure")
        try OutputPlace(path).check(.file, replacing: options.replacing)
        if source.native?.store == .int8 { throw LocatedError(path: source.path, underlying: BundleError.onlyInt8) }
        guard !examples.isEmpty else { throw DataError.noExamples }
        var plan: QuantizationPlan
        let result: (chosen: QualityReport, plain: QualityReport, errors: [QualityReport.Kept])
        let groups: [LayerGroup]
        do {
            let trial = try QualityTrial(self, examples, gate, texts, options)
            (plan, groups) = (trial.plan, trial.groups)
            result = try trial.run(progress)
        } catch let error as CheckpointError {
            throw LocatedError(path: source.path, underlying: error)
        }
        let calibration = plan.report?["calibration"]?.object
        plan.kept = checkpoint.parameters.matrices(of: result.chosen.kept.map(\.layers))
        var facts = plan.report ?? [:]
        facts["quality"] = .object(result.chosen.json)
        plan.report = facts
        var options = options
        options.plan = plan
        return QuantizationReport(
            quality: result.chosen, withoutKept: result.plain, sensitivities: result.errors, groupCount: groups.count,
            calibration: calibration, conversion: try convert(to: path, options: options))
    }
}

/// A model in both precisions, and the examples it is measured on.
private struct QualityTrial {
    /// The most texts that errors of single groups are measured on.
    static let sampleLimit = 128

    let plan: QuantizationPlan
    let groups: [LayerGroup]
    private let bundle: ModelBundle
    private let examples: [Example]
    private let gate: QualityGate
    private let texts: TextOptions
    private let plain: Engine
    private let int8: EncoderModel
    private let digest: String

    init(
        _ bundle: ModelBundle, _ examples: [Example], _ gate: QualityGate, _ texts: TextOptions,
        _ options: ConversionOptions
    ) throws {
        (self.bundle, self.examples, self.gate, self.texts) = (bundle, examples, gate, texts)
        let checkpoint = bundle.checkpoint
        let finite = FiniteStore(base: checkpoint.store, allowsNonFinite: options.allowsNonFinite)
        let source = ModelCheckpoint(config: checkpoint.config, head: checkpoint.head, store: finite)
        plain = try Engine(source, exactly: true, pool: WorkerPool(threads: options.threads))
        plan = try plain.plan(source, options.calibration ?? .builtIn, tokenizer: bundle.tokenizer)
        let planned = PlannedQuantizedStore(source, plan: plan)
        int8 = try Engine(source, quantized: planned, pool: plain.pool).model
        groups = LayerGroup.all(checkpoint.config, head: checkpoint.head)
        digest = textDigest(examples.lazy.map(\.input))
    }

    /// What the gate lets pass, plain int8, and the errors of the groups where they were needed.
    func run(
        _ progress: (String, Int, Int) -> Void
    ) throws -> (chosen: QualityReport, plain: QualityReport, errors: [QualityReport.Kept]) {
        let expected = try measure(plain, examples) { progress("fp32", $0, examples.count) }
        func report(keeping kept: ArraySlice<QualityReport.Kept>) throws -> QualityReport {
            let model = EncoderModel(int8, taking: Set(kept.map(\.layers)), from: plain.model)
            let what = kept.isEmpty ? "int8" : "int8 with \(kept.count) of \(groups.count) groups in fp32"
            let found = try measure(Engine(model, pool: plain.pool), examples) { progress(what, $0, examples.count) }
            return try compare(found, expected, kept: Array(kept))
        }
        let first = try report(keeping: [])
        if gate.passes(drop: first.drop) { return (first, first, []) }

        let errors = try sensitivities(expected, progress)
        // Doubling finds a count that passes, halving the smallest between it and the last that did not.
        var (failing, count) = (0, 1)
        var chosen = try report(keeping: errors.prefix(count))
        while !gate.passes(drop: chosen.drop), count < errors.count {
            (failing, count) = (count, min(2 * count, errors.count))
            chosen = try report(keeping: errors.prefix(count))
        }
        while count - failing > 1 {
            let middle = (count + failing) / 2
            let found = try report(keeping: errors.prefix(middle))
            if gate.passes(drop: found.drop) { (count, chosen) = (middle, found) } else { failing = middle }
        }
        return (chosen, first, errors)
    }

    /// The error of each group alone in int8, on texts at even steps, the worst first.
    ///
    /// The rest is in fp32: beside the errors of all others, that of one group would drown in their noise.
    private func sensitivities(
        _ expected: Answers, _ progress: (String, Int, Int) -> Void
    ) throws -> [QualityReport.Kept] {
        let step = (examples.count + QualityTrial.sampleLimit - 1) / QualityTrial.sampleLimit
        let sample = stride(from: 0, to: examples.count, by: step)
        let (texts, logits) = (sample.map { examples[$0] }, sample.map { expected.logits[$0] })
        var errors: [QualityReport.Kept] = []
        for group in groups {
            progress("the error of \(group)", errors.count * texts.count, groups.count * texts.count)
            let model = EncoderModel(int8, taking: Set(groups).subtracting([group]), from: plain.model)
            let found = try measure(Engine(model, pool: plain.pool), texts)
            var (sum, count) = (0.0, 0)
            for (a, b) in zip(found.logits.joined(), logits.joined()) {
                sum += (Double(a) - Double(b)) * (Double(a) - Double(b))
                count += 1
            }
            errors.append(QualityReport.Kept(layers: group, error: (sum / Double(count)).squareRoot()))
        }
        return errors.enumerated().sorted { ($1.element.error, $0.offset) < ($0.element.error, $1.offset) }
            .map(\.element)
    }

    private struct Answers {
        let report: EvaluationReport
        let logits: [[Float]]
        let scores: [[Double]]
    }

    private func measure(_ engine: Engine, _ examples: [Example], _ progress: (Int) -> Void = { _ in }) throws
        -> Answers
    {
        var (logits, scores): ([[Float]], [[Double]]) = ([], [])
        func keep(_: Example, _ answer: Classification) {
            logits.append(answer.logits)
            scores.append(answer.scores)
        }
        let report = try TextClassifier(bundle, engine)
            .evaluate(examples, options: texts, window: 256, each: keep, progress: progress)
        return Answers(report: report, logits: logits, scores: scores)
    }

    private func compare(_ found: Answers, _ expected: Answers, kept: [QualityReport.Kept]) throws -> QualityReport {
        var (sum, largest, count) = (0.0, 0.0, 0)
        for (a, b) in zip(found.logits.joined(), expected.logits.joined()) {
            let difference = (Double(a) - Double(b)).magnitude
            (sum, largest, count) = (sum + difference, max(largest, difference), count + 1)
        }
        return QualityReport(
            metric: gate.metric, fp32: try gate.metric.value(expected.report),
            int8: try gate.metric.value(found.report),
            textCount: examples.count, textDigest: digest, equalCount: equalCount(found, expected),
            meanDifference: sum / Double(count), largestDifference: largest, kept: kept)
    }

    /// Texts whose labels are the same; nil for numbers.
    private func equalCount(_ found: Answers, _ expected: Answers) -> Int? {
        func labels(_ scores: [Double]) -> [Int]? {
            switch found.report.scores {
            // Ties go to the first, as in a classification.
            case .label: scores.indices.max { (scores[$0], $1) < (scores[$1], $0) }.map { [$0] }
            case .labels: scores.indices.filter { scores[$0] > 0.5 }
            case .number: nil
            }
        }
        if case .number = found.report.scores { return nil }
        return zip(found.scores, expected.scores).count { labels($0) == labels($1) }
    }
}
