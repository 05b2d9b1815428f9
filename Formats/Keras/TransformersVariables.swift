// transformers' TensorFlow models as `model.save_weights("….weights.h5")` writes them: by class and ordinal, variables
// numbered in the order in which each layer made them.
//
// Source: what transformers 4.37 on Keras 2.15 writes; `Tools/reference/make_keras_fixtures.py` makes it again.

enum TransformersVariables {
    static func rename(_ levels: [String]) -> PyTorchName? {
        guard levels.count >= 4, levels[0] == "layers", levels[levels.count - 2] == "vars",
            let variable = Int(levels[levels.count - 1])
        else { return nil }
        let path = Array(levels[1..<levels.count - 2])
        if path == ["dense"] { return dense("classifier", variable) }
        guard path[0] == "tf_bert_main_layer" else { return nil }
        let inside = Array(path.dropFirst())
        switch inside {
        case ["embeddings"]:
            let tables = ["word_embeddings", "token_type_embeddings", "position_embeddings"]
            return tables.indices.contains(variable)
                ? PyTorchName("bert.embeddings.\(tables[variable]).weight") : nil
        case ["embeddings", "LayerNorm"]: return norm("bert.embeddings.LayerNorm", variable)
        case ["pooler", "dense"]: return dense("bert.pooler.dense", variable)
        default: break
        }
        guard inside.count > 3, inside[0] == "encoder", inside[1] == "layer",
            let block = ordinal(of: inside[2], named: "tf_bert_layer")
        else { return nil }
        let name = "bert.encoder.layer.\(block)."
        switch inside.dropFirst(3).joined(separator: "/") {
        case "attention/self_attention/query": return dense(name + "attention.self.query", variable)
        case "attention/self_attention/key": return dense(name + "attention.self.key", variable)
        case "attention/self_attention/value": return dense(name + "attention.self.value", variable)
        case "attention/dense_output/dense": return dense(name + "attention.output.dense", variable)
        case "attention/dense_output/LayerNorm": return norm(name + "attention.output.LayerNorm", variable)
        case "intermediate/dense": return dense(name + "intermediate.dense", variable)
        case "bert_output/dense": return dense(name + "output.dense", variable)
        case "bert_output/LayerNorm": return norm(name + "output.LayerNorm", variable)
        default: return nil
        }
    }

    /// Keras makes a dense layer's kernel first, then its bias.
    static func dense(_ name: String, _ variable: Int) -> PyTorchName? {
        switch variable {
        case 0: PyTorchName(name + ".weight", .transposed(rowDimensions: 1))
        case 1: PyTorchName(name + ".bias")
        default: nil
        }
    }

    /// Keras makes a normalisation's gamma first, then its beta.
    static func norm(_ name: String, _ variable: Int) -> PyTorchName? {
        switch variable {
        case 0: PyTorchName(name + ".weight")
        case 1: PyTorchName(name + ".bias")
        default: nil
        }
    }
}
