// Token sequences of texts, kept in memory and in a folder, so that the same texts are cut once. What is kept is named by
// a hash of all that changes it. Not here: the files' layout, which is `TokenFile`'s.
//
//     DIR/KEY.tokens       a set of texts, KEY being 32 hexadecimal digits

internal import AdzeBytes
internal import AdzeData
internal import AdzeModels
internal import AdzeThreads
internal import AdzeTokenization
internal import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Texts as token sequences.
struct TokenizedTexts: Sendable, Equatable {
    /// The inputs of all texts, one after another.
    var sequences: [TokenSequence] = []
    /// How many inputs each text is.
    var windowCounts: [Int] = []
    /// How many texts were cut.
    var truncatedCount = 0

    /// These texts and then others.
    static func + (first: TokenizedTexts, second: TokenizedTexts) -> TokenizedTexts {
        TokenizedTexts(
            sequences: first.sequences + second.sequences, windowCounts: first.windowCounts + second.windowCounts,
            truncatedCount: first.truncatedCount + second.truncatedCount)
    }
}

/// How texts become token sequences.
struct TextCutting: Sendable {
    let tokenizer: Tokenizer
    let cleaner: TextCleaner?
    let maximumLength: Int
    let strategy: LongText

    /// The inputs that a text becomes, one but for windows; throws `TokenizerError.impossibleBudget`.
    func inputs(of text: TextInput) throws(TokenizerError) -> [Encoding] {
        let text = cleaner.clean(text)
        return try tokenizer.encodeLong(text.text, pair: text.pair, maximumLength: maximumLength, strategy: strategy)
    }

    /// Cuts texts; throws `TokenizerError.impossibleBudget`.
    func cut(_ texts: [TextInput], pool: WorkerPool) throws -> TokenizedTexts {
        let encodings = try pool.map(texts.count) { try inputs(of: texts[$0]) }
        return TokenizedTexts(
            sequences: encodings.flatMap { $0.map { TokenSequence($0) } }, windowCounts: encodings.map(\.count),
            truncatedCount: encodings.filter { $0.contains { $0.truncatedTokenCount > 0 } }.count)
    }

    /// What sets that become the same sequences share: a hash of texts, tokenizer, cleaning, length, way and the program's
    /// version.
    func key(_ texts: [TextInput]) -> TokenKey {
        var key = TokenKey()
        let tokens = tokenizer.vocabulary.tokens
        // Another version of the program may cut otherwise.
        key.add(adzeVersion)
        key.add(
            "tokens \(TokenFile.version) \(maximumLength) \(strategy) \(tokens.count) \(texts.count)")
        for token in tokens { key.add(token) }
        key.add(tokenizer.description.canonicalText)
        key.add(cleaner.map { JSONValue.object(TextReading(cleaning: $0.cleaning).json).text } ?? "")
        // Lemmas are those of the files at hand, whatever files a model was told of.
        key.add(cleaner?.wordNet?.fingerprint ?? "")
        for text in texts {
            key.add(text.text)
            key.add(text.pair.map { "2" + $0 } ?? "1")
        }
        return key
    }
}

extension Example {
    /// The text, or the pair, to classify.
    var input: TextInput { TextInput(text, pair: pair) }
}

/// A hash of texts in their order, of 128 bits.
struct TokenKey: Hashable, Sendable {
    private(set) var halves: [UInt64] = [1, 2]

    /// Adds a text; where it ends is hashed too.
    mutating func add(_ text: String) {
        var bytes = Array(text.utf8)
        unsafe withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { unsafe bytes.append(contentsOf: $0) }
        for half in halves.indices {
            halves[half] = unsafe bytes.withUnsafeBytes { unsafe xxh64($0, seed: halves[half]) }
        }
    }

    /// 32 hexadecimal digits.
    var name: String { halves.map(hexDigits).joined() }
}

/// Keeps token sequences: those of the last few sets in memory, all in a folder where one is named.
///
/// Thread-safe, and several processes may share a folder. What is found there is used only if its checksum holds and it
/// could be of this set and tokenizer; else it is made again, and `takeNotes()` says so.
public final class TokenCache: Sendable {
    private struct State {
        var recent: [(key: TokenKey, tokens: TokenizedTexts)] = []
        var notes: [String] = []
        var cutCount = 0
    }

    private let folder: String?
    private let byteLimit: Int
    private let state = Mutex(State())

    /// A cache in memory alone.
    public convenience init() { self.init(path: nil) }

    /// A cache in a folder, which is made where it is missing; throws `LocationError`.
    ///
    /// Beyond `byteLimit` the files that were written first go.
    public convenience init(folder: URL, byteLimit: Int = TokenCache.defaultByteLimit) throws(LocationError) {
        self.init(path: try folder.localPath, byteLimit: byteLimit)
    }

    package init(path: String?, byteLimit: Int = TokenCache.defaultByteLimit) {
        folder = path.map(withoutTrailingSlashes)
        self.byteLimit = byteLimit
    }

    /// 4 GiB.
    public static let defaultByteLimit = 4 << 30
    /// A training, an unlabelled and a development set, under two lengths.
    private static let recentLimit = 6

    /// What a person should hear of, each once.
    public func takeNotes() -> [String] {
        state.withLock { state in
            defer { state.notes = [] }
            return state.notes
        }
    }

    /// How often examples had to be cut.
    var cutCount: Int { state.withLock { $0.cutCount } }

    /// Texts as token sequences, found or made; throws `TokenizerError.impossibleBudget`.
    ///
    /// A folder that cannot be written is a note.
    /// - Complexity: O(bytes of the texts and tokens).
    func tokenized(
        _ texts: [TextInput], _ cutting: TextCutting, pool: WorkerPool
    ) throws -> TokenizedTexts {
        let key = cutting.key(texts)
        if let known = state.withLock({ $0.recent.first { $0.key == key }?.tokens }) { return known }
        let tokens: TokenizedTexts
        if let found = read(key, of: texts.count, cutting) {
            tokens = found
        } else {
            tokens = try cutting.cut(texts, pool: pool)
            state.withLock { $0.cutCount += 1 }
            write(tokens, key)
        }
        state.withLock { state in
            state.recent = state.recent.suffix(TokenCache.recentLimit - 1) + [(key, tokens)]
        }
        return tokens
    }

    // MARK: The folder

    private func path(_ key: TokenKey) -> String? { folder.map { "\($0)/\(key.name)\(TokenFile.suffix)" } }

    private func note(_ text: String) { state.withLock { $0.notes.append(text) } }

    private func read(_ key: TokenKey, of count: Int, _ cutting: TextCutting) -> TokenizedTexts? {
        guard let path = path(key), pathExists(path) else { return nil }
        do {
            let file = try InputFile(path: path)
            guard file.size <= TokenFile.byteLimit else { throw TokenFileProblem(what: "it has \(file.size) bytes") }
            return try TokenFile.tokens(
                file.read(at: 0, count: file.size), key: key, exampleCount: count, maximumLength: cutting.maximumLength,
                vocabularyCount: cutting.tokenizer.vocabulary.count)
        } catch let problem as TokenFileProblem {
            note("\(path): no tokens of this set (\(problem.what)); they are made again")
        } catch {
            note("\(error); the tokens are made again")
        }
        return nil
    }

    private func write(_ tokens: TokenizedTexts, _ key: TokenKey) {
        guard let path = path(key), let folder, let bytes = TokenFile.bytes(tokens, key: key),
            bytes.count <= byteLimit
        else { return }
        do {
            try makeFolder(of: path)
            var file = try AtomicFile(path: path, replacing: true)
            try file.write(bytes)
            try file.commit()
            try removeOldest(in: folder, but: path)
        } catch {
            note("tokens are not kept: \(error)")
        }
    }

    /// Removes files of ours, those written first before the others, until the rest fits.
    private func removeOldest(in folder: String, but kept: String) throws {
        var files: [(path: String, size: Int, date: Date)] = []
        for name in try folderEntries(folder) where TokenFile.isName(name) {
            // Another process may have removed it by now.
            guard let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)"),
                let size = facts[.size] as? Int, let date = facts[.modificationDate] as? Date
            else { continue }
            files.append(("\(folder)/\(name)", size, date))
        }
        var sum = files.reduce(0) { $0 + $1.size }
        for file in files.sorted(by: { ($0.date, $0.path) < ($1.date, $1.path) }) where file.path != kept {
            guard sum > byteLimit else { return }
            try? FileManager.default.removeItem(atPath: file.path)
            sum -= file.size
        }
    }
}
