// How the scores of a comparison rose: a chart for each head, with a line for each number of blocks. Not here: the peaks,
// which are the table's.

internal import Adze

extension ComparisonPage {
    static let courseNote =
        "Means over the seeds after each epoch; the number at a line's end is its number of blocks, t an own table of"
        + " words. A line that still"
        + " rises at the end asks for more epochs, one that falls has learnt the training set by heart."

    /// A chart for each head, all on the same axes.
    static func courses(_ table: ComparisonTable) -> Markup {
        let rows = table.rows.filter { $0.course.contains(where: \.isFinite) }
        let scores = rows.flatMap(\.course).filter(\.isFinite)
        guard let low = scores.min(), let high = scores.max() else { return Markup() }
        let epochs = rows.map(\.course.count).max() ?? 1
        let frame = ChartFrame(
            x: Ticks(from: 1, to: Double(max(epochs, 2)), steps: min(max(epochs - 1, 1), 10)), y: Ticks(low, high))
        var heads: [String] = []
        for row in rows where !heads.contains(row.configuration.head) { heads.append(row.configuration.head) }
        return charts(
            heads.map { head in
                course(table, rows.filter { $0.configuration.head == head }, head, frame)
            })
    }

    private static func course(
        _ table: ComparisonTable, _ rows: [ComparisonTable.Row], _ head: String, _ frame: ChartFrame
    ) -> Markup {
        var drawing = frame.axes("epoch", table.metric)
        var ends: [(name: String, x: Double, y: Double)] = []
        for row in rows {
            let points = row.course.enumerated().filter { $0.element.isFinite }
                .map { (x: Double($0.offset + 1), y: $0.element) }
            if points.count > 1 { drawing += frame.path("a", points) }
            for point in points {
                drawing += frame.dot(
                    "fa", point, radius: 3,
                    tip: "\(row.configuration.name): \(Figure.score(point.y)) after epoch \(Int(point.x))")
            }
            guard let last = points.last else { continue }
            ends.append(
                (
                    name: row.configuration.wordTableSize == nil ? "\(row.configuration.blocks.count)" : "t",
                    x: frame.column(last.x) + 4, y: frame.row(last.y) + 4
                ))
        }
        for label in spread(ends) { drawing += frame.words(label.name, (label.x, label.y), anchor: "start") }
        return figure(head, "\(table.metric) by epoch", drawing)
    }

    /// Labels moved as little as it takes for none to stand on another: those that would are set around their middle.
    private static func spread(
        _ labels: [(name: String, x: Double, y: Double)]
    ) -> [(name: String, x: Double, y: Double)] {
        let height = 11.0
        var groups: [(middle: Double, members: [(name: String, x: Double, y: Double)])] = []
        for label in labels.sorted(by: { ($0.y, $0.name) < ($1.y, $1.name) }) {
            groups.append((label.y, [label]))
            while let last = groups.last, let before = groups.dropLast().last,
                last.middle - before.middle < height * Double(last.members.count + before.members.count) / 2
            {
                let members = before.members + last.members
                groups.removeLast(2)
                groups.append((members.reduce(0) { $0 + $1.y } / Double(members.count), members))
            }
        }
        return groups.flatMap { group in
            group.members.enumerated().map { place, label in
                let offset = (Double(place) - Double(group.members.count - 1) / 2) * height
                return (name: label.name, x: label.x, y: group.middle + offset)
            }
        }
    }
}
