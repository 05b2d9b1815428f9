// What a classifier makes of its logits, where labelled data has said it: the temperature of its scores, and when it gives
// which labels. It stands in the configuration, under a key of ours, in `.adze` files and exported folders alike. Not here:
// its JSON, and choosing it, which is `AnswerCalibration`.

public import AdzeBytes
internal import AdzeData
internal import AdzeModels
internal import AdzeNative

/// What a classifier makes of its logits; the default is what a model does that says nothing.
public struct AnswerRule: Sendable, Equatable {
    /// What is said of a text.
    public enum Decision: Sendable, Equatable {
        /// The best label.
        case best
        /// The best label where its score is no less than the threshold; else nothing.
        case threshold(Double)
        /// Every label whose score is no less than the threshold, and the best one in any case.
        case set(threshold: Double)
        /// Of any number of labels those whose scores are no less than their own thresholds, in the model's order.
        case thresholds([Double])
    }

    /// What labelled data has shown, and how.
    public struct Measurement: Sendable, Equatable {
        /// The arithmetic of the logits.
        public var precision: Precision
        /// Examples that chose the temperature, and the thresholds of several labels.
        public var exampleCount: Int
        /// What is promised by the threshold, from examples of its own; nil for no promise.
        public var promise: Promise?
    }

    /// The part of all texts for which a threshold keeps its promise, and the number of examples that it was chosen by.
    public struct Promise: Sendable, Equatable {
        /// The part.
        public var coverage: Double
        /// The examples.
        public var exampleCount: Int
    }

    /// What a person should hear where a rule is dropped.
    static let droppedNote =
        "the model's rule for its answers is dropped: it was measured on answers that these changes change; run adze "
        + "calibrate again"

    /// What the logits are divided by.
    public var temperature = 1.0
    /// What is said of a text.
    public var decision = Decision.best
    /// Nil where nobody measured it.
    public var measurement: Measurement?

    /// Temperatures that a rule may have.
    static let temperatures = 0.01...100.0

    /// The rule of a model that says nothing.
    public init() {}

    /// Whether it is that of a model that says nothing.
    public var isEmpty: Bool { self == AnswerRule() }
}

// MARK: - What is said

extension AnswerRule {
    /// The labels that are said, best first, by their positions; nil where the rule is that of a model that says nothing.
    ///
    /// - Complexity: O(labels), and the sorting of those that are said.
    func said(_ scores: [Double]) -> [Int]? {
        func sorted(_ labels: [Int]) -> [Int] { labels.sorted { (scores[$0], $1) > (scores[$1], $0) } }
        let best = scores.indices.max { (scores[$1], $0) > (scores[$0], $1) }
        switch decision {
        case .best: return nil
        case .threshold(let least): return best.flatMap { scores[$0] >= least ? [$0] : nil } ?? []
        case .set(let least):
            let labels = scores.indices.filter { scores[$0] >= least }
            return labels.isEmpty ? best.map { [$0] } ?? [] : sorted(labels)
        case .thresholds(let least): return sorted(scores.indices.filter { scores[$0] >= least[$0] })
        }
    }

    /// Whether a list of labels is said, and not one.
    var givesLists: Bool {
        switch decision {
        case .best, .threshold: false
        case .set, .thresholds: true
        }
    }

    /// What the rule promises, and on what condition; nil where it promises nothing.
    public var guarantee: String? {
        guard let promise = measurement?.promise else { return nil }
        let part = percentage(promise.coverage)
        switch decision {
        case .threshold:
            return "of texts exchangeable with the examples at most \(percentage(1 - promise.coverage)) get a wrong "
                + "answer, the rest a right one or none: of all texts, not of the answered alone, \(AnswerRule.condition)"
        case .set:
            return "for \(part) of texts exchangeable with the examples, at least, the set holds the right label: "
                + AnswerRule.condition
        case .best, .thresholds: return nil
        }
    }

    private static let condition =
        "on average over examples and texts, not for each label, and not where texts come from elsewhere"
}

/// A part as a percentage, to the digits that it has.
private func percentage(_ part: Double) -> String {
    var text = rounded(part * 100, digits: 6)
    while text.hasSuffix("0") { text.removeLast() }
    return (text.hasSuffix(".") ? String(text.dropLast()) : text) + " %"
}

// MARK: - Beside a model

/// How a model's answers are to be given.
public enum AnswerChoice: Sendable, Equatable {
    /// As the model says.
    case asTheModelSays
    /// The best label, however low its score; scores stay those of the model's temperature.
    case always
    /// The best label where its score is no less; of any number of labels each that is.
    case threshold(Double)
}

extension ModelBundle {
    /// The model with answers given in another way; throws `BundleError.unfitRule` for a model that is no classifier of
    /// texts, one that says numbers, and a threshold that is no probability.
    public func answering(_ choice: AnswerChoice) throws(BundleError) -> ModelBundle {
        var rule = self.rule
        switch choice {
        case .asTheModelSays: return self
        case .always: rule.decision = .best
        case .threshold(let least):
            guard (0...1).contains(least) else { throw .unfitRule(.noThreshold(least), option: "--threshold") }
            let head = checkpoint.head.classification
            rule.decision =
                head?.problemType == .multiLabel
                ? .thresholds(head?.labels.map { _ in least } ?? []) : .threshold(least)
        }
        rule.measurement?.promise = nil
        return try answering(by: rule, option: choice == .always ? "--no-abstain" : "--threshold")
    }

    /// The model with another rule, which is carried by what is written of it where that answers alike.
    func answering(by rule: AnswerRule, option: String) throws(BundleError) -> ModelBundle {
        do throws(AnswerRuleError) {
            return ModelBundle(self, rule: try rule.fitted(to: checkpoint))
        } catch {
            throw .unfitRule(error, option: option)
        }
    }

    /// The model without its rule, before a change after which it would not hold.
    package func withoutAnswerRule() -> ModelBundle { rule.isEmpty ? self : ModelBundle(self, rule: AnswerRule()) }

    /// What a person should hear where a rule is dropped; nil where there is none.
    package var droppedRuleNote: String? { rule.isEmpty ? nil : AnswerRule.droppedNote }

    /// Whether a file that is written so computes the very logits that the rule was measured on, and keeps it.
    package func keepsRule(convertedBy options: ConversionOptions) -> Bool {
        switch rule.measurement?.precision {
        case .int8?:
            options.calibration == nil && options.plan == nil && (options.store != .fp32 || remakesItsCodes)
        case .fp32?: options.store != .int8 || source.native?.store == .int8
        case nil: true
        }
    }

    /// The same of a folder of fp32 weights.
    package var keepsRuleExported: Bool { rule.measurement?.precision != .int8 || remakesItsCodes }

    /// Whether codes that are made anew of the fp32 weights are those that the model has.
    private var remakesItsCodes: Bool {
        guard let native = source.native, hasInt8 else { return true }
        let report = native.metadata.report
        return native.store == .full && report?["calibration"]?["source"]?.string == "built in"
            && (report?["quality"]?["kept"]?.array ?? []).isEmpty
    }

    /// What a person should hear where a rule is not followed as it was measured.
    package func ruleNotes(precision: Precision) -> [String] {
        guard let measured = rule.measurement, measured.precision != precision else { return [] }
        return [
            "the model's rule for its answers was measured in \(measured.precision.rawValue); in \(precision.rawValue) "
                + "scores differ a little" + (measured.promise == nil ? "" : ", and its coverage is not promised")
        ]
    }
}

extension AnswerRule {
    /// The rule of a model; throws where the model's answers are of another kind.
    func fitted(to checkpoint: ModelCheckpoint) throws(AnswerRuleError) -> AnswerRule {
        guard !isEmpty else { return self }
        guard let head = checkpoint.head.classification else {
            throw .noClassifier(architecture: checkpoint.head.architectureName)
        }
        guard head.problemType != .regression, head.labels.count > 1 || head.problemType == .multiLabel else {
            throw .number
        }
        let isMultiLabel = head.problemType == .multiLabel
        switch decision {
        case .best: break
        case .threshold, .set:
            if isMultiLabel { throw .wrong(key: "rule", expected: "thresholds of each label", found: "one rule") }
        case .thresholds(let list):
            guard isMultiLabel else { throw .wrong(key: "thresholds", expected: "none for one label", found: "some") }
            guard list.count == head.labels.count else {
                throw .wrong(
                    key: "thresholds", expected: "one of each of \(head.labels.count) labels", found: "\(list.count)")
            }
        }
        return self
    }
}

/// What a model says of its answers, and cannot mean.
public enum AnswerRuleError: AdzeFailure, Equatable {
    /// A value of no use.
    case wrong(key: String?, expected: String, found: String)
    /// A key that is none.
    case unknownKey(String, nearest: String?)
    /// A threshold of a label that the model does not have.
    case unknownLabel(String, nearest: String?)
    /// Only classifiers of texts say it.
    case noClassifier(architecture: String)
    /// The model says a number.
    case number
    /// What is no probability.
    case noThreshold(Double)

    /// One line.
    public var description: String {
        switch self {
        case .wrong(let key, let expected, let found):
            "\(AnswerRule.configKey)\(key.map { "." + $0 } ?? ""): expected \(expected), found \(found)"
        case .unknownKey(let key, let nearest):
            "\(AnswerRule.configKey): unknown key \(quoted(key, limit: 40))"
                + (nearest.map { "; did you mean \($0)?" } ?? "; use a newer program, or take it out")
        case .unknownLabel(let label, let nearest):
            "\(AnswerRule.configKey).thresholds: the model has no label \(quoted(label, limit: 40))"
                + (nearest.map { "; did you mean \(quoted($0, limit: 40))?" } ?? "")
        case .noClassifier(let architecture):
            "the model is \(withArticle(architecture)); only classifiers of texts give scores to go by"
        case .number: "the model says a number, which has no probability to go by; only labels are calibrated"
        case .noThreshold(let value): "a score is a probability: expected 0 to 1, found \(value)"
        }
    }
}
