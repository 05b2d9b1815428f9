// Views of a label distribution: bars for few labels, the most frequent of many; for numbers, a histogram.

/// Views of what a set holds.
enum Distribution {
    /// The most labels that are listed.
    static let limit = 12

    /// A bar a label.
    /// - Parameters:
    ///   - counts: how many texts have each label, in the model's order.
    ///   - total: texts, of which the shares are; nil where nobody knows.
    ///   - said: how often each label was said, where a model has answered.
    static func figure(_ labels: [String], counts: [Int], of total: Int?, said: [Int]? = nil) -> Markup {
        var order = Array(labels.indices)
        if labels.count > limit {
            order.sort { (counts[$1], $0) < (counts[$0], $1) }
            order = Array(order.prefix(limit))
        }
        let most = Double(max(counts.max() ?? 1, 1))
        let rows = order.map { index -> Markup in
            let share = total.flatMap { $0 > 0 ? Figure.percent(Double(counts[index]) / Double($0)) : nil }
            let cells = [Figure.grouped(counts[index]), share, said.map { Figure.grouped($0[index]) }]
            return .element(
                "tr", [:],
                .element("td", ["class": "label"], words: labels[index]) + bar(Double(counts[index]) / most)
                    + cells.compactMap(\.self).map { .element("td", words: $0) }.joined())
        }
        let names = ["label", "", "texts"] + (total.map { $0 > 0 } == true ? [""] : []) + (said == nil ? [] : ["said"])
        let head = Markup.element("tr", [:], names.map { .element("th", ["scope": "col"], words: $0) }.joined())
        let note = labels.count > limit ? " · the \(limit) most frequent of \(Figure.grouped(labels.count)) labels" : ""
        return .element(
            "figure", [:],
            .element("figcaption", [:], .element("b", words: "How often each label is") + .text(note))
                + .element(
                    "div", ["class": "scroll"],
                    .element(
                        "table", ["class": "rows"],
                        .element("thead", [:], head) + .element("tbody", [:], rows.joined()))))
    }

    /// How many of some numbers lie where.
    static func histogram(_ numbers: [Double]) -> Markup {
        let numbers = numbers.map(Ticks.drawn)
        guard let low = numbers.min(), let high = numbers.max() else { return Markup() }
        let x = Ticks(low, high)
        var bins = [Int](repeating: 0, count: 20)
        for number in numbers {
            let place = (number - x.low) / (x.high - x.low) * Double(bins.count)
            bins[Int(min(max(place, 0), Double(bins.count - 1)))] += 1
        }
        let frame = ChartFrame(x: x, y: Ticks(0, Double(bins.max() ?? 1)))
        var drawing = frame.axes("actual", "texts", label: Figure.whole)
        let width = (x.high - x.low) / Double(bins.count)
        for (index, count) in bins.enumerated() where count > 0 {
            let from = x.low + Double(index) * width
            drawing += frame.box(
                "fa", from: (from + width * 0.06, 0), to: (from + width * 0.94, Double(count)),
                tip: "\(Figure.short(from)) to \(Figure.short(from + width)): \(Figure.grouped(count))")
        }
        return AdzeInsight.figure("How the numbers are spread", "texts by what they are", drawing)
    }
}
