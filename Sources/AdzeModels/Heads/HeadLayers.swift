// The layers of a head in memory, in the engine's forms. Not here: what they compute, see `ForwardPass+Heads.swift`.

internal import AdzeKernels
internal import AdzeTensors

/// The layers on top of the encoder; those that a head lacks are nil.
struct HeadLayers: Sendable {
    /// (H, H), tanh, on the first token.
    private(set) var pooler: Dense?
    /// (H, H), a head's own, on the first token.
    private(set) var dense: Dense?
    /// (C, H) on the pooled output, or on that of `dense`.
    let classifier: Dense?
    /// (C, H) or (2, H) on every token.
    let tokens: Dense?
    /// (2, H) on the pooled output.
    let nextSentence: Dense?
    let vocabulary: VocabularyLayers?
    /// What stands between a prompt's mask and the classifier.
    let prompt: MaskTransform?
    /// What stands before the last layer of other heads.
    private(set) var transform: MaskTransform?
    /// The directions of each layer of an LSTM; none for a head without one.
    let recurrent: [[RecurrentDirection]]

    init(_ loader: ParameterLoader, head: Head) throws {
        func dense(_ path: String, if wanted: Bool) throws -> Dense? { wanted ? try loader.dense(path) : nil }
        pooler = try dense(ParameterPaths.pooler, if: head.hasPooler)
        if case .firstToken = head.form { self.dense = try loader.dense(ParameterPaths.headDense) }
        classifier = try dense(ParameterPaths.classifier, if: head.classification != nil)
        nextSentence = try dense(ParameterPaths.nextSentence, if: head.predictsNextSentence)
        switch head.task {
        case .tokenClassification: tokens = try loader.dense(ParameterPaths.classifier)
        case .questionAnswering: tokens = try loader.dense(head.outputPath)
        default: tokens = nil
        }
        vocabulary = try head.form.vocabulary.map { try VocabularyLayers(loader, $0) }
        if case .prompt(let layer) = head.form {
            prompt = try MaskTransform(loader, layer.activation)
        } else {
            prompt = nil
        }
        if case .transformed(let layer) = head.form { transform = try MaskTransform(loader, layer.activation) }
        recurrent = try loader.recurrent(head.form)
    }

    /// The same with some groups' layers of another.
    func taking(_ groups: Set<LayerGroup>, from other: HeadLayers) -> HeadLayers {
        var result = self
        if groups.contains(.pooler) { result.pooler = other.pooler }
        if groups.contains(.headDense) { (result.dense, result.transform) = (other.dense, other.transform) }
        return result
    }
}

/// norm(activation(dense(hidden))): what a masked language model does to a hidden state before it looks for a word.
struct MaskTransform: Sendable {
    /// (E, H).
    let dense: Dense
    let activation: Activation
    let norm: LayerNorm

    init(_ loader: ParameterLoader, _ activation: Activation) throws {
        dense = try loader.dense(ParameterPaths.transform)
        self.activation = activation
        norm = try loader.norm(ParameterPaths.transformNorm)
    }
}

/// The layers that make V logits of a hidden state.
struct VocabularyLayers: Sendable {
    let transform: MaskTransform
    /// (V, E). A tied decoder is packed from the word embeddings, which stay row by row for looking tokens up.
    let decoder: Dense

    init(_ loader: ParameterLoader, _ layer: VocabularyLayer) throws {
        transform = try MaskTransform(loader, layer.activation)
        let weight = layer.decoder == .tied ? ParameterPaths.wordEmbeddings : ParameterPaths.decoder + ".weight"
        decoder = try loader.dense(weight: weight, bias: ParameterPaths.decoderBias)
    }
}

/// One direction of a layer of an LSTM.
struct RecurrentDirection: Sendable {
    /// (4h, in), with both biases added.
    let input: Dense
    /// (4h, h), in panels whoever multiplies elsewhere.
    let recurrent: PackedMatrix
}

extension ParameterLoader {
    /// The layers of a head's LSTM, in fp32 always.
    fileprivate func recurrent(_ form: HeadForm) throws -> [[RecurrentDirection]] {
        guard case .recurrent(let layer) = form else { return [] }
        return try (0..<layer.layerCount).map { index in
            try (0..<layer.directionCount).map { direction in
                let paths = ParameterPaths.recurrent(index, isReverse: direction == 1)
                let (first, second) = (try buffer(paths.inputBias), try buffer(paths.recurrentBias))
                for gate in 0..<first.count { unsafe first.base[gate] += second.base[gate] }
                let weights = try store.load(paths.recurrentWeight).floats()
                let recurrent = PackedMatrix(
                    weights, columns: 4 * layer.size, depth: layer.size, kernels: kernels.exact)
                return RecurrentDirection(
                    input: try dense(weight: paths.inputWeight, sums: first), recurrent: recurrent)
            }
        }
    }
}
