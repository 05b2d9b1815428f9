// The one interface between formats and models: names → tensors, read when asked for. Not here: any format.

public import AdzeBytes

/// A collection of named tensors that are read one at a time.
///
/// Thread-safe: `load` may be called from several threads at once.
public protocol TensorStore: Sendable {
    /// Every tensor, in the order of the source; names are unique.
    var tensors: [TensorInfo] { get }

    /// Names that are another name for the same elements (tied weights), by the name they repeat.
    var aliases: [String: String] { get }

    /// Tensors that are there and cannot be read (of an element type or layout that no `Tensor` has), with the reason and
    /// what to do about it; none of them is in `tensors`.
    var unreadable: [String: String] { get }

    /// Reads one tensor, contiguous; throws the reader's error, also for a name that `tensors` lacks.
    func load(_ name: String) throws -> Tensor
}

extension TensorStore {
    /// No two names share elements.
    public var aliases: [String: String] { [:] }

    /// Everything that is there can be read.
    public var unreadable: [String: String] { [:] }

    /// The description of a tensor, or nil.
    ///
    /// - Complexity: O(n); take `tensorsByName` for many look-ups.
    public func info(_ name: String) -> TensorInfo? { tensors.first { $0.name == name } }

    /// The descriptions by name.
    public var tensorsByName: [String: TensorInfo] {
        Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// A store of tensors in memory.
public struct MemoryTensorStore: TensorStore {
    /// Every tensor, in the order in which they were added.
    public private(set) var tensors: [TensorInfo] = []
    private var contents: [String: Tensor] = [:]

    /// A store of the pairs in their order; a name that repeats is a programmer's mistake.
    public init(_ pairs: [(String, Tensor)] = []) {
        for (name, tensor) in pairs { add(name, tensor) }
    }

    /// Adds a tensor under a new name.
    public mutating func add(_ name: String, _ tensor: Tensor) {
        precondition(contents[name] == nil, "the tensor \(name) is there already")
        contents[name] = tensor
        tensors.append(TensorInfo(name: name, dtype: tensor.dtype, shape: tensor.shape))
    }

    /// The tensor of a name; throws `MissingTensor`.
    public func load(_ name: String) throws -> Tensor {
        guard let tensor = contents[name] else {
            throw MissingTensor(name: name, nearest: nearestName(to: name, in: contents.keys.sorted()))
        }
        return tensor
    }
}

/// A store was asked for a name that it lacks.
public struct MissingTensor: AdzeFailure, Equatable {
    /// The name that was asked for.
    public let name: String
    /// The closest name that exists.
    public let nearest: String?

    /// The error for a name and its nearest neighbour.
    public init(name: String, nearest: String?) {
        self.name = name
        self.nearest = nearest
    }

    /// One line: the name and its nearest neighbour.
    public var description: String {
        "no tensor is named \(quoted(name))" + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
    }
}
