// Other texts out of one: what holds of them for every text, and what a plan and WordNet's files may be.

import AdzeTestSupport
import Testing

@testable import AdzeData

@Suite struct AugmentationTests {
    private static let texts = [
        "The film was good, really good (not bad)!", "  two  words ", "a b", "don't stop the film",
        "Ünïcode wörds und Straße", "one\ttab\nand lines", "x, y; z.", "हिन्दी में दो शब्द",
    ]

    private func draws(_ text: String, seed: UInt64 = 42, copy: Int = 0) -> CopyDraws {
        AugmentedRow(text, pair: nil, seed: seed).draws(copy: copy, isPair: false)
    }

    private func deleted(_ text: String, share: Double, seed: UInt64 = 42, copy: Int = 0) -> String? {
        var draws = draws(text, seed: seed, copy: copy)
        return WordOperations.deleting(text, share: share, &draws)
    }

    private func swapped(_ text: String, share: Double = 0.3, copy: Int = 0) -> String? {
        var draws = draws(text, copy: copy)
        return WordOperations.swapping(text, share: share, &draws)
    }

    private func letters(_ text: String) -> [Character] { text.filter { !$0.isWhitespace }.sorted() }

    // MARK: Words

    @Test(arguments: texts + ["", "   ", "--", " , "]) func wordsAndTheRestAreTheText(text: String) {
        #expect(TextWords(text).text == text)
    }

    @Test func aWordHasNoSigns() {
        let words = TextWords("(Good, well-made film's — 3rd!)")
        #expect((0..<words.count).map { words[$0] } == ["Good", "well-made", "film's", "3rd"])
        #expect(TextWords(" -- , ").count == 0)
        // Marks stay on their letters.
        #expect(TextWords("हिन्दी!")[0] == "हिन्दी")
    }

    @Test(arguments: [
        ("film", "Good", "Film"), ("film", "GOOD", "FILM"), ("film", "good", "film"), ("film", "gOod", "film"),
        ("Paris", "town", "Paris"), ("film", "I", "Film"), ("film", "3", "film"),
    ]) func wordsKeepTheirCase(word: String, old: String, expected: String) {
        #expect(TextWords.cased(word, like: old) == expected)
    }

    @Test(arguments: ["##ing", "[SEP]", "<s>", "Good", "good", ",", "", "3", "a b", "_", "[unused1]", "-", "'s"])
    func piecesAndSignsAreNoWords(candidate: String) {
        #expect(!TextWords.isWord(candidate, otherThan: "good"))
        #expect(TextWords.isWord("well-made", otherThan: "good") && TextWords.isWord("Straße", otherThan: "good"))
    }

    // MARK: Deletion and swaps

    @Test(arguments: texts) func neverEmpty(text: String) {
        for copy in 0..<50 {
            for share in [0.01, 0.5, 0.9] {
                guard let found = deleted(text, share: share, copy: copy) else { continue }
                #expect(TextWords(found).count > 0 && TextWords(found).count < TextWords(text).count, "\(found)")
            }
        }
        #expect(
            deleted("alone!", share: 0.9) == nil && deleted("", share: 0.9) == nil && deleted(", .", share: 0.5) == nil)
    }

    @Test func deletedWordsTakeTheirSpaceWithThem() {
        #expect(TextWords("a b c").removing([0]) == "b c" && TextWords("a b c").removing([1]) == "a c")
        #expect(TextWords("a b c").removing([2]) == "a b" && TextWords("a b c").removing([0, 1]) == "c")
        #expect(TextWords(" a b").removing([0]) == " b" && TextWords("a , b").removing([1]) == "a ,")
    }

    @Test func theShareOfDeletedWordsIsThatAskedFor() {
        let text = (0..<200).map { "w\($0)" }.joined(separator: " ")
        let counts = (0..<100).map { 200 - TextWords(deleted(text, share: 0.1, copy: $0) ?? "").count }
        let mean = Double(counts.reduce(0, +)) / 100
        #expect(abs(mean - 20) < 2, "\(mean)")
    }

    @Test(arguments: texts) func swapsKeepEveryWordAndSign(text: String) {
        for copy in 0..<20 {
            guard let found = swapped(text, copy: copy) else { continue }
            #expect(letters(found) == letters(text))
        }
        #expect(swapped("a, b!") == "b, a!" && swapped("alone") == nil)
    }

    // MARK: Draws

    @Test func theSameSeedGivesTheSameTexts() {
        for text in Self.texts {
            #expect(deleted(text, share: 0.3) == deleted(text, share: 0.3) && swapped(text) == swapped(text))
        }
        let long = (0..<40).map { "w\($0)" }.joined(separator: " ")
        let found = (0..<20).map { deleted(long, share: 0.3, seed: UInt64($0)) }
        #expect(Set(found).count == 20)
        #expect(Set((0..<20).map { deleted(long, share: 0.3, copy: $0) }).count == 20)
        // What one build draws, every other does.
        var draws = draws("oak")
        #expect([draws.below(1000), draws.below(1000), draws.below(1000)] == Self.known)
    }

    private static let known = [941, 23, 190]

    @Test func theTextsOfAPairHaveTheirOwnDraws() {
        let row = AugmentedRow("a", pair: "a", seed: 1)
        var (first, second) = (row.draws(copy: 0, isPair: false), row.draws(copy: 0, isPair: true))
        #expect(first.unit() != second.unit())
        var (other, alone) = (
            AugmentedRow("a", pair: "b", seed: 1).draws(copy: 0, isPair: false),
            AugmentedRow("a", pair: nil, seed: 1).draws(copy: 0, isPair: false)
        )
        #expect(other.unit() != alone.unit())
    }

    @Test func aSampleHasNothingTwice() {
        for count in [1, 2, 7, 40] {
            var draws = draws("sample \(count)")
            #expect(draws.sample(count, of: count).sorted() == Array(0..<count))
            #expect(draws.sample(100, of: count).count == count && draws.sample(1, of: count).count == 1)
        }
    }

    // MARK: Plans

    @Test func whatIsNotSaidIsEDAs() throws {
        let open = try AugmentationPlan(steps: "synonyms,delete=0.2,masked,translate")
        for (count, copies, share) in [(1, 16, 0.05), (500, 16, 0.05), (2000, 8, 0.05), (2001, 4, 0.1), (9999, 4, 0.1)]
        {
            let plan = open.settled(textCount: count)
            #expect(plan.copies == copies && plan.share(of: .synonyms) == share && plan.share(of: .delete) == 0.2)
            #expect(plan.share(of: .masked) == 0.15 && plan.note(of: open, textCount: count) != nil)
        }
        let said = try AugmentationPlan(steps: "swap=0.1", copies: 2)
        #expect(said.settled(textCount: 5) == said && said.note(of: said, textCount: 5) == nil)
        #expect(open.settled(textCount: 9).list == "synonyms=0.05,delete=0.2,masked=0.15,translate")
    }

    @Test func stepsTakeTurnsAndOneCopyIsTranslated() throws {
        let plan = try AugmentationPlan(steps: "synonyms,delete,translate", copies: 9).settled(textCount: 10)
        var firsts: Set<AugmentationStep> = []
        for text in 0..<40 {
            let steps = plan.steps(for: AugmentedRow("text \(text)", pair: nil, seed: 42))
            #expect(steps.count == 9 && steps.count { $0 == .translate } == 1)
            #expect(steps.count { $0 == .delete } == 4)
            firsts.insert(steps[0])
        }
        #expect(firsts.count == 3)
        let alone = try AugmentationPlan(steps: "translate").settled(textCount: 10)
        #expect(alone.steps(for: AugmentedRow("a", pair: nil, seed: 1)) == [.translate])
    }

    @Test(arguments: [
        ("", "no step of augmentation"), ("synonym", "did you mean synonyms?"), ("delete,,swap", "no step"),
        ("delete,delete=0.1", "listed twice"), ("translate=0.1", "takes no share"), ("delete=0", "above 0"),
        ("delete=1", "at most 0.9"), ("delete=nan", "above 0"), ("delete=", "above 0"), ("swap=x", "above 0"),
        ("delete=0.1=0.2", "above 0"), (" delete", "no step"),
    ]) func aPlanThatIsNoneIsOneLine(list: String, part: String) {
        #expect { _ = try AugmentationPlan(steps: list) } throws: { "\($0)".contains(part) && !"\($0)".contains("\n") }
    }

    @Test func copiesAreCounted() {
        for count in [0, -1, 101] {
            #expect(throws: AugmentationError.badCopies(count)) { try AugmentationPlan(steps: "swap", copies: count) }
        }
        #expect(throws: AugmentationError.oneTranslation(2)) { try AugmentationPlan(steps: "translate", copies: 2) }
    }

    // MARK: Synonyms

    @Test func synonymsAreThoseOfEverySense() throws {
        try withTemporaryFolder { folder in
            let words = try Thesaurus(folder: WordNetFiles.write(in: folder))
            #expect(try words.synonyms(of: "movie") == ["film", "moving picture", "cinema"])
            #expect(try words.synonyms(of: "good") == ["full", "well"])
            #expect(try words.synonyms(of: "film") == ["movie", "moving picture", "shoot"])
            #expect(
                try words.synonyms(of: "abundant") == ["galore"] && words.synonyms(of: "paris") == ["City of Light"])
            for word in ["oak", "films", "", "movi", "moving_picture", "straße", "a b"] {
                #expect(try words.synonyms(of: word) == [])
            }
        }
    }

    @Test func wordsThatAreLemmasAreReplaced() throws {
        try withTemporaryFolder { folder in
            let words = try Thesaurus(folder: WordNetFiles.write(in: folder))
            func replaced(_ text: String, _ share: Double, copy: Int) throws -> String? {
                var draws = draws(text, copy: copy)
                return try WordOperations.replacing(text, share: share, by: words, &draws)
            }
            for copy in 0..<10 {
                let found = try #require(try replaced("\"BAD\" films, Bad oak.", 0.9, copy: copy))
                #expect(found == "\"POOR\" films, Poor oak.")
                let one = try replaced("bad bad bad bad", 0.3, copy: copy)?.split(separator: " ") ?? []
                #expect(one.count { $0 == "poor" } == 1)
            }
            // A word of several is one place, and stop words are none.
            #expect(try replaced("the oak is of films", 0.9, copy: 0) == nil)
            #expect(try replaced("Paris", 0.1, copy: 0) == "City of Light")
        }
    }

    @Test(arguments: [
        ("index.adv", nil, "has no index.adv"), ("data.noun", nil, "wordnet-base"), ("index.verb", "", "0 lemmas"),
        ("index.noun", "film\n", "without a lemma at offset 0"),
        ("index.noun", "film n 1\n", "a line without sets: 'film'"),
        ("index.noun", "film n 9 1 @ 1 0 00000016\n", "without sets"),
        ("index.noun", "film n 1 1 @ 1 0 99999999\n", "no set at offset 99999999"),
        ("index.noun", "film n 1 1 @ 1 0 -0000001\n", "no set at offset -1"),
        ("index.noun", "film n 1 1 @ 1 0 17\n", "no place of a set: '17'"),
        ("index.noun", "film n 1 99999999999999999999 @ 1 0 00000016\n", "without sets"),
        ("index.noun", "film n 9223372036854775807 9223372036854775807 @ 1 0 00000016\n", "without sets"),
        ("index.noun", "film n 9223372036854775807 1 @ 1 0 00000016\n", "without sets"),
        ("data.noun", "00000000 00 n 02 a 0 b 0\n", "no set at offset"),
        ("data.noun", "  1 a licence  \n00000016 00 n ff film 0 000 | x\n", "no set at offset 16"),
        ("data.noun", "  1 a licence  \n00000016 00 n 7fffffffffffffff film 0 000 | x\n", "no set at offset 16"),
    ]) func filesThatAreNotWordNets(file: String, text: String?, part: String) throws {
        try withTemporaryFolder { folder in
            try WordNetFiles.write(in: folder, replacing: [file: text])
            #expect {
                _ = try Thesaurus(folder: folder).synonyms(of: "film")
            } throws: { "\($0)".contains(part) && "\($0)".contains(folder) && !"\($0)".contains("\n") }
        }
    }

    // MARK: Selection

    @Test func whatSaysNothingNewIsLeftOut() {
        var selection = CopySelection(apartFrom: [Example("held out", target: .label(0))])
        let copies = ["a b", " a b\n", "b a", "b  a", "held out", " b a", "", "c"].map {
            AugmentedText($0, step: .swap)
        }
        let kept = selection.kept(copies + [nil], of: "a b", pair: nil)
        #expect(kept.map(\.text) == ["b a", "b  a", "c"])
        let tally = selection.tally
        #expect((tally.added, tally.unchanged, tally.repeated, tally.empty, tally.inDev) == (3, 3, 1, 1, 1))
        #expect(tally.line == "3 copies added, 6 left out (3 unchanged, 1 repeated, 1 empty, 1 in the development set)")
    }

    @Test func aPairIsTheDevelopmentSetsAsAPair() {
        var selection = CopySelection(apartFrom: [Example("x", pair: "y", target: .label(0))])
        let copies = [("x", "y"), ("x", "z"), ("a", "b"), ("a", "")].map { AugmentedText($0, pair: $1, step: .delete) }
        #expect(selection.kept(copies, of: "a", pair: "b").map(\.pair) == ["z"])
        #expect(selection.tally.inDev == 1 && selection.tally.unchanged == 1 && selection.tally.empty == 1)
    }
}
