// Bytes that lie in the program itself. Not here: which there are.

/// Read-only bytes that live as long as the process.
@safe public struct ResidentBytes: @unchecked Sendable {
    // @safe, @unchecked: whoever makes it vouches that the bytes are there for ever and never change, and every read is
    // within them.
    private let bytes: UnsafeRawBufferPointer

    /// Bytes at an address that stays valid, and whose bytes stay the same, to the end of the process.
    @unsafe public init(forEver bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// How many there are.
    public var count: Int { unsafe bytes.count }

    /// Fills `buffer` with the bytes at `offset`, both checked against `count` by the caller.
    ///
    /// - Complexity: O(`buffer.count`).
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
        precondition(offset >= 0 && offset <= count && buffer.count <= count - offset)
        unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + buffer.count]))
    }
}
