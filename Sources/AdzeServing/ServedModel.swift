// A model that a server answers with: its name, its hash, and what may be asked of it. Not here: protocols, and which
// models there are.

public import Adze
internal import AdzeBytes
internal import AdzeModels

/// An answer with what it took.
public struct Served<Answer: Sendable>: Sendable {
    /// The answers, in the order of the texts.
    public let answers: [Answer]
    /// Tokens of all texts, the frame's among them, as the model ran them.
    public let tokenCount: Int
    /// How long the request waited for its pass.
    public let waited: Duration
    /// How long the pass took that it was in.
    public let ran: Duration
}

/// A model in memory behind a queue.
///
/// Answers are bit for bit those of `TextClassifier`, `TextReranker` and `TextEmbedder`, whatever ran in the same pass.
/// Thread-safe.
public final class ServedModel: Sendable {
    /// What a model is for.
    public enum Task: String, Sendable {
        case classifier, reranker, embedding
    }

    /// The name that clients call it by.
    public let name: String
    /// Where it was opened.
    public let path: String
    /// SHA-256 of its file; of a folder, of the list of its files with theirs.
    public let hash: String
    /// The arithmetic it runs in.
    public let precision: Precision
    /// What a user should hear of.
    public let notes: [String]
    /// What `adze inspect --json` says of it.
    public let facts: JSONObject
    let stepped: SteppedModel
    private let batcher: Batcher
    private let metrics: ServerMetrics

    init(
        _ request: ModelRequest, precision: Precision, on pool: ThreadPool, batcher: Batcher, metrics: ServerMetrics
    ) throws {
        (name, path, self.precision) = (request.name, request.path, precision)
        (self.batcher, self.metrics) = (batcher, metrics)
        let bundle = try ModelBundle(path: ServedModel.file(in: path))
        notes = bundle.notes
        facts = bundle.inspection()
        do {
            stepped = try SteppedModel(bundle, precision: precision, on: pool)
        } catch let error as any AdzeFailure {
            throw LocatedError(path: path, underlying: error)
        }
        hash = try ModelHash.of(path: bundle.source.path)
    }

    /// A path, or for a folder that holds one `.adze` file and no `config.json`, as a mounted volume does, that file.
    private static func file(in path: String) -> String {
        guard BundledModel.isFolder(path), !pathExists(path + "/config.json"), let names = try? folderEntries(path)
        else {
            return path
        }
        let files = names.filter { $0.hasSuffix(".adze") }
        return files.count == 1 ? path + "/" + files[0] : path
    }

    /// What the model is for.
    public var task: Task {
        switch stepped {
        case .classifier: .classifier
        case .reranker: .reranker
        case .embedder: .embedding
        }
    }

    /// The names of the labels, in the model's order; empty for an encoder.
    public var labels: [String] { classifier?.labels ?? [] }

    /// The most tokens of one input.
    public var maximumLength: Int { stepped.maximumLength }

    private var classifier: TextClassifier? {
        switch stepped {
        case .classifier(let model), .reranker(_, let model): model
        case .embedder: nil
        }
    }

    /// Classifies texts; throws `ServingError.wrongModel` for an encoder.
    ///
    /// `truncate` false refuses texts of more tokens than the model takes.
    public func classify(_ texts: [TextInput], truncate: Bool = true) async throws -> Served<Classification> {
        guard let classifier else {
            throw ServingError.wrongModel("\(quoted(name)) has no classifier; it makes sentence vectors")
        }
        let prepared = try texts.map { try checked(stepped.prepare($0), truncate) }
        return try await run(prepared) { logits, text in
            classifier.classification(logits, topK: classifier.labels.count, truncated: text.truncatedTokenCount)
        }
    }

    /// The scores of texts for a query, in the order of the texts; throws `ServingError.wrongModel` for another model than
    /// a reranker.
    public func scores(
        _ texts: [String], for query: String, truncate: Bool = true
    ) async throws -> Served<(score: Double, logit: Float)> {
        guard case .reranker(let reranker, _) = stepped else {
            throw ServingError.wrongModel("\(quoted(name)) is no reranker, which has one label")
        }
        let prepared = try reranker.prepare(texts, for: query).map { try checked($0, truncate) }
        return try await run(prepared) { logits, _ in (reranker.score(logits[0][0]), logits[0][0]) }
    }

    /// The sentence vectors of texts; throws `ServingError.wrongModel` for a classifier.
    ///
    /// `normalize` nil leaves the length to the model's own files.
    public func embed(
        _ texts: [String], normalize: Bool? = nil, truncate: Bool = true
    ) async throws -> Served<[Float]> {
        guard case .embedder(let embedder) = stepped else {
            throw ServingError.wrongModel("\(quoted(name)) is a \(task.rawValue); it makes no sentence vectors")
        }
        let prepared = try texts.map { try checked(stepped.prepare(TextInput($0)), truncate) }
        return try await run(prepared) { vectors, _ in embedder.scaled(vectors[0], normalize) }
    }

    /// How many numbers a sentence vector has; nil for a classifier.
    public var dimensions: Int? {
        guard case .embedder(let embedder) = stepped, let hidden = facts["shape"]?["hidden"]?.integer else {
            return nil
        }
        guard case .tokens(let poolings) = embedder.defaultPooling else { return hidden }
        return hidden * poolings.count
    }

    /// How tokens' vectors become one, as sentence-transformers calls it: `mean`, `cls`, or several joined by `+`.
    public var pooling: String {
        guard case .embedder(let embedder) = stepped, case .tokens(let poolings) = embedder.defaultPooling else {
            return "mean"
        }
        return poolings.map(\.rawValue).joined(separator: "+")
    }

    /// A token of a text.
    public struct Token: Sendable {
        /// Its row in the vocabulary.
        public let id: Int
        /// As the vocabulary has it.
        public let text: String
        /// Whether it is of the frame.
        public let isSpecial: Bool
        /// Unicode scalars of the text, from and to; nil for tokens of the frame.
        public let range: Range<Int>?
    }

    /// The tokens of a text, none cut off.
    public func tokens(of text: String, withFrame: Bool = true) -> [Token] {
        let encoding = stepped.tokenizer.encode(text, maximumLength: .max, truncation: .doNotTruncate, offsets: true)
        let vocabulary = stepped.tokenizer.vocabulary
        return encoding.ids.indices.compactMap { index in
            let isSpecial = encoding.specialTokensMask[index]
            if isSpecial, !withFrame { return nil }
            let id = Int(encoding.ids[index])
            return Token(
                id: id, text: vocabulary.token(id) ?? "", isSpecial: isSpecial,
                range: isSpecial ? nil : encoding.offsets[index])
        }
    }

    private func checked(_ prepared: PreparedInputs, _ truncate: Bool) throws -> PreparedInputs {
        guard truncate || prepared.truncatedTokenCount == 0 else {
            let given = prepared.tokenCount + prepared.truncatedTokenCount
            throw ServingError.tooLarge(
                "an input has \(given) tokens, the model takes \(maximumLength); shorten it, or say \"truncate\": true")
        }
        return prepared
    }

    private func run<Answer: Sendable>(
        _ prepared: [PreparedInputs], _ answer: ([[Float]], PreparedInputs) -> Answer
    ) async throws -> Served<Answer> {
        let inputs = prepared.flatMap(\.inputs)
        guard !inputs.isEmpty else { return Served(answers: [], tokenCount: 0, waited: .zero, ran: .zero) }
        let outcome = try await batcher.run(inputs, of: self)
        // JSON cannot write what a damaged model gives.
        guard outcome.outputs.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw ServingError.failed("the model's outputs are not finite; its weights are damaged")
        }
        metrics.answered(name, texts: prepared.count, waited: outcome.waited)
        var rest = outcome.outputs[...]
        let answers = prepared.map { text in
            defer { rest = rest.dropFirst(text.inputs.count) }
            return answer(Array(rest.prefix(text.inputs.count)), text)
        }
        return Served(
            answers: answers, tokenCount: inputs.reduce(0) { $0 + $1.ids.count }, waited: outcome.waited,
            ran: outcome.ran)
    }
}
