// Options of one training step. Not here: those of the optimizer.

public import AdzeModels

/// The probabilities with which values are dropped: 0 for none, below 1.
public struct DropoutRates: Sendable, Equatable {
    /// After the embeddings, the attention's and the feed-forward's output.
    public var hidden: Float
    /// On the attention weights.
    public var attention: Float
    /// On what a classifier reads, of texts or of tokens.
    public var classifier: Float
    /// On what the layer that finds answers reads.
    public var answers: Float
    /// On what a text classifier's own layer on the first token reads; nil for as much as on its last layer's.
    public var firstToken: Float?
    /// Whether the attention's output is dropped of; not in every family.
    public var dropsAttended: Bool
    /// Whether the feed-forward's output is dropped of; not in every family.
    public var dropsFeedForward: Bool

    /// No dropout unless said.
    public init(
        hidden: Float = 0, attention: Float = 0, classifier: Float = 0, answers: Float = 0, firstToken: Float? = nil,
        dropsAttended: Bool = true, dropsFeedForward: Bool = true
    ) {
        (self.hidden, self.attention, self.classifier, self.answers) = (hidden, attention, classifier, answers)
        (self.firstToken, self.dropsAttended) = (firstToken, dropsAttended)
        self.dropsFeedForward = dropsFeedForward
    }

    /// The rates that a configuration states for a model with this head.
    public init(_ dropout: EncoderShape.Dropout, head: Head) {
        let texts = dropout.classifier ?? dropout.hidden
        // A masked language model drops nothing before its decoder.
        let isOfPrompt = if case .prompt = head.form { true } else { false }
        let isOfTokens = head.task.kind == .tokenClassification
        self.init(
            hidden: Float(dropout.hidden), attention: Float(dropout.attention),
            classifier: Float(isOfPrompt ? 0 : isOfTokens ? dropout.tokens ?? texts : texts),
            answers: Float(dropout.answers), firstToken: dropout.firstToken.map { Float($0) },
            dropsAttended: dropout.dropsAttended, dropsFeedForward: dropout.dropsFeedForward)
    }
}

/// What the forward pass rounds to 8 bits, as the int8 engine will: the codes of the weights as they are now.
///
/// The store makes the codes anew from the masters each time it is asked (`TrainingModel.tensorStore()` reads them), with
/// smoothing factors that stay as they were at the start.
public struct QuantizeAwareState: Sendable {
    /// Where the codes of a matrix come from.
    public let store: any QuantizedStore
    /// The layers of weights that do not move meanwhile, see `TrainingPass.settled(_:)`.
    var layers: QuantizedLayers?

    /// The forward pass of a store.
    public init(store: any QuantizedStore) { self.store = store }
}

/// How one step is computed.
public struct StepOptions: Sendable {
    /// What is dropped; frozen blocks drop nothing.
    public var dropout = DropoutRates()
    /// The seed of the run.
    public var seed: UInt64 = 0
    /// The number of the step, or of the batch within the run: what makes its dropout its own.
    public var step: UInt64 = 0
    /// The first n layers, and with them the embeddings where n > 0, get no gradient.
    /// A block that a layer above shares learns from that one.
    public var frozenBlocks = 0
    /// The embeddings get no gradient.
    public var frozenEmbeddings = false
    /// Everything below the head gets no gradient: as many frozen blocks as there are. The pooler is of the head.
    public var trainsOnlyHead = false
    /// The pooler gets no gradient of its own; it passes one on.
    public var frozenPooler = false
    /// Keeps each block's input alone and computes the block a second time in the backward pass: the same bits, less
    /// memory, a third more time.
    public var checkpointsActivations = false
    /// Rounds as int8 inference will; nil for fp32.
    public var quantization: QuantizeAwareState?
    /// What the gradients are multiplied with: 1 / (batches that are accumulated).
    public var lossScale: Float = 1

    /// A plain step: fp32, no dropout, everything trained.
    public init() {}
}

/// What the loss of a batch is, beyond what the targets say.
public struct LossOptions: Sendable, Equatable {
    /// A weight for each class: of cross-entropy a factor of each example's loss, whose sum divides; of multi-label
    /// targets the weight of the positive term (PyTorch's `pos_weight`).
    public var classWeights: [Float]?
    /// γ of the focal loss, which multiplies an example's cross-entropy by (1 - p)^γ; nil for plain cross-entropy.
    public var focalGamma: Float?
    /// Label smoothing ε of the cross-entropy over classes, 0 for none.
    public var labelSmoothing: Float = 0

    /// Plain losses.
    public init(classWeights: [Float]? = nil, focalGamma: Float? = nil, labelSmoothing: Float = 0) {
        self.classWeights = classWeights
        self.focalGamma = focalGamma
        self.labelSmoothing = labelSmoothing
    }
}

/// What a step found.
public struct StepResult: Sendable, Equatable {
    /// The mean loss of the batch, before `lossScale`; NaN or infinite where training has gone astray.
    public var loss: Float
    /// What the loss's sum was divided by: targets, or the sum of their weights.
    public var weight: Double
    /// C logits of each sequence (S · C), or of each token (T · C).
    public var logits: [Float]
    /// T.
    public var tokens: Int
}
