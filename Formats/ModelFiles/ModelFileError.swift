// Why a file is no model that is read, and errors with the file they are about in front.

public import AdzeBytes
internal import AdzeKeras

/// A file that is no model that we read.
public enum ModelFileError: AdzeFailure, Equatable {
    case unrecognized(head: [UInt8], size: Int)
    case unreadable(what: String, advice: String)
    case leftOut(BundledModel)

    /// One line: what it seems to be and what is expected.
    public var description: String {
        switch self {
        case .unrecognized(_, let size) where size == 0: "the file is empty"
        case .unrecognized(let head, let size):
            "not a model file: expected .adze, safetensors, PyTorch or HDF5 content, found \(size) bytes that begin with "
                + head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        case .unreadable(let what, let advice): "this is \(what), which is not read; \(advice)"
        case .leftOut(let model):
            "\(quoted(model.path)): this build of Adze has no models inside; build it with the package's trait Sentiment"
        }
    }

    /// HDF5 content behind a user block.
    static func userBlock(of file: InputFile) throws(FileError) -> ModelFileError? {
        try HDF5Signature.userBlock(of: file).map { size in
            .unreadable(
                what: "an HDF5 file behind a user block of \(size) bytes", advice: "remove the block with h5unjam")
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
