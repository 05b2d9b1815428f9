// Errors of reading and writing safetensors files.

public import AdzeBytes
public import AdzeTensors

/// A refusal by the safetensors reader or writer; the path is added by whoever opened the file.
public enum SafetensorsError: AdzeFailure, Equatable {
    /// The file ends before the eight bytes of the header's length.
    case tooShort(size: Int)
    /// The header's stated length is above the limit.
    case headerTooLong(length: UInt64, limit: Int)
    /// The header's stated length reaches past the end of the file.
    case headerPastTheEnd(length: Int, size: Int)
    /// The header is padded with NUL bytes, where the format wants spaces.
    case nulPadding(offset: Int)
    /// The header is no JSON that we take.
    case json(JSONError)
    /// The header is JSON, but no object.
    case notAnObject(found: String)
    /// `__metadata__` is no object, or one of its values is no string.
    case metadata(key: String?, found: String)
    /// A tensor's name is too long, empty of sense for a line of text, or reserved.
    case name(String, reason: String)
    /// A tensor's entry lacks a field or has it of the wrong kind.
    case field(tensor: String, field: String, expected: String, found: String)
    /// A tensor's element type is none of the format's.
    case unknownDType(tensor: String, dtype: String, nearest: String?)
    /// A tensor's element type is known but not read.
    case unsupportedDType(tensor: String, dtype: String)
    /// A tensor's dimensions are too many, or multiply beyond what can be counted.
    case shape(tensor: String, dimensions: [Int], reason: String)
    /// A tensor of a sub-byte type does not fill whole bytes.
    case oddBits(tensor: String, dtype: String, bits: Int)
    /// A tensor ends before it begins.
    case reversedOffsets(tensor: String, begin: Int, end: Int)
    /// Shape and type need other than the bytes between the offsets.
    case byteCount(tensor: String, shape: Shape, dtype: String, expected: Int, found: Int)
    /// A tensor begins inside the one before it.
    case overlap(tensor: String, begin: Int, previousEnd: Int)
    /// Bytes between two tensors belong to neither.
    case hole(tensor: String, begin: Int, previousEnd: Int)
    /// The tensors end past the end of the file.
    case truncated(expected: Int, found: Int)
    /// Bytes follow the last tensor.
    case trailingBytes(expected: Int, found: Int)
    /// The metadata name more repetitions of tensors than a file of its size may have.
    case aliases(bytes: Int, limit: Int)
    /// Two tensors to be written have one name.
    case duplicateName(String)
    /// The tensor that was given is not the one that was announced.
    case wrongTensor(name: String, expected: String, found: String)

    /// The refusal in one line.
    public var description: String {
        switch self {
        case .tooShort(let size): "safetensors: expected at least 8 bytes, found \(size); the file is cut short"
        case .headerTooLong(let length, let limit):
            "safetensors: a header of \(length) bytes is stated; at most \(limit) are read; is this a safetensors file?"
        case .headerPastTheEnd(let length, let size):
            "safetensors: a header of \(length) bytes is stated, the file has \(max(size - 8, 0)) after the length;"
                + " the file is cut short or no safetensors file"
        case .nulPadding(let offset):
            "safetensors: the header is padded with NUL bytes from offset \(offset); the format pads with spaces,"
                + " write the file again with the safetensors library"
        case .json(let error): "safetensors header: \(error)"
        case .notAnObject(let found): "safetensors header: expected an object, found \(found)"
        case .metadata(let key?, let found):
            "safetensors header: __metadata__ key \(quoted(key)): expected a string, found \(found)"
        case .metadata(nil, let found): "safetensors header: __metadata__: expected an object, found \(found)"
        case .aliases(let bytes, let limit):
            "safetensors header: with the names in __metadata__ for repeated tensors, \(bytes) bytes come out;"
                + " at most \(limit) are read from a file of this size"
        case .name(let name, let reason): "safetensors: tensor name \(quoted(name)): \(reason)"
        case .duplicateName(let name): "safetensors: two tensors are named \(quoted(name))"
        case .wrongTensor(let name, let expected, let found):
            "safetensors: tensor \(quoted(name)): expected \(expected), found \(found)"
        default: tensorDescription
        }
    }

    private var tensorDescription: String {
        switch self {
        case .field(let tensor, let field, let expected, let found):
            "safetensors: tensor \(quoted(tensor)): \(field): expected \(expected), found \(found)"
        case .unknownDType(let tensor, let dtype, let nearest):
            "safetensors: tensor \(quoted(tensor)): unknown dtype \(quoted(dtype))"
                + (nearest.map { "; the nearest is \($0)" } ?? "")
        case .unsupportedDType(let tensor, let dtype):
            "safetensors: tensor \(quoted(tensor)) has dtype \(dtype), which is not read;"
                + " convert it to F32, F16 or BF16"
        case .shape(let tensor, let dimensions, let reason):
            "safetensors: tensor \(quoted(tensor)): shape \(dimensions.prefix(9)): \(reason)"
        case .oddBits(let tensor, let dtype, let bits):
            "safetensors: tensor \(quoted(tensor)): \(bits) bits of \(dtype) do not fill whole bytes"
        case .reversedOffsets(let tensor, let begin, let end):
            "safetensors: tensor \(quoted(tensor)): data_offsets end at \(end), before they begin at \(begin)"
        case .byteCount(let tensor, let shape, let dtype, let expected, let found):
            "safetensors: tensor \(quoted(tensor)): shape \(shape) of \(dtype) needs \(expected) bytes,"
                + " data_offsets span \(found)"
        case .overlap(let tensor, let begin, let previousEnd):
            "safetensors: tensor \(quoted(tensor)) begins at data offset \(begin),"
                + " inside the one that ends at \(previousEnd)"
        case .hole(let tensor, let begin, let previousEnd):
            "safetensors: tensor \(quoted(tensor)) begins at data offset \(begin), expected \(previousEnd);"
                + " the bytes between belong to no tensor"
        case .truncated(let expected, let found):
            "safetensors: expected \(expected) bytes of tensors, found \(found); the file is cut short"
        case .trailingBytes(let expected, let found):
            "safetensors: expected \(expected) bytes of tensors, found \(found); bytes follow the last tensor"
        default: ""
        }
    }
}
