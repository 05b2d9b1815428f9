// Activations that the forward pass of a block keeps for its backward pass, and the scratch memory of both. Not here:
// the passes.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

/// Memory that grows and is used again.
struct GrowableBuffer {
    private(set) var buffer = FloatBuffer(count: 0)

    mutating func reserve(_ count: Int) {
        if buffer.count < count { buffer = FloatBuffer(zeroPages: count, largePagesFrom: 0) }
    }
}

/// What a block keeps: everything else is computed from it again.
///
/// The backward pass turns each into its own gradient in place: `projected` of query, key and value, the two sums, and
/// `inner` into its activation.
final class BlockActivations {
    /// Query, key and value of each token side by side.
    private(set) var projected = GrowableBuffer()
    /// The attention's output before its dense layer.
    private(set) var context = GrowableBuffer()
    /// What the first normalisation is of.
    private(set) var attended = GrowableBuffer()
    /// The feed-forward's inner values before the activation.
    private(set) var inner = GrowableBuffer()
    /// What the second normalisation is of.
    private(set) var summed = GrowableBuffer()
    /// Keys and queries of distances, (R, A' · D).
    private(set) var distances = [GrowableBuffer(), GrowableBuffer()]

    /// Room for one kind of distances' vectors.
    func reserveDistances(_ kind: Int, _ count: Int) { distances[kind].reserve(count) }

    /// Room for a block over `tokens` tokens, of which `rows` are computed to the end.
    func reserve(tokens: Int, rows: Int, config: EncoderShape) {
        projected.reserve(tokens * config.projectedStride)
        context.reserve(rows * config.hiddenSize)
        attended.reserve(rows * config.hiddenSize)
        inner.reserve(rows * config.intermediateStride)
        summed.reserve(rows * config.hiddenSize)
    }
}

/// Scratch memory of one worker.
final class WorkerScratch {
    let attention = AttentionScratch()
    private(set) var narrow = GrowableBuffer()
    private(set) var second = GrowableBuffer()
    private(set) var wide = GrowableBuffer()
    /// For the products of weights' gradients.
    private(set) var panels = GrowableBuffer()
    private(set) var codes = QuantizedRows(capacity: 0, depth: 0)

    func reserve(config: EncoderShape, quantized: Bool) {
        narrow.reserve(RowPieces.most * config.hiddenSize)
        second.reserve(RowPieces.most * config.hiddenSize)
        wide.reserve(RowPieces.most * config.intermediateStride)
        panels.reserve(WeightGradient.PieceSize.largest.scratchCount)
        let depth = max(config.hiddenSize, config.intermediateSize)
        if quantized && !codes.fits(rows: RowPieces.most, depth: depth) {
            codes = QuantizedRows(capacity: RowPieces.most, depth: depth)
        }
    }
}

/// The memory of passes, reused from one to the next.
final class TrainingWorkspace {
    /// The hidden state: a row a token; after the last block of a head that reads first tokens, a row a sequence.
    var hidden = GrowableBuffer()
    /// The gradient of the hidden state.
    var gradient = GrowableBuffer()
    /// The sums that the embeddings' normalisation is of.
    var embedded = GrowableBuffer()
    /// Embeddings narrower than hidden states, as their projection reads them, and their gradient.
    var narrow = GrowableBuffer()
    var narrowGradient = GrowableBuffer()
    /// Gradients of the bias by distance, over all blocks.
    let distances = DistanceGradients()
    let distanceTerms = DistanceWorkspace()
    /// The input of the lowest block that learns; of every one that does where blocks are computed twice.
    var inputs: [GrowableBuffer] = []
    /// A block's input while its gradients are computed.
    var input = GrowableBuffer()
    /// The feed-forward's input while a block's gradients are computed.
    var middle = GrowableBuffer()
    /// A block's input as its layers read it, where blocks normalise what they read.
    var normalized = GrowableBuffer()
    var contextGradient = GrowableBuffer()
    var innerGradient = GrowableBuffer()
    /// The rows of the first tokens of a block's input.
    var selected = GrowableBuffer()
    /// Sums of each piece of rows, side by side.
    var partials = GrowableBuffer()
    var blocks: [BlockActivations] = []
    /// Of a block that keeps nothing.
    let passing = BlockActivations()
    var workers: [WorkerScratch] = []
    let packed = PackedBlock()
    /// What the codes of rounded layers stand for.
    var rounded = GrowableBuffer()
    var pooled = GrowableBuffer()
    var pooledInput = GrowableBuffer()
    /// A head's own layer before its activation, and what it read.
    var dense = GrowableBuffer()
    var denseInput = GrowableBuffer()
    var pooledGradient = GrowableBuffer()
    /// The length of each sequence's mean before it was scaled.
    var meanLengths = GrowableBuffer()
    /// The hidden states at the masks of prompts, (S, H), and their gradients.
    var masks = GrowableBuffer()
    var masksGradient = GrowableBuffer()
    var logits = GrowableBuffer()
    var logitGradient = GrowableBuffer()
    /// What a head that reads the states of all blocks reads, (T, (L + 1) · H), and its gradient.
    var states = GrowableBuffer()
    var statesGradient = GrowableBuffer()
    let recurrent = RecurrentWorkspace()
    let headWeights = PackedSpace()
    let firstTokenWeights = PackedSpace()
    let projectionWeights = PackedSpace()
}
