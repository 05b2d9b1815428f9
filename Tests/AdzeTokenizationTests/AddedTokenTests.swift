// Words added to a tokenizer: what transformers' add_tokens answered (Tools/reference/make_added_token_golden.py), and
// where we differ on purpose.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Testing

@Suite struct AddedTokenTests {
    static func tokenizer(_ tokens: [String], lowercases: Bool = true) throws -> Tokenizer {
        var settings = TokenizerSettings()
        settings.normalizer.lowercases = lowercases
        settings.addedTokens = (0..<5).map { AddedToken(content: tokens[$0], id: $0) }
        return try Tokenizer(tokens: tokens, settings: settings)
    }

    static let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "play", "##ed", "co", "##vid", "a", "##b"]

    @Test func transformersAgrees() throws {
        let golden = try #require(parseJSON(Fixtures.bytes("tokenizer/added-tokens.json")).array)
        #expect(golden.count == 2)
        func strings(_ value: JSONValue?) throws -> [String] { try #require(value?.array).compactMap(\.string) }
        for record in golden {
            let lowercases = record["lowercases"] == .bool(true)
            let words = try strings(record["words"])
            let extended = try AddedTokenTests.tokenizer(strings(record["vocab"]), lowercases: lowercases).adding(words)
            #expect(extended.known.isEmpty && extended.added.map(\.token) == words)
            let ids = try #require(record["wordIDs"]?.array).compactMap(\.integer)
            #expect(words.map { extended.tokenizer.vocabulary.id(of: $0) } == ids)
            let copy = try Tokenizer(
                tokens: extended.tokenizer.vocabulary.tokens, settings: extended.tokenizer.description)
            for (text, expected) in zip(try strings(record["texts"]), try #require(record["ids"]?.array)) {
                let expected = (expected.array ?? []).compactMap(\.integer).map(Int32.init)
                #expect(extended.tokenizer.ids(of: text) == expected, "\(lowercases) \(quoted(text))")
                // What a file keeps of it is the same tokenizer.
                #expect(copy.ids(of: text) == expected)
            }
        }
    }

    @Test func piecesAreThoseOfTheOldTokenizer() throws {
        let extended = try AddedTokenTests.tokenizer(AddedTokenTests.vocabulary).adding(["Covid", "zebra"])
        #expect(extended.added.map(\.pieces) == [[7, 8], [1]])
        #expect(extended.tokenizer.tokens(of: "COVID ab") == ["Covid", "a", "##b"])
    }

    @Test func whatIsKnownIsPassedOver() throws {
        let tokenizer = try AddedTokenTests.tokenizer(AddedTokenTests.vocabulary)
        let extended = try tokenizer.adding(["play", "Play", "covid", "COVID", "", "[CLS]", "##ed"])
        #expect(extended.added.map(\.token) == ["covid"])
        #expect(extended.known == ["play", "Play", "COVID", "[CLS]", "##ed"])
        #expect(extended.tokenizer.tokens(of: "played") == ["play", "##ed"])
        #expect(try extended.tokenizer.adding(["Covid"]).known == ["Covid"])
        #expect(try tokenizer.adding([]).tokenizer.vocabulary == tokenizer.vocabulary)
    }

    @Test func whatTextsNeverKeepIsRefused() throws {
        let tokenizer = try AddedTokenTests.tokenizer(AddedTokenTests.vocabulary)
        for word in [" ", "\u{0}", "\u{200B}", "\u{301}"] {
            let error = #expect(throws: TokenizerError.self) { try tokenizer.adding([word]) }
            #expect(error?.description.contains("no character that the tokenizer keeps") == true, "\(quoted(word))")
        }
        #expect(throws: TokenizerError.self) { try tokenizer.adding([String(repeating: "x", count: 1025)]) }
    }

    @Test func aHundredThousandWords() throws {
        let words = (0..<100_000).map { "word\($0)" }
        let extended = try AddedTokenTests.tokenizer(AddedTokenTests.vocabulary).adding(words)
        #expect(extended.added.count == 100_000)
        // The longest match: word9 and word99 are tokens too.
        #expect(extended.tokenizer.tokens(of: "word99999 word7x") == ["word99999", "word7", "[UNK]"])
    }
}
