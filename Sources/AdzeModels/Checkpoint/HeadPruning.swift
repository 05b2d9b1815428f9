// A checkpoint without some of its attention heads: their rows of query, key and value, and their columns of the layer
// after them, are left out when a tensor is loaded. Not here: which heads a task can do without.

internal import AdzeBytes
internal import AdzeTensors

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
        var pruned = config
        pruned.prunedHeads = config.prunedHeads.union(heads)
        for block in pruned.prunedHeads.blocks where pruned.heads(ofBlock: block).count < 1 {
            throw .lastHead(block: block)
        }
        let store = HeadlessStore(base: store, from: self, to: pruned)
        return ModelCheckpoint(config: pruned, head: head, store: store, notes: notes)
    }
}

/// A store whose matrices of attention lack the rows or columns of some heads.
private struct HeadlessStore: TensorStore {
    let tensors: [TensorInfo]
    private let base: any TensorStore
    /// Where a parameter's shape changes: along which dimension, and which places stay.
    private let cuts: [String: (axis: Int, kept: [Range<Int>])]

    init(base: any TensorStore, from checkpoint: ModelCheckpoint, to pruned: EncoderShape) {
        self.base = base
        let infos = base.tensorsByName
        var cuts: [String: (axis: Int, kept: [Range<Int>])] = [:]
        let parameters = pruned.parameters(head: checkpoint.head)
        tensors = parameters.compactMap { parameter in
            guard let info = infos[parameter.name] else { return nil }
            if info.shape != parameter.shape, let axis = parameter.headsAxis, let block = parameter.part.block {
                let (old, new) = (checkpoint.config.heads(ofBlock: block), Set(pruned.heads(ofBlock: block).numbers))
                let kept = old.numbers.indices.filter { new.contains(old.numbers[$0]) }
                cuts[parameter.name] = (axis, kept.map(old.columns))
            }
            return TensorInfo(name: parameter.name, dtype: info.dtype, shape: parameter.shape)
        }
        self.cuts = cuts
    }

    func load(_ name: String) throws -> Tensor {
        let tensor = try base.load(name)
        guard let cut = cuts[name] else { return tensor }
        return tensor.taking(cut.kept, alongDimension: cut.axis)
    }
}
