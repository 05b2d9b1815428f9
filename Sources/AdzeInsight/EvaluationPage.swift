// An evaluation as an HTML page: main scores, confusion matrix, confidence, scores of each label, worst mistakes.

public import Adze
internal import AdzeBytes
internal import AdzeData

/// Makes a page of an evaluation.
public enum EvaluationPage {
    /// The file's text; the same report and details always give the same.
    /// - Parameters:
    ///   - title: what the page is called: the model and the data, by their names.
    ///   - subtitle: one line below, such as how long texts were cut.
    ///   - facts: when, how long, with what.
    public static func html(
        _ report: EvaluationReport, _ details: EvaluationDetails, title: String, subtitle: String = "",
        facts: PageFacts = PageFacts()
    ) -> String {
        var page = Page(title: title, subtitle: line(report, subtitle), facts: facts)
        page.add(figures(report.headlines))
        addSections(report, details, to: &page)
        return page.html
    }

    private static func line(_ report: EvaluationReport, _ subtitle: String) -> String {
        let texts = counted(report.exampleCount, "text")
        let cut = report.truncatedCount > 0 ? ", \(Figure.grouped(report.truncatedCount)) cut to length" : ""
        return texts + cut + (subtitle.isEmpty ? "" : " · " + subtitle)
    }

    /// All sections below the figures; a run's page has them too.
    static func addSections(_ report: EvaluationReport, _ details: EvaluationDetails, to page: inout Page) {
        switch report.scores {
        case .label(let scores):
            addConfusion(scores.confusion, report.labels, to: &page)
            page.section(
                "How sure the answers were", charts([confidence(details.bins), calibration(details.bins, scores)]))
            addLabels(scores.labels, report, to: &page)
        case .labels(let scores): addLabels(scores.labels, report, to: &page)
        case .number:
            page.section(
                "Predicted and actual",
                charts([scatter(details.points), Distribution.histogram(details.points.map(\.actual))]))
        }
        page.section(
            "The worst mistakes",
            note: details.mistakes.isEmpty ? nil : mistakeNote(report, details.mistakes.count),
            mistakes(details.mistakes, isNumber: report.isOfNumbers))
    }

    private static func addLabels(_ scores: [LabelScores], _ report: EvaluationReport, to page: inout Page) {
        page.section(
            "Labels", note: LabelTableView.note(report.labels.count), LabelTableView.table(scores, report.labels))
        page.add(
            charts([
                Distribution.figure(
                    report.labels, counts: scores.map(\.support), of: report.exampleCount, said: scores.map(\.predicted)
                )
            ]))
    }

    private static func mistakeNote(_ report: EvaluationReport, _ count: Int) -> String {
        let shown = count == 1 ? "One answer" : "The \(count) answers"
        return report.isOfNumbers
            ? "\(shown) farthest from the actual number."
            : "\(shown) of which the model was surest, and wrong. Some may be mistakes of the labels, not of the model."
    }

    // MARK: - Confusion

    private static func addConfusion(_ confusion: ConfusionMatrix, _ labels: [String], to page: inout Page) {
        if labels.count <= ConfusionView.tableLimit {
            page.section(
                "Confusion",
                note:
                    "Rows are what is, columns what was said; the stronger the colour, the larger the share of its row.",
                ConfusionView.table(confusion, labels))
        } else {
            page.section(
                "Confusion",
                note: "Each row is a label as it is, each column as it was said; right answers lie on the diagonal.",
                charts(
                    [ConfusionView.map(confusion, labels), ConfusionView.frequent(confusion, labels)].filter {
                        !$0.html.isEmpty
                    }))
        }
    }

    // MARK: - Charts

    static func confidence(_ bins: [EvaluationDetails.Bin]) -> Markup {
        let used = bins.firstIndex { $0.count > 0 } ?? 0
        let low = used < bins.count / 2 ? 0.0 : 0.5
        let most = Double(bins.map(\.count).max() ?? 1)
        let frame = ChartFrame(x: Ticks(from: low, to: 1, steps: 5), y: Ticks(0, max(most, 1)))
        var drawing = frame.axes("score of the answer", "texts", label: Figure.whole)
        for (index, bin) in bins.enumerated() where bin.count > 0 {
            let from = Double(index) / Double(bins.count) + 0.003
            let to = Double(index + 1) / Double(bins.count) - 0.003
            let tip = "\(Figure.fixed(from, 2))–\(Figure.fixed(to, 2)): \(bin.right) right, \(bin.wrong) wrong"
            drawing += frame.box("fb", from: (from, 0), to: (to, Double(bin.wrong)), tip: tip)
            drawing += frame.box("fa", from: (from, Double(bin.wrong)), to: (to, Double(bin.count)), tip: tip)
        }
        return figure(
            "Scores", "how many answers had which score",
            key: ChartKey.areas([("right", "a"), ("wrong", "b")]), drawing)
    }

    static func calibration(_ bins: [EvaluationDetails.Bin], _ scores: ClassificationReport) -> Markup {
        let frame = ChartFrame(x: Ticks(from: 0, to: 1, steps: 5), y: Ticks(from: 0, to: 1, steps: 5))
        var drawing = frame.axes("score of the answer", "share that is right")
        drawing += frame.line("guide", (frame.column(0), frame.row(0)), (frame.column(1), frame.row(1)))
        // Few answers say little: their dots are small.
        let most = Double(bins.map(\.count).max() ?? 1).squareRoot()
        let used = bins.filter { $0.count > 0 && $0.confidence.isFinite }
        let points = used.map { (x: $0.confidence / Double($0.count), y: Double($0.right) / Double($0.count)) }
        if points.count > 1 { drawing += frame.path("a", points) }
        for (bin, point) in zip(used, points) {
            let tip = "\(bin.count) answers, mean score \(Figure.fixed(point.x, 3)), \(Figure.percent(point.y)) right"
            drawing += frame.dot("ring", point, radius: 2.5 + 4.5 * Double(bin.count).squareRoot() / most, tip: tip)
        }
        return figure(
            "Calibration",
            "expected error \(Figure.percent(scores.calibrationError)); above the dashed line answers are too modest, "
                + "below it too sure; larger dots, more answers", drawing)
    }

    private static func scatter(_ points: [(actual: Double, predicted: Double)]) -> Markup {
        let all = points.flatMap { [$0.actual, $0.predicted] }
        guard let low = all.min(), let high = all.max() else { return Markup() }
        let ticks = Ticks(low, high)
        let frame = ChartFrame(x: ticks, y: ticks)
        var drawing = frame.axes("actual", "predicted")
        drawing += frame.line(
            "guide", (frame.column(ticks.low), frame.row(ticks.low)), (frame.column(ticks.high), frame.row(ticks.high)))
        for point in points {
            drawing += frame.dot(
                "fa", (x: point.actual, y: point.predicted), radius: 2,
                tip: "actual \(Figure.short(point.actual)), predicted \(Figure.short(point.predicted))")
        }
        return figure("Predictions", "on the dashed line they are right", drawing)
    }

    // MARK: - Mistakes

    private static func mistakes(_ list: [EvaluationDetails.Mistake], isNumber: Bool) -> Markup {
        guard !list.isEmpty else { return .element("p", words: "None.") }
        let head = Markup.element(
            "thead", [:],
            .element(
                "tr", [:],
                ["text", "is", "said", isNumber ? "off by" : "score"].map { .element("th", words: $0) }.joined()))
        let rows = list.map { mistake in
            var text = Markup.text(mistake.text)
            if let pair = mistake.pair { text += .element("small", words: pair) }
            if let places = places(mistake) { text += .element("small", words: places) }
            return Markup.element(
                "tr", [:],
                .element("td", ["class": "said", "dir": "auto"], text)
                    + .element("td", ["class": "tag t"], words: mistake.actual.joined(separator: " or "))
                    + .element("td", ["class": "tag p"], words: mistake.predicted)
                    + .element(
                        "td", ["class": "score"],
                        words: isNumber ? Figure.short(mistake.score) : Figure.fixed(mistake.score, 3)))
        }
        return .element(
            "div", ["class": "scroll"],
            .element("table", ["class": "rows wrong"], head + .element("tbody", [:], rows.joined())))
    }

    /// Where a mistake was read; the first places of a text that the set has often.
    private static func places(_ mistake: EvaluationDetails.Mistake) -> String? {
        guard !mistake.places.isEmpty else {
            return mistake.count > 1 ? "\(Figure.grouped(mistake.count)) times" : nil
        }
        let more = mistake.count - mistake.places.count
        return mistake.places.joined(separator: ", ") + (more > 0 ? " and \(Figure.grouped(more)) more" : "")
    }
}

extension EvaluationReport {
    /// Whether the model says numbers.
    var isOfNumbers: Bool { if case .number = scores { true } else { false } }

    /// What comes of a rule by which a model abstains, or gives sets.
    private var selective: [Headline] {
        if let answered {
            let accuracy = answered.answeredCount > 0 ? Figure.percent(answered.accuracy, 2) : "none"
            return [
                Headline("answered", Figure.percent(answered.share, 2), "of the texts"),
                Headline("right of these", accuracy, "wrong of all: \(Figure.percent(answered.wrongShare, 2))"),
            ]
        }
        guard let sets else { return [] }
        return [
            Headline("sets that hold", Figure.percent(sets.coverage, 2), "the right label"),
            Headline("labels of a set", Figure.fixed(sets.meanSize, 2), "mean"),
        ]
    }

    /// The figures above all else, the one that counts first.
    var headlines: [Headline] {
        func figure(_ value: Double?) -> String { value.map(Figure.score) ?? "undefined" }
        switch scores {
        case .label(let report):
            return [
                Headline("accuracy", Figure.percent(report.accuracy, 2), Meaning.of("accuracy") ?? ""),
                Headline("macro F1", figure(report.macro.f1), Meaning.macroF1),
                Headline("MCC", figure(report.matthews), Meaning.matthews),
                Headline("log-loss", figure(report.logLoss), Meaning.logLoss(labelCount: labels.count)),
                Headline("calibration error", figure(report.calibrationError), Meaning.calibration),
            ] + selective
        case .labels(let report):
            return [
                Headline("micro F1", figure(report.micro.f1), Meaning.microF1),
                Headline("macro F1", figure(report.macro.f1), Meaning.macroF1),
                Headline("all labels right", Figure.percent(report.subsetAccuracy, 2), "share of the texts"),
                Headline("samples F1", figure(report.samples.f1), "mean of the texts' F1"),
            ]
        case .number(let report):
            return [
                Headline("Pearson", figure(report.pearson), Meaning.pearson),
                Headline("Spearman", figure(report.spearman), Meaning.spearman),
                Headline("R²", figure(report.determination), Meaning.determination),
                Headline("mean absolute error", Figure.short(report.meanAbsoluteError), "in the numbers' unit"),
                Headline("mean squared error", Figure.short(report.meanSquaredError), "large errors weigh more"),
            ]
        }
    }
}
