// A checkpoint of a masked language model as a classifier by the logits of some words: the rows of its decoder become the
// classifier's. Not here: the prompt, and which words.

internal import AdzeTensors

extension ModelCheckpoint {
    /// The checkpoint under a head that reads a prompt's mask, with the decoder's rows of `words` and their biases for
    /// classes.
    ///
    /// `self` has a vocabulary projection, and the words are rows of it. Throws `ConfigError` for labels that no classifier
    /// has, and the store's errors: the decoder is loaded.
    package func answering(with words: [Int], head: Head) throws -> ModelCheckpoint {
        guard let layer = self.head.form.vocabulary, let labels = head.labels, labels.count == words.count else {
            preconditionFailure("a word for each class, of a model that fills masks")
        }
        try checkLabels(labels)
        let decoder = layer.decoder == .tied ? ParameterPaths.wordEmbeddings : ParameterPaths.decoder + ".weight"
        let biases =
            try config.biases.decoder
            ? store.load(ParameterPaths.decoderBias).rows(words)
            : Tensor(shape: Shape(words.count), floats: [Float](repeating: 0, count: words.count))
        let rows = [
            ParameterPaths.classifier + ".weight": try store.load(decoder).rows(words),
            ParameterPaths.classifier + ".bias": biases,
        ]
        var renamed = RenamedTensorStore(base: store)
        let infos = store.tensorsByName
        for parameter in config.parameters(head: head) {
            if let made = rows[parameter.name] {
                renamed.add(parameter.name, made)
            } else if let info = infos[parameter.name] {
                renamed.add(parameter.name, source: info)
            } else {
                preconditionFailure("the rest is the masked language model's: \(parameter.name)")
            }
        }
        return ModelCheckpoint(config: config, head: head, store: renamed, notes: notes)
    }
}

extension Tensor {
    /// Some rows of a tensor in fp32; of a vector, elements.
    fileprivate func rows(_ indices: [Int]) -> Tensor {
        let (values, width) = (floats(), shape.rank == 1 ? 1 : shape.rowLength)
        guard let shape = Shape([indices.count] + shape.dimensions.dropFirst()) else {
            preconditionFailure("fewer rows than there were")
        }
        return Tensor(
            shape: shape, floats: indices.flatMap { values[$0 * width..<($0 + 1) * width] })
    }
}
