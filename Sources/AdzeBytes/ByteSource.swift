// Bytes that are read by position, from a file or from memory. Not here: their meaning.

/// A file, or bytes at hand.
public enum ByteSource: Sendable {
    case file(InputFile)
    case bytes([UInt8])
    case resident(ResidentBytes)

    /// How many bytes there are.
    public var size: Int {
        switch self {
        case .file(let file): file.size
        case .bytes(let bytes): bytes.count
        case .resident(let bytes): bytes.count
        }
    }

    /// The `count` bytes at `offset`, both checked against `size` by the caller; throws what the file throws.
    ///
    /// - Complexity: O(count).
    public func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        switch self {
        case .file(let file): try file.read(at: offset, count: count)
        case .bytes(let bytes): Array(bytes[offset..<offset + count])
        case .resident(let bytes):
            unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                unsafe bytes.read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
                initialized = count
            }
        }
    }

    /// Fills `buffer` with the bytes at `offset`, both checked against `size` by the caller; throws what the file throws.
    ///
    /// - Complexity: O(`buffer.count`).
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
        switch self {
        case .file(let file): try unsafe file.read(at: offset, into: buffer)
        case .bytes(let bytes): unsafe buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
        case .resident(let bytes): unsafe bytes.read(at: offset, into: buffer)
        }
    }
}
