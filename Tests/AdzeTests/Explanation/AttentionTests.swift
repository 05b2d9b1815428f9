// Attention weights beside transformers', and the laws of what is made of them: means, normalizations, differences,
// rollout.

import AdzeTestSupport
import Foundation
import Testing

@testable import Adze

@Suite struct AttentionTests {
    static let text = "The oak beam was cut."

    func open(_ path: String = "models/seqcls-gelu") throws -> TextAttention {
        try TextAttention(contentsOf: URL(filePath: Fixtures.path(path)), threads: 2)
    }

    /// A map of made-up weights: (A, T, T) a layer.
    func made(_ weights: [[Float]], heads: Int, words: [String]) -> AttentionMap {
        let tokens = words.enumerated().map { index, word in
            TextToken(
                token: word, id: index, range: 0..<0, text: word.hasPrefix("[") ? "" : word, isOfPair: false,
                isSpecial: word.hasPrefix("["))
        }
        return AttentionMap(tokens: tokens, truncatedTokenCount: 0, headCount: heads, weights: weights)
    }

    @Test(arguments: [
        "models/seqcls-gelu", "models/bertmodel-pooler", "families/distilbert/base", "families/electra/base",
        "families/mpnet/base",
    ]) func weightsAreThoseOfTransformers(folder: String) throws {
        let attention = try open(folder)
        let golden = try parsed(folder + "/golden.json")
        let answers = try tensors(Fixtures.path(folder + "/golden.safetensors"))
        var checked = 0
        for (index, entry) in (golden["sequences"]?.array ?? []).enumerated() {
            guard let text = entry["text"]?.string, !text.isEmpty else { continue }
            let map = try attention.map(of: TextInput(text, pair: entry["pair"]?.string))
            let expected = try answers.load("attentions.\(index)").floats()
            let found = try (0..<map.layerCount).flatMap { layer in
                try (0..<map.headCount).flatMap { head in
                    try map.tokens.indices.flatMap { try map.weights(layer: layer, head: head, token: $0) }
                }
            }
            #expect(largestDifference(found, expected) < 1e-5)
            checked += 1
        }
        #expect(checked >= 2)
    }

    @Test func selectionsAreThoseOfTheStudy() throws {
        let map = try open().map(of: TextInput(Self.text))
        let heads = try (0..<map.headCount).map { try map.weights(layer: 2, head: $0, token: 0) }
        let mean = heads[0].indices.map { index in heads.reduce(0) { $0 + $1[index] } / Float(heads.count) }
        #expect(largestDifference(try map.weights(.lastLayerAverage), mean) < 1e-6)
        #expect(try map.weights(.layerAverage(2)) == map.weights(.lastLayerAverage))
        #expect(try map.weights(.layerAverage(0)) == map.weights(.firstLayerAverage))
        #expect(try map.weights(.head(layer: 1, head: 2)) == map.weights(.custom(layer: 1, head: 2, token: 0)))
        #expect(try map.weights(.custom(layer: 1, head: 2, token: 3)) != map.weights(.head(layer: 1, head: 2)))
        let selections: [AttentionSelection] = [
            .firstLayerAverage, .lastLayerAverage, .layerAverage(1), .head(layer: 1, head: 0),
            .custom(layer: 1, head: 0, token: 2),
        ]
        #expect(
            selections.map(\.name) == [
                "first_layer_heads_average", "last_layer_heads_average", "nth_layer_heads_average",
                "nth_layer_mth_head", "custom",
            ])
    }

    @Test func whatIsNotThereIsRefused() throws {
        let map = try open().map(of: TextInput(Self.text))
        #expect(throws: AttentionError.noSuchLayer(3, count: 3)) { try map.weights(.layerAverage(3)) }
        #expect(throws: AttentionError.noSuchHead(-1, count: 3)) { try map.weights(.head(layer: 0, head: -1)) }
        #expect(throws: AttentionError.noSuchToken(99, count: map.tokenCount)) {
            try map.weights(.custom(layer: 0, head: 0, token: 99))
        }
        #expect(throws: AttentionError.self) { try map.rollout(token: map.tokenCount) }
        for text in ["", "  \n"] {
            #expect(throws: TextProblem.empty("text")) { try open().map(of: TextInput(text)) }
        }
        var windows = TextOptions()
        windows.longText = .window(stride: 2)
        #expect(throws: TaskError.self) { try open().map(of: TextInput(Self.text), options: windows) }
    }

    // MARK: Values

    @Test func minMaxReachesZeroAndOne() {
        #expect(AttentionNormalization.minMax.values([0.1, 0.3, 0.2]).map { ($0 * 1000).rounded() } == [0, 1000, 500])
        #expect(AttentionNormalization.minMax.values([0.25, 0.25]) == [0, 0])
        #expect(AttentionNormalization.minMax.values([]) == [])
    }

    /// The deviation of 1, 2, 3, 4 is the root of 5/3, not of 5/4.
    @Test func zScoresAreUnbiased() {
        let values = AttentionNormalization.zScore.values([1, 2, 3, 4])
        #expect(abs(values[3] - 1.5 / (5.0 / 3).squareRoot()) < 1e-12)
        #expect(abs(values.reduce(0, +)) < 1e-12)
        #expect(AttentionNormalization.zScore.values([0.5]) == [0])
        #expect(AttentionNormalization.zScore.values([0.5, 0.5]) == [0, 0])
        #expect(AttentionNormalization.raw.values([0.5]) == [0.5])
    }

    @Test func heatBeginsAtItsThreshold() {
        #expect([0.8, 0.6, 0.4, 0.2].map { HeatLevel($0) } == [.hottest, .hot, .warm, .mild])
        #expect([0.79999, 0.59999, 0.39999].map { HeatLevel($0) } == [.hot, .warm, .mild])
        #expect(HeatLevel(0.19999) == nil && HeatLevel(-1) == nil && HeatLevel(.nan) == nil)
        #expect(HeatLevel(7) == .hottest)
        #expect(HeatLevel.allCases.map(\.color) == [0xFF2D00, 0xFC5430, 0xFE7D61, 0xFDA895])
    }

    @Test func specialTokensAreLeftOutBeforeNormalizing() throws {
        let map = made(
            [[0.7, 0.2, 0.1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]], heads: 1, words: ["[CLS]", "a", "b", "[SEP]"])
        let plain = try AttentionReport(map, of: "ab")
        #expect(plain.shown == [1, 2] && plain.values == [1, 0])
        let all = try AttentionReport(map, of: "ab", showsSpecialTokens: true)
        #expect(all.shown == [0, 1, 2, 3] && all.values[0] == 1 && all.values[3] == 0)
    }

    @Test func aModelHasNoMoreThanItself() throws {
        let map = try open().map(of: TextInput(Self.text))
        let report = try AttentionReport(map, of: TextInput(Self.text), before: map)
        #expect(report.values.allSatisfy { $0 == 0 } && report.before?.max() == 1)
    }

    @Test func modelsOfAnotherShapeAreNotCompared() throws {
        let one = made([[0.5, 0.5, 0.5, 0.5]], heads: 1, words: ["a", "b"])
        let words = made([[0.5, 0.5, 0.5, 0.5]], heads: 1, words: ["a", "c"])
        let longer = made([[Float](repeating: 1 / 3, count: 9)], heads: 1, words: ["a", "b", "c"])
        let layers = made([[0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5]], heads: 1, words: ["a", "b"])
        let heads = made([[Float](repeating: 0.5, count: 8)], heads: 2, words: ["a", "b"])
        func refusal(_ other: AttentionMap) -> AttentionError? {
            do throws(AttentionError) {
                _ = try AttentionReport(one, of: "ab", before: other)
                return nil
            } catch { return error }
        }
        #expect(refusal(words)?.description.contains("token 1 of the text is 'b'") == true)
        #expect(refusal(longer)?.description.contains("token 2 of the text is missing") == true)
        #expect(refusal(layers) == .otherLayers(first: 1, second: 2))
        #expect(refusal(heads) == .otherHeads(first: 1, second: 2))
        #expect(refusal(one) == nil)
    }

    // MARK: Rollout

    @Test func rolloutOfUniformAttentionForgetsByHalves() throws {
        let uniform = [Float](repeating: 0.25, count: 2 * 16)
        let map = made([uniform, uniform, uniform], heads: 2, words: ["a", "b", "c", "d"])
        let flow = try map.rollout(token: 1)
        for (index, share) in flow.enumerated() {
            #expect(abs(share - (index == 1 ? 0.25 + 0.125 * 0.75 : 0.25 * 0.875)) < 1e-6)
        }
    }

    @Test func rolloutLosesNothingAndHasOneForm() throws {
        let map = try open().map(of: TextInput(Self.text))
        let all = map.rollout()
        for token in map.tokens.indices {
            let row = try map.rollout(token: token)
            #expect(abs(row.reduce(0, +) - 1) < 1e-5)
            #expect(row == Array(all[token * map.tokenCount..<(token + 1) * map.tokenCount]))
        }
    }

    // MARK: Texts

    @Test func tokensCarryTheTextAsItWasWritten() throws {
        let input = TextInput("The  OAK beam!", pair: "Sawing.")
        let map = try open().map(of: input)
        let first = map.tokens.filter { !$0.isSpecial && !$0.isOfPair }
        #expect(first.map(\.text).joined() == "TheOAKbeam!")
        #expect(map.tokens.filter(\.isOfPair).map(\.text).joined() == "Sawing.")
        let pieces = TextPiece.pieces(of: map.tokens, in: input, isCut: false) { _ in false }
        let text = pieces.map { piece in
            switch piece {
            case .plain(let text), .token(_, let text): text
            }
        }
        #expect(text.joined() == "The  OAK beam! Sawing.")
    }

    @Test func whatWasCutOffIsAnEllipsis() throws {
        var options = TextOptions()
        options.maximumLength = 4
        for (side, expected) in [(LongText.head, "The oak …"), (.tail, "… cut.")] {
            options.longText = side
            let map = try open().map(of: TextInput(Self.text), options: options)
            let report = try AttentionReport(map, of: TextInput(Self.text))
            #expect(report.pieces.map(\.text).joined() == expected)
            #expect(map.truncatedTokenCount == 4)
        }
    }

    @Test func threadsChangeNoBit() throws {
        let path = URL(filePath: Fixtures.path("models/seqcls-gelu"))
        let found = try [1, 2, 3].map {
            try TextAttention(contentsOf: path, threads: $0).map(of: TextInput(Self.text)).matrix(layer: 2, head: 1)
        }
        #expect(found[0] == found[1] && found[1] == found[2])
    }
}
