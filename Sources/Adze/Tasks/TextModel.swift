// The choice of a façade by the task of a model's head, made here alone.

public import AdzeModels

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a model answers.
public enum TextTask: Sendable, CaseIterable {
    /// A label for a text, or a pair.
    case classification
    /// The entities in a text.
    case entities
    /// Answers to a question from a context.
    case answers
    /// Words for the masks of a text.
    case maskedWords
    /// Whether one text follows another.
    case nextSentence

    /// What a head is for; throws `BundleError.noClassifier` for an encoder alone.
    ///
    /// A model from pretraining has two heads and fills masks, unless `prefersNextSentence`.
    public init(_ head: Head, prefersNextSentence: Bool = false) throws(BundleError) {
        switch head.task {
        case .encoder: throw .noClassifier
        case .classification: self = .classification
        case .tokenClassification: self = .entities
        case .questionAnswering: self = .answers
        case .maskedLanguageModel: self = .maskedWords
        case .nextSentence: self = .nextSentence
        case .preTraining: self = prefersNextSentence ? .nextSentence : .maskedWords
        }
    }
}

extension TextTask {
    /// What a model's head is for; an encoder alone is refused with the head that its file has and does not name, if any.
    public init(_ bundle: ModelBundle, prefersNextSentence: Bool = false) throws(BundleError) {
        if bundle.checkpoint.head.task == .encoder { throw bundle.noClassifier }
        try self.init(bundle.checkpoint.head, prefersNextSentence: prefersNextSentence)
    }
}

/// A model in memory as what its head makes it.
public enum TextModel: Sendable {
    /// Labels texts.
    case classifier(TextClassifier)
    /// Finds entities.
    case entityFinder(EntityFinder)
    /// Answers questions.
    case answerFinder(AnswerFinder)
    /// Fills masks.
    case maskFiller(MaskFiller)
    /// Judges pairs.
    case nextSentencePredictor(NextSentencePredictor)

    /// Opens a model and loads its weights; throws as `TextClassifier.init(contentsOf:)` does.
    public init(contentsOf url: URL, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model, for `task` or for what its head is for.
    ///
    /// Throws `BundleError.noClassifier` for an encoder alone, and `BundleError.wrongHead` for another task.
    public init(
        _ bundle: ModelBundle, for task: TextTask? = nil, precision: Precision = .int8, threads: Int? = nil
    ) throws {
        try self.init(bundle, for: task, precision: precision, on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    public init(
        _ bundle: ModelBundle, for task: TextTask? = nil, precision: Precision = .int8, on pool: ThreadPool
    ) throws {
        switch try task ?? TextTask(bundle) {
        case .classification:
            self = .classifier(try TextClassifier(bundle, precision: precision, on: pool))
        case .entities:
            self = .entityFinder(try EntityFinder(bundle, precision: precision, on: pool))
        case .answers:
            self = .answerFinder(try AnswerFinder(bundle, precision: precision, on: pool))
        case .maskedWords:
            self = .maskFiller(try MaskFiller(bundle, precision: precision, on: pool))
        case .nextSentence:
            self = .nextSentencePredictor(try NextSentencePredictor(bundle, precision: precision, on: pool))
        }
    }
}
