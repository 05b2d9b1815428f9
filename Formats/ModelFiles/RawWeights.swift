// Every tensor of a file or a folder, as it is there: no model is looked for, and no configuration is needed.

internal import AdzeBytes
internal import AdzeHuggingFace
public import AdzeTensors

/// The tensors of a file, or of a folder's weights, with their own names, types and shapes.
public struct RawWeights: Sendable {
    /// The path as it was given.
    public let path: String
    /// The format of the weights.
    public let format: WeightsFormat
    /// Bytes on disk.
    public let byteCount: Int
    /// The tensors.
    public let store: any TensorStore
    /// Tensors that are there and cannot be read.
    public let unreadable: [UnreadableTensor]
    /// How many values are there that are no tensors.
    public let otherValueCount: Int
    /// What the file says about itself, as far as safetensors can say it too; of shards, what all of them say alike.
    public let metadata: [(String, String)]
    /// Classes and functions of pickles that were ignored.
    public let ignoredNames: [String]
    /// What a user should hear of.
    public let notes: [String]

    /// Opens a file of weights, or the weights of a folder, with or without a `config.json`.
    ///
    /// Throws `FileError`, `HuggingFaceError`, `ModelFileError` and the readers' errors, each with its path.
    public init(path: String, options: WeightsOptions = WeightsOptions()) throws {
        var options = options
        options.scope = .all
        let files: [WeightsFile]
        if isFolder(path) {
            let folder: WeightsFolder
            do {
                folder = try WeightsFolder(path: path)
            } catch let error as any AdzeFailure {
                throw LocatedError(path: path, underlying: error)
            }
            let weights = try FolderWeights(folder.weights, options: options) { folder.path(of: $0) }
            (files, store, notes) = (weights.files, weights.store, folder.notes + weights.notes)
        } else {
            let file = try WeightsFile(path: path, options: options)
            (files, store, notes) = ([file], file.store, file.notes + ignoredNote(file.ignoredNames))
        }
        self.path = path
        format = files.first?.format ?? .safetensors
        byteCount = files.reduce(0) { $0 + $1.byteCount }
        unreadable = files.flatMap(\.unreadable)
        otherValueCount = files.reduce(0) { $0 + $1.otherValueCount }
        let said = files.first?.metadata ?? []
        metadata = files.allSatisfy { $0.metadata.elementsEqual(said, by: ==) } ? said : []
        ignoredNames = files.flatMap(\.ignoredNames)
    }
}
