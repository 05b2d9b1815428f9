// What `adapter_config.json` says: the rank and the scale of each layer's change, and what the model is for. Not here: the
// tensors.
//
// Source: PEFT 0.21, `LoraConfig`, and `get_pattern_key` for the patterns.

internal import AdzeBytes

/// The description of a LoRA adapter (Hu et al. 2021, arXiv 2106.09685).
struct AdapterDescription {
    /// What the model with the adapter is for; nil where nothing is said.
    let task: (name: String, kind: HeadKind)?
    private let rank: Int
    private let alpha: Double
    private let usesRootOfRank: Bool
    private let ranks: [(key: String, value: Int)]
    private let alphas: [(key: String, value: Double)]

    /// Reads the description; throws `AdapterError` for a kind that is no plain LoRA.
    init(json: JSONValue) throws(AdapterError) {
        guard json.object != nil else { throw .badKey("", expected: "an object", found: json.kindName) }
        let type = json["peft_type"]?.string ?? json["peft_type"]?.kindName ?? "absent"
        guard type == "LORA" else { throw .unsupported(key: "peft_type", value: type, supported: "LORA") }
        try AdapterDescription.refuseVariants(json)
        task = try AdapterDescription.task(json)
        rank = try AdapterDescription.rank(json["r"], key: "r")
        alpha = try AdapterDescription.number(json["lora_alpha"], key: "lora_alpha")
        let root = json["use_rslora"] ?? .null
        guard root.isNull || root.bool != nil else {
            throw .badKey("use_rslora", expected: "true or false", found: AdapterDescription.shown(root))
        }
        usesRootOfRank = root.bool ?? false
        ranks = try AdapterDescription.patterns(json, "rank_pattern") { value throws(AdapterError) in
            try AdapterDescription.rank(value, key: "rank_pattern")
        }
        alphas = try AdapterDescription.patterns(json, "alpha_pattern") { value throws(AdapterError) in
            try AdapterDescription.number(value, key: "alpha_pattern")
        }
    }

    /// The rank of a layer's change.
    func rank(of layer: String) -> Int { AdapterDescription.match(ranks, layer) ?? rank }

    /// What a layer's product of matrices is multiplied by: alpha over the rank, or over its root.
    func scale(of layer: String) -> Float {
        let (alpha, rank) = (AdapterDescription.match(alphas, layer) ?? alpha, Double(rank(of: layer)))
        return Float(alpha / (usesRootOfRank ? rank.squareRoot() : rank))
    }

    // MARK: Reading

    private static let tasks: [String: HeadKind] = [
        "SEQ_CLS": .classification, "TOKEN_CLS": .tokenClassification, "QUESTION_ANS": .questionAnswering,
        "FEATURE_EXTRACTION": .encoder,
    ]

    private static func task(_ json: JSONValue) throws(AdapterError) -> (name: String, kind: HeadKind)? {
        guard let value = json["task_type"], !value.isNull else { return nil }
        guard let name = value.string, let kind = tasks[name] else {
            throw .unsupported(
                key: "task_type", value: value.string ?? value.kindName,
                supported: tasks.keys.sorted().joined(separator: ", "))
        }
        return (name, kind)
    }

    /// Settings by which the change is no sum of products, or by which PEFT changes the base's weights too.
    private static func refuseVariants(_ json: JSONValue) throws(AdapterError) {
        for key in [
            "use_dora", "use_qalora", "use_bdlora", "lora_bias", "fan_in_fan_out", "layer_replication",
            "target_parameters",
            "alora_invocation_tokens", "arrow_config", "kasa_config", "monteclora_config", "velora_config",
            "trainable_token_indices",
        ] {
            switch json[key] {
            case nil, .null?, .bool(false)?: continue
            case .array(let list)? where list.isEmpty: continue
            case .object(let object)? where object.count == 0: continue
            case let value?: throw .unsupported(key: key, value: shown(value), supported: "none")
            }
        }
        // PiSSA, OLoRA, CorDA, LoftQ and LoRA-GA take something out of the base as the adapter is made.
        let start = json["init_lora_weights"] ?? .null
        let plain = ["gaussian", "eva", "orthogonal"]
        guard start.isNull || start.bool != nil || start.string.map(plain.contains) ?? false else {
            throw .unsupported(key: "init_lora_weights", value: shown(start), supported: plain.joined(separator: ", "))
        }
    }

    private static func shown(_ value: JSONValue) -> String { value.string ?? value.text }

    private static func rank(_ value: JSONValue?, key: String) throws(AdapterError) -> Int {
        guard let rank = value?.integer, (1...65_536).contains(rank) else {
            throw .badKey(key, expected: "a rank from 1 to 65536", found: value.map(shown) ?? "nothing")
        }
        return rank
    }

    private static func number(_ value: JSONValue?, key: String) throws(AdapterError) -> Double {
        guard let number = value?.number, number.isFinite, number.magnitude <= 1e6 else {
            throw .badKey(key, expected: "a number", found: value.map(shown) ?? "nothing")
        }
        return number
    }

    /// Values of some layers, by the ends of their names.
    private static func patterns<Value>(
        _ json: JSONValue, _ key: String, _ read: (JSONValue) throws(AdapterError) -> Value
    ) throws(AdapterError) -> [(key: String, value: Value)] {
        guard let value = json[key], !value.isNull else { return [] }
        guard let object = value.object else {
            throw .badKey(key, expected: "an object", found: value.kindName)
        }
        var found: [(key: String, value: Value)] = []
        for (pattern, value) in object {
            // Most are the names that PEFT writes; whatever else a regular expression can be is not read.
            guard !pattern.contains(where: { #"*+?()[]{}|^$\"#.contains($0) }) else {
                throw .unsupported(key: key, value: pattern, supported: "names of layers, or the ends of them")
            }
            found.append((pattern, try read(value)))
        }
        return found
    }

    private static func match<Value>(_ patterns: [(key: String, value: Value)], _ layer: String) -> Value? {
        patterns.first { layer == $0.key || layer.hasSuffix("." + $0.key) }?.value
    }
}
