// Layout of a confusion map: the places of its squares, and as many label names as fit beside it without touching.

/// The frame of a confusion map.
struct MapFrame {
    static let left = 118.0
    static let top = 14.0
    static let side = 270.0
    /// Names of columns stand below the map.
    static let height = top + side + 118
    /// The least distance of two names.
    private static let distance = 11.5
    /// The most characters of a name.
    private static let nameLimit = 17

    /// The side of a square.
    let cell: Double
    private let labelCount: Int

    init(labelCount: Int) {
        self.labelCount = labelCount
        cell = MapFrame.side / Double(max(labelCount, 1))
    }

    func x(_ label: Int) -> Double { MapFrame.left + Double(label) * cell }
    func y(_ label: Int) -> Double { MapFrame.top + Double(label) * cell }

    /// Names at the left, and what they are.
    func rowNames(_ wanted: [Int], _ labels: [String]) -> Markup {
        let names = chosen(wanted).map { label in
            MapFrame.words(
                MapFrame.cut(labels[label]), x: MapFrame.left - 6, y: y(label) + cell / 2 + 3.5, anchor: "end")
        }
        return names.joined()
            + MapFrame.words("is ↓", x: MapFrame.left - 6, y: MapFrame.top - 6, anchor: "end", style: "")
    }

    /// Names below, turned, and what they are.
    func columnNames(_ wanted: [Int], _ labels: [String]) -> Markup {
        let base = MapFrame.top + MapFrame.side + 8
        let names = chosen(wanted).map { label in
            let column = x(label) + cell / 2 + 3.5
            return Markup.element(
                "text",
                [
                    "class": "small", "text-anchor": "end",
                    "transform": "translate(\(Figure.coordinate(column)) \(Figure.coordinate(base))) rotate(-90)",
                ], words: MapFrame.cut(labels[label]))
        }
        return names.joined()
            + MapFrame.words("said →", x: MapFrame.left, y: MapFrame.top - 6, anchor: "start", style: "")
    }

    /// The labels that are named, the first wanted first: none nearer to another than names are high.
    private func chosen(_ wanted: [Int]) -> [Int] {
        var taken: [Int] = []
        for label in wanted where !taken.contains(where: { Double(abs($0 - label)) * cell < MapFrame.distance }) {
            taken.append(label)
        }
        return taken
    }

    private static func words(_ text: String, x: Double, y: Double, anchor: String, style: String = "small") -> Markup {
        .element(
            "text",
            ["class": style, "text-anchor": anchor, "x": Figure.coordinate(x), "y": Figure.coordinate(y)], words: text)
    }

    private static func cut(_ name: String) -> String {
        name.count > nameLimit ? String(name.prefix(nameLimit - 1)) + "…" : name
    }
}
