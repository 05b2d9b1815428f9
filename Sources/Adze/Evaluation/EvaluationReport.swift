// The result of an evaluation, and its JSON. Not here: tables for a terminal.

public import AdzeBytes
public import AdzeData

/// How good a classifier is over a set of examples.
public struct EvaluationReport: Sendable, Equatable {
    /// The scores of each kind of model.
    public enum Scores: Sendable, Equatable {
        /// One label a text.
        case label(ClassificationReport)
        /// Any number of labels a text.
        case labels(MultiLabelReport)
        /// A number a text.
        case number(RegressionReport)
    }

    /// The largest number of labels for which JSON has the whole confusion matrix.
    public static let matrixLimit = 1000
    /// The most mistakes that JSON lists.
    public static let mistakeLimit = 50

    /// The names of the labels, in the model's order.
    public let labels: [String]
    /// How many examples there were.
    public let exampleCount: Int
    /// How many of them were cut because they were too long.
    public let truncatedCount: Int
    /// The scores.
    public let scores: Scores
    /// What a person should hear of the data: the columns that were taken, labels written otherwise than the model's.
    public let notes: [String]
    /// How often the model answered, and how well, where its rule for its answers lets it abstain.
    public internal(set) var answered: AnsweredReport?
    /// How often its sets of labels held the right one, where its rule gives sets.
    public internal(set) var sets: SetReport?

    /// The one number that says most, with its name: accuracy, micro F1, or Pearson's correlation; the mean squared
    /// error where there is no correlation.
    public var headline: (name: String, value: Double) {
        switch scores {
        case .label(let report): ("accuracy", report.accuracy)
        case .labels(let report): ("micro F1", report.micro.f1)
        case .number(let report):
            report.pearson.map { ("Pearson", $0) } ?? ("mean squared error", report.meanSquaredError)
        }
    }

    /// The report as one JSON object.
    ///
    /// - All: `task` (`label`, `labels` or `number`), `examples`, `truncated`.
    /// - `label`: `accuracy`, `macroF1`, `microF1`, `weightedF1`, `macroPrecision`, `macroRecall`, `weightedPrecision`,
    ///   `weightedRecall`, `macroF1AllLabels`, `mcc`, `logLoss`, `ece`; `labels`: for each of the model's
    ///   `{label, precision, recall, f1, support, predicted}`; `confusionMatrix`: a row for each actual label, null
    ///   above `matrixLimit` labels; `mistakes`: the most frequent, `{actual, predicted, count}`; where a rule lets the
    ///   model abstain `answered`: `{texts, share, accuracy, wrongShare}`, where it gives sets `sets`: `{coverage,
    ///   meanSize, singleShare}`.
    /// - `labels`: `subsetAccuracy`, `macroF1`, `microF1`, `weightedF1`, `samplesF1` and the same of `Precision` and
    ///   `Recall`; `labels` as above.
    /// - `number`: `mse`, `mae`, `r2`, `pearson`, `spearman`; null where they are not defined, or beyond a `Double`.
    public var json: JSONObject {
        var object: JSONObject = [
            "task": .string(task), "examples": .integer(exampleCount), "truncated": .integer(truncatedCount),
        ]
        switch scores {
        case .label(let report): add(report, to: &object)
        case .labels(let report): add(report, to: &object)
        case .number(let report):
            object["mse"] = .number(report.meanSquaredError)
            object["mae"] = .number(report.meanAbsoluteError)
            object["r2"] = report.determination.map { .number($0) } ?? .null
            object["pearson"] = report.pearson.map { .number($0) } ?? .null
            object["spearman"] = report.spearman.map { .number($0) } ?? .null
        }
        if let answered { object["answered"] = .object(answered.json) }
        if let sets { object["sets"] = .object(sets.json) }
        return object
    }

    private var task: String {
        switch scores {
        case .label: "label"
        case .labels: "labels"
        case .number: "number"
        }
    }

    private func add(_ report: ClassificationReport, to object: inout JSONObject) {
        object["accuracy"] = .number(report.accuracy)
        object["macroF1"] = .number(report.macro.f1)
        // Every text has one label and one answer, so all micro averages are the accuracy.
        object["microF1"] = .number(report.accuracy)
        object["weightedF1"] = .number(report.weighted.f1)
        object["macroPrecision"] = .number(report.macro.precision)
        object["macroRecall"] = .number(report.macro.recall)
        object["weightedPrecision"] = .number(report.weighted.precision)
        object["weightedRecall"] = .number(report.weighted.recall)
        object["macroF1AllLabels"] = .number(report.macroOfAll.f1)
        object["mcc"] = .number(report.matthews)
        object["logLoss"] = .number(report.logLoss)
        object["ece"] = .number(report.calibrationError)
        object["labels"] = list(report.labels)
        object["confusionMatrix"] =
            labels.count > EvaluationReport.matrixLimit
            ? .null : .array(report.confusion.rows.map { .array($0.map { .integer($0) }) })
        object["mistakes"] = .array(
            report.confusion.mistakes.prefix(EvaluationReport.mistakeLimit).map { mistake in
                .object([
                    "actual": .string(labels[mistake.actual]), "predicted": .string(labels[mistake.predicted]),
                    "count": .integer(mistake.count),
                ])
            })
    }

    private func add(_ report: MultiLabelReport, to object: inout JSONObject) {
        object["subsetAccuracy"] = .number(report.subsetAccuracy)
        let averages = [
            ("macro", report.macro), ("micro", report.micro), ("weighted", report.weighted),
            ("samples", report.samples),
        ]
        for (name, scores) in averages { object["\(name)F1"] = .number(scores.f1) }
        for (name, scores) in averages { object["\(name)Precision"] = .number(scores.precision) }
        for (name, scores) in averages { object["\(name)Recall"] = .number(scores.recall) }
        object["labels"] = list(report.labels)
    }

    private func list(_ scores: [LabelScores]) -> JSONValue {
        .array(
            zip(labels, scores).map { label, scores in
                .object([
                    "label": .string(label), "precision": .number(scores.scores.precision),
                    "recall": .number(scores.scores.recall), "f1": .number(scores.scores.f1),
                    "support": .integer(scores.support), "predicted": .integer(scores.predicted),
                ])
            })
    }
}
