// What a head computes of the last hidden state. Not here: what the numbers mean, which is `HeadTask`.

public import AdzeKernels

/// The layers of a head.
public enum HeadForm: Sendable, Equatable {
    /// Nothing.
    case none
    /// output(dropout(tanh(pooler(first)))): the pooler is the encoder's own.
    case pooled
    /// output(dropout(activation(dense(first)))): the dense layer is the head's.
    case firstToken(FirstTokenLayer)
    /// output(dropout(hidden)), a row a token.
    case tokens
    /// decoder(norm(activation(transform(hidden)))), a row a token that is asked for.
    case vocabulary(VocabularyLayer)
    /// The two of pretraining.
    case vocabularyAndPooled(VocabularyLayer)
    /// output(dropout(states)), the states of as many positions as the model takes side by side, padding among them.
    case flattened(HiddenStates)
    /// output(dropout(lstm(states))).
    case recurrent(RecurrentLayer)
    /// output(dropout(mean of the last states)), the mean scaled to length 1 where `normalizes`.
    case mean(normalizes: Bool)
    /// output(dropout(norm(activation(transform(hidden))))) at the mask of a prompt.
    case prompt(PromptLayer)
    /// The same of the first token, of the mean of all, or a row a token.
    case transformed(HeadTransform)

    /// A short name of the form.
    public var name: String {
        switch self {
        case .none: "none"
        case .pooled: "pooled"
        case .firstToken: "first token"
        case .tokens: "tokens"
        case .vocabulary: "vocabulary"
        case .vocabularyAndPooled: "vocabulary, pooled"
        case .transformed(let layer): "transformed \(layer.rows.rawValue)"
        case .flattened, .recurrent, .mean, .prompt: specification
        }
    }

    /// Whether the pooler is read.
    public var readsPooler: Bool {
        switch self {
        case .pooled, .vocabularyAndPooled: true
        case .none, .firstToken, .tokens, .vocabulary, .flattened, .recurrent, .mean, .prompt, .transformed: false
        }
    }

    /// The vocabulary projection, or nil.
    public var vocabulary: VocabularyLayer? {
        switch self {
        case .vocabulary(let layer), .vocabularyAndPooled(let layer): layer
        case .none, .pooled, .firstToken, .tokens, .flattened, .recurrent, .mean, .prompt, .transformed: nil
        }
    }
}

/// A head's own layer on the first token.
public struct FirstTokenLayer: Sendable, Equatable {
    /// What follows it.
    public var activation: Activation
    /// Whether training drops some of its input.
    public var dropsInput: Bool

    /// The pooler, seen as such a layer.
    public static let pooler = FirstTokenLayer(activation: .tanh, dropsInput: false)
}

/// The layer and the normalisation before the last layer of a head, and what they read.
public struct HeadTransform: Sendable, Equatable {
    /// What follows the layer.
    public var activation: Activation
    /// The rows that it reads.
    public var rows: Rows

    /// What a head reads of the last hidden states.
    public enum Rows: String, Sendable {
        /// The first token.
        case first
        /// The mean of all tokens.
        case mean
        /// Every token.
        case every
    }

    /// The same that reads other rows.
    package func reading(_ rows: Rows) -> HeadTransform { HeadTransform(activation: activation, rows: rows) }
}

/// A vocabulary projection.
public struct VocabularyLayer: Sendable, Equatable {
    /// Where its weights are.
    public var decoder: VocabularyDecoder
    /// What follows the transform before it.
    public var activation: Activation
}

/// Where the vocabulary projection of a masked language model has its weights.
public enum VocabularyDecoder: String, Sendable {
    /// They are the word embeddings.
    case tied
    /// They are a matrix of its own.
    case separate
}
