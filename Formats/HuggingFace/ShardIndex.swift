// The index of a checkpoint in pieces: `model.safetensors.index.json` or `pytorch_model.bin.index.json`. Not here:
// opening the pieces.

internal import AdzeBytes

/// Which shard has which tensor.
public struct ShardIndex: Sendable, Equatable {
    /// The file's name, for messages.
    public let file: String
    /// The tensors in the order of the index, with the plain file name of the shard of each.
    public let weightMap: [(tensor: String, shard: String)]
    /// The shards' file names, sorted.
    public let shards: [String]

    /// The most bytes of an index that are read: some hundred thousand tensors.
    public static let maximumSize = 32 << 20

    /// Parses an index; throws `HuggingFaceError`.
    ///
    /// A shard must be a plain file name: no path, no `..`, no control character. `metadata` is not looked at.
    /// - Complexity: O(n log n) for n shards.
    public init(_ bytes: [UInt8], file: String) throws(HuggingFaceError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try parseJSON(
                bytes, limits: JSONLimits(bytes: ShardIndex.maximumSize, depth: 16, values: 2_000_000))
        } catch {
            throw .json(file: file, error)
        }
        guard let map = value["weight_map"]?.object else {
            throw .field(
                file: file, field: "weight_map", expected: "an object",
                found: value["weight_map"]?.kindName ?? "nothing")
        }
        var pairs: [(tensor: String, shard: String)] = []
        pairs.reserveCapacity(map.count)
        for (tensor, value) in map {
            guard let shard = value.string else {
                throw .field(
                    file: file, field: "weight_map key \(quoted(tensor))", expected: "a file name",
                    found: value.kindName)
            }
            guard isPlainName(shard) else { throw .unsafeName(file: file, name: shard) }
            pairs.append((tensor, shard))
        }
        guard !pairs.isEmpty else { throw .emptyIndex(file: file) }
        self.file = file
        self.weightMap = pairs
        self.shards = Set(pairs.lazy.map(\.shard)).sorted()
    }

    /// Equal files with equal maps in equal order.
    public static func == (a: ShardIndex, b: ShardIndex) -> Bool {
        a.file == b.file && a.weightMap.elementsEqual(b.weightMap, by: ==)
    }
}
