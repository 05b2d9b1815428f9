// One step of learning from pairs of texts: each text of a batch is encoded once, however many pairs it is in, and the
// gradients of its pairs add up in its vector. Not here: which pairs, and what moves the weights.

internal import AdzeKernels
public import AdzeModels

extension TrainingPass {
    /// The vector of each sequence, (H): what a classifier by the mean reads, without dropout.
    ///
    /// Throws `BatchError`.
    public func vectors(_ sequences: [TokenSequence]) throws -> [[Float]] {
        guard !sequences.isEmpty else { return [] }
        let size = model.config.hiddenSize
        let extent = PassExtent(start: 0, isFromPrefix: false, lowest: model.config.layerCount)
        let pass = try withoutDropout(sequences, extent)
        pass.embed()
        pass.forward()
        pass.poolMeans()
        return sequences.indices.map { workspace.pooled.buffer.values($0 * size..<($0 + 1) * size) }
    }

    /// Runs sequences forward and backward from the loss of pairs of them, and adds to `model.gradients`.
    ///
    /// For a classifier by the mean, whose vectors are compared; its last layer has no part in it. A text's dropout is the
    /// same in all of its pairs. Throws `BatchError` before any gradient is touched.
    /// - Complexity: that of `step(_:loss:options:)` over the sequences, not the pairs.
    public func step(
        _ sequences: [TokenSequence], pairs: [TextPair], options: StepOptions = StepOptions()
    ) throws -> StepResult {
        precondition(!pairs.isEmpty, "a step has pairs")
        precondition(
            pairs.allSatisfy { sequences.indices.contains($0.first) && sequences.indices.contains($0.second) },
            "pairs are of the sequences")
        let pass = try learning(sequences, prefix: nil, options)
        pass.forward()
        pass.poolMeans()
        let vectors = workspace.pooled.buffer.values(0..<sequences.count * model.config.hiddenSize)
        let sum = CosineLoss(size: model.config.hiddenSize)(vectors, pairs)
        let gradient = sum.gradientOfMean(scale: options.lossScale)
        unsafe workspace.pooledGradient.buffer.base.update(from: gradient, count: gradient.count)
        if pass.learnsBelow {
            pass.unpoolMeans()
            pass.backward()
        }
        noteTouched(pass, frozenPooler: true)
        return StepResult(
            loss: Float(sum.mean), weight: sum.weight, logits: [],
            tokens: sequences.reduce(0) { $0 + $1.ids.count })
    }
}
