// Gradients of logits by what the first block reads, for attributions: forward and backward without dropout, and without
// gradients of parameters. Not here: what is made of the gradients.
//
// A state is what a text's embeddings layer gives, as the first block reads it: H values a token, its padding among them
// where the head reads it.

internal import AdzeKernels
public import AdzeModels

/// Logits of some sequences, and the gradients of one logit of each by its state.
public struct InputGradients: Sendable {
    /// C logits of each sequence.
    public let logits: [[Float]]
    /// (T, H) of each sequence.
    public let gradients: [[Float]]
}

extension TrainingPass {
    /// The state of each sequence, (T, H).
    ///
    /// Throws `BatchError`.
    public func states(_ sequences: [TokenSequence]) throws -> [[Float]] {
        guard !sequences.isEmpty else { return [] }
        let pass = try inputPass(sequences)
        pass.embed()
        return sequences.indices.map { values(workspace.hidden, pass.batch, $0) }
    }

    /// The logits of each sequence from given states; throws `BatchError` and `TrainingError.prefixSize`.
    public func logits(_ sequences: [TokenSequence], states: [[Float]]) throws -> [[Float]] {
        guard !sequences.isEmpty else { return [] }
        let pass = try inputPass(sequences)
        try load(states, into: pass)
        pass.forward()
        return separate(pass.headForward(), pass.batch)
    }

    /// The gradients of one logit of each sequence, whose number is in `targets`, by given states.
    ///
    /// For heads that give C logits a text. No parameter's gradient is computed. Throws `BatchError` and
    /// `TrainingError.prefixSize`.
    /// - Complexity: that of a forward pass about twice; memory for ten T · H a block.
    public func inputGradients(
        _ sequences: [TokenSequence], states: [[Float]], targets: [Int]
    ) throws -> InputGradients {
        precondition(model.classifiesTexts && targets.count == sequences.count, "a logit of each text")
        precondition(targets.allSatisfy((0..<model.logitCount).contains), "the head has these logits")
        guard !sequences.isEmpty else { return InputGradients(logits: [], gradients: []) }
        let pass = try inputPass(sequences)
        try load(states, into: pass)
        pass.forward()
        let logits = pass.headForward()
        var wanted = [Float](repeating: 0, count: logits.count)
        for (index, target) in targets.enumerated() { wanted[index * model.logitCount + target] = 1 }
        pass.headBackward(wanted, frozenPooler: true)
        pass.backward()
        return InputGradients(
            logits: separate(logits, pass.batch),
            gradients: sequences.indices.map { values(workspace.gradient, pass.batch, $0) })
    }

    /// The bias of the layer between embeddings and the first block, (H); nil where there is none.
    ///
    /// It is in every state and no part of the embeddings.
    public var stateOffset: [Float]? {
        guard let place = model.places.projection, place.hasBias else { return nil }
        return model.weights.values(place.bias..<place.bias + place.columns)
    }

    // MARK: Pieces

    private func inputPass(_ sequences: [TokenSequence]) throws -> EncoderPass {
        try withoutDropout(sequences, PassExtent(start: 0, isFromPrefix: false, lowest: 0, findsInputs: true))
    }

    private func values(_ space: GrowableBuffer, _ batch: PackedBatch, _ sequence: Int) -> [Float] {
        let (rows, size) = (batch.tokens(of: sequence), model.config.hiddenSize)
        return space.buffer.values(rows.lowerBound * size..<rows.upperBound * size)
    }
}
