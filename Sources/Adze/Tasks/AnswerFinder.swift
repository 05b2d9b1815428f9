// Questions with contexts in, answers out. How logits become answers is `AnswerDecoder`.

internal import AdzeModels
internal import AdzeTokenization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A part of a context that answers a question.
public struct Answer: Sendable, Equatable {
    /// The part of the context; empty for the answer that there is none.
    public let text: String
    /// The probability of its start times that of its end; places with equal text add up, so that it may exceed 1.
    public let score: Double
    /// Its place in the context, in Unicode scalars.
    public let range: Range<Int>
}

/// The answers to one question.
public struct FoundAnswers: Sendable, Equatable {
    /// Best first; at least one.
    public let answers: [Answer]
    /// How many windows the context was read in.
    public let windowCount: Int
}

/// How answers are found.
public struct AnswerOptions: Sendable {
    /// How many answers of each question, best first.
    public var topK = 1
    /// The most tokens of an answer.
    public var maximumAnswerLength = 15
    /// Whether 'no answer' is one of the answers, as models trained on SQuAD 2 can give.
    public var allowsNoAnswer = false
    /// Whether answers are widened to whole words.
    public var alignsToWords = true
    /// The most tokens of question and window; nil takes 384, or the model's limit where that is less.
    public var maximumLength: Int?
    /// Tokens of the context that neighbouring windows share; nil takes 128, or half the length where that is less.
    public var stride: Int?

    /// The defaults of transformers' pipeline.
    public init() {}
}

/// A model that answers questions from a context, in memory.
///
/// ```swift
/// let finder = try AnswerFinder(contentsOf: URL(filePath: "squad.adze"))
/// print(try finder.answer("Who cut the oak?", from: "Anna Lund cut the oak in 1919.").text)
/// ```
/// Thread-safe; calls from several threads take turns.
public final class AnswerFinder: Sendable {
    private let model: LoadedModel

    /// The most windows over one context: more than a megabyte takes with the default length and stride. A long question
    /// can make windows that advance by one token: they would hold hundreds of times the context.
    public static let windowLimit = 8192
    /// Windows that are in memory at a time, where one context has not more.
    static let windowBudget = 4096

    /// The most tokens of one input.
    public var maximumLength: Int { model.maximumLength }

    /// Opens a model and loads its weights; throws as `TextClassifier.init(contentsOf:)` does.
    public convenience init(contentsOf url: URL, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model; throws `BundleError.wrongHead` for one that answers no questions.
    public convenience init(_ bundle: ModelBundle, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(bundle, precision: precision, on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    public init(_ bundle: ModelBundle, precision: Precision = .int8, on pool: ThreadPool) throws {
        guard bundle.checkpoint.head.task == .questionAnswering else {
            throw BundleError.wrongHead(bundle.checkpoint.head.architectureName, lacks: "answers no questions")
        }
        model = try LoadedModel(bundle, precision: precision, on: pool)
    }

    /// Answers questions, each the text of its input, from contexts, each the pair, in their order.
    ///
    /// Throws `TokenizerError.impossibleBudget` where `options` leave no room for any question. A question without a
    /// context, or too long a one, or a context of more than `windowLimit` windows, is a `TextProblem` of its own.
    public func answer(
        _ questions: [TextInput], options: AnswerOptions = AnswerOptions()
    ) throws -> [Result<FoundAnswers, TextProblem>] {
        try answer(questions, options: options, windowBudget: AnswerFinder.windowBudget)
    }

    func answer(
        _ questions: [TextInput], options: AnswerOptions, windowBudget: Int
    ) throws -> [Result<FoundAnswers, TextProblem>] {
        let limit = model.limit(options.maximumLength ?? 384)
        let stride = options.stride ?? min(limit / 2, 128)
        let windows = try model.map(questions) { try self.windows(of: $0, limit: limit, stride: stride) }
        let decoder = AnswerDecoder(classifierID: model.tokenizer.classifierID, options: options)
        var results: [Result<FoundAnswers, TextProblem>] = []
        while results.count < questions.count {
            let start = results.count
            var (end, count) = (start, 0)
            while end < questions.count {
                let more = (try? windows[end].get())?.count ?? 0
                if end > start, count + more > windowBudget { break }
                (end, count) = (end + 1, count + more)
            }
            results += try answer(Array(questions[start..<end]), Array(windows[start..<end]), decoder)
        }
        return results
    }

    /// The best answer to one question; throws its `TextProblem` too.
    public func answer(_ question: String, from context: String) throws -> Answer {
        try answer([TextInput(question, pair: context)])[0].get().answers[0]
    }

    private func answer(
        _ questions: [TextInput], _ windows: [Result<PairWindows, TextProblem>], _ decoder: AnswerDecoder
    ) throws -> [Result<FoundAnswers, TextProblem>] {
        let encodings = try model.map(windows) { windows in
            windows.map { windows in (0..<windows.count).map { windows[$0] } }
        }
        let logits = try model.run(
            encodings.map { (try? $0.get()) ?? [] }, outputs: .tokenLogits, take: \.tokenLogits)
        return try model.map(Array(questions.indices)) { index in
            encodings[index].flatMap { decoder.decode(questions[index].pair ?? "", $0, logits: logits[index]) }
        }
    }

    private func windows(
        of input: TextInput, limit: Int, stride: Int
    ) throws(TokenizerError) -> Result<PairWindows, TextProblem> {
        guard let context = input.pair else { return .failure(.noPair) }
        guard !input.text.isEmpty else { return .failure(.empty("question")) }
        guard !context.isEmpty else { return .failure(.empty("context")) }
        do {
            let windows = try model.tokenizer.pairWindows(
                input.text, pair: context, maximumLength: limit, stride: stride, offsets: true)
            guard windows.count <= AnswerFinder.windowLimit else {
                return .failure(.tooManyWindows(count: windows.count, limit: AnswerFinder.windowLimit))
            }
            return .success(windows)
        } catch {
            // Where a question of one token leaves no room either, it is not the question's fault.
            let frame = model.tokenizer.specialTokenCount(pair: true)
            guard case .impossibleBudget(_, let needed, _) = error, stride >= 0, limit - frame - 1 > stride else {
                throw error
            }
            return .failure(.questionTooLong(needed: needed, limit: limit))
        }
    }
}
