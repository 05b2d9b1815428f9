// How a source's names are read: the prefix in front, old spellings, what is no parameter at all. Not here: where in a
// checkpoint the model is, see `ModelPrefix`.

extension NameTable {
    /// What a source's tensor is, whose encoder's names begin with `body` and whose heads' with one of `heads`.
    func entry(_ source: String, body: String, heads: [String], tiedTo: String? = nil) -> ParameterMap.Entry? {
        func found(_ prefix: String, _ find: (String) -> Found?) -> ParameterMap.Entry? {
            guard source.hasPrefix(prefix) else { return nil }
            let rest = String(source.dropFirst(prefix.count))
            guard let found = find(NameTable.respelled(rest)) else { return nil }
            return ParameterMap.Entry(
                name: found.name, source: source, tiedTo: tiedTo, wasRespelled: found.name != rest, block: found.block)
        }
        if let entry = found(body, encoderParameter) { return entry }
        for head in heads { if let entry = found(head, headParameter) { return entry } }
        return nil
    }

    /// The name with TensorFlow's spelling of a layer normalisation's parts replaced; only inside `LayerNorm`, since
    /// other models have a `gamma` of their own.
    static func respelled(_ name: String) -> String {
        if name.hasSuffix("LayerNorm.gamma") { return name.dropLast(5) + "weight" }
        if name.hasSuffix("LayerNorm.beta") { return name.dropLast(4) + "bias" }
        return name
    }

    /// Whether older versions of transformers saved it though nobody learns it.
    static func isBuffer(_ name: String) -> Bool {
        name.hasSuffix("embeddings.position_ids") || name.hasSuffix("embeddings.token_type_ids")
    }

    /// Whether it is what an optimizer keeps beside the weights.
    static func isOptimizerState(_ name: String) -> Bool { name.contains("optimizer") || name.contains("exp_avg") }

    /// The first of some names that is a matrix, which says more to a reader than a bias does.
    static func telling(_ names: [String]) -> String? { names.first { $0.hasSuffix(".weight") } }
}
