// Why a tokenizer cannot be made or a text not cut as asked; every case is one line. Not here: the checks.

public import AdzeBytes

/// Why a vocabulary, its settings or a length budget is refused.
public enum TokenizerError: AdzeFailure, Equatable {
    /// Neither `vocab.txt` nor `tokenizer.json` was given.
    case noVocabulary
    /// A line of `vocab.txt` is not UTF-8.
    case invalidUTF8(line: Int)
    /// The JSON of a file does not parse.
    case json(file: String, JSONError)
    /// A value of a file is not what it must be.
    case unexpected(file: String, key: String, expected: String, found: String)
    /// A part that only another tokenizer has.
    case unsupported(file: String, part: String, name: String, supported: String)
    /// A token stands twice in the vocabulary.
    case duplicateToken(file: String, token: String, first: Int, second: Int)
    /// Two tokens have one id.
    case duplicateID(file: String, id: Int, tokens: [String])
    /// The ids are not 0 to n − 1.
    case gap(file: String, missing: Int, highest: Int)
    /// A vocabulary of more tokens than any model has.
    case tooManyTokens(file: String, count: Int, limit: Int)
    /// A vocabulary of more text than the index takes.
    case tooMuchText(file: String, bytes: Int, limit: Int)
    /// A special token that the model cannot do without is not in the vocabulary.
    case missingToken(role: String, token: String, nearest: String?)
    /// An added token contradicts the vocabulary.
    case addedToken(String, problem: String)
    /// The budget leaves no room for the text.
    case impossibleBudget(maximumLength: Int, needed: Int, why: String)

    /// One line: what, where, expected, found, what to do.
    public var description: String {
        switch self {
        case .noVocabulary:
            return "no vocabulary: expected a vocab.txt or a tokenizer.json, found neither; give one"
        case .invalidUTF8(let line):
            return "vocab.txt: line \(line) is not valid UTF-8; save the vocabulary as UTF-8"
        case .json(let file, let error):
            return "\(file): \(error.description)"
        case .unexpected(let file, let key, let expected, let found):
            return "\(file): \(quoted(key)): expected \(expected), found \(found)"
        case .unsupported(let file, let part, let name, let supported):
            return "\(file): the \(part) \(quoted(name)) is not supported; \(supported)"
        case .duplicateToken(let file, let token, let first, let second):
            return "\(file): token \(quoted(token)) stands twice, as id \(first) and as id \(second); "
                + "ids would be ambiguous, remove one"
        case .duplicateID(let file, let id, let tokens):
            return "\(file): id \(id) belongs to \(tokens.map { quoted($0) }.joined(separator: " and ")); "
                + "every token needs its own"
        case .gap(let file, let missing, let highest):
            return "\(file): ids must run from 0 to \(highest) without gaps; id \(missing) is missing"
        case .tooManyTokens(let file, let count, let limit):
            return "\(file): \(count) tokens; at most \(limit) are read"
        case .tooMuchText(let file, let bytes, let limit):
            return "\(file): \(bytes) bytes of tokens; at most \(limit) are read"
        case .missingToken(let role, let token, let nearest):
            return "the vocabulary has no \(role) token \(quoted(token))"
                + (nearest.map { "; the nearest is \(quoted($0))" } ?? "") + "; name it in tokenizer_config.json"
        case .addedToken(let token, let problem):
            return "added token \(quoted(token)): \(problem)"
        case .impossibleBudget(let maximumLength, let needed, let why):
            return "a maximum length of \(maximumLength) tokens is too small: \(why) needs at least \(needed)"
        }
    }

    /// Bad data, unless a file is missing or a length was asked that cannot be.
    public var kind: FailureKind {
        switch self {
        case .noVocabulary: .missingInput
        case .impossibleBudget: .usage
        default: .badData
        }
    }
}
