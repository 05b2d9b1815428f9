// How a classifier reads texts as JSON, strictly: each thing in one spelling, nothing that is not known.

internal import AdzeBytes
internal import AdzeData
internal import AdzeTokenization

extension TextReading {
    /// The key in `config.json`.
    static let configKey = "adze_texts"

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
        guard let cleaning else { return object }
        object["clean"] = .array(cleaning.steps.map { .string($0.rawValue) })
        if !cleaning.stopWords.isEmpty { object["stopwords"] = .array(cleaning.stopWords.map(JSONValue.string)) }
        if let wordNet = cleaning.wordNet { object["wordnet"] = .string(wordNet) }
        return object
    }

    /// Reads what `json` wrote; any other key or value is refused.
    init(json: JSONValue) throws(TextReadingError) {
        self.init()
        guard let object = json.object else {
            throw .wrong(key: nil, expected: "an object", found: json.kindName)
        }
        let known = ["long", "stride", "maximumLength", "aggregate", "clean", "stopwords", "wordnet"]
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
        cleaning = try TextReading.cleaning(object)
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

    private static func cleaning(_ object: JSONObject) throws(TextReadingError) -> Cleaning? {
        func strings(_ key: String) throws(TextReadingError) -> [String]? {
            guard let value = object[key] else { return nil }
            let strings = value.array?.compactMap(\.string)
            guard let strings, strings.count == value.array?.count else {
                throw .wrong(key: key, expected: "a list of strings", found: value.kindName)
            }
            return strings
        }
        let words = try strings("stopwords")
        guard let names = try strings("clean") else {
            for key in ["stopwords", "wordnet"] where object[key] != nil {
                throw .wrong(key: key, expected: "none without clean", found: "one")
            }
            return nil
        }
        if let value = object["wordnet"], value.string == nil {
            throw .wrong(key: "wordnet", expected: "a string", found: value.kindName)
        }
        do throws(CleaningError) {
            var steps: [CleaningStep] = []
            for name in names {
                guard let step = CleaningStep(rawValue: name) else {
                    let nearest = nearestName(to: name, in: CleaningStep.allCases.map(\.rawValue))
                    throw CleaningError.unknownStep(name, nearest: nearest)
                }
                steps.append(step)
            }
            return try Cleaning(steps: steps, stopWords: words ?? [], wordNet: object["wordnet"]?.string)
        } catch {
            throw .cleaning(error)
        }
    }

    private static func count(_ value: JSONValue, _ key: String, from least: Int) throws(TextReadingError) -> Int {
        guard let count = value.integer, (least...1_000_000).contains(count) else {
            throw .wrong(key: key, expected: "a whole number from \(least) to 1000000", found: value.kindName)
        }
        return count
    }
}
