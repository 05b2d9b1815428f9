// Entities against the token-classification pipeline: from its logits, and from the model itself.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@testable import Adze

@Suite struct EntityTests {
    /// Opened once for all tests.
    static let opened = Result {
        try EntityFinder(contentsOf: AnswerGolden("entities").url, precision: .fp32, threads: 2)
    }
    static let labels = ["E-LOC", "B-PER", "O", "I-PER", "MISC", "B-LOC"]

    func finder() throws -> EntityFinder { try Self.opened.get() }

    /// A case's options; the length is the input's.
    func options(_ entry: JSONValue, _ input: JSONValue) throws -> EntityOptions {
        var options = EntityOptions()
        options.aggregation = try #require(EntityAggregation(rawValue: entry.text("aggregation")))
        if let ignored = entry["ignore_labels"]?.array { options.ignoredLabels = ignored.compactMap(\.string) }
        options.maximumLength = try input.number("max_length")
        if let stride = input["stride"]?.integer { options.longText = .window(stride: stride) }
        return options
    }

    func expect(_ found: [Entity], _ entry: JSONValue, of text: String) throws {
        let expected = try #require(entry["result"]?.array)
        #expect(found.count == expected.count, "\(text)")
        for (entity, wanted) in zip(found, expected) {
            #expect(isSame(entity.label, (wanted["entity_group"] ?? wanted["entity"])?.string))
            #expect(isSame(entity.word, wanted["word"]?.string))
            #expect(isNear(entity.score, wanted["score"]?.number), "\(entity) \(wanted)")
            #expect(entity.range == (try wanted.number("start")..<wanted.number("end")))
            #expect(entity.index == wanted["index"]?.integer)
        }
    }

    /// The windows' ids, and from the pipeline's own logits its entities: no model in between.
    @Test func logitsBecomeTheEntitiesOfThePipeline() throws {
        let golden = try AnswerGolden("entities")
        let tokenizer = try golden.tokenizer()
        for entry in golden.cases {
            let (index, input) = try golden.input(entry)
            let (text, options) = (try input.text("text"), try options(entry, input))
            let windows = try tokenizer.encodeLong(
                text, maximumLength: try #require(options.maximumLength),
                strategy: options.longText ?? tokenizer.longText,
                offsets: true)
            #expect(try windows.map(\.ids) == input.windows())
            let decoder = EntityDecoder(tokenizer: tokenizer, labels: Self.labels, options: options)
            let logits = try golden.logits(index, windows: windows.count)
            try expect(decoder.decode(text, windows, logits: logits).get().entities, entry, of: text)
        }
    }

    @Test func textsBecomeTheEntitiesOfThePipeline() throws {
        let golden = try AnswerGolden("entities")
        let finder = try finder()
        #expect(finder.labels == Self.labels)
        for entry in golden.cases {
            let (_, input) = try golden.input(entry)
            let text = try input.text("text")
            let found = try finder.find([TextInput(text)], options: try options(entry, input))[0].get()
            try expect(found.entities, entry, of: text)
            let isCut = input["stride"]?.integer == nil && text.count > 150
            #expect((found.truncatedTokenCount > 0) == isCut)
        }
    }

    @Test func optionsThatContradictAreRefused() throws {
        let finder = try finder()
        var options = EntityOptions()
        options.longText = .headAndTail
        #expect(throws: TaskError.noGap) { try finder.find(["Anna"], options: options) }
        (options.longText, options.aggregation) = (.window(stride: 2), .none)
        #expect(throws: TaskError.windowsNeedAggregation) { try finder.find(["Anna"], options: options) }
        let found = try finder.find(["Anna", TextInput("Anna", pair: "Oslo"), "Anna"])
        #expect(throws: TextProblem.unwantedPair) { try found[1].get() }
        #expect(try found[0].get() == found[2].get())
    }

    // MARK: Laws

    /// Texts of words, names and marks in random order.
    func randomTexts(_ count: Int) -> [String] {
        var random = SeededGenerator(seed: 5)
        let parts = [
            "Anna", " ", "  ", "Zoe\u{308}", "Zoë", "東京", "🪵", "unaffable", "\n", "Lund", "-", "'s", "[SEP]", ",",
            "\u{AD}",
            "of ", "resharpened ", "\u{301}", "ﬁ",
        ]
        return (0..<count).map { _ in
            (0..<Int.random(in: 0...60, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
        }
    }

    /// What each strategy finds lies in the text, in order, and single tokens say what they stand for.
    @Test(arguments: EntityAggregation.allCases) func entitiesLieInTheirText(aggregation: EntityAggregation) throws {
        let finder = try finder()
        var options = EntityOptions()
        (options.aggregation, options.ignoredLabels) = (aggregation, [])
        options.maximumLength = 24
        for stride in aggregation == .none ? [nil] : [nil, 0, 9] {
            options.longText = stride.map { .window(stride: $0) } ?? .head
            let texts = randomTexts(40)
            for (text, found) in zip(texts, try finder.find(texts.map { TextInput($0) }, options: options)) {
                let entities = try found.get().entities
                #expect(entities.allSatisfy { !$0.range.isEmpty && $0.range.upperBound <= text.unicodeScalars.count })
                #expect(entities.allSatisfy { $0.score > 0 && $0.score <= 1 + 1e-12 })
                for (entity, next) in zip(entities, entities.dropFirst()) {
                    #expect(entity.range.lowerBound <= next.range.lowerBound)
                    if stride != nil { #expect(!entity.range.contains(next.range.lowerBound)) }
                }
                for entity in entities where aggregation == .none && !entity.word.hasPrefix("##") {
                    // Cleaning and accents apart, a piece is its part of the text.
                    let part = slice(text, entity.range).unicodeScalars.filter { $0.isASCII && $0.value > 0x20 }
                    #expect(entity.word.unicodeScalars.filter(\.isASCII).elementsEqual(part) || entity.word == "[SEP]")
                }
            }
        }
    }

    /// Where a token's label does not depend on its window, windows find what the whole text has, each once: every
    /// entity that is no longer than the stride.
    @Test func nothingIsLostOrDoubledAtTheBordersOfWindows() throws {
        let tokenizer = try AnswerGolden("entities").tokenizer()
        var random = SeededGenerator(seed: 6)
        for round in 0..<60 {
            let stride = Int.random(in: 3...7, using: &random)
            // Each word is one token; entities of 1 to `stride` words, with a B- where two of a type would touch.
            var (words, tags): ([String], [Int]) = ([], [])
            while words.count < 60 {
                let length = Int.random(in: 1...stride, using: &random)
                let begins = Bool.random(using: &random) ? 1 : 2
                words += (0..<length).map { _ in ["Anna", "oak", "Oslo", ","].randomElement(using: &random) ?? "" }
                tags += [begins] + [Int](repeating: begins == 2 ? 2 : 3, count: length - 1)
            }
            var starts: [Int: Int] = [:]
            var position = 0
            for (word, tag) in zip(words, tags) {
                starts[position] = tag
                position += word.count + 1
            }
            let text = words.joined(separator: " ")
            var options = EntityOptions()
            func decode(_ windows: [Encoding]) throws -> [Entity] {
                let logits = windows.map { window in
                    window.ids.indices.flatMap { token in
                        (0..<Self.labels.count).map { starts[window.offsets[token].lowerBound] == $0 ? 9 : Float(0) }
                    }
                }
                return try EntityDecoder(tokenizer: tokenizer, labels: Self.labels, options: options)
                    .decode(text, windows, logits: logits).get().entities
            }
            options.aggregation = round % 2 == 0 ? .simple : .first
            let whole = try tokenizer.encodeLong(text, maximumLength: 500, strategy: .head, offsets: true)
            let windows = try tokenizer.encodeLong(
                text, maximumLength: Int.random(in: stride + 3...24, using: &random), strategy: .window(stride: stride),
                offsets: true)
            let expected = try decode(whole)
            #expect(windows.count > 2 && !expected.isEmpty && expected.count == tags.filter { $0 == 1 }.count)
            #expect(try decode(windows).map(\.range) == expected.map(\.range))
        }
    }
}
