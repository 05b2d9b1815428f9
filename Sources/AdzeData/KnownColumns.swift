// Finding columns by the names they usually have: GLUE's, and those of well-known sets. Not here: columns that a person
// names, which is `ColumnSelection`.

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

    /// The name as it stands among `names`: exactly, else in another case or with spaces around it.
    static func find(_ name: String, in names: [String]) -> String? {
        if names.contains(name) { return name }
        return names.first { isSame($0, name) }
    }

    /// Whether a name is any that a column usually has.
    static func isUsual(_ name: String) -> Bool {
        usualNames.contains { isSame($0, name) }
    }

    private static let usualNames =
        texts.flatMap { [$0.text, $0.pair].compactMap(\.self) } + labels
        + ["text_pair", "context", "id", "idx", "index", "#1 ID", "#2 ID"]

    private static func isSame(_ a: String, _ b: String) -> Bool {
        // Most names are told apart by their lengths, without a copy.
        guard a.utf8.count < b.utf8.count + 8, b.utf8.count < a.utf8.count + 8 else { return false }
        return trimmed(a).lowercased() == trimmed(b).lowercased()
    }

    /// The column that looks most like a misspelt known one.
    static func nearestLabel(in names: [String]) -> String? {
        labels.lazy.compactMap { nearestName(to: $0, in: names) }.first
    }
}

/// What a verb reads from a row that names no columns.
public enum TextRole: Sendable, Equatable {
    /// A text, or a pair of texts.
    case textOrPair
    /// A text alone: a second one is a field like any other.
    case oneText
    /// A question and the context that answers it.
    case questionAndContext

    /// The usual names of a text that may have any, or a certain, pair.
    fileprivate var texts: [(text: String, pair: String?)] {
        switch self {
        case .textOrPair: KnownColumns.texts
        case .oneText: KnownColumns.texts.filter { $0.pair == nil }
        case .questionAndContext: [("question", nil), ("text", nil)]
        }
    }

    /// The usual names of a second text beside any.
    fileprivate var pairs: [String] {
        switch self {
        case .textOrPair: ["text_pair"]
        case .oneText: []
        case .questionAndContext: ["context", "text_pair"]
        }
    }
}

/// The names of the columns, or keys, that rows are taken from.
struct NamedColumns: Equatable {
    var text: String
    var pair: String?
    /// Whether a row must have the pair.
    var needsPair: Bool
    var label: String?

    /// What was chosen, for a person.
    var description: String {
        (["text \(quoted(text))"] + (pair.map { ["pair \(quoted($0))"] } ?? [])
            + (label.map { ["label \(quoted($0))"] } ?? []))
            .joined(separator: ", ")
    }

    /// Whether a text was found under another name than its first.
    func isUnusual(for role: TextRole) -> Bool {
        text != role.texts.first?.text || !(pair.map { $0 == role.pairs.first } ?? true)
    }
}

extension ColumnSelection {
    /// The columns of rows among the names of a header, or the keys of an object.
    ///
    /// What is selected must be there. A text that is not selected is found by its usual names, with its pair unless
    /// that is selected; a selected text has the pair `text_pair` where there is one.
    func located(in names: [String], needsLabel: Bool) throws(DataError) -> NamedColumns {
        var (text, pair, needsPair) = (try given(self.text, names, .text), try given(self.pair, names, .pair), true)
        if text == nil {
            for known in role.texts {
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
            let first = role.texts.first?.text ?? ""
            throw .noColumn(first, nearest: nearestName(to: first, in: names), found: names)
        }
        if pair == nil, let standard = role.pairs.lazy.compactMap({ KnownColumns.find($0, in: names) }).first {
            (pair, needsPair) = (standard, false)
        }
        let label =
            try given(self.label, names, .label)
            ?? (needsLabel ? KnownColumns.labels : ["label"]).lazy.compactMap { KnownColumns.find($0, in: names) }.first
        if needsLabel, label == nil { throw .noLabelColumn(found: names) }
        return NamedColumns(text: text, pair: pair, needsPair: needsPair, label: label)
    }

    private func given(_ column: Column?, _ names: [String], _ part: ColumnPart) throws(DataError) -> String? {
        guard let column else { return nil }
        guard case .name(let name) = column else { throw .mixedColumns }
        guard names.contains(name) else {
            throw .noColumn(name, nearest: nearestName(to: name, in: names), found: names, part: part)
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
