// A calibration of a classifier's answers as an HTML page: reliability before and after, what the rule does, what it
// promises.

public import Adze
internal import AdzeBytes
internal import AdzeData

/// Makes a page of a calibration.
public enum CalibrationPage {
    /// The file's text; the same calibration always gives the same.
    /// - Parameters:
    ///   - title: what the page is called: the model and the data, by their names.
    ///   - facts: when, how long, with what.
    public static func html(_ found: AnswerCalibration, title: String, facts: PageFacts = PageFacts()) -> String {
        var page = Page(title: title, subtitle: subtitle(found), facts: facts)
        page.add(figures(headlines(found)))
        page.section(
            "How sure the answers were",
            note: "Each dot is the answers of like score; on the dashed line as many are right as the scores say.",
            charts([
                reliability("Before", "b", found.scores.before), reliability("After", "a", found.scores.after),
                reliability("After, held out", "c", found.scores.heldOut),
            ]))
        page.section("Scores", note: heldOutNote(found), table(found))
        if case .thresholds(let list) = found.rule.decision {
            page.section("From which score each label is said", thresholds(list, found.labels))
        }
        if let guarantee = found.rule.guarantee {
            page.section(
                "What is promised", .element("p", words: guarantee.prefix(1).uppercased() + guarantee.dropFirst() + ".")
            )
            page.add(selective(found))
        }
        return page.html
    }

    private static func subtitle(_ found: AnswerCalibration) -> String {
        let precision = found.rule.measurement.map { " · " + $0.precision.rawValue } ?? ""
        guard found.fitCount < found.exampleCount else { return counted(found.exampleCount, "text") + precision }
        return "\(counted(found.exampleCount, "text")), \(Figure.grouped(found.fitCount)) of them for the temperature"
            + precision
    }

    private static func headlines(_ found: AnswerCalibration) -> [Headline] {
        let (before, heldOut) = (found.scores.before, found.scores.heldOut)
        var list = [
            Headline("temperature", Figure.score(found.rule.temperature), "what the logits are divided by"),
            Headline(
                "calibration error", Figure.score(heldOut.calibrationError),
                "held out; \(Figure.score(before.calibrationError)) before"),
            Headline("log-loss", Figure.score(heldOut.logLoss), "held out; \(Figure.score(before.logLoss)) before"),
        ]
        if let answered = found.answered {
            let report = answered.heldOut ?? answered.after
            list.append(Headline("answered", Figure.percent(report.share, 2), "of the texts"))
            list.append(Headline("wrong answers", Figure.percent(report.wrongShare, 2), "of all texts"))
        }
        if let sets = found.sets {
            let report = sets.heldOut ?? sets.after
            list.append(Headline("sets that hold", Figure.percent(report.coverage, 2), "the right label"))
            list.append(Headline("labels of a set", Figure.fixed(report.meanSize, 2), "mean"))
        }
        return list
    }

    private static func heldOutNote(_ found: AnswerCalibration) -> String {
        "Figures on the texts that chose the rule flatter; held out is the rule of \(found.foldCount - 1) parts of "
            + "\(found.foldCount) on the one that is left, each in its turn."
    }

    // MARK: - Charts and tables

    private static func reliability(_ name: String, _ style: String, _ quality: AnswerQuality) -> Markup {
        let frame = ChartFrame(x: Ticks(from: 0, to: 1, steps: 5), y: Ticks(from: 0, to: 1, steps: 5))
        var drawing = frame.axes("score", "share that is right")
        drawing += frame.line("guide", (frame.column(0), frame.row(0)), (frame.column(1), frame.row(1)))
        let used = quality.bins.filter { $0.count > 0 && $0.confidence.isFinite }
        // Few answers say little: their dots are small.
        let most = Double(used.map(\.count).max() ?? 1).squareRoot()
        let points = used.map { (x: $0.confidence / Double($0.count), y: Double($0.correct) / Double($0.count)) }
        if points.count > 1 { drawing += frame.path(style, points) }
        for (bin, point) in zip(used, points) {
            let tip = "\(bin.count) answers, mean score \(Figure.fixed(point.x, 3)), \(Figure.percent(point.y)) right"
            drawing += frame.dot(
                "f" + style, point, radius: 2 + 4 * Double(bin.count).squareRoot() / most, tip: tip)
        }
        return figure(
            name,
            "expected error \(Figure.percent(quality.calibrationError, 2)); above the line too modest, below too sure",
            drawing)
    }

    private static func table(_ found: AnswerCalibration) -> Markup {
        let list = [
            ("before", found.scores.before), ("after", found.scores.after), ("after, held out", found.scores.heldOut),
        ]
        let isMultiLabel = found.scores.before.multiLabel != nil
        return rows(
            ["", "log-loss", "calibration error"] + (isMultiLabel ? ["micro F1", "macro F1"] : []),
            list.map { name, quality in
                [name, Figure.score(quality.logLoss), Figure.score(quality.calibrationError)]
                    + (quality.multiLabel.map { [Figure.score($0.micro.f1), Figure.score($0.macro.f1)] } ?? [])
            })
    }

    private static func thresholds(_ list: [Double], _ labels: [String]) -> Markup {
        rows(
            ["label", "score"],
            zip(labels, list).prefix(LabelTableView.limit).map { [$0, Figure.score($1)] })
    }

    private static func selective(_ found: AnswerCalibration) -> Markup {
        let names = ["on the texts that chose it", "held out"]
        if let (after, heldOut) = found.answered {
            return rows(
                ["", "answered", "right of these", "wrong of all"],
                zip(names, [after, heldOut].compactMap(\.self)).map { name, report in
                    [
                        name, Figure.percent(report.share, 2),
                        report.answeredCount > 0 ? Figure.percent(report.accuracy, 2) : "none",
                        Figure.percent(report.wrongShare, 2),
                    ]
                })
        }
        guard let (after, heldOut) = found.sets else { return Markup() }
        return rows(
            ["", "sets that hold the label", "labels of a set, mean", "of one label"],
            zip(names, [after, heldOut].compactMap(\.self)).map { name, report in
                [
                    name, Figure.percent(report.coverage, 2), Figure.fixed(report.meanSize, 2),
                    Figure.percent(report.singleShare, 2),
                ]
            })
    }

    private static func rows(_ names: [String], _ lines: [[String]]) -> Markup {
        let head = Markup.element(
            "thead", [:], .element("tr", [:], names.map { .element("th", words: $0) }.joined()))
        let body = lines.map { cells in
            Markup.element(
                "tr", [:],
                cells.enumerated().map { index, cell in
                    index == 0
                        ? Markup.element("td", ["class": "label"], words: cell) : .element("td", words: cell)
                }.joined())
        }
        return .element(
            "div", ["class": "scroll"],
            .element("table", ["class": "rows"], head + .element("tbody", [:], body.joined())))
    }
}
