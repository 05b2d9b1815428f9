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
        let over =
            Markup.element("td") + .element("th", ["colspan": "\(labels.count)", "class": "axis"], words: "said →")
        let head =
            .element("th", ["class": "axis"], words: "is ↓")
            + labels.map { .element("th", ["scope": "col"], words: $0) }.joined()
        let rows = labels.indices.map { actual in
            let total = max(confusion.actualCounts[actual], 1)
            let cells = labels.indices.map { predicted -> Markup in
                let count = confusion[actual, predicted]
                let share = Double(count) / Double(total)
                let style = "background:rgba(var(--heat),\(Figure.fixed(share * 0.92, 3)))"
                let kind =
                    (count == 0 ? "none" : share > 0.9 ? "strong full" : share > 0.6 ? "strong" : "")
                    + (actual == predicted ? " right" : "")
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
                .element("thead", [:], .element("tr", [:], over) + .element("tr", [:], head))
                    + .element("tbody", [:], rows.joined())))
    }

    /// A square a pair that occurs, and the names of the labels with most mistakes.
    static func map(_ confusion: ConfusionMatrix, _ labels: [String]) -> Markup {
        guard labels.count <= mapLimit else { return Markup() }
        let place = MapFrame(labelCount: labels.count)
        var drawing = Markup.element(
            "rect",
            [
                "class": "axis", "fill": "none", "x": Figure.coordinate(MapFrame.left),
                "y": Figure.coordinate(MapFrame.top),
                "width": Figure.coordinate(MapFrame.side), "height": Figure.coordinate(MapFrame.side),
            ])
        func square(_ actual: Int, _ predicted: Int, _ count: Int) -> Markup {
            let share = Double(count) / Double(max(confusion.actualCounts[actual], 1))
            // Rare confusions are what the map is for: the root keeps them from vanishing.
            return .element(
                "rect",
                [
                    "class": actual == predicted ? "fa" : "fb",
                    "fill-opacity": Figure.fixed(max(share.squareRoot(), 0.15), 2),
                    "x": Figure.coordinate(place.x(predicted)), "y": Figure.coordinate(place.y(actual)),
                    "width": Figure.coordinate(place.cell), "height": Figure.coordinate(place.cell),
                ], .element("title", words: "\(labels[actual]) said to be \(labels[predicted]): \(count)"))
        }
        for label in labels.indices where confusion.correctCounts[label] > 0 {
            drawing += square(label, label, confusion.correctCounts[label])
        }
        let mistakes = confusion.mistakes
        for entry in mistakes.reversed() { drawing += square(entry.actual, entry.predicted, entry.count) }
        // The labels of the most frequent mistakes first, then whichever there is room for.
        drawing += place.rowNames(mistakes.map(\.actual) + labels.indices, labels)
        drawing += place.columnNames(mistakes.map(\.predicted) + labels.indices, labels)
        return figure(
            "All labels", "\(labels.count) labels in the model's order, named where there is room, most mistakes first",
            key: ChartKey.areas([("right", "a"), ("wrong", "b")]), drawing, height: MapFrame.height)
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
