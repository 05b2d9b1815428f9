// The search for wrong labels in a set: vectors of its texts by a model whose weights stay as they are, classifiers of them
// that each did not see a part, and what their predictions say of that part's labels. Not here: confident learning itself,
// and what is shown of it.

public import AdzeBytes
public import AdzeData
internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads
internal import AdzeTokenization
internal import AdzeTraining

/// How wrong labels are looked for.
public struct LabelErrorOptions: Sendable {
    /// How many parts the set is divided into; each is predicted by a classifier of the others.
    public var folds = 5
    /// What the division is drawn from.
    public var seed: UInt64 = 42
    /// The arithmetic of the vectors.
    public var precision = Precision.int8
    /// The share of words from which two texts are nearly the same.
    public var similarity = 0.8
    /// The threads; nil takes every processor that the process may use.
    public var threads: Int?

    /// Five folds in int8.
    public init() {}
}

/// What was found about the labels of a set.
public struct LabelErrors: Sendable {
    /// The rows, in their order.
    public let examples: [Example]
    /// The labels.
    public let labels: [String]
    /// Each row's probabilities, of a classifier that did not see it.
    public let probabilities: [[Double]]
    /// What they say.
    public let found: ConfidentLearning
    /// Rows that are nearly the same and bear different labels.
    public let duplicates: NearDuplicates
    /// The share of rows whose label their classifier says.
    public let accuracy: Double
    /// How many texts were cut to the model's length.
    public let truncatedCount: Int
}

/// Why labels cannot be checked.
public enum LabelErrorsError: AdzeFailure, Equatable {
    /// The fold count is none.
    case folds(Int)
    /// Labels with a single distinct text; what a classifier did not see it cannot say.
    case loneLabels([String])
    /// The rows have several labels each.
    case severalLabels

    /// A request, or data.
    public var kind: FailureKind { if case .folds = self { .usage } else { .badData } }

    /// One line.
    public var description: String {
        switch self {
        case .folds(let count): return "\(count) folds: expected 2 to 100"
        case .severalLabels: return "the rows have lists of labels; labels are checked where a text has one"
        case .loneLabels(let labels):
            let shown = labels.prefix(5).map { quoted($0, limit: 40) }.joined(separator: ", ")
            return "\(counted(labels.count, "label")) with one distinct text (\(shown)"
                + (labels.count > 5 ? ", …" : "")
                + "): each needs 2, since a row is judged by a classifier that did not "
                + "see it; join such labels with others, or leave their rows out"
        }
    }
}

extension ModelBundle {
    /// Looks for rows of a set with one label a text that most likely bear a wrong one.
    ///
    /// The texts' vectors are means of the last hidden states, of windows where the model reads long texts so; they are
    /// computed once. Each fold's classifier is a logistic regression on the vectors of the others. The same model, rows and
    /// options give the same answer at any number of threads, of vectors in int8 on every processor. Throws
    /// `LabelErrorsError`, `DataError.oneLabel`, and what encoding throws.
    /// - Parameters:
    ///   - progress: is told how many folds are done, once the vectors are there.
    /// - Complexity: one pass of the encoder over all texts, and `folds` regressions.
    public func findLabelErrors(
        _ examples: [Example], labels table: LabelTable, options: LabelErrorOptions = LabelErrorOptions(),
        progress: (_ foldsDone: Int) -> Void = { _ in }
    ) throws -> LabelErrors {
        guard (2...100).contains(options.folds) else { throw LabelErrorsError.folds(options.folds) }
        guard table.names.count > 1 else { throw DataError.oneLabel(table.names.first ?? "") }
        let lone = StratifiedFolds.loneLabels(examples).map { table.names[$0] }
        guard lone.isEmpty else { throw LabelErrorsError.loneLabels(lone) }
        let given = examples.map { $0.target.positions.first ?? 0 }
        let pool = ThreadPool(threads: options.threads).workers
        let vectors = try SentenceVectors(examples, self, precision: options.precision, pool: pool)
        progress(0)
        let folds = StratifiedFolds(examples, count: options.folds, seed: options.seed)
        var probabilities = [[Double]](repeating: [], count: examples.count)
        for fold in 0..<folds.count {
            try Task.checkCancellation()
            let members = folds.members(of: fold)
            guard !members.isEmpty else { continue }
            let others = folds.others(than: fold)
            let regression = try LogisticRegression(
                roughly: others.map { vectors.rows[$0] }, classes: others.map { given[$0] },
                classCount: table.names.count)
            let rows = try pool.map(members.count) { regression.probabilities(vectors.rows[members[$0]]) }
            for (member, row) in zip(members, rows) { probabilities[member] = row }
            progress(fold + 1)
        }
        let right = zip(given, probabilities).count { label, row in row.allSatisfy { $0 <= row[label] } }
        return LabelErrors(
            examples: examples, labels: table.names, probabilities: probabilities,
            found: ConfidentLearning(labels: given, probabilities: probabilities, labelCount: table.names.count),
            duplicates: NearDuplicates(examples, threshold: options.similarity),
            accuracy: Double(right) / Double(examples.count), truncatedCount: vectors.truncatedCount)
    }
}

/// The vectors of examples: means of the last hidden states over all tokens.
private struct SentenceVectors: Sendable {
    /// (H) each.
    let rows: [[Float]]
    let truncatedCount: Int

    init(_ examples: [Example], _ bundle: ModelBundle, precision: Precision, pool: WorkerPool) throws {
        let engine = try Engine(bundle, precision: precision, encoderOnly: true, pool: pool)
        let tokenizer = try bundle.requireTokenizer()
        let cutting = TextCutting(
            tokenizer: tokenizer, cleaner: try bundle.cleaner(),
            maximumLength: min(bundle.reading.maximumLength ?? bundle.maximumLength, bundle.maximumLength),
            strategy: bundle.reading.longText ?? tokenizer.longText)
        let tokens = try cutting.cut(examples.map(\.input), pool: pool)
        truncatedCount = tokens.truncatedCount
        let size = engine.model.config.hiddenSize
        var windows = try engine.run(tokens.sequences, outputs: .sequence) { output in
            meanOfRows(output.sequence, size: size)
        }[...]
        rows = tokens.windowCounts.map { count in
            let own = Array(windows.prefix(count))
            windows = windows.dropFirst(count)
            return own.count == 1 ? own[0] : meanOfRows(own.flatMap(\.self), size: size)
        }
    }
}

/// The mean of the rows of (rows, H), in double precision.
private func meanOfRows(_ rows: [Float], size: Int) -> [Float] {
    var sums = [Double](repeating: 0, count: size)
    for start in stride(from: 0, to: rows.count, by: size) {
        for index in 0..<size { sums[index] += Double(rows[start + index]) }
    }
    let count = Double(rows.count / size)
    return sums.map { Float($0 / count) }
}
