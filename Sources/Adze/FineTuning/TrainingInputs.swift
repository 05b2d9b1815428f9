// From examples to token sequences with targets, and from logits back to scores. Not here: reading tables, training.

internal import AdzeData
internal import AdzeModels
internal import AdzeTokenization
internal import AdzeTraining

/// Examples as a run takes them; with windows a text may be several inputs.
struct TrainingInputs: Sendable {
    let data: TrainingData
    /// How many inputs each text is.
    let windowCounts: [Int]
    /// How many texts were cut.
    let truncatedCount: Int
    /// Tokens of all inputs.
    let tokenCount: Int

    /// Examples as the token sequences that they became.
    init(_ examples: [Example], _ tokens: TokenizedTexts, head: ClassificationHead) {
        self.init(tokens, Targets(TrainingInputs.each(of: examples.map(\.target), tokens), head))
    }

    /// Examples, and after them texts without labels, with what a teacher says of each: a text's windows are all taught what
    /// the teacher says of the text.
    init(
        _ examples: [Example], _ tokens: TokenizedTexts, head: ClassificationHead, _ answers: TeacherAnswers,
        _ recipe: Recipe
    ) {
        let targets = examples.map(\.target) + [Target?](repeating: nil, count: answers.unlabelled.count)
        self.init(
            tokens,
            .taught(
                TaughtTargets(
                    own: Targets(TrainingInputs.each(of: targets, tokens), head),
                    logits: TrainingInputs.each(of: answers.logits, tokens),
                    temperature: recipe.teacherTemperature ?? Recipe.standardTemperature,
                    weight: recipe.teacherWeight ?? Recipe.standardTeacherWeight)))
    }

    private init(_ tokens: TokenizedTexts, _ targets: Targets) {
        windowCounts = tokens.windowCounts
        truncatedCount = tokens.truncatedCount
        tokenCount = tokens.sequences.reduce(0) { $0 + $1.ids.count }
        data = TrainingData(sequences: tokens.sequences, targets: targets)
    }

    /// What each input of some texts has of what the texts have.
    private static func each<Value>(of values: [Value], _ tokens: TokenizedTexts) -> [Value] {
        zip(values, tokens.windowCounts).flatMap { repeatElement($0, count: $1) }
    }
}

extension Targets {
    /// The targets of texts, all of the kind that the head has; nil for a text without a label.
    fileprivate init(_ targets: [Target?], _ head: ClassificationHead) {
        switch head.problemType {
        case .multiLabel:
            self = .multiLabel(
                targets.map { target in
                    guard let target else { return [] }
                    var row = [Float](repeating: 0, count: head.labels.count)
                    for label in target.positions { row[label] = 1 }
                    return row
                })
        default:
            if head.labels.count == 1 {
                self = .values(
                    targets.map { target in
                        guard let target else { return [] }
                        return if case .number(let value) = target { [Float(value)] } else { [0] }
                    })
            } else {
                self = .classes(targets.map { target in target.map { $0.positions.first ?? 0 } ?? Targets.ignored })
            }
        }
    }
}

extension Recipe.LongText {
    /// The strategy of the tokenizer; windows share a quarter of their length, at most 64 tokens.
    func longText(maximumLength: Int) -> LongText {
        switch self {
        case .head: .head
        case .tail: .tail
        case .headAndTail: .headAndTail
        case .windows: .window(stride: min(64, maximumLength / 4))
        }
    }
}

/// Scores the logits of a development set.
struct DevelopmentScorer: Sendable {
    let head: ClassificationHead
    let examples: [Example]
    let windowCounts: [Int]
    /// How the windows of an example are joined.
    var aggregate = WindowAggregate.mean

    /// The scores that there are, the one that is the default first.
    var metrics: [String] {
        if head.problemType == .multiLabel {
            return ["micro-f1", "macro-f1", "weighted-f1", "samples-f1", "subset-accuracy"]
        }
        if head.labels.count == 1 { return ["pearson", "spearman", "r2", "mse", "mae"] }
        return ["macro-f1", "accuracy", "weighted-f1", "mcc"]
    }

    /// The scores of logits, one row an input; not a number where a logit is not finite.
    func scores(_ logits: [[Float]]) throws -> [Score] {
        guard logits.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return metrics.map { Score($0, .nan) } }
        return try report(logits).namedScores(metrics)
    }

    private func report(_ logits: [[Float]]) throws -> EvaluationReport {
        var evaluation = try Evaluation(head)
        var rest = logits[...]
        for (example, count) in zip(examples, windowCounts) {
            let answer = head.classification(
                Array(rest.prefix(count)), topK: 1, aggregate: aggregate, truncated: 0)
            rest = rest.dropFirst(count)
            try evaluation.add(example, answer)
        }
        return try evaluation.report()
    }
}

extension EvaluationReport {
    /// The scores of these names, as a run's log and `--metric` have them.
    func namedScores(_ names: [String]) -> [Score] {
        names.map { name in Score(name, value(named: name) ?? .nan) }
    }

    private func value(named name: String) -> Double? {
        switch (scores, name) {
        case (.label(let report), "macro-f1"): report.macro.f1
        case (.label(let report), "accuracy"): report.accuracy
        case (.label(let report), "weighted-f1"): report.weighted.f1
        case (.label(let report), "mcc"): report.matthews
        case (.labels(let report), "micro-f1"): report.micro.f1
        case (.labels(let report), "macro-f1"): report.macro.f1
        case (.labels(let report), "weighted-f1"): report.weighted.f1
        case (.labels(let report), "samples-f1"): report.samples.f1
        case (.labels(let report), "subset-accuracy"): report.subsetAccuracy
        case (.number(let report), "pearson"): report.pearson
        case (.number(let report), "spearman"): report.spearman
        case (.number(let report), "r2"): report.determination
        case (.number(let report), "mse"): report.meanSquaredError
        case (.number(let report), "mae"): report.meanAbsoluteError
        default: nil
        }
    }
}
