// A folder that has weights and perhaps nothing else: no `config.json` is needed. Not here: opening the weights.

internal import AdzeBytes

/// The files of weights in a folder, by the rules of `ModelFolder`.
public struct WeightsFolder: Sendable {
    /// The files of weights, by name in the folder.
    public let weights: ModelWeights
    /// What a person should know: which of several files was taken, what is passed over.
    public let notes: [String]
    private let files: FolderFiles

    /// Lists the folder and reads the index of shards, if any; throws `HuggingFaceError` or `FileError`.
    public init(path: String) throws {
        files = try FolderFiles(path: path)
        var notes: [String] = []
        weights = try ModelWeights.choose(in: files, notes: &notes)
        self.notes = notes
    }

    /// The path of a file in the folder.
    public func path(of name: String) -> String { files.path(of: name) }
}
