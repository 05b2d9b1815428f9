// HTML as text: what comes from data is escaped here, and nowhere else. Not here: what a page holds.

/// Pieces of HTML. A plain string becomes a piece only through `text`, so what data says is never markup.
struct Markup: Sendable {
    private(set) var html = ""

    /// Nothing.
    init() {}

    /// Markup of the program's own; never of data.
    init(_ html: StaticString) { self.html = html.description }

    private init(raw: String) { html = raw }

    /// Words as they stand, with all that HTML or a reader could mistake made harmless.
    ///
    /// Control characters, and those that turn the direction of what follows, are named instead.
    static func text(_ words: String) -> Markup {
        var out = ""
        out.reserveCapacity(words.utf8.count)
        for scalar in words.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\n", "\t": out.unicodeScalars.append(scalar)
            default:
                if isHarmful(scalar) {
                    out += "[U+" + String(scalar.value, radix: 16, uppercase: true) + "]"
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return Markup(raw: out)
    }

    /// An element; the values of its attributes are escaped.
    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: Markup = Markup()
    ) -> Markup {
        var out = "<\(name)"
        for (key, value) in attributes { out += " \(key)=\"\(text(value).html)\"" }
        return Markup(raw: out + ">" + content.html + "</\(name)>")
    }

    /// An element around words.
    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], words: String
    ) -> Markup {
        element(name, attributes, text(words))
    }

    /// Pieces one after another.
    static func + (a: Markup, b: Markup) -> Markup { Markup(raw: a.html + b.html) }
    static func += (a: inout Markup, b: Markup) { a.html += b.html }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}

extension Sequence<Markup> {
    /// The pieces one after another.
    func joined() -> Markup { reduce(into: Markup()) { $0 += $1 } }
}
