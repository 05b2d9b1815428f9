// Errors of a model or a batch that cannot be trained on.

public import AdzeBytes

/// A head or targets that cannot be trained on.
public enum TrainingError: AdzeFailure, Equatable {
    /// The head has no labels to learn.
    case untrainableHead(String)
    /// The targets are of another kind than the head's logits.
    case wrongTargets(expected: String, found: String)
    /// There are more or fewer targets than sequences, tokens or classes.
    case targetCount(what: String, expected: Int, found: Int)
    /// A target is no class of the head, no token of its sequence, or no finite number.
    case badTarget(sequence: Int, target: String, expected: String)
    /// Class weights must be one for each class, finite and not negative, and some example's be positive.
    case badClassWeights(String)
    /// The hidden states that a step is to start from are not of its sequences.
    case prefixSize(sequence: Int, expected: Int, found: Int)

    /// Wrong targets and classes are the caller's request.
    public var kind: FailureKind { .badData }

    /// One line: what, expected, found.
    public var description: String {
        switch self {
        case .untrainableHead(let name):
            "a \(name) has no labels to learn; expected a model with a classification, token or question head (--head)"
        case .wrongTargets(let expected, let found): "the targets are \(found); this head learns \(expected)"
        case .targetCount(let what, let expected, let found): "expected \(expected) \(what), found \(found)"
        case .badTarget(let sequence, let target, let expected):
            "sequence \(sequence): the target \(target) is not \(expected)"
        case .badClassWeights(let reason): "class weights: \(reason)"
        case .prefixSize(let sequence, let expected, let found):
            "sequence \(sequence): expected \(expected) values of hidden state to start from, found \(found)"
        }
    }
}
