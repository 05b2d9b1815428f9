// A training run as an HTML page: loss, metrics, learning rate, and the mistakes of the best epoch's model.

public import Adze
internal import AdzeBytes

/// Makes a page of a run.
public enum RunPage {
    /// The file's text; the same log and evaluation always give the same.
    /// - Parameter best: the evaluation of the model that was kept, over the development set, where there is one.
    public static func html(
        _ log: RunLog, best: (report: EvaluationReport, details: EvaluationDetails)? = nil, title: String? = nil
    ) -> String {
        var page = Page(
            title: title ?? (log.title.isEmpty ? "Training run" : log.title), subtitle: line(log), facts: facts(log))
        if let state = state(log) { page.add(.element("p", ["class": "state"], words: state)) }
        page.add(figures(headlines(log)))
        page.section("Course", note: courseNote(log), charts(courseCharts(log).filter { !$0.html.isEmpty }))
        if !log.epochs.isEmpty { page.section("Epochs", epochTable(log)) }
        if !log.labelCounts.isEmpty {
            page.section(
                "What there was to learn from",
                charts([Distribution.figure(log.labels, counts: log.labelCounts, of: log.trainExamples)]))
        }
        if let best {
            if let epoch = log.bestEpoch {
                page.add(
                    .element("h2", words: "The model of epoch \(epoch)")
                        + .element("p", ["class": "note"], words: "Over the development set."))
            }
            page.add(figures(best.report.headlines))
            EvaluationPage.addSections(best.report, best.details, to: &page)
        }
        if log.recipe.count > 0 {
            page.section(
                "Recipe", note: "As options of adze finetune; names without dashes are keys of a file for --recipe.",
                RecipeTable.markup(log.recipe, labels: log.labels))
        }
        return page.html
    }

    private static func line(_ log: RunLog) -> String {
        var parts: [String] = []
        if let count = log.trainExamples { parts.append("\(counted(count, "example")) to learn from") }
        if let count = log.devExamples { parts.append("\(Figure.grouped(count)) to judge by") }
        if let last = log.steps.last { parts.append(counted(last.step, "step")) }
        return parts.joined(separator: ", ")
    }

    private static func facts(_ log: RunLog) -> PageFacts {
        var facts = PageFacts()
        facts.date = log.started.map { "begun " + PageFacts.readable($0) }
        facts.duration = log.seconds.map { "trained for " + PageFacts.duration($0) }
        facts.version = log.version
        return facts
    }

    /// What a reader must know of a run whose log has no end.
    private static func state(_ log: RunLog) -> String? {
        guard !log.isFinished else { return nil }
        let done = Figure.grouped(log.steps.last?.step ?? 0)
        let all = log.plannedSteps.map { " of \(counted($0, "step"))" } ?? " steps"
        return
            "This run is going on, or was cut short: the log ends after \(done)\(all). No epoch's model is chosen yet."
    }

    private static func headlines(_ log: RunLog) -> [Headline] {
        var list: [Headline] = []
        let kept = log.epochs.first { $0.epoch == log.bestEpoch } ?? log.epochs.last
        if let kept, let value = kept.value {
            list.append(
                Headline(
                    name(of: kept.metric), Figure.score(value),
                    Meaning.of(kept.metric) ?? (log.isFinished ? "" : "of the last epoch")))
        }
        if let kept {
            let all = max(log.plannedEpochs ?? 0, log.epochs.last?.epoch ?? 0)
            list.append(
                Headline(
                    log.isFinished ? "epoch kept" : "epochs done",
                    "\(Figure.grouped(kept.epoch)) of \(Figure.grouped(all))"
                ))
        }
        if let loss = kept?.devLoss {
            list.append(Headline("dev loss", Figure.score(loss), "on texts it does not learn"))
        }
        if let loss = kept?.trainLoss ?? log.steps.last?.loss {
            list.append(Headline("train loss", Figure.score(loss), "on those it learns, while it does"))
        }
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
        let steps = log.steps.map { (x: Double($0.step), y: Ticks.drawn($0.loss)) }
        let dev = log.epochs.compactMap { epoch in epoch.devLoss.map { (x: Double(epoch.step), y: $0) } }
        // How far a run has come shows in how much of the axis is empty.
        let end = log.isFinished ? nil : log.plannedSteps.map(Double.init)
        let loss = lineChart(
            "Loss", note: "train: mean of \(counted(window(steps.count), "step")), single steps behind it",
            x: "step", y: "loss",
            [
                Series(name: "train", style: "a", points: smoothed(steps)),
                Series(name: "dev", style: "b", points: dev, hasDots: true),
            ], faint: steps, range: 0...0, end: end)
        let rate = lineChart(
            "Learning rate", x: "step", y: "rate of the body",
            [Series(name: "", style: "a", points: log.steps.map { (x: Double($0.step), y: $0.learningRate) })],
            range: 0...0, end: end)
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
        let end = log.isFinished ? nil : log.plannedEpochs.map(Double.init)
        return lineChart(
            "Dev scores", note: "after each epoch", x: "epoch", y: "score", series, end: end, wholeSteps: true)
    }

    private static func window(_ count: Int) -> Int { max(1, count / 50) }

    /// The mean over the steps before each, as many as a fiftieth of the run.
    ///
    /// Each window is the end of one block of its width and the beginning of the next, both summed afresh: a sum that is
    /// carried along keeps for ever what one enormous loss did to its digits.
    static func smoothed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        let width = window(points.count)
        var tails = [Double](repeating: 0, count: width + 1)
        var head = 0.0
        return points.indices.map { index in
            let place = index % width
            if place == 0 {
                head = 0
                if index > 0 {
                    for back in 1...width { tails[width - back] = tails[width - back + 1] + points[index - back].y }
                }
            }
            head += points[index].y
            let tail = index >= width ? tails[place + 1] : 0
            return (points[index].x, (head + tail) / Double(min(index + 1, width)))
        }
    }

    private static func epochTable(_ log: RunLog) -> Markup {
        let metric = log.epochs.first.map { name(of: $0.metric) } ?? ""
        let others = (log.epochs.first?.metrics ?? []).map(\.name).filter { $0 != log.epochs.first?.metric }.prefix(12)
        let names = ["epoch", metric] + others.map(name) + ["train loss", "dev loss", "tokens/s"]
        let head = Markup.element(
            "thead", [:], .element("tr", [:], names.map { .element("th", words: $0) }.joined()))
        let rows = log.epochs.map { epoch -> Markup in
            func figure(_ value: Double?) -> String { value.map(Figure.score) ?? "–" }
            let more = others.map { name in figure(epoch.metrics.first { $0.name == name }?.value) }
            let cells =
                ["\(epoch.epoch)" + (epoch.epoch == log.bestEpoch ? " (kept)" : ""), figure(epoch.value)] + more
                + [
                    figure(epoch.trainLoss), figure(epoch.devLoss),
                    epoch.tokensPerSecond.map { Figure.grouped($0) } ?? "–",
                ]
            let markup = cells.map { Markup.element("td", words: $0) }.joined()
            return .element("tr", ["class": epoch.epoch == log.bestEpoch ? "right" : ""], markup)
        }
        return .element(
            "div", ["class": "scroll"],
            .element("table", ["class": "rows"], head + .element("tbody", [:], rows.joined())))
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
