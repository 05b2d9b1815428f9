// Every label with its scores as a table. Not here: how often each is, see `Distribution`.

internal import AdzeData

/// Precision, recall and F1 of every label.
enum LabelTableView {
    /// The most labels that are listed.
    static let limit = 1000

    /// What a person should know of the order.
    static func note(_ count: Int) -> String? {
        guard count > ConfusionView.tableLimit else { return nil }
        return count > limit ? "The \(limit) labels of the lowest F1." : "The lowest F1 first."
    }

    /// A row a label: in the model's order for few, the worst first for many.
    static func table(_ scores: [LabelScores], _ labels: [String]) -> Markup {
        var order = Array(labels.indices)
        if labels.count > ConfusionView.tableLimit {
            order.sort {
                (scores[$0].occurs ? scores[$0].scores.f1 : 2, $0) < (scores[$1].occurs ? scores[$1].scores.f1 : 2, $1)
            }
        }
        let names = ["label", "", "F1", "precision", "recall", "support"]
        let head = Markup.element(
            "thead", [:], .element("tr", [:], names.map { .element("th", words: $0) }.joined()))
        let rows = order.prefix(limit).map { index in
            let score = scores[index]
            let numbers = [score.scores.f1, score.scores.precision, score.scores.recall].map { Figure.fixed($0, 3) }
            let cells = (numbers + [Figure.grouped(score.support)]).map { Markup.element("td", words: $0) }
            return Markup.element(
                "tr", [:],
                .element("td", ["class": "label"], words: labels[index]) + bar(score.scores.f1) + cells.joined())
        }
        return .element(
            "div", ["class": "scroll"],
            .element("table", ["class": "rows"], head + .element("tbody", [:], rows.joined())))
    }
}
