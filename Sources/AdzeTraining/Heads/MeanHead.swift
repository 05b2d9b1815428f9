// Classification of texts by the mean of their hidden states, both directions; the mean alone is what sentences are compared
// by. Not here: its arithmetic, which is `Kernels.meanPool`, and losses.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

extension EncoderPass {
    /// logits = classifier(dropout(mean))
    func meanForward(_ logits: MatrixView) {
        poolMeans()
        applyHead(
            places.classifier, workspace.headWeights, nil, logits,
            dropped(means, dropout.head, into: workspace.pooledInput))
    }

    func meanBackward(_ logits: MatrixView) {
        addHeadGradients(places.classifier, logits, kept(means, dropout.head, in: workspace.pooledInput))
        guard learnsBelow else { return }
        unsafe unapplyHead(
            places.classifier, workspace.headWeights, UnsafePointer(model.weights.base), meansGradient, logits)
        if let draw = dropout.head {
            kernels.dropout(draw, meansGradient, meansGradient, first: 0, pitch: config.hiddenSize)
        }
        unpoolMeans()
    }

    // MARK: Means

    /// What the classifier reads, (S, H).
    var means: MatrixView {
        workspace.pooled.buffer.matrix(rows: batch.sequenceCount, columns: config.hiddenSize)
    }

    /// The gradient of that; `unpoolMeans` overwrites it.
    var meansGradient: MatrixView {
        workspace.pooledGradient.buffer.matrix(rows: batch.sequenceCount, columns: config.hiddenSize)
    }

    /// The length of each mean before it was scaled, (S, 1).
    private var meanLengths: MatrixView {
        workspace.meanLengths.buffer.matrix(rows: batch.sequenceCount, columns: 1)
    }

    private var normalizesMeans: Bool {
        if case .mean(let normalizes) = model.head.form { normalizes } else { false }
    }

    /// From the last hidden states to the mean of each sequence.
    func poolMeans() {
        let (states, lengths, normalizes) = (hidden(rows: tokens), meanLengths, normalizesMeans)
        pool.forEach(batch.sequenceCount) { sequence in
            let row = sequence..<sequence + 1
            // Each sequence has a row of its own.
            unsafe lengths.base[sequence] = kernels.meanPool(
                means.rows(row), states.rows(batch.tokens(of: sequence)), normalizes: normalizes)
        }
    }

    /// From the gradient of each sequence's mean to that of the last hidden states.
    func unpoolMeans() {
        let (states, lengths, normalizes) = (gradient(rows: tokens), meanLengths, normalizesMeans)
        pool.forEach(batch.sequenceCount) { sequence in
            let row = sequence..<sequence + 1
            kernels.meanPoolBackward(
                states.rows(batch.tokens(of: sequence)), gradient: meansGradient.rows(row), output: means.rows(row),
                length: unsafe lengths.base[sequence], normalizes: normalizes)
        }
    }
}
