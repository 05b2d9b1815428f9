// The forms of heads that read every position in words, as options and tables have them (`lstm:size=64:states=all`), and as
// a member of config.json. Not here: what they compute.

public import AdzeBytes

/// A form of head that cannot be had.
public enum HeadFormError: AdzeFailure, Equatable {
    case unknown(String, nearest: String?)
    case unknownSetting(String, of: String, known: [String], nearest: String?)
    case badSetting(String, value: String, expected: String)
    case pooledStates
    case notTheStudys(String)
    case tableWithoutSequence(String)
    case tableSize(Int)
    case misshapenRecurrent(name: String, found: String, expected: String)

    /// A form that is asked for in wrong words is a request that makes no sense.
    public var kind: FailureKind {
        switch self {
        case .unknown, .unknownSetting, .badSetting, .notTheStudys, .tableWithoutSequence, .tableSize: .usage
        case .pooledStates, .misshapenRecurrent: .badData
        }
    }

    /// One line: what was found, what was expected, what to do.
    public var description: String {
        switch self {
        case .unknown(let name, let nearest):
            "there is no head \(quoted(name)); " + (nearest.map { "did you mean \(quoted($0))? " } ?? "")
                + "heads are pooler, mean, flatten and lstm, with settings as in lstm:size=64:states=all"
        case .unknownSetting(let key, let head, let known, let nearest):
            "the head \(head) has no setting \(quoted(key)); "
                + (nearest.map { "did you mean \(quoted($0))? " } ?? "")
                + (known.isEmpty ? "it has none" : "settings are \(known.joined(separator: ", "))")
        case .badSetting(let key, let value, let expected):
            "the head's \(key) is \(quoted(value)); expected \(expected)"
        case .pooledStates:
            "a classifier of all hidden states side by side that reads the first token: the pooler gives it those of the"
                + " last block alone, so that nothing computes what its weights are for; read all states with flatten or"
                + " lstm"
        case .tableWithoutSequence(let head):
            "the head is \(head), which has nothing to read of a table of words alone; expected lstm, flatten"
                + " or mean"
        case .tableSize(let size):
            "a table of words of \(size) columns: expected \(RecurrentLayer.sizes.lowerBound) to"
                + " \(RecurrentLayer.sizes.upperBound) columns"
        case .notTheStudys(let head):
            "the head is \(head), which the study's program does not have; its heads are pooler, flatten, and lstm with"
                + " padding"
        case .misshapenRecurrent(let name, let found, let expected):
            "\(quoted(name)): expected \(expected), found shape \(found)"
        }
    }
}

extension HeadForm {
    /// A form by its specification: a name, then settings, all separated by colons; nil for `pooler`, the form that a
    /// family's own classifiers have.
    ///
    /// `mean` has the word `normalize`; `flatten` has `states` (`last`, `all`); `lstm` that, `size`, `layers`, `directions`
    /// (1, 2) and `padding` (`study`, `none`). What is left out is the study's: last states, one bidirectional layer of 128,
    /// padding read; and a mean as it is.
    /// Throws `HeadFormError`.
    public static func specified(_ text: String) throws(HeadFormError) -> HeadForm? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var settings = try HeadSettings(parts)
        switch settings.head {
        case "pooler":
            if settings.values["states"] == HiddenStates.all.rawValue { throw .pooledStates }
            try settings.end(known: [])
            return nil
        case "flatten":
            let states = try settings.states()
            try settings.end(known: ["states"])
            return .flattened(states)
        case "mean":
            let normalizes = try settings.flag(HeadForm.normalizing)
            try settings.end(known: [HeadForm.normalizing])
            return .mean(normalizes: normalizes)
        default:
            var layer = RecurrentLayer()
            layer.states = try settings.states()
            layer.size = try settings.integer("size", RecurrentLayer.sizes, layer.size)
            layer.layerCount = try settings.integer("layers", RecurrentLayer.layerCounts, 1)
            layer.isBidirectional = try settings.integer("directions", 1...2, 2) == 2
            layer.reach = try settings.choice("padding", ["study": .padded, "none": .text], .padded)
            try settings.end(known: ["states", "size", "layers", "directions", "padding"])
            return .recurrent(layer)
        }
    }

    /// The form as `specified(_:)` reads it, without what is the study's; nothing of other forms' settings.
    public var specification: String {
        switch self {
        case .flattened(let states): "flatten" + (states == .all ? ":states=all" : "")
        case .recurrent(let layer):
            "lstm" + (layer.size == 128 ? "" : ":size=\(layer.size)")
                + (layer.layerCount == 1 ? "" : ":layers=\(layer.layerCount)")
                + (layer.isBidirectional ? "" : ":directions=1") + (layer.states == .all ? ":states=all" : "")
                + (layer.reach == .text ? ":padding=none" : "")
        case .mean(let normalizes): "mean" + (normalizes ? ":" + HeadForm.normalizing : "")
        case .prompt(let layer): layer.specification
        case .none, .pooled, .firstToken, .tokens, .vocabulary, .vocabularyAndPooled, .transformed: "pooler"
        }
    }

    /// The setting by which a mean is scaled to length 1, a word without a value.
    fileprivate static let normalizing = "normalize"

    /// The key under which a `config.json` has the specification; transformers has none for such heads.
    static let configKey = "adze_head"
}

/// The settings of a specification that have not been taken yet.
private struct HeadSettings {
    let head: String
    private(set) var values: [String: String] = [:]
    private var words: Set<String> = []

    init(_ parts: [String]) throws(HeadFormError) {
        let names = ["pooler", "mean", "flatten", "lstm"]
        head = parts[0]
        guard names.contains(head) else { throw .unknown(head, nearest: nearestName(to: head, in: names)) }
        for part in parts.dropFirst() {
            if head == "mean" && part == HeadForm.normalizing && words.insert(part).inserted { continue }
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, values.updateValue(sides[1], forKey: sides[0]) == nil else {
                throw .badSetting(
                    "setting", value: part, expected: "NAME=VALUE, each name once, as in lstm:size=64:states=all")
            }
        }
    }

    /// Whether a setting without a value is there.
    mutating func flag(_ key: String) throws(HeadFormError) -> Bool {
        if let value = values.removeValue(forKey: key) {
            throw .badSetting(key, value: value, expected: "no value, as in \(head):\(key)")
        }
        return words.remove(key) != nil
    }

    mutating func states() throws(HeadFormError) -> HiddenStates {
        try choice("states", ["last": .last, "all": .all], .last)
    }

    mutating func choice<Value>(
        _ key: String, _ choices: KeyValuePairs<String, Value>, _ fallback: Value
    ) throws(HeadFormError) -> Value {
        guard let text = values.removeValue(forKey: key) else { return fallback }
        guard let found = choices.first(where: { $0.key == text }) else {
            throw .badSetting(key, value: text, expected: choices.map(\.key).joined(separator: " or "))
        }
        return found.value
    }

    mutating func integer(
        _ key: String, _ range: ClosedRange<Int>, _ fallback: Int
    ) throws(HeadFormError) -> Int {
        guard let text = values.removeValue(forKey: key) else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw .badSetting(
                key, value: text, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func end(known: [String]) throws(HeadFormError) {
        guard let key = values.keys.sorted().first else { return }
        throw .unknownSetting(key, of: head, known: known, nearest: nearestName(to: key, in: known))
    }
}
