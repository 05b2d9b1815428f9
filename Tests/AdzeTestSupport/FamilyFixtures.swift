// The small models of families beyond BERT: a family that is added is found by its folder.

import Foundation

/// What lies under `Fixtures/families`.
public enum FamilyFixtures {
    /// The families' folders, by `model_type`.
    public static let families: [String] = names(in: "families")

    /// The folders of models that have a file, such as `families/mpnet/base`.
    public static func folders(with file: String) -> [String] {
        families.flatMap { family in names(in: "families/" + family).map { "families/\(family)/\($0)" } }
            .filter { FileManager.default.fileExists(atPath: Fixtures.path("\($0)/\(file)")) }
    }

    /// The mask of the tokenizers in a family's folders.
    public static func mask(of family: String) -> String {
        ["albert", "distilbert", "electra", "deberta-v2", "modernbert"].contains(family) ? "[MASK]" : "<mask>"
    }

    /// The folders of models that have lost attention heads, one a family (Tools/reference/make_pruned_head_golden.py).
    public static let pruned: [String] = names(in: "pruned-heads").map { "pruned-heads/\($0)" }

    /// The folders of classifiers by the mean of hidden states (Tools/reference/make_mean_golden.py).
    public static let means: [String] = names(in: "mean").map { "mean/\($0)" }

    /// The folders of classifiers by a prompt (Tools/reference/make_prompt_golden.py).
    public static let prompts: [String] = names(in: "prompt").map { "prompt/\($0)" }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path(folder))) ?? []).sorted()
    }
}
