// The batch of one training step: sequences and their targets. Not here: where they come from.

public import AdzeModels

/// What the head should have said of each sequence.
public enum Targets: Sendable, Equatable {
    /// One class of each sequence.
    case classes([Int])
    /// For each sequence C values from 0 to 1.
    case multiLabel([[Float]])
    /// For each sequence C numbers.
    case values([[Float]])
    /// For each sequence the class of each of its tokens; `ignored` for a token that does not count.
    case tokenClasses([[Int]])
    /// For each sequence the first and the last token of its answer; `ignored` in both where it does not count.
    case spans([Span])
    /// For each sequence what a teacher says of it, beside its own target where it has one.
    indirect case taught(TaughtTargets)

    /// A target that does not count.
    public static let ignored = -100

    /// The first and last token of an answer.
    public struct Span: Sendable, Equatable {
        /// The place of the first token in its sequence.
        public var start: Int
        /// The place of the last token in its sequence.
        public var end: Int

        /// An answer from `start` to `end`.
        public init(start: Int, end: Int) { (self.start, self.end) = (start, end) }
    }

    /// How a message calls them.
    var kind: String {
        switch self {
        case .classes: "one class of each text"
        case .multiLabel: "a set of labels of each text"
        case .values: "numbers"
        case .tokenClasses: "a class of each token"
        case .spans: "answers"
        case .taught: "a teacher's answers"
        }
    }
}

/// What a teacher says of sequences that are classified, beside what is known of them.
///
/// - Source: Hinton, Vinyals and Dean 2015, arXiv 1503.02531.
public struct TaughtTargets: Sendable, Equatable {
    /// The targets of their own: classes, sets of labels or numbers. `ignored`, or a row without values, for a sequence
    /// that has none.
    public var own: Targets
    /// For each sequence the teacher's C logits, in the order of the head's labels.
    public var logits: [[Float]]
    /// What both models' logits are divided by before they become probabilities; numbers are taken as they are.
    public var temperature: Double
    /// The teacher's share of the loss, 0 to 1, of a sequence with a target of its own; without one it is all.
    public var weight: Double

    /// What a teacher says of as many sequences as there are own targets.
    public init(own: Targets, logits: [[Float]], temperature: Double, weight: Double) {
        (self.own, self.logits, self.temperature, self.weight) = (own, logits, temperature, weight)
    }
}

/// Sequences and their targets.
public struct TrainingBatch: Sendable, Equatable {
    /// S sequences.
    public var sequences: [TokenSequence]
    /// A target for each.
    public var targets: Targets

    /// A batch; what does not fit the model is refused by the step.
    public init(sequences: [TokenSequence], targets: Targets) {
        self.sequences = sequences
        self.targets = targets
    }
}
