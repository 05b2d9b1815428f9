// A BERT whose configuration, head and tensors have been brought together and checked: the form in which convert, prune,
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
    /// What the logits of a new classifier mean.
    public var newHeadProblem = ProblemType.singleLabel
    /// The seed of a new head.
    public var seed: UInt64 = 0
    /// The number of attention heads, where there is no configuration.
    public var headCount: Int?
    /// The key under which a nested checkpoint keeps the model.
    public var key: String?

    /// No statements.
    public init() {}
}

/// A checked BERT: parameters under our names, each of the right shape.
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
        let description = try configJSON.map(HeadDescription.init(json:))
        var map = try ParameterMap(store: store, key: options.key)
        if try description?.tiesWordEmbeddings() ?? true { map.takeDecoderForWords() }
        let shapes = store.tensorsByName
        func shape(_ name: String) -> Shape? { map.source(of: name).flatMap { shapes[$0]?.shape } }

        let config =
            try configJSON.map(EncoderShape.init(json:))
            ?? EncoderShape(readingOff: map, shape, headCount: options.headCount)
        var notes: [String] = []
        let named = options.newHead == nil ? description?.architecture : .sequenceClassification
        let found = BertArchitecture(recognising: Set(map.entries.map(\.name)).union(map.unreadable.keys))
        let architecture =
            try named ?? ModelCheckpoint.unnamed(found, description, labels: options.labels, notes: &notes)
        let head = try ModelCheckpoint.head(
            architecture, description, map: &map, config: config, store: store, options: options, notes: &notes)
        if description?.architecture == .model, found != .model, options.newHead == nil,
            let unused = map.headNames.first(where: { $0.hasSuffix(".weight") })
        {
            notes.append(
                "config.json names BertModel, yet the file has the head of a \(found.rawValue) (\(quoted(unused)) and"
                    + " others), which is left out; name that class under architectures to use it")
        }
        map.dropUnused(head: head, config: config, madeNew: options.newHead != nil, names: store.tensors.map(\.name))
        var renamed = RenamedTensorStore(base: store)
        for parameter in config.parameters(head: head) {
            if let made = ModelCheckpoint.newHeadTensor(parameter, map: map, options: options) {
                renamed.add(parameter.name, made)
                continue
            }
            guard let source = map.source(of: parameter.name), let info = shapes[source] else {
                throw ModelCheckpoint.missing(config.parameters(head: head), of: architecture, found: found, map: map)
            }
            try ModelCheckpoint.check(info, is: parameter, config: config)
            renamed.add(parameter.name, source: info)
        }
        self.init(config: config, head: head, store: renamed, map: map, notes: map.notes + notes)
    }

    /// The encoder alone, with the pooler where there is one.
    public var encoder: ModelCheckpoint {
        ModelCheckpoint(config: config, head: .encoder(hasPooler: head.hasPooler), store: store, map: map, notes: notes)
    }

    /// The head that the file has and the configuration leaves out: its class, and the source's name of one of its weights.
    public var headLeftOut: (architecture: String, tensor: String)? {
        guard case .encoder = head, let map else { return nil }
        let left = map.dropped.filter { $0.parameter.map(ParameterPaths.headNames.contains) ?? false }
        guard let tensor = left.first(where: { $0.source.hasSuffix(".weight") })?.source else { return nil }
        let names = Set(left.compactMap(\.parameter)).union(map.entries.map(\.name))
        return (BertArchitecture(recognising: names).rawValue, tensor)
    }

    /// The members of a `config.json` for this shape and head.
    public var configMembers: JSONObject {
        var config = config.json
        for (key, value) in head.configMembers { config[key] = value }
        return config
    }

    /// The checkpoint with only some blocks, in the order given.
    ///
    /// Throws `CheckpointError.blockOutOfRange` and `.noBlocks`. The other parameters stay as they are.
    public func keeping(blocks: [Int]) throws(CheckpointError) -> ModelCheckpoint {
        guard !blocks.isEmpty else { throw .noBlocks }
        for block in blocks where !(0..<config.layerCount).contains(block) {
            throw .blockOutOfRange(block, count: config.layerCount)
        }
        var pruned = config
        pruned.layerCount = blocks.count
        var renamed = RenamedTensorStore(base: store)
        let infos = store.tensorsByName
        for parameter in pruned.parameters(head: head) {
            var source = parameter.name
            if let (index, rest) = ParameterMap.blockIndex(parameter.name) {
                source = ParameterPaths.block(blocks[index]).prefix + rest
            }
            guard let info = infos[source] else { throw .missing(name: source, others: 0, nearest: nil) }
            renamed.add(parameter.name, source: info)
        }
        return ModelCheckpoint(config: pruned, head: head, store: renamed, notes: notes)
    }
}

// MARK: - Checks

extension ModelCheckpoint {
    /// The error for parameters that are not there: an encoder's by name, a head's with what the file seems to be.
    private static func missing(
        _ parameters: [Parameter], of architecture: BertArchitecture, found: BertArchitecture, map: ParameterMap
    ) -> CheckpointError {
        let names = Set(map.entries.map(\.name))
        let missing = parameters.map(\.name).filter { !names.contains($0) }
        if let error = map.unreadable(among: missing) { return error }
        let first = missing.first ?? ""
        let leftOver = map.dropped.map(\.source)
        guard ParameterPaths.headNames.contains(first) || ParameterMap.isPooler(first) else {
            return .missing(
                name: first, others: missing.count - 1, nearest: nearestName(to: map.prefix + first, in: leftOver))
        }
        return .missingHead(
            name: first, others: missing.count - 1, architecture: architecture.rawValue,
            nearest: nearestName(to: first, in: leftOver) ?? nearestName(to: map.prefix + first, in: leftOver),
            lookalike: found == architecture ? nil : found.rawValue)
    }

    private static func check(_ info: TensorInfo, is parameter: Parameter, config: EncoderShape) throws(CheckpointError)
    {
        guard info.shape == parameter.shape else {
            let hint =
                switch parameter.name {
                case ParameterPaths.wordEmbeddings: " (vocab_size and hidden_size of config.json)"
                case ParameterPaths.positionEmbeddings: " (max_position_embeddings of config.json)"
                default: info.shape.dimensions == parameter.shape.dimensions.reversed() ? " (transposed)" : ""
                }
            throw .misshapen(name: info.name, expected: parameter.shape, found: info.shape, hint: hint)
        }
        guard info.dtype.isFloatingPoint else { throw .notFloatingPoint(name: info.name, dtype: info.dtype) }
    }
}

extension EncoderShape {
    /// The shape that the tensors themselves show; only the number of heads is not in them.
    init(readingOff map: ParameterMap, _ shape: (String) -> Shape?, headCount: Int?) throws {
        func matrix(_ name: String) throws(CheckpointError) -> Shape {
            guard let found = shape(name) else {
                throw map.unreadable(among: [name]) ?? .missing(name: name, others: 0, nearest: nil)
            }
            guard found.rank == 2, found.count > 0 else {
                throw .misshapen(name: name, expected: Shape(1, 1), found: found, hint: " (any matrix)")
            }
            return found
        }
        guard let headCount else { throw ConfigError.needsConfig }
        let words = try matrix(ParameterPaths.wordEmbeddings)
        let blocks = map.entries.compactMap { ParameterMap.blockIndex($0.name)?.index }
        // Checked before the one is added: a name may carry any number.
        let lastBlock = blocks.max() ?? -1
        let layers = lastBlock == .max ? lastBlock : lastBlock + 1
        func check(_ what: String, _ value: Int, _ range: ClosedRange<Int>) throws(ConfigError) {
            guard range.contains(value) else {
                throw .tensorSize(what: what, value: value, low: range.lowerBound, high: range.upperBound)
            }
        }
        try check("number of blocks", layers, Limits.layerCount)
        let feedForward = layers > 0 ? try matrix(ParameterPaths.block(0).intermediate + ".weight")[0] : 1
        self.init(
            vocabularySize: words[0], hiddenSize: words[1], layerCount: layers, headCount: headCount,
            intermediateSize: feedForward, activation: .gelu,
            maximumPositions: try matrix(ParameterPaths.positionEmbeddings)[0],
            typeVocabularySize: try matrix(ParameterPaths.typeEmbeddings)[0], layerNormEpsilon: 1e-12, padTokenID: 0,
            dropout: Dropout())
        try check("vocabulary", vocabularySize, Limits.vocabularySize)
        try check("hidden size", hiddenSize, Limits.hiddenSize)
        try check("feed-forward size", intermediateSize, Limits.intermediateSize)
        try check("number of positions", maximumPositions, Limits.maximumPositions)
        try check("number of token types", typeVocabularySize, Limits.typeVocabularySize)
        guard (1...hiddenSize).contains(headCount), hiddenSize.isMultiple(of: headCount) else {
            throw ConfigError.headsDoNotDivide(hidden: hiddenSize, heads: headCount)
        }
    }
}
