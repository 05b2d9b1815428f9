// The forward pass of the encoder over a packed batch, fp32 or int8. Not here: how one product is shared out, which is
// `ForwardPass+Products.swift`, the heads, which are in `ForwardPass+Heads.swift`, the backward pass, and tokenizing.
//
// T tokens of S sequences, H hidden, A' heads of D in a block, F feed-forward. A block is two phases: attention, in pieces of a
// sequence and head; then everything from the attention's output to the next block's query, key and value, in blocks of
// rows that stay in a core's cache all the way. A row's result does not depend on the rows beside it, so neither threads
// nor batch change a bit.

internal import AdzeKernels
public import AdzeThreads

extension EncoderModel {
    /// Runs a batch and returns one output a sequence, in order.
    ///
    /// `positions` says, for each sequence, where the vocabulary logits are wanted; nil is every token, at V values each.
    /// Throws `CheckpointError.noPooler`, `.noClassifier` or `.noOutput` for a wish that the model cannot fulfil, and
    /// `BatchError.noSuchPosition`; in a task that is cancelled `CancellationError`, before the next block.
    /// - Complexity: O(T · (4H² + 2HF) · L) plus O(Σ T² · H · L) for attention, and O(P · V · H) for the vocabulary logits
    ///   at P positions. The last block is computed only for tokens that an output reads.
    public func run(
        _ batch: PackedBatch, outputs: OutputRequest, positions: [[Int]]? = nil, pool: WorkerPool, workspace: Workspace
    ) throws -> [EncoderOutput] {
        try checkOutputs(outputs)
        let wanted = outputs.contains(.vocabularyLogits) ? try batch.checked(positions) : nil
        guard outputs.contains(.logits), head.form.readsEveryPosition else {
            return try runPacked(batch, outputs: outputs, positions: wanted, pool: pool, workspace: workspace)
        }
        // Such a head may read padding, which no other output does.
        var results = try runPacked(
            batch, outputs: outputs.subtracting(.logits), positions: wanted, pool: pool, workspace: workspace)
        let logits = try sequenceLogits(batch, pool: pool, workspace: workspace)
        for sequence in results.indices { results[sequence].logits = logits[sequence] }
        return results
    }

    /// The same for outputs that the model gives and positions that have been checked.
    private func runPacked(
        _ batch: PackedBatch, outputs: OutputRequest, positions: [[Int]]?, pool: WorkerPool, workspace: Workspace
    ) throws(CancellationError) -> [EncoderOutput] {
        var results = (0..<batch.sequenceCount).map { EncoderOutput(tokenCount: batch.tokens(of: $0).count) }
        guard batch.tokenCount > 0, !outputs.isEmpty else { return results }
        let pass = ForwardPass(model: self, batch: batch, pool: pool, workspace: workspace)
        let selection = TokenSelection(batch, outputs: outputs, positions: positions)
        try pass.runBlocks(selection: selection, keepingAttentions: outputs.contains(.attentions)) { attentions in
            for sequence in attentions.indices { results[sequence].attentions.append(attentions[sequence]) }
            if outputs.contains(.hiddenStates) { pass.copyHidden(to: &results) { $0.hiddenStates.append($1) } }
        }
        if outputs.contains(.sequence) { pass.copyHidden(to: &results) { $0.sequence = $1 } }
        pass.finish(outputs, selection: selection, positions: positions, &results)
        return results
    }
}

/// One pass over one batch.
struct ForwardPass: @unchecked Sendable {
    // @unchecked: the workspace is this pass's alone, and every parallel piece writes rows and columns of its own.
    let model: EncoderModel
    let batch: PackedBatch
    let pool: WorkerPool
    let workspace: Workspace
    /// Sees the hidden state between attention and feed-forward, a block of rows at a time, on the threads of the pool.
    var onAttended: (@Sendable (MatrixView) -> Void)?
    /// The same of what the next block's query, key and value read.
    var onProjected: (@Sendable (MatrixView) -> Void)?

    var config: EncoderShape { model.config }
    var kernels: Kernels { model.kernels }
    /// The hidden state: a row a token, or after a selection a row for each that was selected.
    var hidden: MatrixView { workspace.hidden.matrix(rows: batch.tokenCount, columns: config.hiddenSize) }

    /// Query, key and value of each token side by side, as wide as those of any block; a block's own begin at the first
    /// column.
    var projected: MatrixView {
        workspace.queryKeyValue.matrix(
            rows: batch.tokenCount, columns: 3 * config.paddedHiddenSize, stride: config.projectedStride)
    }

    // MARK: Embeddings

    /// Embeddings, and the first block's projection.
    func start(_ selection: TokenSelection?) {
        embed()
        guard let first = projection(before: 0, selection) else { return }
        multiply(projected.columns(first.columns), hidden, first.layer, columns: first.columns)
    }

    /// hidden = projection(layerNorm(word + type + position)), in transformers' order of addition; or the other way round,
    /// layerNorm(projection(…)).
    private func embed() {
        let (size, tables) = (config.embeddingSize, model.embeddings)
        let sums =
            tables.projection == nil
            ? hidden : workspace.embedded.matrix(rows: batch.tokenCount, columns: size)
        let normalizesLast = tables.projection != nil && config.normalizesProjected
        tables.words.prepare(batch.ids, size: size, pool: pool)
        pool.forEach(batch.sequenceCount) { sequence in
            let tokens = batch.tokens(of: sequence)
            let positions = config.positions.rows(of: batch.ids[tokens])
            for (position, token) in zip(positions, tokens) {
                let row = unsafe sums.base + token * size
                unsafe tables.words.copy(row: Int(batch.ids[token]), size: size, to: row)
                unsafe kernels.add3(
                    row, row, tables.types.base + Int(batch.typeIDs[token]) * size,
                    tables.positions.base + position * size, count: size)
            }
            let rows = sums.rows(tokens)
            if let norm = tables.norm, !normalizesLast { normalize(rows, rows, norm) }
        }
        if let projection = tables.projection { multiply(hidden, sums, projection) }
        if let norm = tables.norm, normalizesLast {
            pool.forEach(batch.sequenceCount) { sequence in
                let rows = hidden.rows(batch.tokens(of: sequence))
                normalize(rows, rows, norm)
            }
        }
    }

    // MARK: Blocks

    /// Runs embeddings and blocks; `after` sees the embeddings' output and each block's in `hidden`, and the attention
    /// weights (A', T, T) of each sequence that the block has used, if they are kept.
    ///
    /// In a task that is cancelled, throws before the next block: what is in the workspace then is nobody's.
    func runBlocks(
        selection: TokenSelection?, keepingAttentions: Bool = false, after: ([[Float]]) -> Void
    ) throws(CancellationError) {
        workspace.reserve(tokens: batch.tokenCount, model: model, workers: pool.threadCount)
        start(selection)
        after([])
        for index in model.blocks.indices {
            if Task.isCancelled { throw CancellationError() }
            after(
                run(
                    index, selection: index == model.blocks.count - 1 ? selection : nil,
                    next: projection(before: index + 1, selection), keepingAttentions: keepingAttentions))
        }
        if model.blocks.isEmpty, let selection { gather(selection) }
    }

    /// What a block needs before its attention: its layer, and which of query, key and value.
    struct Projection {
        let layer: Dense
        let columns: Range<Int>
    }

    /// The projection before a block; of the last block with a selection, keys and values alone. Nil beyond the last.
    func projection(before index: Int, _ selection: TokenSelection?) -> Projection? {
        guard index < model.blocks.count else { return nil }
        let (block, isSelective) = (model.blocks[index], selection != nil && index == model.blocks.count - 1)
        let padded = block.heads.paddedWidth
        return Projection(
            layer: block.queryKeyValue, columns: isSelective ? padded..<3 * padded : 0..<3 * padded)
    }

    /// Runs one encoder block on `hidden`, in place, whose projection is there; makes that of the next block.
    ///
    /// With a selection, row i is afterwards its token i, and the rows beyond hold nothing. Returns the attention weights
    /// (A', T, T) of each sequence if wanted, which is without a selection only.
    @discardableResult
    func run(
        _ index: Int, selection: TokenSelection?, next: Projection?, keepingAttentions: Bool
    ) -> [[Float]] {
        let block = model.blocks[index]
        let rows = selection?.tokens.count ?? batch.tokenCount
        if let selection {
            // Keys and values of every token, but queries of the selected alone: row i keeps the query of token i.
            gather(selection)
            let queries = 0..<block.heads.paddedWidth
            multiply(
                projected.rows(0..<rows).columns(queries), normalized(rows, block.inputNorm), block.queryKeyValue,
                columns: queries)
        }
        // In the columns of the query: a piece of it is written where its own query was read last.
        let context = projected.rows(0..<rows).columns(0..<block.heads.width)
        let attentions = attend(
            index, context, selection: selection, keepingAttentions: keepingAttentions)
        if isFew(rows) {
            finishByColumns(index, context: context, next: next)
        } else {
            finishByRows(index, context: context, next: next)
        }
        return attentions
    }

    /// The first rows of the hidden state as a norm makes them; themselves without one.
    private func normalized(_ rows: Int, _ norm: LayerNorm?) -> MatrixView {
        let hidden = hidden.rows(0..<rows)
        guard let norm else { return hidden }
        let target = workspace.normalized.matrix(rows: rows, columns: config.hiddenSize)
        hidden.copy(to: target)
        normalizeAll(target, norm)
        return target
    }

    /// context = attention over each sequence and head; pieces are pairs of the two.
    private func attend(
        _ index: Int, _ context: MatrixView, selection: TokenSelection?, keepingAttentions: Bool
    ) -> [[Float]] {
        let block = model.blocks[index]
        let heads = block.heads
        let reach = config.rotary?.reach(ofBlock: index)
        let rotation = model.rotary?.rotation(ofBlock: index, positions: batch.longestCount)
        // Attention to a text without regard to places needs none of them.
        let needsPlaces = model.distanceBias != nil || block.distances != nil || rotation != nil
        let (projected, count, padded, numbers) = (projected, heads.count, heads.paddedWidth, heads.numbers)
        let scale = config.attentionScale
        precondition(!keepingAttentions || !batch.hasPadding, "attention weights are those of a text alone")
        let kept =
            keepingAttentions
            ? (0..<batch.sequenceCount).map {
                FloatBuffer(count: count * batch.tokens(of: $0).count * batch.tokens(of: $0).count)
            } : []
        pool.forEachWithWorker(batch.sequenceCount * count) { piece, worker in
            let (sequence, head) = piece.quotientAndRemainder(dividingBy: count)
            let columns = heads.columns(head)
            let (tokens, keys) = (batch.tokens(of: sequence), batch.textTokens(of: sequence))
            let queries = selection?.rows(of: sequence) ?? tokens
            if queries.isEmpty { return }
            let positions = needsPlaces ? selection?.tokens[queries].map { $0 - tokens.lowerBound } : nil
            let bias = model.distanceBias.map { distances in
                unsafe AttentionBias(center: distances.values(ofHead: numbers[head]), positions: positions)
            }
            let terms = model.distanceRows.flatMap { block.distances?.terms($0, head, positions: positions) }
            func part(_ index: Int, _ rows: Range<Int>) -> MatrixView {
                projected.rows(rows).columns(index * padded + columns.lowerBound..<index * padded + columns.upperBound)
            }
            let probabilities =
                keepingAttentions
                ? kept[sequence].matrix(
                    rows: tokens.count, columns: tokens.count, offset: head * tokens.count * tokens.count) : nil
            if let rotation {
                rotation.turn(part(0, queries), positions: positions)
                rotation.turn(part(1, keys))
            }
            workspace.attention[worker].attend(
                kernels, output: context.rows(queries).columns(columns),
                query: part(0, queries), key: part(1, keys), value: part(2, keys), scale: scale, bias: bias,
                terms: terms, window: reach.map { AttentionWindow(reach: $0, positions: positions) },
                probabilities: probabilities)
        }
        return kept.map { $0.values(0..<$0.count) }
    }

    /// Moves the selected token i to row i; they ascend, so no row is overwritten before it has been moved.
    func gather(_ selection: TokenSelection) {
        let size = config.hiddenSize
        for (row, token) in selection.tokens.enumerated() where row != token {
            unsafe (hidden.base + row * size).update(from: hidden.base + token * size, count: size)
        }
    }

    /// Attention output, feed-forward, both normalisations and the next projection, a block of rows at a time, so that
    /// what one step writes is still in the cache when the next reads it.
    ///
    /// Where blocks normalise what they read, what is added is what stands before the normalisation.
    private func finishByRows(_ index: Int, context: MatrixView, next: Projection?) {
        let (block, norm, keepsSums) = (model.blocks[index], model.norm(after: index), config.normsFirst)
        let height = blockHeight(rows: context.rows)
        let (hidden, projected, size, stride) = (hidden, projected, config.hiddenSize, config.intermediateStride)
        pool.forEachWithWorker((context.rows + height - 1) / height) { piece, worker in
            let rows = piece * height..<min((piece + 1) * height, context.rows)
            let hidden = hidden.rows(rows)
            let attended = workspace.attended.matrix(
                rows: rows.count, columns: size, offset: worker * ForwardPass.blockRows * size)
            let inner = workspace.feedForward.matrix(
                rows: rows.count, columns: config.innerSize, stride: stride,
                offset: worker * ForwardPass.blockRows * stride)
            apply(block.attentionOutput, attended, context.rows(rows), worker, residual: hidden)
            let middle = keepsSums ? normalizedRows(rows) : attended
            normalize(middle, attended, block.attentionNorm)
            onAttended?(middle)
            apply(block.intermediate, inner, middle, worker, activation: innerActivation)
            if config.isGated { kernels.gate(inner, config.activation) }
            apply(block.output, hidden, inner.columns(0..<config.intermediateSize), worker, residual: attended)
            let output = keepsSums && next != nil ? normalizedRows(rows) : hidden
            normalize(output, hidden, norm)
            if let next {
                onProjected?(output)
                apply(next.layer, projected.rows(rows).columns(next.columns), output, worker, columns: next.columns)
            }
        }
    }

    /// Some rows of what layers read where the hidden state stays as it is.
    private func normalizedRows(_ rows: Range<Int>) -> MatrixView {
        workspace.normalized.matrix(rows: batch.tokenCount, columns: config.hiddenSize).rows(rows)
    }

    /// What follows the feed-forward's first layer at once.
    private var innerActivation: Activation { config.isGated ? .identity : config.activation }

    /// The same for few rows: the columns of each product are shared out, with a wait after each.
    private func finishByColumns(_ index: Int, context: MatrixView, next: Projection?) {
        let (block, norm, keepsSums) = (model.blocks[index], model.norm(after: index), config.normsFirst)
        let hidden = hidden.rows(0..<context.rows)
        let attended = workspace.attended.matrix(rows: context.rows, columns: config.hiddenSize)
        let inner = workspace.feedForward.matrix(
            rows: context.rows, columns: config.innerSize, stride: config.intermediateStride)
        multiply(attended, context, block.attentionOutput, residual: hidden)
        let middle = keepsSums ? normalizedRows(0..<context.rows) : attended
        normalizeAll(middle, attended, block.attentionNorm)
        onAttended?(middle)
        multiply(inner, middle, block.intermediate, activation: innerActivation)
        if config.isGated { forEachRows(context.rows) { kernels.gate(inner.rows($0), config.activation) } }
        multiply(hidden, inner.columns(0..<config.intermediateSize), block.output, residual: attended)
        let output = keepsSums && next != nil ? normalizedRows(0..<context.rows) : hidden
        normalizeAll(output, hidden, norm)
        if let next {
            onProjected?(output)
            multiply(
                projected.rows(0..<context.rows).columns(next.columns), output, next.layer, columns: next.columns)
        }
    }

    /// Hands each sequence its rows of the hidden state.
    func copyHidden(to results: inout [EncoderOutput], _ store: (inout EncoderOutput, [Float]) -> Void) {
        let size = config.hiddenSize
        for sequence in results.indices {
            let tokens = batch.tokens(of: sequence)
            store(&results[sequence], workspace.hidden.values(tokens.lowerBound * size..<tokens.upperBound * size))
        }
    }
}
