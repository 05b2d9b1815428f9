// The forward pass of the heads: from the last hidden state to logits, fp32. One function a head, so that the backward
// pass of each can stand beside it. Not here: what logits mean, and the encoder below.

internal import AdzeKernels

extension EncoderModel {
    /// Throws for outputs that this head does not give.
    func checkOutputs(_ outputs: OutputRequest) throws(CheckpointError) {
        func check(_ output: OutputRequest, _ layer: Dense?, _ wanted: String) throws(CheckpointError) {
            guard outputs.contains(output), layer == nil else { return }
            throw .noOutput(wanted: wanted, architecture: head.architectureName)
        }
        if outputs.contains(.logits) && layers.classifier == nil { throw .noClassifier }
        if outputs.contains(.pooled) && layers.pooler == nil { throw .noPooler(what: "the pooled output") }
        try check(.tokenLogits, layers.tokens, "logits for each token")
        try check(.nextSentenceLogits, layers.nextSentence, "answer whether one text follows another")
        try check(.vocabularyLogits, layers.vocabulary?.decoder, "logits over the vocabulary")
    }
}

extension ForwardPass {
    /// First token, pooler and heads, after the last block has left the hidden state of the selected tokens.
    func finish(
        _ outputs: OutputRequest, selection: TokenSelection?, positions: [[Int]]?, _ results: inout [EncoderOutput]
    ) {
        if !outputs.isDisjoint(with: .firstTokenOutputs) {
            let first = collect(batch.starts.dropLast(), selection)
            if outputs.contains(.firstToken) { hand(first, to: &results) { $0.firstToken = $1 } }
            if !outputs.isDisjoint(with: .pooledOutputs) { finishPooled(first, outputs, &results) }
        }
        if outputs.contains(.tokenLogits), let layer = model.layers.tokens { classifyTokens(layer, &results) }
        if let positions, let layers = model.layers.vocabulary {
            predictVocabulary(layers, selection: selection, positions: positions, &results)
        }
    }

    /// pooled = tanh(pooler(first)), and the heads that read it; or those of a head with a layer of its own on the first
    /// token.
    private func finishPooled(_ first: MatrixBuffer, _ outputs: OutputRequest, _ results: inout [EncoderOutput]) {
        if case .firstToken(let layer) = model.head.form, let dense = model.layers.dense,
            let classifier = model.layers.classifier, outputs.contains(.logits)
        {
            hand(apply(classifier, to: apply(dense, to: first, activation: layer.activation)), to: &results) {
                $0.logits = $1
            }
        }
        if let transform = model.layers.transform, let classifier = model.layers.classifier, outputs.contains(.logits) {
            hand(apply(classifier, to: apply(transform, to: first)), to: &results) { $0.logits = $1 }
        }
        guard let pooler = model.layers.pooler else { return }
        let pooled = apply(pooler, to: first, activation: .tanh)
        if outputs.contains(.pooled) { hand(pooled, to: &results) { $0.pooled = $1 } }
        if outputs.contains(.logits), model.layers.dense == nil, model.layers.transform == nil,
            let classifier = model.layers.classifier
        {
            hand(apply(classifier, to: pooled), to: &results) { $0.logits = $1 }
        }
        if outputs.contains(.nextSentenceLogits), let layer = model.layers.nextSentence {
            hand(apply(layer, to: pooled), to: &results) { $0.nextSentenceLogits = $1 }
        }
    }

    /// tokenLogits = layer(hidden), [T, C]; no token was left out.
    private func classifyTokens(_ layer: Dense, _ results: inout [EncoderOutput]) {
        let logits = MatrixBuffer(rows: batch.tokenCount, columns: layer.columns)
        if let transform = model.layers.transform {
            // A block of rows at a time: the states stay for others to read.
            for first in stride(from: 0, to: batch.tokenCount, by: ForwardPass.transformedRows) {
                let rows = first..<min(first + ForwardPass.transformedRows, batch.tokenCount)
                let inner = MatrixBuffer(rows: rows.count, columns: config.hiddenSize)
                apply(transform, hidden.rows(rows), to: inner)
                multiply(logits.view.rows(rows), inner.view, layer)
            }
        } else {
            multiply(logits.view, hidden, layer)
        }
        for sequence in results.indices { results[sequence].tokenLogits = logits.values(batch.tokens(of: sequence)) }
    }

    /// vocabularyLogits = decoder(norm(activation(transform(hidden)))) at the positions, [P, V].
    ///
    /// A block of rows at a time: V is large, and the results are copies.
    private func predictVocabulary(
        _ layers: VocabularyLayers, selection: TokenSelection?, positions: [[Int]], _ results: inout [EncoderOutput]
    ) {
        let owners = positions.enumerated().flatMap { [Int](repeating: $0, count: $1.count) }
        let tokens = positions.enumerated().flatMap { sequence, list in list.map { batch.starts[sequence] + $0 } }
        let size = layers.decoder.columns
        for (sequence, list) in positions.enumerated() {
            results[sequence].vocabularyLogits.reserveCapacity(list.count * size)
        }
        for first in stride(from: 0, to: tokens.count, by: ForwardPass.vocabularyRows) {
            let block = first..<min(first + ForwardPass.vocabularyRows, tokens.count)
            let transform = layers.transform
            let inner = apply(
                transform.dense, to: collect(tokens[block], selection), activation: transform.activation)
            normalize(inner.view, inner.view, transform.norm)
            let logits = apply(layers.decoder, to: inner)
            for (row, index) in block.enumerated() {
                results[owners[index]].vocabularyLogits += logits.values(row..<row + 1)
            }
        }
    }

    /// Rows of vocabulary logits computed at a time: 8 MB of a usual vocabulary.
    private static let vocabularyRows = 64

    /// Rows that a head transforms at a time.
    private static let transformedRows = 1024

    // MARK: Pieces

    /// norm(activation(dense(input))), rows by rows.
    private func apply(_ transform: MaskTransform, to input: MatrixBuffer) -> MatrixBuffer {
        let output = MatrixBuffer(rows: input.rows, columns: transform.dense.columns)
        apply(transform, input.view, to: output)
        return output
    }

    private func apply(_ transform: MaskTransform, _ input: MatrixView, to output: MatrixBuffer) {
        multiply(output.view, input, transform.dense, activation: transform.activation)
        normalizeAll(output.view, transform.norm)
    }

    /// A copy of some tokens' last hidden state, a row each.
    private func collect(_ tokens: some Collection<Int>, _ selection: TokenSelection?) -> MatrixBuffer {
        let size = config.hiddenSize
        let copy = MatrixBuffer(rows: tokens.count, columns: size)
        for (row, token) in tokens.enumerated() {
            let source = selection?.row(of: token) ?? token
            unsafe (copy.view.base + row * size).update(from: hidden.base + source * size, count: size)
        }
        return copy
    }

    private func apply(_ layer: Dense, to input: MatrixBuffer, activation: Activation = .identity) -> MatrixBuffer {
        let output = MatrixBuffer(rows: input.rows, columns: layer.columns)
        multiply(output.view, input.view, layer, activation: activation)
        return output
    }

    /// Hands row s to sequence s.
    private func hand(
        _ matrix: MatrixBuffer, to results: inout [EncoderOutput], _ store: (inout EncoderOutput, [Float]) -> Void
    ) {
        for sequence in results.indices { store(&results[sequence], matrix.values(sequence..<sequence + 1)) }
    }
}

/// A buffer that is one matrix.
private struct MatrixBuffer {
    let rows: Int
    let columns: Int
    private let buffer: FloatBuffer

    init(rows: Int, columns: Int) {
        (self.rows, self.columns) = (rows, columns)
        buffer = FloatBuffer(count: rows * columns)
    }

    var view: MatrixView { buffer.matrix(rows: rows, columns: columns) }

    /// A copy of some rows.
    func values(_ rows: Range<Int>) -> [Float] { buffer.values(rows.lowerBound * columns..<rows.upperBound * columns) }
}
