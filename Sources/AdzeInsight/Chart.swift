// Charts as inline SVG: lines and bars over labelled axes, with a key above the drawing, where no line can cross it. They
// take their colours from the page's style sheet.

/// The frame of a chart: where numbers are on the drawing.
struct ChartFrame {
    static let width = 400.0
    static let height = 250.0
    let x: Ticks
    let y: Ticks
    private let left = 52.0
    private let right = 16.0
    private let top = 10.0
    private let bottom = 40.0

    init(x: Ticks, y: Ticks) { (self.x, self.y) = (x, y) }

    /// The place of a number on the horizontal axis.
    func column(_ value: Double) -> Double {
        left + (Ticks.drawn(value) - x.low) / (x.high - x.low) * (ChartFrame.width - left - right)
    }

    /// The place of a number on the vertical axis.
    func row(_ value: Double) -> Double {
        let height = ChartFrame.height - top - bottom
        return top + height - (Ticks.drawn(value) - y.low) / (y.high - y.low) * height
    }

    /// Grid, numbers and the names of the axes.
    func axes(_ xName: String, _ yName: String, label: ((Double) -> String)? = nil) -> Markup {
        var out = Markup()
        let (end, base) = (ChartFrame.width - right, row(y.low))
        for value in y.values {
            out += line("grid", (left, row(value)), (end, row(value)))
            out += words(label?(value) ?? y.label(value), (left - 7, row(value) + 4), anchor: "end")
        }
        for value in x.values { out += words(x.label(value), (column(value), base + 17), anchor: "middle") }
        out += line("axis", (left, base), (end, base))
        out += words(xName, ((left + end) / 2, base + 35), anchor: "middle")
        return out + words(yName, (left, top - 14), anchor: "start")
    }

    func line(_ style: String, _ a: (Double, Double), _ b: (Double, Double)) -> Markup {
        .element(
            "line",
            [
                "class": style, "x1": Figure.coordinate(a.0), "y1": Figure.coordinate(a.1),
                "x2": Figure.coordinate(b.0), "y2": Figure.coordinate(b.1),
            ])
    }

    func words(_ text: String, _ at: (Double, Double), anchor: String) -> Markup {
        .element(
            "text", ["x": Figure.coordinate(at.0), "y": Figure.coordinate(at.1), "text-anchor": anchor], words: text)
    }

    func path(_ style: String, _ points: [(x: Double, y: Double)]) -> Markup {
        let steps = points.enumerated().map { index, point in
            (index == 0 ? "M" : "L") + Figure.coordinate(column(point.x)) + " " + Figure.coordinate(row(point.y))
        }
        return .element("path", ["class": style, "d": steps.joined()])
    }

    func dot(_ style: String, _ point: (x: Double, y: Double), radius: Double, tip: String) -> Markup {
        .element(
            "circle",
            [
                "class": style, "cx": Figure.coordinate(column(point.x)), "cy": Figure.coordinate(row(point.y)),
                "r": Figure.coordinate(radius),
            ], .element("title", words: tip))
    }

    func box(_ style: String, from a: (Double, Double), to b: (Double, Double), tip: String) -> Markup {
        let (x, y) = (column(a.0), row(b.1))
        return .element(
            "rect",
            [
                "class": style, "x": Figure.coordinate(x), "y": Figure.coordinate(y),
                "width": Figure.coordinate(max(column(b.0) - x, 0)), "height": Figure.coordinate(max(row(a.1) - y, 0)),
            ], .element("title", words: tip))
    }
}

/// A figure with its caption, first what it shows and then how to read it; a key stands below the caption.
func figure(
    _ name: String, _ note: String, key: Markup = Markup(), _ drawing: Markup, height: Double = ChartFrame.height
) -> Markup {
    // The name of the vertical axis stands above the drawing.
    let view = "0 -14 \(Figure.coordinate(ChartFrame.width)) \(Figure.coordinate(height + 14))"
    return .element(
        "figure", [:],
        .element("figcaption", [:], .element("b", words: name) + .text(note.isEmpty ? "" : " · " + note)) + key
            + .element("svg", ["viewBox": view, "role": "img", "aria-label": name], drawing))
}

/// What the marks of a chart are.
enum ChartKey {
    /// Names of lines, each beside a piece of its own.
    static func lines(_ series: [(name: String, style: String)]) -> Markup {
        key(series, width: 28) { .element("line", ["class": $0, "x1": "1", "y1": "5", "x2": "27", "y2": "5"]) }
    }

    /// Names of areas, each beside a patch of its colour.
    static func areas(_ series: [(name: String, style: String)]) -> Markup {
        key(series, width: 10) { .element("rect", ["class": "f" + $0, "width": "10", "height": "10"]) }
    }

    private static func key(
        _ series: [(name: String, style: String)], width: Int, _ sample: (String) -> Markup
    ) -> Markup {
        let entries = series.map { name, style in
            Markup.element(
                "span", ["class": "k" + style],
                .element(
                    "svg", ["viewBox": "0 0 \(width) 10", "width": "\(width)", "aria-hidden": "true"], sample(style))
                    + .text(name))
        }
        return .element("div", ["class": "key"], entries.joined())
    }
}

/// A line of a chart.
struct Series {
    var name: String
    /// `a`, `b` or `c`: colour and dashes, so that the two tell the same.
    var style: String
    var points: [(x: Double, y: Double)]
    var hasDots = false
}

/// Lines over common axes; those without points are left out, and so are points that are no numbers.
/// - Parameters:
///   - faint: a line behind the others, without a name.
///   - range: what the vertical axis spans at least.
///   - end: what the horizontal axis reaches at least.
func lineChart(
    _ name: String, note: String = "", x: String, y: String, _ series: [Series], faint: [(x: Double, y: Double)] = [],
    range: ClosedRange<Double>? = nil, end: Double? = nil, wholeSteps: Bool = false
) -> Markup {
    var series = series
    for index in series.indices { series[index].points = thinned(drawn(series[index].points)) }
    series.removeAll(where: \.points.isEmpty)
    let faint = thinned(drawn(faint))
    let all = series.flatMap(\.points) + faint
    guard let first = all.first else { return Markup() }
    var (low, high) = (first.y, first.y)
    for point in all { (low, high) = (min(low, point.y), max(high, point.y)) }
    if let range { (low, high) = (min(low, range.lowerBound), max(high, range.upperBound)) }
    let start = all.map(\.x).min() ?? 0
    let last = max(all.map(\.x).max() ?? 1, end ?? -.infinity)
    // Epochs are few and whole: each has its tick.
    let ticks =
        wholeSteps && last - start <= 12 && last.magnitude < 1e9
        ? Ticks(from: start, to: max(last, start + 1), steps: Int(max(last - start, 1))) : Ticks(min(start, 0), last)
    let frame = ChartFrame(x: ticks, y: Ticks(low, high))
    var drawing = frame.axes(x, y)
    if !faint.isEmpty { drawing += frame.path("faint", faint) }
    for line in series {
        if line.points.count > 1 { drawing += frame.path(line.style, line.points) }
        guard line.hasDots || line.points.count == 1 else { continue }
        for point in line.points {
            let tip = "\(line.name): \(Figure.short(point.y)) at \(Figure.short(point.x))"
            drawing += frame.dot("f" + line.style, point, radius: 3.5, tip: tip)
        }
    }
    let named = series.filter { !$0.name.isEmpty }.map { (name: $0.name, style: $0.style) }
    return figure(name, note, key: named.isEmpty ? Markup() : ChartKey.lines(named), drawing)
}

/// The points that are numbers, as far as they can be drawn.
private func drawn(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    points.filter { $0.x.isFinite && $0.y.isFinite }.map { (Ticks.drawn($0.x), Ticks.drawn($0.y)) }
}

/// At most 300 points: the mean of each stretch.
private func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    let limit = 300
    guard points.count > limit else { return points }
    return (0..<limit).map { index in
        let part = points[index * points.count / limit..<(index + 1) * points.count / limit]
        let count = Double(part.count)
        return (part.reduce(0) { $0 + $1.x } / count, part.reduce(0) { $0 + $1.y } / count)
    }
}
