// Windows over a second text, word numbers, and tokens back to text.

import AdzeBytes
import AdzeTestSupport
import Testing

@testable import AdzeTokenization

@Suite struct PairWindowTests {
    static let tokens = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "un", "##a", "##b", ".", "'", "don", "t", "東",
        "##.",
        "do not",
    ]

    func tokenizer(closesUpSpaces: Bool = false) throws -> Tokenizer {
        var settings = TokenizerSettings()
        settings.closesUpSpaces = closesUpSpaces
        settings.addedTokens = (0..<5).map { AddedToken(content: Self.tokens[$0], id: $0) }
        return try Tokenizer(tokens: Self.tokens, settings: settings)
    }

    /// Every token of the second text is in a window, in order, and neighbours share the stride exactly.
    @Test func windowsCoverTheSecondText() throws {
        let tokenizer = try tokenizer()
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            func text(_ count: ClosedRange<Int>) -> String {
                (0..<Int.random(in: count, using: &random)).map { _ in
                    ["a", "una", "b.", "東c", " ", "xyz"].randomElement(using: &random) ?? ""
                }.joined(separator: " ")
            }
            let (first, second) = (text(0...4), text(0...40))
            let stride = Int.random(in: 0...5, using: &random)
            let used = tokenizer.ids(of: first).count + 3
            let limit = used + stride + Int.random(in: 1...9, using: &random)
            let windows = try tokenizer.encodeWindows(
                first, pair: second, maximumLength: limit, stride: stride, offsets: true)
            let counted = try tokenizer.pairWindows(
                first, pair: second, maximumLength: limit, stride: stride, offsets: true)
            #expect(counted.count == windows.count && counted[windows.count - 1] == windows.last)
            // The last window is the first that reaches the end, so that none is made in vain.
            #expect(windows.dropFirst().allSatisfy { $0.secondText.count > stride })
            var covered: [Int32] = []
            for (number, window) in windows.enumerated() {
                let part = Array(window.ids[window.secondText])
                if number > 0 { #expect(covered.suffix(stride).elementsEqual(part.prefix(stride))) }
                covered += part.dropFirst(number > 0 ? stride : 0)
                #expect(
                    window.ids.count <= limit
                        && window.ids.prefix(used - 1).elementsEqual(windows[0].ids.prefix(used - 1)))
                #expect(window.words.count == window.ids.count && window.offsets.count == window.ids.count)
                #expect(zip(window.words, window.specialTokensMask).allSatisfy { ($0 == -1) == $1 })
            }
            #expect(covered == tokenizer.ids(of: second))
        }
    }

    /// What `tokenizers` gives with truncation from the left: the first window is the end of the text.
    @Test func windowsBeginAtTheEndWhereTheLeftSideGivesWay() throws {
        var settings = try tokenizer().settings
        settings.truncationSide = .left
        let tokenizer = try Tokenizer(tokens: Self.tokens, settings: settings)
        let cases: [(text: String, stride: Int, limit: Int, windows: [[Int32]])] = [
            ("a b c a b c a b c", 1, 8, [[7, 5, 6, 7], [7, 5, 6, 7], [5, 6, 7]]),
            ("a b c a b c a b c a", 2, 9, [[7, 5, 6, 7, 5], [7, 5, 6, 7, 5], [5, 6, 7, 5]]),
            ("a b c a b c a", 1, 8, [[5, 6, 7, 5], [5, 6, 7, 5]]), ("a b c", 1, 8, [[5, 6, 7]]),
        ]
        for (text, stride, limit, expected) in cases {
            let windows = try tokenizer.encodeWindows("a", pair: text, maximumLength: limit, stride: stride)
            #expect(windows.map { Array($0.ids[$0.secondText]) } == expected)
        }
    }

    @Test func roomThatBringsNothingNewIsRefused() throws {
        let tokenizer = try tokenizer()
        let long = "a b c a b c a b c"
        for (limit, stride) in [(8, 4), (7, 3), (4, 0), (0, 0), (-5, 0), (8, -1), (8, Int.max), (Int.min, 2)] {
            #expect(throws: TokenizerError.self) {
                try tokenizer.encodeWindows("a", pair: long, maximumLength: limit, stride: stride)
            }
        }
        #expect(try tokenizer.encodeWindows("a", pair: long, maximumLength: 13, stride: 50).count == 1)
        #expect(try tokenizer.encodeWindows("a", pair: "", maximumLength: 4, stride: 0).count == 1)
    }

    @Test func wordsAreNumberedAsTheyStand() throws {
        let encoding = try tokenizer().encode(
            "una b.[MASK]xyz 東東", pair: "unab", maximumLength: 50, offsets: true)
        #expect(encoding.words == [-1, 0, 0, 1, 2, 3, 4, 5, 6, -1, 0, 0, 0, -1])
        #expect(encoding.secondText == 10..<13)
        #expect(try tokenizer().encode("una", maximumLength: 9).words.isEmpty)
        let cut = try tokenizer().encode("una", pair: "unab", maximumLength: 2, offsets: true)
        #expect(cut.words.count == 2 && cut.offsets.count == 2 && cut.secondText.isEmpty)
    }

    /// What the library's decoder answers, by `decoders.WordPiece(prefix="##").decode`.
    @Test func tokensBecomeTextAsTheDecoderWritesThem() throws {
        let tokenizer = try tokenizer()
        let cases: [([String], String)] = [
            ([], ""), (["##ing"], "##ing"), (["a", "####b"], "a##b"), (["x y . z"], "x y. z"), ([". a ."], ". a."),
            (["do not", "do not"], "do not don't"),
            (
                ["a", ".", "##b", "##.", "' x", "don", "'", "t", "n't", ".", "a do not b c .", "##"],
                "a.b.'x don ' tn't. a don't b c."
            ),
        ]
        for (tokens, text) in cases { #expect(tokenizer.string(of: tokens) == text) }
        #expect(tokenizer.string(of: [2, 5, 9, 1, 11, 3, -4, 999]) == "[CLS] aa [UNK]. [SEP]")
        #expect(tokenizer.string(of: [2, 5, 9, 1, 11, 3, -4, 999], skippingSpecialTokens: true) == "aa.")
    }

    /// `clean_up_tokenization_spaces` of tokenizer_config.json reaches the text of ids, and travels with the settings.
    @Test func spacesAreClosedUpWhereTheModelSaysSo() throws {
        let ids: [Int32] = [13, 12, 14, 11]
        #expect(try tokenizer().string(of: ids) == "don ' t.")
        #expect(try tokenizer(closesUpSpaces: true).string(of: ids) == "don't.")
        #expect(try tokenizer().description["closesUpSpaces"] == nil)
        let description = try tokenizer(closesUpSpaces: true).description
        #expect(try Tokenizer(tokens: Self.tokens, settings: description).settings.closesUpSpaces)
        let vocabulary = Array(Self.tokens.joined(separator: "\n").utf8)
        for (value, expected) in [("true", true), ("false", false), ("null", false)] {
            let config = Array("{\"clean_up_tokenization_spaces\":\(value)}".utf8)
            let read = try Tokenizer(files: TokenizerFiles([.vocabulary: vocabulary, .config: config]))
            #expect(read.settings.closesUpSpaces == expected)
        }
    }
}
