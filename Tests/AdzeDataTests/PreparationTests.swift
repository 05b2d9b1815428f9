// What training asks of data: the survey of labels, the split, weights, overlap, and what is refused.

import AdzeData
import AdzeTestSupport
import Foundation
import Testing

/// Chunks of a text.
private func chunks(_ text: String) -> ChunkSource {
    var rest = Array(text.utf8)[...]
    return { (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in
        let part = rest.prefix(buffer.count)
        buffer.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
    }
}

@Suite struct LabelSurveyTests {
    @Test func labelsAreSortedByTheirBytes() throws {
        let survey = try LabelSurvey(format: .csv, chunks: chunks("text,label\na,é\nb,zoo\nc,Zoo\nd,é\n"))
        #expect(survey.labels == ["Zoo", "zoo", "é"] && survey.counts == [1, 1, 2] && !survey.hasSeveral)
    }

    @Test func wholeNumbersAreSortedByValue() throws {
        #expect(LabelTable.order(["10", "9", "-1"]) == ["-1", "9", "10"])
        #expect(LabelTable.order(["10", "9", "x"]) == ["10", "9", "x"])
    }

    @Test func listsAndSeparatorsGiveSeveral() throws {
        let lists = try LabelSurvey(
            format: .jsonl, chunks: chunks("{\"text\":\"a\",\"label\":[\"x\",\"y\"]}\n{\"text\":\"b\",\"label\":[]}\n"))
        #expect(lists.labels == ["x", "y"] && lists.hasSeveral)
        let fields = try LabelSurvey(format: .tsv, separator: "|", chunks: chunks("text\tlabel\na\tx|y\nb\t\nc\ty\n"))
        #expect(fields.labels == ["x", "y"] && fields.counts == [1, 2] && fields.hasSeveral)
    }

    @Test func aColumnOfThirtyThousandLabelsIsNone() throws {
        let table = "text,label\n" + (0..<30_000).map { "a,id\($0)\n" }.joined()
        #expect(throws: DataError.tooManyLabels(limit: 10_000, place: "line 10002", first: ["id0", "id1", "id2"])) {
            try LabelSurvey(format: .csv, chunks: chunks(table))
        }
    }

    @Test func aColumnThatIsNotThereListsThoseThatAre() throws {
        let columns = ColumnSelection(label: .name("labl"))
        let error = #expect(throws: DataError.self) {
            try LabelSurvey(format: .csv, columns: columns, chunks: chunks("text,label,id\na,b,c\n"))
        }
        #expect(
            error?.description
                == "header: no column is named 'labl'; the nearest is 'label', found 'text', 'label', 'id'")
    }

    @Test func theModelsLabelsComeFirst() throws {
        #expect(try LabelTable(covering: ["b", "a"]).names == ["a", "b"])
        #expect(try LabelTable(covering: ["new", "a", "b"], own: ["b", "unused", "a"]).names == ["b", "a", "new"])
        #expect(
            try LabelTable(covering: ["pos", "neg"], own: ["NEGATIVE", "POSITIVE"]).names == ["NEGATIVE", "POSITIVE"])
    }
}

@Suite struct SplitTests {
    private func examples(_ counts: [Int]) -> [Example] {
        counts.enumerated().flatMap { label, count in
            (0..<count).map { Example("text \(label) \($0)", target: .label(label), place: "line \($0)") }
        }
    }

    @Test func everyLabelKeepsItsShare() {
        let examples = examples([500, 100, 40, 1])
        let split = StratifiedSplit(examples, devShare: 0.2, seed: 7)
        let dev = split.dev.map { examples[$0].target }
        #expect([0, 1, 2, 3].map { label in dev.filter { $0 == .label(label) }.count } == [100, 20, 8, 0])
        #expect((split.train + split.dev).sorted() == Array(examples.indices))
    }

    @Test func aSeedSaysWhichTextsAndAnotherSaysOthers() {
        let examples = examples([50, 50])
        let split = StratifiedSplit(examples, devShare: 0.1, seed: 1)
        #expect(split == StratifiedSplit(examples, devShare: 0.1, seed: 1))
        #expect(split.dev != StratifiedSplit(examples, devShare: 0.1, seed: 2).dev)
        // Written down so that the rows of a split never change from one version to the next.
        #expect(split.dev == SplitTests.devOfSeed1, "\(split.dev)")
    }
    private static let devOfSeed1 = [20, 21, 23, 25, 28, 55, 61, 66, 67, 98]

    @Test func noTextIsOnBothSides() {
        let texts = (0..<60).map { Example(["same ", " same", "text \($0)"][$0 % 3], target: .label($0 % 2)) }
        for seed in UInt64(0)..<20 {
            let split = StratifiedSplit(texts, devShare: 0.3, seed: seed)
            #expect(Overlap(train: split.train.map { texts[$0] }, dev: split.dev.map { texts[$0] }).count == 0)
        }
    }

    @Test func severalLabelsAreSplitByTheRarest() {
        let examples = (0..<100).map { Example("t\($0)", target: .labels($0 < 10 ? [0, 1] : $0 < 90 ? [0] : [])) }
        let split = StratifiedSplit(examples, devShare: 0.2, seed: 3)
        #expect(split.dev.filter { $0 < 10 }.count == 2 && split.dev.filter { $0 >= 90 }.count == 2)
    }

    @Test func numbersAreSplitByTheirRanks() {
        let examples = (0..<100).map { Example("t\($0)", target: .number(Double($0 * $0))) }
        let dev = StratifiedSplit(examples, devShare: 0.2, seed: 3).dev
        #expect((0..<10).allSatisfy { band in dev.filter { $0 / 10 == band }.count == 2 })
    }

    @Test func noneOrAllButOneOfEach() {
        let examples = examples([3, 2])
        #expect(StratifiedSplit(examples, devShare: 0, seed: 1).dev.isEmpty)
        #expect(StratifiedSplit(examples, devShare: 1, seed: 1).train.count == 2)
        #expect(StratifiedSplit([], devShare: 0.5, seed: 1).train.isEmpty)
    }
}

@Suite struct TrainingCheckTests {
    private let table = (try? LabelTable(["ham", "spam", "eggs"]))

    @Test func balancedWeightsAreScikitLearns() throws {
        let table = try #require(table)
        let examples = [0, 0, 0, 1].map { Example("t", target: .label($0)) }
        // compute_class_weight("balanced", classes=[0, 1], y=[0, 0, 0, 1]) = [0.66666667, 2.0]
        #expect(try ClassWeights.balanced.weights(examples, table) == [Float(2.0 / 3), 2, 1])
        let several = [[0], [0, 1], [0], []].map { Example("t", target: .labels($0)) }
        #expect(try ClassWeights.balanced.weights(several, table) == [Float(1.0 / 3), 3, 1])
    }

    @Test func givenWeightsNameLabels() throws {
        let table = try #require(table)
        let given = ClassWeights.given([.init("eggs", 3), .init("0", 0.5)])
        #expect(try given.weights([], table) == [0.5, 1, 3])
        #expect(throws: DataError.noSuchLabel("spm", nearest: "spam", known: ["ham", "spam", "eggs"])) {
            try ClassWeights.given([.init("spm", 1)]).weights([], table)
        }
        #expect(throws: DataError.repeatedLabel("0")) {
            try ClassWeights.given([.init("ham", 1), .init("0", 1)]).weights([], table)
        }
    }

    @Test func overlapSaysWhereAndWhatContradicts() throws {
        let train = [
            Example("a", target: .label(0), place: "line 2"), Example(" b\n", target: .label(0), place: "line 3"),
            Example("b", target: .label(1), place: "line 4"), Example("c", pair: "d", target: .label(0)),
        ]
        let dev = [
            Example("b", target: .label(1), place: "line 2"), Example("A", target: .label(0)),
            Example("a\u{00A0}", target: .label(0), place: "line 4"), Example("c", target: .label(0)),
        ]
        let overlap = Overlap(train: train, dev: dev)
        #expect(overlap.count == 2 && overlap.contradictions == 1)
        #expect(
            overlap.matches.map(\.train) == ["line 3", "line 2"] && overlap.matches.map(\.dev) == ["line 2", "line 4"])
        let note = try #require(overlap.note(devCount: 4))
        #expect(
            note.hasPrefix(
                "2 of 4 dev texts are in train too, so scores flatter; 1 of them has another label there "
                    + "(line 2 is line 3 of train: 'b'; line 4 is line 2 of train: 'a"))
        #expect(Overlap(train: train, dev: []).note(devCount: 0) == nil)
    }

    @Test func oneLabelTeachesNothing() throws {
        let kind = TargetKind.label(try #require(table))
        #expect(throws: DataError.oneLabel("spam")) {
            try kind.check(training: [Example("a", target: .label(1)), Example("b", target: .label(1))])
        }
        #expect(throws: DataError.noExamples) { try kind.check(training: []) }
        let notes = try kind.check(training: [
            Example("a", target: .label(0), place: "line 2"), Example(" \t", target: .label(1), place: "line 3"),
        ])
        #expect(
            notes == [
                "1 label of the model has no example: 'eggs'", "empty texts, trained on as they stand: 1 (line 3)",
            ])
    }

    @Test func unlabelledTextsAreInNoOtherSet() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/u.csv"
            let rows = "text,text_pair\na,\n\" b \",\nc,\nd,x\nd,y\nc ,\n,\nb,x\n"
            try Data(rows.utf8).write(to: URL(filePath: path))
            func example(_ text: String, _ pair: String? = nil) -> Example {
                Example(text, pair: pair, target: .label(0))
            }
            func read(_ train: [Example], _ dev: [Example]) throws -> UnlabelledTexts {
                var source = try TextRows(path: path)
                return try UnlabelledTexts(&source, train: train, dev: dev)
            }
            let pairs = try read([], []).texts
            // A table with a column of pairs has a pair in every row.
            #expect(
                pairs.map(\.text) == ["a", " b ", "c", "d", "d", "b"] && pairs.map(\.pair)[3...] == ["x", "y", "x"])
            let left = try read([example("a", ""), example("d", " x")], [example("b", "x"), example("a", "")])
            #expect(left.texts.map(\.text) == [" b ", "c", "d"])
            #expect(left.note == "unlabelled texts left out: 2 in dev, 1 in train, 1 repeated, 1 without a word")
            try Data("a\n\n".utf8).write(to: URL(filePath: folder + "/u.txt"))
            #expect(throws: DataError.noTexts(leftOut: "unlabelled texts left out: 1 in dev, 1 without a word")) {
                var source = try TextRows(path: folder + "/u.txt")
                _ = try UnlabelledTexts(&source, train: [], dev: [example("a")])
            }
        }
    }
}
