// Reading little-endian integers and byte runs out of borrowed bytes, every step checked. Not here: any format.

/// The bytes ended before the value did.
package struct OutOfBytes: Error, Equatable {
    /// Where the value began, from the start of the cursor's bytes.
    package let offset: Int
    /// How many bytes the value needs.
    package let needed: Int
    /// How many were left.
    package let left: Int
}

/// A position in borrowed bytes that only moves forward and never past the end.
package struct ByteCursor: ~Escapable {
    private let bytes: RawSpan
    /// The next byte's offset.
    package private(set) var offset = 0

    /// A cursor at the start of `bytes`.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) { self.bytes = bytes }

    /// Bytes not read yet.
    package var left: Int { bytes.byteCount - offset }

    /// The next `T` in little-endian order; throws `OutOfBytes`.
    package mutating func next<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(OutOfBytes) -> T {
        let size = MemoryLayout<T>.size
        guard left >= size else { throw OutOfBytes(offset: offset, needed: size, left: left) }
        // In bounds by the guard above; any bit pattern is an integer.
        let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: T.self)
        offset += size
        return T(littleEndian: value)
    }

    /// The next `count` bytes, still borrowed; throws `OutOfBytes`, for a negative count too.
    @_lifetime(copy self)
    package mutating func take(_ count: Int) throws(OutOfBytes) -> RawSpan {
        guard count >= 0, left >= count else { throw OutOfBytes(offset: offset, needed: count, left: left) }
        let run = bytes.extracting(offset..<offset + count)
        offset += count
        return run
    }

    /// The next `count` bytes, copied; throws `OutOfBytes`, for a negative count too.
    package mutating func copy(_ count: Int) throws(OutOfBytes) -> [UInt8] {
        let run = try take(count)
        return unsafe run.withUnsafeBytes { unsafe Array($0) }
    }
}
