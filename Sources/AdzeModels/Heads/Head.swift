// What sits on top of the encoder: the task that it serves, and the form in which it computes. Not here: running it, which
// is `ForwardPass+Heads`, and reading a `config.json`, which is `HeadDescription`.

public import AdzeBytes

/// A head: a form that serves a task.
public struct Head: Sendable, Equatable {
    /// What the numbers mean: it alone decides loss, scores and output.
    public let task: HeadTask
    /// What is computed.
    public let form: HeadForm
    /// Whether the model has a pooler: one that the form reads, or one that the next fine-tuning is glad of.
    public let hasPooler: Bool
    /// The transformers class that this is.
    public let architectureName: String

    package init(task: HeadTask, form: HeadForm, hasPooler: Bool, architectureName: String) {
        self.task = task
        self.form = form
        self.hasPooler = hasPooler
        self.architectureName = architectureName
    }
}

extension Head {
    /// The classifier of whole texts, or nil.
    public var classification: ClassificationHead? {
        if case .classification(let head) = task { head } else { nil }
    }

    /// The names of the C classes, of texts or of tokens; nil for a head without names.
    public var labels: [String]? {
        switch task {
        case .classification(let head): head.labels
        case .tokenClassification(let labels): labels
        default: nil
        }
    }

    /// Logits for each token: C, or 2 for question answering; nil for a head that has none.
    public var tokenLogitCount: Int? {
        switch task {
        case .tokenClassification(let labels): labels.count
        case .questionAnswering: 2
        default: nil
        }
    }

    /// Our name of the last layer of a head with labels, or that finds answers.
    package var outputPath: String {
        if case .transformed = form { return ParameterPaths.classifier }
        return task == .questionAnswering ? ParameterPaths.answers : ParameterPaths.classifier
    }

    /// Where the vocabulary projection has its weights; nil for a head without one.
    public var decoder: VocabularyDecoder? { form.vocabulary?.decoder }

    /// Whether the head says if one text follows another.
    public var predictsNextSentence: Bool { task == .nextSentence || task == .preTraining }

    /// What the head gives; for the encoder alone, the first token's last hidden state.
    public var outputs: OutputRequest {
        switch task {
        case .encoder: .firstToken
        case .classification: .logits
        case .tokenClassification, .questionAnswering: .tokenLogits
        case .maskedLanguageModel: .vocabularyLogits
        case .nextSentence: .nextSentenceLogits
        case .preTraining: [.vocabularyLogits, .nextSentenceLogits]
        }
    }

    /// Members that a `config.json` has for this head.
    public var configMembers: JSONObject {
        var object: JSONObject = ["architectures": .array([.string(architectureName)])]
        if let decoder { object["tie_word_embeddings"] = .bool(decoder == .tied) }
        guard let labels else { return object }
        var idToLabel = JSONObject()
        var labelToID = JSONObject()
        for (index, label) in labels.enumerated() {
            idToLabel[String(index)] = .string(label)
            labelToID[label] = .integer(index)
        }
        object["id2label"] = .object(idToLabel)
        object["label2id"] = .object(labelToID)
        if form.isOurs { object[HeadForm.configKey] = .string(form.specification) }
        if let head = classification {
            object["problem_type"] = head.problemType.map { .string($0.rawValue) } ?? .null
        }
        return object
    }
}
