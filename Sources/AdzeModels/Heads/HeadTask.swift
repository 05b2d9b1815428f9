// What a head is for, and what its numbers mean. Not here: how they are computed, which is `HeadForm`.

/// What a classifier's logits mean.
public enum ProblemType: String, Sendable, CaseIterable {
    /// Exactly one label holds: softmax.
    case singleLabel = "single_label_classification"
    /// Each label holds or not: a sigmoid for each.
    case multiLabel = "multi_label_classification"
    /// The logit is the answer.
    case regression
}

/// The labels of a classifier of whole texts, and what its logits mean.
public struct ClassificationHead: Sendable, Equatable {
    /// The names of the C classes, in the order of the logits.
    public var labels: [String]
    /// What the logits mean; nil where the source does not say.
    public var problemType: ProblemType?

    /// A head of named classes.
    public init(labels: [String], problemType: ProblemType?) {
        self.labels = labels
        self.problemType = problemType
    }

    /// Scores from logits as transformers' text-classification pipeline gives them: the logit itself for regression, a
    /// sigmoid for multi-label heads and for a single logit, else softmax. Computed in double precision.
    public func scores(_ logits: [Float]) -> [Double] { scores(logits, temperature: 1) }

    /// The same of logits that are divided by a temperature, but for regression.
    public func scores(_ logits: [Float], temperature: Double) -> [Double] {
        func sigmoids() -> [Double] { logits.map { sigmoid($0, temperature: temperature) } }
        return switch problemType {
        case .regression: logits.map(Double.init)
        case .multiLabel: sigmoids()
        case .singleLabel, nil: logits.count == 1 ? sigmoids() : softmax(logits, temperature: temperature)
        }
    }
}

/// The kinds of task; the raw values are those in a native file's header.
public enum HeadKind: String, Sendable, CaseIterable {
    case encoder, classification, tokenClassification, questionAnswering, maskedLanguageModel, nextSentence
    case preTraining

    /// Whether a score is given to each of some named labels.
    var hasLabels: Bool { self == .classification || self == .tokenClassification }
}

/// What a head is for.
public enum HeadTask: Sendable, Equatable {
    /// Hidden states alone.
    case encoder
    /// C logits a text.
    case classification(ClassificationHead)
    /// C logits a token.
    case tokenClassification(labels: [String])
    /// A logit a token for an answer's start, and one for its end.
    case questionAnswering
    /// V logits at a token.
    case maskedLanguageModel
    /// Two logits: the second text follows the first, or does not.
    case nextSentence
    /// Both of the two before.
    case preTraining

    /// The kind of task.
    public var kind: HeadKind {
        switch self {
        case .encoder: .encoder
        case .classification: .classification
        case .tokenClassification: .tokenClassification
        case .questionAnswering: .questionAnswering
        case .maskedLanguageModel: .maskedLanguageModel
        case .nextSentence: .nextSentence
        case .preTraining: .preTraining
        }
    }
}
