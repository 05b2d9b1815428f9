// Finding the columns of labelled data by the names they usually have: GLUE's, and those of well-known sets. Not here:
// columns that a person names, which is `ColumnSelection`.

internal import AdzeBytes

/// Usual names, the first that is there counting.
enum KnownColumns {
    /// Texts, and pairs of texts. `text` may have a pair, a pair of GLUE's must be whole.
    static let texts: [(text: String, pair: String?)] = [
        ("text", nil), ("sentence1", "sentence2"), ("question1", "question2"), ("#1 String", "#2 String"),
        ("premise", "hypothesis"), ("question", "sentence"), ("sentence", nil), ("review", nil),
    ]
    static let labels = [
        "label", "gold_label", "is_duplicate", "Quality", "category", "intent", "sentiment", "score",
    ]

    /// The name as it stands among `names`: exactly, else in another case.
    static func find(_ name: String, in names: [String]) -> String? {
        if names.contains(name) { return name }
        return names.first { $0.lowercased() == name.lowercased() }
    }

    /// The column that looks most like a misspelt known one.
    static func nearestLabel(in names: [String]) -> String? {
        labels.lazy.compactMap { nearestName(to: $0, in: names) }.first
    }
}

/// The names of the columns, or keys, that labelled rows are taken from.
struct NamedColumns: Equatable {
    var text: String
    var pair: String?
    /// Whether a row must have the pair.
    var needsPair: Bool
    var label: String

    /// What was chosen, for a person.
    var description: String {
        (["text \(quoted(text))"] + (pair.map { ["pair \(quoted($0))"] } ?? []) + ["label \(quoted(label))"])
            .joined(separator: ", ")
    }
}

extension ColumnSelection {
    /// The columns of labelled rows among the names of a header, or the keys of an object.
    ///
    /// What is selected must be there. A text that is not selected is found by its usual names, with its pair unless
    /// that is selected; a selected text has the pair `text_pair` where there is one.
    func labelled(in names: [String]) throws(DataError) -> NamedColumns {
        var (text, pair, needsPair) = (try given(self.text, names), try given(self.pair, names), true)
        if text == nil {
            for known in KnownColumns.texts {
                guard let found = KnownColumns.find(known.text, in: names) else { continue }
                var second: String?
                if let wanted = known.pair {
                    guard let there = KnownColumns.find(wanted, in: names) else { continue }
                    second = there
                }
                (text, pair) = (found, pair ?? second)
                break
            }
        }
        guard let text else {
            throw .noColumn("text", nearest: nearestName(to: "text", in: names), found: names)
        }
        if pair == nil, let standard = KnownColumns.find("text_pair", in: names) {
            (pair, needsPair) = (standard, false)
        }
        let label =
            try given(self.label, names)
            ?? KnownColumns.labels.lazy.compactMap { KnownColumns.find($0, in: names) }.first
        guard let label else { throw .noLabelColumn(found: names) }
        return NamedColumns(text: text, pair: pair, needsPair: needsPair, label: label)
    }

    private func given(_ column: Column?, _ names: [String]) throws(DataError) -> String? {
        guard let column else { return nil }
        guard case .name(let name) = column else { throw .mixedColumns }
        guard names.contains(name) else {
            throw .noColumn(name, nearest: nearestName(to: name, in: names), found: names)
        }
        return name
    }
}

extension Record {
    /// Whether this is a row of CoLA's files, which have no header: source, 0 or 1, an author's mark, sentence.
    ///
    /// The marks are signs such as `*` and `??`, or nothing.
    var isOfCoLA: Bool {
        guard ends.count == 4, let label = text(1), let mark = text(2), let sentence = text(3) else { return false }
        return ["0", "1"].contains(label) && mark.utf8.count <= 4 && mark.allSatisfy { !$0.isLetter && !$0.isNumber }
            && !sentence.isEmpty
    }
}
