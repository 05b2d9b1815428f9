// Classification of texts by what stands at a prompt's mask: the transform of a masked language model, dropout and the rows
// of some words; both directions. Not here: where the mask stands, which is `PromptLayer`, and losses.

internal import AdzeKernels
internal import AdzeModels

extension EncoderPass {
    /// logits = classifier(dropout(norm(activation(transform(mask)))))
    func promptForward(_ layer: PromptLayer, _ logits: MatrixView) {
        let place = transformPlace
        for row in 0..<batch.sequenceCount {
            hidden(rows: tokens).copy(row: layer.row(in: batch.tokens(of: row)), to: masks, row: row)
        }
        // The slope of an activation is that of the value before, and of the norm that of the value after: both are kept.
        applyHead(place.dense, workspace.firstTokenWeights, nil, transformed, masks)
        kernels.activate(activated, transformed, layer.activation)
        normalize(words, activated, place.norm)
        applyHead(
            places.classifier, workspace.headWeights, nil, logits,
            dropped(words, dropout.head, into: workspace.pooledInput))
    }

    func promptBackward(_ layer: PromptLayer, _ logits: MatrixView) {
        let (place, weights) = unsafe (transformPlace, UnsafePointer(model.weights.base))
        addHeadGradients(places.classifier, logits, kept(words, dropout.head, in: workspace.pooledInput))
        let gradient = workspace.pooledGradient.buffer.matrix(rows: batch.sequenceCount, columns: config.embeddingSize)
        unsafe unapplyHead(places.classifier, workspace.headWeights, weights, gradient, logits)
        if let draw = dropout.head {
            kernels.dropout(draw, gradient, gradient, first: 0, pitch: gradient.columns)
        }
        let sums = unsafe model.gradients.base
        unsafe kernels.layerNormBackward(
            gradient, gradient: gradient, input: activated, gamma: weights + place.norm.gamma, epsilon: epsilon,
            sums: extent.findsInputs ? nil : (gamma: sums + place.norm.gamma, beta: sums + place.norm.beta))
        kernels.activateBackward(gradient: gradient, values: transformed, layer.activation)
        addHeadGradients(place.dense, gradient, masks)
        guard learnsBelow else { return }
        let below = workspace.masksGradient.buffer.matrix(rows: batch.sequenceCount, columns: config.hiddenSize)
        unsafe unapplyHead(place.dense, workspace.firstTokenWeights, weights, below, gradient)
        let target = self.gradient(rows: tokens)
        unsafe target.base.update(repeating: 0, count: tokens * config.hiddenSize)
        for row in 0..<batch.sequenceCount {
            below.copy(row: row, to: target, row: layer.row(in: batch.tokens(of: row)))
        }
    }

    func reservePrompt() {
        guard case .prompt = model.head.form else { return }
        workspace.masks.reserve(batch.sequenceCount * config.hiddenSize)
        workspace.masksGradient.reserve(batch.sequenceCount * config.hiddenSize)
        workspace.dense.reserve(batch.sequenceCount * config.embeddingSize)
        workspace.denseInput.reserve(batch.sequenceCount * config.embeddingSize)
    }

    private var transformPlace: (dense: DensePlace, norm: NormPlace) {
        guard let place = places.transform else { preconditionFailure("the head reads a prompt's mask") }
        return place
    }

    /// The hidden state of each mask, (S, H).
    private var masks: MatrixView {
        workspace.masks.buffer.matrix(rows: batch.sequenceCount, columns: config.hiddenSize)
    }

    /// What the transform gives before its activation, (S, E).
    private var transformed: MatrixView {
        workspace.dense.buffer.matrix(rows: batch.sequenceCount, columns: config.embeddingSize)
    }

    /// The same after it.
    private var activated: MatrixView {
        workspace.denseInput.buffer.matrix(rows: batch.sequenceCount, columns: config.embeddingSize)
    }

    /// What the classifier reads, (S, E).
    private var words: MatrixView {
        workspace.pooled.buffer.matrix(rows: batch.sequenceCount, columns: config.embeddingSize)
    }
}
