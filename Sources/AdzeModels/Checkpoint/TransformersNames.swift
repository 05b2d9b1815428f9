// A checkpoint's tensors under the names by which transformers saves them: the way back from `ParameterMap`.

internal import AdzeTensors

/// A tensor of a transformers checkpoint.
public struct TransformersTensor: Sendable, Equatable {
    /// Its name there.
    public let name: String
    /// Our name of the parameter that has its elements.
    public let source: String
    /// The name there of the tensor whose memory it shares. PyTorch's pickles hold both; safetensors files leave it out.
    public let tiedTo: String?
}

extension ModelCheckpoint {
    /// The tensors that transformers' class has for this model.
    ///
    /// transformers keeps the encoder under `bert.` beside a head, and bare without one. The decoder of a masked language
    /// model has weights and a bias of its own there, each tied to another tensor or, where ties are off, neither.
    public var transformersTensors: [TransformersTensor] {
        let isBare = if case .encoder = head { true } else { false }
        func name(_ ours: String) -> String {
            isBare || ParameterPaths.headNames.contains(ours) ? ours : "bert." + ours
        }
        var list = store.tensors.map { TransformersTensor(name: name($0.name), source: $0.name, tiedTo: nil) }
        guard let decoder = head.decoder else { return list }
        func add(_ ours: String, like source: String) {
            list.append(
                TransformersTensor(name: ours, source: source, tiedTo: decoder == .tied ? name(source) : nil))
        }
        if decoder == .tied { add(ParameterPaths.decoder + ".weight", like: ParameterPaths.wordEmbeddings) }
        add(ParameterPaths.decoder + ".bias", like: ParameterPaths.decoderBias)
        return list
    }
}
