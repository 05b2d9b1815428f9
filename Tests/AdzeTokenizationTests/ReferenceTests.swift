// Answers of the reference library, recorded by Tools/reference/make_tokenizer_golden.py: blocks of scalars as hashes,
// hard texts as ids and offsets, truncation. Not here: files and refusals.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Testing

/// The recorded answers and the vocabulary that they are about.
private struct Golden {
    let json: JSONValue
    let tokens: [String]
    let texts: [String]

    init() throws {
        json = try parseJSON(Fixtures.bytes("tokenizer/golden.json"))
        let scalars = try Golden.scalars(of: #require(json["ranges"]))
        tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + scalars.map(String.init) + scalars.map { "##\($0)" }
        texts = try #require(json["texts"]?.array).compactMap(\.string)
    }

    /// The scalars of a list of half-open ranges.
    static func scalars(of ranges: JSONValue) throws -> [Unicode.Scalar] {
        try #require(ranges.array).flatMap { range in
            (UInt32(try integer(range, 0))..<UInt32(try integer(range, 1))).compactMap(Unicode.Scalar.init)
        }
    }

    static func integer(_ list: JSONValue, _ index: Int) throws -> Int { try #require(list.array?[index].integer) }

    /// A tokenizer of the vocabulary with the normalizer of a recorded configuration.
    func tokenizer(_ change: (inout TokenizerSettings) -> Void) throws -> Tokenizer {
        var settings = TokenizerSettings()
        settings.addedTokens = (0..<5).map { AddedToken(content: tokens[$0], id: $0) }
        change(&settings)
        return try Tokenizer(tokens: tokens, settings: settings)
    }

    static func ids(_ value: JSONValue?) -> [Int32] { (value?.array ?? []).compactMap(\.integer).map(Int32.init) }
}

@Suite struct ReferenceTests {
    @Test func everyConfigurationAgrees() throws {
        let golden = try Golden()
        let configurations = try #require(golden.json["configs"]?.array)
        #expect(configurations.count == 4)
        for configuration in configurations {
            let tokenizer = try golden.tokenizer {
                $0.normalizer.lowercases = configuration["lowercases"] == .bool(true)
                $0.normalizer.stripsAccents = configuration["stripsAccents"]?.bool
                $0.normalizer.separatesCJK = configuration["separatesCJK"] == .bool(true)
            }
            try hashesAgree(golden, configuration, tokenizer)
            let expected = try #require(configuration["ids"]?.array)
            for (text, ids) in zip(golden.texts, expected) {
                #expect(tokenizer.ids(of: text) == Golden.ids(ids), "\(quoted(text))")
            }
            guard let offsets = configuration["offsets"]?.array else { continue }
            for (index, text) in golden.texts.enumerated() {
                let encoding = tokenizer.encode(text, maximumLength: 1000, offsets: true)
                // The aligned pass must find the same tokens as the direct one.
                #expect(encoding.ids.dropFirst().dropLast().elementsEqual(Golden.ids(expected[index])))
                let flat = encoding.offsets.dropFirst().dropLast().flatMap { [$0.lowerBound, $0.upperBound] }
                #expect(flat == (offsets[index].array ?? []).compactMap(\.integer), "\(quoted(text))")
            }
        }
    }

    /// Each block of 256 scalars, alone and inside a word.
    private func hashesAgree(_ golden: Golden, _ configuration: JSONValue, _ tokenizer: Tokenizer) throws {
        let hashes = try #require(configuration["hashes"]?.array).compactMap(\.string)
        var number = 0
        for block in try #require(golden.json["blocks"]?.array) {
            let high = UInt32(try Golden.integer(block, 1))
            for start in stride(from: UInt32(try Golden.integer(block, 0)), to: high, by: 256) {
                let scalars = (start..<min(start + 256, high)).compactMap(Unicode.Scalar.init).map(String.init)
                let text =
                    scalars.joined(separator: " ") + " " + scalars.map { "a\($0)b" }.joined(separator: " ")
                let encoding = tokenizer.encode(text, maximumLength: 10_000)
                #expect(fnv(encoding.ids) == hashes[number], "block at \(String(start, radix: 16))")
                number += 1
            }
        }
        #expect(number == hashes.count)
    }

    private func fnv(_ numbers: [Int32]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for number in numbers {
            for shift in stride(from: 0, to: 32, by: 8) {
                hash = (hash ^ UInt64(UInt8(truncatingIfNeeded: number >> shift))) &* 0x100_0000_01B3
            }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @Test func addedTokensOfEveryKind() throws {
        let golden = try Golden()
        let added = try #require(golden.json["addedTokens"]?.array).map { value in
            var token = AddedToken(
                content: try #require(value["content"]?.string), id: try #require(value["id"]?.integer))
            token.singleWord = value["single_word"] == .bool(true)
            token.stripsLeft = value["lstrip"] == .bool(true)
            token.stripsRight = value["rstrip"] == .bool(true)
            token.normalized = value["normalized"] == .bool(true)
            return token
        }
        let more = added.filter { $0.id >= golden.tokens.count }.sorted { $0.id < $1.id }.map(\.content)
        var settings = TokenizerSettings()
        settings.addedTokens = added
        let tokenizer = try Tokenizer(
            tokens: golden.tokens + more, modelCount: golden.tokens.count, settings: settings)
        let expected = try #require(golden.json["addedIDs"]?.array)
        for (text, ids) in zip(golden.texts, expected) {
            #expect(tokenizer.ids(of: text) == Golden.ids(ids), "\(quoted(text))")
        }
    }

    @Test func truncationOfBothSides() throws {
        let golden = try Golden()
        let right = try golden.tokenizer { _ in }
        let left = try golden.tokenizer { $0.truncationSide = .left }
        for row in try #require(golden.json["truncations"]?.array) {
            let strategy = try #require(row["strategy"]?.string.flatMap(Truncation.init(rawValue:)))
            let encoding = (row["side"]?.string == "left" ? left : right).encode(
                try #require(row["text"]?.string), pair: row["pair"]?.string,
                maximumLength: try #require(row["limit"]?.integer), truncation: strategy)
            #expect(encoding.ids == Golden.ids(row["ids"]), "\(row.text)")
            #expect(encoding.typeIDs == Golden.ids(row["types"]))
            #expect(encoding.specialTokensMask.map { $0 ? 1 : 0 } == Golden.ids(row["mask"]))
        }
    }
}
