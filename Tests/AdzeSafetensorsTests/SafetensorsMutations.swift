// Damaged files from a seed: whatever the bytes, the reader throws or gives tensors that load; it never traps.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@Suite struct SafetensorsMutations {
    /// Fragments that mean something to the parser, to get past its first checks.
    static let fragments = [
        "{", "}", "[", "]", ",", ":", "\"", "0", "-1", "1e3", "9223372036854775807", "18446744073709551616", "\\u0000",
        "F32", "F4", "BOOL", "C64", "\"shape\"", "\"dtype\"", "\"data_offsets\"", "__metadata__", "null", "\0", " ",
    ].map { Array($0.utf8) }

    @Test(arguments: 0..<8)
    func damagedFilesAreRefusedOrSound(seed: Int) throws {
        let golden = try Fixtures.bytes("safetensors/all.safetensors")
        let length = Int(golden[0]) + Int(golden[1]) << 8
        var generator = SeededGenerator(seed: UInt64(seed))
        var accepted = 0
        for _ in 0..<200 {
            var header = Array(golden[8..<8 + length])
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let at = Int.random(in: 0..<header.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: header[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: header[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: header.removeSubrange(at..<min(at + Int.random(in: 1...9, using: &generator), header.count))
                default: header.insert(contentsOf: Self.fragments.randomElement(using: &generator) ?? [], at: at)
                }
                if header.isEmpty { header = [0x7B] }
            }
            // Half of them keep a true length, so that the damage reaches the checks behind it.
            let stated = Bool.random(using: &generator) ? header.count : length
            let prefix = withUnsafeBytes(of: UInt64(stated).littleEndian) { Array($0) }
            let data = golden[(8 + length)...].prefix(Bool.random(using: &generator) ? .max : 7)
            do throws(SafetensorsError) {
                let file = try SafetensorsFile(bytes: prefix + header + data)
                accepted += 1
                for info in file.tensors {
                    let tensor = try? file.load(info.name)
                    #expect(tensor?.bytes.count == info.byteCount)
                }
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
        // A quarter have no damage but a cut at most, so the loop above has tested both outcomes.
        #expect(accepted > 0 && accepted < 200)
    }

    @Test func everyTruncationIsRefused() throws {
        let golden = try Fixtures.bytes("safetensors/readable.safetensors")
        for count in 0..<golden.count {
            #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: Array(golden.prefix(count))) }
        }
    }
}
