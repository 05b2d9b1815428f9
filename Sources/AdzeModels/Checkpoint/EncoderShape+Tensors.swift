// The shape of an encoder as its tensors show it, where there is no config.json, and the family that their names show.
// Only the number of heads is not in them.

internal import AdzeBytes
internal import AdzeTensors

extension EncoderShape {
    /// The shape that the tensors themselves show; what no tensor shows is as the family's published models have it.
    init(
        readingOff map: ParameterMap, _ family: any ModelFamily.Type, _ shape: (String) -> Shape?, headCount: Int?
    ) throws {
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
        // Checked before the one is added: a name may carry any number.
        let lastBlock = map.entries.compactMap(\.block).max() ?? -1
        let layers = lastBlock == .max ? lastBlock : lastBlock + 1
        try EncoderShape.check("number of blocks", layers, Limits.layerCount)
        let inner = layers > 0 ? try matrix(ParameterPaths.block(0).intermediate + ".weight")[0] : 1
        let feedForward = family.names.isGated ? max(1, inner / 2) : inner
        let hidden = shape(ParameterPaths.embeddingProjection + ".weight").map { $0.rank == 2 ? $0[0] : 0 } ?? words[1]
        let special = family.members(shownBy: shape)
        let lacksPositions = !family.names.hasPositions || special["position_biased_input"] == false
        let positions = lacksPositions ? nil : try matrix(ParameterPaths.positionEmbeddings)[0]
        try EncoderShape.check("vocabulary", words[0], Limits.vocabularySize)
        try EncoderShape.check("hidden size", hidden, Limits.hiddenSize)
        try EncoderShape.check("embedding size", words[1], Limits.hiddenSize)
        try EncoderShape.check("feed-forward size", feedForward, Limits.intermediateSize)
        if let positions { try EncoderShape.check("number of positions", positions, Limits.positionRows) }
        guard (1...hidden).contains(headCount), hidden.isMultiple(of: headCount) else {
            throw ConfigError.headsDoNotDivide(hidden: hidden, heads: headCount)
        }
        let shown: JSONObject = [
            "vocab_size": .integer(words[0]), "hidden_size": .integer(hidden),
            "num_hidden_layers": .integer(layers), "num_attention_heads": .integer(headCount),
            "intermediate_size": .integer(feedForward), "hidden_dim": .integer(feedForward),
            "max_position_embeddings": positions.map { .integer($0) } ?? .null,
            "embedding_size": .integer(words[1]),
            // Which layers have a bias, where a family leaves that open.
            "norm_bias": .bool(shape(ParameterPaths.embeddingNorm + ".bias") != nil),
            "attention_bias": .bool(shape(ParameterPaths.block(0).query + ".bias") != nil),
            "mlp_bias": .bool(shape(ParameterPaths.block(0).intermediate + ".bias") != nil),
            "classifier_bias": .bool(shape(ParameterPaths.transform + ".bias") != nil),
            "decoder_bias": .bool(shape(ParameterPaths.decoderBias) != nil),
        ]
        var members = family.published
        for (key, value) in shown { members[key] = value }
        for (key, value) in special { members[key] = value }
        self = try family.shape(ConfigReader(json: .object(members)))
        guard sharedBlocks == nil else { throw ConfigError.needsLayerCount }
        if typeRows > 0 {
            typeRows = try matrix(ParameterPaths.typeEmbeddings)[0]
            try EncoderShape.check("number of token types", typeRows, Limits.typeRows)
        }
    }

    private static func check(_ what: String, _ value: Int, _ range: ClosedRange<Int>) throws(ConfigError) {
        guard range.contains(value) else {
            throw .tensorSize(what: what, value: value, low: range.lowerBound, high: range.upperBound)
        }
    }
}

extension Families {
    /// The family that has names for most of a checkpoint's tensors, and what a user should hear of it; BERT among equals.
    ///
    /// `rows` gives those of a tensor. Where families call all tensors alike, the rows of the table of token types tell
    /// them apart, as published models have it, and a note says so: nothing else in the file shows how they number positions.
    /// - Complexity: O(names) for each family.
    static func recognised(
        by names: some Sequence<String>, rows: (String) -> Int?
    ) -> (family: any ModelFamily.Type, notes: [String]) {
        let names = Array(names)
        let scores = all.map { score($0, names) }
        let best = scores.max() ?? 0
        let equals = zip(all, scores).filter { best > 0 && $0.1 == best }.map(\.0)
        guard let first = equals.first else { return (plain, []) }
        func publishedTypes(_ family: any ModelFamily.Type) -> Int? { family.published["type_vocab_size"]?.integer }
        guard publishedTypes(first) == nil, let rival = equals.first(where: { publishedTypes($0) != nil }) else {
            return (first, [])
        }
        let types = first.names.theirs(ParameterPaths.typeEmbeddings)
        let count = names.first { $0.hasSuffix(types) }.flatMap(rows)
        let found = count == publishedTypes(rival) ? rival : first
        let other = found == rival ? first : rival
        return (
            found,
            [
                "no model_type is named, and \(withArticle(first.name)) and \(withArticle(rival.name)) call their tensors"
                    + " alike, but number positions differently; taken for \(withArticle(found.name)), as"
                    + " \(counted(count ?? 0, "token type")) let it seem; if it is \(withArticle(other.name)), name"
                    + " model_type in a config.json"
            ]
        )
    }

    /// Twice the number of tensors that a family has names for, and one more where its own name stands before the encoder's.
    private static func score(_ family: any ModelFamily.Type, _ names: [String]) -> Int {
        let words = family.names.theirs(ParameterPaths.wordEmbeddings)
        guard let prefix = names.first(where: { $0.hasSuffix(words) })?.dropLast(words.count) else { return 0 }
        let count = names.count { name in
            name.hasPrefix(prefix)
                && family.names.encoderParameter(NameTable.respelled(String(name.dropFirst(prefix.count)))) != nil
        }
        return 2 * count + (prefix.hasSuffix(family.names.prefix) ? 1 : 0)
    }
}
