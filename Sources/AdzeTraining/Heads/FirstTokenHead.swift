// Classification of texts: a layer on the first token, which is the encoder's pooler or the head's own, dropout and
// classifier; both directions.

internal import AdzeKernels
internal import AdzeModels

extension EncoderPass {
    /// logits = classifier(dropout(activation(layer(dropout?(first)))))
    func classifyForward(_ logits: MatrixView) {
        guard let place = places.firstToken else { preconditionFailure("a classifier of texts reads the first token") }
        let (first, pooled) = (hidden(rows: finalRows), pooled)
        let layer = firstTokenLayer
        let input = layer.dropsInput ? dropped(first, dropout.headInput, into: workspace.denseInput) : first
        if layer.activation == .tanh {
            applyHead(place, workspace.firstTokenWeights, quantized?.firstToken, pooled, input)
            kernels.activate(pooled, .tanh)
        } else {
            // Its slope is that of the value before, which is kept.
            applyHead(place, workspace.firstTokenWeights, quantized?.firstToken, dense, input)
            kernels.activate(pooled, dense, layer.activation)
        }
        applyHead(
            places.classifier, workspace.headWeights, quantized?.classifier, logits,
            dropped(pooled, dropout.head, into: workspace.pooledInput))
    }

    func classifyBackward(_ logits: MatrixView, frozenPooler: Bool) {
        guard let place = places.firstToken else { preconditionFailure("a classifier of texts reads the first token") }
        let (pooled, layer) = (pooled, firstTokenLayer)
        let isFrozen = frozenPooler && model.head.form == .pooled
        addHeadGradients(
            places.classifier, logits,
            roundedInput(kept(pooled, dropout.head, in: workspace.pooledInput), quantized?.classifier))
        if isFrozen && !learnsBelow { return }
        let gradient = workspace.pooledGradient.buffer.matrix(rows: finalRows, columns: config.hiddenSize)
        unsafe unapplyHead(places.classifier, workspace.headWeights, backwardWeights, gradient, logits)
        if let draw = dropout.head {
            kernels.dropout(draw, gradient, gradient, first: 0, pitch: config.hiddenSize)
        }
        if layer.activation == .tanh {
            for index in 0..<finalRows * config.hiddenSize {
                // The slope of tanh from its value.
                unsafe gradient.base[index] *= 1 - pooled.base[index] * pooled.base[index]
            }
        } else {
            kernels.activateBackward(gradient: gradient, values: dense, layer.activation)
        }
        let draw = layer.dropsInput ? dropout.headInput : nil
        if !isFrozen {
            let input = kept(hidden(rows: finalRows), draw, in: workspace.denseInput)
            addHeadGradients(place, gradient, roundedInput(input, quantized?.firstToken))
        }
        guard learnsBelow else { return }
        let below = self.gradient(rows: finalRows)
        unsafe unapplyHead(place, workspace.firstTokenWeights, backwardWeights, below, gradient)
        if let draw { kernels.dropout(draw, below, below, first: 0, pitch: config.hiddenSize) }
    }

    private var firstTokenLayer: FirstTokenLayer {
        if case .firstToken(let layer) = model.head.form { layer } else { .pooler }
    }

    private var pooled: MatrixView {
        workspace.pooled.buffer.matrix(rows: finalRows, columns: config.hiddenSize)
    }

    /// The first layer before its activation.
    private var dense: MatrixView {
        workspace.dense.buffer.matrix(rows: finalRows, columns: config.hiddenSize)
    }

    /// A layer's input with some of it dropped; `values` itself where nothing is.
    func dropped(_ values: MatrixView, _ draw: DropoutDraw?, into space: GrowableBuffer) -> MatrixView {
        guard let draw else { return values }
        let target = space.buffer.matrix(rows: values.rows, columns: values.columns)
        kernels.dropout(draw, target, values, first: 0, pitch: values.columns)
        return target
    }

    /// What a layer has read, as the forward pass left it.
    func kept(_ values: MatrixView, _ draw: DropoutDraw?, in space: GrowableBuffer) -> MatrixView {
        draw == nil ? values : space.buffer.matrix(rows: values.rows, columns: values.columns)
    }
}
