// The forward pass over a packed batch, fp32. Not here: the backward pass, which belongs to training, and tokenizing.
//
// T tokens of S sequences, H hidden, A heads of D, F feed-forward. A pass is a row of phases; within a phase, blocks of
// rows and columns go to whichever thread is free. Their sizes come from the shapes alone, and a row's result does not
// depend on the rows beside it, so neither threads nor batch change a bit.

internal import AdzeKernels
public import AdzeThreads

extension BertModel {
    /// Runs a batch and returns one output a sequence, in order.
    ///
    /// Throws `CheckpointError.noPooler` or `.noClassifier` for a wish that the model cannot fulfil.
    /// - Complexity: O(T · (4H² + 2HF) · L) plus O(Σ T² · H · L) for attention.
    public func run(
        _ batch: PackedBatch, outputs: OutputRequest, pool: WorkerPool, workspace: Workspace
    ) throws(CheckpointError) -> [EncoderOutput] {
        if outputs.contains(.logits) && classifier == nil { throw .noClassifier }
        if outputs.contains(.pooled) && pooler == nil { throw .noPooler(what: "the pooled output") }
        var results = (0..<batch.sequenceCount).map { EncoderOutput(tokenCount: batch.tokens(of: $0).count) }
        guard batch.tokenCount > 0 else { return results }
        workspace.reserve(tokens: batch.tokenCount, config: config, workers: pool.threadCount)
        let pass = ForwardPass(model: self, batch: batch, pool: pool, workspace: workspace)

        pass.embed()
        if outputs.contains(.hiddenStates) { pass.copyHidden(to: &results) { $0.hiddenStates.append($1) } }
        for (index, block) in blocks.enumerated() {
            let isLast = index == blocks.count - 1
            let firstTokenOnly = isLast && !outputs.needsEveryToken
            let attentions = pass.run(
                block, firstTokenOnly: firstTokenOnly, keepingAttentions: outputs.contains(.attentions))
            for sequence in attentions.indices { results[sequence].attentions.append(attentions[sequence]) }
            if outputs.contains(.hiddenStates) { pass.copyHidden(to: &results) { $0.hiddenStates.append($1) } }
        }
        if outputs.contains(.sequence) { pass.copyHidden(to: &results) { $0.sequence = $1 } }
        if !outputs.isDisjoint(with: [.firstToken, .pooled, .logits]) { pass.finish(outputs, &results) }
        return results
    }
}

/// Memory for forward passes, reused from one to the next; not to be shared by passes that run at once.
public final class Workspace {
    fileprivate var hidden = FloatBuffer(count: 0)
    fileprivate var queryKeyValue = FloatBuffer(count: 0)
    fileprivate var context = FloatBuffer(count: 0)
    fileprivate var attended = FloatBuffer(count: 0)
    fileprivate var feedForward = FloatBuffer(count: 0)
    fileprivate var attention: [AttentionScratch] = []

    /// An empty workspace.
    public init() {}

    fileprivate func reserve(tokens: Int, config: BertConfig, workers: Int) {
        func grow(_ buffer: inout FloatBuffer, _ count: Int) {
            if buffer.count < count { buffer = FloatBuffer(count: count) }
        }
        grow(&hidden, tokens * config.hiddenSize)
        grow(&queryKeyValue, tokens * 3 * config.paddedHiddenSize)
        grow(&context, tokens * config.hiddenSize)
        grow(&attended, tokens * config.hiddenSize)
        grow(&feedForward, max(tokens, ForwardPass.rowBlock(tokens: tokens) * workers) * config.intermediateSize)
        while attention.count < workers { attention.append(AttentionScratch()) }
    }
}

extension BertConfig {
    /// H rounded up to whole panels: where key and value start beside the query.
    var paddedHiddenSize: Int { (hiddenSize + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel }
}

/// One pass over one batch.
private struct ForwardPass: @unchecked Sendable {
    // @unchecked: the workspace is this pass's alone, and every parallel piece writes rows and columns of its own.
    let model: BertModel
    let batch: PackedBatch
    let pool: WorkerPool
    let workspace: Workspace

    private var config: BertConfig { model.config }
    private var kernels: Kernels { model.kernels }
    private var hidden: MatrixView { workspace.hidden.matrix(rows: batch.tokenCount, columns: config.hiddenSize) }

    // MARK: Embeddings

    /// hidden = layerNorm(word + type + position), in transformers' order of addition.
    func embed() {
        let (size, hidden, tables) = (config.hiddenSize, hidden, model.embeddings)
        pool.forEach(batch.sequenceCount) { sequence in
            let tokens = batch.tokens(of: sequence)
            for (position, token) in tokens.enumerated() {
                kernels.add3(
                    hidden.base + token * size, tables.words.base + Int(batch.ids[token]) * size,
                    tables.types.base + Int(batch.typeIDs[token]) * size, tables.positions.base + position * size,
                    count: size)
            }
            let rows = hidden.rows(tokens)
            normalize(rows, rows, tables.norm)
        }
    }

    // MARK: Blocks

    /// Runs one encoder block on `hidden`, in place.
    ///
    /// With `firstTokenOnly`, rows beyond S hold nothing afterwards: row s is the first token of sequence s. Returns the
    /// attention weights (A, T, T) of each sequence if wanted.
    func run(_ block: EncoderBlock, firstTokenOnly: Bool, keepingAttentions: Bool) -> [[Float]] {
        let padded = config.paddedHiddenSize
        let projected = workspace.queryKeyValue.matrix(rows: batch.tokenCount, columns: 3 * padded)
        let rows = firstTokenOnly ? batch.sequenceCount : batch.tokenCount
        if firstTokenOnly {
            // Keys and values of every token, but one query a sequence: it is put where row s keeps its query.
            multiply(projected, hidden, block.queryKeyValue, columns: padded..<3 * padded)
            gatherFirstTokens()
            multiply(projected.rows(0..<rows), hidden.rows(0..<rows), block.queryKeyValue, columns: 0..<padded)
        } else {
            multiply(projected, hidden, block.queryKeyValue)
        }
        let context = workspace.context.matrix(rows: rows, columns: config.hiddenSize)
        let attentions = attend(
            projected, context, firstTokenOnly: firstTokenOnly, keepingAttentions: keepingAttentions)
        let attended = workspace.attended.matrix(rows: rows, columns: config.hiddenSize)
        if rows >= 2 * ForwardPass.rowBlock(tokens: rows) {
            feedForwardByRows(block, context: context, attended: attended)
        } else {
            feedForwardByColumns(block, context: context, attended: attended)
        }
        return attentions
    }

    /// context = attention over each sequence and head; pieces are pairs of the two.
    private func attend(
        _ projected: MatrixView, _ context: MatrixView, firstTokenOnly: Bool, keepingAttentions: Bool
    ) -> [[Float]] {
        let (heads, size, padded) = (config.headCount, config.headSize, config.paddedHiddenSize)
        let scale = 1 / Float(size).squareRoot()
        let kept =
            keepingAttentions
            ? (0..<batch.sequenceCount).map {
                FloatBuffer(count: heads * batch.tokens(of: $0).count * batch.tokens(of: $0).count)
            } : []
        pool.forEachWithWorker(batch.sequenceCount * heads) { piece, worker in
            let (sequence, head) = piece.quotientAndRemainder(dividingBy: heads)
            let tokens = batch.tokens(of: sequence)
            let queries = firstTokenOnly ? sequence..<sequence + 1 : tokens
            func part(_ index: Int, _ rows: Range<Int>) -> MatrixView {
                projected.rows(rows).columns(index * padded + head * size..<index * padded + (head + 1) * size)
            }
            let probabilities =
                keepingAttentions
                ? kept[sequence].matrix(
                    rows: tokens.count, columns: tokens.count, offset: head * tokens.count * tokens.count) : nil
            workspace.attention[worker].attend(
                kernels, output: context.rows(queries).columns(head * size..<(head + 1) * size),
                query: part(0, queries), key: part(1, tokens), value: part(2, tokens), scale: scale,
                probabilities: probabilities)
        }
        return kept.map { $0.values(0..<$0.count) }
    }

    /// Moves the first token of sequence s to row s; sequences have at least one token, so no row is overwritten early.
    private func gatherFirstTokens() {
        let size = config.hiddenSize
        for sequence in 1..<max(batch.sequenceCount, 1) {
            let source = hidden.base + batch.tokens(of: sequence).lowerBound * size
            (hidden.base + sequence * size).update(from: source, count: size)
        }
    }

    /// Attention output, feed-forward and both normalisations, a block of rows at a time, so that what one step writes
    /// is still in the cache when the next reads it.
    private func feedForwardByRows(_ block: EncoderBlock, context: MatrixView, attended: MatrixView) {
        let height = ForwardPass.rowBlock(tokens: context.rows)
        let hidden = hidden
        pool.forEachWithWorker((context.rows + height - 1) / height) { piece, worker in
            let rows = piece * height..<min((piece + 1) * height, context.rows)
            let (attended, hidden) = (attended.rows(rows), hidden.rows(rows))
            let inner = workspace.feedForward.matrix(
                rows: rows.count, columns: config.intermediateSize, offset: worker * height * config.intermediateSize)
            apply(block.attentionOutput, attended, context.rows(rows), residual: hidden)
            normalize(attended, attended, block.attentionNorm)
            apply(block.intermediate, inner, attended, activation: config.activation)
            apply(block.output, hidden, inner, residual: attended)
            normalize(hidden, hidden, block.outputNorm)
        }
    }

    /// The same for few rows: the columns of each product are shared out, with a wait after each.
    private func feedForwardByColumns(_ block: EncoderBlock, context: MatrixView, attended: MatrixView) {
        let hidden = hidden.rows(0..<context.rows)
        let inner = workspace.feedForward.matrix(rows: context.rows, columns: config.intermediateSize)
        multiply(attended, context, block.attentionOutput, residual: hidden)
        normalize(attended, attended, block.attentionNorm)
        multiply(inner, attended, block.intermediate, activation: config.activation)
        multiply(hidden, inner, block.output, residual: attended)
        normalize(hidden, hidden, block.outputNorm)
    }

    // MARK: Heads

    /// First token, pooler and classifier; the first token of sequence s is fetched from where the last block left it.
    func finish(_ outputs: OutputRequest, _ results: inout [EncoderOutput]) {
        let (size, count) = (config.hiddenSize, batch.sequenceCount)
        // Either the last block gathered the first tokens already, or every token is there, or there is no block.
        if outputs.needsEveryToken || model.blocks.isEmpty { gatherFirstTokens() }
        let first = hidden.rows(0..<count)
        if outputs.contains(.firstToken) {
            for s in 0..<count { results[s].firstToken = workspace.hidden.values(s * size..<(s + 1) * size) }
        }
        guard let pooler = model.pooler, !outputs.isDisjoint(with: [.pooled, .logits]) else { return }
        let pooled = FloatBuffer(count: count * size)
        multiply(pooled.matrix(rows: count, columns: size), first, pooler, activation: .tanh)
        if outputs.contains(.pooled) {
            for s in 0..<count { results[s].pooled = pooled.values(s * size..<(s + 1) * size) }
        }
        guard let classifier = model.classifier, outputs.contains(.logits) else { return }
        let classes = classifier.weight.columns
        let logits = FloatBuffer(count: count * classes)
        multiply(logits.matrix(rows: count, columns: classes), pooled.matrix(rows: count, columns: size), classifier)
        for s in 0..<count { results[s].logits = logits.values(s * classes..<(s + 1) * classes) }
    }

    /// Hands each sequence its rows of the hidden state.
    func copyHidden(to results: inout [EncoderOutput], _ store: (inout EncoderOutput, [Float]) -> Void) {
        let size = config.hiddenSize
        for sequence in results.indices {
            let tokens = batch.tokens(of: sequence)
            store(&results[sequence], workspace.hidden.values(tokens.lowerBound * size..<tokens.upperBound * size))
        }
    }

    // MARK: Pieces

    /// Rows of one piece of work: enough for the tiles to share the weights, few enough for every thread to get some.
    static func rowBlock(tokens: Int) -> Int { tokens >= 2048 ? 96 : 48 }

    /// Columns of one piece of work.
    private static let columnBlock = 128

    /// A product shared out among the threads in blocks of rows and columns.
    ///
    /// `output` and `residual` have all the layer's columns, of which those in `columns` are computed.
    private func multiply(
        _ output: MatrixView, _ input: MatrixView, _ layer: Dense, columns: Range<Int>? = nil,
        residual: MatrixView? = nil, activation: Activation = .identity
    ) {
        let wanted = columns ?? 0..<layer.weight.columns
        let height = ForwardPass.rowBlock(tokens: input.rows)
        let width = input.rows >= 2 * height ? wanted.count : ForwardPass.columnBlock
        let (rowPieces, columnPieces) = ((input.rows + height - 1) / height, (wanted.count + width - 1) / width)
        pool.forEach(rowPieces * columnPieces) { piece in
            let (row, column) = piece.quotientAndRemainder(dividingBy: columnPieces)
            let rows = row * height..<min((row + 1) * height, input.rows)
            let columns =
                wanted.lowerBound + column * width..<min(wanted.lowerBound + (column + 1) * width, wanted.upperBound)
            kernels.multiply(
                output.rows(rows).columns(columns), input.rows(rows), layer.weight, columns: columns, bias: layer.bias,
                residual: residual?.rows(rows).columns(columns), activation: activation)
        }
    }

    private func apply(
        _ layer: Dense, _ output: MatrixView, _ input: MatrixView, residual: MatrixView? = nil,
        activation: Activation = .identity
    ) {
        kernels.multiply(output, input, layer.weight, bias: layer.bias, residual: residual, activation: activation)
    }

    private func normalize(_ output: MatrixView, _ input: MatrixView, _ norm: LayerNorm) {
        kernels.layerNorm(output, input, gamma: norm.gamma, beta: norm.beta, epsilon: Float(config.layerNormEpsilon))
    }
}
