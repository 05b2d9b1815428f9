// A store that shows another's tensors under the names and in the orientation of PyTorch. Nothing is changed until it is
// loaded.

internal import AdzeBytes
public import AdzeTensors

/// Chosen tensors of a store, renamed and turned.
public struct PyTorchTensorStore: TensorStore {
    /// The tensors under their new names, in the order in which they were given.
    public let tensors: [TensorInfo]
    /// What the base cannot read, under the names that it would have here.
    public let unreadable: [String: String]
    private let base: any TensorStore
    private let sources: [String: (name: String, change: TensorChange)]

    /// Shows tensors of `base` by the names and changes of `names`; throws `KerasError.duplicateName`.
    ///
    /// `unreadable` are tensors of the file that the base itself does not know. A change that does not fit a tensor's
    /// number of dimensions is left undone: the shape will be refused by whoever wants a matrix.
    public init(
        base: any TensorStore, infos: [TensorInfo], unreadable: [(name: String, reason: String)] = [],
        name: (String) -> PyTorchName
    ) throws(KerasError) {
        var sources: [String: (name: String, change: TensorChange)] = [:]
        var tensors: [TensorInfo] = []
        tensors.reserveCapacity(infos.count)
        for info in infos {
            let new = name(info.name)
            if let first = sources[new.name] {
                throw .duplicateName(new.name, first: first.name, second: info.name)
            }
            sources[new.name] = (info.name, new.change)
            tensors.append(TensorInfo(name: new.name, dtype: info.dtype, shape: new.change.shape(of: info.shape)))
        }
        // Two of one name have one fate.
        self.unreadable = Dictionary(
            (base.unreadable.map { ($0.key, $0.value) } + unreadable).map { (name($0.0).name, $0.1) },
            uniquingKeysWith: { min($0, $1) })
        self.base = base
        self.tensors = tensors
        self.sources = sources
    }

    /// Loads and turns a tensor; throws `MissingTensor` or what the base throws.
    ///
    /// - Complexity: O(bytes of the tensor).
    public func load(_ name: String) throws -> Tensor {
        guard let (source, change) = sources[name] else {
            throw MissingTensor(name: name, nearest: nearestName(to: name, in: tensors.lazy.map(\.name)))
        }
        return change.apply(to: try base.load(source))
    }

    /// The base's name of a tensor.
    public func sourceName(of name: String) -> String? { sources[name]?.name }
}

extension TensorChange {
    /// Rows and columns of a shape that this change turns; nil where it leaves the elements as they are.
    private func matrix(_ shape: Shape) -> (rows: Int, columns: Int)? {
        guard case .transposed(let rowDimensions) = self, rowDimensions > 0, shape.rank > rowDimensions else {
            return nil
        }
        // No overflow: both divide the element count, or are not used where that is 0.
        let rows = shape.dimensions.prefix(rowDimensions).reduce(1, &*)
        let columns = shape.dimensions.dropFirst(rowDimensions).reduce(1, &*)
        return (rows, columns)
    }

    /// The shape after the change.
    func shape(of shape: Shape) -> Shape {
        if self == .flattened { return Shape([shape.count]) ?? shape }
        return matrix(shape).flatMap { Shape([$0.columns, $0.rows]) } ?? shape
    }

    /// The tensor after the change.
    func apply(to tensor: Tensor) -> Tensor {
        let shape = shape(of: tensor.shape)
        guard let (rows, columns) = matrix(tensor.shape), tensor.shape.count > 0 else {
            return Tensor(dtype: tensor.dtype, shape: shape, bytes: tensor.bytes)
        }
        let bytes =
            switch tensor.dtype.size {
            case 1: turn(tensor.bytes, UInt8.self, rows: rows, columns: columns)
            case 2: turn(tensor.bytes, UInt16.self, rows: rows, columns: columns)
            case 4: turn(tensor.bytes, UInt32.self, rows: rows, columns: columns)
            default: turn(tensor.bytes, UInt64.self, rows: rows, columns: columns)
            }
        return Tensor(dtype: tensor.dtype, shape: shape, bytes: bytes)
    }
}

/// A matrix of elements of one size, turned; square tiles keep both sides in cache.
private func turn<Element: BitwiseCopyable>(
    _ bytes: [UInt8], _: Element.Type, rows: Int, columns: Int
) -> [UInt8] {
    let tile = 32
    let size = MemoryLayout<Element>.size
    return unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { out, initialized in
        unsafe bytes.withUnsafeBytes { source in
            // In bounds: a tensor has rows × columns elements of this size.
            let target = UnsafeMutableRawBufferPointer(out)
            for firstRow in stride(from: 0, to: rows, by: tile) {
                for firstColumn in stride(from: 0, to: columns, by: tile) {
                    for row in firstRow..<min(firstRow + tile, rows) {
                        for column in firstColumn..<min(firstColumn + tile, columns) {
                            let element = unsafe source.loadUnaligned(
                                fromByteOffset: (row * columns + column) * size, as: Element.self)
                            unsafe target.storeBytes(
                                of: element, toByteOffset: (column * rows + row) * size, as: Element.self)
                        }
                    }
                }
            }
        }
        initialized = bytes.count
    }
}
