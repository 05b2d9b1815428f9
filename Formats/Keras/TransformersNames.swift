// The names that transformers gives the weights of its TensorFlow models, in `tf_model.h5`, in its shards, in Keras files
// that wrap such a model, and in safetensors of `format: tf`.
//
// Source: `convert_tf_weight_name_to_pt_weight_name` in transformers 4.37, modeling_tf_pytorch_utils.py. Other than
// there, levels in front are dropped only where they are a group or a model's name, never by their number.

enum TransformersNames {
    /// What encoders call themselves; `roberta` is XLM-R's and CamemBERT's name too.
    private static let encoders: Set<String> = ["bert", "distilbert", "electra", "mpnet", "roberta"]
    /// The parts of encoders: `transformer` is DistilBERT's, `embeddings_project` ELECTRA's.
    private static let encoderParts: Set<String> = [
        "embeddings", "embeddings_project", "encoder", "transformer", "pooler",
    ]

    /// `bert/tf_bert_model/bert/encoder/layer_._0/…/kernel:0` → `bert.encoder.layer.0.….weight`.
    static func rename(_ levels: [String]) -> PyTorchName? {
        var parts = withoutModelLevels(levels).flatMap(split)
        guard let last = parts.popLast(), let (name, isKernel) = parameterName(withoutOutputNumber(last)),
            !parts.isEmpty
        else { return nil }
        return PyTorchName((parts + [name]).joined(separator: "."), isKernel ? .transposed(rowDimensions: 1) : .none)
    }

    /// The path without the group of the layer and the name of the model, which both stand before the layer itself.
    private static func withoutModelLevels(_ levels: [String]) -> [String] {
        var levels = levels[...]
        // The encoder names itself: nothing before its last mention counts.
        if let place = levels.indices.dropLast().last(where: {
            encoders.contains(levels[$0]) && encoderParts.contains(levels[$0 + 1])
        }) {
            return Array(levels[place...])
        }
        // A group and the model in it: `classifier/tf_bert_for_sequence_classification/classifier/kernel:0`.
        if levels.count > 3, levels[levels.startIndex] == levels[levels.startIndex + 2] { levels = levels.dropFirst(2) }
        // A model's name alone, as in an index of shards.
        if levels.count > 2, isModel(levels[levels.startIndex]) { levels = levels.dropFirst() }
        // A layer of the user's own, in its group: `dense/dense/kernel:0`.
        if levels.count > 2, levels[levels.startIndex] == levels[levels.startIndex + 1] { levels = levels.dropFirst() }
        return Array(levels)
    }

    /// A class in Keras' spelling, which of `TFMPNetModel` makes `tfmp_net_model`.
    private static func isModel(_ level: String) -> Bool {
        ["tf_", "tfmp_net_", "tfxlm_roberta_"].contains { level.hasPrefix($0) }
    }

    /// `layer_._0` is two levels, and of `mlm___cls` only the last part is a name.
    private static func split(_ level: String) -> [String] {
        var parts: [String] = []
        var rest = level[...]
        while let place = firstRange(of: "_._", in: rest) {
            if place.lowerBound > rest.startIndex { parts.append(String(rest[..<place.lowerBound])) }
            rest = rest[place.upperBound...]
        }
        if let place = firstRange(of: "___", in: rest), place.upperBound < rest.endIndex {
            rest = rest[place.upperBound...]
        }
        return rest.isEmpty ? parts : parts + [String(rest)]
    }

    private static func firstRange(of mark: String, in text: Substring) -> Range<Substring.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(mark) { return start..<text.index(start, offsetBy: mark.count) }
            start = text.index(after: start)
        }
        return nil
    }
}
