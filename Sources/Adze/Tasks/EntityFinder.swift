// Texts in, the entities in them out. How tokens become entities is `EntityDecoder`.

internal import AdzeModels
public import AdzeTokenization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// How the labels of tokens become entities, as in transformers' token-classification pipeline.
public enum EntityAggregation: String, Sendable, CaseIterable {
    /// Every token by itself, with its own label.
    case none
    /// Neighbours of one type are joined: `B-` begins an entity, `I-` and labels without either go on with it.
    case simple
    /// As `simple`, but a word has the label of its first token.
    case first
    /// As `simple`, but a word has the best label of its tokens' mean scores.
    case average
    /// As `simple`, but a word has the label of its most certain token.
    case max
}

/// A stretch of text with a label.
public struct Entity: Sendable, Equatable {
    /// The entity's type, without `B-` or `I-`; the label as it is for single tokens.
    public let label: String
    /// The mean probability of its tokens' labels, or of its words' where words have one label.
    public let score: Double
    /// Its tokens decoded, which may differ from the text in case, accents and spaces.
    public let word: String
    /// Its place in the text, in Unicode scalars.
    public let range: Range<Int>
    /// The token's place in the model's input, for single tokens; else nil.
    public let index: Int?
}

/// The entities of one text.
public struct FoundEntities: Sendable, Equatable {
    /// In the order of the text.
    public let entities: [Entity]
    /// Tokens that did not fit and were cut off.
    public let truncatedTokenCount: Int
}

/// How entities are found.
public struct EntityOptions: Sendable {
    /// How tokens are joined.
    public var aggregation = EntityAggregation.simple
    /// Labels, or types of joined entities, that are left out.
    public var ignoredLabels = ["O"]
    /// The most tokens of one input; nil takes the model's own limit, which is also the most that is allowed.
    public var maximumLength: Int?
    /// What happens to longer texts: `head`, `tail`, or windows, of whose overlapping entities the longer counts, and of
    /// equally long ones the more certain; nil keeps the side that the tokenizer's files keep.
    public var longText: LongText?

    /// Joined simply, `O` left out, the side of longer texts that the model's files keep.
    public init() {}
}

/// A token classifier in memory.
///
/// ```swift
/// let finder = try EntityFinder(contentsOf: URL(filePath: "ner.adze"))
/// for entity in try finder.find("Anna Lund lives in Oslo.").entities { print(entity.label, entity.word) }
/// ```
/// Thread-safe; calls from several threads take turns.
public final class EntityFinder: Sendable {
    /// The names of the labels, in the order of the logits.
    public let labels: [String]
    private let model: LoadedModel

    /// The most tokens of one input.
    public var maximumLength: Int { model.maximumLength }

    /// Opens a model and loads its weights; throws as `TextClassifier.init(contentsOf:)` does.
    public convenience init(contentsOf url: URL, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), precision: precision, threads: threads)
    }

    /// Loads the weights of an opened model; throws `BundleError.wrongHead` for one that labels no tokens.
    public convenience init(_ bundle: ModelBundle, precision: Precision = .int8, threads: Int? = nil) throws {
        try self.init(bundle, precision: precision, on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    public init(_ bundle: ModelBundle, precision: Precision = .int8, on pool: ThreadPool) throws {
        guard case .tokenClassification(let labels) = bundle.checkpoint.head.task else {
            throw BundleError.wrongHead(bundle.checkpoint.head.architectureName, lacks: "labels no tokens")
        }
        self.labels = labels
        model = try LoadedModel(bundle, precision: precision, on: pool)
    }

    /// Finds the entities of each text, in their order.
    ///
    /// Throws `TaskError.windowsNeedAggregation` and `.noGap` for options that contradict each other, and
    /// `TokenizerError.impossibleBudget` where they leave no room. A pair of texts is a `TextProblem` of its own.
    public func find(
        _ texts: [TextInput], options: EntityOptions = EntityOptions()
    ) throws -> [Result<FoundEntities, TextProblem>] {
        switch options.longText {
        case .window where options.aggregation == .none: throw TaskError.windowsNeedAggregation
        case .headAndTail, .headThenTail: throw TaskError.noGap
        default: break
        }
        let limit = model.limit(options.maximumLength)
        let encodings = try model.map(texts) { [model] input in
            guard input.pair == nil else { return [Encoding]() }
            return try model.tokenizer.encodeLong(
                input.text, maximumLength: limit, strategy: options.longText ?? model.tokenizer.longText,
                offsets: true)
        }
        let logits = try model.run(encodings, outputs: .tokenLogits, take: \.tokenLogits)
        let decoder = EntityDecoder(tokenizer: model.tokenizer, labels: labels, options: options)
        return try model.map(Array(texts.indices)) { index in
            guard !encodings[index].isEmpty else { return .failure(.unwantedPair) }
            return decoder.decode(texts[index].text, encodings[index], logits: logits[index])
        }
    }

    /// Finds the entities of one text; throws its `TextProblem` too.
    public func find(_ text: String, aggregation: EntityAggregation = .simple) throws -> FoundEntities {
        var options = EntityOptions()
        options.aggregation = aggregation
        return try find([TextInput(text)], options: options)[0].get()
    }
}
