// Which way to treat texts longer than the model takes suits a task: each is tried on labelled examples. Not here: cutting
// and laying windows, which are the tokenizer's.

public import AdzeData
internal import AdzeModels
public import AdzeTokenization

/// One way to treat long texts, tried.
public struct LongTextTrial: Sendable, Equatable {
    /// The way.
    public let rule: LongText
    /// The headline score over all examples.
    public let score: Double
    /// The same over those that are longer than the model takes; NaN where it is not defined for so few.
    public let longScore: Double
    /// Inputs of the model that the long examples became.
    public let inputCount: Int
    /// Seconds that the long examples took; a measurement.
    public let seconds: Double
}

/// What trying them found.
public struct LongTextReport: Sendable, Equatable {
    /// The name of the score.
    public let metric: String
    /// The most tokens of an input.
    public let maximumLength: Int
    /// Examples.
    public let exampleCount: Int
    /// Examples that are longer.
    public let longCount: Int
    /// The ways, in the order in which they were tried; the head alone where no example is longer.
    public let trials: [LongTextTrial]

    /// The way with the best score; the first of equals, which has fewer inputs.
    public var best: LongTextTrial {
        trials.dropFirst().reduce(trials[0]) { best, trial in
            guard trial.score.isFinite else { return best }
            let isBetter = prefersLess ? trial.score < best.score : trial.score > best.score
            return isBetter || !best.score.isFinite ? trial : best
        }
    }

    private var prefersLess: Bool { metric == "mean squared error" }
}

extension TextClassifier {
    /// Scores examples with each way of treating the texts that are longer than the model takes.
    ///
    /// The ways are the head, the tail, both in halves, a quarter of the room for the head and the rest for the tail, and
    /// windows that share nothing or a quarter; one for which a pair leaves no room is left out. Texts that fit are
    /// classified once. What the model itself says of long texts has no part in it. Throws as `evaluate` does.
    /// - Parameter progress: is told what is tried.
    /// - Complexity: one pass over the texts that fit, and one over the long ones for each way.
    public func tryLongTexts(
        on examples: [Example], options: TextOptions = TextOptions(), progress: (String) -> Void = { _ in }
    ) throws -> LongTextReport {
        let limit = min(options.maximumLength ?? maximumLength, maximumLength)
        var options = options
        (options.maximumLength, options.longText) = (limit, .head)
        let cutting = cutting(options)
        let isLong = try engine.map(examples.count) {
            try cutting.inputs(of: examples[$0].input)[0].truncatedTokenCount > 0
        }
        let fitting = zip(examples, isLong).filter { !$1 }.map(\.0), long = zip(examples, isLong).filter(\.1).map(\.0)
        var answers: [(Example, Classification)] = []
        progress("the texts that fit")
        if !fitting.isEmpty { _ = try evaluate(fitting, options: options) { answers.append(($0, $1)) } }
        var trials: [LongTextTrial] = []
        var metric = ""
        for rule in long.isEmpty ? [.head] : TextClassifier.rules(limit) {
            var wish = options
            wish.longText = rule
            progress(rule.description)
            do {
                let (trial, name) = try trial(rule, long, answers, wish)
                trials.append(trial)
                metric = name
            } catch let error as TokenizerError {
                guard case .impossibleBudget = error, rule != .head else { throw error }
            }
        }
        return LongTextReport(
            metric: metric, maximumLength: limit, exampleCount: examples.count, longCount: long.count, trials: trials)
    }

    /// The ways that are tried, those of one input first.
    private static func rules(_ limit: Int) -> [LongText] {
        [
            .head, .tail, .headAndTail, .headThenTail(head: limit / 4), .window(stride: 0),
            .window(stride: limit / 4),
        ]
    }

    private func trial(
        _ rule: LongText, _ long: [Example], _ fitting: [(Example, Classification)], _ options: TextOptions
    ) throws -> (LongTextTrial, String) {
        var answers = fitting
        let start = ContinuousClock.now
        let longReport =
            try long.isEmpty ? nil : evaluate(long, options: options) { answers.append(($0, $1)) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        var whole = try Evaluation(head, self.rule)
        for (example, answer) in answers { try whole.add(example, answer) }
        let report = try whole.report()
        let trial = LongTextTrial(
            rule: rule, score: report.headline.value, longScore: longReport?.headline.value ?? .nan,
            inputCount: try inputCount(long, rule, cutting(options)), seconds: seconds)
        return (trial, report.headline.name)
    }

    /// Inputs that texts become; only windows are more than one.
    private func inputCount(_ examples: [Example], _ rule: LongText, _ cutting: TextCutting) throws -> Int {
        guard case .window = rule else { return examples.count }
        return try engine.map(examples.count) { try cutting.inputs(of: examples[$0].input).count }.reduce(0, +)
    }
}
