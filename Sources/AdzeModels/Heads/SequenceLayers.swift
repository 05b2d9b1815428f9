// What a head computes that reads every position of a text: all of them side by side, an LSTM over them, or their mean; and
// one that reads the mask of a prompt, wherever it stands. The first two are the heads of a study that asks how few blocks a classifier needs (Macar 2019, "comparatively-finetuning-bert"),
// the last is the vector of sentence-transformers' models.

internal import AdzeBytes
internal import AdzeKernels

/// Which hidden states a head reads at each position.
public enum HiddenStates: String, Sendable, CaseIterable {
    /// That after the last block.
    case last
    /// All of them side by side, the embeddings' output first.
    case all

    /// Values at a position of a model: H, or (L + 1) · H.
    package func width(_ shape: EncoderShape) -> Int {
        self == .last ? shape.hiddenSize : (shape.layerCount + 1) * shape.hiddenSize
    }
}

/// Which positions an LSTM reads.
public enum RecurrentReach: String, Sendable, CaseIterable {
    /// The study's: the text, then padding up to the most tokens that the model takes. The answer stands where the padding
    /// begins, so that one direction has read the text and one padding token, the other the padding alone.
    case padded
    /// The text alone; the answer is what each direction ends with.
    case text
}

/// An LSTM over the positions of a text.
public struct RecurrentLayer: Sendable, Equatable {
    /// h, the values of one direction's state.
    public var size = 128
    /// LSTMs on top of each other.
    public var layerCount = 1
    /// Whether a second one reads from the end to the start.
    public var isBidirectional = true
    /// What is read at each position.
    public var states = HiddenStates.last
    /// Which positions are read.
    public var reach = RecurrentReach.padded

    /// The study's: one bidirectional layer of 128 over the last hidden states.
    public init() {}

    /// Directions of a layer.
    package var directionCount: Int { isBidirectional ? 2 : 1 }
    /// Values that a classifier reads, and a second layer at each position.
    package var width: Int { directionCount * size }

    package static let sizes = 1...4096
    package static let layerCounts = 1...8
}

extension HeadForm {
    /// Whether the head reads every position of a text, so that the last block is computed for all of them.
    public var readsEveryPosition: Bool {
        switch self {
        case .flattened, .recurrent, .mean, .prompt: true
        case .transformed(let layer): layer.rows == .mean
        case .none, .pooled, .firstToken, .tokens, .vocabulary, .vocabularyAndPooled: false
        }
    }

    /// Whether it is a form of text classifier for which transformers has no class.
    public var isOurs: Bool {
        switch self {
        case .flattened, .recurrent, .mean, .prompt: true
        case .none, .pooled, .firstToken, .tokens, .vocabulary, .vocabularyAndPooled, .transformed: false
        }
    }

    /// Whether the head reads padding as the study defines it.
    public var readsPadding: Bool {
        switch self {
        case .flattened: true
        case .recurrent(let layer): layer.reach == .padded
        case .none, .pooled, .firstToken, .tokens, .vocabulary, .vocabularyAndPooled, .mean, .prompt, .transformed:
            false
        }
    }

    /// Whether the files of the study's program have names for a classifier of this form.
    package var isInStudysFiles: Bool {
        switch self {
        case .pooled, .flattened, .recurrent: true
        case .none, .firstToken, .tokens, .vocabulary, .vocabularyAndPooled, .mean, .prompt, .transformed: false
        }
    }

    /// What is read at each position; nil for heads that do not read every one.
    package var states: HiddenStates? {
        switch self {
        case .flattened(let states): states
        case .recurrent(let layer): layer.states
        case .mean, .prompt: .last
        case .transformed(let layer): layer.rows == .mean ? .last : nil
        case .none, .pooled, .firstToken, .tokens, .vocabulary, .vocabularyAndPooled: nil
        }
    }

    /// Values that the last layer of a classifier reads.
    package func classifierDepth(_ shape: EncoderShape) -> Int {
        switch self {
        case .flattened(let states): shape.tokenLimit * states.width(shape)
        case .recurrent(let layer): layer.width
        case .prompt: shape.embeddingSize
        case .none, .pooled, .firstToken, .tokens, .vocabulary, .vocabularyAndPooled, .mean, .transformed:
            shape.hiddenSize
        }
    }

    /// The positions that are computed for a text of some tokens, padding among them.
    ///
    /// Of the padding an LSTM without a way back sees the first token alone.
    package func rows(ofTokens count: Int, _ shape: EncoderShape) -> Int {
        switch self {
        case .flattened: shape.tokenLimit
        case .recurrent(let layer) where layer.reach == .padded:
            layer.isBidirectional ? shape.tokenLimit : min(count + 1, shape.tokenLimit)
        default: count
        }
    }
}

extension PackedBatch {
    /// The batch as a head reads it: padded where it reads padding.
    package func padded(for head: Head, _ shape: EncoderShape) -> PackedBatch {
        guard head.form.readsPadding else { return self }
        return padded(with: Int32(shape.padTokenID)) { head.form.rows(ofTokens: $0, shape) }
    }
}
