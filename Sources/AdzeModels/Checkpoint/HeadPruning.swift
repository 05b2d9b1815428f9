// A checkpoint without some of its attention heads: their rows of query, key and value, and their columns of the layer
// after them, are left out when a tensor is loaded. Not here: which heads a task can do without.

extension ModelCheckpoint {
    /// The checkpoint without some attention heads, by their numbers in the whole model.
    ///
    /// The logits are those of the model as it is with these heads' columns of attention's output layer at zero. A bias by
    /// distance keeps the columns of all heads. No heads change nothing. Throws `CheckpointError.noSuchHead` for one that
    /// is not there, or no more, and `.lastHead` where a block would have none left.
    /// - Complexity: O(parameters); no weight is read before it is asked for.
    public func dropping(heads: some Sequence<AttentionHead>) throws(CheckpointError) -> ModelCheckpoint {
        let heads = Set(heads).sorted()
        for head in heads {
            guard (0..<config.layerCount).contains(head.block) else {
                throw .blockOutOfRange(head.block, count: config.layerCount)
            }
            guard (0..<config.headCount).contains(head.number),
                !config.prunedHeads.numbers(ofBlock: head.block).contains(head.number)
            else { throw .noSuchHead(head, heads: config.headCount) }
        }
        guard !heads.isEmpty else { return self }
        try config.checkHeadsMayGo()
        var pruned = config
        pruned.prunedHeads = config.prunedHeads.union(heads)
        for block in pruned.prunedHeads.blocks where pruned.heads(ofBlock: block).count < 1 {
            throw .lastHead(block: block)
        }
        return taking(pruned) { parameter in
            guard let axis = parameter.headsAxis, let block = parameter.part.block else { return nil }
            let (old, new) = (config.heads(ofBlock: block), Set(pruned.heads(ofBlock: block).numbers))
            let kept = old.numbers.indices.filter { new.contains(old.numbers[$0]) }
            return TensorCut(axis: axis, kept: kept.map(old.columns))
        }
    }
}
