// How a classifier reads texts, where it says so itself: what happens to long ones. It stands in the configuration, under a
// key of ours, in `.adze` files and exported folders alike. Not here: cutting texts.

public import AdzeBytes
internal import AdzeModels
public import AdzeTokenization

/// How a classifier of texts is to read them; what is nil it leaves to its tokenizer and its number of positions.
public struct TextReading: Sendable, Equatable {
    /// What happens to texts longer than an input.
    public var longText: LongText?
    /// The most tokens of an input, fewer than the model takes.
    public var maximumLength: Int?
    /// How windows are joined; nil for the mean of their probabilities.
    public var aggregate: WindowAggregate?

    /// A model that says nothing.
    public init(longText: LongText? = nil, maximumLength: Int? = nil, aggregate: WindowAggregate? = nil) {
        (self.longText, self.maximumLength, self.aggregate) = (longText, maximumLength, aggregate)
    }

    /// Whether nothing is said.
    public var isEmpty: Bool { self == TextReading() }

    /// The key in `config.json`.
    static let configKey = "adze_texts"

    /// Whether long texts are read in windows.
    package var readsWindows: Bool { if case .window = longText { true } else { false } }

    /// What is said of long texts, in words; nil for nothing.
    package var longTextNote: String? {
        guard longText != nil || maximumLength != nil else { return nil }
        var parts = [longText.map { "as \($0)" }, maximumLength.map { "in inputs of \($0) tokens" }].compactMap(\.self)
        if let aggregate { parts.append("joined by \(aggregate.rawValue)") }
        return "the model says that long texts are read \(parts.joined(separator: ", "))"
    }
}

// MARK: - JSON

extension TextReading {
    /// The reading as JSON: only what is said.
    var json: JSONObject {
        var object = JSONObject()
        switch longText {
        case .window(let stride)?: (object["long"], object["stride"]) = ("window", .integer(stride))
        case let rule?: object["long"] = .string(rule.description)
        case nil: break
        }
        if let maximumLength { object["maximumLength"] = .integer(maximumLength) }
        if let aggregate { object["aggregate"] = .string(aggregate.rawValue) }
        return object
    }

    /// Reads what `json` wrote; any other key or value is refused.
    init(json: JSONValue) throws(TextReadingError) {
        self.init()
        guard let object = json.object else {
            throw .wrong(key: nil, expected: "an object", found: json.kindName)
        }
        let known = ["long", "stride", "maximumLength", "aggregate"]
        if let key = object.keys.first(where: { !known.contains($0) }) {
            throw .unknownKey(key, nearest: nearestName(to: key, in: known))
        }
        longText = try object["long"].map { value throws(TextReadingError) in
            try TextReading.longText(value, stride: object["stride"])
        }
        if !readsWindows, object["stride"] != nil {
            throw .wrong(key: "stride", expected: "none but for windows", found: "one")
        }
        maximumLength = try object["maximumLength"].map { value throws(TextReadingError) in
            try TextReading.count(value, "maximumLength", from: 1)
        }
        guard let value = object["aggregate"] else { return }
        guard let aggregate = value.string.flatMap(WindowAggregate.init), readsWindows else {
            let expected = readsWindows ? "mean, max or logits" : "none but for windows"
            throw .wrong(key: "aggregate", expected: expected, found: value.kindName)
        }
        self.aggregate = aggregate
    }

    private static func longText(_ value: JSONValue, stride: JSONValue?) throws(TextReadingError) -> LongText {
        if value.string == "window" {
            guard let stride else { throw .wrong(key: "stride", expected: "that of the windows", found: "none") }
            return .window(stride: try count(stride, "stride", from: 0))
        }
        // One spelling of each.
        guard let name = value.string, let rule = LongText(cut: name), rule.description == name else {
            throw .wrong(
                key: "long", expected: "head, tail, head+tail, head+tail:N or window", found: value.kindName)
        }
        return rule
    }

    private static func count(_ value: JSONValue, _ key: String, from least: Int) throws(TextReadingError) -> Int {
        guard let count = value.integer, (least...1_000_000).contains(count) else {
            throw .wrong(key: key, expected: "a whole number from \(least) to 1000000", found: value.kindName)
        }
        return count
    }
}

// MARK: - Beside a model

extension TextReading {
    /// The reading of a model, without what it would do by itself.
    ///
    /// Throws for a model that is no classifier of texts, a length beyond its positions, and a way that leaves no room.
    func fitted(
        to checkpoint: ModelCheckpoint, _ tokenizer: Tokenizer?, limit: Int
    ) throws(TextReadingError) -> TextReading {
        guard !isEmpty else { return self }
        guard checkpoint.head.classification != nil else {
            throw .noClassifier(architecture: checkpoint.head.architectureName)
        }
        let length = maximumLength ?? limit
        guard length <= limit else { throw .tooLong(length, limit: limit) }
        let frame = tokenizer?.specialTokenCount(pair: false) ?? 0
        let room = length - frame
        switch longText {
        case .window(let stride)? where stride >= room:
            throw .noRoom("windows that share \(stride) tokens", length: length, frame: frame)
        case .headThenTail(let head)? where head > room:
            throw .noRoom("\(head) tokens of the head", length: length, frame: frame)
        default: guard room > 0 else { throw .noRoom("a token", length: length, frame: frame) }
        }
        var fitted = limited(to: limit)
        if longText == tokenizer?.longText { fitted.longText = nil }
        if !readsWindows || aggregate == .mean { fitted.aggregate = nil }
        return fitted
    }
}

extension TextReading {
    /// The reading of a model that takes so many tokens: a length that says no less is none.
    func limited(to limit: Int) -> TextReading {
        var limited = self
        if let maximumLength, maximumLength >= limit { limited.maximumLength = nil }
        return limited
    }
}

extension ModelBundle {
    /// The model with another way of reading long texts, which is carried by what is written of it.
    ///
    /// What the model would do by itself is not carried: the head, in inputs of its own length. Throws
    /// `BundleError.unfitReading` where the way leaves no room, and for a model that is no classifier of texts.
    public func reading(longTexts wish: TextReading) throws(BundleError) -> ModelBundle {
        do throws(TextReadingError) {
            return ModelBundle(self, reading: try wish.fitted(to: checkpoint, tokenizer, limit: maximumLength))
        } catch {
            throw .unfitReading(error)
        }
    }
}

extension TextOptions {
    /// The options with what they leave open as the model says it: its way of reading long texts is one whole, of which
    /// another length may be asked for.
    func completed(by reading: TextReading) -> TextOptions {
        guard longText == nil else { return self }
        var options = self
        options.longText = reading.longText
        options.maximumLength = maximumLength ?? reading.maximumLength
        options.aggregate = aggregate ?? reading.aggregate
        return options
    }
}

/// What a model says of reading texts, and cannot mean.
public enum TextReadingError: AdzeFailure, Equatable {
    /// A value of no use.
    case wrong(key: String?, expected: String, found: String)
    /// A key that is none.
    case unknownKey(String, nearest: String?)
    /// Only classifiers of texts say it.
    case noClassifier(architecture: String)
    /// An input longer than the model takes.
    case tooLong(Int, limit: Int)
    /// What does not fit into an input.
    case noRoom(String, length: Int, frame: Int)

    /// One line.
    public var description: String {
        switch self {
        case .wrong(let key, let expected, let found):
            "\(TextReading.configKey)\(key.map { "." + $0 } ?? ""): expected \(expected), found \(found)"
        case .unknownKey(let key, let nearest):
            "\(TextReading.configKey): unknown key \(quoted(key, limit: 40))"
                + (nearest.map { "; did you mean \($0)?" } ?? "; use a newer program, or take it out")
        case .noClassifier(let architecture):
            "the model is \(withArticle(architecture)); only classifiers of texts say how long texts are read"
        case .tooLong(let length, let limit): "inputs of \(length) tokens; the model takes at most \(limit)"
        case .noRoom(let what, let length, let frame):
            "\(what) do not fit: an input takes \(length) tokens, \(frame) of them special; say less, or a longer input"
        }
    }
}
