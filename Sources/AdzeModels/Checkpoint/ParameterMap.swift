// Finding a BERT in a checkpoint: which prefix its names carry, which old spellings they have, what is tied, what is
// left over and why. Decides by names alone; shapes are checked by `ModelCheckpoint`.

internal import AdzeBytes
public import AdzeTensors

/// How the tensors of a source became, or did not become, parameters of ours.
public struct ParameterMap: Sendable, Equatable {
    /// A tensor of the source that is one of our parameters.
    public struct Entry: Sendable, Equatable {
        /// Our name.
        public let name: String
        /// The name in the source.
        public let source: String
        /// Another of our or the source's names that has the same elements.
        public var tiedTo: String?
        /// Whether more than a prefix was changed.
        public let wasRespelled: Bool
    }

    /// A tensor of the source that the model has no use for.
    public struct Dropped: Sendable, Equatable {
        /// The name in the source.
        public let source: String
        /// Why it is left out.
        public let reason: String
        /// Our name of it, where it is a parameter that another model has.
        var parameter: String?
    }

    /// A parameter of a head whose elements are another parameter's, so that they are kept once.
    public struct Tie: Sendable, Equatable {
        /// The name in the source; where the source leaves it out, ours.
        public let source: String
        /// Our name of the parameter whose elements it has.
        public let name: String
    }

    /// The parameters found, in the order of the source.
    public internal(set) var entries: [Entry] { didSet { sources = ParameterMap.sources(of: entries) } }
    private var sources: [String: String] = [:]
    /// Parameters of ours that are in the source and cannot be read.
    let unreadable: [String: UnreadableParameter]
    /// The tensors left out, in the order of the source.
    public internal(set) var dropped: [Dropped]
    /// What is tied to what.
    public internal(set) var ties: [Tie] = []
    /// What the encoder's names carried in front.
    public let prefix: String
    /// What a user should hear of.
    public internal(set) var notes: [String]

    /// Finds the encoder and its heads among the names of a store.
    ///
    /// `key` restricts the search to names that begin with it. Where several prefixes lead to an encoder, the one with
    /// the most parameters wins, then the better known name, then the first; a tie of equals is refused.
    /// - Complexity: O(n log n) for n names.
    public init(store: any TensorStore, key: String? = nil) throws(CheckpointError) {
        let names = store.tensors.map(\.name)
        let reasons = store.unreadable
        // A model is found by what is there, whether or not it can be read.
        let found = try ModelPrefix(finding: names + reasons.keys.sorted(), key: key)
        let prefix = found.prefix
        self.prefix = prefix
        notes = found.notes
        var entries: [Entry] = []
        var dropped: [Dropped] = []
        let headPrefixes = found.headPrefixes
        var sourceOf: [String: String] = [:]
        let aliases = store.aliases
        for name in names {
            guard let (ours, respelled) = ParameterMap.parameterName(name, body: prefix, heads: headPrefixes) else {
                dropped.append(Dropped(source: name, reason: ParameterMap.reasonToDrop(name, prefix: prefix)))
                continue
            }
            if let first = sourceOf[ours] {
                throw .duplicateParameter(name: ours, first: first, second: name)
            }
            sourceOf[ours] = name
            entries.append(Entry(name: ours, source: name, tiedTo: aliases[name], wasRespelled: respelled))
        }
        var unreadable: [String: UnreadableParameter] = [:]
        for (name, reason) in reasons.sorted(by: { $0.key < $1.key }) {
            guard let (ours, _) = ParameterMap.parameterName(name, body: prefix, heads: headPrefixes) else { continue }
            if sourceOf[ours] == nil { unreadable[ours] = UnreadableParameter(source: name, reason: reason) }
        }
        self.entries = entries
        self.dropped = dropped
        self.unreadable = unreadable
        sources = ParameterMap.sources(of: entries)
        takeDistantHeads(found, aliases: aliases)
    }

    /// The source's name of one of our parameters.
    func source(of name: String) -> String? { sources[name] }

    private static func sources(of entries: [Entry]) -> [String: String] {
        Dictionary(entries.map { ($0.name, $0.source) }, uniquingKeysWith: { first, _ in first })
    }
}

/// A parameter that is in a source and cannot be read.
struct UnreadableParameter: Sendable, Equatable {
    /// The name in the source.
    let source: String
    /// Why it cannot, and what to do about it.
    let reason: String
}

extension ParameterMap {
    /// The source's names of parameters that only heads have, in its order.
    var headNames: [String] { entries.filter { ParameterPaths.headNames.contains($0.name) }.map(\.source) }

    /// The error for parameters that are missing because they cannot be read; nil where all are simply not there.
    func unreadable(among missing: [String]) -> CheckpointError? {
        let found = missing.compactMap { unreadable[$0] }
        guard let first = found.first else { return nil }
        return .unreadable(name: first.source, reason: first.reason, others: found.count - 1)
    }
}

// MARK: - Names

extension ParameterMap {
    static func parameterName(
        _ source: String, body: String, heads: [String]
    ) -> (name: String, respelled: Bool)? {
        if source.hasPrefix(body) {
            let (name, changed) = respelled(String(source.dropFirst(body.count)))
            if isEncoderParameter(name) || isPooler(name) { return (name, changed) }
        }
        for head in heads where source.hasPrefix(head) {
            let (name, changed) = respelled(String(source.dropFirst(head.count)))
            if ParameterPaths.headNames.contains(name) { return (name, changed) }
        }
        return nil
    }

    /// The name with TensorFlow's spelling of a layer normalisation's parts replaced; only inside `LayerNorm`, since
    /// other models have a `gamma` of their own.
    static func respelled(_ name: String) -> (name: String, changed: Bool) {
        if name.hasSuffix("LayerNorm.gamma") { return (name.dropLast(5) + "weight", true) }
        if name.hasSuffix("LayerNorm.beta") { return (name.dropLast(4) + "bias", true) }
        return (name, false)
    }

    static func isPooler(_ name: String) -> Bool {
        name == ParameterPaths.pooler + ".weight" || name == ParameterPaths.pooler + ".bias"
    }

    private static let embeddingNames: Set<String> = [
        ParameterPaths.wordEmbeddings, ParameterPaths.positionEmbeddings, ParameterPaths.typeEmbeddings,
        ParameterPaths.embeddingNorm + ".weight", ParameterPaths.embeddingNorm + ".bias",
    ]

    private static let blockNames: Set<String> = {
        let paths = BlockPaths(prefix: "")
        let layers = [
            paths.query, paths.key, paths.value, paths.attentionOutput, paths.attentionNorm, paths.intermediate,
            paths.output, paths.outputNorm,
        ]
        return Set(layers.flatMap { [$0 + ".weight", $0 + ".bias"] })
    }()

    static func isEncoderParameter(_ name: String) -> Bool {
        if embeddingNames.contains(name) { return true }
        return blockIndex(name).map { blockNames.contains($0.rest) } ?? false
    }

    /// The block that a name of ours belongs to, and its name inside the block.
    static func blockIndex(_ name: String) -> (index: Int, rest: String)? {
        let start = "encoder.layer."
        guard name.hasPrefix(start) else { return nil }
        let rest = name.dropFirst(start.count)
        guard let dot = rest.firstIndex(of: "."), let index = Int(rest[..<dot]), index >= 0,
            String(index) == rest[..<dot]
        else { return nil }
        return (index, String(rest[rest.index(after: dot)...]))
    }

    private static func reasonToDrop(_ name: String, prefix: String) -> String {
        if name.hasSuffix("embeddings.position_ids") || name.hasSuffix("embeddings.token_type_ids") {
            return "a buffer, not a weight"
        }
        if name.contains("optimizer") || name.contains("exp_avg") { return "the optimizer's state" }
        return name.hasPrefix(prefix) || prefix.isEmpty
            ? "no part of a BERT" : "outside the model at \(quoted(prefix))"
    }
}
