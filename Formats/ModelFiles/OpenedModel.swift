// A model as it lies on disk: one file, or a folder of them. Says what is there; what it means is for the models.

public import AdzeBytes
public import AdzeHuggingFace
internal import AdzeKeras
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
    /// The tensors of each file as they are in it, by the file's name where there are several.
    public let files: [WeightsFile]
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

    /// Opens a `.adze` file, a file of weights, or a model folder.
    ///
    /// HDF5 is read by the program `adze-h5worker` at `hdf5Worker`, or else beside the running executable. Throws `FileError`, `HuggingFaceError`, `ModelFileError` and the readers' errors, each with its path.
    public init(path: String, hdf5Worker: String? = nil) throws {
        let options = WeightsOptions(workerPath: hdf5Worker)
        if isFolder(path) {
            try self.init(folder: path, options: options)
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
        notes = file.notes
    }

    private init(folder path: String, options: WeightsOptions) throws {
        let folder: ModelFolder
        do {
            folder = try ModelFolder(path: path)
        } catch let error as any AdzeFailure {
            throw LocatedError(path: path, underlying: error)
        }
        self.path = path
        self.folder = folder
        configuration = .object(folder.configuration)
        switch folder.weights {
        case .file(let name):
            let file = try WeightsFile(path: folder.path(of: name), options: options)
            (format, byteCount, store) = (file.format, file.byteCount, file.store)
            (native, unreadable) = (file.native, file.unreadable)
            files = [file]
            notes = folder.notes + file.notes
        case .sharded(let index):
            let (weightMap, options) = OpenedModel.weightMap(of: index, options)
            let files = try index.shards.map { try WeightsFile(path: folder.path(of: $0), options: options) }
            let store: ShardedTensorStore
            do {
                store = try ShardedTensorStore(
                    weightMap: weightMap, shards: zip(index.shards, files).map { (name: $0, store: $1.store) })
            } catch {
                throw LocatedError(path: folder.path(of: index.file), underlying: error)
            }
            self.store = store
            self.files = files
            format = files.first?.format ?? .safetensors
            byteCount = files.reduce(0) { $0 + $1.byteCount }
            native = nil
            unreadable = files.flatMap(\.unreadable)
            let extra = store.unindexed.count
            notes =
                folder.notes + (files.first?.notes ?? [])
                + (extra > 0 ? ["\(extra) tensors of the shards are not in \(index.file)"] : [])
        }
    }

    /// The index under the names that the shards' tensors will have. One shard of a TensorFlow model does not show that
    /// it is a BERT's: the index does.
    private static func weightMap(
        of index: ShardIndex, _ options: WeightsOptions
    ) -> (map: [(tensor: String, shard: String)], options: WeightsOptions) {
        let names = KerasNames(paths: index.weightMap.lazy.map(\.tensor))
        guard names.layout != .other else { return (index.weightMap, options) }
        var options = options
        options.names = names
        return (index.weightMap.map { (names.renamed($0.tensor).name, $0.shard) }, options)
    }
}
