// The rule that fits the logits of labelled examples, and its measures. Pure: no model is run here.

internal import AdzeData
internal import AdzeModels
internal import AdzeThreads

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// Logits of examples with what is, in an order of no meaning.
struct AnswerFit: Sendable {
    /// An example.
    struct Row: Sendable {
        /// The logits of its windows.
        let windows: [[Float]]
        /// The labels that are: one, or any number.
        let actual: [Int]
    }

    let head: ClassificationHead
    let aggregate: WindowAggregate
    let rows: [Row]
    let pool: WorkerPool

    private var isMultiLabel: Bool { head.problemType == .multiLabel }

    /// The rule and its measures; throws `AnswerCalibrationError.outOfReach`.
    func calibration(_ coverage: Coverage?, givesSets: Bool, precision: Precision) throws -> AnswerCalibration {
        let fitted = Array(0..<AnswerCalibration.fitCount(rows.count, coverage))
        let foldCount = min(AnswerCalibration.folds, fitted.count)
        var rule = AnswerRule()
        var notes: [String] = []
        if let found = try temperature(fitted) {
            rule.temperature = found
        } else {
            notes.append(
                "the examples tell no temperature, as where all answers are right or none; the scores stay as they are")
        }
        rule.measurement = AnswerRule.Measurement(precision: precision, exampleCount: fitted.count, promise: nil)
        if isMultiLabel { rule.decision = .thresholds(try thresholds(fitted, rule.temperature)) }
        var answered: (after: AnsweredReport, heldOut: AnsweredReport?)?
        var sets: (after: SetReport, heldOut: SetReport?)?
        if let coverage {
            let others = Array(fitted.count..<rows.count)
            let answers = try scored(others, rule.temperature)
            rule.decision = try decision(answers, coverage, givesSets)
            rule.measurement?.promise = AnswerRule.Promise(coverage: coverage.part, exampleCount: others.count)
            if givesSets {
                sets = (setReport(answers, rule), nil)
                sets?.heldOut = heldOut(answers, coverage, true, SetReport()) { add($0, $1, to: &$2) }
            } else {
                answered = (answeredReport(answers, rule), nil)
                answered?.heldOut = heldOut(answers, coverage, false, AnsweredReport()) { add($0, $1, to: &$2) }
            }
        }
        let before = quality(fitted) { _ in AnswerRule() }
        let folds = try (0..<foldCount).map { fold in
            try foldRule(fitted.enumerated().filter { $0.offset % foldCount != fold }.map(\.element))
        }
        return AnswerCalibration(
            rule: rule, labels: head.labels, exampleCount: rows.count, fitCount: fitted.count, foldCount: foldCount,
            scores: (before, quality(fitted) { _ in rule }, quality(fitted) { folds[$0 % foldCount] }),
            answered: answered, sets: sets, notes: notes)
    }

    /// The rule of some of the examples, of the same kind as that of all.
    private func foldRule(_ indices: [Int]) throws -> AnswerRule {
        var rule = AnswerRule()
        rule.temperature = try temperature(indices) ?? 1
        if isMultiLabel { rule.decision = .thresholds(try thresholds(indices, rule.temperature)) }
        return rule
    }

    // MARK: Scores

    /// The temperature of some of the examples; nil where they tell none.
    func temperature(_ indices: [Int]) throws -> Double? {
        try Temperature.best { temperature in
            // In the order of the examples, whatever thread was first.
            try pool.map(indices.count) { loss(rows[indices[$0]], temperature) }.reduce(0, +)
        }
    }

    /// −ln p of what is, of any number of labels the mean over them.
    private func loss(_ row: Row, _ temperature: Double) -> Double {
        guard row.windows.count == 1 else { return windowLoss(row, temperature) }
        let logits = row.windows[0]
        if isMultiLabel {
            var sum = 0.0
            for label in logits.indices {
                let x = Double(logits[label]) / temperature
                // −ln σ(x) where the label is, −ln σ(−x) where not, without overflow.
                let sign = row.actual.contains(label) ? -x : x
                sum += max(sign, 0) + log1p(exp(-x.magnitude))
            }
            return sum / Double(logits.count)
        }
        let top = Double(logits.max() ?? 0)
        var sum = 0.0
        for logit in logits { sum += exp((Double(logit) - top) / temperature) }
        return log(sum) - (Double(logits[row.actual[0]]) - top) / temperature
    }

    /// The same of scores that several windows were joined to.
    private func windowLoss(_ row: Row, _ temperature: Double) -> Double {
        let scores = head.scores(row.windows, aggregate, temperature: temperature)
        return crossEntropy(scores, row.actual, least: Double.leastNormalMagnitude)
    }

    /// −ln of the scores of what is, kept `least` away from 0.
    private func crossEntropy(_ scores: [Double], _ actual: [Int], least: Double) -> Double {
        guard isMultiLabel else { return -log(max(scores[actual[0]], least)) }
        let sum = scores.indices.reduce(0.0) { sum, label in
            sum - log(max(actual.contains(label) ? scores[label] : 1 - scores[label], least))
        }
        return sum / Double(scores.count)
    }

    private func thresholds(_ indices: [Int], _ temperature: Double) throws -> [Double] {
        let answers = try scored(indices, temperature)
        return head.labels.indices.map { label in
            LabelThreshold.best(answers.map { (score: $0.scores[label], holds: $0.actual.contains(label)) })
        }
    }

    /// Examples' scores, and what is.
    private func scored(_ indices: [Int], _ temperature: Double) throws -> [Scored] {
        try pool.map(indices.count) { index in
            let row = rows[indices[index]]
            return Scored(
                scores: head.scores(row.windows, aggregate, temperature: temperature), actual: row.actual)
        }
    }

    private struct Scored: Sendable {
        let scores: [Double]
        let actual: [Int]
    }

    /// The measures of the scores, each example by a rule of its own.
    private func quality(_ indices: [Int], _ rule: (Int) -> AnswerRule) -> AnswerQuality {
        var (one, many) = (
            ClassificationTally(labelCount: head.labels.count), MultiLabelTally(labelCount: head.labels.count)
        )
        var calibration = CalibrationTally()
        var loss = 0.0
        for (place, index) in indices.enumerated() {
            let (row, rule) = (rows[index], rule(place))
            let scores = head.scores(row.windows, aggregate, temperature: rule.temperature)
            loss += crossEntropy(scores, row.actual, least: Double.ulpOfOne)
            if isMultiLabel {
                many.add(actual: row.actual, predicted: rule.said(scores) ?? scores.indices.filter { scores[$0] > 0.5 })
                for label in scores.indices {
                    calibration.add(confidence: scores[label], isCorrect: row.actual.contains(label))
                }
            } else {
                one.add(actual: row.actual[0], probabilities: scores)
                let best = scores.indices.max { (scores[$1], $0) > (scores[$0], $1) } ?? 0
                calibration.add(confidence: scores[best], isCorrect: best == row.actual[0])
            }
        }
        return AnswerQuality(
            logLoss: isMultiLabel ? loss / Double(max(1, indices.count)) : one.report.logLoss,
            calibrationError: calibration.error, bins: calibration.bins,
            multiLabel: isMultiLabel ? many.report : nil)
    }

    // MARK: Coverage

    /// What a coverage asks for, by examples that are new to the scores.
    private func decision(
        _ answers: [Scored], _ coverage: Coverage, _ givesSets: Bool
    ) throws(AnswerCalibrationError) -> AnswerRule.Decision {
        let least =
            givesSets
            ? coverage.setThreshold(answers.map { $0.scores[$0.actual[0]] })
            : coverage.answerThreshold(
                answers.map { answer in
                    let best = answer.scores.max() ?? 0
                    return (best, answer.scores.firstIndex(of: best) == answer.actual[0])
                })
        guard let least, least <= 1 else { throw .outOfReach(coverage: coverage.part) }
        return givesSets ? .set(threshold: least) : .threshold(least)
    }

    private func answeredReport(_ answers: [Scored], _ rule: AnswerRule) -> AnsweredReport {
        var report = AnsweredReport()
        for answer in answers { add(answer, rule, to: &report) }
        return report
    }

    private func setReport(_ answers: [Scored], _ rule: AnswerRule) -> SetReport {
        var report = SetReport()
        for answer in answers { add(answer, rule, to: &report) }
        return report
    }

    private func add(_ answer: Scored, _ rule: AnswerRule, to report: inout AnsweredReport) {
        let said = rule.said(answer.scores) ?? []
        report.add(isAnswered: !said.isEmpty, isRight: said.first == answer.actual[0])
    }

    private func add(_ answer: Scored, _ rule: AnswerRule, to report: inout SetReport) {
        let said = rule.said(answer.scores) ?? []
        report.add(size: said.count, isCovered: said.contains(answer.actual[0]))
    }

    /// What thresholds of the other parts do on each part; nil where the others are too few.
    private func heldOut<Report>(
        _ answers: [Scored], _ coverage: Coverage, _ givesSets: Bool, _ empty: Report,
        _ add: (Scored, AnswerRule, inout Report) -> Void
    ) -> Report? {
        let count = min(AnswerCalibration.folds, answers.count)
        var report = empty
        for fold in 0..<count {
            let others = answers.indices.filter { $0 % count != fold }.map { answers[$0] }
            guard let decision = try? decision(others, coverage, givesSets) else { return nil }
            var rule = AnswerRule()
            rule.decision = decision
            for place in stride(from: fold, to: answers.count, by: count) { add(answers[place], rule, &report) }
        }
        return report
    }
}
