// The transformers classes of the BERT family: which are run, how each is known by its tensors, and what is said of the
// others. Not here: the heads themselves, see `Head`.

internal import AdzeBytes

/// A class of the BERT family that is run whole.
enum BertArchitecture: String, CaseIterable {
    case model = "BertModel"
    case preTraining = "BertForPreTraining"
    case maskedLanguageModel = "BertForMaskedLM"
    case nextSentence = "BertForNextSentencePrediction"
    case sequenceClassification = "BertForSequenceClassification"
    case tokenClassification = "BertForTokenClassification"
    case questionAnswering = "BertForQuestionAnswering"

    /// Whether the class gives a score to each of some named labels.
    var hasLabels: Bool { self == .sequenceClassification || self == .tokenClassification }

    /// The class whose tensors these are, by the names of the parameters found.
    ///
    /// A head that fine-tuning makes comes before those of pretraining, which may be left over. A classifier reads the
    /// pooled output where there is a pooler, else every token.
    init(recognising names: Set<String>) {
        let hasVocabulary = names.contains(ParameterPaths.transform + ".weight")
        let hasNextSentence = names.contains(ParameterPaths.nextSentence + ".weight")
        let hasPooler = names.contains(ParameterPaths.pooler + ".weight")
        self =
            if names.contains(ParameterPaths.answers + ".weight") {
                .questionAnswering
            } else if names.contains(ParameterPaths.classifier + ".weight") {
                hasPooler ? .sequenceClassification : .tokenClassification
            } else if hasVocabulary {
                hasNextSentence && hasPooler ? .preTraining : .maskedLanguageModel
            } else if hasNextSentence {
                .nextSentence
            } else {
                .model
            }
    }

    /// What to do with a class that is not run; nil where there is nothing better than the list of those that are.
    static func advice(for name: String) -> String? {
        switch name {
        case "BertForMultipleChoice":
            "its classifier scores one choice at a time: name BertForSequenceClassification in config.json, with one label"
        case "BertLMHeadModel":
            "it reads from left to right, and this version reads whole texts; for words in the middle use a BertForMaskedLM"
        default: nearestName(to: name, in: allCases.map(\.rawValue)).map { "did you mean \($0)?" }
        }
    }
}
