// Texts with masked words in, candidates for each out. What is computed is what transformers' fill-mask pipeline does.

internal import AdzeBytes
internal import AdzeModels
internal import AdzeTokenization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a model proposes for the masked words of one text.
public struct FilledText: Sendable, Equatable {
    /// One token in the place of a mask.
    public struct Candidate: Sendable {
        /// The token's id.
        public let token: Int
        /// The token as text; a piece that continues a word keeps its prefix.
        public let text: String
        /// Its probability among all tokens, the other masks being open.
        public let score: Double
        let origin: CandidateOrigin
        /// The whole text with this mask filled, decoded; with several masks, the special tokens stand in it too.
        ///
        /// Written when it is asked for: a text full of masks has thousands of candidates.
        /// - Complexity: O(tokens of the text).
        public var sequence: String {
            switch origin {
            case .mask(let text, let position): text.filled(at: position, by: token)
            case .written(let sequence): sequence
            }
        }
    }

    /// For each mask, in order, its candidates, best first.
    public let masks: [[Candidate]]
    /// Tokens that did not fit and were cut off.
    public let truncatedTokenCount: Int
}

extension FilledText.Candidate: Equatable {
    /// Whether all that they say is the same.
    public static func == (a: Self, b: Self) -> Bool {
        (a.token, a.text, a.score) == (b.token, b.text, b.score) && a.sequence == b.sequence
    }
}

/// A masked language model in memory.
///
/// ```swift
/// let filler = try MaskFiller(contentsOf: URL(filePath: "bert.adze"))
/// for candidate in try filler.fill("The [MASK] was cut.").masks[0] { print(candidate.text, candidate.score) }
/// ```
/// Thread-safe; calls from several threads take turns.
public final class MaskFiller: Sendable {
    /// The token that marks a missing word.
    public let maskToken: String
    private let maskID: Int32
    private let vocabularySize: Int
    private let model: LoadedModel

    /// The most tokens of one input.
    public var maximumLength: Int { model.maximumLength }

    /// Opens a model and loads its weights; throws as `TextClassifier.init(contentsOf:)` does.
    public convenience init(contentsOf url: URL, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model; throws `BundleError.wrongHead` for one without a vocabulary projection, and
    /// `TaskError.noMaskToken`.
    public convenience init(_ bundle: ModelBundle, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(bundle, precision: precision, on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    public init(_ bundle: ModelBundle, precision: Precision = .int8, on pool: ThreadPool) throws {
        guard bundle.checkpoint.head.decoder != nil else {
            throw BundleError.wrongHead(bundle.checkpoint.head.architectureName, lacks: "fills no masks")
        }
        let tokenizer = try bundle.requireTokenizer()
        guard let maskID = tokenizer.maskID, let token = tokenizer.vocabulary.token(Int(maskID)) else {
            throw TaskError.noMaskToken
        }
        self.maskID = maskID
        maskToken = token
        vocabularySize = bundle.checkpoint.config.vocabularySize
        model = try LoadedModel(bundle, precision: precision, on: pool)
    }

    /// Words that alone may fill a mask.
    public struct Targets: Sendable, Equatable {
        let ids: [Int32]
        /// What a user should hear of: words that are no token, and what stands for them.
        public let notes: [String]
    }

    /// Looks words up: the token of that name, else the first token of the word as the tokenizer cuts it.
    ///
    /// Throws `TaskError.noTargets` where no word gives a token.
    public func targets(_ words: [String]) throws(TaskError) -> Targets {
        var (ids, notes): ([Int32], [String]) = ([], [])
        for word in words {
            var id = model.tokenizer.vocabulary.id(of: word).map(Int32.init)
            if id == nil {
                id = model.tokenizer.ids(of: word).first
                let stand = id.flatMap { model.tokenizer.vocabulary.token(Int($0)) }
                notes.append(
                    "the target \(quoted(word, limit: 40)) is no token; "
                        + (stand.map { "\(quoted($0, limit: 40)) stands for it" } ?? "it is left out"))
            }
            if let id, !ids.contains(id) { ids.append(id) }
        }
        guard !ids.isEmpty else { throw .noTargets }
        return Targets(ids: ids, notes: notes)
    }

    /// Proposes tokens for every mask of each text, in their order.
    ///
    /// Throws `TaskError.noWindows` for windows, and `TokenizerError.impossibleBudget` where `options` leave no room for
    /// any text. A text without a mask is a `TextProblem` of its own.
    /// - Parameter topK: how many candidates of each mask are wanted, best first; equal ones in the order of their ids.
    /// - Parameter targets: the only candidates; their probabilities stay those among all tokens.
    public func fill(
        _ texts: [TextInput], topK: Int = 5, targets: Targets? = nil, options: TextOptions = TextOptions()
    ) throws -> [Result<FilledText, TextProblem>] {
        if case .window = options.longText { throw TaskError.noWindows(what: "masked words") }
        var rest = try model.map(texts) { try self.masked($0, options) }[...]
        var results: [Result<FilledText, TextProblem>] = []
        while !rest.isEmpty {
            var (count, masks) = (0, 0)
            while count < rest.count, count == 0 || masks * vocabularySize < MaskFiller.logitBudget {
                if case .success(let text) = rest[rest.startIndex + count] { masks += text.positions.count }
                count += 1
            }
            results += try fill(Array(rest.prefix(count)), topK: topK, targets: targets)
            rest = rest.dropFirst(count)
        }
        return results
    }

    /// Proposes tokens for every mask of one text; throws its `TextProblem` too.
    public func fill(_ text: String, topK: Int = 5) throws -> FilledText {
        try fill([TextInput(text)], topK: topK)[0].get()
    }

    /// Logits held at a time where one text has not more: 64 MB.
    private static let logitBudget = 16 << 20
}

// MARK: - Steps

/// What a candidate's whole text is made of.
enum CandidateOrigin: Sendable {
    /// A mask of a text that its candidates share.
    case mask(OpenText, position: Int)
    /// It was read from where another process wrote it.
    case written(String)
}

/// The tokens of a text with open masks, kept once for all candidates.
final class OpenText: Sendable {
    private let ids: [Int32]
    private let hasOneMask: Bool
    private let tokenizer: Tokenizer

    init(_ ids: [Int32], hasOneMask: Bool, _ tokenizer: Tokenizer) {
        (self.ids, self.hasOneMask, self.tokenizer) = (ids, hasOneMask, tokenizer)
    }

    func filled(at position: Int, by token: Int) -> String {
        var ids = ids
        ids[position] = Int32(token)
        // Padding that stands in a text is left out, and the frame where no other mask would go with it.
        ids.removeAll { $0 == tokenizer.paddingID }
        return tokenizer.string(of: ids, skippingSpecialTokens: hasOneMask)
    }
}

/// The tokens of a text and where its masks are.
private struct MaskedText: Sendable {
    let encoding: Encoding
    let positions: [Int]

    /// The text with each mask filled by each of its choices.
    func filled(by choices: [[TokenChoice]], _ tokenizer: Tokenizer) -> FilledText {
        let text = OpenText(encoding.ids, hasOneMask: positions.count == 1, tokenizer)
        let masks = zip(positions, choices).map { position, choices in
            choices.map { choice in
                FilledText.Candidate(
                    token: choice.id, text: tokenizer.string(of: [Int32(choice.id)]), score: choice.score,
                    origin: .mask(text, position: position))
            }
        }
        return FilledText(masks: masks, truncatedTokenCount: encoding.truncatedTokenCount)
    }
}

extension MaskFiller {
    private func masked(_ text: TextInput, _ options: TextOptions) throws -> Result<MaskedText, TextProblem> {
        let limit = model.limit(options.maximumLength)
        let encoding = try model.tokenizer.encodeLong(
            text.text, pair: text.pair, maximumLength: limit,
            strategy: options.longText ?? model.tokenizer.longText)[0]
        let positions = encoding.ids.indices.filter { encoding.ids[$0] == maskID }
        if !positions.isEmpty { return .success(MaskedText(encoding: encoding, positions: positions)) }
        let hadOne =
            encoding.wasTruncated
            && (model.tokenizer.ids(of: text.text).contains(maskID)
                || text.pair.map { model.tokenizer.ids(of: $0).contains(maskID) } ?? false)
        return .failure(hadOne ? .maskCutOff(token: maskToken, limit: limit) : .noMask(token: maskToken))
    }

    private func fill(
        _ texts: [Result<MaskedText, TextProblem>], topK: Int, targets: Targets?
    ) throws -> [Result<FilledText, TextProblem>] {
        let runnable = texts.map { try? $0.get() }
        let chooser = TokenChooser(count: topK, targets: targets?.ids)
        let size = vocabularySize
        let choices = try model.run(
            runnable.map { $0.map { [$0.encoding] } ?? [] }, outputs: .vocabularyLogits,
            positions: runnable.compactMap { $0?.positions }
        ) { chooser.choose($0.vocabularyLogits, vocabularySize: size) }
        return try model.map(Array(texts.indices)) { [model] index in
            texts[index].flatMap { text in
                guard let choices = choices[index].first.flatMap(\.self) else { return .failure(.notFinite) }
                return .success(text.filled(by: choices, model.tokenizer))
            }
        }
    }
}

/// A token in the place of a mask, and its probability.
struct TokenChoice: Sendable {
    let id: Int
    let score: Double
}

/// Finds the best tokens of each mask from its logits.
struct TokenChooser: Sendable {
    /// How many are wanted.
    let count: Int
    /// The only ones that count; nil is all.
    let targets: [Int32]?

    /// The best tokens at each of P masks with logits (P, V), best first and equal ones by their ids; nil where a logit is
    /// no number.
    ///
    /// An embedding may have more rows than the vocabulary has tokens: they are candidates too, as for the library.
    func choose(_ logits: [Float], vocabularySize: Int) -> [[TokenChoice]]? {
        guard logits.allSatisfy(\.isFinite) else { return nil }
        return stride(from: 0, to: logits.count, by: vocabularySize).map { start in
            let scores = softmax(logits[start..<start + vocabularySize])
            let ids = targets.map { $0.map(Int.init) } ?? Array(scores.indices)
            return best(ids) { (scores[$0], $1) > (scores[$1], $0) }.map { TokenChoice(id: $0, score: scores[$0]) }
        }
    }

    /// The first in order, without sorting all where few are wanted.
    private func best(_ ids: [Int], by precedes: (Int, Int) -> Bool) -> [Int] {
        let count = max(1, count)
        guard count < ids.count / 8 else { return Array(ids.sorted(by: precedes).prefix(count)) }
        var best: [Int] = []
        for id in ids {
            if best.count == count {
                guard let last = best.last, precedes(id, last) else { continue }
                best.removeLast()
            }
            best.insert(id, at: best.firstIndex { precedes(id, $0) } ?? best.count)
        }
        return best
    }
}
