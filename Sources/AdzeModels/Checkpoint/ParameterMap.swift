// Finding a model in a checkpoint: which prefix its names carry, which old spellings they have, what is tied, what is
// left over and why. Decides by names alone; shapes are checked by `ModelCheckpoint`.

internal import AdzeBytes
package import AdzeTensors

/// How the tensors of a source became, or did not become, parameters of ours.
public struct ParameterMap: Sendable {
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
        /// The block that it is of, or nil.
        var block: Int?
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
    /// The names by which the source was read.
    let table: NameTable
    /// What a user should hear of.
    public internal(set) var notes: [String]

    /// Finds the encoder and its heads among the names of a store.
    ///
    /// `isOurs` says that the names are ours, as in a native file. `key` restricts the search to names that begin with it. Where several prefixes lead to an encoder, the one with
    /// the most parameters wins, then the better known name, then the first; a tie of equals is refused.
    /// - Complexity: O(n log n) for n names.
    package init(
        store: any TensorStore, family: any ModelFamily.Type = Families.plain, isOurs: Bool = false, key: String? = nil
    ) throws(CheckpointError) {
        let names = store.tensors.map(\.name)
        let reasons = store.unreadable
        let table = isOurs ? NameTable.ours : family.names
        // A model is found by what is there, whether or not it can be read.
        let found = try ModelPrefix(finding: names + reasons.keys.sorted(), table: table, family: family, key: key)
        let prefix = found.prefix
        self.prefix = prefix
        self.table = table
        notes = found.notes
        var entries: [Entry] = []
        var dropped: [Dropped] = []
        let headPrefixes = found.headPrefixes
        var sourceOf: [String: String] = [:]
        let aliases = store.aliases
        for name in names {
            guard let entry = table.entry(name, body: prefix, heads: headPrefixes, tiedTo: aliases[name]) else {
                let reason = ParameterMap.reasonToDrop(name, prefix: prefix, family: family)
                dropped.append(Dropped(source: name, reason: reason))
                continue
            }
            if let first = sourceOf[entry.name] {
                throw .duplicateParameter(name: entry.name, first: first, second: name)
            }
            sourceOf[entry.name] = name
            entries.append(entry)
        }
        var unreadable: [String: UnreadableParameter] = [:]
        for (name, reason) in reasons.sorted(by: { $0.key < $1.key }) {
            guard let entry = table.entry(name, body: prefix, heads: headPrefixes) else { continue }
            if sourceOf[entry.name] == nil {
                unreadable[entry.name] = UnreadableParameter(source: name, reason: reason, block: entry.block)
            }
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
    /// The block that it is of, or nil.
    let block: Int?
}

extension ParameterMap {
    /// The source's names of parameters that only heads have, in its order.
    var headNames: [String] { entries.filter { table.isHead($0.name) }.map(\.source) }

    /// Whether the source has any parameter of a block, were it unreadable.
    var hasBlocks: Bool { entries.contains { $0.block != nil } || unreadable.values.contains { $0.block != nil } }

    /// Whether the source has any parameter of a head, were it unreadable.
    var hasHead: Bool { !headNames.isEmpty || unreadable.keys.contains(where: table.isHead) }

    /// The error for parameters that are missing because they cannot be read; nil where all are simply not there.
    func unreadable(among missing: [String]) -> CheckpointError? {
        let found = missing.compactMap { unreadable[$0] }
        guard let first = found.first else { return nil }
        return .unreadable(name: first.source, reason: first.reason, others: found.count - 1)
    }
}

// MARK: - Names

extension ParameterMap {
    fileprivate static func reasonToDrop(_ name: String, prefix: String, family: any ModelFamily.Type) -> String {
        if NameTable.isBuffer(name) { return "a buffer, not a weight" }
        if NameTable.isOptimizerState(name) { return "the optimizer's state" }
        return name.hasPrefix(prefix) || prefix.isEmpty
            ? "no part of \(withArticle(family.name))" : "outside the model at \(quoted(prefix))"
    }
}
