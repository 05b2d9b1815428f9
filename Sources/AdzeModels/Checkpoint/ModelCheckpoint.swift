// A model whose configuration, head and tensors have been brought together and checked: the form in which convert, prune,
// export and the engine all take a model. Tensors stay where they are until they are loaded.

public import AdzeBytes
private import AdzeKernels
public import AdzeTensors

/// What a user may state that a checkpoint does not say.
public struct CheckpointOptions: Sendable {
    /// Label names, instead of the configuration's.
    public var labels: [String]?
    /// A new classifier with these labels, in place of any that is there.
    public var newHead: [String]?
    /// What the new classifier computes; nil for the family's own form.
    public var newHeadForm: HeadForm?
    /// The most tokens of a new classifier that reads padding: further positions are left out. Nil keeps them all.
    public var newHeadLength: Int?
    /// What the logits of a new classifier mean.
    public var newHeadProblem = ProblemType.singleLabel
    /// The seed of a new head.
    public var seed: UInt64 = 0
    /// The number of attention heads, where there is no configuration.
    public var headCount: Int?
    /// The key under which a nested checkpoint keeps the model.
    public var key: String?
    /// Whether the tensors have our names, as a native file's do, and not those of their family.
    package var hasOurNames = false

    /// No statements.
    public init() {}

    /// The most tokens that a new head reads; nil where it reads no padding, or as many as the model takes.
    var newHeadLimit: Int? {
        newHead != nil && newHeadForm?.readsPadding == true ? newHeadLength.map { max(1, $0) } : nil
    }
}

/// A checked model: parameters under our names, each of the right shape.
public struct ModelCheckpoint: Sendable {
    /// The shape.
    public let config: EncoderShape
    /// What sits on top.
    public let head: Head
    /// The parameters under our names, in the order of `config.parameters(head:)`.
    public let store: any TensorStore
    /// What became of the source's names; nil for a checkpoint made from another.
    public let map: ParameterMap?
    /// What a user should hear of.
    public let notes: [String]

    /// A checkpoint of parts that already fit.
    public init(
        config: EncoderShape, head: Head, store: any TensorStore, map: ParameterMap? = nil, notes: [String] = []
    ) {
        self.config = config
        self.head = head
        self.store = store
        self.map = map
        self.notes = notes
    }

    /// Brings a store and a `config.json` together.
    ///
    /// Without a configuration the shape is read off the tensors, and the number of heads must be stated. Throws
    /// `ConfigError` and `CheckpointError`; nothing is loaded but a decoder that has to be compared with the word
    /// embeddings.
    public init(store: any TensorStore, configJSON: JSONValue?, options: CheckpointOptions = CheckpointOptions()) throws
    {
        let (family, chosen) = try ModelCheckpoint.family(configJSON, store, options)
        let store = options.hasOurNames ? store : family.names.apart(store)
        let description = try configJSON.map { try HeadDescription(json: $0, family: family) }
        var map = try ParameterMap(store: store, family: family, isOurs: options.hasOurNames, key: options.key)
        if try description?.tiesWordEmbeddings() ?? true { map.takeDecoderForWords() }
        let shapes = store.tensorsByName
        func shape(_ name: String) -> Shape? { map.source(of: name).flatMap { shapes[$0]?.shape } }

        var notes = chosen
        let study = StudyTensors(map, shape: shape)
        let stated =
            try configJSON.map { try family.shape(ConfigReader(json: $0)).checkedPadding() }
            ?? EncoderShape(readingOff: map, family, shape, headCount: options.headCount)
        let whole = study.fitted(stated, notes: &notes)
        let config = options.newHeadLimit.map(whole.limited) ?? whole
        let named =
            options.newHead == nil ? study.kind(description?.kind, family, notes: &notes) : .classification
        let found = HeadKind(recognising: Set(map.entries.map(\.name)).union(map.unreadable.keys), family)
        let kind =
            try named.map { map.hasHead ? $0 : found.named($0, family, notes: &notes) }
            ?? found.unnamed(family, description, labels: options.labels, notes: &notes)
        let form = kind == .classification ? try description?.form() ?? study.form(config) : nil
        let head = try HeadChoice(
            family: family, shape: config, description: description, options: options, form: form
        ).head(kind, map: &map, store: store, notes: &notes)
        if description?.kind == .encoder, found != .encoder, options.newHead == nil,
            let unused = NameTable.telling(map.headNames)
        {
            notes.append(
                "config.json names \(family.className(.encoder)), yet the file has the head of"
                    + " \(withArticle(family.className(found))) (\(quoted(unused)) and others), which is left out; name"
                    + " that class under architectures to use it")
        }
        map.dropUnused(head: head, shape: config, madeNew: options.newHead != nil, names: store.tensors.map(\.name))
        var renamed = RenamedTensorStore(base: store)
        let parameters = config.parameters(head: head)
        // Tensors without a single block are another model's, whatever their shapes.
        guard config.layerCount == 0 || map.hasBlocks else {
            throw ModelCheckpoint.missing(parameters, of: head, found: found, family, map: map)
        }
        let new = NewHead(seed: options.seed, form: head.form, depth: head.form.classifierDepth(config))
        for parameter in parameters {
            if let made = new.tensor(parameter, map: map, isWanted: options.newHead != nil) {
                renamed.add(parameter.name, made)
                continue
            }
            guard let source = map.source(of: parameter.name), let info = shapes[source] else {
                throw ModelCheckpoint.missing(parameters, of: head, found: found, family, map: map)
            }
            if parameter.role == .positionTable, config.positions != whole.positions {
                try ModelCheckpoint.check(info, is: parameter, rows: whole.positions.rows)
                renamed.add(parameter.name, try store.load(source).firstRows(config.positions.rows))
                continue
            }
            try ModelCheckpoint.check(info, is: parameter)
            renamed.add(parameter.name, source: info)
        }
        self.init(config: config, head: head, store: renamed, map: map, notes: map.notes + notes)
    }

    /// The family that the configuration names, else the one whose names most of the tensors have, and what is said of the
    /// choice.
    static func family(
        _ json: JSONValue?, _ store: any TensorStore, _ options: CheckpointOptions
    ) throws -> (family: any ModelFamily.Type, notes: [String]) {
        if let json, let named = try Families.named(by: json) { return (named, []) }
        guard !options.hasOurNames else { return (Families.plain, []) }
        return Families.recognised(by: store.tensors.map(\.name) + store.unreadable.keys) { name in
            store.info(name).flatMap { $0.shape.rank == 2 ? $0.shape[0] : nil }
        }
    }

    /// The parameters, in the order of the store.
    public var parameters: [Parameter] { config.parameters(head: head) }

    /// The names of the matrices that int8 has codes of, unless something keeps them in fp32.
    ///
    /// Their rows are many, and an int8 row scale bounds their error well. Heads of a row a class, token types and the
    /// projection of narrow embeddings are small and stay in fp32, as every vector does.
    public var int8Names: Set<String> { Set(parameters.filter { $0.group != nil }.map(\.name)) }

    /// The family of the model.
    package var family: any ModelFamily.Type { Families.family(of: config) }

    /// The encoder alone, with the pooler where there is one.
    public var encoder: ModelCheckpoint {
        let bare = family.head(.encoder, config, keepsPooler: head.hasPooler)
        return ModelCheckpoint(config: config, head: bare, store: store, map: map, notes: notes)
    }

    /// The head that the file has and the configuration leaves out: its class, and the source's name of one of its weights.
    public var headLeftOut: (architecture: String, tensor: String)? {
        guard head.task == .encoder, let map else { return nil }
        let left = map.dropped.filter { $0.parameter.map(map.table.isHead) ?? false }
        guard let tensor = NameTable.telling(left.map(\.source)) else { return nil }
        let names = Set(left.compactMap(\.parameter)).union(map.entries.map(\.name))
        return (family.className(HeadKind(recognising: names, family)), tensor)
    }

    /// The members of a `config.json` for this shape and head.
    public var configMembers: JSONObject {
        var members = family.config(config)
        for (key, value) in head.configMembers { members[key] = value }
        return members
    }

    /// The checkpoint with a new classifier in place of its head, as `options` ask for one.
    ///
    /// Throws `ConfigError` for labels that no classifier has.
    package func replacingHead(_ options: CheckpointOptions) throws -> ModelCheckpoint {
        var options = options
        options.hasOurNames = true
        return try ModelCheckpoint(store: store, configJSON: .object(configMembers), options: options)
    }

    /// The checkpoint with only some blocks, in the order given.
    ///
    /// Throws `CheckpointError.blockOutOfRange`, `.noBlocks` and `.unsharableLayers`. The other parameters stay as they are.
    public func keeping(blocks: [Int]) throws(CheckpointError) -> ModelCheckpoint {
        guard !blocks.isEmpty else { throw .noBlocks }
        return try keepingAny(blocks: blocks)
    }

    /// The same, and with no blocks the embeddings alone under the head.
    package func keepingAny(blocks: [Int]) throws(CheckpointError) -> ModelCheckpoint {
        guard head.form.states != .all || blocks == Array(0..<config.layerCount) else {
            throw .headReadsBlocks(head.form.specification)
        }
        for block in blocks where !(0..<config.layerCount).contains(block) {
            throw .blockOutOfRange(block, count: config.layerCount)
        }
        guard config.canKeep(blocks: blocks) else { throw .firstBlockStays(family.name) }
        let pruned = config.keeping(blocks: blocks)
        try pruned.checkSharing(of: config)
        let stored = config.storedBlocks(ofLayers: blocks)
        var renamed = RenamedTensorStore(base: store)
        let infos = store.tensorsByName
        // Blocks have the same parameters in the same order.
        let byPart = Dictionary(grouping: parameters, by: \.part)
        var places: [ParameterPart: Int] = [:]
        for parameter in pruned.parameters(head: head) {
            let part = parameter.part.block.map { ParameterPart.block(stored[$0]) } ?? parameter.part
            let place = places[parameter.part, default: 0]
            places[parameter.part] = place + 1
            guard let source = byPart[part]?[place].name else { preconditionFailure("a shape has the same parts") }
            guard let info = infos[source] else { throw .missing(name: source, others: 0, nearest: nil) }
            renamed.add(parameter.name, source: info)
        }
        return ModelCheckpoint(config: pruned, head: head, store: renamed, notes: notes)
    }
}

// MARK: - Checks

extension ModelCheckpoint {
    /// The error for parameters that are not there: an encoder's by name, a head's with what the file seems to be.
    ///
    /// Names are as the family's checkpoints have them.
    private static func missing(
        _ parameters: [Parameter], of head: Head, found: HeadKind, _ family: any ModelFamily.Type, map: ParameterMap
    ) -> CheckpointError {
        let names = Set(map.entries.map(\.name))
        let missing = parameters.filter { !names.contains($0.name) }
        if let error = map.unreadable(among: missing.map(\.name)) { return error }
        guard let first = missing.first else { preconditionFailure("a parameter is missing") }
        let name = map.table.theirs(first, head: head)
        let leftOver = map.dropped.map(\.source)
        guard first.part == .head || first.part == .pooler else {
            return .missing(
                name: name, others: missing.count - 1, nearest: nearestName(to: map.prefix + name, in: leftOver))
        }
        return .missingHead(
            name: name, others: missing.count - 1, architecture: head.architectureName,
            nearest: nearestName(to: name, in: leftOver) ?? nearestName(to: map.prefix + name, in: leftOver),
            lookalike: found == head.task.kind ? nil : family.className(found))
    }

    /// `rows` is how many the source has, where that is not the parameter's own number.
    private static func check(
        _ info: TensorInfo, is parameter: Parameter, rows: Int? = nil
    ) throws(CheckpointError) {
        let expected = rows.map { Shape($0, parameter.shape[1]) } ?? parameter.shape
        guard info.shape == expected else {
            let hint =
                switch parameter.role {
                case .wordTable: " (vocab_size and hidden_size of config.json)"
                case .positionTable: " (max_position_embeddings of config.json)"
                default:
                    if info.shape.dimensions == expected.dimensions.reversed() {
                        " (transposed)"
                    } else if parameter.headsAxis != nil {
                        " (attention heads that are gone stand under pruned_heads in config.json)"
                    } else {
                        ""
                    }
                }
            throw .misshapen(name: info.name, expected: expected, found: info.shape, hint: hint)
        }
        guard info.dtype.isFloatingPoint else { throw .notFloatingPoint(name: info.name, dtype: info.dtype) }
    }
}
