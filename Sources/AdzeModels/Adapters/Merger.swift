// The merging of an adapter's changes into a base's tensors: which tensor each is of, whether it fits, and the sum. Not here:
// what an adapter's names mean.

internal import AdzeBytes
internal import AdzeTensors

/// A base and the changes found for it so far.
struct Merger {
    let base: any TensorStore
    let adapter: any TensorStore
    let map: ParameterMap
    let family: any ModelFamily.Type
    /// Whether the base's names are ours.
    let hasOurNames: Bool
    private let shapes: [String: TensorInfo]
    private var changes: [String: Adapter.Change] = [:]
    /// Tensors that the base lacks, under the names that it would have for them.
    private var added: [(info: TensorInfo, source: String)] = []
    /// Our names of what the adapter brings, with their shapes.
    private var brought: [String: Shape] = [:]
    private var changedLayers = 0

    init(
        base: any TensorStore, adapter: any TensorStore, map: ParameterMap, family: any ModelFamily.Type,
        hasOurNames: Bool
    ) {
        (self.base, self.adapter, self.map, self.family, self.hasOurNames) = (base, adapter, map, family, hasOurNames)
        shapes = base.tensorsByName
    }

    /// Our name of a weight of the family's, with or without what stands in front of an encoder beside a head.
    private func parameter(_ theirs: String) -> String? {
        let names = family.names
        return names.entry(theirs, body: names.prefix, heads: ["", names.prefix])?.name
            ?? names.entry(theirs, body: "", heads: [""])?.name
    }

    /// A name of the family's without what stands in front of an encoder beside a head.
    private func inside(_ theirs: String) -> String {
        let prefix = family.names.prefix
        return theirs.hasPrefix(prefix) ? String(theirs.dropFirst(prefix.count)) : theirs
    }

    private func isOfHead(_ ours: String) -> Bool { family.names.isHead(ours) || NameTable.isPooler(ours) }

    private func noSuchWeight(_ theirs: String) -> AdapterError {
        .noSuchWeight(theirs, nearest: nearestName(to: theirs, in: shapes.keys.sorted()))
    }

    private func source(of theirs: String) throws(AdapterError) -> TensorInfo {
        if family.names.isJoined(theirs) {
            // A layer that the family's files keep as one matrix; ours keep its parts.
            guard !hasOurNames else { throw .joinedInBase(theirs) }
            if let info = shapes[map.prefix + inside(theirs)] { return info }
        }
        guard let ours = parameter(theirs) else { throw noSuchWeight(theirs) }
        guard let source = map.source(of: ours), let info = shapes[source] else {
            throw isOfHead(ours) ? .unsavedLayer(theirs) : noSuchWeight(theirs)
        }
        return info
    }

    /// Takes the product of two matrices for a layer.
    mutating func add(_ matrices: LowRank, to layer: String, _ description: AdapterDescription) throws(AdapterError) {
        guard let a = matrices.a else { throw .half(layer: layer, missing: "lora_A") }
        guard let b = matrices.b else { throw .half(layer: layer, missing: "lora_B") }
        let weight = try source(of: layer + ".weight")
        guard a.shape.rank == 2, b.shape.rank == 2, a.dtype.isFloatingPoint, b.dtype.isFloatingPoint else {
            throw .foreignTensor(a.shape.rank == 2 && a.dtype.isFloatingPoint ? b.name : a.name)
        }
        guard weight.dtype.isFloatingPoint else { throw .noFloats(name: weight.name, type: "\(weight.dtype)") }
        let stated = description.rank(of: layer)
        for found in [a.shape[0], b.shape[1]] where found != stated {
            throw .otherRank(layer: layer, stated: stated, found: found)
        }
        let shape = matrices.isTable ? Shape(a.shape[1], b.shape[0]) : Shape(b.shape[0], a.shape[1])
        guard weight.shape == shape else { throw .otherShape(name: weight.name, base: weight.shape, adapter: shape) }
        var own: String?
        switch changes[weight.name] {
        case nil: break
        case .replacement(let tensor)?: own = tensor.name
        case .product?: throw .twice(weight.name)
        }
        changes[weight.name] = .product(
            a: a.name, b: b.name, scale: description.scale(of: layer), isTable: matrices.isTable, own: own)
        changedLayers += 1
    }

    /// Takes a whole tensor in place of the base's, or as a part of a head that the base lacks.
    mutating func replace(_ theirs: String, by tensor: TensorInfo) throws(AdapterError) {
        guard tensor.dtype.isFloatingPoint else { throw .foreignTensor(tensor.name) }
        if family.names.isJoined(theirs) {
            let info = try source(of: theirs)
            guard info.shape == tensor.shape else {
                throw .otherShape(name: info.name, base: info.shape, adapter: tensor.shape)
            }
            changes[info.name] = .replacement(tensor)
            return
        }
        guard let ours = parameter(theirs) else { throw .foreignTensor(tensor.name) }
        let isHead = family.names.isHead(ours)
        guard brought[ours] == nil else { throw .twice(theirs) }
        brought[ours] = tensor.shape
        if let source = map.source(of: ours), let info = shapes[source] {
            // A head may be of more or fewer classes than the base's own.
            guard isHead || info.shape == tensor.shape else {
                throw .otherShape(name: source, base: info.shape, adapter: tensor.shape)
            }
            changes[source] = .replacement(tensor)
            return
        }
        guard isOfHead(ours) else { throw noSuchWeight(theirs) }
        added.append((TensorInfo(name: place(of: theirs, ours), dtype: .float32, shape: tensor.shape), tensor.name))
    }

    /// Where a weight that the base lacks would stand in it: a head beside the model's own name, a pooler inside.
    private func place(of theirs: String, _ ours: String) -> String {
        guard !hasOurNames else { return ours }
        guard family.names.isHead(ours) else { return map.prefix + inside(theirs) }
        return map.prefix.split(separator: ".").dropLast().map { $0 + "." }.joined() + inside(theirs)
    }

    /// Whether the adapter has a weight of its own or changes the base's, by our name.
    func brings(_ ours: String) -> Bool {
        brought[ours] != nil || map.source(of: ours).map { changes[$0] != nil } ?? false
    }

    /// The base's tensors with the changes, and its configuration as the adapter's task makes it.
    func finish(_ configJSON: JSONValue?, kind: HeadKind?) -> Adapter.Merged {
        let tensors =
            base.tensors.map { info in
                switch changes[info.name] {
                case nil: info
                case .product?: TensorInfo(name: info.name, dtype: .float32, shape: info.shape)
                case .replacement(let tensor)?: TensorInfo(name: info.name, dtype: .float32, shape: tensor.shape)
                }
            } + added.map(\.info)
        let own = Dictionary(added.map { ($0.info.name, $0.source) }, uniquingKeysWith: { first, _ in first })
        let merged = MergedStore(tensors: tensors, base: base, adapter: adapter, changes: changes, own: own)
        var (members, notes) = (configJSON?.object, [String]())
        let kind = kind ?? (brought.isEmpty ? nil : HeadKind(recognising: names, family))
        if let kind, kind != .encoder { members?["architectures"] = .array([.string(family.className(kind))]) }
        if let classes = brought[ParameterPaths.classifier + ".weight"].flatMap({ $0.rank == 2 ? $0[0] : nil }),
            members?["id2label"]?.object.map({ $0.count != classes })
                ?? members?["num_labels"]?.integer.map({ $0 != classes }) ?? false
        {
            for key in ["id2label", "label2id", "num_labels"] { members?[key] = nil }
            notes.append("the base's labels are not those of the adapter's classifier, which has \(classes) (--labels)")
        }
        notes.append(
            "adapter: \(counted(changedLayers, "layer")) changed, \(counted(brought.count, "weight")) replaced or added"
        )
        return Adapter.Merged(
            store: merged, configJSON: members.map(JSONValue.object), notes: notes,
            facts: ["layers": .integer(changedLayers), "weights": .integer(brought.count)])
    }

    private var names: Set<String> { Set(map.entries.map(\.name)).union(brought.keys) }
}

/// A base's tensors with changes that are made as they are loaded.
private struct MergedStore: TensorStore {
    let tensors: [TensorInfo]
    let base: any TensorStore
    let adapter: any TensorStore
    let changes: [String: Adapter.Change]
    let own: [String: String]

    var aliases: [String: String] { base.aliases }
    var unreadable: [String: String] { base.unreadable }

    func load(_ name: String) throws -> Tensor {
        if let source = own[name] { return try inFloats(adapter.load(source)) }
        switch changes[name] {
        case nil: return try base.load(name)
        case .replacement(let tensor)?: return try inFloats(adapter.load(tensor.name))
        case .product(let a, let b, let scale, let isTable, let own)?:
            let weight = try own.map { try adapter.load($0) } ?? base.load(name)
            return try sum(weight, a: adapter.load(a), b: adapter.load(b), scale, isTable: isTable)
        }
    }

    private func inFloats(_ tensor: Tensor) -> Tensor { Tensor(shape: tensor.shape, floats: tensor.floats()) }

    /// W + scale · B · A, or of a table W + scale · (B · A)ᵀ.
    ///
    /// - Complexity: O(r · weights).
    private func sum(_ weight: Tensor, a: Tensor, b: Tensor, _ scale: Float, isTable: Bool) -> Tensor {
        // Of a table each row is a word: its column of A times B, whose rows are the table's columns.
        let (left, right) = isTable ? (transposed(a), transposed(b)) : (b.floats(), a.floats())
        var values = weight.floats()
        let (rank, columns) = (isTable ? a.shape[0] : b.shape[1], weight.shape[1])
        var delta = [Float](repeating: 0, count: columns)
        for row in 0..<weight.shape[0] {
            for column in 0..<columns { delta[column] = 0 }
            for place in 0..<rank {
                let factor = left[row * rank + place]
                for column in 0..<columns { delta[column] += factor * right[place * columns + column] }
            }
            for column in 0..<columns { values[row * columns + column] += scale * delta[column] }
        }
        return Tensor(shape: weight.shape, floats: values)
    }

    private func transposed(_ matrix: Tensor) -> [Float] {
        let (values, rows, columns) = (matrix.floats(), matrix.shape[0], matrix.shape[1])
        return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    }
}
