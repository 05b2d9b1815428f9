// A self-contained page: one file, nothing from the network, and no script but one of ours. Not here: its sections.

/// A page that is put together section by section.
struct Page {
    private let title: String
    private let subtitle: String
    private let facts: PageFacts
    private let style: StaticString
    private let script: PageScript?
    private var body = Markup()

    /// A page; `style` is added to that of all pages, and `script` is the only one that may run.
    init(title: String, subtitle: String, facts: PageFacts, style: StaticString = "", script: PageScript? = nil) {
        (self.title, self.subtitle, self.facts, self.style, self.script) = (title, subtitle, facts, style, script)
    }

    /// Adds markup.
    mutating func add(_ markup: Markup) { body += markup }

    /// Adds a section with its heading, and a sentence that says how to read it.
    mutating func section(_ heading: String, note: String? = nil, _ content: Markup) {
        body += .element("h2", words: heading)
        if let note { body += .element("p", ["class": "note"], .text(note)) }
        body += content
    }

    /// The file's text.
    var html: String {
        // Even markup that slipped through could load and run nothing.
        let policy =
            Markup(
                """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'
                """)
            + (script.map { Markup("; script-src 'sha256-") + Markup($0.hash) + Markup("'") } ?? Markup())
            + Markup(
                """
                ">
                <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">

                """)
        let head =
            policy + .element("title", words: title) + Markup("\n<style>\n") + Markup(PageStyle.css) + Markup("\n")
            + Markup(style) + Markup("</style></head>\n<body><main>\n")
        let lines = [subtitle, facts.line].filter { !$0.isEmpty }
        let heading =
            .element("h1", words: title) + lines.map { .element("p", ["class": "soft"], words: $0) }.joined()
            + Markup("\n")
        let end = Markup("\n<footer>Adze</footer>\n</main>")
        let code = script.map { Markup("<script>") + Markup($0.text) + Markup("</script>") } ?? Markup()
        return (head + heading + body + end + code + Markup("</body></html>\n")).html
    }
}

/// A figure above all sections.
struct Headline {
    let name: String
    let value: String
    /// What it means, in a few words.
    let meaning: String

    init(_ name: String, _ value: String, _ meaning: String = "") {
        (self.name, self.value, self.meaning) = (name, value, meaning)
    }
}

/// Figures in a row, the first of them the one that counts.
func figures(_ list: [Headline]) -> Markup {
    .element(
        "dl", ["class": "figures"],
        list.enumerated().map { index, figure in
            let content =
                Markup.element("dt", words: figure.name) + .element("dd", words: figure.value)
                + (figure.meaning.isEmpty ? Markup() : .element("dd", ["class": "what"], words: figure.meaning))
            return index == 0 ? .element("div", ["class": "first"], content) : .element("div", [:], content)
        }.joined())
}

/// Charts beside each other where there is room.
func charts(_ list: [Markup]) -> Markup { .element("div", ["class": "charts"], list.joined()) }
