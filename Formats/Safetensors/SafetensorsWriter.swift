// Writing safetensors: header and order of tensors are those of the reference library, byte for byte, so that the same
// tensors make the same file whoever saves them.

internal import AdzeBytes
public import AdzeTensors

/// The header of a file to be written, and the order in which the tensors follow it.
public struct SafetensorsLayout: Sendable {
    /// The length and the JSON, padded with spaces to a multiple of eight bytes.
    public let header: [UInt8]
    /// The tensors in the order of their data: the widest type first, then by name.
    public let order: [TensorInfo]

    /// Lays the tensors out; metadata keep the given order (the reference's own order of several keys is random).
    ///
    /// Throws `SafetensorsError` for names that repeat or that no reader takes, and a header above the limit.
    /// - Complexity: O(n log n).
    public init(tensors: [TensorInfo], metadata: [(String, String)] = []) throws(SafetensorsError) {
        try self.init(tensors: tensors, metadata: metadata, limit: SafetensorsHeader.maximumLength)
    }

    /// The same with a limit of the header's length that a test can reach.
    package init(tensors: [TensorInfo], metadata: [(String, String)], limit: Int) throws(SafetensorsError) {
        let order = SafetensorsLayout.order(tensors)
        try SafetensorsLayout.check(order, metadata)
        var json = "{"
        if !metadata.isEmpty {
            writeJSONString(SafetensorsHeader.metadataKey, to: &json)
            json += ":{"
            for (index, (key, value)) in metadata.enumerated() {
                if index > 0 { json += "," }
                writeJSONString(key, to: &json)
                json += ":"
                writeJSONString(value, to: &json)
            }
            json += "}"
        }
        var offset = 0
        for info in order {
            if json.utf8.count > 1 { json += "," }
            writeJSONString(info.name, to: &json)
            let dimensions = info.shape.dimensions.map(String.init).joined(separator: ",")
            let (end, overflow) = offset.addingReportingOverflow(info.byteCount)
            guard !overflow else {
                throw .shape(tensor: info.name, dimensions: info.shape.dimensions, reason: "the file's size overflows")
            }
            json += ":{\"dtype\":\"\(SafetensorsDType(info.dtype).rawValue)\",\"shape\":[\(dimensions)]"
            json += ",\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        json += "}"
        while json.utf8.count % 8 != 0 { json += " " }
        let length = json.utf8.count
        guard length <= limit else { throw .headerTooLong(length: UInt64(length), limit: limit) }
        self.header = unsafe withUnsafeBytes(of: UInt64(length).littleEndian) { unsafe Array($0) } + Array(json.utf8)
        self.order = order
    }

    private static func order(_ tensors: [TensorInfo]) -> [TensorInfo] {
        tensors.sorted { a, b in
            let (left, right) = (SafetensorsDType(a.dtype), SafetensorsDType(b.dtype))
            // Names by their bytes, as Rust compares strings; Swift's `<` goes by canonical equivalence.
            return left == right ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8) : right < left
        }
    }

    private static func check(_ tensors: [TensorInfo], _ metadata: [(String, String)]) throws(SafetensorsError) {
        var names: Set<String> = []
        for info in tensors {
            try SafetensorsHeader.check(name: info.name)
            guard info.name != SafetensorsHeader.metadataKey else { throw .name(info.name, reason: "reserved") }
            guard names.insert(info.name).inserted else { throw .duplicateName(info.name) }
        }
        // Metadata keys by their bytes, as JSON has them: what was read can be written.
        var keys: Set<[UInt8]> = []
        for (key, _) in metadata where !keys.insert(Array(key.utf8)).inserted {
            throw .metadata(key: key, found: "the key twice")
        }
    }
}

/// Saves tensors as a safetensors file.
public enum SafetensorsWriter {
    /// Writes the tensors, one in memory at a time; the file appears whole or not at all.
    ///
    /// `load` is called once for each tensor, in the file's order, which is not that of `tensors`. Throws
    /// `SafetensorsError`, `FileError`, or what `load` throws.
    public static func write(
        to path: String, replacing: Bool, tensors: [TensorInfo], metadata: [(String, String)] = [],
        load: (TensorInfo) throws -> Tensor
    ) throws {
        let layout = try SafetensorsLayout(tensors: tensors, metadata: metadata)
        var file = try AtomicFile(path: path, replacing: replacing)
        try file.write(layout.header)
        for info in layout.order { try file.write(checked(try load(info), info).bytes) }
        try file.commit()
    }

    /// The same file in memory.
    public static func bytes(
        tensors: [TensorInfo], metadata: [(String, String)] = [], load: (TensorInfo) throws -> Tensor
    ) throws -> [UInt8] {
        let layout = try SafetensorsLayout(tensors: tensors, metadata: metadata)
        var bytes = layout.header
        for info in layout.order { bytes += try checked(try load(info), info).bytes }
        return bytes
    }

    private static func checked(_ tensor: Tensor, _ info: TensorInfo) throws(SafetensorsError) -> Tensor {
        guard tensor.dtype == info.dtype, tensor.shape == info.shape else {
            throw .wrongTensor(
                name: info.name, expected: "\(info.dtype) \(info.shape)", found: "\(tensor.dtype) \(tensor.shape)")
        }
        return tensor
    }
}
