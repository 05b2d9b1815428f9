// What a classifier's answer depends on, token by token: the values, and the options by which they are found. Not here:
// computing them.

public import AdzeBytes

/// How attributions are computed.
public enum AttributionMethod: String, Sendable, CaseIterable {
    /// The gradient's integral on the straight way from a baseline to the text, times what changes on it.
    ///
    /// - Source: Sundararajan, Taly and Yan (2017), Axiomatic Attribution for Deep Networks, arXiv:1703.01365.
    case integratedGradients = "integrated-gradients"
    /// The gradient times the embeddings' output: one step, without a baseline, and without a sum that is known.
    case gradientTimesInput = "gradient-x-input"
}

/// What stands where the text stood, for integrated gradients. The frame (`[CLS]`, `[SEP]`) stays in all of them.
public enum AttributionBaseline: String, Sendable, CaseIterable {
    /// The padding token for every token of the text: what captum's users take for BERT.
    case pad
    /// The mask token, which a model from pretraining has seen in the place of words.
    case mask
    /// Zeros for the embeddings' output, positions included, which no text gives.
    case zero
}

/// How texts are explained.
public struct ExplanationOptions: Sendable {
    /// The method.
    public var method = AttributionMethod.integratedGradients
    /// The points of integrated gradients, 1 to 10,000; as many as captum takes where nothing is said.
    public var steps = 50
    /// Where integrated gradients begin.
    public var baseline = AttributionBaseline.pad
    /// The label whose logit is explained; nil for the one that is predicted.
    public var label: String?
    /// How texts are prepared; windows are refused.
    public var text = TextOptions()

    /// Integrated gradients of the predicted label from padding, in 50 steps.
    public init() {}
}

/// What a label's logit depends on in one text.
public struct Explanation: Sendable, Equatable {
    /// The label that is explained.
    public let label: String
    /// Its number.
    public let labelIndex: Int
    /// Its score as `TextClassifier` gives it: a probability, of regression the logit.
    public let score: Double
    /// Its logit in fp32.
    public let logit: Float
    /// Its logit for the baseline; nil for a method without one.
    public let baselineLogit: Float?
    /// The tokens of the model's input.
    public let tokens: [TextToken]
    /// What each token adds to the logit, below 0 where it takes away: the sum over its embedding.
    public let attributions: [Double]
    /// Tokens that did not fit and were cut off.
    public let truncatedTokenCount: Int
    /// The text that the tokens' ranges are of, where the model cleans texts; nil where it is the text that was given.
    public var cleanedText: TextInput?

    /// How far the attributions' sum is from what it should be, the difference of the two logits: captum's convergence
    /// delta. Nil for a method without a baseline, whose sum means nothing.
    ///
    /// More steps make it smaller; where it is not small beside that difference, take more.
    public var completenessError: Double? {
        baselineLogit.map { attributions.reduce(0, +) - (Double(logit) - Double($0)) }
    }
}

/// A wish that the model cannot fulfil.
public enum ExplanationError: AdzeFailure, Equatable {
    case noSuchLabel(String, known: [String], nearest: String?)
    case steps(Int)

    /// All are wishes.
    public var kind: FailureKind { .usage }

    /// One line: what is asked for, and what there is.
    public var description: String {
        switch self {
        case .noSuchLabel(let name, let known, let nearest):
            "the model has no label \(quoted(name, limit: 40)); "
                + (nearest.map { "did you mean \(quoted($0, limit: 40))?" }
                    ?? "it has \(known.prefix(10).map { quoted($0, limit: 40) }.joined(separator: ", "))"
                    + (known.count > 10 ? " and \(known.count - 10) more" : ""))
        case .steps(let count): "\(count) steps: expected 1 to 10000"
        }
    }
}
