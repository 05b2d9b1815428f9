// Texts in, vectors out. Pooling and normalisation are the model's own unless the caller chooses.

public import AdzeHuggingFace
public import AdzeModels
internal import AdzeTokenization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// How the vectors of a text's tokens become one.
public enum Pooling: Sendable, Equatable {
    /// The pooler's output, as BERT was trained to give.
    case pooled
    /// Poolings of the last hidden state, concatenated.
    case tokens([SentencePooling])
}

/// A sentence encoder in memory.
///
/// Thread-safe; calls from several threads take turns.
public final class TextEmbedder: Sendable {
    /// The most tokens of one input.
    public let maximumLength: Int
    /// The pooling that the model asks for: its sentence-transformers recipe, else the mean.
    public let defaultPooling: Pooling
    /// Whether vectors are scaled to length 1 unless the caller says otherwise.
    public let normalizesByDefault: Bool
    private let recipe: SentenceRecipe?
    let tokenizer: Tokenizer
    private let engine: Engine
    /// The shape of the encoder.
    var shape: EncoderShape { engine.model.config }

    /// Opens a model and loads its weights; throws as `TextClassifier.init(contentsOf:)` does.
    public convenience init(contentsOf url: URL, precision: Precision = .fp32, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model.
    public convenience init(_ bundle: ModelBundle, precision: Precision = .fp32, threads: Int? = nil) throws {
        try self.init(bundle, precision: precision, on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    public init(_ bundle: ModelBundle, precision: Precision = .fp32, on pool: ThreadPool) throws {
        recipe = bundle.sentenceRecipe
        let own = try bundle.requireTokenizer()
        tokenizer = recipe?.lowercaseFirst == true ? try own.lowercasing() : own
        maximumLength = min(
            recipe?.maximumSequenceLength ?? bundle.maximumLength, bundle.checkpoint.config.tokenLimit)
        defaultPooling = .tokens(recipe?.poolings ?? [.mean])
        normalizesByDefault = recipe?.normalize ?? false
        engine = try Engine(bundle, precision: precision, encoderOnly: true, pool: pool.workers)
    }

    /// The vector of each text, in their order.
    ///
    /// Throws `CheckpointError.noPooler` where `.pooled` is asked of a model without one, and
    /// `TokenizerError.impossibleBudget` where the length leaves no room for a text.
    public func embed(
        _ texts: [String], pooling: Pooling? = nil, normalize: Bool? = nil, maximumLength: Int? = nil
    ) throws -> [[Float]] {
        try vectors(
            try encode(texts, maximumLength: maximumLength), pooling: pooling ?? defaultPooling,
            scales: normalize ?? normalizesByDefault)
    }

    /// The vector of each input, in their order.
    func vectors(_ inputs: [TokenSequence], pooling: Pooling, scales: Bool) throws -> [[Float]] {
        let wish: OutputRequest =
            switch pooling {
            case .pooled: .pooled
            case .tokens([.cls]): .firstToken
            case .tokens: .sequence
            }
        return try engine.run(inputs, outputs: wish) { output in
            var vector =
                switch pooling {
                case .pooled: output.pooled
                case .tokens([.cls]): output.firstToken
                case .tokens(let poolings):
                    poolings.flatMap { pool(output.sequence, tokens: output.tokenCount, by: $0) }
                }
            if scales { scaleToUnitLength(&vector) }
            return vector
        }
    }

    /// The encoder's outputs for each text: last hidden state, pooled output, all hidden states, attention weights.
    public func run(_ texts: [String], outputs: OutputRequest, maximumLength: Int? = nil) throws -> [EncoderOutput] {
        try engine.run(try encode(texts, maximumLength: maximumLength), outputs: outputs)
    }

    /// The tokens of each text as the model takes them.
    public func encode(_ texts: [String], maximumLength: Int? = nil) throws -> [TokenSequence] {
        let limit = min(maximumLength ?? self.maximumLength, self.maximumLength)
        return try engine.map(texts.count) { TokenSequence(try encoding(texts[$0], maximumLength: limit)) }
    }

    /// The tokens of one text, behind the model's prompt where it has one.
    func encoding(_ text: String, maximumLength: Int) throws -> Encoding {
        let prompted = (recipe?.defaultPrompt ?? "") + text
        return try tokenizer.encodeLong(prompted, maximumLength: maximumLength, strategy: tokenizer.longText)[0]
    }
}

/// One pooling of hidden states (T, H), summed in double precision, token by token.
private func pool(_ hidden: [Float], tokens: Int, by pooling: SentencePooling) -> [Float] {
    let size = hidden.count / tokens
    func weighted(_ weight: (Int) -> Double, over total: Double) -> [Float] {
        var sums = [Double](repeating: 0, count: size)
        for token in 0..<tokens {
            let factor = weight(token)
            for index in 0..<size { sums[index] += factor * Double(hidden[token * size + index]) }
        }
        return sums.map { Float($0 / total) }
    }
    let count = Double(tokens)
    return switch pooling {
    case .cls: Array(hidden.prefix(size))
    case .lastToken: Array(hidden.suffix(size))
    case .max: (0..<size).map { index in (0..<tokens).reduce(-Float.infinity) { max($0, hidden[$1 * size + index]) } }
    case .mean: weighted({ _ in 1 }, over: count)
    case .meanSqrtLength: weighted({ _ in 1 }, over: count.squareRoot())
    case .weightedMean: weighted({ Double($0 + 1) }, over: count * (count + 1) / 2)
    }
}

/// Divides by the Euclidean length, or by 1e-12 where that is shorter, as PyTorch's `normalize` does.
func scaleToUnitLength(_ vector: inout [Float]) {
    let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    for index in vector.indices { vector[index] = Float(Double(vector[index]) / max(length, 1e-12)) }
}
