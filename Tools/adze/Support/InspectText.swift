// Lines about a model for `inspect`: a name and its value, members of an object on lines of their own where they do not
// fit on one.

import Adze

/// Lines of a report.
enum InspectText {
    /// Where values begin.
    private static let indent = 14

    /// The lines of one field.
    static func lines(_ key: String, _ value: JSONValue) -> [String] {
        switch key {
        case "calibration": field(key, words: describeCalibration(value).split(separator: " ").map(String.init))
        case "quality": field(key, words: quality(value))
        case "labels": field(key, value.array?.compactMap(\.string).map(oneItem) ?? [])
        case "provenance": members(key, value)
        case "texts": field(key, reading(value))
        case "guarantee": field(key, words: plain(value).split(separator: " ").map(String.init))
        case "prunedHeads":
            field(key, (value.object ?? [:]).map { "block \($0.key): \(plain($0.value))" }, separator: ";")
        default: field(key, items(value))
        }
    }

    /// A tensor's columns.
    static func tensor(_ tensor: JSONValue) -> String {
        ["name", "dtype", "shape", "scheme"].compactMap { tensor[$0].map(plain) }.joined(separator: "\t")
    }

    /// A field whose items stand on one line, commas between them, or on several.
    private static func field(
        _ key: String, _ items: [String], separator: String = ",", level: Int = 0
    ) -> [String] {
        field(key, words: items.enumerated().map { $0 < items.count - 1 ? $1 + separator : $1 }, level: level)
    }

    private static func field(_ key: String, words: [String], level: Int = 0) -> [String] {
        let name = String(repeating: " ", count: 2 * level) + oneField(key)
        let space = String(repeating: " ", count: max(2, indent - columnCount(name)))
        return wrapped(words.isEmpty ? ["none"] : words, after: name + space, indent: indent)
    }

    /// An object with a line for each member, its name behind the object's.
    private static func members(_ key: String, _ value: JSONValue, level: Int = 0) -> [String] {
        guard let object = value.object, object.count > 0 else { return field(key, items(value), level: level) }
        let name = String(repeating: " ", count: 2 * level) + oneField(key)
        return [name] + object.flatMap { members($0.key, $0.value, level: level + 1) }
    }

    /// The items of a list or an object; any other value is one.
    private static func items(_ value: JSONValue) -> [String] {
        switch value {
        case .array(let values): values.map(plain)
        case .object(let object): object.map { "\(oneField($0.key)) \(plain($0.value))" }
        default: [plain(value)]
        }
    }

    /// A value as a person reads it: strings bare, lists with commas, objects as key value.
    private static func plain(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): oneField(text)
        case .integer(let number): grouped(number)
        case .null: "none"
        case .array, .object: items(value).joined(separator: ", ")
        default: value.text
        }
    }

    /// How texts are read; of a list of words how many they are.
    private static func reading(_ value: JSONValue) -> [String] {
        (value.object ?? [:]).map { key, value in
            let count = key == "stopwords" ? value.array?.count : nil
            return "\(oneField(key)) \(count.map { counted($0, "word") } ?? plain(value))"
        }
    }

    /// The words of a quality report; one that is not ours as it is.
    private static func quality(_ value: JSONValue) -> [String] {
        guard let metric = value["metric"]?.string, let fp32 = value["fp32"]?.number, let int8 = value["int8"]?.number,
            [fp32, int8].allSatisfy({ (-1...1).contains($0) }), let texts = value["texts"]?.integer
        else { return items(value) }
        var parts = [
            "\(oneField(metric)) \(rounded(int8, digits: 4)) in int8, \(rounded(fp32, digits: 4)) in fp32 on "
                + counted(texts, "text")
        ]
        if let equal = value["equalLabels"]?.number, (0...1).contains(equal) {
            parts.append("\(rounded(equal * 100, digits: 2)) % equal labels")
        }
        let kept = value["kept"]?.array?.compactMap { $0["layers"]?.string.map(oneField) } ?? []
        parts.append("in fp32: " + (kept.isEmpty ? "none" : kept.joined(separator: "; ")))
        return parts.joined(separator: ", ").split(separator: " ").map(String.init)
    }
}
