// What a head needs of the tensors found, and what it leaves: ties of the vocabulary projection, and parameters without
// a use.

internal import AdzeBytes
internal import AdzeTensors

// MARK: - Ties

extension ParameterMap {
    /// Settles where the vocabulary projection has its weights and its bias.
    ///
    /// transformers ties the decoder's weights to the word embeddings and its bias to `cls.predictions.bias`, unless
    /// `tie_word_embeddings` is false or both are in the file and differ. What a file leaves out is tied; of two that
    /// are equal bit for bit, one is kept; of two that differ, the decoder's own counts. Throws the store's errors:
    /// tensors are compared where names do not tell.
    /// - Complexity: O(V · H) where the file has both matrices in places of their own, else O(V).
    mutating func settleDecoder(
        _ store: any TensorStore, shape: EncoderShape, tied: Bool
    ) throws -> VocabularyDecoder {
        try settleDecoderBias(store, shape: Shape(shape.vocabularySize))
        let own = ParameterPaths.decoder + ".weight"
        guard tied else { return .separate }
        guard let decoder = source(of: own), let words = source(of: ParameterPaths.wordEmbeddings) else {
            ties.append(Tie(source: own, name: ParameterPaths.wordEmbeddings))
            return .tied
        }
        let table = Shape(shape.vocabularySize, shape.embeddingSize)
        guard try ParameterMap.areEqual(decoder, words, shape: table, in: store) else {
            notes.append(
                "\(quoted(decoder)) differs from the word embeddings, to which it is usually tied; it is kept beside them"
            )
            return .separate
        }
        ties.append(Tie(source: decoder, name: ParameterPaths.wordEmbeddings))
        entries.removeAll { $0.name == own }
        return .tied
    }

    /// Takes the decoder's weights for the word embeddings, to which they are tied, where a file has them under that name
    /// alone: a writer that stores each tensor once keeps either name.
    mutating func takeDecoderForWords() {
        let (words, decoder) = (ParameterPaths.wordEmbeddings, ParameterPaths.decoder + ".weight")
        guard source(of: words) == nil, unreadable[words] == nil, let found = source(of: decoder) else { return }
        entries = entries.map { entry in
            entry.name == decoder
                ? Entry(name: words, source: found, tiedTo: entry.tiedTo, wasRespelled: true) : entry
        }
        notes.append("the word embeddings are read from \(quoted(found)), to which they are tied")
    }

    /// Leaves one bias, under the name of ours.
    private mutating func settleDecoderBias(_ store: any TensorStore, shape: Shape) throws {
        let (ours, other) = (ParameterPaths.decoderBias, NameTable.secondDecoderBias)
        guard let second = source(of: other) else { return }
        if let first = source(of: ours) {
            if try ParameterMap.areEqual(first, second, shape: shape, in: store) {
                ties.append(Tie(source: second, name: ours))
                entries.removeAll { $0.name == other }
                return
            }
            dropped.append(Dropped(source: first, reason: "the decoder has another bias of its own, \(quoted(second))"))
            entries.removeAll { $0.name == ours }
        }
        entries = entries.map { entry in
            entry.name == other ? Entry(name: ours, source: second, tiedTo: entry.tiedTo, wasRespelled: true) : entry
        }
    }

    /// Whether two tensors have the same elements, bit for bit. Those of another shape than the model's are for the check
    /// of shapes to refuse: they count as different, and are not loaded.
    private static func areEqual(
        _ a: String, _ b: String, shape: Shape, in store: any TensorStore
    ) throws -> Bool {
        let aliases = store.aliases
        if (aliases[a] ?? a) == (aliases[b] ?? b) { return true }
        let infos = store.tensorsByName
        guard let first = infos[a], let second = infos[b], first.shape == shape, second.shape == shape,
            first.dtype == second.dtype
        else { return false }
        return try store.load(a).bytes == store.load(b).bytes
    }
}

// MARK: - Leftovers

extension ParameterMap {
    /// Moves parameters that the head or the number of blocks has no use for to the dropped ones, and says so of blocks.
    ///
    /// `names` are the source's, in its order.
    mutating func dropUnused(head: Head, shape: EncoderShape, madeNew: Bool, names: [String]) {
        let wanted = Set(shape.parameters(head: head).map(\.name))
        var kept: [Entry] = []
        var blocks: Set<Int> = []
        for entry in entries {
            var reason: String?
            if madeNew && table.isHead(entry.name)
                && !(wanted.contains(entry.name) && NewHead.keeps(entry.name, head.form))
            {
                reason = "replaced by the new head"
            } else if wanted.contains(entry.name) {
                reason = nil
            } else if let block = entry.block, block >= shape.blockCount {
                blocks.insert(block)
                reason = "config.json has only \(shape.blockCount) blocks"
            } else {
                reason = "\(withArticle(head.architectureName)) has no such layer"
            }
            if let reason {
                dropped.append(Dropped(source: entry.source, reason: reason, parameter: entry.name))
            } else {
                kept.append(entry)
            }
        }
        entries = kept
        if !blocks.isEmpty {
            let key = shape.sharedBlocks == nil ? "num_hidden_layers" : "that its layers share"
            notes.append(
                "config.json asks for \(shape.blockCount) blocks (\(key)); the checkpoint's other "
                    + "\(blocks.count) are left out")
        }
        let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        dropped.sort { places[$0.source] ?? names.count < places[$1.source] ?? names.count }
    }
}
