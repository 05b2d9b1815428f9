// Heads that read every token: a class of each (dropout and classifier), or start and end of an answer (no dropout), both
// directions.

internal import AdzeKernels
internal import AdzeModels

extension EncoderPass {
    /// logits = classifier(dropout(hidden))
    func classifyTokensForward(_ logits: MatrixView) {
        let hidden = hidden(rows: tokens)
        applyHead(
            places.classifier, workspace.headWeights, quantized?.classifier, logits,
            dropsTokens ? dropped(hidden) : hidden)
    }

    func classifyTokensBackward(_ logits: MatrixView) {
        let hidden = hidden(rows: tokens)
        let layer = quantized?.classifier
        addHeadGradients(
            places.classifier, logits, dropsTokens ? headInput(hidden, layer) : roundedInput(hidden, layer))
        guard learnsBelow else { return }
        let gradient = gradient(rows: tokens)
        unapplyHead(
            places.classifier, workspace.headWeights, backwardWeights, gradient, logits)
        if dropsTokens, let draw = dropout.head {
            kernels.dropout(draw, gradient, gradient, first: 0, pitch: config.hiddenSize)
        }
    }

    private var dropsTokens: Bool {
        if case .tokenClassification = model.head { true } else { false }
    }
}
