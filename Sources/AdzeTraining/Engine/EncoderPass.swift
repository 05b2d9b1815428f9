// One pass of the encoder over one batch: what it works on, and the order of its blocks, forward and backward. What a
// block does is in Ops. Not here: heads and losses.
//
// T tokens of S sequences, H hidden, A heads of D, F feed-forward. Rows are tokens; in the last block of a head that reads
// first tokens alone they are the sequences. Work is cut into pieces by the shapes alone, and each sum runs in a fixed
// order within a piece or over the pieces: the number of threads changes no bit.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

/// How much of the encoder a pass runs, and how much of that learns.
struct PassExtent {
    /// The first block that is run: those before it have given the hidden states that the pass starts from.
    var start: Int
    /// Whether such hidden states were given.
    var isFromPrefix: Bool
    /// The first block that learns; the number of blocks where none does.
    var lowest: Int
    var learnsEmbeddings = false
    /// Whether blocks keep their input alone, and the rest is computed again on the way back.
    var recomputes = false
    /// Whether the gradient of the first block's input is all that is wanted, and no parameter gets one.
    var findsInputs = false

    /// Whether a gradient passes below the block `lowest`.
    var reachesInput: Bool { learnsEmbeddings || findsInputs }
}

/// One pass over one batch.
struct EncoderPass: @unchecked Sendable {
    // @unchecked: the workspace is this pass's alone, and every parallel piece writes rows and columns of its own.
    let model: TrainingModel
    let batch: PackedBatch
    let pool: WorkerPool
    let workspace: TrainingWorkspace
    let dropout: DropoutPlaces
    let extent: PassExtent
    /// The layers rounded to 8 bits; nil for fp32.
    let quantized: QuantizedLayers?
    /// What distances add to attention scores at present; nil for nothing.
    let distanceBias: DistanceBias?
    /// The rows of the batch's distances, where attention has keys or queries of distances.
    let distanceRows: DistanceRows?
    /// Takes the gradients of gates on the heads; nil where nobody asks.
    var gates: HeadGates?

    var config: EncoderShape { model.config }
    var kernels: Kernels { model.kernels }
    /// The weights that gradients pass through.
    var backwardWeights: UnsafePointer<Float> { unsafe quantized?.weights ?? UnsafePointer(model.weights.base) }
    var places: ParameterOffsets { model.places }
    var tokens: Int { batch.tokenCount }
    var epsilon: Float { Float(config.layerNormEpsilon) }
    /// The rows of logits.
    var logitRows: Int { model.classifiesTexts ? batch.sequenceCount : tokens }
    /// The rows that the head reads.
    var finalRows: Int { model.readsFirstTokenOnly ? batch.sequenceCount : tokens }

    func isSelective(_ block: Int) -> Bool { model.readsFirstTokenOnly && block == config.layerCount - 1 }
    /// The rows that a block computes to the end.
    func rows(of block: Int) -> Int { isSelective(block) ? batch.sequenceCount : tokens }

    func hidden(rows: Int) -> MatrixView { workspace.hidden.buffer.matrix(rows: rows, columns: config.hiddenSize) }
    func gradient(rows: Int) -> MatrixView { workspace.gradient.buffer.matrix(rows: rows, columns: config.hiddenSize) }

    // MARK: Memory

    func reserve() {
        let size = config.hiddenSize
        workspace.hidden.reserve(tokens * size)
        while workspace.workers.count < pool.threadCount { workspace.workers.append(WorkerScratch()) }
        for worker in workspace.workers { worker.reserve(config: config, quantized: quantized != nil) }
        workspace.selected.reserve(batch.sequenceCount * size)
        if config.normsFirst { workspace.normalized.reserve(tokens * size) }
        if config.projectsEmbeddings { workspace.narrow.reserve(tokens * config.embeddingSize) }
        if extent.start < config.layerCount {
            if extent.lowest > extent.start || extent.recomputes {
                workspace.passing.reserve(tokens: tokens, rows: tokens, config: config)
            }
        }
        guard extent.lowest < config.layerCount || extent.reachesInput else { return }
        workspace.gradient.reserve(tokens * size)
        workspace.input.reserve(tokens * size)
        workspace.middle.reserve(tokens * size)
        workspace.contextGradient.reserve(tokens * size)
        workspace.innerGradient.reserve(tokens * config.intermediateStride)
        workspace.partials.reserve(partialCount * max(PartialSums(config).count, 2 * config.embeddingSize))
        if extent.learnsEmbeddings {
            workspace.embedded.reserve(
                tokens * (config.normalizesProjected ? config.hiddenSize : config.embeddingSize))
            if config.projectsEmbeddings { workspace.narrowGradient.reserve(tokens * config.embeddingSize) }
            if let distanceBias { workspace.distances.clear(batch, config, distanceBias) }
        }
        while workspace.inputs.count < config.layerCount { workspace.inputs.append(GrowableBuffer()) }
        while workspace.blocks.count < config.layerCount { workspace.blocks.append(BlockActivations()) }
        for block in extent.lowest..<config.layerCount {
            if block == extent.lowest || extent.recomputes { workspace.inputs[block].reserve(tokens * size) }
            if !extent.recomputes {
                workspace.blocks[block].reserve(tokens: tokens, rows: rows(of: block), config: config)
            }
        }
    }

    /// Where a block's activations go.
    func activations(_ block: Int) -> BlockActivations {
        block >= extent.lowest && !extent.recomputes ? workspace.blocks[block] : workspace.passing
    }

    // MARK: Order

    /// From the ids, or from hidden states that are there, to the hidden state of the rows that the head reads.
    func forward(upTo end: Int? = nil) {
        if extent.start == 0 { keepStates(after: 0) }
        for block in extent.start..<max(extent.start, end ?? config.layerCount) {
            if block >= extent.lowest && (block == extent.lowest || extent.recomputes) {
                copyRows(workspace.hidden, workspace.inputs[block])
            }
            runForward(block, activations(block))
            keepStates(after: block + 1)
        }
        if config.layerCount == 0 && model.readsFirstTokenOnly && end == nil && !extent.isFromPrefix {
            gatherFirst(hidden(rows: tokens))
        }
    }

    /// From the gradient of those rows to all gradients below.
    func backward() {
        if config.layerCount == 0 && model.readsFirstTokenOnly { spreadFirst() }
        takeStatesGradient(after: config.layerCount)
        for block in stride(from: config.layerCount - 1, through: extent.lowest, by: -1) {
            let kept = activations(block)
            if extent.recomputes {
                copyRows(workspace.inputs[block], workspace.hidden)
                runForward(block, kept)
            }
            runBackward(block, kept)
            if block > extent.lowest || extent.reachesInput { takeStatesGradient(after: block) }
        }
        if extent.learnsEmbeddings {
            embedBackward()
            addDistanceGradients()
            addVectorGradients()
        }
    }

    private func copyRows(_ source: GrowableBuffer, _ target: GrowableBuffer) {
        unsafe target.buffer.base.update(from: source.buffer.base, count: tokens * config.hiddenSize)
    }

    /// Moves the first token of each sequence to the row of the sequence; they ascend, so that none is overwritten
    /// before it has been moved.
    func gatherFirst(_ rows: MatrixView) {
        for (row, token) in batch.starts.dropLast().enumerated() where row != token {
            unsafe (rows.base + row * rows.stride).update(from: rows.base + token * rows.stride, count: rows.columns)
        }
    }

    /// The inverse, for gradients: all others are zero.
    private func spreadFirst() {
        let (size, rows) = (config.hiddenSize, gradient(rows: tokens))
        for (row, token) in batch.starts.dropLast().enumerated().reversed() where row != token {
            unsafe (rows.base + token * size).update(from: rows.base + row * size, count: size)
        }
        let first = Set(batch.starts.dropLast())
        for token in 0..<tokens where !first.contains(token) {
            unsafe (rows.base + token * size).update(repeating: 0, count: size)
        }
    }

    // MARK: Pieces

    /// output = layer(input) + residual for a worker's own rows.
    func apply(
        _ layer: ForwardLayer, _ output: MatrixView, _ input: MatrixView, _ worker: Int, columns: Range<Int>? = nil,
        residual: MatrixView? = nil
    ) {
        switch layer {
        case .float(let matrix, let bias):
            unsafe kernels.multiply(output, input, matrix, columns: columns, biasAt: bias, residual: residual)
        case .plain(let matrix, let bias):
            unsafe kernels.multiply(output, input, matrix, columns: columns, biasAt: bias.base, residual: residual)
        case .int8(let matrix, let factors):
            let codes = workspace.workers[worker].codes
            kernels.quantize(codes, rows: 0..<input.rows, input, factors: factors)
            kernels.multiply(output, codes, rows: 0..<input.rows, matrix, columns: columns, residual: residual)
        }
    }

    func normalize(_ output: MatrixView, _ input: MatrixView, _ norm: NormPlace) {
        let weights = unsafe model.weights.base
        unsafe kernels.layerNorm(
            output, input, gamma: weights + norm.gamma, beta: weights + norm.beta, epsilon: epsilon)
    }

    /// output = dropout(input) + residual of a block's rows, which begin with the block's row `first`.
    func drop(
        _ draw: DropoutDraw, _ output: MatrixView, _ input: MatrixView, first: Int, isSelective: Bool,
        residual: MatrixView? = nil
    ) {
        let size = output.columns
        guard isSelective else {
            return kernels.dropout(
                draw, output, input, first: first * size, pitch: size, residual: residual)
        }
        // The draws are those of the tokens that the rows are of.
        for row in 0..<output.rows {
            let one = row..<row + 1
            kernels.dropout(
                draw, output.rows(one), input.rows(one), first: batch.starts[first + row] * size, pitch: size,
                residual: residual?.rows(one))
        }
    }
}
