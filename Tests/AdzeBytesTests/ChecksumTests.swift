// CRC-32 and XXH64 against published vectors and against themselves in pieces.

import AdzeBytes
import Testing

@Suite struct ChecksumTests {
    @Test func crc32OfTheCheckString() {
        var crc = CRC32()
        Array("123456789".utf8).withUnsafeBytes { crc.update($0) }
        #expect(crc.value == 0xCBF4_3926)
    }

    @Test func crc32InPiecesEqualsWhole() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var whole = CRC32()
        bytes.withUnsafeBytes { whole.update($0) }
        for cut in [0, 1, 7, 8, 9, 500, 999] {
            var pieces = CRC32()
            bytes[..<cut].withUnsafeBytes { pieces.update($0) }
            bytes[cut...].withUnsafeBytes { pieces.update($0) }
            #expect(pieces.value == whole.value)
        }
    }

    // From the xxHash specification's reference implementation.
    @Test(
        arguments: [
            ("", 0, 0xEF46_DB37_51D8_E999), ("a", 0, 0xD24E_C4F1_A98C_6E5B), ("abc", 0, 0x44BC_2CF5_AD77_0999),
            ("xxhash", 0, 0x32DD_38952C4BC720), ("xxhash", 20_141_025, 0xB559_B98D_844E_0635),
            ("Call me Ishmael. Some years ago--never mind how long precisely-", 0, 0x02A2_E854_70D6_FD96),
        ] as [(String, UInt64, UInt64)])
    func xxh64Vectors(text: String, seed: UInt64, expected: UInt64) {
        #expect(Array(text.utf8).withUnsafeBytes { xxh64($0, seed: seed) } == expected)
    }
}
