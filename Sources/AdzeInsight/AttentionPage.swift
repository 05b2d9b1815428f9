// What the tokens of a text look at, as an HTML page: the text on colours with arcs, the grid of heads, rollout,
// attributions beside it, and the numbers. Not here: the page's script and the bytes that it reads.

public import Adze
internal import AdzeBytes

/// Makes a page of a text's attention.
public enum AttentionPage {
    /// What the page says of what an answer depends on.
    public enum Attributions: Sendable {
        /// Explanations of one text by several methods.
        case found([(method: String, Explanation)])
        /// Why there are none.
        case none(String)
    }

    /// The file's text; the same report and attributions always give the same. At most about 2 MB: of long texts only some
    /// heads are there whole, which the page says.
    /// - Parameters:
    ///   - title: what the page is called: the model, by its name.
    ///   - against: the name of the model that the report's values are compared with; nil for none.
    public static func html(
        _ report: AttentionReport, _ attributions: Attributions, title: String, against: String? = nil,
        facts: PageFacts = PageFacts()
    ) -> String {
        let data = AttentionData(report)
        var page = Page(
            title: title, subtitle: subtitle(report), facts: facts, style: AttentionStyle.css, script: .attention)
        page.add(
            .element(
                "p", ["class": "state"],
                words:
                    "Attention says where a model looked, not why it answered as it did: the weights of one head are mixed"
                    + " many times before an answer, and others can give the same one. What the answer depends on is"
                    + " below, under Attributions."))
        addText(report, data, to: &page)
        if let against { addDifference(report, against, to: &page) }
        addGrid(report, data, to: &page)
        // The selected token was checked when its weights were taken.
        let flow = (try? report.map.rollout(token: report.selection.token)) ?? []
        addRollout(report, flow, to: &page)
        addAttributions(attributions, report.input, to: &page)
        addNumbers(report, attributions, flow, to: &page)
        page.add(holder(data, report))
        return page.html
    }

    private static func subtitle(_ report: AttentionReport) -> String {
        let map = report.map
        let cut = map.truncatedTokenCount
        return "\(counted(map.tokenCount, "token")), \(counted(map.layerCount, "layer")) of "
            + counted(map.headCount, "head")
            + (map.prunedHeads.isEmpty ? "" : ", less \(map.prunedHeads.count) that were dropped")
            + (cut > 0 ? " · \(counted(cut, "token")) cut off" : "")
    }

    /// The selection in words.
    private static func selected(_ report: AttentionReport) -> String {
        let token = report.map.tokens[report.selection.token]
        let head = report.selection.head.map { "head \($0)" } ?? "the mean of its heads"
        return "layer \(report.layer), \(head), as token \(report.selection.token) (\(token.shown)) looks"
    }

    // MARK: The text

    private static func addText(_ report: AttentionReport, _ data: AttentionData, to page: inout Page) {
        let values = report.before == nil ? report.values : report.normalization.values(report.weights)
        let places = Dictionary(uniqueKeysWithValues: zip(report.shown, values))
        let pieces = TextPiece.pieces(
            of: report.map.tokens, in: report.input, isCut: report.map.truncatedTokenCount > 0
        ) { _ in true }
        let text = pieces.map { piece in
            switch piece {
            case .plain(let text): Markup.text(text)
            case .token(let index, let text): token(index, text, places[index], report)
            }
        }
        let note =
            "First: \(selected(report)), \(report.normalization.rawValue). Point at a token, or reach it with Tab and the arrow"
            + " keys, to see what it looks at: the arcs go to the eight tokens with most weight."
            + (data.isWhole
                ? ""
                : " The text is long: the page holds every token's weights of \(data.full.count) of the"
                    + " \(data.viewCount) pictures, this one and rollout first; of the others those of token"
                    + " \(report.selection.token).")
        page.section(
            "What the tokens look at", note: note,
            controls(report)
                + .element(
                    "div", ["class": "heat", "id": "text"], Markup("<svg aria-hidden=\"true\"></svg>") + text.joined())
                + HeatText.legend({ "\(Figure.fixed($0.threshold, 2)) and more" })
                + .element("p", ["id": "status", "aria-live": "polite"]))
    }

    private static func token(_ index: Int, _ text: String, _ value: Double?, _ report: AttentionReport) -> Markup {
        let style = value.map { HeatText.level($0, cold: false) } ?? "s"
        return .element(
            "span",
            [
                "class": "t " + style, "data-i": "\(index)", "role": "button",
                "tabindex": index == report.selection.token ? "0" : "-1",
            ], words: text)
    }

    private static func controls(_ report: AttentionReport) -> Markup {
        func option(_ value: String, _ words: String) -> Markup { .element("option", ["value": value], words: words) }
        let layers = (0..<report.map.layerCount).map { option("\($0)", "\($0)") } + [option("rollout", "all (rollout)")]
        let heads =
            [option("\(report.map.headCount)", "mean")] + (0..<report.map.headCount).map { option("\($0)", "\($0)") }
        return .element(
            "noscript", [:],
            .element("p", ["class": "note"], words: "Choosing needs JavaScript; what is below does not."))
            + .element(
                "div", ["class": "controls"],
                .element("label", [:], .text("Layer ") + .element("select", ["id": "layer"], layers.joined()))
                    + .element("label", [:], .text("Head ") + .element("select", ["id": "head"], heads.joined()))
                    + .element(
                        "button", ["type": "button", "id": "reset"], words: "As token \(report.selection.token) looks"))
    }

    private static func addDifference(_ report: AttentionReport, _ against: String, to page: inout Page) {
        let places = Dictionary(uniqueKeysWithValues: zip(report.shown, report.values))
        page.section(
            "What changed",
            note:
                "The values of \(selected(report)) less those of \(against): red where this model looks more, blue where it"
                + " looks less.",
            HeatText.text(
                report.map.tokens, in: report.input, isCut: report.map.truncatedTokenCount > 0, cold: true,
                value: { places[$0] }, words: { Figure.fixed($0, 3) })
                + HeatText.legend(
                    { "+\(Figure.fixed($0.threshold, 1))" }, cold: { "−\(Figure.fixed($0.threshold, 1))" }))
    }

    // MARK: Heads

    private static func addGrid(_ report: AttentionReport, _ data: AttentionData, to page: inout Page) {
        let map = report.map
        let names = (0..<map.headCount).map { "\($0)" } + ["mean"]
        let header = Markup.element("tr", [:], Markup.element("th") + names.map { .element("th", words: $0) }.joined())
        let rows = (0..<map.layerCount).map { layer in
            let cells = names.indices.map { head in
                let view = layer * (map.headCount + 1) + head
                let isLost = head < map.headCount && !map.has(head: head, layer: layer)
                let words =
                    "layer \(layer), " + (head == map.headCount ? "mean of its heads" : "head \(head)")
                    + (isLost ? ", which was dropped" : "")
                let side = "\(data.side)"
                return Markup.element(
                    "td", [:],
                    .element(
                        "button",
                        [
                            "type": "button", "data-view": "\(view)", "aria-pressed": "false", "aria-label": words,
                            "title": words, "tabindex": view == 0 ? "0" : "-1",
                        ], .element("canvas", ["width": side, "height": side])))
            }
            return Markup.element("tr", [:], .element("th", words: "\(layer)") + cells.joined())
        }
        page.section(
            "Layers and heads",
            note:
                "A picture for each head: rows look, columns are looked at, both from the text's first token to its last"
                + (data.side < map.tokenCount ? ", several tokens a square" : "")
                + ". Choose one to see it on the text; arrow keys move.",
            .element("div", ["class": "scroll"], .element("table", ["class": "heads"], header + rows.joined())))
    }

    private static func addRollout(_ report: AttentionReport, _ flow: [Float], to page: inout Page) {
        let shares = report.shown.map { flow[$0] }
        let values = Dictionary(
            uniqueKeysWithValues: zip(report.shown, AttentionNormalization.minMax.values(shares)))
        page.section(
            "Rollout",
            note:
                "How much of each token arrives at token \(report.selection.token) after the last layer, if the means of heads"
                + " alone carried it, with half of each layer passing by (Abnar and Zuidema 2020); min-max.",
            HeatText.text(
                report.map.tokens, in: report.input, isCut: report.map.truncatedTokenCount > 0, cold: false,
                value: { values[$0] }, words: { Figure.fixed($0, 3) }))
    }

    // MARK: Attributions

    private static func addAttributions(_ attributions: Attributions, _ input: TextInput, to page: inout Page) {
        guard case .found(let found) = attributions, let first = found.first?.1 else {
            if case .none(let reason) = attributions {
                page.section("Attributions", .element("p", ["class": "state"], words: reason))
            }
            return
        }
        page.section(
            "Attributions",
            note:
                "What each token adds to the logit of \(first.label), \(Figure.score(Double(first.logit))): red adds to it,"
                + " blue takes from it, in steps of the largest.",
            HeatText.legend(
                { "+\(Figure.percent($0.threshold, 0))" }, cold: { "−\(Figure.percent($0.threshold, 0))" }))
        for (method, explanation) in found {
            let largest = explanation.attributions.map(\.magnitude).max() ?? 0
            let tokens = explanation.tokens
            page.add(
                .element("h3", words: method)
                    + .element("p", ["class": "note"], words: sum(explanation))
                    + HeatText.text(
                        tokens, in: input, isCut: explanation.truncatedTokenCount > 0, cold: true,
                        value: { index in
                            if tokens[index].isSpecial { return nil }
                            return largest > 0 ? explanation.attributions[index] / largest : 0
                        }, words: { Figure.percent($0) + " of the largest" }))
        }
    }

    private static func sum(_ explanation: Explanation) -> String {
        let sum = Figure.score(explanation.attributions.reduce(0, +))
        guard let baseline = explanation.baselineLogit, let error = explanation.completenessError else {
            return "One step, without a baseline: the sum, \(sum), means nothing by itself."
        }
        return
            "From a baseline whose logit is \(Figure.score(Double(baseline))): the sum is \(sum), and the completeness"
            + " error, how far that is from the difference of the logits, \(Figure.short(error))."
    }

    // MARK: Numbers

    private static func addNumbers(
        _ report: AttentionReport, _ attributions: Attributions, _ flow: [Float], to page: inout Page
    ) {
        var explanations: [(method: String, Explanation)] = []
        if case .found(let found) = attributions { explanations = found }
        let names = ["", "token", "weight", "value", "rollout"] + explanations.map(\.method)
        let header = Markup.element("tr", [:], names.map { .element("th", words: $0) }.joined())
        let places = Dictionary(uniqueKeysWithValues: zip(report.shown, report.values))
        let weights = report.map.row(
            layer: report.layer, head: report.selection.head, token: report.selection.token)
        let rows = report.map.tokens.enumerated().map { index, token in
            let value = places[index].map { Figure.fixed($0, 4) } ?? ""
            let cells =
                [
                    "\(index)", token.token, Figure.fixed(Double(weights[index]), 4), value,
                    Figure.fixed(Double(flow[index]), 4),
                ]
                + explanations.map { Figure.fixed($0.1.attributions[index], 4) }
            return Markup.element("tr", [:], cells.map { .element("td", words: $0) }.joined())
        }
        page.add(
            .element(
                "details", [:],
                .element("summary", words: "The numbers")
                    + .element(
                        "p", ["class": "note"],
                        words: "Of \(selected(report)): weights as they are, and as \(report.normalization.rawValue)"
                            + " values.")
                    + .element("div", ["class": "scroll"], .element("table", ["class": "rows"], header + rows.joined()))
            ))
    }

    private static func holder(_ data: AttentionData, _ report: AttentionReport) -> Markup {
        .element(
            "div",
            [
                "id": "weights", "hidden": "", "data-plan": JSONValue.object(data.plan(report)).text,
                "data-full": base64(data.fullRows), "data-rows": base64(data.rows),
                "data-pictures": base64(data.pictures),
            ])
    }
}
