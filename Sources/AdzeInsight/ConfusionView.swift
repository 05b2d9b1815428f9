// A confusion matrix as a table of numbers for few labels, as a map of colours for many. Not here: what is counted.

internal import AdzeData

/// Views of a confusion matrix.
enum ConfusionView {
    /// The most labels of a table.
    static let tableLimit = 12
    /// The most labels of a map: more would be specks.
    static let mapLimit = 200

    /// Numbers, on a ground that says their share of the row.
    static func table(_ confusion: ConfusionMatrix, _ labels: [String]) -> Markup {
        let head = Markup.element("th") + labels.map { .element("th", ["scope": "col"], words: $0) }.joined()
        let rows = labels.indices.map { actual in
            let total = max(confusion.actualCounts[actual], 1)
            let cells = labels.indices.map { predicted -> Markup in
                let count = confusion[actual, predicted]
                let share = Double(count) / Double(total)
                let style = "background:rgba(var(--heat),\(Figure.fixed(share * 0.92, 3)))"
                let kind = (count == 0 ? "none" : share > 0.55 ? "strong" : "") + (actual == predicted ? " right" : "")
                return .element(
                    "td", ["class": kind, "style": style, "title": "\(Figure.percent(share)) of \(labels[actual])"],
                    words: Figure.grouped(count))
            }
            return Markup.element(
                "tr", [:], .element("th", ["scope": "row"], words: labels[actual]) + cells.joined())
        }
        return .element(
            "div", ["class": "scroll"],
            .element(
                "table", ["class": "matrix"],
                .element("thead", [:], .element("tr", [:], head)) + .element("tbody", [:], rows.joined())))
    }

    /// A square a pair that occurs.
    static func map(_ confusion: ConfusionMatrix, _ labels: [String]) -> Markup {
        guard labels.count <= mapLimit else { return Markup() }
        let side = 340.0 / Double(labels.count)
        let left = 30.0
        var drawing = Markup.element(
            "rect",
            ["class": "axis", "fill": "none", "x": "\(Int(left))", "y": "6", "width": "340", "height": "340"])
        func square(_ actual: Int, _ predicted: Int, _ count: Int) -> Markup {
            let share = Double(count) / Double(max(confusion.actualCounts[actual], 1))
            // Rare confusions are what the map is for: the root keeps them from vanishing.
            return .element(
                "rect",
                [
                    "class": actual == predicted ? "fa" : "fb",
                    "fill-opacity": Figure.fixed(max(share.squareRoot(), 0.15), 2),
                    "x": Figure.coordinate(left + Double(predicted) * side),
                    "y": Figure.coordinate(6 + Double(actual) * side),
                    "width": Figure.coordinate(side), "height": Figure.coordinate(side),
                ], .element("title", words: "\(labels[actual]) said to be \(labels[predicted]): \(count)"))
        }
        for label in labels.indices where confusion.correctCounts[label] > 0 {
            drawing += square(label, label, confusion.correctCounts[label])
        }
        for entry in confusion.mistakes.reversed() { drawing += square(entry.actual, entry.predicted, entry.count) }
        drawing += .element("text", ["x": "200", "y": "366", "text-anchor": "middle"], words: "said")
        drawing += .element(
            "text", ["x": "18", "y": "176", "text-anchor": "middle", "transform": "rotate(-90 18 176)"], words: "is")
        return figure("All labels", "\(labels.count) labels in the model's order", drawing, height: 374)
    }

    /// The most frequent mistakes as bars.
    static func frequent(_ confusion: ConfusionMatrix, _ labels: [String]) -> Markup {
        let list = confusion.mistakes.prefix(12)
        guard let most = list.first?.count else { return Markup() }
        let rows = list.map { entry in
            Markup.element(
                "tr", [:],
                .element("td", ["class": "label"], words: "\(labels[entry.actual]) → \(labels[entry.predicted])")
                    + bar(Double(entry.count) / Double(most)) + .element("td", words: Figure.grouped(entry.count)))
        }
        return .element(
            "figure", [:],
            .element(
                "figcaption", [:], .element("b", words: "Most frequent") + .text(" · what is → what was said"))
                + .element("table", ["class": "rows"], .element("tbody", [:], rows.joined())))
    }
}

/// A cell with a bar for a share.
func bar(_ share: Double) -> Markup {
    .element(
        "td", ["class": "bar"],
        .element("i", [:], .element("b", ["style": "width:\(Figure.fixed(share * 100, 1))%"])))
}

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
