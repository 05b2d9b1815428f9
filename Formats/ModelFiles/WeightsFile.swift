// Opening a file of weights by what is in it. The one place where a file's first bytes choose a reader; its name and
// extension are not looked at. Not here: folders, which are `OpenedModel.swift`.

public import AdzeBytes
public import AdzeNative
internal import AdzeSafetensors
public import AdzeTensors
internal import AdzeTorch

/// The formats of weights that are read.
public enum WeightsFormat: String, Sendable, CaseIterable {
    case native = "adze"
    case safetensors
    case torchZip = "PyTorch (zip)"
    case torchLegacy = "PyTorch (legacy stream)"
    case torchTar = "PyTorch (tar)"
}

/// Which tensors of a file a store has.
///
/// Only a format whose own form is not that of our models tells them apart: a Keras file for models has its kernels
/// transposed and renamed and its optimizer left out, and for `all` every dataset under the names of its groups.
public enum TensorScope: Sendable {
    /// Those that a model can have, as models expect them.
    case model
    /// Every tensor, exactly as the file has it, nested names joined by `.`.
    case all
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
    /// Its tensors.
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

    /// Opens a file and reads its table of tensors.
    ///
    /// `ignoringObjects` reads a pickle that asks for more than data; see `TorchCheckpoint`. `tensors` chooses between
    /// what models see and all that is there.
    /// Throws `FileError`, `ModelFileError` for content that is no format of ours, and the reader's own errors, each
    /// with the path in front.
    public init(path: String, tensors scope: TensorScope = .model, ignoringObjects: Bool = false) throws {
        let file = try InputFile(path: path)
        let head = try file.read(at: 0, count: min(file.size, TorchContainer.headLength))
        self.path = path
        byteCount = file.size
        let tensors: any TensorStore
        var ignoredNames: [String] = []
        var otherValueCount = 0
        var metadata: [(String, String)] = []
        do {
            if NativeFile.isNative(firstBytes: head) {
                let native = try NativeFile(file: file)
                (format, tensors, self.native, unreadable) = (.native, native, native, [])
            } else if let container = TorchContainer(head: head) {
                let checkpoint = try TorchCheckpoint(file: file, ignoringObjects: ignoringObjects)
                format = WeightsFormat(container)
                (tensors, native) = (checkpoint, nil)
                ignoredNames = checkpoint.ignoredNames
                otherValueCount = checkpoint.scalars.count + checkpoint.omittedScalars
                metadata = [("format", "pt")]
                unreadable = checkpoint.unsupported.map { UnreadableTensor(name: $0.name, reason: $0.reason) }
            } else if !WeightsFile.looksLikeSafetensors(head, size: file.size), let other = KnownFormat(head: head) {
                throw ModelFileError.unreadable(what: other.what, advice: other.advice)
            } else if WeightsFile.looksLikeSafetensors(head, size: file.size) {
                let opened = try SafetensorsFile(file: file)
                (format, tensors, native) = (.safetensors, opened, nil)
                metadata = opened.metadata
                unreadable = opened.unsupported.map { UnreadableTensor(name: $0.name, reason: "dtype \($0.dtype)") }
            } else {
                throw ModelFileError.unrecognized(head: Array(head.prefix(8)), size: file.size)
            }
        } catch let error as any AdzeFailure {
            throw LocatedError(path: path, underlying: error)
        }
        store = LocatedTensorStore(path: path, base: tensors)
        (self.ignoredNames, self.otherValueCount, self.metadata) = (ignoredNames, otherValueCount, metadata)
    }

    /// A header length that could be one, followed by an object, perhaps after white space.
    private static func looksLikeSafetensors(_ head: [UInt8], size: Int) -> Bool {
        guard head.count > 8 else { return false }
        return head.dropFirst(8).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
    }
}

extension WeightsFormat {
    fileprivate init(_ container: TorchContainer) {
        switch container {
        case .zip: self = .torchZip
        case .legacy: self = .torchLegacy
        case .tar: self = .torchTar
        }
    }
}

/// A file that is no model that we read.
public enum ModelFileError: AdzeFailure, Equatable {
    case unrecognized(head: [UInt8], size: Int)
    case unreadable(what: String, advice: String)

    /// One line: what it seems to be and what is expected.
    public var description: String {
        switch self {
        case .unrecognized(_, let size) where size == 0: "the file is empty"
        case .unrecognized(let head, let size):
            "not a model file: expected .adze, safetensors or PyTorch content, found \(size) bytes that begin with "
                + head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        case .unreadable(let what, let advice): "this is \(what), which is not read; \(advice)"
        }
    }
}

/// An error with the file it is about in front.
public struct LocatedError: AdzeFailure {
    /// The file or folder.
    public let path: String
    /// What is wrong with it.
    public let underlying: any AdzeFailure

    /// An error about a path; one that names its path already, or has been located, stays as it is.
    public init(path: String, underlying: any AdzeFailure) {
        self.path = path
        self.underlying = underlying
    }

    /// The kind of the error inside.
    public var kind: FailureKind { underlying.kind }

    /// The path, a colon, and the error's line.
    public var description: String {
        let line = underlying.description
        return underlying is FileError || underlying is LocatedError || line.hasPrefix(path + ":")
            ? line : "\(path): \(line)"
    }
}
