// Laws of the tokenizer that need no reference: frames, budgets, long texts, descriptions, sizes. Not here: agreement
// with the reference library, or files that are refused.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Testing

/// Words "w0" to "w99" and letters, so that a text's tokens can be read off.
private func numbered(_ change: (inout TokenizerSettings) -> Void = { _ in }) throws -> Tokenizer {
    var settings = TokenizerSettings()
    settings.addedTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].enumerated().map {
        AddedToken(content: $1, id: $0)
    }
    change(&settings)
    return try Tokenizer(
        tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + (0..<100).map { "w\($0)" } + ["x", "##x", "é", "e"],
        settings: settings)
}

private func text(_ range: Range<Int>) -> String { range.map { "w\($0)" }.joined(separator: " ") }

@Suite struct TokenizerTests {
    @Test func frameOfOneAndOfTwo() throws {
        let tokenizer = try numbered()
        let single = tokenizer.encode("w1 [SEP]", maximumLength: 10)
        #expect(single.ids == [2, 6, 3, 3])
        #expect(single.typeIDs == [0, 0, 0, 0])
        #expect(single.specialTokensMask == [true, false, false, true])
        #expect(single.offsets.isEmpty && !single.wasTruncated)
        let pair = tokenizer.encode("w1", pair: "w2 w3", maximumLength: 10, offsets: true)
        #expect(pair.ids == [2, 6, 3, 7, 8, 3])
        #expect(pair.typeIDs == [0, 0, 0, 1, 1, 1])
        #expect(pair.offsets == [0..<0, 0..<2, 0..<0, 0..<2, 3..<5, 0..<0])
        #expect(tokenizer.specialTokenCount(pair: false) == 2 && tokenizer.specialTokenCount(pair: true) == 3)
    }

    @Test func offsetsCountScalarsAndNotCharacters() throws {
        let encoding = try numbered { $0.normalizer.stripsAccents = false }.encode(
            "👩‍👩‍👧 e\u{301} x", maximumLength: 9, offsets: true)
        // The family is five scalars; "e" and the accent are two, and together no known word.
        #expect(encoding.offsets == [0..<0, 0..<5, 6..<8, 9..<10, 0..<0])
    }

    @Test func noEncodingIsLongerThanAsked() throws {
        let tokenizer = try numbered()
        for limit in [Int.min, -1, 0, 1, 2, 3, 4, 5, 9, Int.max] {
            for truncation in Truncation.allCases {
                for pair in [nil, "", "w1", text(5..<9)] {
                    for first in ["", "w1", text(0..<9)] {
                        let encoding = tokenizer.encode(
                            first, pair: pair, maximumLength: limit, truncation: truncation, offsets: true)
                        let whole = tokenizer.encode(first, pair: pair, maximumLength: 100)
                        #expect(encoding.ids.count == encoding.typeIDs.count)
                        #expect(encoding.ids.count == encoding.offsets.count)
                        #expect(encoding.ids.count == encoding.specialTokensMask.count)
                        if truncation == .doNotTruncate || limit >= whole.ids.count {
                            #expect(encoding.ids == whole.ids && !encoding.wasTruncated)
                        } else {
                            #expect(encoding.ids.count == max(0, limit))
                        }
                    }
                }
            }
        }
    }

    @Test func countsWhatIsCutOff() throws {
        let encoding = try numbered().encode(text(0..<20), pair: text(20..<24), maximumLength: 13)
        #expect(encoding.truncatedTokenCount == 14)
        #expect(encoding.ids == [2, 5, 6, 7, 8, 9, 10, 3, 25, 26, 27, 28, 3])
    }

    @Test func wordsBeyondTheLimitAreUnknown() throws {
        let tokenizer = try numbered()
        #expect(tokenizer.ids(of: String(repeating: "x", count: 100)).count == 100)
        #expect(tokenizer.ids(of: String(repeating: "x", count: 101)) == [1])
        #expect(tokenizer.ids(of: "xy x") == [1, 105])
    }

    @Test func rawBytesAreRepairedAsStringsAre() throws {
        let tokenizer = try numbered()
        let bytes: [UInt8] = [0x77, 0x31, 0x20, 0xFF, 0x78, 0xED, 0xA0, 0x80, 0x20, 0x77, 0x32, 0xC3]
        let encoding = tokenizer.encode(utf8: bytes.span, maximumLength: 10)
        #expect(encoding == tokenizer.encode(String(decoding: bytes, as: UTF8.self), maximumLength: 10))
        // The replacement character is cleaned away.
        #expect(encoding.ids == [2, 6, 105, 7, 3])
    }

    @Test(arguments: ["x", "\u{302E}\u{1D165}\u{300}", "[SEP]", "é ", " ", "中", "한", "\u{300}", "[MASK"])
    func muchOfOneThing(_ unit: String) throws {
        let tokenizer = try numbered { $0.addedTokens[4].stripsLeft = true }
        let long = String(repeating: unit, count: 60_000 / unit.utf8.count)
        let ids = tokenizer.encode(long, maximumLength: 512).ids
        #expect(ids.count <= 512)
        #expect(tokenizer.encode(long, maximumLength: 512, offsets: true).ids == ids)
    }

    /// A step that looked back over the text, or over a word without end, would need 10¹⁰ steps here.
    @Test(arguments: ["x", "w1", "##w1", "#", "w1 ", "zq ", "é", "[MASK", "w1\u{300}"])
    func veryMuchOfOneThing(_ unit: String) throws {
        let tokenizer = try numbered()
        let count = 200_000 / unit.utf8.count
        let ids = tokenizer.ids(of: String(repeating: unit, count: count))
        #expect(!ids.isEmpty && ids.count <= 200_000)
        if unit == "zq " { #expect(ids == [Int32](repeating: tokenizer.unknownID ?? -1, count: count)) }
        if unit == "x" { #expect(ids == [tokenizer.unknownID]) }
    }

    /// The direct pass and the aligned pass are two programs: they must agree on texts of every kind of scalar.
    @Test func bothPassesAgreeOnRandomScalars() throws {
        var random = SeededGenerator(seed: 5)
        let pools: [ClosedRange<UInt32>] = [
            0...0x7F, 0x80...0x24F, 0x300...0x36F, 0x370...0x1FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0x1D100...0x1D1FF,
            0x2000...0x303F, 0x41...0x7A, 0x10000...0x10FFFF,
        ]
        for configuration in 0..<8 {
            let tokenizer = try numbered {
                $0.normalizer.lowercases = configuration & 1 == 0
                $0.normalizer.stripsAccents = configuration & 2 == 0
                $0.normalizer.cleansText = configuration & 4 == 0
            }
            for _ in 0..<150 {
                var text = ""
                for _ in 0..<20 {
                    let pool = pools[Int.random(in: 0..<pools.count, using: &random)]
                    guard let scalar = Unicode.Scalar(UInt32.random(in: pool, using: &random)) else { continue }
                    text.unicodeScalars.append(scalar)
                }
                let direct = tokenizer.encode(text, maximumLength: 100)
                #expect(direct.ids == tokenizer.encode(text, maximumLength: 100, offsets: true).ids)
            }
        }
    }
}

// MARK: - Long texts

@Suite struct LongTextTests {
    private func ids(_ encoding: Encoding) -> [Int] { encoding.ids.dropFirst().dropLast().map { Int($0) - 5 } }

    @Test func headAndTailKeepWhatTheySay() throws {
        let tokenizer = try numbered()
        let long = text(0..<20)
        func one(_ strategy: LongText) throws -> Encoding {
            let encodings = try tokenizer.encodeLong(long, maximumLength: 9, strategy: strategy)
            #expect(encodings.count == 1 && encodings[0].truncatedTokenCount == 13)
            return encodings[0]
        }
        #expect(try ids(one(.head)) == [0, 1, 2, 3, 4, 5, 6])
        #expect(try ids(one(.tail)) == [13, 14, 15, 16, 17, 18, 19])
        #expect(try ids(one(.headAndTail)) == [0, 1, 2, 16, 17, 18, 19])
        #expect(try ids(one(.headThenTail(head: 2))) == [0, 1, 15, 16, 17, 18, 19])
        #expect(try ids(one(.headThenTail(head: 0))) == ids(one(.tail)))
        #expect(try ids(one(.headThenTail(head: 100))) == ids(one(.head)))
        #expect(try one(.head) == tokenizer.encode(long, maximumLength: 9))
    }

    @Test func aTextThatFitsIsTheSameForEveryStrategy() throws {
        let tokenizer = try numbered()
        for strategy in [LongText.head, .tail, .headAndTail, .headThenTail(head: 2), .window(stride: 2)] {
            for (first, second) in [("w1 w2", nil), ("", nil), ("w1", "w2"), ("", "")] {
                let encodings = try tokenizer.encodeLong(
                    first, pair: second, maximumLength: 7, strategy: strategy, offsets: true)
                #expect(encodings == [tokenizer.encode(first, pair: second, maximumLength: 7, offsets: true)])
            }
        }
    }

    @Test func windowsCoverEveryTokenAndShareTheStride() throws {
        let tokenizer = try numbered()
        for count in 1...25 {
            for stride in 0...4 {
                let windows = try tokenizer.encodeLong(
                    text(0..<count), maximumLength: 7, strategy: .window(stride: stride), offsets: true)
                var seen: [Int] = []
                for (number, window) in windows.enumerated() {
                    let found = ids(window)
                    #expect(window.ids.count <= 7 && window.ids.first == 2 && window.ids.last == 3)
                    #expect(window.offsets.count == window.ids.count && !window.wasTruncated)
                    if number > 0 {
                        #expect(Array(seen.suffix(stride)) == Array(found.prefix(stride)))
                        seen += found.dropFirst(stride)
                    } else {
                        seen = found
                    }
                }
                #expect(seen == Array(0..<count))
            }
        }
    }

    @Test func windowsOfAPairKeepTheSecondTextWhole() throws {
        let windows = try numbered().encodeLong(
            text(0..<5), pair: "w50 w51", maximumLength: 8, strategy: .window(stride: 1))
        #expect(windows.map(\.ids) == [[2, 5, 6, 7, 3, 55, 56, 3], [2, 7, 8, 9, 3, 55, 56, 3]])
        #expect(windows.allSatisfy { $0.typeIDs == [0, 0, 0, 0, 0, 1, 1, 1] })
    }

    @Test func impossibleBudgets() throws {
        let tokenizer = try numbered()
        func refused(_ strategy: LongText, _ limit: Int, pair: String? = nil) -> Bool {
            do {
                _ = try tokenizer.encodeLong(text(0..<20), pair: pair, maximumLength: limit, strategy: strategy)
                return false
            } catch {
                #expect(error.kind == .usage && !error.description.contains("\n"))
                return true
            }
        }
        for strategy in [LongText.head, .tail, .headAndTail, .window(stride: 0)] {
            for limit in [Int.min, -1, 0, 2] { #expect(refused(strategy, limit)) }
            #expect(!refused(strategy, 3))
            #expect(refused(strategy, 4, pair: "w1"))
        }
        #expect(refused(.window(stride: 5), 7))
        #expect(!refused(.window(stride: 4), 7))
        #expect(refused(.window(stride: -1), 7))
        #expect(refused(.window(stride: .max), 7))
        #expect(refused(.window(stride: 1), 9, pair: text(0..<5)))
        #expect(refused(.headAndTail, 9, pair: text(0..<6)))
        #expect(!refused(.head, 9, pair: text(0..<6)))
    }
}

// MARK: - Descriptions and exports

/// The files that a tokenizer is exported as.
func exported(_ tokenizer: Tokenizer) -> TokenizerFiles {
    TokenizerFiles(Dictionary(uniqueKeysWithValues: tokenizer.exportedFiles().map { ($0.file, $0.bytes) }))
}

@Suite struct TokenizerDescriptionTests {
    private func varied() throws -> [Tokenizer] {
        [
            try numbered(),
            try numbered {
                $0.normalizer.lowercases = false
                $0.normalizer.stripsAccents = true
                $0.normalizer.separatesCJK = false
                $0.maximumLength = 512
                $0.truncationSide = .left
                $0.model = .wordPiece(WordPiece(maximumWordLength: 7))
            },
            try Tokenizer(
                files: TokenizerFiles(
                    [.json: tokenizerJSON(["added_tokens": #"[{"id":13,"content":"Zü","rstrip":true}]"#])])),
            try numbered {
                $0.normalizer.cleansText = false
                $0.frames = .template(single: [.first(typeID: 1), .token("[SEP]", typeID: 0)], pair: $0.pair)
            },
        ]
    }

    @Test func descriptionAndTokensGiveTheTokenizerBack() throws {
        for tokenizer in try varied() {
            let written = tokenizer.description.text
            let again = try Tokenizer(
                tokens: tokenizer.vocabulary.tokens, settings: parseJSON(bytes(written)))
            #expect(again.settings == tokenizer.settings)
            #expect(again.vocabulary == tokenizer.vocabulary)
            #expect(again.description.text == written)
        }
    }

    @Test func exportedFilesGiveTheTokenizerBack() throws {
        for tokenizer in try varied() {
            let again = try Tokenizer(files: exported(tokenizer))
            #expect(again.vocabulary == tokenizer.vocabulary)
            for text in ["W1 x É [SEP] zü  zÜ  w2 中x", String(repeating: "x", count: 8)] {
                #expect(
                    again.encode(text, pair: text, maximumLength: 50)
                        == tokenizer.encode(text, pair: text, maximumLength: 50))
            }
            #expect(again.maximumLength == tokenizer.maximumLength)
            // Compared as truth values: a difference of thousands of bytes helps nobody.
            let isSame = again.exportedFiles().map(\.bytes) == tokenizer.exportedFiles().map(\.bytes)
            #expect(isSame)
        }
    }

    @Test func theExportedVocabularyIsOneTokenALine() throws {
        let tokenizer = try Tokenizer(files: TokenizerFiles([.json: tokenizerJSON()]))
        let file = tokenizer.exportedFiles().first { $0.file == .vocabulary }
        #expect(file?.bytes == bytes(smallVocabulary.joined(separator: "\n") + "\n"))
    }

    @Test func everyKeyOfADescriptionIsNeededAndNoOtherTaken() throws {
        let tokenizer = try numbered()
        let tokens = tokenizer.vocabulary.tokens
        let object = try #require(tokenizer.description.object)
        for key in object.keys {
            var less = object
            less[key] = nil
            #expect(throws: TokenizerError.self, "\(key)") {
                try Tokenizer(tokens: tokens, settings: .object(less))
            }
            for wrong: JSONValue in [.integer(-1), .array([.integer(1)]), .object([:])] {
                var other = object
                other[key] = wrong
                #expect(throws: TokenizerError.self, "\(key)") {
                    try Tokenizer(tokens: tokens, settings: .object(other))
                }
            }
        }
        var more = object
        more["extra"] = .null
        #expect(throws: TokenizerError.self) { try Tokenizer(tokens: tokens, settings: .object(more)) }
        #expect(throws: TokenizerError.self) { try Tokenizer(tokens: tokens, settings: .null) }
        #expect(throws: TokenizerError.self) { try Tokenizer(tokens: [], settings: .object(object)) }
        #expect(throws: TokenizerError.self) { try Tokenizer(tokens: tokens + ["x"], settings: .object(object)) }
    }

    @Test func settingsOutOfRangeAreRefused() throws {
        #expect(throws: TokenizerError.self) { try numbered { $0.model = .wordPiece(WordPiece(maximumWordLength: 0)) } }
        #expect(throws: TokenizerError.self) {
            try numbered { $0.model = .wordPiece(WordPiece(maximumWordLength: .max)) }
        }
        #expect(throws: TokenizerError.self) { try numbered { $0.maximumLength = 0 } }
        #expect(throws: TokenizerError.self) { try numbered { $0.frames = .template(single: [], pair: $0.pair) } }
        #expect(throws: TokenizerError.self) {
            try numbered { $0.frames = .template(single: $0.single, pair: [.first(typeID: 0)]) }
        }
    }
}
