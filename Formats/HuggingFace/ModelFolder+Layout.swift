// Which files of a folder are the model's: those that a new model in the same folder replaces. Not here: which of them are
// read.

package import AdzeBytes

extension ModelFolder {
    /// The files that a model folder has under the usual names: configuration, tokenizer, the recipe of
    /// sentence-transformers, and weights as safetensors or of PyTorch, in shards too.
    ///
    /// Weights of the other format are among them: a reader that prefers them would read the old model. Those of
    /// TensorFlow and Flax are not; every reader prefers ours.
    package static let layout = FolderLayout(key: "config.json") {
        names.contains($0) || TokenizerFile(rawValue: $0) != nil || isShard($0)
    }

    private static let names: Set<String> = [
        "config.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json",
        "1_Pooling/config.json", "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
        "pytorch_model.bin.index.json",
    ]

    /// Whether this is `model-00001-of-00002.safetensors`, or the like of it for PyTorch.
    private static func isShard(_ name: String) -> Bool {
        for (start, end) in [("model-", ".safetensors"), ("pytorch_model-", ".bin")]
        where name.hasPrefix(start) && name.hasSuffix(end) && name.utf8.count > start.utf8.count + end.utf8.count {
            let numbers = name.dropFirst(start.count).dropLast(end.count).split(
                separator: "-of-", omittingEmptySubsequences: false)
            return numbers.count == 2
                && numbers.allSatisfy { $0.utf8.count == 5 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        }
        return false
    }
}
