// Where in a checkpoint the model is: what the names of its encoder's parameters carry in front, chosen among several.
// Not here: which names are parameters, see `ParameterMap`.

internal import AdzeBytes

/// The place of a model among a checkpoint's names.
struct ModelPrefix {
    /// What the encoder's names carry in front: empty, or ending in a dot.
    let prefix: String
    /// Where the heads of the encoder may stand: beside the model's own name, or beside the encoder's own parts.
    let headPrefixes: [String]
    /// Further out, nearest first: where a head is looked for that is in neither.
    let distantHeadPrefixes: [String]
    /// What a user should hear of.
    let notes: [String]

    /// Dictionary keys under which checkpoints keep the model itself, the most telling first.
    private static let knownKeys =
        [
            "state_dict", "model_state_dict", "model", "module", "net", "network", "params", "bert", "_orig_mod",
        ] + Families.all.map { String($0.names.prefix.dropLast()) }

    /// Finds the model; see `ParameterMap.init`.
    ///
    /// - Complexity: O(n log n) for n names.
    init(
        finding names: [String], table: NameTable, family: any ModelFamily.Type, key: String?
    ) throws(CheckpointError) {
        let prefixes = try ModelPrefix.candidates(names, table: table, family: family, key: key)
        let scores = ModelPrefix.scores(names, table)
        let best = prefixes.map { scores[$0] ?? 0 }.max() ?? 0
        let winners = prefixes.filter { scores[$0] ?? 0 == best }
        let ranked = winners.map { ($0, ModelPrefix.rank($0)) }
        let lowest = ranked.map(\.1).min() ?? 0
        let chosen = ranked.filter { $0.1 == lowest }
        guard chosen.count == 1 else { throw .ambiguousPrefix(winners) }
        let prefix = chosen[0].0
        let others = (winners.count > 1 ? winners : prefixes).filter { $0 != prefix }
        if others.isEmpty {
            notes = []
        } else if winners.count > 1 {
            let verb = others.count == 1 ? "too is one" : "are others"
            notes = ["took the model at \(quoted(prefix)); \(quotedList(others)) \(verb) (--key)"]
        } else {
            notes = ["other, smaller models in the file were left out: \(quotedList(others))"]
        }
        self.prefix = prefix
        let levels = ModelPrefix.levels(above: prefix)
        headPrefixes = (levels.first.map { [$0] } ?? []) + [prefix]
        // What stands directly beside another model's encoder belongs to that one.
        let taken = Set(prefixes.filter { $0 != prefix }.flatMap { [$0] + ModelPrefix.levels(above: $0).prefix(1) })
        let start = ModelPrefix.start(of: key)
        distantHeadPrefixes = levels.dropFirst().filter { !taken.contains($0) && $0.hasPrefix(start) }
    }

    /// The prefixes at which a table of words is, or where there is none at all, a decoder whose weights are that table.
    private static func candidates(
        _ names: [String], table: NameTable, family: any ModelFamily.Type, key: String?
    ) throws(CheckpointError) -> [String] {
        func prefixes(of ending: String) -> [String] {
            names.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
                .filter { $0.isEmpty || $0.hasSuffix(".") }
        }
        let words = table.theirs(ParameterPaths.wordEmbeddings)
        let decoder = table.theirs(ParameterPaths.decoder + ".weight")
        var found = prefixes(of: words)
        if found.isEmpty, names.contains(where: { $0.hasSuffix(decoder) }) {
            found = prefixes(of: table.theirs(ParameterPaths.positionEmbeddings))
        }
        if let key {
            let start = start(of: key)
            guard names.contains(where: { $0.hasPrefix(start) }) else {
                let keys = Set(names.compactMap { $0.split(separator: ".").first.map(String.init) }).sorted()
                throw .unknownKey(key, nearest: nearestName(to: key, in: keys))
            }
            found = found.filter { $0.hasPrefix(start) }
        }
        guard !found.isEmpty else {
            throw .noEmbeddings(words: words, family: family.name, example: names.first, count: names.count)
        }
        return found
    }

    /// What all names begin with that a key stands for.
    private static func start(of key: String?) -> String {
        guard let key else { return "" }
        return key.isEmpty || key.hasSuffix(".") ? key : key + "."
    }

    /// How many parameters of an encoder there are at each prefix.
    private static func scores(_ names: [String], _ table: NameTable) -> [String: Int] {
        var scores: [String: Int] = [:]
        for name in names {
            // An encoder's parameter has eight parts at most.
            var dots = 0
            var start = name.endIndex
            while start > name.startIndex, dots <= 7 {
                let before = name.index(before: start)
                if name[before] == "." {
                    dots += 1
                    score(name, from: start, table, &scores)
                }
                start = before
            }
            if start == name.startIndex { score(name, from: start, table, &scores) }
        }
        return scores
    }

    private static func score(
        _ name: String, from start: String.Index, _ table: NameTable, _ scores: inout [String: Int]
    ) {
        let rest = name[start...]
        guard table.mayBeEncoder(rest), let found = table.encoderParameter(NameTable.respelled(String(rest))),
            !NameTable.isPooler(found.name)
        else { return }
        scores[String(name[..<start]), default: 0] += 1
    }

    private static func rank(_ prefix: String) -> Int {
        guard let first = prefix.split(separator: ".").first else { return -1 }
        return knownKeys.firstIndex(of: String(first)) ?? knownKeys.count
    }

    /// The prefixes above one, nearest first: of `a.b.c.` they are `a.b.`, `a.` and the empty one.
    private static func levels(above prefix: String) -> [String] {
        var parts = prefix.split(separator: ".")
        var levels: [String] = []
        while !parts.isEmpty {
            parts.removeLast()
            levels.append(parts.map { $0 + "." }.joined())
        }
        return levels
    }
}

extension ParameterMap {
    /// Takes heads that stand further out than beside the encoder, as under a wrapper around the encoder alone
    /// (`bert.bert.…` with `classifier.…`): those of which nothing is nearer, each whole.
    mutating func takeDistantHeads(_ found: ModelPrefix, aliases: [String: String]) {
        func layer(_ name: String) -> Substring { name[..<(name.lastIndex(of: ".") ?? name.endIndex)] }
        for level in found.distantHeadPrefixes {
            let present = Set((entries.map(\.name) + unreadable.keys).map { String(layer($0)) })
            var taken: [Entry] = []
            dropped.removeAll { tensor in
                guard tensor.source.hasPrefix(level) else { return false }
                let rest = String(tensor.source.dropFirst(level.count))
                guard let found = table.parameterBesideHeads(NameTable.respelled(rest)),
                    !present.contains(String(layer(found.name)))
                else { return false }
                taken.append(
                    Entry(
                        name: found.name, source: tensor.source, tiedTo: aliases[tensor.source],
                        wasRespelled: found.name != rest))
                return true
            }
            guard !taken.isEmpty else { continue }
            entries += taken
            notes.append(
                "\(quotedList(taken.map(\.source))): taken for the model at \(quoted(prefix)), though outside of it")
        }
    }
}
