// Pages of attention: hostile texts stay words, no script but ours may run, the bytes are few and give the weights back.

import AdzeBytes
import Crypto
import Foundation
import Testing

@testable import Adze
@testable import AdzeInsight

@Suite struct AttentionPageTests {
    private func map(_ words: [String], layers: Int, heads: Int) -> AttentionMap {
        var offset = 0
        let tokens = words.enumerated().map { index, word in
            defer { offset += word.unicodeScalars.count }
            return TextToken(
                token: word, id: index, range: offset..<offset + word.unicodeScalars.count, text: word, isOfPair: false,
                isSpecial: false)
        }
        let count = words.count
        let weights = (0..<layers).map { _ in
            (0..<heads * count).flatMap { number -> [Float] in
                let row = (0..<count).map { Float(($0 * 7919 + number * 104_729) % 251 + 1) }
                let sum = row.reduce(0, +)
                return row.map { $0 / sum }
            }
        }
        return AttentionMap(tokens: tokens, truncatedTokenCount: 0, headCount: heads, weights: weights)
    }

    private func page(_ words: [String], layers: Int = 2, heads: Int = 2) throws -> String {
        let report = try AttentionReport(
            map(words, layers: layers, heads: heads), of: TextInput(words.joined()), showsSpecialTokens: true)
        return AttentionPage.html(report, .none("none here"), title: "<i>t</i>")
    }

    @Test func theScriptIsTheOneThatThePolicyKnows() throws {
        let page = try page(["a", "b"])
        let parts = page.components(separatedBy: "<script>")
        #expect(parts.count == 2)
        let code = try #require(parts.last?.components(separatedBy: "</script>").first)
        let hash = Data(SHA256.hash(data: Data(code.utf8))).base64EncodedString()
        #expect(page.contains("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(hash)'\""))
        #expect("\(PageScript.attention.hash)" == hash)
    }

    @Test func hostileTextsStayWords() throws {
        let page = try page(["<script>alert(1)</script>", "\" onload=\"x", "</div>", "\u{202E}", "'"])
        #expect(page.components(separatedBy: "<script>").count == 2 && !page.contains("onload=\"x"))
        #expect(!page.contains("<i>t</i>") && page.contains("[U+202E]"))
        let outside = page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
        #expect(!outside.contains("http://") && !outside.contains("https://") && !outside.contains("url("))
        #expect(page.contains("none here") && page.contains("not why it answered"))
    }

    @Test func longTextsStayBelowTwoMegabytes() throws {
        let page = try page((0..<512).map { "w\($0) " }, layers: 1, heads: 2)
        #expect(page.utf8.count < 2_000_000 && page.utf8.count > 900_000)
        #expect(page.contains("weights of 3 of the 4 pictures"))
    }

    @Test func codesGiveTheWeightsBack() throws {
        let map = map(["a", "b", "c", "d", "e"], layers: 2, heads: 3)
        let report = try AttentionReport(map, of: "abcde", selection: .head(layer: 1, head: 2))
        let data = AttentionData(report)
        #expect(data.isWhole && data.full.first == 6 && data.viewCount == 9 && data.fullRows.count == 9 * 5 * 9)
        for (place, view) in data.full.enumerated() where view < 8 {
            let (layer, head) = (view / 4, view % 4)
            for token in 0..<5 {
                let bytes = data.fullRows[(place * 5 + token) * 9..<(place * 5 + token + 1) * 9]
                let bits = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                let found = bytes.dropFirst(4).map { Float($0) * Float(bitPattern: bits) }
                let expected = try map.weights(layer: layer, head: head == 3 ? nil : head, token: token)
                for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 0.003) }
            }
        }
    }

    @Test func bytesAreBase64() {
        for text in ["", "f", "fo", "foo", "foob", "fooba", "foobar"] {
            #expect(base64(Array(text.utf8)) == Data(text.utf8).base64EncodedString())
        }
        let all = (0...255).map { UInt8($0) }
        #expect(base64(all) == Data(all).base64EncodedString())
    }
}
