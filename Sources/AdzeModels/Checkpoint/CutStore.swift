// A checkpoint whose tensors lack some of their rows or columns, which are left out when a tensor is loaded. Not here: which
// go, and why.

internal import AdzeTensors

/// What stays of a tensor: places along one dimension.
struct TensorCut {
    let axis: Int
    /// Ascending, within the dimension.
    let kept: [Range<Int>]
}

extension ModelCheckpoint {
    /// The checkpoint of a smaller shape with the same parameters, of which `cut` says what stays; nil is all.
    ///
    /// - Complexity: O(parameters); no weight is read before it is asked for.
    func taking(_ smaller: EncoderShape, cut: (Parameter) -> TensorCut?) -> ModelCheckpoint {
        let infos = store.tensorsByName
        var cuts: [String: TensorCut] = [:]
        let tensors: [TensorInfo] = smaller.parameters(head: head).compactMap { parameter in
            guard let info = infos[parameter.name] else { return nil }
            if info.shape != parameter.shape { cuts[parameter.name] = cut(parameter) }
            return TensorInfo(name: parameter.name, dtype: info.dtype, shape: parameter.shape)
        }
        return ModelCheckpoint(
            config: smaller, head: head, store: CutStore(tensors: tensors, base: store, cuts: cuts), notes: notes)
    }
}

/// A store some of whose tensors are parts of another's.
private struct CutStore: TensorStore {
    let tensors: [TensorInfo]
    let base: any TensorStore
    let cuts: [String: TensorCut]

    func load(_ name: String) throws -> Tensor {
        let tensor = try base.load(name)
        guard let cut = cuts[name] else { return tensor }
        return tensor.taking(cut.kept, alongDimension: cut.axis)
    }
}
