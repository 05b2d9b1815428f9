// Memory for forward passes. Not here: what is done with it.

internal import AdzeKernels

/// Memory for forward passes, reused from one to the next; not to be shared by passes that run at once.
public final class Workspace {
    private(set) var hidden = FloatBuffer(count: 0)
    /// The sums of narrow embeddings, before they are projected.
    private(set) var embedded = FloatBuffer(count: 0)
    private(set) var queryKeyValue = FloatBuffer(count: 0)
    /// The hidden state as layers read it, where blocks normalise what they read and keep what they give as it is.
    private(set) var normalized = FloatBuffer(count: 0)
    /// The hidden state between attention and feed-forward, of a block of rows a worker or of few rows.
    private(set) var attended = FloatBuffer(count: 0)
    private(set) var feedForward = FloatBuffer(count: 0)
    /// One for each worker.
    private(set) var attention: [AttentionScratch] = []
    /// The codes of a worker's own block of rows, one for each worker; none for a model in fp32.
    private(set) var codes: [QuantizedRows] = []
    /// The codes of few rows that all workers read.
    private(set) var sharedCodes = QuantizedRows(capacity: 0, depth: 0)

    /// An empty workspace.
    public init() {}

    func reserve(tokens: Int, model: EncoderModel, workers: Int) {
        func grow(_ buffer: inout FloatBuffer, _ count: Int) {
            if buffer.count < count { buffer = FloatBuffer(zeroPages: count, largePagesFrom: 0) }
        }
        let config = model.config
        grow(&hidden, tokens * config.hiddenSize)
        if config.projectsEmbeddings { grow(&embedded, tokens * config.embeddingSize) }
        grow(&queryKeyValue, tokens * config.projectedStride)
        if config.normsFirst { grow(&normalized, tokens * config.hiddenSize) }
        let few = ForwardPass.fewRows(workers: workers)
        let rows = max(few, ForwardPass.blockRows * workers)
        grow(&attended, rows * config.hiddenSize)
        grow(&feedForward, rows * config.intermediateStride)
        while attention.count < workers { attention.append(AttentionScratch()) }
        guard model.isInt8 else { return }
        let depth = max(config.hiddenSize, config.intermediateSize, config.embeddingSize)
        if codes.count < workers || codes.contains(where: { !$0.fits(rows: ForwardPass.blockRows, depth: depth) }) {
            codes = (0..<workers).map { _ in QuantizedRows(capacity: ForwardPass.blockRows, depth: depth) }
        }
        if !sharedCodes.fits(rows: few, depth: depth) { sharedCodes = QuantizedRows(capacity: few, depth: depth) }
    }
}

extension EncoderShape {
    /// H rounded up to whole panels: the most that a block's query takes, see `BlockHeads.paddedWidth`.
    package var paddedHiddenSize: Int {
        (hiddenSize + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel
    }

    /// The distance from row to row of query, key and value.
    package var projectedStride: Int { EncoderShape.scattered(3 * paddedHiddenSize) }

    /// The distance from row to row of the feed-forward's inner values.
    package var intermediateStride: Int { EncoderShape.scattered(innerSize) }

    /// At least `count`, and an odd number of cache lines: the rows of a tile would else meet in a few sets of the first
    /// cache and push each other out.
    private static func scattered(_ count: Int) -> Int { ((count + 15) / 16 | 1) * 16 }
}
