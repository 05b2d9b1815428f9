// Classification of texts: pooler, dropout and classifier on the first token, both directions.

internal import AdzeKernels
internal import AdzeModels

extension EncoderPass {
    /// logits = classifier(dropout(tanh(pooler(first))))
    func classifyForward(_ logits: MatrixView) {
        guard let pooler = places.pooler else { preconditionFailure("a classification head has a pooler") }
        let (first, pooled) = (hidden(rows: finalRows), pooled)
        applyHead(pooler, workspace.poolerWeights, quantized?.pooler, pooled, first)
        kernels.activate(pooled, .tanh)
        applyHead(places.classifier, workspace.headWeights, quantized?.classifier, logits, dropped(pooled))
    }

    func classifyBackward(_ logits: MatrixView, frozenPooler: Bool) {
        guard let pooler = places.pooler else { preconditionFailure("a classification head has a pooler") }
        let pooled = pooled
        addHeadGradients(places.classifier, logits, headInput(pooled, quantized?.classifier))
        if frozenPooler && !learnsBelow { return }
        let gradient = workspace.pooledGradient.buffer.matrix(rows: finalRows, columns: config.hiddenSize)
        unapplyHead(places.classifier, workspace.headWeights, backwardWeights, gradient, logits)
        if let draw = dropout.head {
            kernels.dropout(draw, gradient, gradient, first: 0, pitch: config.hiddenSize)
        }
        for index in 0..<finalRows * config.hiddenSize {
            // The slope of tanh from its value.
            gradient.base[index] *= 1 - pooled.base[index] * pooled.base[index]
        }
        if !frozenPooler {
            addHeadGradients(pooler, gradient, roundedInput(hidden(rows: finalRows), quantized?.pooler))
        }
        if learnsBelow {
            unapplyHead(
                pooler, workspace.poolerWeights, backwardWeights,
                self.gradient(rows: finalRows), gradient)
        }
    }

    private var pooled: MatrixView {
        workspace.pooled.buffer.matrix(rows: finalRows, columns: config.hiddenSize)
    }

    /// The classifier's input; `values` itself where nothing is dropped.
    func dropped(_ values: MatrixView) -> MatrixView {
        guard let draw = dropout.head else { return values }
        let target = workspace.pooledInput.buffer.matrix(rows: values.rows, columns: values.columns)
        kernels.dropout(draw, target, values, first: 0, pitch: config.hiddenSize)
        return target
    }

    /// What the classifier has read, as the forward pass left it.
    func headInput(_ values: MatrixView, _ layer: ForwardLayer?) -> MatrixView {
        guard dropout.head != nil else { return roundedInput(values, layer) }
        return roundedInput(workspace.pooledInput.buffer.matrix(rows: values.rows, columns: values.columns), layer)
    }
}
