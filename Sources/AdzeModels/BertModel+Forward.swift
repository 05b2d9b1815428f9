// The forward pass of the encoder over a packed batch, fp32. Not here: the heads, which are in `BertModel+Heads.swift`,
// the backward pass, which belongs to training, and tokenizing.
//
// T tokens of S sequences, H hidden, A heads of D, F feed-forward. A pass is a row of phases; within a phase, blocks of
// rows and columns go to whichever thread is free. Their sizes come from the shapes alone, and a row's result does not
// depend on the rows beside it, so neither threads nor batch change a bit.

internal import AdzeKernels
public import AdzeThreads

extension BertModel {
    /// Runs a batch and returns one output a sequence, in order.
    ///
    /// `positions` says, for each sequence, where the vocabulary logits are wanted; nil is every token, at V values each.
    /// Throws `CheckpointError.noPooler`, `.noClassifier` or `.noOutput` for a wish that the model cannot fulfil, and
    /// `BatchError.noSuchPosition`.
    /// - Complexity: O(T · (4H² + 2HF) · L) plus O(Σ T² · H · L) for attention, and O(P · V · H) for the vocabulary logits
    ///   at P positions. The last block is computed only for tokens that an output reads.
    public func run(
        _ batch: PackedBatch, outputs: OutputRequest, positions: [[Int]]? = nil, pool: WorkerPool, workspace: Workspace
    ) throws -> [EncoderOutput] {
        try checkOutputs(outputs)
        let wanted = outputs.contains(.vocabularyLogits) ? try batch.checked(positions) : nil
        var results = (0..<batch.sequenceCount).map { EncoderOutput(tokenCount: batch.tokens(of: $0).count) }
        guard batch.tokenCount > 0 else { return results }
        workspace.reserve(tokens: batch.tokenCount, config: config, workers: pool.threadCount)
        let pass = ForwardPass(model: self, batch: batch, pool: pool, workspace: workspace)
        let selection = TokenSelection(batch, outputs: outputs, positions: wanted)

        pass.embed()
        if outputs.contains(.hiddenStates) { pass.copyHidden(to: &results) { $0.hiddenStates.append($1) } }
        for (index, block) in blocks.enumerated() {
            let attentions = pass.run(
                block, selection: index == blocks.count - 1 ? selection : nil,
                keepingAttentions: outputs.contains(.attentions))
            for sequence in attentions.indices { results[sequence].attentions.append(attentions[sequence]) }
            if outputs.contains(.hiddenStates) { pass.copyHidden(to: &results) { $0.hiddenStates.append($1) } }
        }
        if blocks.isEmpty, let selection { pass.gather(selection) }
        if outputs.contains(.sequence) { pass.copyHidden(to: &results) { $0.sequence = $1 } }
        pass.finish(outputs, selection: selection, positions: wanted, &results)
        return results
    }
}

/// Memory for forward passes, reused from one to the next; not to be shared by passes that run at once.
public final class Workspace {
    fileprivate(set) var hidden = FloatBuffer(count: 0)
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
struct ForwardPass: @unchecked Sendable {
    // @unchecked: the workspace is this pass's alone, and every parallel piece writes rows and columns of its own.
    let model: BertModel
    let batch: PackedBatch
    let pool: WorkerPool
    let workspace: Workspace

    var config: BertConfig { model.config }
    var kernels: Kernels { model.kernels }
    /// The hidden state: a row a token, or after a selection a row for each that was selected.
    var hidden: MatrixView { workspace.hidden.matrix(rows: batch.tokenCount, columns: config.hiddenSize) }

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
    /// With a selection, row i is afterwards its token i, and the rows beyond hold nothing. Returns the attention weights
    /// (A, T, T) of each sequence if wanted, which is without a selection only.
    func run(_ block: EncoderBlock, selection: TokenSelection?, keepingAttentions: Bool) -> [[Float]] {
        let padded = config.paddedHiddenSize
        let projected = workspace.queryKeyValue.matrix(rows: batch.tokenCount, columns: 3 * padded)
        let rows = selection?.tokens.count ?? batch.tokenCount
        if let selection {
            // Keys and values of every token, but queries of the selected alone: row i keeps the query of token i.
            multiply(projected, hidden, block.queryKeyValue, columns: padded..<3 * padded)
            gather(selection)
            multiply(projected.rows(0..<rows), hidden.rows(0..<rows), block.queryKeyValue, columns: 0..<padded)
        } else {
            multiply(projected, hidden, block.queryKeyValue)
        }
        let context = workspace.context.matrix(rows: rows, columns: config.hiddenSize)
        let attentions = attend(
            projected, context, selection: selection, keepingAttentions: keepingAttentions)
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
        _ projected: MatrixView, _ context: MatrixView, selection: TokenSelection?, keepingAttentions: Bool
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
            let queries = selection?.rows(of: sequence) ?? tokens
            if queries.isEmpty { return }
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

    /// Moves the selected token i to row i; they ascend, so no row is overwritten before it has been moved.
    func gather(_ selection: TokenSelection) {
        let size = config.hiddenSize
        for (row, token) in selection.tokens.enumerated() where row != token {
            (hidden.base + row * size).update(from: hidden.base + token * size, count: size)
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
    func multiply(
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

    func normalize(_ output: MatrixView, _ input: MatrixView, _ norm: LayerNorm) {
        kernels.layerNorm(output, input, gamma: norm.gamma, beta: norm.beta, epsilon: Float(config.layerNormEpsilon))
    }
}
