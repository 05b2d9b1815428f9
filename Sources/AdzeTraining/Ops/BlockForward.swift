// The forward pass of one block, which keeps what `BlockBackward.swift` reads. Not here: the order of the blocks.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

extension EncoderPass {
    /// From the hidden state before a block to that after it, in place.
    func runForward(_ index: Int, _ kept: BlockActivations) {
        let layers: ForwardBlock
        if let quantized {
            layers = quantized.blocks[index]
        } else {
            let (block, jobs) = unsafe workspace.packed.forward(
                places.blocks[index], model.weights.base, config.heads(ofBlock: index), kernels)
            pool.pack(jobs, kernels: kernels)
            layers = block
        }
        project(index, layers, projected(index, kept))
        makeDistances(index, kept)
        attend(index, kept)
        finish(index, layers, kept)
    }

    /// Query, key and value of each token side by side.
    func projected(_ index: Int, _ kept: BlockActivations) -> MatrixView {
        kept.projected.buffer.matrix(
            rows: tokens, columns: 3 * config.heads(ofBlock: index).paddedWidth, stride: config.projectedStride)
    }

    /// What a block's attention gives, a row each that it computes to the end.
    func context(_ index: Int, _ space: GrowableBuffer) -> MatrixView {
        space.buffer.matrix(rows: rows(of: index), columns: config.heads(ofBlock: index).width)
    }

    /// Where rows are sequences, keys and values of every token, and the query of each first token in the row of its
    /// sequence.
    private func project(_ index: Int, _ layers: ForwardBlock, _ projected: MatrixView) {
        let padded = config.heads(ofBlock: index).paddedWidth
        let input = normalizedInput(index, hidden(rows: tokens))
        func project(_ rows: Int, _ columns: Range<Int>) {
            let (pieces, hidden) = (RowPieces(rows), input.rows(0..<rows))
            pool.forEachWithWorker(pieces.count) { piece, worker in
                let part = pieces[piece]
                apply(
                    layers.projection, projected.rows(part).columns(columns), hidden.rows(part), worker,
                    columns: columns)
            }
        }
        guard isSelective(index) else { return project(tokens, 0..<3 * padded) }
        project(tokens, padded..<3 * padded)
        gatherFirst(hidden(rows: tokens))
        if places.blocks[index].inputNorm != nil { gatherFirst(input) }
        project(batch.sequenceCount, 0..<padded)
    }

    /// A block's input as its layers read it: normalised where a block does that itself.
    func normalizedInput(_ index: Int, _ input: MatrixView) -> MatrixView {
        guard let norm = places.blocks[index].inputNorm else { return input }
        let (target, pieces) = (
            workspace.normalized.buffer.matrix(rows: tokens, columns: config.hiddenSize), RowPieces(tokens)
        )
        pool.forEach(pieces.count) { piece in
            normalize(target.rows(pieces[piece]), input.rows(pieces[piece]), norm)
        }
        return target
    }

    /// context = attention over each sequence and head; pieces are pairs of the two.
    private func attend(_ index: Int, _ kept: BlockActivations) {
        let context = context(index, kept.context)
        forEachHead(index, kept) { head, worker in
            if let rotation = head.rotation {
                rotation.turn(head.query)
                rotation.turn(head.key)
            }
            workspace.workers[worker].attention.attend(
                kernels, output: context.rows(head.queries).columns(head.columns), query: head.query, key: head.key,
                value: head.value, scale: head.scale, bias: head.bias, terms: head.terms, window: head.window,
                dropout: head.dropout)
        }
    }

    /// One sequence and head: its parts of the projection.
    struct HeadPiece {
        let queries: Range<Int>
        let columns: Range<Int>
        let query: MatrixView
        let key: MatrixView
        let value: MatrixView
        let scale: Float
        let bias: AttentionBias?
        let terms: DistanceTerms?
        let sums: DistanceSums?
        let window: AttentionWindow?
        /// By which query and key are turned; row m is position m.
        let rotation: Rotation?
        let sequence: Int
        /// Its place among the block's heads, and its number in the whole model.
        let (place, number): (Int, Int)
        let dropout: AttentionDropout?
    }

    /// Runs `body` for each sequence and head, in parallel; with `sums`, one a head, all sequences of a head in their order.
    func forEachHead(
        _ index: Int, _ kept: BlockActivations, sums: [DistanceSums] = [],
        _ body: @Sendable (HeadPiece, Int) -> Void
    ) {
        let heads = config.heads(ofBlock: index)
        let (padded, numbers) = (heads.paddedWidth, heads.numbers)
        let (projected, draw) = (projected(index, kept), dropout.attention(index))
        // A head draws what it would draw in the whole model.
        var elements = [0]
        for sequence in 0..<batch.sequenceCount {
            let (rows, keys) = (batch.tokens(of: sequence).count, batch.textTokens(of: sequence).count)
            elements.append(elements[sequence] + heads.wholeCount * rows * ((keys + 15) / 16 * 16))
        }
        let (firsts, selective, terms) = (elements, isSelective(index), distanceTerms(heads))
        let rotation = model.rotary?.rotation(ofBlock: index, positions: batch.longestCount)
        let reach = config.rotary?.reach(ofBlock: index)
        @Sendable func run(_ sequence: Int, _ place: Int, _ worker: Int) {
            let (head, columns) = (numbers[place], heads.columns(place))
            let (tokens, keys) = (batch.tokens(of: sequence), batch.textTokens(of: sequence))
            let queries = selective ? sequence..<sequence + 1 : tokens
            func part(_ third: Int, _ rows: Range<Int>) -> MatrixView {
                projected.rows(rows).columns(third * padded + columns.lowerBound..<third * padded + columns.upperBound)
            }
            let pitch = (keys.count + 15) / 16 * 16
            let dropout = draw.map {
                AttentionDropout(draw: $0, first: firsts[sequence] + head * tokens.count * pitch, pitch: pitch)
            }
            body(
                HeadPiece(
                    queries: queries, columns: columns, query: part(0, queries), key: part(1, keys),
                    value: part(2, keys), scale: config.attentionScale,
                    bias: distanceBias.map { unsafe AttentionBias(center: $0.values(ofHead: head)) },
                    terms: terms.isEmpty ? nil : terms[place], sums: sums.isEmpty ? nil : sums[place],
                    window: reach.map { AttentionWindow(reach: $0) }, rotation: rotation,
                    sequence: sequence, place: place, number: head, dropout: dropout), worker)
        }
        if sums.isEmpty {
            pool.forEachWithWorker(batch.sequenceCount * heads.count) { piece, worker in
                run(piece / heads.count, piece % heads.count, worker)
            }
        } else {
            pool.forEachWithWorker(heads.count) { place, worker in
                for sequence in 0..<batch.sequenceCount { run(sequence, place, worker) }
            }
        }
    }

    /// Attention output, feed-forward and both normalisations, a piece of rows at a time.
    private func finish(_ index: Int, _ layers: ForwardBlock, _ kept: BlockActivations) {
        let (rows, size) = (rows(of: index), config.hiddenSize)
        let (pieces, selective, place) = (RowPieces(rows), isSelective(index), places.blocks[index])
        let context = context(index, kept.context)
        let attended = kept.attended.buffer.matrix(rows: rows, columns: size)
        let summed = kept.summed.buffer.matrix(rows: rows, columns: size)
        let (inner, hidden) = (inner(kept.inner, rows: rows), hidden(rows: rows))
        pool.forEachWithWorker(pieces.count) { piece, worker in
            let part = pieces[piece]
            let scratch = workspace.workers[worker]
            let middle = scratch.narrow.buffer.matrix(rows: part.count, columns: size)
            let active = self.inner(scratch.wide, rows: part.count)
            let (attended, inner, summed) = (attended.rows(part), inner.rows(part), summed.rows(part))
            addLayer(
                layers.attentionOutput, attended, context.rows(part), residual: hidden.rows(part), worker,
                dropout: dropout.attended(index), first: part.lowerBound, isSelective: selective)
            normalize(middle, attended, place.attentionNorm)
            apply(layers.intermediate, inner, middle, worker)
            if config.isGated {
                inner.copy(to: active)
                kernels.gate(active, config.activation)
            } else {
                kernels.activate(active, inner, config.activation)
            }
            addLayer(
                layers.output, summed, active.columns(0..<config.intermediateSize),
                residual: config.normsFirst ? attended : middle, worker, dropout: dropout.output(index),
                first: part.lowerBound, isSelective: selective)
            if let norm = place.outputNorm {
                normalize(hidden.rows(part), summed, norm)
            } else {
                summed.copy(to: hidden.rows(part))
            }
        }
    }

    func inner(_ space: GrowableBuffer, rows: Int) -> MatrixView {
        space.buffer.matrix(rows: rows, columns: config.innerSize, stride: config.intermediateStride)
    }

    /// output = dropout(layer(input)) + residual.
    private func addLayer(
        _ layer: ForwardLayer, _ output: MatrixView, _ input: MatrixView, residual: MatrixView, _ worker: Int,
        dropout: DropoutDraw?, first: Int, isSelective: Bool
    ) {
        guard let dropout else { return apply(layer, output, input, worker, residual: residual) }
        apply(layer, output, input, worker)
        drop(dropout, output, output, first: first, isSelective: isSelective, residual: residual)
    }
}
