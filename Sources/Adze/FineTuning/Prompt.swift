// A classifier that asks a masked language model in words: a prompt around each text, and a word for each label, whose logits
// at the mask are the labels'. Not here: cutting the template into tokens, and the head.
//
// Source: Schick and Schütze (2021), arXiv:2001.07676.

public import AdzeBytes
internal import AdzeModels
internal import AdzeTensors
public import AdzeTokenization

/// A template and a word for each label.
public struct Prompt: Sendable, Equatable {
    /// The label and the word that stands for it.
    public struct Answer: Sendable, Equatable {
        /// The label.
        public var label: String
        /// The word that the model says for it: one token.
        public var word: String

        /// A label and its word.
        public init(label: String, word: String) { (self.label, self.word) = (label, word) }
    }

    /// What stands around a text.
    public var template: PromptTemplate
    /// The labels in the order of the logits.
    public var answers: [Answer]

    /// A prompt of a template and its answers.
    public init(template: PromptTemplate, answers: [Answer]) { (self.template, self.answers) = (template, answers) }

    /// What a header says of it.
    var json: JSONObject {
        [
            "template": .string(template.wording),
            "words": .array(answers.map { .object(["label": .string($0.label), "word": .string($0.word)]) }),
        ]
    }
}

extension ModelBundle {
    /// The model as a classifier by a prompt: its transform at the mask, and of its decoder the rows of the answers' words.
    ///
    /// Its logits are those that the masked language model has for these words in that place, bit for bit in fp32 but for
    /// the order in which a product adds. The rows are the classifier's own from here on: training moves them apart from
    /// the word embeddings that they may have been. Throws `BundleError.wrongHead` for a model that fills no masks,
    /// `PromptError`, `AnswerWordError`, and `ConfigError` for a label twice.
    public func prompted(_ prompt: Prompt) throws -> ModelBundle {
        guard let layer = checkpoint.head.form.vocabulary else {
            throw BundleError.wrongHead(
                checkpoint.head.architectureName, lacks: "fills no masks, as --prompt needs")
        }
        let tokenizer = try requireTokenizer()
        let prompted = try tokenizer.prompted(by: prompt.template)
        let ids = try prompt.answers.map { answer in try tokenizer.id(of: answer) }
        for (index, id) in ids.enumerated() {
            guard let first = ids.firstIndex(of: id), first < index else { continue }
            throw AnswerWordError.sameWord(prompt.answers[first], prompt.answers[index])
        }
        let head = checkpoint.family.head(
            .classification(ClassificationHead(labels: prompt.answers.map(\.label), problemType: .singleLabel)),
            checkpoint.config, form: .prompt(PromptLayer(place: prompted.place, activation: layer.activation)),
            keepsPooler: checkpoint.head.hasPooler)
        return ModelBundle(
            self, checkpoint: try checkpoint.answering(with: ids, head: head), tokenizer: prompted.tokenizer,
            edit: .prompted(prompt))
    }
}

extension Tokenizer {
    /// The one token that a label's word is: behind a space where tokens say so, as it stands in a sentence, else as it is.
    fileprivate func id(of answer: Prompt.Answer) throws(AnswerWordError) -> Int {
        let specialIDs = specialIDs
        func isSpecial(_ ids: [Int32]) -> Bool { ids.count == 1 && specialIDs.contains(ids[0]) && ids[0] != unknownID }
        if settings.preTokenizer.givesBytes {
            let spaced = ids(of: " " + answer.word)
            if isSpecial(spaced) { throw .special(answer) }
            if spaced.count == 1, spaced[0] != unknownID { return Int(spaced[0]) }
        }
        let ids = ids(of: answer.word)
        if isSpecial(ids) { throw .special(answer) }
        guard ids.count == 1, ids[0] != unknownID else {
            throw .notOnePiece(answer, pieces: tokens(of: answer.word), unknown: settings.model.unknownToken ?? "")
        }
        return Int(ids[0])
    }
}

/// Why a label's word cannot be asked for.
public enum AnswerWordError: AdzeFailure, Equatable {
    /// The vocabulary writes it in several pieces, or not at all.
    case notOnePiece(Prompt.Answer, pieces: [String], unknown: String)
    /// It is a special token, which no text says.
    case special(Prompt.Answer)
    /// Two labels have one word.
    case sameWord(Prompt.Answer, Prompt.Answer)

    /// A request that makes no sense.
    public var kind: FailureKind { .usage }

    /// One line.
    public var description: String {
        switch self {
        case .notOnePiece(let answer, let pieces, let unknown):
            "the word \(quoted(answer.word, limit: 40)) of the label \(quoted(answer.label, limit: 40)) is "
                + (pieces.isEmpty || pieces.contains(unknown)
                    ? "none that the model's vocabulary can write"
                    : "\(pieces.count) pieces (\(pieces.prefix(6).joined(separator: " ")))")
                + "; expected one token: take a more usual word"
        case .special(let answer):
            "the word \(quoted(answer.word, limit: 40)) of the label \(quoted(answer.label, limit: 40)) is a special token; "
                + "expected a word as it stands in a sentence"
        case .sameWord(let first, let second):
            "the labels \(quoted(first.label, limit: 40)) and \(quoted(second.label, limit: 40)) have one word, "
                + "\(quoted(second.word, limit: 40)); expected a word of its own for each"
        }
    }
}
