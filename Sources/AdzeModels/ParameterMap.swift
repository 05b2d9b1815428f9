// Finding a BERT in a checkpoint: which prefix its names carry, which old spellings they have, what is tied, what is
// left over and why. Decides by names alone; shapes are checked by `BertCheckpoint`.

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
    }

    /// A parameter of a head whose elements are another parameter's, so that they are kept once.
    public struct Tie: Sendable, Equatable {
        /// The name in the source; where the source leaves it out, ours.
        public let source: String
        /// Our name of the parameter whose elements it has.
        public let name: String
    }

    /// The parameters found, in the order of the source.
    public internal(set) var entries: [Entry]
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
    /// - Complexity: O(names × prefixes).
    public init(store: any TensorStore, key: String? = nil) throws(CheckpointError) {
        let names = store.tensors.map(\.name)
        let (prefix, notes) = try ParameterMap.findPrefix(names, key: key)
        self.prefix = prefix
        self.notes = notes
        entries = []
        dropped = []
        let headPrefixes = ParameterMap.headPrefixes(body: prefix)
        var sourceOf: [String: String] = [:]
        for name in names {
            guard let (ours, respelled) = ParameterMap.parameterName(name, body: prefix, heads: headPrefixes) else {
                dropped.append(Dropped(source: name, reason: ParameterMap.reasonToDrop(name, prefix: prefix)))
                continue
            }
            if let first = sourceOf[ours] {
                throw .duplicateParameter(name: ours, first: first, second: name)
            }
            sourceOf[ours] = name
            entries.append(Entry(name: ours, source: name, tiedTo: store.aliases[name], wasRespelled: respelled))
        }
    }

    /// The source's name of one of our parameters.
    func source(of name: String) -> String? { entries.first { $0.name == name }?.source }
}

// MARK: - Prefixes

extension ParameterMap {
    /// Dictionary keys under which checkpoints keep the model itself, the most telling first.
    private static let knownKeys = [
        "state_dict", "model_state_dict", "model", "module", "net", "network", "params", "bert", "_orig_mod",
    ]

    private static func findPrefix(_ names: [String], key: String?) throws(CheckpointError) -> (String, [String]) {
        let ending = ParameterPaths.wordEmbeddings
        var prefixes = names.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
            .filter { $0.isEmpty || $0.hasSuffix(".") }
        if let key {
            let start = key.isEmpty || key.hasSuffix(".") ? key : key + "."
            guard names.contains(where: { $0.hasPrefix(start) }) else {
                let keys = Set(names.compactMap { $0.split(separator: ".").first.map(String.init) }).sorted()
                throw .unknownKey(key, nearest: nearestName(to: key, in: keys))
            }
            prefixes = prefixes.filter { $0.hasPrefix(start) }
        }
        guard !prefixes.isEmpty else { throw .noEmbeddings(example: names.first, count: names.count) }
        let scored = prefixes.map { prefix in (prefix: prefix, score: score(prefix, names)) }
        let best = scored.map(\.score).max() ?? 0
        let winners = scored.filter { $0.score == best }.map(\.prefix)
        guard winners.count > 1 else {
            let others = prefixes.filter { $0 != winners[0] }
            let note =
                "other, smaller models in the file were left out: \(others.map { quoted($0) }.joined(separator: ", "))"
            return (winners[0], others.isEmpty ? [] : [note])
        }
        let ranked = winners.map { ($0, rank($0)) }
        let lowest = ranked.map(\.1).min() ?? 0
        let chosen = ranked.filter { $0.1 == lowest }
        guard chosen.count == 1 else { throw .ambiguousPrefix(winners) }
        let others = winners.filter { $0 != chosen[0].0 }
        return (
            chosen[0].0,
            [
                "took the model at \(quoted(chosen[0].0)); \(others.map { quoted($0) }.joined(separator: ", ")) too is one (--key)"
            ]
        )
    }

    private static func score(_ prefix: String, _ names: [String]) -> Int {
        names.reduce(0) { total, name in
            guard name.hasPrefix(prefix) else { return total }
            return total + (isEncoderParameter(respelled(String(name.dropFirst(prefix.count))).name) ? 1 : 0)
        }
    }

    private static func rank(_ prefix: String) -> Int {
        guard let first = prefix.split(separator: ".").first else { return -1 }
        return knownKeys.firstIndex(of: String(first)) ?? knownKeys.count
    }

    /// Where the heads of an encoder at `body` may stand: beside `bert`, or beside the encoder's own parts.
    private static func headPrefixes(body: String) -> [String] {
        var parts = body.split(separator: ".")
        var prefixes = [body]
        if !parts.isEmpty {
            parts.removeLast()
            prefixes.insert(parts.map { $0 + "." }.joined(), at: 0)
        }
        return prefixes
    }
}

// MARK: - Names

extension ParameterMap {
    private static func parameterName(
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
    private static func respelled(_ name: String) -> (name: String, changed: Bool) {
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

    private static func isEncoderParameter(_ name: String) -> Bool {
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
