// A selection of a text's attention weights as values to show, with those of another model taken off where two are
// compared. Not here: showing them.

public import AdzeBytes

/// What one token looks at, as a reader is shown it.
public struct AttentionReport: Sendable {
    /// The text.
    public let input: TextInput
    /// All weights.
    public let map: AttentionMap
    /// Those that were selected.
    public let selection: AttentionSelection
    /// How they became values.
    public let normalization: AttentionNormalization
    /// The numbers of the tokens that have a value: all, or those of the texts alone.
    public let shown: [Int]
    /// Their weights.
    public let weights: [Float]
    /// Their values: normalized over them alone; where two models are compared, the difference of their values.
    public let values: [Double]
    /// The other model's values; nil where none is compared.
    public let before: [Double]?

    /// The number of the layer.
    public var layer: Int { selection.layerNumber(of: map.layerCount) }

    /// The values of a selection.
    ///
    /// Special tokens are left out before the values are normalized. (The study leaves out the first and the last of 512
    /// places, so that there `[SEP]` and padding are normalized with the rest; here nothing is padded.) With `before`, the
    /// weights of another model, such as the one before fine-tuning, a value is what `map`'s has more than the other's.
    /// Throws `AttentionError`.
    public init(
        _ map: AttentionMap, of input: TextInput, selection: AttentionSelection = .lastLayerAverage,
        normalization: AttentionNormalization = .minMax, showsSpecialTokens: Bool = false, before: AttentionMap? = nil
    ) throws(AttentionError) {
        if let before { try map.checkComparable(before) }
        let all = try map.weights(selection)
        let shown = map.tokens.indices.filter { showsSpecialTokens || !map.tokens[$0].isSpecial }
        (self.input, self.map, self.selection, self.normalization) = (input, map, selection, normalization)
        self.shown = shown
        weights = shown.map { all[$0] }
        let values = normalization.values(weights)
        guard let before else {
            (self.values, self.before) = (values, nil)
            return
        }
        let other = try before.weights(selection)
        let old = normalization.values(shown.map { other[$0] })
        self.before = old
        self.values = zip(values, old).map { $0 - $1 }
    }

    /// The text in pieces, those of shown tokens with their value.
    package var pieces: [(text: String, value: Double?)] {
        let places = Dictionary(uniqueKeysWithValues: zip(shown, values))
        return TextPiece.pieces(of: map.tokens, in: input, isCut: map.truncatedTokenCount > 0) { places[$0] != nil }
            .map { piece in
                switch piece {
                case .plain(let text): (text, nil)
                case .token(let index, let text): (text, places[index])
                }
            }
    }

    /// The report for programs: the selection, and each shown token with its place, weight and value.
    public var json: JSONObject {
        var object: JSONObject = ["text": .string(input.text)]
        if let pair = input.pair { object["text_pair"] = .string(pair) }
        object["selection"] = .object([
            "name": .string(selection.name), "layer": .integer(layer),
            "head": selection.head.map(JSONValue.integer) ?? .null, "token": .integer(selection.token),
        ])
        object["layers"] = .integer(map.layerCount)
        object["heads"] = .integer(map.headCount)
        if !map.prunedHeads.isEmpty { object["prunedHeads"] = .object(map.prunedHeads.json) }
        object["normalization"] = .string(normalization.rawValue)
        if map.truncatedTokenCount > 0 { object["truncated"] = .integer(map.truncatedTokenCount) }
        // The selected token was checked with its weights.
        let rollout = (try? map.rollout(token: selection.token)) ?? []
        object["tokens"] = .array(
            shown.indices.map { place in
                let index = shown[place]
                var member: JSONObject = ["index": .integer(index)]
                for (name, value) in map.tokens[index].json { member[name] = value }
                member["weight"] = .number(Double(weights[place]))
                member["value"] = .number(values[place])
                if let before { member["before"] = .number(before[place]) }
                member["rollout"] = .number(Double(rollout[index]))
                return .object(member)
            })
        return object
    }
}

extension TextToken {
    /// The members that name it in a report.
    var json: JSONObject {
        var object: JSONObject = ["token": .string(token)]
        if isSpecial { return object }
        object["text"] = .string(text)
        object["start"] = .integer(range.lowerBound)
        object["end"] = .integer(range.upperBound)
        if isOfPair { object["pair"] = .bool(true) }
        return object
    }
}

extension AttentionMap {
    /// Refuses a map of other tokens or another shape.
    fileprivate func checkComparable(_ other: AttentionMap) throws(AttentionError) {
        for index in 0..<max(tokenCount, other.tokenCount) {
            let first = index < tokenCount ? tokens[index] : nil
            let second = index < other.tokenCount ? other.tokens[index] : nil
            guard first?.id == second?.id, first?.token == second?.token else {
                throw .otherTokens(index: index, first: first, second: second)
            }
        }
        guard layerCount == other.layerCount else { throw .otherLayers(first: layerCount, second: other.layerCount) }
        guard headCount == other.headCount else { throw .otherHeads(first: headCount, second: other.headCount) }
    }
}
