// Steps of training: forward, loss and backward over one batch, and what goes with them (hidden states to cache, logits to
// evaluate). Not here: the order of an epoch, and what moves the weights.

internal import AdzeKernels
public import AdzeModels
public import AdzeThreads

/// Computes losses and gradients of a model; keeps its memory from one batch to the next.
///
/// Not thread-safe: one pass serves one caller at a time. Everything it computes has the same bits at any number of
/// threads.
public final class TrainingPass {
    let model: TrainingModel
    private let pool: WorkerPool
    let workspace = TrainingWorkspace()
    private var touched = TouchedParameters()

    /// A pass over a model on the threads of a pool.
    public init(_ model: TrainingModel, pool: WorkerPool) {
        (self.model, self.pool) = (model, pool)
    }

    /// Runs a batch forward and backward, and adds to `model.gradients`.
    ///
    /// Dropout is a function of `options.seed` and `options.step` alone. Throws `BatchError` and `TrainingError` for
    /// what does not fit the model, before any gradient is touched, and the errors of a quantized store.
    /// - Complexity: O(T · (4H² + 2HF) · L) three times over, plus attention; memory for ten T · H a block that learns.
    public func step(
        _ batch: TrainingBatch, loss: LossOptions = LossOptions(), options: StepOptions = StepOptions()
    ) throws -> StepResult {
        try run(batch, prefix: nil, loss: loss, options: options)
    }

    /// The same step begun after `blocks` frozen blocks from hidden states that `prefix(_:blocks:)` gave: the same bits.
    ///
    /// `options` freeze at least those blocks. Throws `TrainingError.prefixSize` too.
    public func step(
        _ batch: TrainingBatch, prefix: [[Float]], blocks: Int, loss: LossOptions = LossOptions(),
        options: StepOptions = StepOptions()
    ) throws -> StepResult {
        try run(batch, prefix: (prefix, blocks), loss: loss, options: options)
    }

    /// The hidden states of each sequence, with the padding that the head reads, after `blocks` blocks without dropout: H
    /// values a token, or of the first token alone after the last block where the head reads no other.
    public func prefix(
        _ sequences: [TokenSequence], blocks: Int, quantization: QuantizeAwareState? = nil
    ) throws -> [[Float]] {
        precondition((0...model.config.layerCount).contains(blocks), "there are so many blocks")
        precondition(!model.readsAllStates, "the head reads the states before these too")
        guard !sequences.isEmpty else { return [] }
        let pass = try evaluation(sequences, start: 0, isFromPrefix: false, quantization)
        pass.embed()
        pass.forward(upTo: blocks)
        let (batch, size) = (pass.batch, model.config.hiddenSize)
        let firstOnly = blocks == model.config.layerCount && model.readsFirstTokenOnly
        if firstOnly && blocks == 0 { pass.gatherFirst(pass.hidden(rows: batch.tokenCount)) }
        return sequences.indices.map { index in
            let rows = firstOnly ? index..<index + 1 : batch.tokens(of: index)
            return workspace.hidden.buffer.values(rows.lowerBound * size..<rows.upperBound * size)
        }
    }

    /// The logits of each sequence, C or C a token, without dropout.
    public func logits(
        _ sequences: [TokenSequence], quantization: QuantizeAwareState? = nil
    ) throws -> [[Float]] {
        guard !sequences.isEmpty else { return [] }
        let pass = try evaluation(sequences, start: 0, isFromPrefix: false, quantization)
        pass.embed()
        pass.forward()
        return separate(pass.headForward(), pass.batch)
    }

    /// The logits of each sequence from hidden states that `prefix(_:blocks:)` gave.
    public func logits(
        _ sequences: [TokenSequence], prefix: [[Float]], blocks: Int, quantization: QuantizeAwareState? = nil
    ) throws -> [[Float]] {
        guard !sequences.isEmpty else { return [] }
        let pass = try evaluation(sequences, start: blocks, isFromPrefix: true, quantization)
        try load(prefix, into: pass)
        pass.forward()
        return separate(pass.headForward(), pass.batch)
    }

    /// A state whose codes are made once, for passes between which no weight moves.
    ///
    /// Throws the errors of its store.
    /// - Complexity: O(weights); memory for them once more.
    public func settled(_ state: QuantizeAwareState) throws -> QuantizeAwareState {
        var state = state
        let memory = FloatBuffer(zeroPages: model.layout.count, largePagesFrom: 0)
        state.layers = try QuantizedLayers(state.store, model, from: 0, into: memory, pool: pool)
        return state
    }

    /// The mean loss of logits that are there, and what their sum was divided by.
    ///
    /// Throws `TrainingError`.
    public func loss(
        _ batch: TrainingBatch, logits: [[Float]], loss: LossOptions = LossOptions()
    ) throws -> (loss: Float, weight: Double) {
        let function = try LossFunction(head: model.head, classCount: model.logitCount, options: loss)
        let sum = try function(logits.flatMap { $0 }, batch.targets, lengths: batch.sequences.map(\.ids.count))
        return (loss: Float(sum.mean), weight: sum.weight)
    }

    /// The rows of the word embeddings that gradients were added to since `zeroGradients()`, ascending.
    public var touchedWords: [Int32] { touched.words.sorted() }

    /// Sets all gradients to zero that passes have added to.
    public func zeroGradients() {
        touched.zero(model)
        touched = TouchedParameters()
    }

    // MARK: Pieces

    private func run(
        _ batch: TrainingBatch, prefix: (values: [[Float]], blocks: Int)?, loss: LossOptions, options: StepOptions
    ) throws -> StepResult {
        let function = try LossFunction(head: model.head, classCount: model.logitCount, options: loss)
        guard !batch.sequences.isEmpty else {
            throw TrainingError.targetCount(what: "sequences, at least", expected: 1, found: 0)
        }
        let pass = try learning(batch.sequences, prefix: prefix, options)
        pass.forward()
        let logits = pass.headForward()
        let sum = try function(logits, batch.targets, lengths: batch.sequences.map(\.ids.count))
        pass.headBackward(sum.gradientOfMean(scale: options.lossScale), frozenPooler: options.frozenPooler)
        if pass.learnsBelow { pass.backward() }
        noteTouched(pass, frozenPooler: options.frozenPooler)
        return StepResult(
            loss: Float(sum.mean), weight: sum.weight, logits: logits,
            tokens: batch.sequences.reduce(0) { $0 + $1.ids.count })
    }

    /// A pass that learns, with what its first block reads in place.
    func learning(
        _ sequences: [TokenSequence], prefix: (values: [[Float]], blocks: Int)?, _ options: StepOptions
    ) throws -> EncoderPass {
        let count = model.config.layerCount
        let lowest = options.trainsOnlyHead ? count : min(max(0, options.frozenBlocks), count)
        let start = prefix?.blocks ?? 0
        precondition(start <= lowest, "a step starts from blocks that are frozen")
        precondition(prefix == nil || !model.readsAllStates, "the head reads the states before these too")
        let frozen = lowest > 0 || options.trainsOnlyHead || options.frozenEmbeddings || prefix != nil
        let pass = try encoderPass(
            sequences,
            PassExtent(
                start: start, isFromPrefix: prefix != nil, lowest: lowest, learnsEmbeddings: !frozen,
                recomputes: options.checkpointsActivations),
            dropout: DropoutPlaces(
                rates: options.dropout, seed: options.seed, step: options.step, layerCount: count, firstBlock: lowest,
                inEmbeddings: !frozen, findsAnswers: model.head.task == .questionAnswering),
            options.quantization)
        if let prefix { try load(prefix.values, into: pass) } else { pass.embed() }
        return pass
    }

    /// Notes what a pass has added gradients to, for `zeroGradients()`.
    func noteTouched(_ pass: EncoderPass, frozenPooler: Bool) { touched.add(pass, frozenPooler: frozenPooler) }

    /// A pass in which no parameter learns.
    private func evaluation(
        _ sequences: [TokenSequence], start: Int, isFromPrefix: Bool, _ quantization: QuantizeAwareState?
    ) throws -> EncoderPass {
        let extent = PassExtent(start: start, isFromPrefix: isFromPrefix, lowest: model.config.layerCount)
        return try withoutDropout(sequences, extent, quantization)
    }

    /// A pass in which nothing is dropped.
    func withoutDropout(
        _ sequences: [TokenSequence], _ extent: PassExtent, _ quantization: QuantizeAwareState? = nil
    ) throws -> EncoderPass {
        let count = model.config.layerCount
        return try encoderPass(
            sequences, extent,
            dropout: DropoutPlaces(
                rates: DropoutRates(), seed: 0, step: 0, layerCount: count, firstBlock: count, inEmbeddings: false,
                findsAnswers: false),
            quantization)
    }

    private func encoderPass(
        _ sequences: [TokenSequence], _ extent: PassExtent, dropout: DropoutPlaces,
        _ quantization: QuantizeAwareState?
    ) throws -> EncoderPass {
        let batch = try PackedBatch(sequences, config: model.config).padded(for: model.head, model.config)
        let longest = batch.longestCount
        let pass = EncoderPass(
            model: model, batch: batch, pool: pool, workspace: workspace, dropout: dropout, extent: extent,
            quantized: try quantization.map { try $0.layers ?? roundedLayers($0, from: extent.start) },
            distanceBias: model.distanceBias(longest: longest),
            distanceRows: model.config.distanceAttention?.rows(tokens: longest))
        pass.reserve()
        pass.prepareDistances()
        pass.reserveHead()
        return pass
    }

    /// The layers of one pass; the next one's take their memory.
    private func roundedLayers(_ state: QuantizeAwareState, from start: Int) throws -> QuantizedLayers {
        workspace.rounded.reserve(model.layout.count)
        return try QuantizedLayers(state.store, model, from: start, into: workspace.rounded.buffer, pool: pool)
    }

    /// Puts the hidden states that a pass starts from in their places: a row a token, but for a prefix that ends with the
    /// first token's last state.
    func load(_ prefix: [[Float]], into pass: EncoderPass) throws(TrainingError) {
        let (batch, size) = (pass.batch, model.config.hiddenSize)
        let isWhole = pass.extent.isFromPrefix && pass.extent.start == model.config.layerCount
        let firstOnly = isWhole && model.readsFirstTokenOnly
        precondition(prefix.count == batch.sequenceCount, "hidden states of each sequence")
        for (index, values) in prefix.enumerated() {
            let rows = firstOnly ? index..<index + 1 : batch.tokens(of: index)
            guard values.count == rows.count * size else {
                throw .prefixSize(sequence: index, expected: rows.count * size, found: values.count)
            }
            unsafe (workspace.hidden.buffer.base + rows.lowerBound * size).update(from: values, count: values.count)
        }
    }

    func separate(_ logits: [Float], _ batch: PackedBatch) -> [[Float]] {
        let count = model.logitCount
        return (0..<batch.sequenceCount).map { index in
            let rows = model.classifiesTexts ? index..<index + 1 : batch.tokens(of: index)
            return Array(logits[rows.lowerBound * count..<rows.upperBound * count])
        }
    }
}

/// Which gradients have been added to, so that the others need not be written to be zero.
private struct TouchedParameters {
    private(set) var words: Set<Int32> = []
    private var blocks: Set<Int> = []
    private var embeddings = false
    private var head = false
    private var pooler = false

    mutating func add(_ pass: EncoderPass, frozenPooler: Bool) {
        head = true
        if !frozenPooler { pooler = true }
        blocks.formUnion(pass.config.blocks(fromLayer: pass.extent.lowest))
        guard pass.extent.learnsEmbeddings else { return }
        embeddings = true
        words.formUnion(pass.batch.ids)
        if !pass.config.padTokenLearns { words.remove(Int32(pass.config.padTokenID)) }
    }

    func zero(_ model: TrainingModel) {
        let gradients = unsafe model.gradients.base
        let size = model.config.embeddingSize
        for word in words {
            unsafe (gradients + model.places.words + Int(word) * size).update(repeating: 0, count: size)
        }
        for entry in model.layout.entries where isTouched(entry.parameter) {
            unsafe (gradients + entry.range.lowerBound).update(repeating: 0, count: entry.range.count)
        }
    }

    private func isTouched(_ parameter: Parameter) -> Bool {
        switch parameter.part {
        case .block(let block): blocks.contains(block)
        // Its rows are counted one by one.
        case .embeddings: embeddings && parameter.role != .wordTable
        case .end: !blocks.isEmpty
        case .pooler: pooler
        case .head: head
        }
    }
}
