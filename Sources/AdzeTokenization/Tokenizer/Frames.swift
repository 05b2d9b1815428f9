// What is put around texts: the part that `tokenizer.json` calls its post-processor. Not here: reading it, and putting
// it there.

/// One piece of what is fed to the model around the texts.
public enum TemplatePiece: Sendable, Equatable {
    /// A special token, by its text.
    case token(String, typeID: Int32)
    /// The first text.
    case first(typeID: Int32)
    /// The second text.
    case second(typeID: Int32)

    /// The text of a special token.
    var token: String? {
        if case .token(let token, _) = self { token } else { nil }
    }

    /// The type of its tokens.
    var typeID: Int32 {
        switch self {
        case .token(_, let typeID), .first(let typeID), .second(let typeID): typeID
        }
    }

    /// The same of type 0.
    var untyped: TemplatePiece {
        switch self {
        case .token(let token, _): .token(token, typeID: 0)
        case .first: .first(typeID: 0)
        case .second: .second(typeID: 0)
        }
    }
}

/// How one text is framed, and how two are.
public enum Frames: Sendable, Equatable {
    /// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`; B and what follows it are of type 1 where `typed`, all else of 0.
    case separated(typed: Bool)
    /// `<s> A </s>` and `<s> A </s></s> B </s>`, all of type 0.
    case doublySeparated
    /// Any other; `TokenizerSettings` turns those that are one of the above into it.
    case template(single: [TemplatePiece], pair: [TemplatePiece])

    /// The highest type id of a template.
    static let typeLimit = 15
    /// The most pieces of a template.
    static let pieceLimit = 64

    /// The texts without any frame, the second of type 1.
    static let none = Frames.template(single: [.first(typeID: 0)], pair: [.first(typeID: 0), .second(typeID: 1)])

    /// Whether a template has each of its texts exactly once, in order, and is short.
    static func isTemplate(_ template: [TemplatePiece], texts: Int) -> Bool {
        let order = template.compactMap { piece -> Int? in
            switch piece {
            case .token: nil
            case .first: 1
            case .second: 2
            }
        }
        return order == Array(1...texts) && template.count <= pieceLimit
    }

    /// The pieces around one text, with the tokens of these roles.
    func single(_ classifier: String, _ separator: String) -> [TemplatePiece] {
        switch self {
        case .separated, .doublySeparated:
            [.token(classifier, typeID: 0), .first(typeID: 0), .token(separator, typeID: 0)]
        case .template(let single, _): single
        }
    }

    /// The pieces around two texts, with the tokens of these roles.
    func pair(_ classifier: String, _ separator: String) -> [TemplatePiece] {
        let first = single(classifier, separator)
        switch self {
        case .separated(let typed):
            let type: Int32 = typed ? 1 : 0
            return first + [.second(typeID: type), .token(separator, typeID: type)]
        case .doublySeparated:
            return first + [.token(separator, typeID: 0), .second(typeID: 0), .token(separator, typeID: 0)]
        case .template(_, let pair): return pair
        }
    }

    /// The same with all tokens of type 0, as for a model that is not fed types.
    var untyped: Frames {
        switch self {
        case .separated: .separated(typed: false)
        case .doublySeparated: self
        case .template(let single, let pair): .template(single: single.map(\.untyped), pair: pair.map(\.untyped))
        }
    }
}
