// Confident learning against cleanlab, folds, and near-duplicates against comparing every pair.

import AdzeBytes
import AdzeData
import AdzeTestSupport
import Testing

private let golden = try? parseJSON(Fixtures.bytes("label-errors.json"))

@Suite struct ConfidentLearningTests {
    static let cases = golden?["confident"]?.object?.keys ?? ["no golden data"]

    @Test(arguments: cases) func suspectsAreCleanlabs(_ name: String) throws {
        let golden = try #require(golden?["confident"]?[name])
        let labels = try #require(golden["labels"]?.array).map { try #require($0.integer) }
        let shares = try #require(golden["probabilities"]?.array).map { row in
            try #require(row.array).map { try #require($0.number) }
        }
        let found = ConfidentLearning(labels: labels, probabilities: shares, labelCount: shares[0].count)
        #expect(found.suspects.map(\.row) == golden["suspects"]?.array?.compactMap(\.integer))
        for (threshold, expected) in zip(found.thresholds, try #require(golden["thresholds"]?.array)) {
            #expect(
                abs(threshold - (expected.number ?? .infinity)) < 1e-12 || (threshold == .infinity && expected.isNull))
        }
        let errors = try #require(golden["estimatedErrors"]?.number)
        #expect(abs(found.estimatedErrors - errors) < 1e-9 * max(1, errors))
    }

    @Test func theWorstComeFirst() {
        let shares = [[0.9, 0.1], [0.2, 0.8], [0.05, 0.95], [0.1, 0.9], [0.95, 0.05], [0.9, 0.1]]
        let found = ConfidentLearning(labels: [0, 0, 0, 1, 0, 1], probabilities: shares, labelCount: 2)
        #expect(found.suspects.map(\.row) == [2, 5, 1])
        #expect(found.suspects[0].given == 0 && found.suspects[0].likely == 1)
        #expect(found.confidences == [0.9, 0.2, 0.05, 0.9, 0.95, 0.1])
    }

    @Test func oneRowAloneIsNoSuspect() {
        let found = ConfidentLearning(labels: [1], probabilities: [[0.2, 0.8]], labelCount: 2)
        #expect(found.suspects.isEmpty && found.estimatedErrors == 0)
    }
}

@Suite struct StratifiedFoldTests {
    private func examples(_ labels: [Int]) -> [Example] {
        labels.enumerated().map { Example("text \($0)", target: .label($1)) }
    }

    @Test func everyRowIsInOneFoldAndEveryLabelInEach() {
        let rows = examples((0..<100).map { $0 % 7 == 0 ? 1 : 0 })
        let folds = StratifiedFolds(rows, count: 5, seed: 1)
        #expect((0..<5).flatMap(folds.members).sorted() == Array(0..<100))
        for fold in 0..<5 {
            let ones = folds.members(of: fold).count { rows[$0].target == .label(1) }
            #expect(ones == 3 && folds.members(of: fold).count == 20)
            #expect((folds.members(of: fold) + folds.others(than: fold)).sorted() == Array(0..<100))
        }
    }

    /// Two texts of label 2 are those of labels 0 and 1 too, which have others: wherever those fall, label 2 is in two folds.
    @Test func sharedTextsDoNotLeaveALabelInOneFold() {
        for seed in UInt64(0)..<40 {
            var rows = examples([0, 0, 0, 1, 1, 1, 0, 1])
            rows += [0, 3].map { Example("text \($0)", target: .label(2)) }
            let folds = StratifiedFolds(rows, count: 2, seed: seed)
            #expect(Set([8, 9].map { row in (0..<2).first { folds.members(of: $0).contains(row) } }).count == 2)
            #expect(StratifiedFolds.loneLabels(rows).isEmpty)
            rows.append(Example("text 1", target: .label(3)))
            #expect(StratifiedFolds.loneLabels(rows) == [3])
        }
    }

    @Test func equalTextsAreInOneFold() {
        let rows = (0..<40).map { Example(" text \($0 / 2) ", target: .label($0 % 2)) }
        let folds = StratifiedFolds(rows, count: 4, seed: 3)
        #expect(stride(from: 0, to: 40, by: 2).allSatisfy { folds.folds[$0] == folds.folds[$0 + 1] })
    }

    @Test func twoTextsOfALabelAreInTwoFolds() {
        let folds = StratifiedFolds(examples([0, 0, 1, 1, 2, 2, 2]), count: 5, seed: 9)
        #expect(folds.folds[0] != folds.folds[1] && folds.folds[2] != folds.folds[3])
    }

    @Test func theSeedDecides() {
        let rows = examples((0..<50).map { $0 % 3 })
        #expect(StratifiedFolds(rows, count: 5, seed: 1) == StratifiedFolds(rows, count: 5, seed: 1))
        #expect(StratifiedFolds(rows, count: 5, seed: 1) != StratifiedFolds(rows, count: 5, seed: 2))
    }
}

@Suite struct NearDuplicateTests {
    private func rows(_ texts: [(String, Int)]) -> [Example] {
        texts.map { Example($0.0, target: .label($0.1)) }
    }

    @Test func caseAndPunctuationAreNoDifference() {
        let found = NearDuplicates(rows([("My card, is lost!", 0), ("my CARD is lost", 1), ("my card is lost", 0)]))
        #expect(found.pairs.map { [$0.first, $0.second] } == [[0, 1]] && !found.isPartial)
        #expect(found.pairs.map(\.similarity) == [1])
    }

    @Test func theSameLabelIsNoContradiction() {
        #expect(NearDuplicates(rows([("a b c d e", 0), ("a b c d e", 0), ("a b c d f", 0)])).pairs.isEmpty)
    }

    @Test func textsWithoutWordsAreWhatTheyAre() {
        #expect(NearDuplicates(rows([("!!", 0), ("??", 1), ("", 0), (" ", 1)])).pairs.map(\.first) == [2])
        #expect(NearDuplicates(rows([("!!", 0), ("!!", 1)])).pairs.count == 1)
    }

    @Test(arguments: [0.3, 0.5, 0.75, 0.8, 1.0]) func allPairsAreFound(_ threshold: Double) {
        var state: UInt64 = 5
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        // Distinct sets of words, so that no row stands for another.
        var seen: Set<Set<Int>> = []
        var sets: [Set<Int>] = []
        while sets.count < 150 {
            let set = Set((0...next(9)).map { _ in next(14) })
            if seen.insert(set).inserted { sets.append(set) }
        }
        let examples = sets.enumerated().map { index, set in
            Example(set.sorted().map { "w\($0)" }.joined(separator: " "), target: .label(index % 3))
        }
        var expected: [String] = []
        for first in sets.indices {
            for second in (first + 1)..<sets.count where first % 3 != second % 3 {
                let both = sets[first].intersection(sets[second]).count
                let share = Double(both) / Double(sets[first].union(sets[second]).count)
                if share >= threshold - 1e-9 { expected.append("\(first) \(second)") }
            }
        }
        let found = NearDuplicates(examples, threshold: threshold)
        #expect(found.pairs.map { "\($0.first) \($0.second)" }.sorted() == expected.sorted())
        #expect(zip(found.pairs, found.pairs.dropFirst()).allSatisfy { $0.similarity >= $1.similarity })
    }
}
