// What sits on top of the encoder, and what its numbers mean. Not here: running it, which is `BertModel`.

public import AdzeBytes

/// The transformers classes that are recognised, and what is run of each.
enum BertArchitecture {
    /// The classes that run whole.
    static let supportedNames = ["BertModel", "BertForSequenceClassification"]
    /// Classes of which the encoder is run and the pretraining head left out, which is said.
    static let encoderOnly = ["BertForPreTraining", "BertForMaskedLM", "BertForNextSentencePrediction"]
}

/// What a classifier's logits mean.
public enum ProblemType: String, Sendable, CaseIterable {
    /// Exactly one label holds: softmax.
    case singleLabel = "single_label_classification"
    /// Each label holds or not: a sigmoid for each.
    case multiLabel = "multi_label_classification"
    /// The logit is the answer.
    case regression
}

/// A classification head: a dense layer on the pooled output.
public struct ClassificationHead: Sendable, Equatable {
    /// The names of the C classes, in the order of the logits.
    public var labels: [String]
    /// What the logits mean; nil where the source does not say.
    public var problemType: ProblemType?

    /// A head of named classes.
    public init(labels: [String], problemType: ProblemType?) {
        self.labels = labels
        self.problemType = problemType
    }

    /// Scores from logits as transformers' text-classification pipeline gives them: the logit itself for regression, a
    /// sigmoid for multi-label heads and for a single logit, else softmax. Computed in double precision.
    public func scores(_ logits: [Float]) -> [Double] {
        switch problemType {
        case .regression: logits.map(Double.init)
        case .multiLabel: logits.map(sigmoid)
        case .singleLabel, nil: logits.count == 1 ? logits.map(sigmoid) : softmax(logits)
        }
    }
}

/// What a model file is for.
public enum Head: Sendable, Equatable {
    /// The encoder alone; with a pooler where the checkpoint has one.
    case encoder(hasPooler: Bool)
    /// `BertForSequenceClassification`.
    case classification(ClassificationHead)

    /// The classifier, or nil.
    public var classification: ClassificationHead? {
        if case .classification(let head) = self { head } else { nil }
    }

    /// Whether the model has a pooler.
    public var hasPooler: Bool {
        switch self {
        case .encoder(let hasPooler): hasPooler
        case .classification: true
        }
    }

    /// The transformers class that this is.
    public var architectureName: String {
        switch self {
        case .encoder: "BertModel"
        case .classification: "BertForSequenceClassification"
        }
    }
}

// MARK: - JSON

extension Head {
    /// Members that a `config.json` has for this head.
    public var configMembers: JSONObject {
        var object: JSONObject = ["architectures": .array([.string(architectureName)])]
        guard let head = classification else { return object }
        var idToLabel = JSONObject()
        var labelToID = JSONObject()
        for (index, label) in head.labels.enumerated() {
            idToLabel[String(index)] = .string(label)
            labelToID[label] = .integer(index)
        }
        object["id2label"] = .object(idToLabel)
        object["label2id"] = .object(labelToID)
        object["problem_type"] = head.problemType.map { .string($0.rawValue) } ?? .null
        return object
    }
}

/// What `config.json` says of the head, before the tensors have been seen.
struct HeadDescription {
    /// The class named by `architectures`; nil where none is.
    let architecture: String?
    /// `id2label` in order; nil where it is absent.
    let labels: [String]?
    let problemType: ProblemType?

    init(json: JSONValue) throws(ConfigError) {
        architecture = try HeadDescription.architecture(json)
        labels = try HeadDescription.labels(json)
        if let value = json["problem_type"], !value.isNull {
            guard let name = value.string, let type = ProblemType(rawValue: name) else {
                throw .unsupportedSetting(
                    key: "problem_type", value: value.string ?? value.kindName,
                    supported: ProblemType.allCases.map(\.rawValue).joined(separator: ", "))
            }
            problemType = type
        } else {
            problemType = nil
        }
    }

    private static func architecture(_ json: JSONValue) throws(ConfigError) -> String? {
        guard let value = json["architectures"], !value.isNull else { return nil }
        guard let names = value.array, names.count <= 1, names.allSatisfy({ $0.string != nil }) else {
            throw .wrongType(key: "architectures", expected: "a list of one class name", found: value.kindName)
        }
        guard let name = names.first?.string else { return nil }
        guard (BertArchitecture.supportedNames + BertArchitecture.encoderOnly).contains(name) else {
            throw .unsupportedClass(name)
        }
        return name
    }

    private static func labels(_ json: JSONValue) throws(ConfigError) -> [String]? {
        guard let value = json["id2label"], !value.isNull else {
            guard let count = json["num_labels"]?.integer else { return nil }
            guard labelCounts.contains(count) else {
                throw .outOfRange(key: "num_labels", value: "\(count)", low: "1", high: "\(labelCounts.upperBound)")
            }
            return (0..<count).map { "LABEL_\($0)" }
        }
        guard let object = value.object else {
            throw .wrongType(key: "id2label", expected: "an object", found: value.kindName)
        }
        guard labelCounts.contains(object.count) else {
            throw .outOfRange(
                key: "id2label", value: "\(object.count) labels", low: "1", high: "\(labelCounts.upperBound)")
        }
        var labels: [String] = []
        for index in 0..<object.count {
            guard let label = object[String(index)] else {
                let found = object.keys.prefix(5).map { quoted($0, limit: 20) }.joined(separator: ", ")
                throw .labelKeys(expected: object.count, found: found)
            }
            guard let name = label.string else {
                throw .wrongType(key: "id2label", expected: "strings", found: label.kindName)
            }
            labels.append(name)
        }
        return labels
    }
}

/// How many classes a classifier may have.
let labelCounts = 1...100_000

/// Refuses a list of no labels, of too many, and one with a repeated name.
func checkLabels(_ labels: [String]) throws(ConfigError) {
    guard labelCounts.contains(labels.count) else { throw .classCount(labels.count) }
    var seen: Set<String> = []
    for label in labels where !seen.insert(label).inserted { throw .duplicateLabel(label) }
}
