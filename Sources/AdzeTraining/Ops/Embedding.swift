// Embeddings: the sum of a row of each table, its normalisation, and where it is narrower than a hidden state the
// projection to one; both directions. Not here: dropout's draws.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

extension EncoderPass {
    /// hidden = projection(dropout(layerNorm(word + type + position))), in transformers' order of addition; or where the shape
    /// says so, dropout(layerNorm(projection(…))).
    func embed() {
        let size = config.embeddingSize
        let normalizesFirst = !normalizesProjected
        let normal = places.projection == nil ? hidden(rows: tokens) : narrow
        let isKept = extent.learnsEmbeddings && places.embeddingNorm != nil && normalizesFirst
        let sums = isKept ? workspace.embedded.buffer.matrix(rows: tokens, columns: size) : normal
        // The rounded tables stand where the masters do.
        nonisolated(unsafe) let tables = unsafe quantized?.weights ?? UnsafePointer(model.weights.base)
        pool.forEach(batch.sequenceCount) { sequence in
            let range = batch.tokens(of: sequence)
            for (position, token) in zip(config.positions.rows(of: batch.ids[range]), range) {
                let (id, type) = (Int(batch.ids[token]), Int(batch.typeIDs[token]))
                let none = unsafe UnsafePointer(model.noType.base)
                let types = unsafe places.types.map { unsafe tables + $0 } ?? none
                let positions = unsafe places.positions.map { unsafe tables + $0 } ?? none
                unsafe kernels.add3(
                    sums.base + token * size, tables + places.words + id * size, types + type * size,
                    positions + position * size, count: size)
            }
            guard normalizesFirst else { return }
            if let norm = places.embeddingNorm { normalize(normal.rows(range), sums.rows(range), norm) }
            if let draw = dropout.embeddings {
                let rows = normal.rows(range)
                drop(draw, rows, rows, first: range.lowerBound, isSelective: false)
            }
        }
        if let projection = places.projection {
            if let norm = places.embeddingNorm, !normalizesFirst {
                return projectAndNormalize(projection, norm, narrow)
            }
            applyHead(projection, workspace.projectionWeights, nil, hidden(rows: tokens), normal)
        }
    }

    /// Adds the gradients of the tables, the normalisation and the projection, given that of the hidden state.
    ///
    /// The rows of the padding token get none, as in transformers, unless the model's learn.
    func embedBackward() {
        let size = config.embeddingSize
        let gradient = normalizesProjected ? gradient(rows: tokens) : projectEmbeddingsBackward()
        if let draw = dropout.embeddings {
            let pieces = RowPieces(tokens)
            pool.forEach(pieces.count) { piece in
                let rows = gradient.rows(pieces[piece])
                drop(draw, rows, rows, first: pieces[piece].lowerBound, isSelective: false)
            }
        }
        if let norm = places.embeddingNorm { normalizeEmbeddingsBackward(norm, gradient) }
        let sums = normalizesProjected ? projectEmbeddingsBackward() : gradient
        // A piece is some columns of all tokens, so that every element of a table is summed in the order of the tokens.
        let width = 64
        pool.forEach((size + width - 1) / width) { piece in
            scatter(sums.columns(piece * width..<min((piece + 1) * width, size)), first: piece * width)
        }
    }

    /// The gradient of the sums in place of that of what they were normalised to; adds those of scale and shift.
    private func normalizeEmbeddingsBackward(_ norm: NormPlace, _ gradient: MatrixView) {
        let size = gradient.columns
        let sums = workspace.embedded.buffer.matrix(rows: tokens, columns: size)
        let pieces = RowPieces(tokens)
        unsafe workspace.partials.buffer.base.update(repeating: 0, count: pieces.count * 2 * size)
        pool.forEach(pieces.count) { piece in
            let part = pieces[piece]
            let (rows, partial) = unsafe (gradient.rows(part), workspace.partials.buffer.base + piece * 2 * size)
            unsafe kernels.layerNormBackward(
                rows, gradient: rows, input: sums.rows(part), gamma: model.weights.base + norm.gamma, epsilon: epsilon,
                sums: (gamma: partial, beta: partial + size))
        }
        let partials = workspace.partials.buffer.matrix(rows: pieces.count, columns: 2 * size)
        unsafe kernels.addRows(model.gradients.base + norm.gamma, partials.columns(0..<size))
        unsafe kernels.addRows(model.gradients.base + norm.beta, partials.columns(size..<2 * size))
    }

    /// Whether the projection stands before the normalisation.
    private var normalizesProjected: Bool { places.projection != nil && config.normalizesProjected }

    /// The gradient of the embeddings before their projection, whose own is added; that of the hidden state without one.
    private func projectEmbeddingsBackward() -> MatrixView {
        let gradient = gradient(rows: tokens)
        guard let projection = places.projection else { return gradient }
        addHeadGradients(projection, gradient, narrow)
        let inner = workspace.narrowGradient.buffer.matrix(rows: tokens, columns: config.embeddingSize)
        unsafe unapplyHead(projection, workspace.projectionWeights, backwardWeights, inner, gradient)
        return inner
    }

    /// Embeddings as their projection reads them, (T, E).
    private var narrow: MatrixView {
        workspace.narrow.buffer.matrix(rows: tokens, columns: config.embeddingSize)
    }

    private func scatter(_ gradient: MatrixView, first: Int) {
        let (size, target) = unsafe (config.embeddingSize, model.gradients.base + first)
        for sequence in 0..<batch.sequenceCount {
            let range = batch.tokens(of: sequence)
            for (position, token) in zip(config.positions.rows(of: batch.ids[range]), range) {
                let (row, id) = (gradient.rows(token..<token + 1), Int(batch.ids[token]))
                if id != config.padTokenID || config.padTokenLearns {
                    unsafe kernels.addRows(target + places.words + id * size, row)
                }
                if let types = places.types {
                    unsafe kernels.addRows(target + types + Int(batch.typeIDs[token]) * size, row)
                }
                guard let positions = places.positions, position != config.positions.padID else { continue }
                unsafe kernels.addRows(target + positions + position * size, row)
            }
        }
    }
}
