// Rows that most likely bear a wrong label, as an HTML page to read them on. Not here: finding them.

public import Adze
internal import AdzeBytes
internal import AdzeData

/// Makes a page of a search for wrong labels.
public enum LabelErrorPage {
    /// The most rows of each table.
    private static let rowLimit = 500

    /// The file's text; the same search always gives the same.
    public static func html(
        _ found: LabelErrors, title: String, subtitle: String = "", facts: PageFacts = PageFacts()
    ) -> String {
        var page = Page(
            title: title, subtitle: counted(found.examples.count, "text") + " · " + subtitle, facts: facts)
        page.add(figures(headlines(found)))
        page.section(
            "Most likely wrong",
            note: note(
                found.found.suspects.count, "row",
                "The classifier that judged a row did not see it. The score is what it gave the row's own label."
            ), suspects(found))
        page.section(
            "Labels that are taken for each other",
            note: "About how many rows of the whole set bear the first label and are of the second.", confusions(found))
        page.section(
            "Nearly the same text, another label",
            note: note(found.duplicates.pairs.count, "pair", "One label of each two is likely wrong."),
            duplicates(found))
        return page.html
    }

    private static func headlines(_ found: LabelErrors) -> [Headline] {
        let share = found.found.estimatedErrors / Double(found.examples.count)
        return [
            Headline("suspects", Figure.grouped(found.found.suspects.count), "rows to look at"),
            Headline("labels wrong", Figure.percent(share), "estimate for the whole set"),
            Headline("accuracy", Figure.percent(found.accuracy), "on rows that a classifier did not see"),
            Headline(
                "near-duplicates", Figure.grouped(found.duplicates.pairs.count),
                found.duplicates.isPartial ? "found before the search grew too long" : "pairs with other labels"),
        ]
    }

    private static func note(_ count: Int, _ noun: String, _ words: String) -> String {
        count > rowLimit ? "\(words) The first \(rowLimit) of \(counted(count, noun)) are shown." : words
    }

    private static func suspects(_ found: LabelErrors) -> Markup {
        table(
            ["text", "is", "likelier", "score"],
            found.found.suspects.prefix(rowLimit).map { suspect in
                text(found.examples[suspect.row])
                    + .element("td", ["class": "tag t"], words: found.labels[suspect.given])
                    + .element("td", ["class": "tag p"], words: found.labels[suspect.likely])
                    + .element(
                        "td", ["class": "score"], words: Figure.fixed(found.found.confidences[suspect.row], 4))
            })
    }

    private static func confusions(_ found: LabelErrors) -> Markup {
        table(
            ["is", "likelier", "rows"],
            found.found.confusions.prefix(20).map { pair in
                .element("td", ["class": "tag t"], words: found.labels[pair.given])
                    + .element("td", ["class": "tag p"], words: found.labels[pair.likely])
                    + .element("td", ["class": "score"], words: Figure.fixed(pair.estimate, 1))
            })
    }

    private static func duplicates(_ found: LabelErrors) -> Markup {
        table(
            ["texts", "one is", "the other is", "words shared"],
            found.duplicates.pairs.prefix(rowLimit).map { pair in
                var both = Markup.text(shown(found.examples[pair.first]))
                both += .element("small", words: found.examples[pair.first].place)
                both += .element("p", [:], .text(shown(found.examples[pair.second])))
                both += .element("small", words: found.examples[pair.second].place)
                return .element("td", ["class": "said", "dir": "auto"], both)
                    + .element("td", ["class": "tag t"], words: found.label(of: pair.first))
                    + .element("td", ["class": "tag p"], words: found.label(of: pair.second))
                    + .element("td", ["class": "score"], words: Figure.percent(pair.similarity, 0))
            })
    }

    // MARK: - Parts

    private static func text(_ example: Example) -> Markup {
        .element(
            "td", ["class": "said", "dir": "auto"],
            .text(shown(example)) + .element("small", words: example.place))
    }

    /// The text, or both of a pair, not the whole of a long one.
    private static func shown(_ example: Example) -> String {
        let words = example.text + (example.pair.map { "\n" + $0 } ?? "")
        return words.count > 400 ? String(words.prefix(400)) + "…" : words
    }

    private static func table(_ names: [String], _ rows: [Markup]) -> Markup {
        guard !rows.isEmpty else { return .element("p", words: "None.") }
        let head = Markup.element(
            "thead", [:], .element("tr", [:], names.map { .element("th", words: $0) }.joined()))
        return .element(
            "div", ["class": "scroll"],
            .element(
                "table", ["class": "rows wrong"],
                head + .element("tbody", [:], rows.map { .element("tr", [:], $0) }.joined())))
    }
}
