// Reading a safetensors file: the header when it is opened, each tensor by a positioned read when it is asked for.
// Never mapped: a mapped file that somebody else truncates would kill the process.

public import AdzeBytes
public import AdzeTensors

/// A tensor whose element type the format knows and we do not read.
public struct UnsupportedTensor: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The format's name of the element type, `F8_E4M3` for example.
    public let dtype: String
    /// The dimensions.
    public let shape: Shape

    /// Why it is not read, and what to do about it.
    public var reason: String { "its element type is \(dtype); save it as F32, F16 or BF16" }
}

/// The tensors of one safetensors file, or of the same bytes in memory.
///
/// A file that opens is sound: offsets cover the data without hole or overlap and fit shapes and types. Tensors of
/// types that have no counterpart in `DType` are listed in `unsupported` and refused by name when they are loaded.
/// Thread-safe: every load reads by its own position.
public final class SafetensorsFile: TensorStore, Sendable {
    /// The tensors in the order of their data; empty tensors of one offset in the order of the header.
    public let tensors: [TensorInfo]
    /// What `__metadata__` says, in its order.
    public let metadata: [(String, String)]
    /// The tensors that cannot be loaded, in the order of their data.
    public let unsupported: [UnsupportedTensor]
    /// The same by name, each with the reason.
    public let unreadable: [String: String]

    private enum Source: Sendable {
        case file(InputFile)
        case bytes([UInt8])
    }

    private enum Place: Sendable {
        case tensor(TensorInfo, offset: Int)
        case unsupported(dtype: String)
    }

    private let source: Source
    private let places: [String: Place]

    /// Reads and checks the header; throws `SafetensorsError` or `FileError`.
    ///
    /// - Complexity: O(header + n log n) for n tensors; no tensor is read.
    public convenience init(file: InputFile) throws {
        let prefix = try file.read(at: 0, count: min(8, file.size))
        let length = try SafetensorsHeader.length(prefix: prefix, fileSize: file.size)
        let text = try file.read(at: 8, count: length)
        let header = try SafetensorsHeader(text: text, dataSize: file.size - 8 - length)
        self.init(source: .file(file), header: header, dataOffset: 8 + length)
    }

    /// The same for a file that is in memory, such as the stream of another process.
    public convenience init(bytes: [UInt8]) throws(SafetensorsError) {
        let length = try SafetensorsHeader.length(prefix: Array(bytes.prefix(8)), fileSize: bytes.count)
        let header = try SafetensorsHeader(text: Array(bytes[8..<8 + length]), dataSize: bytes.count - 8 - length)
        self.init(source: .bytes(bytes), header: header, dataOffset: 8 + length)
    }

    private init(source: Source, header: SafetensorsHeader, dataOffset: Int) {
        var tensors: [TensorInfo] = []
        var unsupported: [UnsupportedTensor] = []
        var places: [String: Place] = [:]
        for entry in header.entries {
            if let dtype = entry.dtype.dtype {
                let info = TensorInfo(name: entry.name, dtype: dtype, shape: entry.shape)
                tensors.append(info)
                places[entry.name] = .tensor(info, offset: dataOffset + entry.begin)
            } else {
                let dtype = entry.dtype.rawValue
                unsupported.append(UnsupportedTensor(name: entry.name, dtype: dtype, shape: entry.shape))
                places[entry.name] = .unsupported(dtype: dtype)
            }
        }
        self.source = source
        self.metadata = header.metadata
        self.tensors = tensors
        self.unsupported = unsupported
        // Names are unique in a header.
        unreadable = Dictionary(uniqueKeysWithValues: unsupported.map { ($0.name, $0.reason) })
        self.places = places
    }

    /// Reads one tensor.
    ///
    /// Throws `MissingTensor`, `SafetensorsError.unsupportedDType`, or `FileError` (a file that shrank among them).
    /// - Complexity: O(bytes of the tensor).
    public func load(_ name: String) throws -> Tensor {
        switch places[name] {
        case nil:
            throw MissingTensor(name: name, nearest: nearestName(to: name, in: tensors.lazy.map(\.name)))
        case .unsupported(let dtype):
            throw SafetensorsError.unsupportedDType(tensor: name, dtype: dtype)
        case .tensor(let info, let offset):
            return Tensor(dtype: info.dtype, shape: info.shape, bytes: try read(at: offset, count: info.byteCount))
        }
    }

    private func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        switch source {
        case .file(let file): try file.read(at: offset, count: count)
        // In bounds: the header was checked against the number of bytes.
        case .bytes(let bytes): Array(bytes[offset..<offset + count])
        }
    }
}
