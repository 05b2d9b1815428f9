// The committed corpora run through the fuzz targets' properties, so that what the fuzzer found once stays found.

import AdzeFuzzing
import AdzeTestSupport
import Foundation
import Testing

@Suite struct FuzzReplayTests {
    @Test(arguments: FuzzTarget.all.map(\.name))
    func everyInputOfTheCorpusKeepsTheProperties(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = Fixtures.folder.appending(path: "fuzz/\(name)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path(percentEncoded: false) < $1.path(percentEncoded: false) }
        #expect(files.count > 5, "\(folder) has \(files.count) inputs")
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            #expect(throws: Never.self, "\(name)/\(file.lastPathComponent)") { try target.run(bytes) }
        }
    }

    /// An input that is cut short anywhere, or has a bit turned, is refused in one line or keeps the properties.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func truncatedAndDamagedInputsKeepTheProperties(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = Fixtures.folder.appending(path: "fuzz/\(name)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        var generator = SeededGenerator(seed: 1)
        for file in files.sorted(by: { $0.lastPathComponent < $1.lastPathComponent }).prefix(20) {
            let bytes = [UInt8](try Data(contentsOf: file))
            for _ in 0..<4 where !bytes.isEmpty {
                var damaged = bytes
                damaged[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
                #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.run(damaged) }
                let cut = bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))
                #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.run(Array(cut)) }
            }
        }
    }
}
