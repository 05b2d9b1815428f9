// The names of KerasHub's BERT (once KerasNLP) in Keras 3 files: layers by class and ordinal, or by name, variables
// numbered. Attention kernels have a dimension for the heads: (H, A, D) in, (A, D, H) out.
//
// Source: what KerasHub 0.32 on Keras 3 writes; `Tools/reference/make_keras_fixtures.py` makes it again.

enum KerasHubNames {
    private static let tokenTables: Set<String> = ["reversible_embedding", "token_embedding"]

    /// What stands before the encoder's own layers, levels joined by slashes; nil where there is no such encoder.
    static func encoderPrefix(_ paths: [[String]]) -> String? {
        let found = paths.compactMap { levels -> String? in
            guard levels.count >= 3, tokenTables.contains(levels[levels.count - 3]) else { return nil }
            return levels.dropLast(3).joined(separator: "/")
        }
        return found.min { $0.utf8.count < $1.utf8.count }
    }

    static func rename(_ levels: [String], encoderPrefix: String) -> PyTorchName? {
        guard levels.count >= 3, levels[levels.count - 2] == "vars", let variable = Int(levels[levels.count - 1])
        else { return nil }
        let path = levels.dropLast(2)
        let prefix = encoderPrefix.split(separator: "/").map(String.init)
        if path.starts(with: prefix) { return encoder(Array(path.dropFirst(prefix.count)), variable) }
        // Beside the encoder: the layer that gives logits.
        let isClassifier = path.last == "logits" || path.last.flatMap { ordinal(of: $0, named: "dense") } == 0
        return isClassifier ? TransformersVariables.dense("classifier", variable) : nil
    }

    private static func encoder(_ path: [String], _ variable: Int) -> PyTorchName? {
        guard let first = path.first else { return nil }
        if path.count == 1 {
            switch first {
            case "reversible_embedding", "token_embedding": return table("word", variable)
            case "embedding", "segment_embedding": return table("token_type", variable)
            case "position_embedding": return table("position", variable)
            case "layer_normalization", "embeddings_layer_norm":
                return TransformersVariables.norm("bert.embeddings.LayerNorm", variable)
            case "dense", "pooled_dense": return TransformersVariables.dense("bert.pooler.dense", variable)
            default: return nil
            }
        }
        guard let index = ordinal(of: first, named: "transformer_encoder") ?? layerNumber(first) else { return nil }
        return block("bert.encoder.layer.\(index).", path.dropFirst().joined(separator: "/"), variable)
    }

    /// By name, blocks are `transformer_layer_0` and on.
    private static func layerNumber(_ part: String) -> Int? {
        let name = "transformer_layer_"
        guard part.hasPrefix(name), let number = Int(part.dropFirst(name.count)), number >= 0,
            part == "\(name)\(number)"
        else { return nil }
        return number
    }

    private static func table(_ name: String, _ variable: Int) -> PyTorchName? {
        variable == 0 ? PyTorchName("bert.embeddings.\(name)_embeddings.weight") : nil
    }

    private static func block(_ name: String, _ part: String, _ variable: Int) -> PyTorchName? {
        switch part {
        case "_self_attention_layer/query_dense": heads(name + "attention.self.query", variable)
        case "_self_attention_layer/key_dense": heads(name + "attention.self.key", variable)
        case "_self_attention_layer/value_dense": heads(name + "attention.self.value", variable)
        case "_self_attention_layer/output_dense":
            variable == 0
                ? PyTorchName(name + "attention.output.dense.weight", .transposed(rowDimensions: 2))
                : TransformersVariables.dense(name + "attention.output.dense", variable)
        case "_self_attention_layer_norm": TransformersVariables.norm(name + "attention.output.LayerNorm", variable)
        case "_feedforward_intermediate_dense": TransformersVariables.dense(name + "intermediate.dense", variable)
        case "_feedforward_output_dense": TransformersVariables.dense(name + "output.dense", variable)
        case "_feedforward_layer_norm": TransformersVariables.norm(name + "output.LayerNorm", variable)
        default: nil
        }
    }

    /// A kernel (H, A, D) and a bias (A, D).
    private static func heads(_ name: String, _ variable: Int) -> PyTorchName? {
        switch variable {
        case 0: PyTorchName(name + ".weight", .transposed(rowDimensions: 1))
        case 1: PyTorchName(name + ".bias", .flattened)
        default: nil
        }
    }
}
