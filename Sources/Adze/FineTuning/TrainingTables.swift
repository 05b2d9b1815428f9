// From tables to what a training needs: the start model with its head, and examples to learn from and to be judged by.
// Not here: tokens.

internal import AdzeBytes
public import AdzeData
internal import AdzeModelFiles
public import AdzeModels
internal import AdzeNative

/// Where the examples of a training are.
public struct TrainingTables: Sendable {
    /// The training data: a table, JSON lines, or a folder of reviews.
    package var train: String
    /// The development data; nil splits some off the training data.
    package var dev: String?
    /// The format; nil goes by the names.
    public var format: DataFormat?
    /// The columns.
    public var columns = ColumnSelection()
    /// How the tables are written.
    public var dialect = Dialect()
    /// What separates several labels in one field.
    public var separator: Character?
    /// The share of the training data that is held out where there is no development data; 0 for none of it.
    public var devShare = 0.1
    /// How the training data is augmented, once what is held out is; nil leaves it.
    public var augmentation: AugmentationOptions?

    /// The tables at these paths.
    package init(train: String, dev: String? = nil) {
        self.train = train
        self.dev = dev
    }
}

/// A classifier that is made new.
public struct NewHead: Sendable, Equatable {
    /// Its labels; nil takes those of the training data, the model's own first.
    public var labels: [String]?
    /// What its logits mean; nil follows the data: several labels a text where it has lists, else one.
    public var problem: ProblemType?
    /// What it computes; nil for what the family's own classifiers do.
    public var form: HeadForm?
    /// The most tokens of a head that reads padding: the model loses its further positions. Nil keeps them all.
    public var length: Int?
    /// A prompt and its words, in place of labels and form: the classifier is not new, the model's own words are asked for.
    public var prompt: Prompt?
    /// The columns of a new table of words that takes the encoder's place; nil for the model's own encoder.
    public var wordTableSize: Int?

    /// A head with these labels.
    public init(labels: [String]? = nil, problem: ProblemType? = nil, form: HeadForm? = nil, length: Int? = nil) {
        self.labels = labels
        self.problem = problem
        self.form = form
        self.length = length
    }

    /// A prompt's words in place of a head.
    public init(prompt: Prompt) { self.prompt = prompt }
}

/// A model and the examples that it is to learn.
public struct TrainingExamples: Sendable {
    /// The start model.
    public let bundle: ModelBundle
    /// What the labels are: the one table of the whole training.
    public let kind: TargetKind
    /// The examples to learn.
    public let train: [Example]
    /// The examples to be judged by.
    public let dev: [Example]
    /// The place among the training examples of the one that each was made of: its own, but for copies.
    let origins: [Int]
    /// What augmentation made of the training data; nil where it is as it was read.
    public let augmentation: AugmentationReport?
    /// Whether the classifier is new.
    public let hasNewHead: Bool
    /// What a person should hear of.
    public let notes: [String]

    /// Opens the model and reads the tables.
    ///
    /// A model without a classifier of texts gets a new one, and so does any for which `newHead` asks; its labels are
    /// `LabelTable(covering:own:)`. Throws the readers' errors with their paths, and `FineTuningError`.
    /// - Parameters:
    ///   - words: words to add to the vocabulary, see `ModelBundle.addingTokens(_:)`.
    ///   - allowsInt8: whether a file of int8 weights alone may be the start.
    ///   - cleaning: how texts are cleaned, in training and by the trained model.
    ///   - threads: for a model that augments; nil takes all processors.
    package init(
        model path: String, options: ModelOptions = ModelOptions(), tables: TrainingTables, newHead: NewHead? = nil,
        words: [String] = [], seed: UInt64 = 42, allowsInt8: Bool = false, cleaning: CleaningChoice = .asTheModelSays,
        threads: Int? = nil
    ) throws {
        var notes: [String] = []
        var options = options
        options.checkpoint.seed = seed
        let start = try ModelBundle(path: path, options: options)
        var bundle = start
        if let native = bundle.source.native, native.store == .int8, !allowsInt8 {
            throw LocatedError(path: path, underlying: FineTuningError.int8Start)
        }
        let head = bundle.checkpoint.head
        var wanted = newHead
        if wanted == nil, head.task == .encoder { wanted = NewHead() }
        guard wanted != nil || head.classification != nil else {
            throw LocatedError(
                path: path, underlying: FineTuningError.untrainedHead(architecture: head.architectureName))
        }
        if let prompt = wanted?.prompt {
            do {
                bundle = try start.prompted(prompt)
            } catch let error as any AdzeFailure {
                throw LocatedError(path: path, underlying: error)
            }
            notes.append(TrainingExamples.note(prompt))
        } else if let wanted {
            (options.checkpoint.newHeadForm, options.checkpoint.newHeadLength) = (wanted.form, wanted.length)
            try TrainingExamples.choose(wanted, own: head.classification?.labels ?? [], tables, &options.checkpoint)
            bundle = try ModelBundle(path: path, options: options)
            notes.append(TrainingExamples.note(options.checkpoint))
            if let size = wanted.wordTableSize {
                bundle = try bundle.withNewWordTable(
                    size: size, newHead: wanted.form, length: wanted.length, seed: seed)
                notes.append(
                    "a new table of \(size) columns for the tokenizer's words; of the model's weights none is used")
            }
        }
        notes = bundle.notes + notes
        if !words.isEmpty {
            let extended = try bundle.addingTokens(words)
            bundle = extended.bundle
            notes.append(extended.note)
        }
        bundle = try bundle.cleaning(cleaning)
        let kind = try bundle.targetKind(separator: tables.separator)
        var train = try TrainingExamples.read(tables.train, tables, kind, &notes) { error in
            if wanted?.prompt != nil { return FineTuningError.labelWithoutWord(error) }
            return wanted == nil ? FineTuningError.foreignLabels(error) : nil
        }
        notes += try TrainingExamples.located(tables.train) { () throws(DataError) in try kind.check(training: train) }
        var dev: [Example] = []
        if let path = tables.dev {
            dev = try TrainingExamples.readDev(path, tables, kind)
            if let note = Overlap(train: train, dev: dev).note(devCount: dev.count) { notes.append(note) }
        } else if tables.devShare > 0 {
            let split = StratifiedSplit(train, devShare: tables.devShare, seed: seed)
            guard !split.dev.isEmpty else {
                throw LocatedError(
                    path: tables.train, underlying: FineTuningError.noDevelopmentSet(examples: train.count))
            }
            dev = split.dev.map { train[$0] }
            train = split.train.map { train[$0] }
            notes.append(
                "no --dev: \(dev.count) of \(dev.count + train.count) examples are held out, the same share of each label"
            )
        }
        // A head that fills masks is the start model's own, whatever takes its place.
        let augmented = try tables.augmentation?.augmented(train, apartFrom: dev, model: start, threads: threads)
        notes += augmented?.notes ?? []
        self.bundle = bundle
        self.kind = kind
        self.train = augmented?.examples ?? train
        origins = augmented?.origins ?? Array(train.indices)
        self.augmentation = augmented?.report
        self.dev = dev
        self.hasNewHead = wanted != nil && wanted?.prompt == nil
        self.notes = notes
    }

    /// The same examples for another model with the same labels.
    init(_ other: TrainingExamples, of bundle: ModelBundle) {
        (self.bundle, kind, train, dev) = (bundle, other.kind, other.train, other.dev)
        (origins, augmentation, hasNewHead, notes) = (other.origins, other.augmentation, true, [])
    }

    // MARK: - The head

    /// Settles a new head's labels and meaning in the options.
    private static func choose(
        _ wanted: NewHead, own: [String], _ tables: TrainingTables, _ options: inout CheckpointOptions
    ) throws {
        if wanted.problem == .regression {
            options.newHead = wanted.labels ?? ["score"]
            options.newHeadProblem = .regression
            return
        }
        if let labels = wanted.labels, let problem = wanted.problem ?? (tables.separator != nil ? .multiLabel : nil) {
            (options.newHead, options.newHeadProblem) = (labels, problem)
            return
        }
        let survey = try located(tables.train) { () throws(DataError) in
            try LabelSurvey(
                path: tables.train, format: tables.format, columns: tables.columns, dialect: tables.dialect,
                separator: tables.separator)
        }
        options.newHeadProblem = wanted.problem ?? (survey.hasSeveral ? .multiLabel : .singleLabel)
        if let labels = wanted.labels {
            options.newHead = labels
            return
        }
        let table = try located(tables.train) { () throws(DataError) in
            try LabelTable(covering: survey.labels, own: own)
        }
        if let only = table.names.first, table.count == 1, options.newHeadProblem == .singleLabel {
            throw LocatedError(path: tables.train, underlying: DataError.oneLabel(only))
        }
        if table.count == 0 {
            // No row has a label: a reading for any says of the rows what they lack.
            _ = try located(tables.train) { () throws(DataError) in
                let none = try LabelTable([])
                let isSeveral = options.newHeadProblem == .multiLabel
                return try readTable(
                    tables.train, tables, isSeveral ? .labels(none, separator: tables.separator) : .label(none))
            }
            throw LocatedError(path: tables.train, underlying: DataError.noExamples)
        }
        options.newHead = table.names
    }

    private static func note(_ options: CheckpointOptions) -> String {
        let labels = options.newHead ?? []
        if options.newHeadProblem == .regression { return "a new head that says a number" }
        let several = options.newHeadProblem == .multiLabel ? ", any number of them a text" : ""
        let shown = labels.prefix(6).map { quoted($0, limit: 40) }.joined(separator: ", ")
        let form = options.newHeadForm.map { " (\($0.specification))" } ?? ""
        return "a new classifier\(form) of \(labels.count) labels\(several): \(shown)\(labels.count > 6 ? ", …" : "")"
    }

    private static func note(_ prompt: Prompt) -> String {
        let shown = prompt.answers.prefix(6).map { "\(quoted($0.word, limit: 40)) for \(quoted($0.label, limit: 40))" }
        return "a classifier by the prompt \(quoted(prompt.template.wording, limit: 80)): "
            + shown.joined(separator: ", ") + (prompt.answers.count > 6 ? ", …" : "")
    }

    // MARK: - Reading

    private static func read(
        _ path: String, _ tables: TrainingTables, _ kind: TargetKind, _ notes: inout [String],
        onForeignLabel foreign: (DataError) -> FineTuningError?
    ) throws -> [Example] {
        do throws(DataError) {
            let table = try readTable(path, tables, kind)
            notes += table.notes
            return table.examples
        } catch {
            guard error.isUnknownLabel, let foreign = foreign(error) else { throw failure(error, path) }
            throw LocatedError(path: path, underlying: foreign)
        }
    }

    private static func readDev(
        _ path: String, _ tables: TrainingTables, _ kind: TargetKind
    ) throws -> [Example] {
        do throws(DataError) {
            return try readTable(path, tables, kind).examples
        } catch {
            guard error.isUnknownLabel else { throw failure(error, path) }
            throw LocatedError(path: path, underlying: FineTuningError.foreignDevLabels(error))
        }
    }

    private static func readTable(
        _ path: String, _ tables: TrainingTables, _ kind: TargetKind
    ) throws(DataError) -> (examples: [Example], notes: [String]) {
        guard path == "-" || pathExists(path) else { throw .file(.notFound(path: path)) }
        var source = try ExampleSource(
            path: path, format: tables.format, columns: tables.columns, dialect: tables.dialect, kind: kind)
        return (try source.readAll(), source.notes)
    }

    private static func located<Value>(_ path: String, _ body: () throws(DataError) -> Value) throws -> Value {
        do throws(DataError) {
            guard pathExists(path) else { throw .file(.notFound(path: path)) }
            return try body()
        } catch {
            throw failure(error, path)
        }
    }

    private static func failure(_ error: DataError, _ path: String) -> any Error {
        switch error {
        case .file(let error): error
        case .unknownFormat: error
        default: LocatedError(path: path, underlying: error)
        }
    }
}

extension DataError {
    /// Whether the first bad row has a label that is not known.
    fileprivate var isUnknownLabel: Bool {
        if case .badRows(let first, _, _) = self, case .unknownLabel = first.reason { true } else { false }
    }
}

extension ExtendedModel {
    /// What a person should hear of.
    var note: String {
        var parts = ["\(addedCount) words added to the vocabulary"]
        if !known.isEmpty { parts.append("\(known.count) it has already (\(quoted(known[0], limit: 30)), …)") }
        if !unknown.isEmpty {
            parts.append("\(unknown.count) of which it knew no piece (\(quoted(unknown[0], limit: 30)), …)")
        }
        return parts.joined(separator: ", ")
    }
}
