// Sound checkpoints with a few bytes changed: whatever comes of it is a read or one of our errors, never a trap.

import AdzeBytes
import AdzeTestSupport
import AdzeTorch
import AdzeZip
import Testing

struct FuzzTests {
    static let files = [
        "dtypes.pt", "dtypes_legacy.pt", "views_legacy.pt", "tied.pt", "lightning.pt", "protocol4.pt",
        "old_tar.pt", "deflated.pt", "bigendian.pt",
    ]

    @Test(arguments: files) func mutationsAreReadOrRefused(_ file: String) throws {
        let sound = try Fixtures.bytes("torch/" + file)
        var random = SeededGenerator(seed: UInt64(file.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
        var refused = 0
        for _ in 0..<120 {
            var bytes = sound
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            case 1:
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            case 2: bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << Int.random(in: 0..<8, using: &random)
            default:
                let at = Int.random(in: 0..<bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[at..<min(at + 9, bytes.count)], at: at)
            }
            if try refusal(of: bytes) != nil { refused += 1 }
        }
        #expect(refused > 40)
    }

    /// The pickle with every checksum made right again, so that what it describes is looked at.
    @Test(arguments: ["lightning.pt", "protocol4.pt", "unsupported.pt", "nested.pt", "views.pt"])
    func mutatedPicklesAreReadOrRefused(_ file: String) throws {
        let whole = try Fixtures.bytes("torch/" + file)
        let directory = try ZipDirectory(file: InputFile(path: Fixtures.path("torch/" + file)))
        let contents = directory.entries.map { ($0.name, Array(whole[$0.offset..<$0.offset + $0.size])) }
        let pickle = try #require(contents.first { $0.0.hasSuffix("/data.pkl") }).1
        let storages = contents.compactMap { name, bytes in
            name.contains("/data/") ? (String(name.split(separator: "/").last ?? ""), bytes) : nil
        }
        #expect(try refusal(of: ZipArchive(pickle, storages).bytes) == nil)
        var random = SeededGenerator(seed: 11)
        var refused = 0
        for _ in 0..<120 {
            var bytes = pickle
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if try refusal(of: ZipArchive(bytes, storages).bytes) != nil { refused += 1 }
        }
        #expect(refused > 20 && refused < 120)
    }
}
