// Heads whose last layer reads a layer and a normalisation of their own, on the first token, on the mean of all, or on every
// token; both directions. Not here: the head at a prompt's mask, and losses.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

extension EncoderPass {
    /// logits = classifier(dropout(norm(activation(transform(rows)))))
    func transformedForward(_ layer: HeadTransform, _ logits: MatrixView) {
        let place = transformPlace
        if layer.rows == .mean { poolRows() }
        // The slope of an activation is that of the value before, and of the norm that of the value after: both are kept.
        applyHead(place.dense, workspace.firstTokenWeights, quantized?.firstToken, rows(workspace.dense), read(layer))
        kernels.activate(rows(workspace.denseInput), rows(workspace.dense), layer.activation)
        normalize(rows(workspace.pooled), rows(workspace.denseInput), place.norm)
        applyHead(
            places.classifier, workspace.headWeights, quantized?.classifier, logits,
            dropped(rows(workspace.pooled), dropout.head, into: workspace.pooledInput))
    }

    func transformedBackward(_ layer: HeadTransform, _ logits: MatrixView) {
        let (place, weights, sums) = unsafe (transformPlace, model.weights.base, model.gradients.base)
        addHeadGradients(
            places.classifier, logits,
            roundedInput(
                kept(rows(workspace.pooled), dropout.head, in: workspace.pooledInput), quantized?.classifier))
        let gradient = rows(workspace.pooledGradient)
        unsafe unapplyHead(places.classifier, workspace.headWeights, backwardWeights, gradient, logits)
        if let draw = dropout.head {
            kernels.dropout(draw, gradient, gradient, first: 0, pitch: gradient.columns)
        }
        unsafe kernels.layerNormBackward(
            gradient, gradient: gradient, input: rows(workspace.denseInput), gamma: weights + place.norm.gamma,
            epsilon: epsilon,
            sums: extent.findsInputs ? nil : (gamma: sums + place.norm.gamma, beta: sums + place.norm.beta))
        kernels.activateBackward(gradient: gradient, values: rows(workspace.dense), layer.activation)
        addHeadGradients(place.dense, gradient, roundedInput(read(layer), quantized?.firstToken))
        guard learnsBelow else { return }
        let below = layer.rows == .mean ? rows(workspace.masksGradient) : self.gradient(rows: finalRows)
        unsafe unapplyHead(place.dense, workspace.firstTokenWeights, backwardWeights, below, gradient)
        if layer.rows == .mean { spreadRows() }
    }

    func reserveTransformed() {
        let count = logitRows * config.hiddenSize
        for space in [\TrainingWorkspace.dense, \.denseInput, \.pooled, \.pooledInput, \.pooledGradient] {
            workspace[keyPath: space].reserve(count)
        }
        guard model.head.form.readsEveryPosition else { return }
        workspace.masks.reserve(count)
        workspace.masksGradient.reserve(count)
    }

    // MARK: Rows

    private var transformPlace: (dense: DensePlace, norm: NormPlace) {
        guard let place = places.transform else { preconditionFailure("the head transforms what it reads") }
        return place
    }

    /// A row for each of the logits, (S, H) or (T, H).
    private func rows(_ space: GrowableBuffer) -> MatrixView {
        space.buffer.matrix(rows: logitRows, columns: config.hiddenSize)
    }

    /// What the transform reads.
    private func read(_ layer: HeadTransform) -> MatrixView {
        layer.rows == .mean ? rows(workspace.masks) : hidden(rows: finalRows)
    }

    private func poolRows() {
        let (states, means) = (hidden(rows: tokens), rows(workspace.masks))
        pool.forEach(batch.sequenceCount) { sequence in
            kernels.meanPool(
                means.rows(sequence..<sequence + 1), states.rows(batch.tokens(of: sequence)), normalizes: false)
        }
    }

    private func spreadRows() {
        let (states, means, slopes) = (gradient(rows: tokens), rows(workspace.masks), rows(workspace.masksGradient))
        pool.forEach(batch.sequenceCount) { sequence in
            let row = sequence..<sequence + 1
            kernels.meanPoolBackward(
                states.rows(batch.tokens(of: sequence)), gradient: slopes.rows(row), output: means.rows(row), length: 1,
                normalizes: false)
        }
    }
}
