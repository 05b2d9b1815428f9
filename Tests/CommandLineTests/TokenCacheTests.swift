// --token-cache as a user has it: the same bytes with it and without, and a damaged file is a note.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct TokenCacheTests {
    @Test func aRunWithTheCacheIsTheSameRun() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder, train: 24, dev: 8)
            let cache = folder + "/cache"
            func train(_ name: String, _ options: [String]) throws -> (bytes: [UInt8], errors: String) {
                let run = ["finetune", Models.classifier] + tables + ["--epochs", "1", "-o", "\(folder)/\(name)"]
                let outcome = try Tool.succeed(run + options)
                return (try bytes(of: "\(folder)/\(name)"), outcome.errors)
            }
            let plain = try train("plain.adze", [])
            for name in ["first.adze", "second.adze"] {
                let kept = try train(name, ["--token-cache", cache])
                #expect(kept.bytes == plain.bytes && !kept.errors.contains("made again"))
            }
            let files = try names(in: cache)
            #expect(files.count == 2)
            try write("AdzeTok", to: "\(cache)/\(files[0])")
            let damaged = try train("damaged.adze", ["--token-cache", cache])
            #expect(damaged.bytes == plain.bytes && damaged.errors.contains("\(files[0]): no tokens of this set"))
            #expect(try names(in: cache) == files)
            // Other tokens are other files.
            _ = try train("cleaned.adze", ["--token-cache", cache, "--clean", "lower,punctuation"])
            _ = try train("short.adze", ["--token-cache", cache, "--max-length", "5"])
            #expect(try names(in: cache).count == 6)
            // A comparison of the same has them already.
            try Tool.succeed(
                ["compare", Models.classifier] + tables
                    + ["--blocks", "1", "--seeds", "2", "--epochs", "1", "-o", folder + "/out", "--token-cache", cache])
            #expect(try names(in: cache).count == 6)
            try Tool.refuse(
                73,
                ["finetune", Models.classifier] + tables + [
                    "-o", folder + "/x", "--token-cache", folder + "/plain.adze",
                ],
                says: ["plain.adze", "folder"])
        }
    }
}
