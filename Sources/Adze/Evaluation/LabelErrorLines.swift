// Rows that most likely bear a wrong label as lines: of columns for a person, or JSON to act on. Not here: finding them.

internal import AdzeBytes
internal import AdzeData

/// The lines about what was found.
package struct LabelErrorLines {
    private let found: LabelErrors
    private let all: Bool
    private let suspects: Set<Int>

    /// The suspects and the near-duplicates; or every row, the least sure of its label first.
    package init(_ found: LabelErrors, all: Bool) {
        (self.found, self.all) = (found, all)
        suspects = Set(found.found.suspects.map(\.row))
    }

    /// JSON objects.
    package var objects: [JSONObject] { rows.map(object) + (all ? [] : found.duplicates.pairs.map(object)) }

    /// Columns with tabs between them; white space of a text is one space.
    package var lines: [String] {
        rows.map { row in
            let verdict = found.verdict(on: row)
            return columns(
                row, found.labels[verdict.given], found.labels[verdict.likely],
                rounded(found.found.confidences[row], digits: 4))
        }
            + (all ? [] : found.duplicates.pairs).flatMap { pair in
                [(pair.first, pair.second), (pair.second, pair.first)].map { row, other in
                    columns(
                        row, found.label(of: row), found.label(of: other),
                        "~\(rounded(pair.similarity, digits: 2))")
                }
            }
    }

    private var rows: [Int] {
        guard all else { return found.found.suspects.map(\.row) }
        let confidences = found.found.confidences
        return confidences.indices.sorted { (confidences[$0], $0) < (confidences[$1], $1) }
    }

    private func columns(_ row: Int, _ given: String, _ likely: String, _ figure: String) -> String {
        let example = found.examples[row]
        let text = example.text + (example.pair.map { " | " + $0 } ?? "")
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return [example.place, given, likely, figure, words].joined(separator: "\t")
    }

    private func object(_ row: Int) -> JSONObject {
        let verdict = found.verdict(on: row)
        var object = place(row)
        object["suggested"] = .string(found.labels[verdict.likely])
        object["probability"] = .number(found.probabilities[row][verdict.given])
        object["suggested_probability"] = .number(found.probabilities[row][verdict.likely])
        object["suspect"] = .bool(suspects.contains(row))
        object["reason"] = .string("label")
        return object
    }

    private func object(_ pair: NearDuplicates.Pair) -> JSONObject {
        var object = place(pair.second)
        object["reason"] = .string("near-duplicate")
        object["similarity"] = .number(pair.similarity)
        object["other"] = .object(place(pair.first))
        return object
    }

    /// Where a row stands and what it says.
    private func place(_ row: Int) -> JSONObject {
        let example = found.examples[row]
        var object: JSONObject = [
            "row": .integer(row + 1), "place": .string(example.place), "text": .string(example.text),
        ]
        if let pair = example.pair { object["text_pair"] = .string(pair) }
        object["label"] = .string(found.label(of: row))
        return object
    }
}

extension LabelErrors {
    /// What the predictions say of a row: its label, and the likeliest of the others.
    package func verdict(on row: Int) -> (given: Int, likely: Int) {
        let given = examples[row].target.positions.first ?? 0
        let shares = probabilities[row]
        let others = shares.indices.filter { $0 != given }
        let likely = others.dropFirst().reduce(others[0]) { shares[$1] > shares[$0] ? $1 : $0 }
        return (given, likely)
    }

    /// The name of a row's label.
    package func label(of row: Int) -> String { labels[examples[row].target.positions.first ?? 0] }
}
