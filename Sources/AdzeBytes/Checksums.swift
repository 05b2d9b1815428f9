// The two checksums that our formats need: CRC-32 (zip) and XXH64 (the native file). Not cryptographic: they find
// accidents, not forgeries.

/// CRC-32 as zip uses it (polynomial 0xEDB88320, reflected), computed in pieces.
package struct CRC32: Sendable {
    private var state: UInt32 = 0xFFFF_FFFF

    /// The checksum of no bytes.
    package init() {}

    /// The checksum of all bytes given so far.
    package var value: UInt32 { ~state }

    /// Adds bytes, eight at a time (slicing-by-8).
    ///
    /// - Complexity: O(n); about 1.5 GB/s a core.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = state
        var index = 0
        unsafe CRC32.tables.withUnsafeBufferPointer { table in
            while index + 8 <= bytes.count {
                let low = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)) ^ crc
                let high = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self))
                crc =
                    unsafe table[1792 + Int(low & 0xFF)] ^ table[1536 + Int(low >> 8 & 0xFF)]
                    ^ table[1280 + Int(low >> 16 & 0xFF)] ^ table[1024 + Int(low >> 24)]
                    ^ table[768 + Int(high & 0xFF)] ^ table[512 + Int(high >> 8 & 0xFF)]
                    ^ table[256 + Int(high >> 16 & 0xFF)] ^ table[Int(high >> 24)]
                index += 8
            }
            while index < bytes.count {
                crc = unsafe crc >> 8 ^ table[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
                index += 1
            }
        }
        state = crc
    }

    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()
}

/// XXH64 with a seed, over bytes at hand.
///
/// - Complexity: O(n); close to memory bandwidth.
/// - Source: the xxHash specification, "XXH64 algorithm".
package func xxh64(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    let p1: UInt64 = 0x9E37_79B1_85EB_CA87
    let p2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    let p3: UInt64 = 0x1656_67B1_9E37_79F9
    let p4: UInt64 = 0x85EB_CA77_C2B2_AE63
    let p5: UInt64 = 0x27D4_EB2F_1656_67C5
    func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 { x << n | x >> (64 - n) }
    func round(_ acc: UInt64, _ lane: UInt64) -> UInt64 { rotate(acc &+ lane &* p2, 31) &* p1 }
    func lane(_ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    let count = bytes.count
    var offset = 0
    var hash: UInt64
    if count >= 32 {
        var (a, b, c, d) = (seed &+ p1 &+ p2, seed &+ p2, seed, seed &- p1)
        while offset + 32 <= count {
            a = round(a, lane(offset))
            b = round(b, lane(offset + 8))
            c = round(c, lane(offset + 16))
            d = round(d, lane(offset + 24))
            offset += 32
        }
        hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
        for acc in [a, b, c, d] { hash = (hash ^ round(0, acc)) &* p1 &+ p4 }
    } else {
        hash = seed &+ p5
    }
    hash = hash &+ UInt64(count)
    while offset + 8 <= count {
        hash = rotate(hash ^ round(0, lane(offset)), 27) &* p1 &+ p4
        offset += 8
    }
    if offset + 4 <= count {
        let word = unsafe UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        hash = rotate(hash ^ word &* p1, 23) &* p2 &+ p3
        offset += 4
    }
    while offset < count {
        hash = unsafe rotate(hash ^ UInt64(bytes[offset]) &* p5, 11) &* p1
        offset += 1
    }
    hash = (hash ^ hash >> 33) &* p2
    hash = (hash ^ hash >> 29) &* p3
    return hash ^ hash >> 32
}
