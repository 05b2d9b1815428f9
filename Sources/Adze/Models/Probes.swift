// Probe inputs and their answers, kept in a native file so that any machine can check that it computes what the
// converting one did.

internal import AdzeBytes
internal import AdzeModels
internal import AdzeTokenization

/// One probe: what goes in and what must come out.
struct Probe: Sendable, Equatable {
    /// The text, where the model has a tokenizer.
    var text: String?
    /// The second text, where the head reads pairs.
    var pair: String?
    /// The token ids of the texts.
    var ids: [Int32]
    /// The type of each token.
    var typeIDs: [Int32]
    /// Where a masked language model is asked for a word.
    var position: Int?
    /// The fp32 answer.
    var fp32: [Float] = []
    /// The int8 answer; empty for a file without an int8 section.
    var int8: [Float] = []

    var sequence: TokenSequence { TokenSequence(ids: ids, typeIDs: typeIDs) }

    /// What fp32 answers may differ by between processors: 1e-4 · max(1, |x|).
    static func agree(_ found: Float, _ expected: Float) -> Bool {
        if found.isNaN && expected.isNaN || found == expected { return true }
        return (found - expected).magnitude <= 1e-4 * max(1, expected.magnitude)
    }
}

enum Probes {
    /// Short; between them names, digits, accents and negation.
    private static let texts = [
        "A quiet film, carved with care.", "No. 7 was late again, and nobody said why!", "Das Café öffnet um 8:30 Uhr.",
    ]

    /// A word of each text, which a masked language model has to find: the first, which no length cuts off.
    private static let words = ["A", "No", "Das"]

    /// The inputs for a model: our texts through its tokenizer, or made-up ids where it has none.
    ///
    /// A head that reads pairs gets each text with the next one; a masked language model a text with a gap.
    static func inputs(tokenizer: Tokenizer?, config: EncoderShape, head: Head) -> [Probe] {
        let limit = min(config.tokenLimit, 16)
        var probes = (tokenizer.map { encoded($0, config, head, limit: limit) } ?? []).filter { !$0.ids.isEmpty }
        // A tokenizer without a frame that knows no word of ours gives nothing; ids alone prove the weights as well.
        if probes.isEmpty { probes = [3, 11].map { madeUp(count: min($0, limit), config) } }
        guard head.decoder != nil else { return probes }
        for index in probes.indices {
            let gap = tokenizer?.maskID.flatMap(probes[index].ids.firstIndex)
            probes[index].position = gap ?? probes[index].ids.count / 2
        }
        return probes
    }

    private static func encoded(
        _ tokenizer: Tokenizer, _ config: EncoderShape, _ head: Head, limit: Int
    ) -> [Probe] {
        let readsPairs = head.predictsNextSentence || head.task == .questionAnswering
        let mask = head.decoder == nil ? nil : tokenizer.settings.maskToken
        return texts.indices.map { index in
            let text = mask.map { texts[index].replacing(words[index], with: $0) } ?? texts[index]
            let pair = readsPairs ? texts[(index + 1) % texts.count] : nil
            let (sequence, hasPair) = tokenizer.sequence(text, pair: pair, maximumLength: limit, for: config)
            return Probe(
                text: text, pair: hasPair ? pair : nil, ids: sequence.ids, typeIDs: sequence.typeIDs)
        }
    }

    private static func madeUp(count: Int, _ config: EncoderShape) -> Probe {
        let ids = (0..<count).map { Int32(($0 * 7919 + count) % config.vocabularySize) }
        return Probe(text: nil, ids: ids, typeIDs: [Int32](repeating: 0, count: count))
    }

    /// The most tokens of all of a header's probes: some dozen times what is ever written, and soon computed.
    static let tokenLimit = 4096

    /// The probes of a header; throws what makes them no probes, or too much work.
    static func read(_ json: JSONValue?, head: Head) throws(BundleError) -> [Probe] {
        let elements = json?.array ?? []
        guard !elements.isEmpty else { throw .noProbes }
        var probes: [Probe] = []
        for (index, element) in elements.enumerated() {
            guard let probe = Probe(json: element), (probe.position != nil) == (head.decoder != nil) else {
                throw .badProbe(index: index)
            }
            probes.append(probe)
        }
        let tokens = probes.reduce(0) { $0 + $1.ids.count }
        guard tokens <= tokenLimit else { throw .tooManyProbes(tokens: tokens, limit: tokenLimit) }
        return probes
    }

    /// Answers of a loaded model, in its own precision.
    static func run(_ probes: [Probe], _ engine: Engine) throws -> [[Float]] {
        let head = engine.model.head
        let outputs = try engine.run(
            probes.map(\.sequence), outputs: head.outputs, positions: positions(of: probes))
        return outputs.map { answer(of: $0, head) }
    }

    private static func positions(of probes: [Probe]) -> [[Int]] { probes.map { $0.position.map { [$0] } ?? [] } }

    /// How many of a token's or a position's logits an answer keeps, so that a header does not grow with the vocabulary.
    private static let spread = 32

    /// What the head gives, as one list of numbers: all logits of a text; of each token, or of the vocabulary at the
    /// position, all or `spread` of them evenly apart; for the encoder alone, the first token's last hidden state.
    private static func answer(of output: EncoderOutput, _ head: Head) -> [Float] {
        func thinned(_ values: ArraySlice<Float>) -> [Float] {
            let count = min(values.count, spread)
            return (0..<count).map { values[values.startIndex + $0 * values.count / count] }
        }
        let tokenLogits = stride(from: 0, to: output.tokenLogits.count, by: head.tokenLogitCount ?? 1).flatMap {
            thinned(output.tokenLogits[$0..<$0 + (head.tokenLogitCount ?? 1)])
        }
        return output.logits + tokenLogits + thinned(output.vocabularyLogits[...]) + output.nextSentenceLogits
            + output.firstToken
    }
}

// MARK: - JSON

extension Probe {
    /// The probe as the header keeps it; every fp32 value is exact as a JSON number.
    var json: JSONValue {
        func list(_ values: [Float]) -> JSONValue {
            .array(
                values.map { $0.isFinite ? .number(Double($0)) : .string($0.isNaN ? "nan" : $0 > 0 ? "inf" : "-inf") })
        }
        var object: JSONObject = ["ids": .array(ids.map { .integer(Int($0)) }), "fp32": list(fp32)]
        if let text { object["text"] = .string(text) }
        if let pair { object["pair"] = .string(pair) }
        if typeIDs.contains(where: { $0 != 0 }) { object["types"] = .array(typeIDs.map { .integer(Int($0)) }) }
        if let position { object["position"] = .integer(position) }
        if !int8.isEmpty { object["int8"] = list(int8) }
        return .object(object)
    }

    /// Reads what `json` wrote; nil for anything else.
    init?(json: JSONValue) {
        func list(_ value: JSONValue?) -> [Float]? {
            guard let elements = value?.array else { return nil }
            let numbers: [Float] = elements.compactMap { element in
                switch element.string {
                case "nan": .nan
                case "inf": .infinity
                case "-inf": -.infinity
                default: element.number.map { Float($0) }
                }
            }
            return numbers.count == elements.count ? numbers : nil
        }
        func integers(_ value: JSONValue) -> [Int32]? {
            guard let elements = value.array else { return nil }
            let numbers = elements.compactMap { $0.integer.flatMap(Int32.init(exactly:)) }
            return numbers.count == elements.count ? numbers : nil
        }
        guard let ids = json["ids"].flatMap(integers), !ids.isEmpty, let fp32 = list(json["fp32"]) else { return nil }
        let noTypes = [Int32](repeating: 0, count: ids.count)
        guard let typeIDs = json["types"] == nil ? noTypes : json["types"].flatMap(integers),
            typeIDs.count == ids.count
        else { return nil }
        guard json["position"] == nil || json["position"]?.integer.map(ids.indices.contains) == true else { return nil }
        guard let int8 = json["int8"] == nil ? [] : list(json["int8"]) else { return nil }
        for key in ["text", "pair"] { guard json[key] == nil || json[key]?.string != nil else { return nil } }
        self.init(
            text: json["text"]?.string, pair: json["pair"]?.string, ids: ids, typeIDs: typeIDs,
            position: json["position"]?.integer, fp32: fp32, int8: int8)
    }
}
