// Classification of texts by every position: what such a head reads of the blocks, and flattened states; both directions.
// Not here: the LSTM, which is `RecurrentHead`, the mean, which is `MeanHead`, and a prompt's mask, which is `PromptHead`.

internal import AdzeKernels
internal import AdzeModels

extension EncoderPass {
    // MARK: States

    /// Values at a position that the head reads; nil for a head that does not read every one.
    private var stateWidth: Int? { model.head.form.states?.width(config) }

    /// What the head reads, (T, width): the last hidden states, or the copies of all.
    var states: MatrixView {
        model.readsAllStates
            ? workspace.states.buffer.matrix(rows: tokens, columns: stateWidth ?? 0) : hidden(rows: tokens)
    }

    /// Where the head leaves the gradient of that.
    var statesGradient: MatrixView {
        model.readsAllStates
            ? workspace.statesGradient.buffer.matrix(rows: tokens, columns: stateWidth ?? 0) : gradient(rows: tokens)
    }

    /// Keeps the hidden states after `blocks` blocks, for a head that reads all of them.
    func keepStates(after blocks: Int) {
        guard model.readsAllStates else { return }
        let size = config.hiddenSize
        hidden(rows: tokens).copy(to: states.columns(blocks * size..<(blocks + 1) * size))
    }

    /// Adds what the head says of the hidden states after `blocks` blocks to their gradient; for the last block there is
    /// none before, and it is set.
    func takeStatesGradient(after blocks: Int) {
        guard model.readsAllStates else { return }
        let size = config.hiddenSize
        let target = gradient(rows: tokens)
        let source = statesGradient.columns(blocks * size..<(blocks + 1) * size)
        if blocks == config.layerCount { return source.copy(to: target) }
        for row in 0..<tokens { unsafe kernels.addRows(target.base + row * size, source.rows(row..<row + 1)) }
    }

    func reserveSequenceHead() {
        guard let stateWidth else { return }
        let isLearning = learnsBelow
        if model.readsAllStates {
            workspace.states.reserve(tokens * stateWidth)
            if isLearning { workspace.statesGradient.reserve(tokens * stateWidth) }
        }
        let features = batch.sequenceCount * model.head.form.classifierDepth(config)
        workspace.pooledInput.reserve(features)
        workspace.pooled.reserve(features)
        workspace.pooledGradient.reserve(features)
        workspace.meanLengths.reserve(batch.sequenceCount)
        reservePrompt()
    }

    // MARK: Flattened

    /// logits = classifier(dropout(states)), a text's positions being one row.
    func flattenedForward(_ logits: MatrixView) {
        let input = dropped(flat(states), dropout.head, into: workspace.pooledInput)
        applyHead(places.classifier, workspace.headWeights, nil, logits, input)
    }

    func flattenedBackward(_ logits: MatrixView) {
        let input = kept(flat(states), dropout.head, in: workspace.pooledInput)
        addHeadGradients(places.classifier, logits, input)
        guard learnsBelow else { return }
        let gradient = flat(statesGradient)
        unsafe unapplyHead(
            places.classifier, workspace.headWeights, UnsafePointer(model.weights.base), gradient, logits)
        if let draw = dropout.head {
            kernels.dropout(draw, gradient, gradient, first: 0, pitch: gradient.columns)
        }
    }

    /// Rows of a text side by side; every text has as many, which follow each other.
    private func flat(_ rows: MatrixView) -> MatrixView {
        rows.reshaped(columns: config.tokenLimit * rows.columns)
    }
}
