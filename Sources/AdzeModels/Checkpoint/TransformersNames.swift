// A checkpoint's tensors under the names by which transformers saves them: the way back from `ParameterMap`.

package import AdzeTensors

/// A tensor of a transformers checkpoint.
public struct TransformersTensor: Sendable, Equatable {
    /// Its name there.
    public let name: String
    /// Our name of the parameter that has its elements.
    public let source: String
    /// Our names of the parameters whose rows follow, where transformers keeps several as one.
    public var others: [String] = []
    /// The name there of the tensor whose memory it shares. PyTorch's pickles hold both; safetensors files leave it out.
    public let tiedTo: String?
}

extension TransformersTensor {
    /// Its shape by those of our parameters; nil where one is missing.
    package func shape(in infos: [String: TensorInfo]) -> Shape? {
        guard let first = infos[source]?.shape else { return nil }
        let rows = others.compactMap { infos[$0]?.shape }.map { $0[0] }
        guard rows.count == others.count, !rows.isEmpty else { return rows.count == others.count ? first : nil }
        return Shape([rows.reduce(first[0], +)] + first.dimensions.dropFirst())
    }
}

extension ModelCheckpoint {
    /// The tensors that transformers' class has for this model.
    ///
    /// transformers keeps the encoder under the family's prefix beside a head, and bare without one. The decoder of a
    /// masked language model has weights of its own there, and in some families a second bias; each is tied to another
    /// tensor or, where ties are off, neither.
    public var transformersTensors: [TransformersTensor] { tensors(asStudys: false) }

    /// The same under the names of the study's program, which has its own for a classifier's last layer.
    public var studyTensors: [TransformersTensor] { tensors(asStudys: true) }

    private func tensors(asStudys isStudys: Bool) -> [TransformersTensor] {
        let table = family.names
        func name(_ parameter: Parameter) -> String {
            let isBare = head.task == .encoder || parameter.part == .head
            return (isBare ? "" : table.prefix) + table.theirs(parameter, head: head, asStudys: isStudys)
        }
        var list: [TransformersTensor] = []
        var (names, places): ([String: String], [String: Int]) = ([:], [:])
        for parameter in parameters {
            let name = name(parameter)
            if let whole = table.whole(of: name) {
                if let place = places[whole] {
                    list[place].others.append(parameter.name)
                    continue
                }
                places[whole] = list.count
                list.append(TransformersTensor(name: whole, source: parameter.name, tiedTo: nil))
                continue
            }
            names[parameter.name] = name
            list.append(TransformersTensor(name: name, source: parameter.name, tiedTo: nil))
        }
        guard let decoder = head.decoder else { return list }
        func add(_ theirs: String, like source: String) {
            let tie = decoder == .tied ? names[source] : nil
            list.append(TransformersTensor(name: theirs, source: source, tiedTo: tie))
        }
        if decoder == .tied {
            add(table.theirs(ParameterPaths.decoder + ".weight"), like: ParameterPaths.wordEmbeddings)
        }
        if let twin = table.decoderBiasTwin { add(twin, like: ParameterPaths.decoderBias) }
        return list
    }
}
