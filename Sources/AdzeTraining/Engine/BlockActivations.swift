// What the forward pass of a block leaves for its backward pass, and the memory that passes work in. Not here: the work.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

/// Memory that grows and is used again.
struct Growing {
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
    private(set) var projected = Growing()
    /// The attention's output before its dense layer.
    private(set) var context = Growing()
    /// What the first normalisation is of.
    private(set) var attended = Growing()
    /// The feed-forward's inner values before the activation.
    private(set) var inner = Growing()
    /// What the second normalisation is of.
    private(set) var summed = Growing()

    /// Room for a block over `tokens` tokens, of which `rows` are computed to the end.
    func reserve(tokens: Int, rows: Int, config: BertConfig) {
        projected.reserve(tokens * config.projectedStride)
        context.reserve(rows * config.hiddenSize)
        attended.reserve(rows * config.hiddenSize)
        inner.reserve(rows * config.intermediateStride)
        summed.reserve(rows * config.hiddenSize)
    }
}

/// Scratch memory of one worker.
final class WorkerScratch {
    let attention = TrainingAttention()
    private(set) var narrow = Growing()
    private(set) var second = Growing()
    private(set) var wide = Growing()
    /// For the products of weights' gradients.
    private(set) var panels = Growing()
    private(set) var codes = QuantizedRows(capacity: 0, depth: 0)

    func reserve(config: BertConfig, quantized: Bool) {
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
    var hidden = Growing()
    /// The gradient of the hidden state.
    var gradient = Growing()
    /// The sums that the embeddings' normalisation is of.
    var embedded = Growing()
    /// The input of the lowest block that learns; of every one that does where blocks are computed twice.
    var inputs: [Growing] = []
    /// A block's input while its gradients are computed.
    var input = Growing()
    /// The feed-forward's input while a block's gradients are computed.
    var middle = Growing()
    var contextGradient = Growing()
    var innerGradient = Growing()
    /// The rows of the first tokens of a block's input.
    var selected = Growing()
    /// Sums of each piece of rows, side by side.
    var partials = Growing()
    var blocks: [BlockActivations] = []
    /// Of a block that keeps nothing.
    let passing = BlockActivations()
    var workers: [WorkerScratch] = []
    let packed = PackedBlock()
    /// What the codes of rounded layers stand for.
    var rounded = Growing()
    var pooled = Growing()
    var pooledInput = Growing()
    var pooledGradient = Growing()
    var logits = Growing()
    var logitGradient = Growing()
    let headWeights = PackedSpace()
    let poolerWeights = PackedSpace()
}
