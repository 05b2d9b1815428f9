// A model as it lies on disk: one file, or a folder of them. Says what is there; what it means is for the models.

public import AdzeBytes
public import AdzeHuggingFace
public import AdzeNative
public import AdzeTensors

/// An opened model file or folder: tensors, configuration and tokenizer, not yet understood.
public struct OpenedModel: Sendable {
    /// The path as it was given.
    public let path: String
    /// The format of its weights.
    public let format: WeightsFormat
    /// Bytes of its weights on disk.
    public let byteCount: Int
    /// Its tensors under the source's names, or PyTorch's where the source's are those of TensorFlow or Keras.
    public let store: any TensorStore
    private let files: [WeightsFile]
    /// `config.json`; nil for a bare file of weights, and for a native file, whose header has it.
    public let configuration: JSONValue?
    /// The folder, where it is one.
    public let folder: ModelFolder?
    /// The native file, where it is one.
    public let native: NativeFile?
    /// What is in the file and cannot be read.
    public let unreadable: [UnreadableTensor]
    /// What a user should hear of.
    public let notes: [String]

    /// The name in the source of a tensor of `store`.
    public func sourceName(of name: String) -> String {
        files.lazy.compactMap { $0.sourceNames[name] }.first ?? name
    }

    /// Opens a `.adze` file, a file of weights, a model folder, or a model inside by its name, such as `@sentiment`.
    ///
    /// Throws `FileError`, `HuggingFaceError`, `ModelFileError` and the readers' errors, each with its path.
    public init(path: String, options: WeightsOptions = WeightsOptions()) throws {
        if BundledModel.isFolder(path) {
            try self.init(folder: path, options)
        } else {
            self.init(file: try WeightsFile(path: path, options: options))
        }
    }

    private init(file: WeightsFile) {
        path = file.path
        (format, byteCount, store) = (file.format, file.byteCount, file.store)
        (native, unreadable, folder) = (file.native, file.unreadable, nil)
        configuration = nil
        files = [file]
        notes = file.notes + ignoredNote(file.ignoredNames)
    }

    private init(folder path: String, _ options: WeightsOptions) throws {
        let folder: ModelFolder
        do {
            folder = try ModelFolder(path: path)
        } catch let error as any AdzeFailure {
            throw LocatedError(path: path, underlying: error)
        }
        self.path = path
        self.folder = folder
        configuration = .object(folder.configuration)
        let weights = try FolderWeights(folder.weights, options: options) { folder.path(of: $0) }
        (format, byteCount, store, files) = (weights.format, weights.byteCount, weights.store, weights.files)
        native = weights.files.count == 1 ? weights.files[0].native : nil
        unreadable = weights.files.flatMap(\.unreadable)
        notes = folder.notes + weights.notes
    }
}
