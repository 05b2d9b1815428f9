// The metric of a quality gate: which metrics each kind of model has, and where an evaluation holds them.

public import AdzeData

/// A score that is better the higher it is, 1 at most.
public enum QualityMetric: String, Sendable, CaseIterable {
    case accuracy
    case macroF1 = "macro-f1"
    case microF1 = "micro-f1"
    case weightedF1 = "weighted-f1"
    case samplesF1 = "samples-f1"
    case subsetAccuracy = "subset-accuracy"
    case mcc
    case pearson
    case spearman

    /// The metrics of a kind of model, its default first.
    public static func known(for kind: TargetKind) -> [QualityMetric] {
        switch kind {
        case .label: [.accuracy, .macroF1, .weightedF1, .mcc]
        case .labels: [.microF1, .macroF1, .weightedF1, .samplesF1, .subsetAccuracy]
        case .number: [.pearson, .spearman]
        }
    }

    /// The metric of a name, nil being the default for the kind; throws `BundleError.unknownMetric`.
    public init(_ name: String?, for kind: TargetKind) throws(BundleError) {
        let known = QualityMetric.known(for: kind)
        guard let metric = name.map(QualityMetric.init(rawValue:)) ?? known.first, known.contains(metric) else {
            let task =
                switch kind {
                case .label: "one label"
                case .labels: "any number of labels"
                case .number: "a number"
                }
            throw .unknownMetric(name ?? "", task: task, expected: known.map(\.rawValue))
        }
        self = metric
    }

    /// The metric's value in a report; throws `BundleError.undefinedMetric` for a correlation that does not exist.
    func value(_ report: EvaluationReport) throws(BundleError) -> Double {
        let value: Double? =
            switch (report.scores, self) {
            case (.label(let scores), .accuracy): scores.accuracy
            case (.label(let scores), .macroF1): scores.macro.f1
            case (.label(let scores), .weightedF1): scores.weighted.f1
            case (.label(let scores), .mcc): scores.matthews
            case (.labels(let scores), .microF1): scores.micro.f1
            case (.labels(let scores), .macroF1): scores.macro.f1
            case (.labels(let scores), .weightedF1): scores.weighted.f1
            case (.labels(let scores), .samplesF1): scores.samples.f1
            case (.labels(let scores), .subsetAccuracy): scores.subsetAccuracy
            case (.number(let scores), .pearson): scores.pearson
            case (.number(let scores), .spearman): scores.spearman
            default: nil
            }
        guard let value, value.isFinite else { throw .undefinedMetric(rawValue) }
        return value
    }
}
