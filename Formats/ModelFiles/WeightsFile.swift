// Opening a file of weights by what is in it. The one place where a file's first bytes choose a reader; its name and
// extension are not looked at. Not here: folders, which are `OpenedModel.swift`.

internal import AdzeBytes
public import AdzeNative
public import AdzeTensors

/// The formats of weights that are read.
public enum WeightsFormat: String, Sendable, CaseIterable {
    case native = "adze"
    case safetensors
    case torchZip = "PyTorch (zip)"
    case torchLegacy = "PyTorch (legacy stream)"
    case torchTar = "PyTorch (tar)"
    case hdf5 = "HDF5"
    case kerasArchive = "Keras archive"
}

/// A tensor that is in a file but of a type that no model here can have.
public struct UnreadableTensor: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Why it is not read.
    public let reason: String
}

/// An opened file of weights.
public struct WeightsFile: Sendable {
    /// The path as it was given.
    public let path: String
    /// What the content says it is.
    public let format: WeightsFormat
    /// Bytes on disk.
    public let byteCount: Int
    /// Its tensors; for models, under PyTorch's names where the format is known to have others.
    public let store: any TensorStore
    /// The native file itself, where it is one.
    public let native: NativeFile?
    /// What cannot be read in it.
    public let unreadable: [UnreadableTensor]
    /// Classes and functions of a pickle that were ignored, as the caller wished.
    public let ignoredNames: [String]
    /// How many values are in it that are no tensors.
    public let otherValueCount: Int
    /// What the file says about itself, as far as safetensors can say it too.
    public let metadata: [(String, String)]
    /// The name in the file of each tensor of `store` that has another there.
    public let sourceNames: [String: String]
    /// What a user should hear of, but for what was ignored.
    public let notes: [String]

    /// Opens a file, or a model inside by its name, and reads its table of tensors; of HDF5, all of it.
    ///
    /// Throws `FileError`, `ModelFileError` for content that is no format of ours, and the reader's own errors, each
    /// with the path in front.
    public init(path: String, options: WeightsOptions = WeightsOptions()) throws {
        if let model = BundledModel(path: path) {
            try self.init(model)
            return
        }
        let file = try InputFile(path: path)
        let head = try file.read(at: 0, count: min(file.size, WeightsContent.headLength))
        let content: WeightsContent
        do {
            content =
                try WeightsContent.open(file, head: head, options: options)
                ?? WeightsFile.open(file, head: head, options: options)
        } catch let error as any AdzeFailure {
            throw LocatedError(path: path, underlying: error)
        }
        self.init(path: path, byteCount: file.size, content)
    }

    /// A model that is part of the program; throws `ModelFileError.leftOut` in a build without it.
    private init(_ model: BundledModel) throws {
        let source = ByteSource.resident(try model.bytes)
        let native = try NativeFile(source)
        self.init(
            path: model.path, byteCount: source.size,
            WeightsContent(format: .native, store: native, native: native))
    }

    private init(path: String, byteCount: Int, _ content: WeightsContent) {
        self.path = path
        self.byteCount = byteCount
        format = content.format
        native = content.native
        unreadable = content.unreadable
        ignoredNames = content.ignoredNames
        otherValueCount = content.otherValueCount
        metadata = content.metadata
        sourceNames = content.sourceNames
        notes = content.notes
        store = LocatedTensorStore(path: path, base: content.store)
    }

    /// Safetensors have no signature: they are what looks like them and like nothing else.
    private static func open(_ file: InputFile, head: [UInt8], options: WeightsOptions) throws -> WeightsContent {
        // A header of 8 bytes of length may begin with any byte: the brace decides.
        if looksLikeSafetensors(head) { return try WeightsContent.safetensors(file, options: options) }
        if let other = KnownFormat(head: head) {
            throw ModelFileError.unreadable(what: other.what, advice: other.advice)
        }
        if let other = try ModelFileError.userBlock(of: file) { throw other }
        throw ModelFileError.unrecognized(head: Array(head.prefix(8)), size: file.size)
    }

    /// A header length that could be one, followed by an object, perhaps after white space.
    private static func looksLikeSafetensors(_ head: [UInt8]) -> Bool {
        guard head.count > 8 else { return false }
        return head.dropFirst(8).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
    }
}
