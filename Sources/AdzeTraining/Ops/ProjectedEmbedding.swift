// Embeddings that are projected before they are normalised, both directions. Not here: the sum of a token's rows, and those
// that are normalised first, see `Embedding.swift`.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

extension EncoderPass {
    /// hidden = dropout(layerNorm(projection(sums))), of sums (T, E) that are kept.
    func projectAndNormalize(_ projection: DensePlace, _ norm: NormPlace, _ sums: MatrixView) {
        let hidden = hidden(rows: tokens)
        let projected = extent.learnsEmbeddings ? projectedEmbeddings : hidden
        applyHead(projection, workspace.projectionWeights, nil, projected, sums)
        pool.forEach(batch.sequenceCount) { sequence in
            let range = batch.tokens(of: sequence)
            let rows = hidden.rows(range)
            normalize(rows, projected.rows(range), norm)
            if let draw = dropout.embeddings {
                drop(draw, rows, rows, first: range.lowerBound, isSelective: false)
            }
        }
    }

    /// What the normalisation is of, (T, H).
    var projectedEmbeddings: MatrixView {
        workspace.embedded.buffer.matrix(rows: tokens, columns: config.hiddenSize)
    }
}
