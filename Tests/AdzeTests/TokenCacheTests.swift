// Tokens that are kept: they are those of cutting, another tokenizer misses them, and nothing in a file is taken on trust.

import AdzeBytes
import AdzeData
import AdzeTestSupport
import AdzeThreads
import AdzeTokenization
import Foundation
import Testing

@testable import Adze

@Suite struct TokenCacheTests {
    private static let texts =
        [
            TextInput("the oak beam was cut by the saw the oak beam was cut by the saw"),
            TextInput("good wood", pair: "soft wood"), TextInput(""),
        ] + (0..<20).map { TextInput("we saw it split \($0)") }

    private let pool = WorkerPool(threads: 2)

    private func cutting(
        _ length: Int = 12, _ strategy: LongText = .window(stride: 2),
        _ change: (Tokenizer) throws -> Tokenizer = { $0 },
        cleaner: TextCleaner? = nil
    ) throws -> TextCutting {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        return TextCutting(
            tokenizer: try change(bundle.requireTokenizer()), cleaner: cleaner, maximumLength: length,
            strategy: strategy)
    }

    /// The one file of a folder.
    private func file(in folder: String) throws -> String {
        let names = try folderEntries(folder)
        #expect(names.count == 1)
        return "\(folder)/\(names[0])"
    }

    @Test func whatIsFoundIsWhatCuttingGives() throws {
        try withTemporaryFolder { folder in
            let cutting = try cutting()
            let expected = try cutting.cut(Self.texts, pool: pool)
            #expect(expected.sequences.count > Self.texts.count)
            let first = TokenCache(path: folder + "/cache"), second = TokenCache(path: folder + "/cache")
            for _ in 0..<2 { #expect(try first.tokenized(Self.texts, cutting, pool: pool) == expected) }
            #expect(first.cutCount == 1)
            #expect(try second.tokenized(Self.texts, cutting, pool: pool) == expected && second.cutCount == 0)
            // No set is one too.
            #expect(try first.tokenized([], cutting, pool: pool).sequences == [])
            #expect(try TokenCache(path: folder + "/cache").tokenized([], cutting, pool: pool).windowCounts == [])
            #expect(first.takeNotes() == [] && second.takeNotes() == [])
        }
    }

    @Test func aChangedTokenizerMissesTheCache() throws {
        let lower = try TextCleaner([.lower]), words = try TextCleaner([.stopWords]),
            others = try TextCleaner([.stopWords], stopWords: ["oak"])
        let cuttings = [
            try cutting(), try cutting(11), try cutting(12, .head), try cutting(12, .window(stride: 3)),
            try cutting(12, .headThenTail(head: 3)), try cutting(12, .headThenTail(head: 4)),
            try cutting(12, .window(stride: 2), { try $0.adding(["zebra"]).tokenizer }),
            try cutting(12, .window(stride: 2), { try $0.adding(["zebras"]).tokenizer }),
            try cutting(cleaner: lower), try cutting(cleaner: words), try cutting(cleaner: others),
        ]
        #expect(Set(cuttings.map { $0.key(Self.texts).name }).count == cuttings.count)
        // The settings are hashed as the files have them: one that changes ids is one that is written.
        for (key, value): (String, JSONValue) in [
            ("lowercases", false), ("stripsAccents", true), ("separatesCJK", false), ("cleansText", false),
            ("maximumWordLength", 7), ("truncationSide", "left"), ("splitsSpecialTokens", true),
        ] {
            let changed = try cutting(12, .window(stride: 2)) { tokenizer in
                var settings = try #require(tokenizer.description.object)
                #expect(settings[key] != value)
                settings[key] = value
                return try Tokenizer(tokens: tokenizer.vocabulary.tokens, settings: .object(settings))
            }
            #expect(changed.key(Self.texts) != cuttings[0].key(Self.texts), "\(key)")
        }
    }

    @Test func otherTextsMissTheCache() throws {
        let cutting = try cutting()
        func text(_ text: String, _ pair: String? = nil) -> TextInput { TextInput(text, pair: pair) }
        let sets = [
            [text("ab"), text("c")], [text("a"), text("bc")], [text("c"), text("ab")],
            [text("ab", "c")], [text("ab", "")], [text("ab")], [text("ab"), text("")], [],
            [text("é")], [text("e\u{301}")], [text("1")], [text("", "")], [text("")],
        ]
        #expect(Set(sets.map { cutting.key($0) }).count == sets.count)
    }

    @Test func aFlippedByteIsNoticed() throws {
        try withTemporaryFolder { folder in
            let cutting = try cutting()
            let expected = try TokenCache(path: folder).tokenized(Self.texts, cutting, pool: pool)
            let path = try file(in: folder)
            let whole = try [UInt8](Data(contentsOf: URL(filePath: path)))
            var damaged = whole.indices.filter { $0 < 80 || $0 % 61 == 0 || $0 > whole.count - 12 }.map { index in
                var bytes = whole
                bytes[index] ^= 1 << UInt8(index % 8)
                return bytes
            }
            damaged += [0, 7, 43, 44, whole.count - 1].map { Array(whole.prefix($0)) } + [whole + [0]]
            for bytes in damaged {
                try Data(bytes).write(to: URL(filePath: path))
                let cache = TokenCache(path: folder)
                #expect(try cache.tokenized(Self.texts, cutting, pool: pool) == expected)
                let notes = cache.takeNotes()
                #expect(notes.count == 1 && notes[0].hasPrefix(path) && notes[0].hasSuffix("they are made again"))
                #expect(try [UInt8](Data(contentsOf: URL(filePath: path))) == whole, "made again")
            }
        }
    }

    @Test func aForgedFileIsNoTokens() throws {
        let cutting = try cutting()
        let key = cutting.key(Self.texts)
        let good = try cutting.cut(Self.texts, pool: pool)
        func problem(_ key: TokenKey = key, _ change: (inout TokenizedTexts) -> Void) throws -> String? {
            var forged = good
            change(&forged)
            let bytes = try #require(TokenFile.bytes(forged, key: key))
            do throws(TokenFileProblem) {
                _ = try TokenFile.tokens(
                    bytes, key: cutting.key(Self.texts), exampleCount: Self.texts.count, maximumLength: 12,
                    vocabularyCount: cutting.tokenizer.vocabulary.count)
                return nil
            } catch {
                return error.what
            }
        }
        let counts = "its counts are others", ids = "it has ids beyond the vocabulary"
        #expect(try problem { _ in } == nil)
        #expect(try problem(TokenKey()) { _ in } == "its key is another")
        #expect(try problem { $0.sequences[3].ids[1] = Int32(cutting.tokenizer.vocabulary.count) } == ids)
        #expect(try problem { $0.sequences[3].ids[1] = -1 } == ids)
        #expect(try problem { $0.sequences.removeLast() } == counts)
        #expect(try problem { ($0.windowCounts[0], $0.windowCounts[1]) = (0, $0.windowCounts[0] + 1) } == counts)
        #expect(try problem { $0.windowCounts.append(1) } == counts)
        #expect(try problem { $0.truncatedCount = 1000 } == counts)
        #expect(try problem { $0.sequences[0] = .init(ids: [Int32](repeating: 1, count: 13)) } == counts)
        #expect(try problem { $0.sequences[0] = .init(ids: []) } == counts)
    }

    @Test func theOldestGo() throws {
        try withTemporaryFolder { folder in
            let cutting = try cutting()
            func keep(_ count: Int, limit: Int) throws {
                let set = (0..<count).map { TextInput("oak \($0)") }
                _ = try TokenCache(path: folder, byteLimit: limit).tokenized(set, cutting, pool: pool)
            }
            let foreign = folder + "/notes.tokens"
            try Data("mine".utf8).write(to: URL(filePath: foreign))
            for count in 10..<14 { try keep(count, limit: .max) }
            #expect(try folderEntries(folder).count == 5)
            try keep(14, limit: 1000)
            let left = try folderEntries(folder)
            let sizes = left.compactMap {
                try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)")[.size] as? Int
            }
            #expect(left.count < 5 && left.contains("notes.tokens") && sizes.reduce(0, +) <= 1004)
            // What is larger than all that is kept is not kept.
            try keep(500, limit: 1000)
            #expect(try folderEntries(folder).sorted() == left.sorted())
        }
    }

    @Test func severalAtOnceAreSafe() throws {
        try withTemporaryFolder { folder in
            let cutting = try cutting()
            let expected = try cutting.cut(Self.texts, pool: pool)
            let found = try WorkerPool(threads: 8).map(32) { _ in
                let cache = TokenCache(path: folder)
                let tokens = try cache.tokenized(Self.texts, cutting, pool: WorkerPool(threads: 1))
                return (tokens, cache.takeNotes())
            }
            for (tokens, notes) in found { #expect(tokens == expected && notes == []) }
            _ = try file(in: folder)
        }
    }

    @Test func aFolderThatIsNoneIsANote() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/file"
            try Data().write(to: URL(filePath: path))
            let cache = TokenCache(path: path)
            let tokens = try cache.tokenized(Self.texts, cutting(), pool: pool)
            #expect(try tokens == cutting().cut(Self.texts, pool: pool))
            #expect(cache.takeNotes().allSatisfy { $0.hasPrefix("tokens are not kept: ") } && cache.takeNotes() == [])
        }
    }
}
