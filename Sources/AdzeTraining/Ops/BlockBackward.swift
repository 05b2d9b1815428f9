// The backward pass of one block, from what `BlockForward.swift` kept. Not here: the order of the blocks.
//
// Three waves: rows from the block's end to the gradient of attention's context; attention, in pieces of a sequence and
// head; rows from query, key and value to the block's input. Then the products that make the weights' gradients. What the
// forward pass kept is turned into its gradient in place.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

/// Where the sums of a piece of rows lie: gradients of biases and normalisations, which run over all rows.
struct PartialSums {
    let outputNorm: Int
    let attentionNorm: Int
    let output: Int
    let intermediate: Int
    let attentionOutput: Int
    let projection: Int
    /// Only where blocks normalise what they read.
    let inputNorm: Int
    let count: Int

    init(_ config: EncoderShape) {
        let size = config.hiddenSize
        outputNorm = 0
        attentionNorm = 2 * size
        output = 4 * size
        attentionOutput = 5 * size
        projection = 6 * size
        intermediate = projection + 3 * config.paddedHiddenSize
        inputNorm = intermediate + config.innerSize
        count = (inputNorm + (config.normsFirst ? 2 * size : 0) + 15) / 16 * 16
    }
}

extension EncoderPass {
    /// From the gradient of the hidden state after a block to that before it, in place; the block's parameters' gradients
    /// are added.
    func runBackward(_ index: Int, _ kept: BlockActivations) {
        let (place, selective) = (places.blocks[index], isSelective(index))
        let (layers, jobs) = unsafe workspace.packed.backward(
            place, backwardWeights, config.heads(ofBlock: index), kernels, isSelective: selective)
        pool.pack(jobs, kernels: kernels)
        restoreInput(index)
        clearPartials()
        finishBackward(index, layers, kept)
        attendBackward(index, kept)
        projectBackward(index, layers, kept)
        if extent.findsInputs { return }
        addPartials(index)
        if let layers = quantized?.blocks[index] { roundInputs(index, layers, kept) }
        addWeightGradients(index, kept)
        addDistanceGradients(ofBlock: index)
    }

    /// The inputs of the layers as they were multiplied, for the weights' gradients.
    private func roundInputs(_ index: Int, _ layers: ForwardBlock, _ kept: BlockActivations) {
        let (rows, size) = (rows(of: index), config.hiddenSize)
        func view(_ space: GrowableBuffer, _ rows: Int) -> MatrixView { space.buffer.matrix(rows: rows, columns: size) }
        roundedInput(layerInput(index), layers.projection)
        if isSelective(index) { roundedInput(view(workspace.selected, rows), layers.projection) }
        roundedInput(context(index, kept.context), layers.attentionOutput)
        roundedInput(view(workspace.middle, rows), layers.intermediate)
        roundedInput(outputInput(kept, rows: rows), layers.output)
    }

    // MARK: Rows

    private var sums: PartialSums { PartialSums(config) }

    private func partial(_ piece: Int) -> UnsafeMutablePointer<Float> {
        unsafe workspace.partials.buffer.base + piece * sums.count
    }

    /// As many pieces as the rows of any block have.
    var partialCount: Int { max(RowPieces(tokens).count, RowPieces(batch.sequenceCount).count) }

    private func clearPartials() {
        unsafe workspace.partials.buffer.base.update(repeating: 0, count: partialCount * sums.count)
    }

    /// What the feed-forward's second layer has read.
    private func outputInput(_ kept: BlockActivations, rows: Int) -> MatrixView {
        inner(kept.inner, rows: rows).columns(0..<config.intermediateSize)
    }

    /// The block's input as query, key and value read it.
    private func layerInput(_ index: Int) -> MatrixView {
        guard places.blocks[index].inputNorm != nil else { return input(index) }
        return workspace.normalized.buffer.matrix(rows: tokens, columns: config.hiddenSize)
    }

    /// The block's input.
    private func input(_ index: Int) -> MatrixView {
        if config.normsFirst && index > extent.lowest && !extent.recomputes {
            return workspace.blocks[index - 1].summed.buffer.matrix(rows: tokens, columns: config.hiddenSize)
        }
        let space = index == extent.lowest || extent.recomputes ? workspace.inputs[index] : workspace.input
        return space.buffer.matrix(rows: tokens, columns: config.hiddenSize)
    }

    /// Makes the block's input: kept, or the sum of the block before, normalised by that or by this.
    private func restoreInput(_ index: Int) {
        let rows = normalizedInput(index, input(index))
        if index > extent.lowest && !extent.recomputes, let norm = places.blocks[index - 1].outputNorm {
            let pieces = RowPieces(tokens)
            let values = workspace.blocks[index - 1].summed.buffer.matrix(rows: tokens, columns: config.hiddenSize)
            pool.forEach(pieces.count) { piece in
                let part = pieces[piece]
                normalize(rows.rows(part), values.rows(part), norm)
            }
        }
        guard isSelective(index) else { return }
        let selected = unsafe workspace.selected.buffer.base
        for (row, token) in batch.starts.dropLast().enumerated() {
            unsafe (selected + row * config.hiddenSize).update(
                from: rows.rows(token..<token + 1).base, count: config.hiddenSize)
        }
    }

    private func finishBackward(_ index: Int, _ layers: BackwardBlock, _ kept: BlockActivations) {
        let (rows, size) = (rows(of: index), config.hiddenSize)
        let pieces = RowPieces(rows)
        let attended = kept.attended.buffer.matrix(rows: rows, columns: size)
        let summed = kept.summed.buffer.matrix(rows: rows, columns: size)
        let inner = inner(kept.inner, rows: rows)
        pool.forEachWithWorker(pieces.count) { piece, worker in
            let part = pieces[piece]
            unsafe feedForwardBackward(
                index, layers, part, worker, partial(piece), attended: attended.rows(part), inner: inner.rows(part),
                summed: summed.rows(part))
        }
    }

    /// From the gradient of the block's output to that of attention's context.
    private func feedForwardBackward(
        _ index: Int, _ layers: BackwardBlock, _ part: Range<Int>, _ worker: Int,
        _ partial: UnsafeMutablePointer<Float>, attended: MatrixView, inner: MatrixView, summed: MatrixView
    ) {
        let (place, size, selective) = (places.blocks[index], config.hiddenSize, isSelective(index))
        let (weights, sums, scratch) = unsafe (model.weights.base, sums, workspace.workers[worker])
        let rows = rows(of: index)
        let gradient = gradient(rows: rows).rows(part)
        let innerGradient = self.inner(workspace.innerGradient, rows: rows).rows(part)
        let middle = workspace.middle.buffer.matrix(rows: rows, columns: size).rows(part)
        let narrow = scratch.narrow.buffer.matrix(rows: part.count, columns: size)
        let dropped = scratch.second.buffer.matrix(rows: part.count, columns: size)

        /// The gradient before a dropout, in `dropped`; the same where nothing is dropped.
        func undrop(_ draw: DropoutDraw?, _ values: MatrixView) -> MatrixView {
            guard let draw else { return values }
            drop(draw, dropped, values, first: part.lowerBound, isSelective: selective)
            return dropped
        }
        func normalizeBackward(_ values: MatrixView, _ gradient: MatrixView, _ norm: NormPlace, _ sums: Int) {
            unsafe kernels.layerNormBackward(
                values, gradient: gradient, input: values, gamma: weights + norm.gamma, epsilon: epsilon,
                sums: (gamma: partial + sums, beta: partial + sums + size))
        }

        if let norm = place.outputNorm {
            normalizeBackward(summed, gradient, norm, sums.outputNorm)
        } else {
            copy(gradient, to: summed)
        }
        let output = undrop(dropout.output(index), summed)
        unsafe kernels.addRows(partial + sums.output, output)
        unsafe kernels.multiply(
            innerGradient.columns(0..<config.intermediateSize), output, layers.output, biasAt: nil)
        if config.isGated {
            kernels.gateBackward(gradient: innerGradient, values: inner, config.activation)
        } else {
            kernels.activateBackward(gradient: innerGradient, values: inner, config.activation)
        }
        unsafe kernels.addRows(partial + sums.intermediate, innerGradient)
        unsafe kernels.multiply(
            narrow, innerGradient, layers.intermediate, biasAt: nil, residual: config.normsFirst ? nil : summed)
        if dropout.output(index) != nil && !config.normsFirst { copy(output, to: summed) }

        normalize(middle, attended, place.attentionNorm)
        normalizeBackward(attended, narrow, place.attentionNorm, sums.attentionNorm)
        if config.normsFirst {
            add(summed, to: attended)
            if dropout.output(index) != nil { copy(output, to: summed) }
        }
        let context = undrop(dropout.attended(index), attended)
        unsafe kernels.addRows(partial + sums.attentionOutput, context)
        let contextGradient = self.context(index, workspace.contextGradient).rows(part)
        unsafe kernels.multiply(contextGradient, context, layers.attentionOutput, biasAt: nil)
    }

    /// target += source.
    private func add(_ source: MatrixView, to target: MatrixView) {
        for index in 0..<source.rows * source.columns { unsafe target.base[index] += source.base[index] }
    }

    private func copy(_ source: MatrixView, to target: MatrixView) {
        unsafe target.base.update(from: source.base, count: source.rows * source.columns)
    }

    // MARK: Attention

    private func attendBackward(_ index: Int, _ kept: BlockActivations) {
        let (context, gradient) = (context(index, kept.context), context(index, workspace.contextGradient))
        let learnsBias = distanceBias != nil && extent.learnsEmbeddings
        packDistances(index, kept)
        forEachHead(index, kept, sums: distanceSums(index, kept)) { head, worker in
            let gradient = gradient.rows(head.queries).columns(head.columns)
            gates?.set(index, head, context.rows(head.queries).columns(head.columns), gradient)
            unsafe workspace.workers[worker].attention.attendBackward(
                kernels, gradient: gradient, query: head.query, key: head.key, value: head.value, scale: head.scale,
                bias: head.bias,
                biasGradient: learnsBias
                    ? workspace.distances.center(head.sequence * config.headCount + head.number) : nil,
                terms: head.terms, sums: head.sums, window: head.window, dropout: head.dropout)
            if let rotation = head.rotation {
                rotation.turn(head.query, isInverse: true)
                rotation.turn(head.key, isInverse: true)
            }
        }
        clearPadding(index, kept)
    }

    /// Nobody attends to padding: its keys and values have no gradient.
    private func clearPadding(_ index: Int, _ kept: BlockActivations) {
        guard batch.hasPadding else { return }
        let projected = projected(index, kept)
        let others = projected.columns(config.heads(ofBlock: index).paddedWidth..<projected.columns)
        for sequence in 0..<batch.sequenceCount {
            for row in batch.textTokens(of: sequence).upperBound..<batch.tokens(of: sequence).upperBound {
                unsafe (others.base + row * others.stride).update(repeating: 0, count: others.columns)
            }
        }
    }

    /// From the gradients of query, key and value to that of the block's input, to which the residual's is added; and the
    /// residual's gradient before its dropout, for the attention output's weights.
    private func projectBackward(_ index: Int, _ layers: BackwardBlock, _ kept: BlockActivations) {
        let (size, padded) = (config.hiddenSize, config.heads(ofBlock: index).paddedWidth)
        let selective = isSelective(index)
        let (projected, hidden, sums) = (projected(index, kept), gradient(rows: tokens), sums)
        let attended = kept.attended.buffer.matrix(rows: rows(of: index), columns: size)
        let columns = selective ? padded..<3 * padded : 0..<3 * padded
        let norm = places.blocks[index].inputNorm
        let needsInput = index > extent.lowest || extent.reachesInput || norm != nil
        let pieces = RowPieces(tokens)
        pool.forEach(pieces.count) { piece in
            let part = pieces[piece]
            let outputs = projected.rows(part).columns(columns)
            unsafe kernels.addRows(partial(piece) + sums.projection + columns.lowerBound, outputs)
            if needsInput {
                unsafe kernels.multiply(
                    hidden.rows(part), outputs, layers.projection, biasAt: nil,
                    residual: selective || norm != nil ? nil : attended.rows(part))
            }
            if !selective && norm == nil { undropAttended(index, attended.rows(part), first: part.lowerBound) }
        }
        if let query = layers.query {
            queryBackward(index, query, projected, attended, hidden, needsInput: needsInput)
        }
        if let norm { normalizeInputBackward(index, norm, attended, hidden) }
    }

    /// From the gradient of a block's normalised input to that of the input, to which the residual's is added.
    private func normalizeInputBackward(_ index: Int, _ norm: NormPlace, _ attended: MatrixView, _ hidden: MatrixView) {
        let (size, selective, sums, input) = (config.hiddenSize, isSelective(index), sums, input(index))
        let pieces = RowPieces(tokens)
        pool.forEach(pieces.count) { piece in
            let part = pieces[piece]
            let rows = hidden.rows(part)
            unsafe kernels.layerNormBackward(
                rows, gradient: rows, input: input.rows(part), gamma: model.weights.base + norm.gamma, epsilon: epsilon,
                sums: (gamma: partial(piece) + sums.inputNorm, beta: partial(piece) + sums.inputNorm + size))
            if selective { return }
            add(attended.rows(part), to: rows)
            undropAttended(index, attended.rows(part), first: part.lowerBound)
        }
        guard selective else { return }
        for (sequence, token) in batch.starts.dropLast().enumerated() {
            add(attended.rows(sequence..<sequence + 1), to: hidden.rows(token..<token + 1))
        }
        undropAttended(index, attended, first: 0)
    }

    private func undropAttended(_ index: Int, _ attended: MatrixView, first: Int) {
        guard let draw = dropout.attended(index) else { return }
        drop(draw, attended, attended, first: first, isSelective: isSelective(index))
    }

    /// Of first tokens alone: what their queries and residuals add to the gradient of the input.
    private func queryBackward(
        _ index: Int, _ query: PackedMatrix, _ projected: MatrixView, _ attended: MatrixView, _ hidden: MatrixView,
        needsInput: Bool
    ) {
        let (size, width) = (config.hiddenSize, config.heads(ofBlock: index).width)
        let isLater = places.blocks[index].inputNorm != nil
        let pieces = RowPieces(batch.sequenceCount)
        pool.forEachWithWorker(pieces.count) { piece, worker in
            let part = pieces[piece]
            let outputs = projected.rows(part).columns(0..<width)
            unsafe kernels.addRows(partial(piece) + sums.projection, outputs)
            if needsInput {
                let rows = workspace.workers[worker].narrow.buffer.matrix(rows: part.count, columns: size)
                unsafe kernels.multiply(
                    rows, outputs, query, biasAt: nil, residual: isLater ? nil : attended.rows(part))
                for (row, sequence) in part.enumerated() {
                    let token = batch.starts[sequence]
                    unsafe kernels.addRows(hidden.rows(token..<token + 1).base, rows.rows(row..<row + 1))
                }
            }
            if !isLater { undropAttended(index, attended.rows(part), first: part.lowerBound) }
        }
    }

    // MARK: Parameters

    /// Adds the sums of the pieces, one after another.
    private func addPartials(_ index: Int) {
        let (place, sums, size) = (places.blocks[index], sums, config.hiddenSize)
        let (pieces, heads) = (partialCount, config.heads(ofBlock: index))
        func add(_ target: Int, _ first: Int, _ count: Int) {
            let columns = workspace.partials.buffer.matrix(rows: pieces, columns: sums.count).columns(
                first..<first + count)
            unsafe kernels.addRows(model.gradients.base + target, columns)
        }
        if let norm = place.outputNorm {
            add(norm.gamma, sums.outputNorm, size)
            add(norm.beta, sums.outputNorm + size, size)
        }
        if let norm = place.inputNorm {
            add(norm.gamma, sums.inputNorm, size)
            add(norm.beta, sums.inputNorm + size, size)
        }
        add(place.attentionNorm.gamma, sums.attentionNorm, size)
        add(place.attentionNorm.beta, sums.attentionNorm + size, size)
        add(place.output.bias, sums.output, size)
        add(place.intermediate.bias, sums.intermediate, config.innerSize)
        add(place.attentionOutput.bias, sums.attentionOutput, size)
        for (third, layer) in [place.query, place.key, place.value].enumerated() {
            add(layer.bias, sums.projection + third * heads.paddedWidth, heads.width)
        }
    }

    private func addWeightGradients(_ index: Int, _ kept: BlockActivations) {
        let (place, size, heads) = (places.blocks[index], config.hiddenSize, config.heads(ofBlock: index))
        let (rows, projected) = (rows(of: index), projected(index, kept))
        func narrow(_ space: GrowableBuffer, _ rows: Int) -> MatrixView {
            space.buffer.matrix(rows: rows, columns: size)
        }
        func product(_ place: DensePlace, _ outputs: MatrixView, _ inputs: MatrixView) -> WeightGradient {
            WeightGradient(
                sums: model.gradients.matrix(rows: place.columns, columns: place.depth, offset: place.weight),
                outputs: outputs, inputs: inputs)
        }
        func third(_ number: Int, _ rows: Int) -> MatrixView {
            let first = number * heads.paddedWidth
            return projected.rows(0..<rows).columns(first..<first + heads.width)
        }
        let input = layerInput(index)
        add(
            [
                product(place.output, narrow(kept.summed, rows), outputInput(kept, rows: rows)),
                product(
                    place.intermediate, inner(workspace.innerGradient, rows: rows), narrow(workspace.middle, rows)),
                product(place.attentionOutput, narrow(kept.attended, rows), context(index, kept.context)),
                product(place.query, third(0, rows), isSelective(index) ? narrow(workspace.selected, rows) : input),
                product(place.key, third(1, tokens), input),
                product(place.value, third(2, tokens), input),
            ])
    }
}
