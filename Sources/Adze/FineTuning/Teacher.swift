// A teacher: a classifier whose answers a training learns beside the labels, and in place of them where there are none. Not
// here: the loss, which is AdzeTraining's `Distillation`.

internal import AdzeBytes
public import AdzeData
internal import AdzeModels
internal import AdzeThreads
internal import AdzeTraining

/// A classifier that a training learns from, and the texts without labels that it is to answer.
///
/// It reads texts as it always does: its own tokenizer and length, its own way with long texts (the logits of windows are
/// averaged) and its own cleaning. It may have any number of blocks; a pruned model learns from the one that it was.
///
/// ```swift
/// let teacher = Teacher(try ModelBundle(contentsOf: big), unlabelled: texts)
/// let tuned = try FineTuning(examples, recipe: recipe, teacher: teacher).run()
/// ```
public struct Teacher: Sendable {
    /// The model.
    public let bundle: ModelBundle
    /// The texts without labels.
    public let unlabelled: [TextInput]
    /// The arithmetic in which it answers.
    public let precision: Precision

    /// An opened model as a teacher; in int8, its answers have the same bits on every processor.
    public init(_ bundle: ModelBundle, unlabelled: [TextInput] = [], precision: Precision = .int8) {
        (self.bundle, self.unlabelled, self.precision) = (bundle, unlabelled, precision)
    }

    /// The same with the texts of a set without labels.
    public init(_ bundle: ModelBundle, unlabelled: UnlabelledTexts?, precision: Precision = .int8) {
        let texts = unlabelled?.texts.map { TextInput($0.text, pair: $0.pair) } ?? []
        self.init(bundle, unlabelled: texts, precision: precision)
    }

    /// For each label of a student the place of the teacher's logit; throws `TeacherError` for a teacher of another task or
    /// other labels, whose order does not matter.
    public func places(for student: TargetKind) throws(TeacherError) -> [Int] {
        guard let head = bundle.checkpoint.head.classification, let own = try? head.targetKind(separator: nil) else {
            throw .noClassifier(architecture: bundle.checkpoint.head.architectureName)
        }
        switch (student, own) {
        case (.number, .number): return [0]
        case (.label(let wanted), .label(let known)), (.labels(let wanted, _), .labels(let known, _)):
            let places = Dictionary(uniqueKeysWithValues: zip(known.names, known.names.indices))
            let missing = wanted.names.filter { places[$0] == nil }
            let foreign = Set(known.names).subtracting(wanted.names)
            guard missing.isEmpty, foreign.isEmpty else {
                throw .otherLabels(missing: missing, foreign: known.names.filter(foreign.contains))
            }
            return wanted.names.compactMap { places[$0] }
        default: throw .otherTask(teacher: own.answer, student: student.answer)
        }
    }

    /// Answers the examples to learn, then the texts without labels.
    ///
    /// Throws `TeacherError`, and what `TextClassifier` throws.
    /// - Parameter progress: is told now and then how many texts of how many are answered.
    func answers(
        _ examples: TrainingExamples, pool: WorkerPool, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> TeacherAnswers {
        let places = try places(for: examples.kind)
        let texts = examples.train.map(\.input) + unlabelled
        let classifier = try TextClassifier(bundle, precision: precision, on: ThreadPool(workers: pool))
        var logits: [[Float]] = []
        logits.reserveCapacity(texts.count)
        for start in stride(from: 0, to: texts.count, by: Teacher.textsAtATime) {
            progress(start, texts.count)
            let part = texts[start..<min(start + Teacher.textsAtATime, texts.count)]
            for answer in try classifier.classify(Array(part)) {
                guard answer.logits.allSatisfy(\.isFinite) else { throw TeacherError.notFinite(text: logits.count + 1) }
                logits.append(places.map { answer.logits[$0] })
            }
        }
        progress(texts.count, texts.count)
        return TeacherAnswers(
            logits: logits, unlabelled: unlabelled, blocks: bundle.checkpoint.config.layerCount, precision: precision)
    }

    /// Enough to fill every thread's batches, few enough to be heard of often.
    private static let textsAtATime = 512
}

/// What a teacher says of a training's texts.
struct TeacherAnswers: Sendable {
    /// The logits of the examples to learn, then of the texts without labels, in the order of the student's labels.
    let logits: [[Float]]
    /// The texts without labels.
    let unlabelled: [TextInput]
    /// The teacher's blocks.
    let blocks: Int
    /// The arithmetic in which it answered.
    let precision: Precision

    /// A hash of the logits.
    var digest: String {
        hexDigits(
            logits.reduce(UInt64(logits.count)) { hash, row in
                unsafe row.withUnsafeBytes { unsafe xxh64($0, seed: hash) }
            })
    }

    /// What a file says of them: no path, no time.
    var facts: JSONObject {
        [
            "blocks": .integer(blocks), "precision": .string(precision.rawValue),
            "unlabelledTexts": .integer(unlabelled.count), "answers": .string(digest),
        ]
    }
}

extension TargetKind {
    /// What a model of this kind says of a text.
    fileprivate var answer: String {
        switch self {
        case .label: "one label"
        case .labels: "any number of labels"
        case .number: "a number"
        }
    }
}
