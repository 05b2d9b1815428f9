// What a `config.json` says of the head: its class, its labels, its ties. Read only as far as the class has a use for it.

internal import AdzeBytes

/// What `config.json` says of the head, before the tensors have been seen.
struct HeadDescription {
    /// The kind of the class named by `architectures`; nil where none is.
    let kind: HeadKind?
    private let json: JSONValue

    /// Reads the class; throws `ConfigError.unsupportedClass` for one that the family does not run.
    init(json: JSONValue, family: any ModelFamily.Type) throws(ConfigError) {
        self.json = json
        kind = try HeadDescription.kind(json, family)
    }

    /// Whether the vocabulary projection shares the word embeddings' weights; so it is unless the file denies it.
    func tiesWordEmbeddings() throws(ConfigError) -> Bool {
        guard let value = json["tie_word_embeddings"], !value.isNull else { return true }
        guard let ties = value.bool else {
            throw .wrongType(key: "tie_word_embeddings", expected: "true or false", found: value.kindName)
        }
        return ties
    }

    /// `problem_type`; nil where it is absent. Only a classifier of whole texts has one.
    func problemType() throws(ConfigError) -> ProblemType? {
        if let value = json["problem_type"], !value.isNull {
            guard let name = value.string, let type = ProblemType(rawValue: name) else {
                throw .unsupportedSetting(
                    key: "problem_type", value: value.string ?? value.kindName,
                    supported: ProblemType.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return type
        }
        return nil
    }

    private static func kind(_ json: JSONValue, _ family: any ModelFamily.Type) throws(ConfigError) -> HeadKind? {
        guard let value = json["architectures"], !value.isNull else { return nil }
        guard let names = value.array, names.count <= 1, names.allSatisfy({ $0.string != nil }) else {
            throw .wrongType(key: "architectures", expected: "a list of one class name", found: value.kindName)
        }
        guard let name = names.first?.string else { return nil }
        guard let kind = family.kind(ofClass: name) else {
            let nearest = nearestName(to: name, in: family.classes.map(\.name))
            throw .unsupportedClass(
                name, advice: family.advice(for: name) ?? nearest.map { "did you mean \($0)?" },
                known: family.classes.map(\.name))
        }
        return kind
    }

    /// The form of a classifier that reads every position; nil where the file names none.
    ///
    /// Throws `ConfigError`.
    func form() throws(ConfigError) -> HeadForm? {
        guard let value = json[HeadForm.configKey], !value.isNull else { return nil }
        guard let text = value.string else {
            throw .wrongType(key: HeadForm.configKey, expected: "a string", found: value.kindName)
        }
        do {
            if let layer = try PromptLayer(specification: text) { return .prompt(layer) }
            return try HeadForm.specified(text)
        } catch {
            throw .head(error)
        }
    }

    /// `id2label` in order; nil where it is absent.
    func labels() throws(ConfigError) -> [String]? {
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
            guard let name = HeadDescription.name(label) else {
                throw .wrongType(key: "id2label", expected: "names", found: label.kindName)
            }
            labels.append(name)
        }
        return labels
    }

    /// Whether a label's name is a number; transformers prints it, and so it is a name.
    var hasNumbersForLabels: Bool { json["id2label"]?.object?.contains { $0.value.number != nil } == true }

    private static func name(_ label: JSONValue) -> String? {
        switch label {
        case .string(let name): name
        case .integer, .number: label.text
        default: nil
        }
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
