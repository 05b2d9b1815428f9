// Embeddings: the sum of three tables' rows and its normalisation, both directions. Not here: dropout's draws.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

extension EncoderPass {
    /// hidden = dropout(layerNorm(word + type + position)), in transformers' order of addition.
    func embed() {
        let (size, hidden) = (config.hiddenSize, hidden(rows: tokens))
        let sums = learnsEmbeddings ? workspace.embedded.buffer.matrix(rows: tokens, columns: size) : hidden
        pool.forEach(batch.sequenceCount) { sequence in
            let range = batch.tokens(of: sequence)
            for (position, token) in range.enumerated() {
                let (row, weights) = (sums.base + token * size, model.weights.base)
                let (id, type) = (Int(batch.ids[token]), Int(batch.typeIDs[token]))
                if let quantized {
                    quantized.embed(id: id, type: type, position: position, to: row, kernels)
                } else {
                    kernels.add3(
                        row, weights + places.words + id * size, weights + places.types + type * size,
                        weights + places.positions + position * size, count: size)
                }
            }
            normalize(hidden.rows(range), sums.rows(range), places.embeddingNorm)
            if let draw = dropout.embeddings {
                let rows = hidden.rows(range)
                drop(draw, rows, rows, first: range.lowerBound, isSelective: false)
            }
        }
    }

    /// Adds the gradients of the three tables and of the normalisation, given that of the hidden state.
    ///
    /// The row of the padding token gets none, as in transformers.
    func embedBackward() {
        let (size, gradient, norm) = (config.hiddenSize, gradient(rows: tokens), places.embeddingNorm)
        let sums = workspace.embedded.buffer.matrix(rows: tokens, columns: size)
        let pieces = RowPieces(tokens)
        workspace.partials.buffer.base.update(repeating: 0, count: pieces.count * 2 * size)
        pool.forEach(pieces.count) { piece in
            let part = pieces[piece]
            let (rows, partial) = (gradient.rows(part), workspace.partials.buffer.base + piece * 2 * size)
            if let draw = dropout.embeddings {
                drop(draw, rows, rows, first: part.lowerBound, isSelective: false)
            }
            kernels.layerNormBackward(
                rows, gradient: rows, input: sums.rows(part), gamma: model.weights.base + norm.gamma, epsilon: epsilon,
                sums: (gamma: partial, beta: partial + size))
        }
        let partials = workspace.partials.buffer.matrix(rows: pieces.count, columns: 2 * size)
        kernels.addRows(model.gradients.base + norm.gamma, partials.columns(0..<size))
        kernels.addRows(model.gradients.base + norm.beta, partials.columns(size..<2 * size))
        // A piece is some columns of all tokens, so that every element of a table is summed in the order of the tokens.
        let width = 64
        pool.forEach((size + width - 1) / width) { piece in
            scatter(gradient.columns(piece * width..<min((piece + 1) * width, size)), first: piece * width)
        }
    }

    private func scatter(_ gradient: MatrixView, first: Int) {
        let (size, target) = (config.hiddenSize, model.gradients.base + first)
        for sequence in 0..<batch.sequenceCount {
            for (position, token) in batch.tokens(of: sequence).enumerated() {
                let (row, id) = (gradient.rows(token..<token + 1), Int(batch.ids[token]))
                if id != config.padTokenID { kernels.addRows(target + places.words + id * size, row) }
                kernels.addRows(target + places.types + Int(batch.typeIDs[token]) * size, row)
                kernels.addRows(target + places.positions + position * size, row)
            }
        }
    }
}
