// Errors of reading a native file, and of writing one.

public import AdzeBytes

/// Why a native file cannot be read, or contents cannot be written as one.
public enum NativeError: AdzeFailure, Equatable {
    /// The file does not begin with the format's magic number.
    case notNative(found: [UInt8])
    /// The file ends inside its prologue.
    case tooShort(size: Int)
    /// A version that this program does not know.
    case unknownVersion(UInt32)
    /// The byte order mark is wrong.
    case byteOrder(found: UInt32)
    /// The file is shorter or longer than it says.
    case fileSize(stated: UInt64, found: Int)
    /// Stored bytes are not those that were written.
    case checksum(part: String, offset: Int)
    /// Bytes that only fill up a gap are not zero.
    case padding(offset: Int)
    /// A size or place contradicts the others.
    case layout(part: String, expected: String, found: String)
    /// More of something than any model needs.
    case limit(part: String, found: Int, limit: Int)
    /// More comes out than a file of this size may hold.
    case expansion(part: String, found: Int, limit: Int)
    /// The header is no JSON.
    case headerJSON(JSONError)
    /// The header is JSON, but not in its one canonical spelling.
    case headerNotCanonical(offset: Int)
    /// A header field is missing, unknown or of the wrong kind.
    case headerField(String, expected: String, found: String)
    /// Two tensors have one name.
    case duplicateTensor(String)
    /// A frame's content breaks the rules of its coding.
    case frame(part: String, offset: Int, problem: String)
    /// No tensor has this name.
    case missingTensor(String, nearest: String?)
    /// The tensor is kept in fp32 and has no codes.
    case notQuantized(String)
    /// Something given to the writer cannot be written.
    case cannotWrite(part: String, problem: String)
    /// The source gave other elements at the second reading than at the first.
    case sourceChanged(tensor: String)
    /// libzstd refused to work.
    case zstd(String)

    /// Damaged content, but for a refusal of libzstd to work at all, which is a bug of ours.
    public var kind: FailureKind {
        switch self {
        case .zstd: .internalBug
        default: .badData
        }
    }

    /// One line: what, where, expected, found, and what to do.
    public var description: String {
        switch self {
        case .notNative(let found):
            "not a native file: expected it to begin with 41 44 5a 45 0d 0a 1a 0a, found \(hexadecimal(found))"
        case .tooShort(let size):
            "truncated: a native file has at least \(Prologue.size) bytes, this one \(size)"
        case .unknownVersion(0):
            "native file of version 0, written before the format was frozen; this program reads "
                + "\(Prologue.readableVersions): convert the model again"
        case .unknownVersion(let version):
            "native file of version \(version); this program reads \(Prologue.readableVersions): "
                + "use a newer program, or convert the model again"
        case .byteOrder(let found):
            "byte order mark 0x\(String(found, radix: 16)), expected 0x\(String(Prologue.byteOrderMark, radix: 16)); damaged"
        case .fileSize(let stated, let found):
            "the file says that it has \(stated) bytes and has \(found); it was truncated or extended, copy it again"
        case .checksum(let part, let offset):
            "\(part) at offset \(offset): checksum mismatch; the file is damaged, copy or convert it again"
        case .padding(let offset):
            "padding at offset \(offset) is not zero; the file is damaged, copy or convert it again"
        case .layout(let part, let expected, let found):
            "\(part): expected \(expected), found \(found)"
        case .limit(let part, let found, let limit):
            "\(part): \(found) is over the limit of \(limit)"
        case .expansion(let part, let found, let limit):
            "\(part): \(found) are stated; a file of this size may hold \(limit)"
        case .headerJSON(let error):
            "header: \(error)"
        case .headerNotCanonical(let offset):
            "header: not in canonical form at byte \(offset)"
        case .headerField(let field, let expected, let found):
            "header field \(field): expected \(expected), found \(found)"
        case .duplicateTensor(let name):
            "tensor \(quoted(name)) is listed twice"
        case .frame(let part, let offset, let problem):
            "\(part) at offset \(offset): \(problem)"
        case .missingTensor(let name, let nearest):
            "no tensor is named \(quoted(name))" + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
        case .notQuantized(let name):
            "tensor \(quoted(name)) is kept in fp32 and has no int8 codes"
        case .cannotWrite(let part, let problem):
            "\(part) cannot be written: \(problem)"
        case .sourceChanged(let tensor):
            "tensor \(quoted(tensor)) was read twice and differed; the source changed while it was converted"
        case .zstd(let message):
            "libzstd: \(message)"
        }
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}

/// What a reader refuses to go beyond; far above any real model.
enum NativeLimits {
    /// Elements that any file may hold: the largest BERT (LaBSE, 471 million), were all its weights equal. Equal
    /// weights take next to no bytes, honestly so; hence a sum that is not in proportion to the file, and no more.
    static let elementFloor = 1 << 29
    /// Elements for each byte of the file: trained weights have 1.1, and 20 where a hundredth of them is not zero.
    static let elementsPerByte = 32
    /// Bytes of vocabulary that any file may hold, and for each byte that is stored for it; words take a third of theirs.
    static let vocabularyFloor = 1 << 20
    static let vocabularyBytesPerByte = 16

    /// The most elements of all tensors of a file.
    static func elements(fileSize: Int, floor: Int = elementFloor) -> Int {
        let (scaled, overflow) = fileSize.multipliedReportingOverflow(by: elementsPerByte)
        return overflow ? .max : max(floor, scaled)
    }

    /// The most bytes of a vocabulary whose frame has so many.
    static func vocabularyBytes(stored: Int) -> Int {
        // No overflow: a frame has less than 2^32 bytes.
        max(vocabularyFloor, stored * vocabularyBytesPerByte)
    }

    static let headerBytes = 64 << 20
    static let tensors = 100_000
    static let elements = 1 << 32
    static let frames = 1 << 22
    static let vocabularyBytes = 64 << 20
    static let vocabularyCount = 5_000_000
    static let nameBytes = 1024
}
