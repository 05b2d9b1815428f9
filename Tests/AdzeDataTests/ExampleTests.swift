// Labelled examples: columns that are found by themselves, labels of every kind, and rows that end the reading.

import AdzeBytes
import AdzeData
import Testing

@Suite struct ExampleTests {
    static let binary = oneOf("no", "yes")
    static let nli = oneOf("entailment", "neutral", "contradiction")

    // MARK: Columns

    /// The headers of GLUE's files and of others, the row below, and what must come of it.
    static let layouts: [(format: DataFormat, text: String, kind: TargetKind, example: Example, columns: String)] = [
        (
            .tsv, "sentence\tlabel\nA b\t1\n", binary, Example("A b", target: .label(1)),
            "text 'sentence', label 'label'"
        ),
        (
            .tsv, "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\tA\tB\n", binary,
            Example("A", pair: "B", target: .label(1)),
            "text '#1 String', pair '#2 String', label 'Quality'"
        ),
        (
            .tsv, "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tA?\tB?\t0\n", binary,
            Example("A?", pair: "B?", target: .label(0)),
            "text 'question1', pair 'question2', label 'is_duplicate'"
        ),
        (
            .tsv,
            "index\tgenre\tsentence1_parse\tsentence1\tsentence2\tlabel1\tgold_label\n0\tx\t(\tA\tB\tq\tneutral\n",
            nli, Example("A", pair: "B", target: .label(1)),
            "text 'sentence1', pair 'sentence2', label 'gold_label'"
        ),
        (
            .tsv, "index\tquestion\tsentence\tlabel\n0\tA?\tB\tentailment\n", nli,
            Example("A?", pair: "B", target: .label(0)), "text 'question', pair 'sentence', label 'label'"
        ),
        (
            .tsv, "index\tgenre\tyear\tsentence1\tsentence2\tscore\n0\tx\t2012\tA\tB\t3.25\n", .number,
            Example("A", pair: "B", target: .number(3.25)), "text 'sentence1', pair 'sentence2', label 'score'"
        ),
        (
            .csv, "text,category\n\"A, b\",yes\n", binary, Example("A, b", target: .label(1)),
            "text 'text', label 'category'"
        ),
        (.csv, "Text,Label\nA,yes\n", binary, Example("A", target: .label(1)), "text 'Text', label 'Label'"),
        (
            .csv, "text,text_pair,label,score\nA,B,no,9\n", binary, Example("A", pair: "B", target: .label(0)),
            "text 'text', pair 'text_pair', label 'label'"
        ),
        // Half a pair is none.
        (
            .csv, "sentence1,sentence,label\nA,B,no\n", binary, Example("B", target: .label(0)),
            "text 'sentence', label 'label'"
        ),
        (
            .jsonl, #"{"sentence1":"A","sentence2":"B","gold_label":"neutral"}"#, nli,
            Example("A", pair: "B", target: .label(1)), "text 'sentence1', pair 'sentence2', label 'gold_label'"
        ),
    ]

    @Test(arguments: layouts.indices) func columnsAreFoundByTheirNames(index: Int) throws {
        let layout = ExampleTests.layouts[index]
        let reading = examples(layout.text, layout.format, layout.kind)
        var expected = layout.example
        expected.place = layout.format == .jsonl ? "line 1" : "line 2"
        #expect(reading.examples == [expected] && reading.failure == nil)
        #expect(reading.notes.first == "columns: " + layout.columns)
    }

    @Test func colaHasNoHeader() {
        let text = "gj04\t1\t\tThe \"cat\" sat.\ncj99\t0\t*\tCat the sat.\nx\t0\t??\tB\n"
        let reading = examples(text, .tsv, ExampleTests.binary)
        #expect(reading.texts == ["The \"cat\" sat.", "Cat the sat.", "B"])
        #expect(reading.targets == [.label(1), .label(0), .label(0)] && reading.examples.first?.place == "line 1")
        #expect(reading.notes.first == "columns: text 4, label 2, as in CoLA, without a header")
        // Four columns with a header are no CoLA, nor is what has a word for a mark.
        #expect(examples("a\tb\tsentence\tlabel\n1\t2\tA\t1\n", .tsv, ExampleTests.binary).texts == ["A"])
        #expect(
            examples("gj04\t1\tgood\tA\n", .tsv, ExampleTests.binary).failure
                == .noColumn("text", nearest: nil, found: ["gj04", "1", "good", "A"]))
    }

    @Test func chosenColumnsCount() {
        let text = "sentence,other,label,y\nA,B,no,yes\n"
        let columns = ColumnSelection(text: .name("other"), label: .name("y"))
        let reading = examples(text, .csv, ExampleTests.binary, columns)
        #expect(reading.texts == ["B"] && reading.targets == [.label(1)])
        // What is not chosen is still found.
        #expect(examples(text, .csv, ExampleTests.binary, ColumnSelection(label: .name("y"))).texts == ["A"])
        #expect(
            examples(text, .csv, ExampleTests.binary, ColumnSelection(label: .name("labl"))).failure
                == .noColumn("labl", nearest: "label", found: ["sentence", "other", "label", "y"], part: .label))
        let numbers = ColumnSelection(text: .number(2), pair: .number(1), label: .number(4))
        #expect(examples("A,B,no,yes\n", .csv, ExampleTests.binary, numbers).examples.map(\.pair) == ["A"])
        #expect(
            examples("A,no\n", .csv, ExampleTests.binary, ColumnSelection(text: .number(1))).failure
                == .noLabelColumn(found: []))
    }

    @Test func dataWithoutLabels() {
        let reading = examples("index\tsentence\n0\tA\n", .tsv, ExampleTests.binary)
        #expect(reading.failure == .noLabelColumn(found: ["index", "sentence"]))
        #expect(reading.failure?.description.contains("'index', 'sentence'") == true)
        #expect(
            examples("text,labels\nA,no\n", .csv, ExampleTests.binary).failure?.description.contains("('labels'?)")
                == true)
        #expect(examples("A\n", .txt, ExampleTests.binary).failure == .noLabels(.txt))
        let missing = examples("{\"text\":\"A\"}\n{\"text\":\"B\",\"label\":null}\n", .jsonl, ExampleTests.binary)
        #expect(
            missing.failure
                == .badRows(
                    first: RowError(lineNumber: 1, reason: .missingKey("label", nearest: nil)), count: 2,
                    places: ["line 1", "line 2"]))
        #expect(
            examples("text,label\nA,\n", .csv, ExampleTests.binary).failure
                == .badRows(first: RowError(lineNumber: 2, reason: .noLabel), count: 1, places: ["line 2"]))
    }

    @Test func laterObjectsMayHaveAPair() {
        let lines = "{\"text\":\"A\",\"label\":1}\n{\"text\":\"B\",\"text_pair\":\"C\",\"label\":\"no\"}\n"
        let reading = examples(lines, .jsonl, ExampleTests.binary)
        #expect(reading.examples.map(\.pair) == [nil, "C"] && reading.targets == [.label(1), .label(0)])
        #expect(reading.notes == ["columns: text 'text', label 'label'", "labels: '1' is 'yes'"])
    }

    // MARK: Rows

    @Test func unknownLabelsEndTheReading() throws {
        let rows = (0..<20).map { "t\($0)," + ($0 % 3 == 2 ? "Yes" : "yes") }.joined(separator: "\n")
        let reading = examples("text,label\n" + rows, .csv, ExampleTests.binary)
        #expect(reading.texts == ["t0", "t1"])
        let first = RowError(lineNumber: 4, reason: .unknownLabel("Yes", nearest: "yes", known: ["no", "yes"]))
        let failure = try #require(reading.failure)
        #expect(
            failure
                == .badRows(first: first, count: 6, places: ["line 4", "line 7", "line 10", "line 13", "line 16"]))
        #expect(
            failure.description
                == "line 4: unknown label 'Yes'; the nearest is 'yes'; known: 'no', 'yes'; 6 rows cannot "
                + "be used: line 4, line 7, line 10, line 13, line 16, …")
        #expect(failure.kind == .badData)
    }

    @Test func everyRowMustBeARow() {
        let reading = examples("text,label\na,no\nb\nc,no,x\n", .csv, ExampleTests.binary)
        let first = RowError(lineNumber: 3, reason: .fieldCount(expected: 2, found: 1))
        #expect(reading.failure == .badRows(first: first, count: 2, places: ["line 3", "line 4"]))
        // Damage that ends the reading does not hide the row that comes first.
        let broken = examples("text,label\na\nb,no\n\"c,no\n", .csv, ExampleTests.binary)
        #expect(
            broken.failure
                == .badRows(
                    first: RowError(lineNumber: 2, reason: .fieldCount(expected: 2, found: 1)), count: 1,
                    places: ["line 2"]))
        #expect(
            examples("text,label\n\"c,no\n", .csv, ExampleTests.binary).failure
                == .unclosedQuote(line: 2, limit: 1_000_000))
    }

    @Test func nothingAtAll() throws {
        #expect(examples("", .csv, ExampleTests.binary).failure == .noHeader)
        #expect(examples("", .jsonl, ExampleTests.binary) == ExampleReading())
        var source = try ExampleSource(format: .jsonl, kind: ExampleTests.binary) { _ throws(DataError) in 0 }
        var failure: DataError?
        do { _ = try source.readThrough() } catch { failure = error }
        #expect(failure == .noExamples)
    }

    // MARK: Kinds of labels

    @Test func labelsOfSeveralKindsMustFit() {
        let first = { (line: String, kind: TargetKind) -> RowError.Reason? in
            guard case .badRows(let first, 1, _) = examples(line, .jsonl, kind).failure else { return nil }
            return first.reason
        }
        #expect(first(#"{"text":"a","label":["yes"]}"#, ExampleTests.binary) == .severalLabels(count: 1))
        #expect(first(#"{"text":"a","label":[1,2]}"#, .number) == .severalLabels(count: 2))
        #expect(first(#"{"text":"a","label":true}"#, .number) == .notANumber("true"))
        for text in ["nan", "inf", "1e999", "", "1,5"] {
            #expect(first(#"{"text":"a","label":"\#(text)"}"#, .number) == .notANumber(text), "\(text)")
        }
        #expect(examples(#"{"text":"a","label":-2.5}"#, .jsonl, .number).targets == [.number(-2.5)])
        #expect(examples(#"{"text":"a","label":"1e-3"}"#, .jsonl, .number).targets == [.number(0.001)])
    }

    @Test func anyNumberOfLabels() throws {
        let table = try LabelTable(["oak", "ash", "elm"])
        let lists =
            "{\"text\":\"a\",\"label\":[\"elm\",\"oak\"]}\n{\"text\":\"b\",\"label\":[]}\n{\"text\":\"c\",\"label\":\"ash\"}\n"
        let plain = TargetKind.labels(table, separator: nil)
        #expect(examples(lists, .jsonl, plain).targets == [.labels([0, 2]), .labels([]), .labels([1])])
        let fields = "text,label\na,elm; oak\nb,\nc,1\n"
        let reading = examples(fields, .csv, .labels(table, separator: ";"))
        #expect(reading.targets == [.labels([0, 2]), .labels([]), .labels([1])])
        #expect(reading.notes.last == "labels: '1' is 'ash'")
        let bad: [(String, RowError.Reason)] = [
            ("elm;elm", .repeatedLabel("elm")), ("elm;0;oak", .repeatedLabel("oak")), ("elm;", .noLabel),
            ("elm;yew", .unknownLabel("yew", nearest: nil, known: ["oak", "ash", "elm"])),
        ]
        for (field, reason) in bad {
            #expect(
                examples("text,label\na,\(field)\n", .csv, .labels(table, separator: ";")).failure
                    == .badRows(first: RowError(lineNumber: 2, reason: reason), count: 1, places: ["line 2"]))
        }
    }
}
