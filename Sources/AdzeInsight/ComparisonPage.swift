// A comparison as an HTML page: its table, and the score against blocks, bytes and speed. Not here: what it found.

public import Adze
internal import AdzeBytes

/// Makes a page of a comparison.
public enum ComparisonPage {
    /// The file's text; the same table always gives the same.
    public static func html(_ table: ComparisonTable, title: String, facts: PageFacts = PageFacts()) -> String {
        let subtitle =
            "\(counted(table.rows.count, "configuration")), \(counted(table.seedCount, "seed")) each, compared by"
            + " \(table.metric) over \(counted(table.devCount, "text")) of a development set"
        var page = Page(title: title, subtitle: subtitle, facts: facts)
        page.add(figures(headlines(table)))
        page.section("Configurations", note: tableNote(table), tableMarkup(table))
        page.section("What a score costs", note: chartNote(table), charts(drawings(table)))
        page.section("From epoch to epoch", note: courseNote, courses(table))
        page.section("How the figures came about", method(table))
        return page.html
    }

    // MARK: Figures

    private static func headlines(_ table: ComparisonTable) -> [Headline] {
        var list: [Headline] = []
        if let best = table.best {
            list.append(
                Headline("best: \(best.configuration.name)", estimate(best.score), "\(table.metric), development set"))
        }
        if let enough = table.enough, let best = table.best {
            let isBest = enough.configuration == best.configuration
            list.append(
                Headline(
                    "enough: \(enough.configuration.name)", estimate(enough.score),
                    isBest
                        ? "no smaller one is level with it"
                        : "level with the best, \(byteSize(enough.bytes)) for \(byteSize(best.bytes))"))
        }
        if let test = table.test {
            list.append(
                Headline("best, test set", estimate(test), "\(counted(table.testCount, "text")) met once, at the end"))
        }
        return list
    }

    private static func estimate(_ estimate: Estimate) -> String {
        Figure.score(estimate.mean) + (estimate.standardError.map { " ± \(Figure.fixed($0, 4))" } ?? "")
    }

    // MARK: Table

    private static func tableNote(_ table: ComparisonTable) -> String {
        table.seedCount > 1
            ? "Means over \(table.seedCount) seeds, ± their standard errors; epochs are those to the peak. A difference"
                + " within twice its standard error is none: such rows are marked as level with the best."
            : "One seed each: how much of a difference is chance is not known. --seeds 3 says."
    }

    private static func tableMarkup(_ table: ComparisonTable) -> Markup {
        let names = [
            "configuration", table.metric, "", "in int8", "epochs", "weights", "bytes", "texts/s", "training",
        ]
        let head = Markup.element(
            "thead", [:], .element("tr", [:], names.map { .element("th", words: $0) }.joined()))
        let rows = table.rows.map { row -> Markup in
            let standing = table.standing(of: row)
            let cells = [
                estimate(row.score), standing == .behind ? "" : standing.rawValue, estimate(row.int8Score),
                Figure.fixed(row.epochs.mean, 1), "\(Figure.fixed(Double(row.parameters) / 1e6, 1)) M",
                byteSize(row.bytes),
                Figure.grouped(row.textsPerSecond),
                row.seconds.mean.isFinite ? PageFacts.duration(row.seconds.mean) : "interrupted",
            ]
            return .element(
                "tr", ["class": standing == .best ? "right" : ""],
                .element("td", ["class": "label"], words: row.configuration.name)
                    + cells.map { .element("td", words: $0) }.joined())
        }
        return .element(
            "div", ["class": "scroll"],
            .element("table", ["class": "rows"], head + .element("tbody", [:], rows.joined())))
    }

    // MARK: Charts

    private static func chartNote(_ table: ComparisonTable) -> String {
        "Bars are standard errors over the seeds. In the second and third chart filled dots are those that no other"
            + " configuration beats in both of the axes (the Pareto front)."
    }

    private static func drawings(_ table: ComparisonTable) -> [Markup] {
        [
            blocksChart(table),
            scatter(
                table, "\(table.metric) against bytes", x: "MB that int8 reads", value: { Double($0.bytes) / 1e6 },
                front: table.front { Double($0.bytes) }),
            scatter(
                table, "\(table.metric) against speed", x: "texts a second in int8", value: { $0.textsPerSecond },
                front: table.front { -$0.textsPerSecond }),
        ]
    }

    /// The range of the scores with their errors.
    private static func ticks(_ rows: [ComparisonTable.Row]) -> Ticks {
        let low = rows.map { $0.score.mean - ($0.score.standardError ?? 0) }.min() ?? 0
        let high = rows.map { $0.score.mean + ($0.score.standardError ?? 0) }.max() ?? 1
        return Ticks(low, high)
    }

    private static func blocksChart(_ table: ComparisonTable) -> Markup {
        let rows = table.rows.filter { $0.score.mean.isFinite && $0.configuration.wordTableSize == nil }
        guard !rows.isEmpty else { return Markup() }
        let last = rows.map { $0.configuration.blocks.count }.max() ?? 1
        let first = rows.map { $0.configuration.blocks.count }.min() ?? 0
        let frame = ChartFrame(
            x: Ticks(from: Double(first), to: Double(max(last, first + 1)), steps: max(last - first, 1)), y: ticks(rows)
        )
        var drawing = frame.axes("blocks", table.metric)
        var heads: [String] = []
        for row in rows where !heads.contains(row.configuration.head) { heads.append(row.configuration.head) }
        var key: [(name: String, style: String)] = []
        for (index, head) in heads.enumerated() {
            let style = ["a", "b", "c"][index % 3]
            let own = rows.filter { $0.configuration.head == head }
                .sorted { $0.configuration.blocks.count < $1.configuration.blocks.count }
            let points = own.map { (x: Double($0.configuration.blocks.count), y: $0.score.mean) }
            if points.count > 1 { drawing += frame.path(style, points) }
            for (row, point) in zip(own, points) {
                drawing += errorBar(frame, row, x: point.x)
                drawing += frame.dot("f" + style, point, radius: 3.5, tip: tip(row))
            }
            key.append((head, style))
        }
        return figure("\(table.metric) against blocks", "", key: ChartKey.lines(key), drawing)
    }

    private static func scatter(
        _ table: ComparisonTable, _ name: String, x: String, value: (ComparisonTable.Row) -> Double,
        front: [ComparisonTable.Row]
    ) -> Markup {
        let rows = table.rows.filter { $0.score.mean.isFinite && value($0).isFinite }
        guard let low = rows.map(value).min(), let high = rows.map(value).max() else { return Markup() }
        let frame = ChartFrame(x: Ticks(min(low, high * 0.95), high), y: ticks(rows))
        var drawing = frame.axes(x, table.metric)
        let edge = front.sorted { value($0) < value($1) }.map { (x: value($0), y: $0.score.mean) }
        if edge.count > 1 { drawing += frame.path("guide", edge) }
        // Those on the front stand before the others.
        for row in rows.filter({ !front.contains($0) }) + rows.filter(front.contains) {
            let point = (x: value(row), y: row.score.mean)
            drawing += errorBar(frame, row, x: point.x)
            drawing += frame.dot(front.contains(row) ? "fa" : "ring", point, radius: 3.5, tip: tip(row))
            guard front.contains(row) else { continue }
            // Names go to the side that has room.
            let isRight = frame.column(point.x) > ChartFrame.width / 2
            drawing += frame.words(
                short(row.configuration), (frame.column(point.x) + (isRight ? -7 : 7), frame.row(point.y) - 6),
                anchor: isRight ? "end" : "start")
        }
        return figure(name, "", drawing)
    }

    private static func errorBar(_ frame: ChartFrame, _ row: ComparisonTable.Row, x: Double) -> Markup {
        guard let error = row.score.standardError, error > 0 else { return Markup() }
        let column = frame.column(x)
        return frame.line(
            "error", (column, frame.row(row.score.mean - error)), (column, frame.row(row.score.mean + error)))
    }

    private static func short(_ configuration: ComparisonConfiguration) -> String {
        "\(configuration.wordTableSize.map { "table \($0)" } ?? "\(configuration.blocks.count)") \(configuration.head)"
    }

    private static func tip(_ row: ComparisonTable.Row) -> String {
        "\(row.configuration.name): \(estimate(row.score)), \(byteSize(row.bytes)),"
            + " \(Figure.grouped(row.textsPerSecond)) texts/s"
    }

    // MARK: Method

    private static func method(_ table: ComparisonTable) -> Markup {
        var lines = [
            "Each run keeps the epoch of the best \(table.metric) over the development set, which also chooses among the"
                + " configurations: its scores are those of what was chosen by it, and flatter a little.",
            "Standard errors are over seeds: weights of the new head, order of the examples, dropout. That the"
                + " development set is a sample of \(counted(table.devCount, "text")) comes on top.",
        ]
        if table.test != nil {
            lines.append(
                "The test set has met the models of the best configuration alone, once, after all choices, in int8.")
            if !table.testedBefore.isEmpty {
                lines.append(
                    "Before, when they were the best, it met: \(table.testedBefore.joined(separator: "; ")).")
            }
        } else {
            lines.append("No test set was given: a score on data that has chosen nothing is not known.")
        }
        lines.append(
            "Texts a second are int8's over texts of the development set, tokenizing included, the best of three passes"
                + " of each run on the machine that ran."
        )
        return lines.map { Markup.element("p", ["class": "note"], words: $0) }.joined()
    }
}
