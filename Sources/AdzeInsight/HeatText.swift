// A text whose tokens stand on colours: heat of values, or what adds and what takes away. Not here: what the values are.

internal import Adze

/// A text on colours.
enum HeatText {
    /// The class of a value: `h1` the hottest of the study's levels, `c1` the coldest, where values below 0 have colours.
    static func level(_ value: Double, cold: Bool) -> String {
        if let level = HeatLevel(value) { return "h\(level.rawValue + 1)" }
        if cold, let level = HeatLevel(-value) { return "c\(level.rawValue + 1)" }
        return ""
    }

    /// A text; tokens with a value stand on its colour and name it.
    static func text(
        _ tokens: [TextToken], in input: TextInput, isCut: Bool, cold: Bool, value: (Int) -> Double?,
        words: (Double) -> String
    ) -> Markup {
        let pieces = TextPiece.pieces(of: tokens, in: input, isCut: isCut) { value($0) != nil }
        return .element(
            "div", ["class": "heat"],
            pieces.map { piece in
                switch piece {
                case .plain(let text): Markup.text(text)
                case .token(let index, let text):
                    if let value = value(index) {
                        Markup.element(
                            "span", ["class": ("t " + level(value, cold: cold)), "title": words(value)], words: text)
                    } else {
                        Markup.text(text)
                    }
                }
            }.joined())
    }

    /// The levels, each on its colour.
    static func legend(_ words: (HeatLevel) -> String, cold: ((HeatLevel) -> String)? = nil) -> Markup {
        func item(_ style: String, _ words: String) -> Markup {
            .element("span", ["class": "t " + style], words: words) + .text(" ")
        }
        let hot = HeatLevel.allCases.map { item("h\($0.rawValue + 1)", words($0)) }.joined()
        let colds = cold.map { cold in
            HeatLevel.allCases.reversed().map { item("c\($0.rawValue + 1)", cold($0)) }.joined()
        }
        return .element("p", ["class": "levels"], hot + (colds ?? Markup()))
    }
}
