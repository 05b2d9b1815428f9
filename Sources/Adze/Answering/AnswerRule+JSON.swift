// The rule of a classifier's answers as JSON, strictly: each thing in one spelling, nothing that is not known.

internal import AdzeBytes
internal import AdzeData

extension AnswerRule {
    /// The key in `config.json`.
    static let configKey = "adze_answers"

    private static let keys = [
        "temperature", "precision", "examples", "rule", "threshold", "coverage", "coverageExamples", "thresholds",
    ]

    /// The rule as JSON; thresholds of several labels by their names.
    func json(labels: [String]) -> JSONObject {
        var object: JSONObject = ["temperature": .number(temperature)]
        if let measurement {
            object["precision"] = .string(measurement.precision.rawValue)
            object["examples"] = .integer(measurement.exampleCount)
        }
        switch decision {
        case .best: break
        case .threshold(let least): (object["rule"], object["threshold"]) = ("abstain", .number(least))
        case .set(let least): (object["rule"], object["threshold"]) = ("set", .number(least))
        case .thresholds(let list):
            var thresholds = JSONObject()
            for (label, least) in zip(labels, list) { thresholds[label] = .number(least) }
            object["thresholds"] = .object(thresholds)
        }
        if let promise = measurement?.promise {
            object["coverage"] = .number(promise.coverage)
            object["coverageExamples"] = .integer(promise.exampleCount)
        }
        return object
    }

    /// Reads what `json` wrote of a model with these labels; any other key or value is refused.
    init(json: JSONValue, labels: [String]) throws(AnswerRuleError) {
        self.init()
        guard let object = json.object else { throw .wrong(key: nil, expected: "an object", found: json.kindName) }
        if let key = object.keys.first(where: { !AnswerRule.keys.contains($0) }) {
            throw .unknownKey(key, nearest: nearestName(to: key, in: AnswerRule.keys))
        }
        temperature = try AnswerRule.number(object, "temperature", "0.01 to 100") {
            AnswerRule.temperatures.contains($0)
        }
        guard let name = object["precision"]?.string, let precision = Precision(rawValue: name) else {
            throw .wrong(key: "precision", expected: "int8 or fp32", found: object["precision"]?.kindName ?? "none")
        }
        measurement = Measurement(
            precision: precision, exampleCount: try AnswerRule.count(object, "examples"), promise: nil)
        decision = try AnswerRule.decision(object, labels)
        try readPromise(object)
    }

    private static func decision(_ object: JSONObject, _ labels: [String]) throws(AnswerRuleError) -> Decision {
        if let value = object["thresholds"] {
            guard object["rule"] == nil, object["threshold"] == nil else {
                throw .wrong(key: "rule", expected: "none beside thresholds", found: "one")
            }
            return .thresholds(try thresholds(value, labels))
        }
        guard let rule = object["rule"] else {
            guard object["threshold"] == nil else {
                throw .wrong(key: "threshold", expected: "none without rule", found: "one")
            }
            return .best
        }
        func least() throws(AnswerRuleError) -> Double {
            try number(object, "threshold", "0 to 1") { (0...1).contains($0) }
        }
        switch rule.string {
        case "abstain": return .threshold(try least())
        case "set": return .set(threshold: try least())
        default: throw .wrong(key: "rule", expected: "abstain or set", found: rule.kindName)
        }
    }

    private static func thresholds(_ value: JSONValue, _ labels: [String]) throws(AnswerRuleError) -> [Double] {
        guard let object = value.object else {
            throw .wrong(key: "thresholds", expected: "an object", found: value.kindName)
        }
        let known = Set(labels)
        if let other = object.keys.first(where: { !known.contains($0) }) {
            throw .unknownLabel(other, nearest: nearestName(to: other, in: labels))
        }
        var list: [Double] = []
        for label in labels {
            guard let least = object[label]?.number, (0...1).contains(least) else {
                throw .wrong(
                    key: "thresholds", expected: "0 to 1 for \(quoted(label, limit: 40))",
                    found: object[label]?.kindName ?? "none")
            }
            list.append(least)
        }
        return list
    }

    private mutating func readPromise(_ object: JSONObject) throws(AnswerRuleError) {
        guard object["coverage"] != nil || object["coverageExamples"] != nil else { return }
        guard object["rule"] != nil else {
            throw .wrong(key: "coverage", expected: "none without rule", found: "one")
        }
        let part = try AnswerRule.number(object, "coverage", "more than 0 and less than 1") { Coverage($0) != nil }
        let count = try AnswerRule.count(object, "coverageExamples")
        guard Coverage(part).map({ $0.rank(count) <= count }) == true else {
            throw .wrong(
                key: "coverageExamples", expected: "as many as the coverage needs", found: "the number \(count)")
        }
        measurement?.promise = Promise(coverage: part, exampleCount: count)
    }

    private static func number(
        _ object: JSONObject, _ key: String, _ expected: String, _ fits: (Double) -> Bool
    ) throws(AnswerRuleError) -> Double {
        guard let number = object[key]?.number, fits(number) else {
            throw .wrong(
                key: key, expected: "a number, \(expected)", found: object[key]?.kindName ?? "none")
        }
        return number
    }

    private static func count(_ object: JSONObject, _ key: String) throws(AnswerRuleError) -> Int {
        guard let count = object[key]?.integer, (1...1_000_000_000).contains(count) else {
            throw .wrong(
                key: key, expected: "a whole number from 1 to 1000000000", found: object[key]?.kindName ?? "none")
        }
        return count
    }
}
