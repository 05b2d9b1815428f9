// What can be wrong with a recipe's JSON.

public import AdzeBytes

/// Why a JSON value is no recipe.
public enum RecipeError: AdzeFailure, Equatable {
    case notAnObject(found: String)
    case unknownKey(String, nearest: String?)
    case wrongType(key: String, expected: String, found: String)
    case outOfRange(key: String, value: String, low: String, high: String)
    case unknownName(key: String, value: String, known: [String])
    case stageOrder(index: Int)

    /// A recipe is a request.
    public var kind: FailureKind { .usage }

    /// One line: the key, what was expected and what is there.
    public var description: String {
        switch self {
        case .notAnObject(let found): "a recipe is a JSON object, found \(found)"
        case .unknownKey(let key, let nearest):
            "a recipe has no key \(quoted(key, limit: 40))" + (nearest.map { "; did you mean \(quoted($0))?" } ?? "")
        case .wrongType(let key, let expected, let found): "recipe key '\(key)': expected \(expected), found \(found)"
        case .outOfRange(let key, let value, let low, let high):
            "recipe key '\(key)': \(value) is outside of \(low) ... \(high)"
        case .unknownName(let key, let value, let known):
            "recipe key '\(key)': \(quoted(value, limit: 40)) is none of \(known.joined(separator: ", "))"
        case .stageOrder(let index):
            "recipe key 'stages': stage \(index) must begin "
                + (index == 0 ? "at epoch 0" : "at a later epoch than the one before")
        }
    }
}
