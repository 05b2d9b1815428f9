// The scores that the study's program would have given a model, faults and all, beside which figures of its can be put.
// Not here: what it computes, which is AdzeModels' `StudyProgram`, and the scores of what a model means.

public import AdzeBytes
public import AdzeData
public import AdzeModels
internal import AdzeTokenization

/// What the study's program would say of a labelled set.
public struct StudyEvaluation: Sendable {
    /// Scores of its answers over the whole set.
    public let report: EvaluationReport
    /// Its own figure: the mean of the batches' accuracies, of which the last may be of fewer texts.
    public let meanOfBatches: Double

    /// The report with the program's figure and settings beside it.
    public func json(_ program: StudyProgram) -> JSONObject {
        var json = report.json
        json["studyProgram"] = .object([
            "batchSize": .integer(program.batchSize), "dropout": .number(program.dropout),
            "accuracy": .finite(meanOfBatches),
        ])
        return json
    }
}

extension TextClassifier {
    /// Scores labelled examples in their order as the study's program does: in batches whose LSTM answers are gathered
    /// across each other, with dropout.
    ///
    /// Of a text in windows it reads the first alone; `notes` are what the examples' source has to say. `each` is told of
    /// every example and its answer. Throws `HeadFormError.notTheStudys` for a head that the program does not have,
    /// `DataError.noExamples`, `EvaluationError`, and in a task that is cancelled `CancellationError`.
    public func evaluate(
        _ examples: [Example], as program: StudyProgram, options: TextOptions = TextOptions(), notes: [String] = [],
        progress: (Int) -> Void = { _ in }, each: (Example, Classification) -> Void = { _, _ in }
    ) throws -> StudyEvaluation {
        guard case .label = try head.targetKind(separator: nil) else {
            throw HeadFormError.notTheStudys("one of numbers, or of any number of labels")
        }
        var evaluation = try Evaluation(head)
        evaluation.notes = notes
        let cutting = cutting(options)
        var accuracies: [Double] = []
        for start in stride(from: 0, to: examples.count, by: program.batchSize) {
            try Task.checkCancellation()
            let batch = examples[start..<min(start + program.batchSize, examples.count)]
            let encodings = try batch.map { try cutting.inputs(of: $0.input)[0] }
            let logits = try engine.studyLogits(
                encodings.map { TokenSequence($0) }, number: accuracies.count, program)
            var right = 0
            for ((example, encoding), row) in zip(zip(batch, encodings), logits) {
                let answer = head.classification(
                    [row], topK: 1, aggregate: .mean, truncated: encoding.truncatedTokenCount)
                try evaluation.add(example, answer)
                each(example, answer)
                if example.target.positions.first.map({ head.labels[$0] }) == answer.label { right += 1 }
            }
            accuracies.append(Double(right) / Double(batch.count))
            progress(start + batch.count)
        }
        return StudyEvaluation(
            report: try evaluation.report(), meanOfBatches: accuracies.reduce(0, +) / Double(accuracies.count))
    }
}
