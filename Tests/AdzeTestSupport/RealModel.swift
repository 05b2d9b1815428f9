// Where the real checkpoints lie, on machines that have them. No test needs one: those that want it are enabled by it.

public import Foundation

extension Fixtures {
    /// The folder of all-MiniLM-L6-v2: what `ADZE_MINILM` names, else `demo-output/model`; nil where neither exists.
    ///
    /// `Fixtures/real-minilm` holds what transformers answers with it.
    public static let miniLM: URL? = realModel("ADZE_MINILM", "demo-output/model")

    /// The folder of all-mpnet-base-v2: what `ADZE_MPNET` names, else `demo-output/mpnet`; nil where neither exists.
    ///
    /// `Fixtures/real-mpnet` holds what sentence-transformers answers with it.
    public static let mpnet: URL? = realModel("ADZE_MPNET", "demo-output/mpnet")

    private static func realModel(_ variable: String, _ place: String) -> URL? {
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment[variable].map { URL(filePath: $0) }
        let candidate = named ?? root.appending(path: place)
        let weights = candidate.appending(path: "model.safetensors").path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: weights) ? candidate : nil
    }
}
