// The tokenizer's files: what they make gives ids of its vocabulary for every text, and survives being exported and
// being described.

import AdzeBytes
import AdzeTokenization

extension FuzzTarget {
    /// `Tokenizer(files:)`. The input is up to five files and a text with a 0xFF after each; an empty file is none.
    public static let tokenizer = FuzzTarget("tokenizer") { bytes in
        let parts = bytes.split(separator: 0xFF, maxSplits: 5, omittingEmptySubsequences: false).map(Array.init)
        func part(_ index: Int) -> [UInt8]? { index < parts.count && !parts[index].isEmpty ? parts[index] : nil }
        let files = TokenizerFiles(
            [
                .vocabulary: part(1), .json: part(0), .config: part(2), .specialTokensMap: part(3),
                .addedTokens: part(4),
            ])
        guard let tokenizer = try unlessRefused({ try Tokenizer(files: files) }) else { return }
        let text = part(5) ?? Array("Hello, wörld! [CLS] x".utf8)
        try checkEncodings(tokenizer, text)
        try checkExported(tokenizer, text)
    }

    private static func checkEncodings(_ tokenizer: Tokenizer, _ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let ids = tokenizer.ids(of: text)
        let count = tokenizer.vocabulary.count
        try require(ids.allSatisfy { (0..<count).contains(Int($0)) }, "an id outside the vocabulary")
        let scalars = text.unicodeScalars.count
        for length in [0, 1, 8, 512] {
            let encoding = tokenizer.encode(text, pair: "a pair", maximumLength: length, offsets: true)
            try require(encoding.ids.count <= length, "\(encoding.ids.count) ids where \(length) were asked for")
            try require(encoding.ids.allSatisfy { (0..<count).contains(Int($0)) }, "an id outside the vocabulary")
            try require(
                encoding.typeIDs.count == encoding.ids.count && encoding.offsets.count == encoding.ids.count
                    && encoding.specialTokensMask.count == encoding.ids.count,
                "parts of an encoding differ in length")
            try require(encoding.offsets.allSatisfy { $0.upperBound <= max(scalars, 6) }, "an offset past the text")
            let plain = tokenizer.encode(text, pair: "a pair", maximumLength: length)
            try require(plain.ids == encoding.ids, "offsets change the ids")
        }
        try require(
            tokenizer.encode(utf8: bytes.span, maximumLength: 64) == tokenizer.encode(text, maximumLength: 64),
            "raw bytes give another encoding")
        try checkWindows(tokenizer, text, ids)
    }

    /// Windows share what was asked and give all ids back.
    private static func checkWindows(_ tokenizer: Tokenizer, _ text: String, _ ids: [Int32]) throws {
        let stride = 2
        let length = tokenizer.specialTokenCount(pair: false) + 5
        guard
            let windows = try? tokenizer.encodeLong(text, maximumLength: length, strategy: .window(stride: stride))
        else { return }
        var all: [Int32] = []
        for (index, window) in windows.enumerated() {
            try require(window.ids.count <= length, "a window of \(window.ids.count) ids where \(length) fit")
            let own = Swift.zip(window.ids, window.specialTokensMask).filter { !$0.1 }.map(\.0)
            all += index == 0 ? own : Array(own.dropFirst(stride))
        }
        try require(all == ids, "the windows are not the text")
    }

    private static func checkExported(_ tokenizer: Tokenizer, _ text: [UInt8]) throws {
        let described = tokenizer.description
        let read = try parseJSON(Array(described.text.utf8))
        let again = try Tokenizer(tokens: tokenizer.vocabulary.tokens, settings: read)
        try require(again.vocabulary == tokenizer.vocabulary, "the description gives another vocabulary")
        try require(again.description.text == described.text, "the description changed when it was read")
        let files = TokenizerFiles(
            Dictionary(uniqueKeysWithValues: tokenizer.exportedFiles().map { ($0.file, $0.bytes) }))
        let imported: Tokenizer
        do {
            imported = try Tokenizer(files: files)
        } catch {
            throw Violation(description: "exported files are refused: \(error)")
        }
        try require(imported.vocabulary == tokenizer.vocabulary, "exported files give another vocabulary")
        try require(
            imported.description.text == described.text,
            "exported files give other settings: \(difference(imported.description, described))")
        let string = String(decoding: text, as: UTF8.self)
        try require(imported.ids(of: string) == tokenizer.ids(of: string), "exported files give other ids")
    }

    /// The keys in which two descriptions differ, with both values.
    private static func difference(_ found: JSONValue, _ expected: JSONValue) -> String {
        (found.object?.keys ?? []).filter { found[$0] != expected[$0] }
            .map { "\($0) \(found[$0]?.text ?? "") for \(expected[$0]?.text ?? "")" }.joined(separator: ", ")
    }
}
