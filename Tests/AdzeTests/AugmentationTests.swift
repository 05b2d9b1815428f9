// Augmentation of texts and of training data: what it may depend on, and what it must not touch.

import AdzeTestSupport
import Testing

@testable import Adze
@testable import AdzeData

@Suite struct TextAugmentationTests {
    private static let texts = (0..<12).map { "The film number \($0) was a good one, but bad in its end" }

    private func options(_ steps: String, copies: Int? = 3, _ folder: String = "", seed: UInt64 = 42) throws
        -> AugmentationOptions
    {
        var options = AugmentationOptions(try AugmentationPlan(steps: steps, copies: copies))
        options.seed = seed
        options.wordNetPath = folder
        return options
    }

    private func copies(
        _ options: AugmentationOptions, _ texts: [TextInput], model: String? = nil, threads: Int? = nil
    ) throws -> [[AugmentedText?]] {
        let bundle = try model.map { try ModelBundle(path: Fixtures.path($0)) }
        return try TextAugmenter(options, textCount: texts.count, model: bundle, threads: threads).copies(of: texts)
    }

    private static let translator = "sed 's/^/so: /'"
    private static let masked = "models/maskedlm-tied"

    /// Every step, with the means of each.
    private func everyStep(_ folder: String) throws -> AugmentationOptions {
        var options = try options(
            "synonyms=0.2,delete=0.2,swap=0.2,masked=0.2,translate", copies: 5, WordNetFiles.write(in: folder + "/wn"))
        options.command = TextCommand(Self.translator)
        return options
    }

    @Test func everyStepMakesACopy() throws {
        try withTemporaryFolder { folder in
            let found = try copies(everyStep(folder), Self.texts.map { TextInput($0) }, model: Self.masked)
            // A mask beyond the toy's few tokens is none.
            #expect(found.count { copies in copies.contains { $0?.step == .masked } } > 6)
            for (text, copies) in zip(Self.texts, found) {
                let made = copies.compactMap(\.self)
                #expect(Set(made.map(\.step)).isSuperset(of: [.synonyms, .delete, .swap, .translate]))
                #expect(made.first { $0.step == .translate }?.text == "so: " + text)
                let synonyms = try #require(made.first { $0.step == .synonyms })
                #expect(synonyms.text != text && synonyms.text.hasPrefix("The "))
            }
        }
    }

    @Test func aRowDoesNotDependOnItsNeighbours() throws {
        try withTemporaryFolder { folder in
            let options = try everyStep(folder)
            let inputs = Self.texts.map { TextInput($0) } + [TextInput("a good", pair: "bad film")]
            let whole = try copies(options, inputs, model: Self.masked)
            #expect(try copies(options, inputs, model: Self.masked, threads: 3) == whole)
            for (input, expected) in zip(inputs.reversed(), whole.reversed()).prefix(4) {
                #expect(try copies(options, [input], model: Self.masked) == [expected])
            }
            var other = options
            other.seed = 7
            #expect(try copies(other, inputs, model: Self.masked) != whole)
        }
    }

    @Test func bothTextsOfAPairAreChangedAlone() throws {
        let found = try copies(options("swap=0.9", copies: 4), [TextInput("a b c d e", pair: "v w x y z")])[0]
        for copy in found.compactMap(\.self) {
            #expect(copy.text.split(separator: " ").sorted() == ["a", "b", "c", "d", "e"])
            #expect(copy.pair?.split(separator: " ").sorted() == ["v", "w", "x", "y", "z"])
        }
        // A text that has nothing to change stays beside one that has.
        let half = try copies(options("delete", copies: 1), [TextInput("alone", pair: "two words")])[0][0]
        #expect(half?.text == "alone" && half?.pair != "two words")
        #expect(try copies(options("delete", copies: 1), [TextInput("alone", pair: "")])[0] == [nil])
    }

    @Test func maskedWordsAreWordsAndOthers() throws {
        let texts = ["The OAK beam, was cut!", "good", "", "a [MASK] of its own", ", ."]
        for copies in try copies(options("masked=0.5", copies: 8), texts.map { TextInput($0) }, model: Self.masked) {
            for copy in copies.compactMap(\.self) {
                #expect(!copy.text.contains("[") && !copy.text.contains("#"))
            }
        }
        let found = try copies(options("masked=0.5", copies: 8), texts.map { TextInput($0) }, model: Self.masked)
        #expect(found[0].allSatisfy { $0 != nil && $0?.text.hasSuffix("!") == true && $0?.text != texts[0] })
        #expect(found[1].allSatisfy { $0 != nil && $0?.text.lowercased() != "good" })
        #expect(found[2...].allSatisfy { $0.allSatisfy { $0 == nil } })
    }

    @Test func whatAStepLacksIsOneLine() throws {
        func refuses(_ steps: String, _ part: String, model: String? = nil) throws {
            #expect {
                _ = try copies(try options(steps, "/nonexistent"), [TextInput("a")], model: model)
            } throws: { "\($0)".contains(part) }
        }
        try refuses("synonyms", "wordnet-base")
        try refuses("translate,swap", "--translate-command")
        try refuses("masked", "a model that fills masks")
        try refuses("masked", "this one is a BertForSequenceClassification", model: "models/seqcls-gelu")
    }

    // MARK: Training data

    private static let examples = texts.enumerated().map { index, text in
        Example(text, target: .label(index % 3), place: "line \(index + 2)")
    }

    @Test func labelsAreKept() throws {
        let found = try options("delete=0.3,swap=0.3", copies: 4)
            .augmented(Self.examples, apartFrom: [], model: nil, threads: nil)
        #expect(found.report.tally.added == found.examples.count - Self.examples.count)
        var label = Target.label(9)
        for example in found.examples {
            if Self.examples.contains(example) {
                label = example.target
            } else {
                #expect(example.target == label && example.place.contains(" by "))
            }
        }
        #expect(found.examples.filter(Self.examples.contains) == Self.examples)
        #expect(found.report.json["steps"]?.string == "delete=0.3,swap=0.3" && found.notes.count == 1)
    }

    @Test func devIsNeverTouched() throws {
        // The command makes of every text what is held out.
        var options = try options("translate", copies: nil)
        options.command = TextCommand("sed 's/.*/held out/'")
        let dev = [Example("held out ", target: .label(0))]
        let found = try options.augmented(Self.examples, apartFrom: dev, model: nil, threads: nil)
        #expect(found.examples == Self.examples)
        #expect(found.report.tally.inDev == Self.examples.count && found.report.tally.added == 0)
        let free = try options.augmented(Self.examples, apartFrom: [], model: nil, threads: nil)
        #expect(free.report.tally.added == Self.examples.count)
    }
}
