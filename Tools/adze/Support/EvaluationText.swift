// An evaluation as a person reads it in a terminal.

import Adze

/// Tables and lines of an evaluation.
enum EvaluationText {
    /// The most labels whose confusion matrix is shown whole.
    static let matrixLimit = 12
    /// The most mistakes that are listed where the matrix is not shown.
    static let mistakeLimit = 10

    /// The lines of a report.
    static func lines(_ report: EvaluationReport) -> [String] {
        let names = report.labels.map { cut(oneField($0), columns: 40) }
        switch report.scores {
        case .label(let scores): return lines(scores, names) + selective(report)
        case .labels(let scores): return lines(scores, names)
        case .number(let scores): return lines(scores)
        }
    }

    private static func lines(_ report: ClassificationReport, _ names: [String]) -> [String] {
        let all = report.exampleCount
        var lines = table(
            names, report.labels, [("macro average", report.macro, all), ("weighted average", report.weighted, all)])
        let figures = [
            ("accuracy", report.accuracy), ("MCC", report.matthews), ("log-loss", report.logLoss),
            ("ECE", report.calibrationError),
        ]
        lines += ["", figures.map { "\($0) \(figure($1))" }.joined(separator: ", ")]
        let occurring = report.labels.filter(\.occurs).count
        if occurring < names.count {
            lines.append(
                "macro average over the \(grouped(occurring)) labels that occur; over all \(grouped(names.count)): F1 "
                    + figure(report.macroOfAll.f1))
        }
        return lines + [""]
            + (names.count <= matrixLimit ? matrix(report.confusion, names) : mistakes(report.confusion, names))
    }

    /// What comes of a rule by which a model abstains, or gives sets.
    private static func selective(_ report: EvaluationReport) -> [String] {
        if let answered = report.answered {
            let rest = answered.answeredCount > 0 ? ", \(CalibrateText.percent(answered.accuracy)) of these right" : ""
            return [
                "",
                "answered \(grouped(answered.answeredCount)) of \(grouped(answered.exampleCount)), "
                    + "\(CalibrateText.percent(answered.share))\(rest); wrong answers: "
                    + "\(CalibrateText.percent(answered.wrongShare)) of all",
            ]
        }
        guard let sets = report.sets else { return [] }
        return [
            "",
            "\(CalibrateText.percent(sets.coverage)) of the sets hold the right label; mean size "
                + "\(rounded(sets.meanSize, digits: 2)), \(CalibrateText.percent(sets.singleShare)) of one label",
        ]
    }

    private static func lines(_ report: MultiLabelReport, _ names: [String]) -> [String] {
        let support = report.labels.reduce(0) { $0 + $1.support }
        let averages = [
            ("micro average", report.micro, support), ("macro average", report.macro, support),
            ("weighted average", report.weighted, support), ("samples average", report.samples, support),
        ]
        return table(names, report.labels, averages) + ["", "all labels right: \(figure(report.subsetAccuracy))"]
    }

    private static func lines(_ report: RegressionReport) -> [String] {
        var table = TextTable()
        table.add(["mean squared error", figure(report.meanSquaredError)])
        table.add(["mean absolute error", figure(report.meanAbsoluteError)])
        for (name, value) in [
            ("R²", report.determination), ("Pearson", report.pearson), ("Spearman", report.spearman),
        ] {
            table.add([name, value.map(figure) ?? "undefined"])
        }
        return table.lines
    }

    private static func table(
        _ names: [String], _ labels: [LabelScores], _ averages: [(String, PrecisionRecall, Int)]
    ) -> [String] {
        var table = TextTable()
        func add(_ name: String, _ scores: PrecisionRecall, _ support: Int) {
            table.add([
                name, figure(scores.precision), figure(scores.recall), figure(scores.f1), grouped(support),
            ])
        }
        table.add(["label", "precision", "recall", "F1", "support"])
        for (name, label) in zip(names, labels) { add(name, label.scores, label.support) }
        for (name, scores, support) in averages { add(name, scores, support) }
        var lines = table.lines
        lines.insert("", at: 1 + names.count)
        return lines
    }

    private static func matrix(_ confusion: ConfusionMatrix, _ names: [String]) -> [String] {
        var table = TextTable()
        table.add(["actual \\ predicted"] + names.map { cut($0, columns: 14) })
        for (name, row) in zip(names, confusion.rows) { table.add([name] + row.map(grouped)) }
        return table.lines
    }

    private static func mistakes(_ confusion: ConfusionMatrix, _ names: [String]) -> [String] {
        let mistakes = confusion.mistakes
        guard !mistakes.isEmpty else { return ["no mistakes"] }
        var table = TextTable()
        for mistake in mistakes.prefix(mistakeLimit) {
            table.add(["\(names[mistake.actual]) → \(names[mistake.predicted])", grouped(mistake.count)])
        }
        return ["most frequent mistakes, actual → predicted"] + table.lines
    }

    private static func figure(_ value: Double) -> String { rounded(value, digits: 4) }
}
