// JSON as a value: what `parseJSON` gives and `JSONValue.text` writes. Objects keep their order and have unique keys.

/// A JSON value.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number written without fraction or exponent that fits `Int`.
    case integer(Int)
    /// Every other number.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The integer, or nil for anything else; `3.0` is no integer here.
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    /// The number, integers included, or nil.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
    /// The string, or nil.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The truth value, or nil.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements, or nil.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The object, or nil.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    /// Whether this is JSON's `null`.
    public var isNull: Bool { self == .null }

    /// A member of an object; nil where this is no object or has no such key.
    public subscript(key: String) -> JSONValue? { object?[key] }

    /// What the value is, for "expected a string, found …".
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "the number \(value)"
        case .number(let value): "the number \(value)"
        case .string(let value): "the string \(quoted(value, limit: 40))"
        case .array(let values): "a list of \(values.count)"
        case .object(let object): "an object of \(object.count) keys"
        }
    }
}

// MARK: - Literals

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A list.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

/// A JSON object: unique keys in the order in which they stand in the text.
///
/// - Complexity: lookup is O(1) on average.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral, Sequence {
    /// The keys in order.
    public private(set) var keys: [String] = []
    private var values: [JSONValue] = []
    private var index: [ExactText: Int] = [:]

    /// An empty object.
    public init() {}

    /// An object of the pairs in their order; a key that repeats is a programmer's mistake.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements {
            precondition(index[ExactText(key)] == nil, "a key repeats")
            self[key] = value
        }
    }

    /// How many keys there are.
    public var count: Int { keys.count }

    /// The value of a key; setting a new key appends it, setting nil removes it.
    public subscript(key: String) -> JSONValue? {
        get { index[ExactText(key)].map { values[$0] } }
        set {
            if let newValue {
                if let position = index[ExactText(key)] {
                    values[position] = newValue
                } else {
                    index[ExactText(key)] = keys.count
                    keys.append(key)
                    values.append(newValue)
                }
            } else if let position = index.removeValue(forKey: ExactText(key)) {
                keys.remove(at: position)
                values.remove(at: position)
                for later in position..<keys.count { index[ExactText(keys[later])] = later }
            }
        }
    }

    /// The pairs in order.
    public func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
        zip(keys, values).lazy.map { (key: $0, value: $1) }.makeIterator()
    }

    /// Equal keys with equal values; the order does not matter.
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.count == b.count && a.keys.allSatisfy { a[$0] == b[$0] }
    }
}

extension JSONValue {
    /// A number; null where it is none that JSON can write.
    package static func finite(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return .number(value)
    }
}
