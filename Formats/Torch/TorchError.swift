// Why a file is not a PyTorch checkpoint that we read: one closed error for the containers, the pickle inside them and
// the tensors that the pickle describes.

public import AdzeBytes
public import AdzeTensors
public import AdzeZip

/// What a sound zip archive lacks, or has too much, to be a checkpoint.
public enum ArchiveFault: String, Sendable, Equatable {
    case severalRoots = "the entries do not share one top folder"
    case missing = "an entry is missing"
    case badRecord = "an entry has content that it cannot have"
}

/// What is wrong with a pickle, as data or as a checkpoint.
public enum PickleFault: String, Sendable, Equatable {
    case truncated = "the pickle ends too early"
    case trailing = "bytes follow the end of the pickle"
    case protocolVersion = "the pickle protocol is not one of 2 to 5"
    case opcode = "the opcode is not one that a checkpoint needs"
    case frame = "a frame and its opcodes do not end together"
    case stack = "the stack does not hold what the opcode takes"
    case memo = "the memo does not hold what the opcode takes"
    case text = "a string is not valid UTF-8"
    case number = "a number is malformed"
    case limit = "the pickle is larger than any checkpoint needs"
    case target = "the value cannot take items"
    case call = "a name is used in a way that it does not allow"
    case persistentID = "a storage is described wrongly"
    case cycle = "a container contains itself"
    case depth = "the containers are nested too deep"
    case key = "a dictionary key has no name"
    case duplicateName = "two values have the same name"
    case badName = "the name of a value is not acceptable"
}

/// Why a checkpoint, or one tensor of it, was not read.
public enum TorchError: AdzeFailure, Equatable {
    /// The system refused a read.
    case file(FileError)
    /// The content is no PyTorch checkpoint.
    case notACheckpoint(found: String)
    /// A real checkpoint of a kind that is not read.
    case unsupportedKind(String)
    /// The pickle asks for a name outside the allow-list, and for others after it.
    case nameRefused(String, offset: Int, others: Int)
    /// The archive can be read in two ways, or in none.
    case zip(ZipError)
    /// The archive is sound but not that of a checkpoint.
    case archive(ArchiveFault, entry: String, detail: String)
    /// The pickle is damaged, too large or not that of a checkpoint.
    case pickle(PickleFault, offset: Int?, detail: String)
    /// A legacy stream is damaged.
    case legacy(offset: Int, detail: String)
    /// A tar archive is damaged, or not that of a checkpoint.
    case tar(offset: Int, detail: String)
    /// A tensor's storage, offset, sizes and strides contradict each other.
    case tensor(name: String, detail: String)
    /// The tensor is there but its element type or layout is not read.
    case unsupportedTensor(name: String, reason: String)
    /// A store was asked for a name that it lacks.
    case missing(MissingTensor)

    /// The error of the archive, as one of the checkpoint.
    init(_ error: ZipError) {
        if case .file(let refusal) = error { self = .file(refusal) } else { self = .zip(error) }
    }

    /// Damaged content, unless the system refused the read.
    public var kind: FailureKind {
        if case .file(let error) = self { error.kind } else { .badData }
    }

    /// One line that says what, where, expected and found.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .notACheckpoint(let found):
            "not a PyTorch checkpoint: expected a zip archive or a stream written by torch.save, found \(found)"
        case .unsupportedKind(let text): text
        case .nameRefused(let name, let offset, let others):
            "the checkpoint asks for \(quoted(name)) at offset \(offset) of its pickle"
                + (others > 0 ? " and for \(others) more such names" : "")
                + ", which is neither a tensor nor plain data; nothing was run; save model.state_dict() instead of the"
                + " object, or pass --ignore-objects to read the tensors beside it"
        case .zip(let error): error.description
        case .archive(let fault, let entry, let detail):
            "zip archive, entry \(quoted(entry)): \(fault.rawValue): \(detail)"
        case .pickle(let fault, let offset, let detail):
            "pickle" + (offset.map { " at offset \($0)" } ?? "") + ": \(fault.rawValue): \(detail)"
        case .legacy(let offset, let detail): "legacy stream at offset \(offset): \(detail)"
        case .tar(let offset, let detail): "tar archive at offset \(offset): \(detail)"
        case .tensor(let name, let detail): "tensor \(quoted(name)): \(detail)"
        case .unsupportedTensor(let name, let reason): "tensor \(quoted(name)) is not read: \(reason)"
        case .missing(let missing): missing.description
        }
    }
}
