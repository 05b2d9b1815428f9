// Running a classifier over labelled examples. Not here: reading them, which is `ExampleSource`, and the definitions of
// the scores, which are AdzeData's.

public import AdzeBytes
public import AdzeData
internal import AdzeModels
internal import AdzeThreads

extension ModelBundle {
    /// What a label column must hold for this model to be evaluated, or trained, on it.
    ///
    /// A model of one logit that is not for several labels says a number, as transformers has it. Throws
    /// `BundleError.notScored` for another head than a classifier of texts, and `.severalNumbers`.
    /// - Parameter separator: what separates labels in one field of a table, for models of several labels.
    public func targetKind(separator: Character? = nil) throws -> TargetKind {
        guard let head = checkpoint.head.classification else {
            throw BundleError.notScored(architecture: checkpoint.head.architectureName)
        }
        return try head.targetKind(separator: separator)
    }
}

extension ClassificationHead {
    /// Whether a target is one that the head could give.
    func takes(_ target: Target) -> Bool {
        switch target {
        case .label(let label): problemType != .multiLabel && labels.count > 1 && labels.indices.contains(label)
        case .labels(let list): problemType == .multiLabel && list.allSatisfy(labels.indices.contains)
        case .number(let number): problemType != .multiLabel && labels.count == 1 && number.isFinite
        }
    }

    func targetKind(separator: Character?) throws -> TargetKind {
        if problemType == .multiLabel { return .labels(try LabelTable(labels), separator: separator) }
        if labels.count == 1 { return .number }
        guard problemType != .regression else { throw BundleError.severalNumbers(count: labels.count) }
        return .label(try LabelTable(labels))
    }
}

extension TextClassifier {
    /// Classifies every example that is left in a source, reading on while it computes, and scores the answers.
    ///
    /// Memory does not grow with the set, but for the pairs of numbers of a regression. Throws `DataError.noExamples`
    /// for an empty set, the source's errors, and `EvaluationError`.
    /// - Parameters:
    ///   - progress: is told after each batch how many examples are done.
    ///   - each: is told of every example and its answer, in the order of the source.
    public func evaluate(
        _ source: consuming sending ExampleSource, options: TextOptions = TextOptions(),
        progress: (Int) -> Void = { _ in }, each: (Example, Classification) -> Void = { _, _ in }
    ) throws -> EvaluationReport {
        var evaluation = try Evaluation(head, rule)
        let opened = OpenedExamples(source)
        let windows = ReadAhead<ReadExample>(.texts, cost: { $0.byteCount }) { _ in
            { try opened.next() }
        }
        guard let windows else { throw EvaluationError.noThread }
        while let window = try windows.next() {
            try evaluate(window.compactMap(\.example), options, into: &evaluation, each)
            for case .end(let notes) in window { evaluation.notes = notes }
            progress(evaluation.exampleCount)
        }
        return try evaluation.report()
    }

    /// Classifies examples and scores the answers.
    ///
    /// Throws `DataError.noExamples` for none, and `EvaluationError` for a target of another kind than the model's.
    public func evaluate(
        _ examples: [Example], options: TextOptions = TextOptions(),
        each: (Example, Classification) -> Void = { _, _ in }
    ) throws -> EvaluationReport {
        try evaluate(examples, options: options, window: 1024, each: each) { _ in }
    }

    /// The same, `window` examples at a time; `progress` is told after each how many are done.
    func evaluate(
        _ examples: [Example], options: TextOptions, window: Int, each: (Example, Classification) -> Void,
        progress: (Int) -> Void
    ) throws -> EvaluationReport {
        var evaluation = try Evaluation(head, rule)
        var rest = examples[...]
        while !rest.isEmpty {
            try evaluate(Array(rest.prefix(window)), options, into: &evaluation, each)
            rest = rest.dropFirst(window)
            progress(evaluation.exampleCount)
        }
        return try evaluation.report()
    }

    private func evaluate(
        _ batch: [Example], _ options: TextOptions, into evaluation: inout Evaluation,
        _ each: (Example, Classification) -> Void
    ) throws {
        // An answer has a score and a logit of every label: with very many labels few answers are held at a time.
        let count = max(1, TextClassifier.numberLimit / max(1, labels.count))
        var rest = batch[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            let answers = try classify(part.map(\.input), options: options)
            for (example, answer) in zip(part, answers) {
                try evaluation.add(example, answer)
                each(example, answer)
            }
        }
    }

    /// Labels of answers that are held at a time.
    private static let numberLimit = 2 << 20
}

/// What a source gives: its examples, then what it has to say.
private enum ReadExample: Sendable {
    case example(Example)
    case end(notes: [String])

    var example: Example? { if case .example(let example) = self { example } else { nil } }

    /// What it adds to a window.
    var byteCount: Int { example.map { $0.text.utf8.count + ($0.pair?.utf8.count ?? 0) } ?? 0 }
}

/// An opened source on its way to the thread that reads it.
private final class OpenedExamples {
    private var source: ExampleSource
    private var isAtEnd = false

    init(_ source: consuming ExampleSource) { self.source = source }

    func next() throws -> ReadExample? {
        if let example = try source.next() { return .example(example) }
        guard !isAtEnd else { return nil }
        isAtEnd = true
        return .end(notes: source.notes)
    }
}

/// What cannot be scored.
public enum EvaluationError: AdzeFailure, Equatable {
    /// The model's answer is NaN or infinite.
    case notFinite(place: String)
    /// The example's target is not of the model's kind, or a label beyond the model's.
    case unfitTarget(place: String)
    /// The system has no thread to read with.
    case noThread

    /// Bad data, or the system's refusal.
    public var kind: FailureKind { self == .noThread ? .inputOutput : .badData }

    /// One line.
    public var description: String {
        switch self {
        case .notFinite(let place): "\(place.isEmpty ? "" : place + ": ")the logits are not finite; run adze verify"
        case .unfitTarget(let place): "\(place.isEmpty ? "" : place + ": ")the target does not fit the model's labels"
        case .noThread: "the system has no thread to read with"
        }
    }
}

/// A tally of a classifier's answers to examples.
struct Evaluation {
    /// What the source of the examples has to say.
    var notes: [String] = []
    private let head: ClassificationHead
    private let rule: AnswerRule
    // One of the three, by what the model says; kept apart so that each answer is added in place.
    private var ofLabel: ClassificationTally?
    private var ofLabels: MultiLabelTally?
    private var ofNumber: RegressionTally?
    private var ofAnswered = AnsweredReport()
    private var ofSets = SetReport()
    private(set) var exampleCount = 0
    private var truncatedCount = 0

    /// An empty tally for a model's answers, which a rule may have given.
    init(_ head: ClassificationHead, _ rule: AnswerRule = AnswerRule()) throws {
        (self.head, self.rule) = (head, rule)
        switch try head.targetKind(separator: nil) {
        case .label(let table): ofLabel = ClassificationTally(labelCount: table.count)
        case .labels(let table, _): ofLabels = MultiLabelTally(labelCount: table.count)
        case .number: ofNumber = RegressionTally()
        }
    }

    /// Takes an answer.
    mutating func add(_ example: Example, _ answer: Classification) throws(EvaluationError) {
        guard answer.logits.allSatisfy(\.isFinite) else { throw .notFinite(place: example.place) }
        guard head.takes(example.target) else { throw .unfitTarget(place: example.place) }
        switch example.target {
        case .label(let actual):
            ofLabel?.add(actual: actual, probabilities: answer.scores)
            guard let said = rule.said(answer.scores) else { break }
            ofAnswered.add(isAnswered: !said.isEmpty, isRight: said.first == actual)
            ofSets.add(size: said.count, isCovered: said.contains(actual))
        case .labels(let actual):
            ofLabels?.add(actual: actual, predicted: answer.saidLabels(rule))
        case .number(let actual):
            // A head that does not say what its one logit is has a sigmoid for a score; the number is the logit.
            let isScore = head.problemType == .regression
            ofNumber?.add(actual: actual, predicted: isScore ? answer.scores[0] : Double(answer.logits[0]))
        }
        exampleCount += 1
        if answer.truncatedTokenCount > 0 { truncatedCount += 1 }
    }

    /// The scores; throws `DataError.noExamples` before the first answer.
    func report() throws(DataError) -> EvaluationReport {
        let scores =
            ofLabel.map { EvaluationReport.Scores.label($0.report) }
            ?? ofLabels.map { .labels($0.report) } ?? ofNumber.map { .number($0.report) }
        guard exampleCount > 0, let scores else { throw .noExamples }
        var report = EvaluationReport(
            labels: head.labels, exampleCount: exampleCount, truncatedCount: truncatedCount, scores: scores,
            notes: notes)
        switch rule.decision {
        case .threshold: report.answered = ofAnswered
        case .set: report.sets = ofSets
        case .best, .thresholds: break
        }
        return report
    }
}

extension Classification {
    /// Of any number of labels those that a model says by its rule; without one those of a score above one half.
    func saidLabels(_ rule: AnswerRule) -> [Int] {
        // Strictly more: a logit of 0 says nothing for the label.
        rule.said(scores) ?? scores.indices.filter { scores[$0] > 0.5 }
    }
}
