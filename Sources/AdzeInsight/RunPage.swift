// A training run as a page: loss, metrics, learning rate, and what the best epoch's model gets wrong.

public import Adze

/// Makes a page of a run.
public enum RunPage {
    /// The file's text; the same log and evaluation always give the same.
    /// - Parameter best: the evaluation of the model that was kept, over the development set, where there is one.
    public static func html(
        _ log: RunLog, best: (report: EvaluationReport, details: EvaluationDetails)? = nil, title: String? = nil
    ) -> String {
        var page = Page(title: title ?? (log.title.isEmpty ? "Training run" : log.title), subtitle: line(log))
        page.add(figures(headlines(log)))
        page.section("Course", note: courseNote(log), charts(courseCharts(log).filter { !$0.html.isEmpty }))
        if !log.epochs.isEmpty { page.section("Epochs", epochTable(log)) }
        if let best {
            if let epoch = log.bestEpoch {
                page.add(
                    .element("h2", words: "The model of epoch \(epoch)")
                        + .element("p", ["class": "note"], words: "Over the development set."))
            }
            page.add(figures(best.report.headlines))
            EvaluationPage.addSections(best.report, best.details, to: &page)
        }
        if !log.recipe.isEmpty { page.section("Recipe", recipeTable(log)) }
        return page.html
    }

    private static func line(_ log: RunLog) -> String {
        var parts: [String] = []
        if let count = log.trainExamples { parts.append("\(Figure.grouped(count)) examples to learn from") }
        if let count = log.devExamples { parts.append("\(Figure.grouped(count)) to judge by") }
        let done = log.steps.last?.step ?? 0
        if let planned = log.plannedSteps, done < planned {
            parts.append("\(Figure.grouped(done)) of \(Figure.grouped(planned)) steps")
        } else if done > 0 {
            parts.append("\(Figure.grouped(done)) steps")
        }
        return parts.joined(separator: ", ")
    }

    private static func headlines(_ log: RunLog) -> [(name: String, value: String)] {
        var list: [(name: String, value: String)] = []
        let best = log.epochs.first { $0.epoch == log.bestEpoch } ?? log.epochs.last
        if let best, let value = best.value {
            list.append((name(of: best.metric), Figure.fixed(value, 4)))
            list.append(("epoch kept", "\(best.epoch) of \(log.epochs.count)"))
        }
        if let loss = best?.devLoss { list.append(("dev loss", Figure.fixed(loss, 4))) }
        if let loss = best?.trainLoss ?? log.steps.last?.loss { list.append(("train loss", Figure.fixed(loss, 4))) }
        return list
    }

    private static func courseNote(_ log: RunLog) -> String? {
        // Two epochs of rising loss while that of training falls: what one calls learning by heart.
        let losses = log.epochs.compactMap(\.devLoss)
        guard losses.count > 2, let least = losses.indices.min(by: { losses[$0] < losses[$1] }),
            least < losses.count - 2
        else { return nil }
        return "The dev loss is least after epoch \(log.epochs[least].epoch) and rises from there: "
            + "later epochs learn the training set by heart."
    }

    private static func courseCharts(_ log: RunLog) -> [Markup] {
        let steps = log.steps.map { (x: Double($0.step), y: $0.loss) }.filter { $0.y.isFinite }
        let dev = log.epochs.compactMap { epoch in epoch.devLoss.map { (x: Double(epoch.step), y: $0) } }
        let loss = lineChart(
            "Loss", note: "train: mean of \(window(steps.count)) steps; single steps behind it", x: "step", y: "loss",
            [
                Series(name: "train", style: "a", points: smoothed(steps)),
                Series(name: "dev", style: "b", points: dev, hasDots: true),
            ], faint: steps, range: 0...0)
        let rate = lineChart(
            "Learning rate", x: "step", y: "rate of the body",
            [Series(name: "", style: "a", points: log.steps.map { (x: Double($0.step), y: $0.learningRate) })],
            range: 0...0)
        return [loss, metrics(log), rate]
    }

    /// The metric that chooses, and at most two more.
    private static func metrics(_ log: RunLog) -> Markup {
        guard let first = log.epochs.first else { return Markup() }
        var series = [
            Series(
                name: name(of: first.metric), style: "a",
                points: log.epochs.compactMap { epoch in epoch.value.map { (x: Double(epoch.epoch), y: $0) } },
                hasDots: true)
        ]
        let shown = ["accuracy", "macro-f1", "mcc", "micro-f1", "spearman"].filter { $0 != first.metric }
        let others = shown.filter { name in first.metrics.contains { $0.name == name } }.prefix(2)
        for (name, style) in zip(others, ["b", "c"]) {
            let points = log.epochs.compactMap { epoch in
                epoch.metrics.first { $0.name == name }.map { (x: Double(epoch.epoch), y: $0.value) }
            }
            series.append(Series(name: self.name(of: name), style: style, points: points, hasDots: true))
        }
        return lineChart("Dev scores", note: "after each epoch", x: "epoch", y: "score", series, wholeSteps: true)
    }

    private static func window(_ count: Int) -> Int { max(1, count / 50) }

    /// The mean over the steps before each, as many as a fiftieth of the run.
    private static func smoothed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        let width = window(points.count)
        var sum = 0.0
        return points.indices.map { index in
            sum += points[index].y
            if index >= width { sum -= points[index - width].y }
            return (points[index].x, sum / Double(min(index + 1, width)))
        }
    }

    private static func epochTable(_ log: RunLog) -> Markup {
        let metric = log.epochs.first.map { name(of: $0.metric) } ?? ""
        let others = (log.epochs.first?.metrics ?? []).map(\.name).filter { $0 != log.epochs.first?.metric }
        let names = ["epoch", metric] + others.map(name) + ["train loss", "dev loss", "tokens/s"]
        let head = Markup.element(
            "thead", [:], .element("tr", [:], names.map { .element("th", words: $0) }.joined()))
        let rows = log.epochs.map { epoch -> Markup in
            func figure(_ value: Double?) -> String { value.map { Figure.fixed($0, 4) } ?? "–" }
            let more = others.map { name in figure(epoch.metrics.first { $0.name == name }?.value) }
            let cells =
                ["\(epoch.epoch)" + (epoch.epoch == log.bestEpoch ? " (kept)" : ""), figure(epoch.value)] + more
                + [
                    figure(epoch.trainLoss), figure(epoch.devLoss),
                    epoch.tokensPerSecond.map { Figure.grouped(Int($0.rounded())) } ?? "–",
                ]
            let markup = cells.map { Markup.element("td", words: $0) }.joined()
            return .element("tr", ["class": epoch.epoch == log.bestEpoch ? "right" : ""], markup)
        }
        return .element(
            "div", ["class": "scroll"],
            .element("table", ["class": "rows"], head + .element("tbody", [:], rows.joined())))
    }

    private static func recipeTable(_ log: RunLog) -> Markup {
        let rows = log.recipe.map { name, value in
            Markup.element(
                "tr", [:], .element("td", words: name) + .element("td", ["class": "label"], words: value))
        }
        return .element(
            "div", ["class": "scroll"],
            .element("table", ["class": "rows recipe"], .element("tbody", [:], rows.joined())))
    }

    /// A metric's name as people write it.
    private static func name(of metric: String) -> String {
        let names = [
            "macro-f1": "macro F1", "micro-f1": "micro F1", "weighted-f1": "weighted F1", "samples-f1": "samples F1",
            "subset-accuracy": "all labels right", "mcc": "MCC", "pearson": "Pearson", "spearman": "Spearman",
            "r2": "R²", "mse": "mean squared error", "mae": "mean absolute error",
        ]
        return names[metric] ?? metric
    }
}
