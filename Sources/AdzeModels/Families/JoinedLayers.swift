// Layers that a family's files keep as one matrix, such as query, key and value above each other: seen apart when they are read,
// and joined again when they are written. Not here: the names.

package import AdzeTensors

extension NameTable {
    /// The store with the parts of joined layers in their place.
    func apart(_ store: any TensorStore) -> any TensorStore {
        joined.isEmpty ? store : PartedStore(store, self)
    }

    /// Whether a name of theirs is that of a whole that is seen apart.
    func isJoined(_ theirs: String) -> Bool { !parts(of: theirs).isEmpty }

    /// The name of the whole that a part of theirs is joined into; nil for one that stands by itself.
    func whole(of theirs: String) -> String? {
        for layer in joined {
            for part in layer.parts {
                for ending in [".weight", ".bias"] where theirs.hasSuffix("." + part + ending) {
                    return theirs.dropLast((part + ending).utf8.count) + layer.whole + ending
                }
            }
        }
        return nil
    }

    /// The names of the parts of a tensor; none for one that stands by itself.
    fileprivate func parts(of theirs: String) -> [String] {
        for layer in joined {
            for ending in [".weight", ".bias"] where theirs.hasSuffix("." + layer.whole + ending) {
                let start = theirs.dropLast((layer.whole + ending).utf8.count)
                return layer.parts.map { start + $0 + ending }
            }
        }
        return []
    }
}

/// A store in which some tensors are cut into parts of as many rows each.
private struct PartedStore: TensorStore {
    let tensors: [TensorInfo]
    let unreadable: [String: String]
    private let base: any TensorStore
    private let places: [String: (source: String, rows: Range<Int>)]

    init(_ base: any TensorStore, _ names: NameTable) {
        var (tensors, places): ([TensorInfo], [String: (source: String, rows: Range<Int>)]) = ([], [:])
        for info in base.tensors {
            let parts = names.parts(of: info.name)
            let rows = info.shape.rank > 0 ? info.shape[0] : 0
            // One whose rows are no multiple is left whole, and its parts are missed by name.
            guard !parts.isEmpty, rows > 0, rows.isMultiple(of: parts.count),
                let shape = Shape([rows / parts.count] + info.shape.dimensions.dropFirst())
            else {
                tensors.append(info)
                continue
            }
            for (index, part) in parts.enumerated() {
                let height = rows / parts.count
                places[part] = (info.name, index * height..<(index + 1) * height)
                tensors.append(TensorInfo(name: part, dtype: info.dtype, shape: shape))
            }
        }
        var unreadable: [String: String] = [:]
        for (name, reason) in base.unreadable {
            let parts = names.parts(of: name)
            for part in parts.isEmpty ? [name] : parts { unreadable[part] = reason }
        }
        (self.tensors, self.unreadable, self.base, self.places) = (tensors, unreadable, base, places)
    }

    var aliases: [String: String] { base.aliases }

    func load(_ name: String) throws -> Tensor {
        guard let place = places[name] else { return try base.load(name) }
        return try base.load(place.source).taking([place.rows], alongDimension: 0)
    }
}

extension Tensor {
    /// Tensors of one width above each other, in fp32 where their element types differ.
    package init(joining parts: [Tensor]) {
        precondition(!parts.isEmpty, "something to join")
        let rows = parts.reduce(0) { $0 + $1.shape[0] }
        guard let shape = Shape([rows] + parts[0].shape.dimensions.dropFirst()) else {
            preconditionFailure("as many rows as were read")
        }
        guard parts.allSatisfy({ $0.dtype == parts[0].dtype }) else {
            self.init(shape: shape, floats: parts.flatMap { $0.floats() })
            return
        }
        self.init(dtype: parts[0].dtype, shape: shape, bytes: parts.flatMap(\.bytes))
    }
}
