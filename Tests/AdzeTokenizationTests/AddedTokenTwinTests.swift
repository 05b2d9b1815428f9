// Added tokens that are the same once normalized, that stand in each other's white space, and many of them: transformers
// runs such files. Where it chooses by chance, the choice here is said.

import AdzeBytes
import AdzeTokenization
import Testing

@Suite struct AddedTokenTwinTests {
    private func token(_ content: String, _ id: Int, _ flags: String = "") -> String {
        #"{"id":\#(id),"content":"\#(content)","special":false,"normalized":true\#(flags)}"#
    }

    private func tokenizer(_ tokens: [String], lowercases: Bool = true) throws -> Tokenizer {
        let normalizer = #"{"type":"BertNormalizer","lowercase":\#(lowercases)}"#
        return try Tokenizer(
            files: TokenizerFiles(
                [
                    .json: tokenizerJSON([
                        "added_tokens": "[\(tokens.joined(separator: ","))]", "normalizer": normalizer,
                    ])
                ]))
    }

    /// Covid and covid, a heart with and without a variation selector, é composed and not.
    @Test(arguments: [["Covid", "covid"], ["❤", "❤\u{FE0F}"], ["caf\u{E9}", "cafe\u{301}"]])
    func twinsAreReadAndTheLowerIDIsFound(_ words: [String]) throws {
        let tokenizer = try tokenizer([token(words[0], 13), token(words[1], 14)])
        #expect(tokenizer.ids(of: "\(words[0]) \(words[1])") == [13, 13])
        #expect(tokenizer.vocabulary.count == 15)
        #expect(tokenizer.notes.contains { $0.contains("the same as another once normalized") })
        let copy = try Tokenizer(tokens: tokenizer.vocabulary.tokens, settings: tokenizer.description)
        #expect(copy.ids(of: words[1]) == [13])
        #expect(copy.notes.count == 1)
    }

    @Test func theSpecialTwinIsFound() throws {
        let special = #"{"id":14,"content":"covid","special":true,"normalized":true}"#
        #expect(try tokenizer([token("Covid", 13), special]).ids(of: "Covid COVID") == [14, 14])
    }

    /// Where nothing is lower-cased or decomposed, canonical equivalence makes no twins.
    @Test func bytesTellTokensApart() throws {
        let tokenizer = try tokenizer([token("caf\u{E9}", 13), token("cafe\u{301}", 14)], lowercases: false)
        #expect(tokenizer.ids(of: "caf\u{E9} cafe\u{301}") == [13, 14])
        #expect(!tokenizer.notes.contains { $0.contains("once normalized") })
        let config = #"{"additional_special_tokens":["caf\u00e9","cafe\u0301"]}"#
        let named = try Tokenizer(
            files: TokenizerFiles([.json: tokenizerJSON(), .config: bytes(config)]))
        #expect(named.ids(of: "caf\u{E9}cafe\u{301}") == [13, 14])
    }

    /// The reference's library panics here.
    @Test func aTokenInSwallowedWhiteSpaceStripsNothing() throws {
        let tokens = [
            #"{"id":13,"content":"<a>","rstrip":true,"special":true}"#,
            #"{"id":14,"content":"\t","lstrip":true,"special":true}"#,
        ]
        let tokenizer = try tokenizer(tokens)
        for text in ["<a> \t x", "<a>\t\t x", "<a>\t", "\t<a>"] {
            let encoding = tokenizer.encode(text, maximumLength: 20, offsets: true)
            #expect(tokenizer.encode(text, maximumLength: 20).ids == encoding.ids)
            #expect(encoding.ids.contains(13) && encoding.ids.contains(14))
            #expect(encoding.offsets.allSatisfy { $0.upperBound <= text.unicodeScalars.count })
        }
    }

    /// Each of them swallows all white space that follows: a search from each would take the square of the text's length.
    @Test func swallowedWhiteSpaceIsSoughtOnce() throws {
        let tokenizer = try tokenizer([#"{"id":13,"content":"\u0020","rstrip":true,"special":true}"#])
        let text = String(repeating: " ", count: 200_000)
        #expect(tokenizer.ids(of: text).count == 200_000)
        let encoding = tokenizer.encode(text, maximumLength: 300_000, offsets: true)
        #expect(encoding.offsets[1] == 0..<200_000 && encoding.offsets[200_000] == 199_999..<200_000)
    }

    @Test(arguments: ["additional_special_tokens", "extra_special_tokens"])
    func manySpecialTokensAreReadOnce(_ key: String) throws {
        let names = (0..<200_000).map { "\"<extra_\($0)>\"" }.joined(separator: ",")
        let tokenizer = try Tokenizer(
            files: TokenizerFiles(
                [.json: tokenizerJSON(), .config: bytes("{\"\(key)\":[\(names),\(names)]}")]))
        #expect(tokenizer.vocabulary.count == 200_013)
        #expect(tokenizer.ids(of: "<extra_199999><extra_0>") == [200_012, 13])
    }
}
