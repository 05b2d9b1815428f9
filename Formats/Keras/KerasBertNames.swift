// The names of keras-bert: one Keras layer for each part of a block, counted from 1. A layer's variables are in a group
// of the layer's name, twice: `Encoder-1-FeedForward/Encoder-1-FeedForward/Encoder-1-FeedForward_W1:0`.

enum KerasBertNames {
    /// `classifier` is the name of the user's own dense layer, where there is exactly one.
    static func rename(_ levels: [String], classifier: String?) -> PyTorchName? {
        guard levels.count >= 2 else { return nil }
        let (layer, variable) = (levels[0], withoutOutputNumber(levels[levels.count - 1]))
        if let path = plainLayers[layer] { return named(path, variable) }
        if layer == classifier { return named("classifier", variable) }
        // The embeddings' table again, and a bias of its own.
        if layer == "MLM-Sim" { return variable.hasSuffix("bias") ? PyTorchName("cls.predictions.bias") : nil }
        return block(layer, variable)
    }

    private static let plainLayers = [
        "Embedding-Token": "bert.embeddings.word_embeddings",
        "Embedding-Segment": "bert.embeddings.token_type_embeddings",
        "Embedding-Position": "bert.embeddings.position_embeddings",
        "Embedding-Norm": "bert.embeddings.LayerNorm",
        "NSP-Dense": "bert.pooler.dense",
        "NSP": "cls.seq_relationship",
        "MLM-Dense": "cls.predictions.transform.dense",
        "MLM-Norm": "cls.predictions.transform.LayerNorm",
    ]

    private static func named(_ path: String, _ variable: String) -> PyTorchName? {
        guard let (name, isKernel) = parameterName(variable) else { return nil }
        return PyTorchName("\(path).\(name)", isKernel ? .transposed(rowDimensions: 1) : .none)
    }

    private static func block(_ layer: String, _ variable: String) -> PyTorchName? {
        let parts = layer.split(separator: "-", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0] == "Encoder", let number = Int(parts[1]), number >= 1,
            parts[1] == String(number)
        else { return nil }
        let block = "bert.encoder.layer.\(number - 1)."
        switch parts[2] {
        case "MultiHeadSelfAttention-Norm": return named(block + "attention.output.LayerNorm", variable)
        case "FeedForward-Norm": return named(block + "output.LayerNorm", variable)
        case "MultiHeadSelfAttention", "FeedForward":
            guard variable.hasPrefix(layer + "_") else { return nil }
            let paths = [
                "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
                "o": "attention.output.dense", "1": "intermediate.dense", "2": "output.dense",
            ]
            let letters = variable.dropFirst(layer.count + 1)
            guard let path = paths[String(letters.dropFirst())] else { return nil }
            switch letters.first {
            case "W": return PyTorchName(block + path + ".weight", .transposed(rowDimensions: 1))
            case "b": return PyTorchName(block + path + ".bias")
            default: return nil
            }
        default: return nil
        }
    }

    /// The one layer that Keras itself named `dense` or `dense_7`; nil where there are several.
    static func userClassifier(_ paths: [[String]]) -> String? {
        let names = Set(paths.compactMap { $0.count > 1 && ordinal(of: $0[0], named: "dense") != nil ? $0[0] : nil })
        return names.count == 1 ? names.first : nil
    }
}
