// One store of several: the shards of a checkpoint that was saved in pieces, under an index of names. Not here: the
// index's file and the shards' formats; whoever opened them gives both.

public import AdzeBytes

/// Why shards and their index do not make one store.
public enum ShardError: AdzeFailure, Equatable {
    /// The index sends a tensor to a shard that was not given.
    case noSuchShard(tensor: String, shard: String)
    /// The index names a tensor twice.
    case indexedTwice(tensor: String)
    /// A tensor of the index is in no shard.
    case notInShard(tensor: String, shard: String, nearest: String?)
    /// Two shards have a tensor of one name.
    case inTwoShards(tensor: String, first: String, second: String)

    /// The refusal in one line.
    public var description: String {
        switch self {
        case .noSuchShard(let tensor, let shard):
            "the index has tensor \(quoted(tensor)) in \(quoted(shard)), which is missing"
        case .indexedTwice(let tensor): "the index names tensor \(quoted(tensor)) twice"
        case .notInShard(let tensor, let shard, let nearest):
            "the index has tensor \(quoted(tensor)) in \(quoted(shard)), which lacks it, as the others do"
                + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
        case .inTwoShards(let tensor, let first, let second):
            "tensor \(quoted(tensor)) is in \(quoted(first)) and again in \(quoted(second))"
        }
    }
}

/// The tensors of several stores as one.
///
/// Every tensor of the index must be in a shard, and no name in two. Where the index names another shard than the one that
/// has a tensor, or no shard at all, the tensor is there all the same, as in transformers, which reads whole shards and
/// asks the index for their names only; `misplaced` and `unindexed` list them. Thread-safe as its shards are.
public struct ShardedTensorStore: TensorStore {
    /// The tensors, shard after shard, each in its own order.
    public let tensors: [TensorInfo]
    /// The aliases of all shards.
    public let aliases: [String: String]
    /// Tensors that the index does not name, in the order of `tensors`.
    public let unindexed: [String]
    /// Tensors that are in another shard than the index says, in its order, and the shard that has each.
    public let misplaced: [(tensor: String, shard: String)]
    /// What the shards cannot read.
    public let unreadable: [String: String]

    private let shards: [any TensorStore]
    private let shardOfTensor: [String: Int]

    /// The store of an index and its shards, whose names are unique; throws `ShardError`.
    ///
    /// A tensor that its shard cannot read is left out of `tensors`; loading it throws what the shard's reader says.
    /// - Complexity: O(n) for n tensors.
    public init(
        weightMap: [(tensor: String, shard: String)], shards: [(name: String, store: any TensorStore)]
    ) throws(ShardError) {
        var tensors: [TensorInfo] = []
        var aliases: [String: String] = [:]
        var shardOfTensor: [String: Int] = [:]
        for (number, shard) in shards.enumerated() {
            for info in shard.store.tensors {
                if let first = shardOfTensor.updateValue(number, forKey: info.name) {
                    throw .inTwoShards(tensor: info.name, first: shards[first].name, second: shard.name)
                }
                tensors.append(info)
            }
            aliases.merge(shard.store.aliases) { first, _ in first }
        }
        var unreadable: [String: String] = [:]
        for (number, shard) in shards.enumerated() {
            for (name, reason) in shard.store.unreadable where shardOfTensor[name] == nil {
                shardOfTensor[name] = number
                unreadable[name] = reason
            }
        }
        let numbers = Dictionary(shards.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        precondition(numbers.count == shards.count, "two shards have one name")
        var indexed: Set<String> = []
        var misplaced: [(tensor: String, shard: String)] = []
        for (tensor, shard) in weightMap {
            guard indexed.insert(tensor).inserted else { throw .indexedTwice(tensor: tensor) }
            guard let number = numbers[shard] else { throw .noSuchShard(tensor: tensor, shard: shard) }
            guard let owner = shardOfTensor[tensor] else {
                let nearest = nearestName(to: tensor, in: shards[number].store.tensors.lazy.map(\.name))
                throw .notInShard(tensor: tensor, shard: shard, nearest: nearest)
            }
            if owner != number { misplaced.append((tensor, shards[owner].name)) }
        }
        self.tensors = tensors
        self.aliases = aliases
        self.misplaced = misplaced
        self.unreadable = unreadable
        self.unindexed = tensors.map(\.name).filter { !indexed.contains($0) }
        self.shards = shards.map(\.store)
        self.shardOfTensor = shardOfTensor
    }

    /// Loads from the shard that has the tensor; throws what that shard throws, or `MissingTensor`.
    public func load(_ name: String) throws -> Tensor {
        guard let number = shardOfTensor[name] else {
            throw MissingTensor(name: name, nearest: nearestName(to: name, in: tensors.lazy.map(\.name)))
        }
        return try shards[number].load(name)
    }
}
