// The outputs of an encoder for some texts (sequence, pooled, hidden states, attentions), as one safetensors file.

package import AdzeModels
internal import AdzeSafetensors
internal import AdzeTensors

extension TextEmbedder {
    /// Runs texts and writes what was asked for: for text i the tensors `i.ids` (T), `i.sequence` (T, H), `i.pooled` (H),
    /// `i.hidden` (L + 1, T, H) and `i.attentions` (L, A, T, T).
    ///
    /// All outputs are held in memory until they are written. Throws as `embed` does, and `FileError`.
    package func writeOutputs(
        of texts: [String], _ outputs: OutputRequest, to path: String, replacing: Bool, maximumLength: Int? = nil
    ) throws {
        let sequences = try encode(texts, maximumLength: maximumLength)
        let results = try run(texts, outputs: outputs, maximumLength: maximumLength)
        var store = MemoryTensorStore()
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
                let heads = (result.attentions.first?.count ?? 0) / (tokens * tokens)
                add("attentions", [result.attentions.count, heads, tokens], result.attentions.flatMap { $0 })
            }
        }
        try SafetensorsWriter.write(
            to: path, replacing: replacing, tensors: store.tensors, metadata: [("format", "pt")]
        ) { try store.load($0.name) }
    }
}
