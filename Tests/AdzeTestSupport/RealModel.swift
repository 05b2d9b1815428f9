// Where the real checkpoint lies, on machines that have it. No test needs it: those that want it are enabled by it.

public import Foundation

extension Fixtures {
    /// The folder of all-MiniLM-L6-v2: what `ADZE_MINILM` names, else `demo-output/model`; nil where neither exists.
    ///
    /// `Fixtures/real-minilm` holds what transformers answers with it.
    public static let miniLM: URL? = {
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["ADZE_MINILM"].map { URL(filePath: $0) }
        let candidate = named ?? root.appending(path: "demo-output/model")
        let weights = candidate.appending(path: "model.safetensors").path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: weights) ? candidate : nil
    }()
}
