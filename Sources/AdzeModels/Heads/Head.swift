// What sits on top of the encoder, and what its numbers mean. Not here: running it, which is `ForwardPass+Heads`, and
// reading a `config.json`, which is `HeadDescription`.

public import AdzeBytes

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

/// Where the vocabulary projection of a masked language model has its weights.
public enum VocabularyDecoder: String, Sendable {
    /// They are the word embeddings.
    case tied
    /// They are a matrix of its own.
    case separate
}

/// What sits on top of the encoder: one case for each class of the family.
public enum Head: Sendable, Equatable {
    /// The encoder alone; with a pooler where the checkpoint has one.
    case encoder(hasPooler: Bool)
    /// `BertForSequenceClassification`: C logits from the pooled output.
    case classification(ClassificationHead)
    /// `BertForTokenClassification`: C logits for each token, no pooler.
    case tokenClassification(labels: [String])
    /// `BertForQuestionAnswering`: for each token a logit for the answer's start and one for its end, no pooler.
    case questionAnswering
    /// `BertForMaskedLM`: V logits for a token. The class has no pooler, but many of its checkpoints bring one, which
    /// the next fine-tuning is glad of.
    case maskedLanguageModel(VocabularyDecoder, hasPooler: Bool)
    /// `BertForNextSentencePrediction`: two logits from the pooled output, 'follows' and 'does not'.
    case nextSentence
    /// `BertForPreTraining`: both of the two before.
    case preTraining(VocabularyDecoder)
}

extension Head {
    /// The classifier of whole texts, or nil.
    public var classification: ClassificationHead? {
        if case .classification(let head) = self { head } else { nil }
    }

    /// The names of the C classes, of texts or of tokens; nil for a head without names.
    public var labels: [String]? {
        switch self {
        case .classification(let head): head.labels
        case .tokenClassification(let labels): labels
        default: nil
        }
    }

    /// Logits for each token: C, or 2 for question answering; nil for a head that has none.
    public var tokenLogitCount: Int? {
        switch self {
        case .tokenClassification(let labels): labels.count
        case .questionAnswering: 2
        default: nil
        }
    }

    /// Where the vocabulary projection has its weights; nil for a head without one.
    public var decoder: VocabularyDecoder? {
        switch self {
        case .maskedLanguageModel(let decoder, _), .preTraining(let decoder): decoder
        default: nil
        }
    }

    /// Whether the head says if one text follows another.
    public var predictsNextSentence: Bool {
        switch self {
        case .nextSentence, .preTraining: true
        default: false
        }
    }

    /// Whether the model has a pooler.
    public var hasPooler: Bool {
        switch self {
        case .encoder(let hasPooler), .maskedLanguageModel(_, let hasPooler): hasPooler
        case .classification, .nextSentence, .preTraining: true
        case .tokenClassification, .questionAnswering: false
        }
    }

    /// What the head gives; for the encoder alone, the first token's last hidden state.
    public var outputs: OutputRequest {
        switch self {
        case .encoder: .firstToken
        case .classification: .logits
        case .tokenClassification, .questionAnswering: .tokenLogits
        case .maskedLanguageModel: .vocabularyLogits
        case .nextSentence: .nextSentenceLogits
        case .preTraining: [.vocabularyLogits, .nextSentenceLogits]
        }
    }

    /// A short name of the kind of head, as a native file's header has it.
    public var kind: String {
        switch self {
        case .encoder: "encoder"
        case .classification: "classification"
        case .tokenClassification: "tokenClassification"
        case .questionAnswering: "questionAnswering"
        case .maskedLanguageModel: "maskedLanguageModel"
        case .nextSentence: "nextSentence"
        case .preTraining: "preTraining"
        }
    }

    /// The transformers class that this is.
    public var architectureName: String { architecture.rawValue }

    var architecture: BertArchitecture {
        switch self {
        case .encoder: .model
        case .classification: .sequenceClassification
        case .tokenClassification: .tokenClassification
        case .questionAnswering: .questionAnswering
        case .maskedLanguageModel: .maskedLanguageModel
        case .nextSentence: .nextSentence
        case .preTraining: .preTraining
        }
    }
}

// MARK: - JSON

extension Head {
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
        if let head = classification {
            object["problem_type"] = head.problemType.map { .string($0.rawValue) } ?? .null
        }
        return object
    }
}
