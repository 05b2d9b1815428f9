// Labels that nobody trained: a model of natural language inference is asked of each whether the text entails a sentence about
// it. Follows transformers' zero-shot-classification pipeline. Not here: how an answer is printed.

internal import AdzeModels

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The labels to choose from, and the sentence that is made of each.
public struct ZeroShotLabels: Sendable, Equatable {
    /// The labels, in the order in which they were given.
    public let candidates: [String]
    /// The sentence, `{}` being the label's place.
    public let template: String
    /// Whether each label is judged by itself, so that several or none may hold.
    public let allowsSeveral: Bool

    /// The template that is used where none is named.
    public static let usualTemplate = "This example is {}."

    /// Labels, and how they are asked for; throws `ZeroShotError`.
    public init(
        _ candidates: [String], template: String = ZeroShotLabels.usualTemplate, allowsSeveral: Bool = false
    ) throws(ZeroShotError) {
        guard !candidates.isEmpty else { throw .noCandidates }
        var known: Set<String> = []
        for candidate in candidates {
            guard !candidate.allSatisfy(\.isWhitespace) else { throw .noCandidates }
            guard known.insert(candidate).inserted else { throw .repeated(candidate) }
        }
        let marks = template.count { $0 == "{" || $0 == "}" }
        guard marks == 2, template.contains("{}") else { throw .template(template) }
        (self.candidates, self.template, self.allowsSeveral) = (candidates, template, allowsSeveral)
    }

    /// The sentence of each label.
    var hypotheses: [String] { candidates.map { template.replacing("{}", with: $0) } }
}

/// Why labels or a model cannot be used so.
public enum ZeroShotError: AdzeFailure, Equatable {
    /// No label, or one of nothing.
    case noCandidates
    /// A label twice.
    case repeated(String)
    /// A template without one place for the label.
    case template(String)
    /// The model tells no two labels apart.
    case labels(Int)
    /// A sentence about a label leaves no room for a token of the text.
    case noRoom(label: String, tokens: Int, limit: Int)

    /// A request that makes no sense, or a model that is another.
    public var kind: FailureKind {
        if case .labels = self { .badData } else { .usage }
    }

    /// One line.
    public var description: String {
        switch self {
        case .noCandidates: "the candidates have an empty one; expected labels such as travel,cooking"
        case .repeated(let label): "the candidate \(quoted(label, limit: 40)) stands there twice; name each once"
        case .template(let template):
            "the template \(quoted(template, limit: 80)) has not one {}, the place of the label; expected such as "
                + "'\(ZeroShotLabels.usualTemplate)'"
        case .labels(let count):
            "the model has \(count) label\(count == 1 ? "" : "s"); a model of natural language inference has entailment and "
                + "contradiction at least"
        case .noRoom(let label, let tokens, let limit):
            "\(limit) tokens are too few: the sentence about \(quoted(label, limit: 40)), its frame and a token of the "
                + "text need \(tokens); take a shorter template or candidate, or a greater --max-length where the model "
                + "takes it"
        }
    }
}

/// A model of natural language inference in memory, for labels that are named with the text.
///
/// ```swift
/// let classifier = try ZeroShotClassifier(contentsOf: URL(filePath: "deberta-v3-nli"))
/// let labels = try ZeroShotLabels(["travel", "cooking"])
/// print(try classifier.classify(["One day I will see the world."], labels)[0].label)
/// ```
/// Thread-safe; calls from several threads take turns.
public final class ZeroShotClassifier: Sendable {
    /// The number of the label that says that a sentence follows from the text.
    public let entailment: Int
    /// What a user should hear of: that no label is called so, and which one was taken.
    public let notes: [String]
    private let labelCount: Int
    private let model: LoadedModel

    /// Opens a `.adze` file, a checkpoint file or a model folder and loads its weights.
    ///
    /// Throws an `AdzeFailure` for a model that is damaged, and `ZeroShotError.labels` for one that tells nothing apart.
    public convenience init(contentsOf url: URL, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model.
    ///
    /// The entailment label is the first whose name begins so; where none does, the last, which a note says.
    public init(_ bundle: ModelBundle, precision: Precision = .int8, threads: Int? = nil) throws {
        guard let head = bundle.checkpoint.head.classification else { throw bundle.noClassifier }
        labelCount = head.labels.count
        guard labelCount > 1 else { throw ZeroShotError.labels(labelCount) }
        let named = head.labels.firstIndex { $0.lowercased().hasPrefix("entail") }
        entailment = named ?? labelCount - 1
        notes =
            named == nil
            ? [
                "no label of the model begins with entail; the last, \(quoted(head.labels[labelCount - 1], limit: 40)), is "
                    + "taken for it, as the reference does"
            ] : []
        model = try LoadedModel(bundle, precision: precision, on: ThreadPool(threads: threads))
    }

    /// The labels of texts, in their order: of one label the probabilities among the candidates, of several each one's own.
    ///
    /// `logits` of an answer are the entailment logits of the candidates. Only the text gives way where a pair is too long.
    /// Throws `ZeroShotError.noRoom` for a label whose sentence leaves no token of it, and `CancellationError` in a task
    /// that is cancelled.
    /// - Complexity: that of running every text with every candidate.
    public func classify(
        _ texts: [String], _ labels: ZeroShotLabels, topK: Int = 1, maximumLength: Int? = nil
    ) throws -> [Classification] {
        let (hypotheses, limit, tokenizer) = (labels.hypotheses, model.limit(maximumLength), model.tokenizer)
        for (label, hypothesis) in zip(labels.candidates, hypotheses) {
            let needed = tokenizer.ids(of: hypothesis).count + tokenizer.specialTokenCount(pair: true) + 1
            guard needed <= limit else { throw ZeroShotError.noRoom(label: label, tokens: needed, limit: limit) }
        }
        let encodings = try model.map(texts) { text in
            let prepared = tokenizer.prepared(text)
            return hypotheses.map {
                tokenizer.encode(prepared, pair: $0, maximumLength: limit, truncation: .onlyFirst)
            }
        }
        let logits = try model.run(encodings, outputs: .logits) { $0.logits }
        return zip(encodings, logits).map { pairs, logits in
            classification(labels, logits, topK: topK, truncated: pairs.map(\.truncatedTokenCount).max() ?? 0)
        }
    }

    private func classification(
        _ labels: ZeroShotLabels, _ logits: [[Float]], topK: Int, truncated: Int
    ) -> Classification {
        let candidates = labels.candidates
        let isEach = labels.allowsSeveral || candidates.count == 1
        let scores = isEach ? logits.map(entailmentOverContradiction) : softmax(logits.map { $0[entailment] })
        // Of equals the later comes first, as in the reference.
        let best = scores.indices.sorted { (scores[$0], $0) > (scores[$1], $1) }.prefix(max(1, topK))
        return Classification(
            labels: candidates, top: best.map { Classification.Score(label: candidates[$0], score: scores[$0]) },
            scores: scores, logits: logits.map { $0[entailment] }, truncatedTokenCount: truncated, verdict: nil)
    }

    /// The probability of entailment where it and contradiction, at the other end of the labels, are all there is.
    private func entailmentOverContradiction(_ logits: [Float]) -> Double {
        let contradiction = entailment == 0 ? labelCount - 1 : 0
        return softmax([logits[contradiction], logits[entailment]])[1]
    }
}
