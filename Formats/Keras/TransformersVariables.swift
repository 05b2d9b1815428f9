// transformers' TensorFlow models as `model.save_weights("….weights.h5")` writes them: layers by attribute, or by class
// and ordinal, variables numbered in the order in which each layer made them.
//
// Source: what transformers 4.37 on Keras 2.15 writes; `Tools/reference/make_keras_fixtures.py` makes it again.

enum TransformersVariables {
    static func rename(_ levels: [String]) -> PyTorchName? {
        guard levels.count >= 3, levels[levels.count - 2] == "vars", let variable = Int(levels[levels.count - 1])
        else { return nil }
        let path = Array(levels.dropLast(2))
        for encoder in encoders {
            // Three have one name, and blocks of different classes.
            if let inside = encoder.inside(path), let name = encoder.rename(inside, variable) { return name }
        }
        guard let head = heads.first(where: { path.starts(with: $0.path) }) else { return nil }
        let inside = path.dropFirst(head.path.count)
        if inside.isEmpty, head.hasBiasAlone { return variable == 0 ? PyTorchName(head.name + ".bias") : nil }
        return layer([head.name] + inside, variable)
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

    /// A layer is a normalisation if its last part says so, else dense.
    private static func layer(_ parts: [String], _ variable: Int) -> PyTorchName? {
        let name = parts.joined(separator: ".")
        let isNorm = parts.last.map { $0.hasSuffix("LayerNorm") || $0.hasSuffix("layer_norm") } ?? false
        return isNorm ? norm(name, variable) : dense(name, variable)
    }

    // MARK: - Encoders

    /// Where an encoder stands, and what it makes.
    private struct Encoder {
        /// Its name for PyTorch.
        let name: String
        /// The classes of the encoder and of its blocks.
        let mainClass: String
        let blockClass: String
        /// What has the blocks.
        var stack = "encoder"
        /// Its tables, in the order in which it makes them.
        let tables: [String]
        /// A head that has the embeddings too, and is written first.
        var holder: [String] = []

        /// The path inside the encoder; nil for what is not its.
        func inside(_ path: [String]) -> [String]? {
            for place in [["layers", mainClass], [name]] where path.starts(with: place) {
                return Array(path.dropFirst(place.count))
            }
            let shared = holder + ["input_embeddings"]
            guard !holder.isEmpty, path.starts(with: shared) else { return nil }
            return ["embeddings"] + path.dropFirst(shared.count)
        }

        func rename(_ inside: [String], _ variable: Int) -> PyTorchName? {
            if inside == ["embeddings"] {
                return tables.indices.contains(variable)
                    ? PyTorchName("\(name).embeddings.\(tables[variable])_embeddings.weight") : nil
            }
            // MPNet's encoder makes one table itself.
            if inside == ["encoder"] {
                return variable == 0 ? PyTorchName(name + ".encoder.relative_attention_bias.weight") : nil
            }
            guard inside.first == stack else { return layer([name] + inside, variable) }
            guard inside.count > 3, inside[1] == "layer", let block = ordinal(of: inside[2], named: blockClass)
            else { return nil }
            let parts = inside.dropFirst(3).map { attributes[$0] ?? $0 }
            return layer([name, stack, "layer", String(block)] + parts, variable)
        }
    }

    /// Attributes that are not called as the layers in them.
    private static let attributes = [
        "self_attention": "self", "dense_output": "output", "bert_output": "output", "out": "output",
    ]

    private static let encoders =
        [
            Encoder(
                name: "bert", mainClass: "tf_bert_main_layer", blockClass: "tf_bert_layer",
                tables: ["word", "token_type", "position"], holder: ["mlm", "predictions"]),
            Encoder(
                name: "electra", mainClass: "tf_electra_main_layer", blockClass: "tf_electra_layer",
                tables: ["word", "token_type", "position"]),
            Encoder(
                name: "distilbert", mainClass: "tf_distil_bert_main_layer", blockClass: "tf_transformer_block",
                stack: "transformer", tables: ["word", "position"], holder: ["vocab_projector"]),
            Encoder(
                name: "mpnet", mainClass: "tfmp_net_main_layer", blockClass: "tfmp_net_layer",
                tables: ["word", "position"]),
        ]
        + ["tf_roberta", "tfxlm_roberta", "tf_camembert"].map { stem in
            Encoder(
                name: "roberta", mainClass: stem + "_main_layer", blockClass: stem + "_layer",
                tables: ["word", "token_type", "position"])
        }

    // MARK: - Heads

    private struct Head {
        let path: [String]
        let name: String
        /// Whether the layer makes nothing but a bias over the vocabulary, its matrix being the table of words.
        var hasBiasAlone = false
    }

    /// Keras goes through attributes backwards, and `layers` is one of them: what comes before it in the alphabet, such
    /// as `classifier`, is written there by its class.
    private static let heads = [
        Head(path: ["layers", "dense"], name: "classifier"),
        Head(path: ["layers", "tf_electra_classification_head"], name: "classifier"),
        Head(path: ["layers", "tfmp_net_classification_head"], name: "classifier"),
        Head(path: ["layers", "tf_roberta_classification_head"], name: "classifier"),
        Head(path: ["layers", "tfxlm_roberta_classification_head"], name: "classifier"),
        Head(path: ["layers", "tf_camembert_classification_head"], name: "classifier"),
        Head(path: ["layers", "tf_electra_generator_predictions"], name: "generator_predictions"),
        Head(path: ["layers", "tf_electra_masked_lm_head"], name: "generator_lm_head", hasBiasAlone: true),
        Head(path: ["lm_head"], name: "lm_head", hasBiasAlone: true),
        Head(path: ["mlm", "predictions"], name: "cls.predictions", hasBiasAlone: true),
        Head(path: ["nsp"], name: "cls"),
        Head(path: ["pre_classifier"], name: "pre_classifier"),
        Head(path: ["qa_outputs"], name: "qa_outputs"),
        Head(path: ["vocab_layer_norm"], name: "vocab_layer_norm"),
        Head(path: ["vocab_projector"], name: "vocab_projector", hasBiasAlone: true),
        Head(path: ["vocab_transform"], name: "vocab_transform"),
    ]
}
