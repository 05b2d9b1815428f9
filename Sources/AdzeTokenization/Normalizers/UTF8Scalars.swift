// Scalars out of bytes that are known to be valid UTF-8, and back. Not here: validation, which the callers have done.

/// A scalar and how many bytes it took.
struct DecodedScalar {
    let value: UInt32
    let length: Int
}

/// The scalar that begins at `position`.
///
/// The bytes must be valid UTF-8 and `position` the start of a scalar; every access is checked all the same.
@inline(__always)
func decodeScalar(_ bytes: Span<UInt8>, at position: Int) -> DecodedScalar {
    let first = UInt32(bytes[position])
    if first < 0x80 { return DecodedScalar(value: first, length: 1) }
    let second = UInt32(bytes[position + 1]) & 0x3F
    if first < 0xE0 { return DecodedScalar(value: (first & 0x1F) << 6 | second, length: 2) }
    let third = UInt32(bytes[position + 2]) & 0x3F
    if first < 0xF0 { return DecodedScalar(value: (first & 0x0F) << 12 | second << 6 | third, length: 3) }
    let fourth = UInt32(bytes[position + 3]) & 0x3F
    return DecodedScalar(value: (first & 0x07) << 18 | second << 12 | third << 6 | fourth, length: 4)
}

/// The scalar that ends just before `position`, which must be the start of a scalar or the end, and not 0.
func decodeScalar(_ bytes: Span<UInt8>, before position: Int) -> DecodedScalar {
    var start = position - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return decodeScalar(bytes, at: start)
}

/// Calls `body` with each scalar of valid UTF-8, in order.
func forEachScalar(_ bytes: Span<UInt8>, _ body: (UInt32) -> Void) {
    var position = 0
    while position < bytes.count {
        let scalar = decodeScalar(bytes, at: position)
        body(scalar.value)
        position += scalar.length
    }
}

/// How many scalars begin in a range of bytes.
func countScalars(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    for index in range where bytes[index] & 0xC0 != 0x80 { count += 1 }
    return count
}

/// How many scalars of a text begin before each of its bytes, in steps: any place is found at once.
struct ScalarPlaces {
    private static let step = 64
    private var counts: [Int] = [0]

    init(_ bytes: Span<UInt8>) {
        counts.reserveCapacity(bytes.count / Self.step + 1)
        for start in stride(from: 0, to: bytes.count - Self.step + 1, by: Self.step) {
            counts.append(counts[counts.count - 1] + countScalars(bytes, start..<start + Self.step))
        }
    }

    /// The scalars before `position` of the same bytes.
    func scalars(before position: Int, _ bytes: Span<UInt8>) -> Int {
        let block = position / Self.step
        return counts[block] + countScalars(bytes, block * Self.step..<position)
    }
}

/// Calls `body` with each byte of a scalar's UTF-8.
@inline(__always)
func encodeScalar(_ scalar: UInt32, _ body: (UInt8) -> Void) {
    if scalar < 0x80 {
        body(UInt8(truncatingIfNeeded: scalar))
        return
    }
    if scalar < 0x800 {
        body(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    } else {
        if scalar < 0x10000 {
            body(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
        } else {
            body(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
            body(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
        }
        body(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
    }
    body(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
}
