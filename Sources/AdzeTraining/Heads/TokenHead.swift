// Heads that read every token: a class of each, or start and end of an answer; dropout and the last layer, both
// directions.

internal import AdzeKernels
internal import AdzeModels

extension EncoderPass {
    /// logits = classifier(dropout(hidden))
    func classifyTokensForward(_ logits: MatrixView) {
        let input = dropped(hidden(rows: tokens), dropout.head, into: workspace.pooledInput)
        applyHead(places.classifier, workspace.headWeights, quantized?.classifier, logits, input)
    }

    func classifyTokensBackward(_ logits: MatrixView) {
        let input = kept(hidden(rows: tokens), dropout.head, in: workspace.pooledInput)
        addHeadGradients(places.classifier, logits, roundedInput(input, quantized?.classifier))
        guard learnsBelow else { return }
        let gradient = gradient(rows: tokens)
        unsafe unapplyHead(places.classifier, workspace.headWeights, backwardWeights, gradient, logits)
        if let draw = dropout.head {
            kernels.dropout(draw, gradient, gradient, first: 0, pitch: config.hiddenSize)
        }
    }
}
