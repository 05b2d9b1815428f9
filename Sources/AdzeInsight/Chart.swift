// Charts as inline SVG: lines and bars over labelled axes, each series named where it ends. They take their colours from
// the page's style sheet.

/// The frame of a chart: where numbers are on the drawing.
struct ChartFrame {
    static let width = 400.0
    static let height = 250.0
    let x: Ticks
    let y: Ticks
    /// Room for names at the right end.
    let right: Double
    private let left = 46.0
    private let top = 10.0
    private let bottom = 40.0

    init(x: Ticks, y: Ticks, right: Double = 12) {
        (self.x, self.y, self.right) = (x, y, right)
    }

    /// The place of a number on the horizontal axis.
    func column(_ value: Double) -> Double {
        left + (value - x.low) / (x.high - x.low) * (ChartFrame.width - left - right)
    }

    /// The place of a number on the vertical axis.
    func row(_ value: Double) -> Double {
        let height = ChartFrame.height - top - bottom
        return top + height - (value - y.low) / (y.high - y.low) * height
    }

    /// Grid, numbers and the names of the axes.
    func axes(
        _ xName: String, _ yName: String, label: (Double) -> String = Figure.short,
        xLabel: (Double) -> String = Figure.short
    )
        -> Markup
    {
        var out = Markup()
        let (end, base) = (ChartFrame.width - right, row(y.low))
        for value in y.values {
            out += line("grid", (left, row(value)), (end, row(value)))
            out += words(label(value), (left - 7, row(value) + 4), anchor: "end")
        }
        for value in x.values { out += words(xLabel(value), (column(value), base + 17), anchor: "middle") }
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

    func words(_ text: String, _ at: (Double, Double), anchor: String, style: String = "") -> Markup {
        .element(
            "text",
            ["x": Figure.coordinate(at.0), "y": Figure.coordinate(at.1), "text-anchor": anchor, "class": style],
            words: text)
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

/// A figure with its caption, first what it shows and then how to read it.
func figure(_ name: String, _ note: String, _ drawing: Markup, height: Double = ChartFrame.height) -> Markup {
    // The name of the vertical axis stands above the drawing.
    let view = "0 -14 \(Figure.coordinate(ChartFrame.width)) \(Figure.coordinate(height + 14))"
    return .element(
        "figure", [:],
        .element("figcaption", [:], .element("b", words: name) + .text(note.isEmpty ? "" : " · " + note))
            + .element("svg", ["viewBox": view, "role": "img", "aria-label": name], drawing))
}

/// A line of a chart.
struct Series {
    var name: String
    /// `a`, `b` or `c`: colour and dashes, so that the two tell the same.
    var style: String
    var points: [(x: Double, y: Double)]
    var hasDots = false
}

/// Lines over common axes; those without points are left out.
func lineChart(
    _ name: String, note: String = "", x: String, y: String, _ series: [Series], faint: [(x: Double, y: Double)] = [],
    range: ClosedRange<Double>? = nil, wholeSteps: Bool = false
) -> Markup {
    let series = series.map { Series(name: $0.name, style: $0.style, points: thinned($0.points), hasDots: $0.hasDots) }
        .filter { !$0.points.isEmpty }
    let all = series.flatMap(\.points) + faint
    guard let first = all.first else { return Markup() }
    var (low, high) = (first.y, first.y)
    for point in all { (low, high) = (min(low, point.y), max(high, point.y)) }
    if let range { (low, high) = (min(low, range.lowerBound), max(high, range.upperBound)) }
    let (start, end) = (all.map(\.x).min() ?? 0, all.map(\.x).max() ?? 1)
    // Epochs are few and whole: each has its tick.
    let ticks =
        wholeSteps && end - start <= 12
        ? Ticks(from: start, to: max(end, start + 1), steps: Int(max(end - start, 1))) : Ticks(min(start, 0), end)
    let longest = series.map(\.name.count).max() ?? 0
    let frame = ChartFrame(x: ticks, y: Ticks(low, high), right: 14 + Double(longest) * 6.6)
    var drawing = frame.axes(x, y)
    if !faint.isEmpty { drawing += frame.path("faint", thinned(faint)) }
    // Names at the right end are moved apart where lines end together.
    var taken: [Double] = []
    for line in series.sorted(by: { ($1.points.last?.y ?? 0) < ($0.points.last?.y ?? 0) }) {
        guard let last = line.points.last else { continue }
        if line.points.count > 1 { drawing += frame.path(line.style, line.points) }
        if line.hasDots || line.points.count == 1 {
            for point in line.points {
                let tip = "\(line.name): \(Figure.short(point.y)) at \(Figure.short(point.x))"
                drawing += frame.dot("f" + line.style, point, radius: 3.5, tip: tip)
            }
        }
        var row = frame.row(last.y) + 4
        if let above = taken.last, row < above + 14 { row = above + 14 }
        taken.append(row)
        drawing += frame.words(
            line.name, (frame.column(last.x) + 8, row), anchor: "start", style: "name t" + line.style)
    }
    return figure(name, note, drawing)
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
