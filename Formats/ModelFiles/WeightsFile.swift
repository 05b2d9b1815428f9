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

    /// Opens a file and reads its table of tensors.
    ///
    /// Throws `FileError`, `ModelFileError` for content that is no format of ours, and the reader's own errors, each
    /// with the path in front.
    public init(path: String) throws {
        let file = try InputFile(path: path)
        let head = try file.read(at: 0, count: min(file.size, TorchContainer.headLength))
        self.path = path
        byteCount = file.size
        do {
            if NativeFile.isNative(firstBytes: head) {
                let native = try NativeFile(file: file)
                (format, store, self.native, unreadable) = (.native, native, native, [])
            } else if let container = TorchContainer(head: head) {
                let checkpoint = try TorchCheckpoint(file: file)
                format = container == .zip ? .torchZip : .torchLegacy
                (store, native) = (checkpoint, nil)
                unreadable = checkpoint.unsupported.map { UnreadableTensor(name: $0.name, reason: $0.reason) }
            } else if let other = WeightsFile.knownOther(head) {
                throw ModelFileError.unreadable(what: other.what, advice: other.advice)
            } else if WeightsFile.looksLikeSafetensors(head, size: file.size) {
                let opened = try SafetensorsFile(file: file)
                (format, store, native) = (.safetensors, opened, nil)
                unreadable = opened.unsupported.map { UnreadableTensor(name: $0.name, reason: "dtype \($0.dtype)") }
            } else {
                throw ModelFileError.unrecognized(head: Array(head.prefix(8)), size: file.size)
            }
        } catch let error as any AdzeFailure {
            throw LocatedError(path: path, underlying: error)
        }
    }

    /// A header length that could be one, followed by an object, perhaps after white space.
    private static func looksLikeSafetensors(_ head: [UInt8], size: Int) -> Bool {
        guard head.count > 8 else { return false }
        return head.dropFirst(8).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
    }

    /// Formats that people have and that are not read, by their signatures.
    private static func knownOther(_ head: [UInt8]) -> (what: String, advice: String)? {
        let signatures: [([UInt8], String, String)] = [
            ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", "this version reads safetensors and PyTorch checkpoints"),
            (Array("GGUF".utf8), "a GGUF file", "convert from the original checkpoint instead"),
            ([0x1F, 0x8B], "a gzip archive", "unpack it first"),
            ([0x28, 0xB5, 0x2F, 0xFD], "a zstd archive", "unpack it first"),
            ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", "unpack it first"),
            (Array("version https://git-lfs".utf8), "a git-lfs pointer", "fetch the file itself with git lfs pull"),
            ([0x08], "an ONNX graph, it seems", "convert from the original checkpoint instead"),
        ]
        guard let found = signatures.first(where: { head.starts(with: $0.0) }) else { return nil }
        // A safetensors header of 8 bytes of length may begin with any byte: the brace decides.
        if head.count > 8, looksLikeSafetensors(head, size: head.count) { return nil }
        return (found.1, found.2)
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
        let isLocated = underlying is FileError || underlying is LocatedError || line.hasPrefix(path)
        return isLocated ? line : "\(path): \(line)"
    }
}
