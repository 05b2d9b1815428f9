// What is done to a text before it is split: the part that `tokenizer.json` calls its normalizer. Not here: doing it,
// which is the aligned normalizer's and, faster, the scalar table's.

/// Steps that make texts alike, each on or off, in the order of their properties; a file without a normalizer has none.
public struct Normalizer: Sendable, Equatable {
    /// Remove control characters and turn all white space into spaces.
    public var cleansText = true
    /// Put spaces around CJK ideographs.
    public var separatesCJK = true
    /// Remove accents; nil follows `lowercases`.
    public var stripsAccents: Bool?
    /// Lower-case the text.
    public var lowercases = true
    /// Other normalizers, one after another, for models that cut words by steps; WordPiece has none.
    public var steps: [NormalizerStep] = []

    /// All steps, as transformers' BertTokenizer takes them unless it is told otherwise.
    public init() {}

    /// No step at all.
    static let none = {
        var normalizer = Normalizer()
        (normalizer.cleansText, normalizer.separatesCJK, normalizer.lowercases) = (false, false, false)
        return normalizer
    }()

    /// Whether none of BERT's switches is on.
    var isPlain: Bool { !cleansText && !separatesCJK && !lowercases && !effectivelyStripsAccents }

    /// What valid UTF-8 is after normalization, as a function: made once for many texts.
    func normalizing() -> ([UInt8]) -> [UInt8] {
        if steps.isEmpty {
            return { AlignedNormalizer.normalize($0.span, 0..<$0.count, firstSource: 0, self).bytes }
        }
        let normalizer = StepNormalizer(steps)
        return { normalizer.aligned($0.span, 0..<$0.count, firstSource: 0).bytes }
    }

    /// Whether accents are removed, with the default applied.
    var effectivelyStripsAccents: Bool { stripsAccents ?? lowercases }
}
