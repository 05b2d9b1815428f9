// The outputs of an encoder for some texts (sequence, pooled, hidden states, attentions), as one safetensors file.

package import AdzeModels
internal import AdzeSafetensors
internal import AdzeTensors

extension TextEmbedder {
    /// Runs texts and writes what was asked for: for text i the tensors `i.ids` (T), `i.sequence` (T, H), `i.pooled` (H),
    /// `i.hidden` (L + 1, T, H) and `i.attentions` (L, A, T, T), where a head that a block has lost is zeros.
    ///
    /// All outputs are held in memory until they are written. Throws as `embed` does, and `FileError`.
    package func writeOutputs(
        of texts: [String], _ outputs: OutputRequest, to path: String, replacing: Bool, maximumLength: Int? = nil
    ) throws {
        let sequences = try encode(texts, maximumLength: maximumLength)
        let results = try run(texts, outputs: outputs, maximumLength: maximumLength)
        var store = MemoryTensorStore()
        let shape = shape
        for (index, (sequence, result)) in zip(sequences, results).enumerated() {
            let tokens = result.tokenCount
            store.add(
                "\(index).ids",
                unsafe Tensor(
                    dtype: .int32, shape: Shape(tokens), bytes: sequence.ids.withUnsafeBytes { unsafe Array($0) }))
            func add(_ name: String, _ leading: [Int], _ values: [Float]) {
                let inner = values.count / max(1, leading.reduce(1, *))
                guard let shape = Shape(leading + [inner]) else { return }
                store.add("\(index).\(name)", Tensor(shape: shape, floats: values))
            }
            if outputs.contains(.sequence) { add("sequence", [tokens], result.sequence) }
            if outputs.contains(.pooled) { add("pooled", [], result.pooled) }
            if outputs.contains(.hiddenStates) {
                add("hidden", [result.hiddenStates.count, tokens], result.hiddenStates.flatMap { $0 })
            }
            if outputs.contains(.attentions) {
                add(
                    "attentions", [result.attentions.count, shape.headCount, tokens],
                    result.attentions.enumerated().flatMap { spread($1, over: shape.heads(ofBlock: $0)) })
            }
        }
        try SafetensorsWriter.write(
            to: path, replacing: replacing, tensors: store.tensors, metadata: [("format", "pt")]
        ) { try store.load($0.name) }
    }
}

/// A block's weights (A', T, T) as (A, T, T), each head under its number in the whole model.
private func spread(_ weights: [Float], over heads: BlockHeads) -> [Float] {
    guard !heads.pruned.isEmpty else { return weights }
    let size = weights.count / heads.count
    var all = [Float](repeating: 0, count: heads.wholeCount * size)
    for (place, number) in heads.numbers.enumerated() {
        all.replaceSubrange(number * size..<(number + 1) * size, with: weights[place * size..<(place + 1) * size])
    }
    return all
}
