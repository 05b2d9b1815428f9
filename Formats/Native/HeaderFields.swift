// Taking the fields of a JSON object one by one, with an error for what is missing, of the wrong kind, or left over.

import AdzeBytes

/// The fields of one object of the header that have not been taken yet.
struct HeaderFields {
    private var object: JSONObject
    private let path: String

    /// The fields of an object; throws where the value is none.
    init(_ value: JSONValue, _ path: String) throws(NativeError) {
        guard let object = value.object else {
            throw .headerField(path, expected: "an object", found: value.kindName)
        }
        self.object = object
        self.path = path
    }

    /// Whether a field is there and has not been taken.
    func contains(_ key: String) -> Bool { object[key] != nil }

    /// Takes a field that may be absent.
    mutating func optional(_ key: String) -> JSONValue? {
        defer { object[key] = nil }
        return object[key]
    }

    /// Takes a field that must be there.
    mutating func required(_ key: String) throws(NativeError) -> JSONValue {
        guard let value = optional(key) else {
            throw .headerField("\(path).\(key)", expected: "a value", found: "nothing")
        }
        return value
    }

    mutating func string(_ key: String) throws(NativeError) -> String {
        let value = try required(key)
        guard let string = value.string else { throw wrong(key, "a string", value) }
        return string
    }

    mutating func bool(_ key: String) throws(NativeError) -> Bool {
        let value = try required(key)
        guard let bool = value.bool else { throw wrong(key, "true or false", value) }
        return bool
    }

    mutating func array(_ key: String) throws(NativeError) -> [JSONValue] {
        let value = try required(key)
        guard let array = value.array else { throw wrong(key, "a list", value) }
        return array
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(NativeError) -> Int {
        let value = try required(key)
        let wanted =
            range.count == 1 ? "\(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let integer = value.integer, range.contains(integer) else { throw wrong(key, wanted, value) }
        return integer
    }

    /// Refuses fields that nobody took.
    func end() throws(NativeError) {
        if let key = object.keys.first {
            throw .headerField("\(path).\(quoted(key))", expected: "no such field", found: "one")
        }
    }

    private func wrong(_ key: String, _ expected: String, _ value: JSONValue) -> NativeError {
        .headerField("\(path).\(key)", expected: expected, found: value.kindName)
    }
}
