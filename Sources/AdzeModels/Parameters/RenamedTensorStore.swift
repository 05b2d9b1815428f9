// A store that shows some tensors of another under new names, and some of its own. Nothing is copied until it is loaded.

internal import AdzeTensors

/// Chosen tensors of a store under other names.
struct RenamedTensorStore: TensorStore {
    private(set) var tensors: [TensorInfo] = []
    private let base: any TensorStore
    private var sources: [String: String] = [:]
    private var own = MemoryTensorStore()

    init(base: any TensorStore) { self.base = base }

    /// Shows a tensor of the base as `name`.
    mutating func add(_ name: String, source: TensorInfo) {
        sources[name] = source.name
        tensors.append(TensorInfo(name: name, dtype: source.dtype, shape: source.shape))
    }

    /// Adds a tensor that the base lacks.
    mutating func add(_ name: String, _ tensor: Tensor) {
        own.add(name, tensor)
        tensors.append(TensorInfo(name: name, dtype: tensor.dtype, shape: tensor.shape))
    }

    func load(_ name: String) throws -> Tensor {
        guard let source = sources[name] else { return try own.load(name) }
        return try base.load(source)
    }
}
