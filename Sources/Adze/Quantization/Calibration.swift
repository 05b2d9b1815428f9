// Choice of the texts that smoothing is calibrated on, and how the written file records them. Not here: the sentences
// that ship with Adze, which are `CalibrationTexts`, and the measuring, which is `SmoothingCalibration`.

internal import AdzeBytes
internal import AdzeModels
internal import AdzeTokenization

/// Texts that show how far the channels of a model reach.
///
/// However many texts are added, at most `textLimit` are kept, at even steps over all of them, and of those at most
/// `tokenLimit` tokens are read: the same texts give the same choice.
public struct Calibration: Sendable {
    /// The most texts that are read.
    public static let textLimit = 512
    /// The most tokens that are read, over all texts.
    public static let tokenLimit = 16_384
    /// The most tokens of one text: longer ones say little more about how far channels reach.
    public static let lengthLimit = 128
    /// The most characters that are kept of a text: far more than its first tokens need.
    private static let characterLimit = 8192

    /// The sentences that ship with Adze.
    public static let builtIn: Calibration = {
        var calibration = Calibration()
        calibration.isBuiltIn = true
        for text in CalibrationTexts.all { calibration.add(TextInput(text)) }
        return calibration
    }()

    /// Whether these are the sentences that ship with Adze.
    public private(set) var isBuiltIn = false
    /// The texts that were added.
    public private(set) var count = 0
    private var kept: [TextInput] = []
    private var step = 1

    /// No texts; `add` them.
    public init() {}

    /// Adds a text, or a pair of texts.
    public mutating func add(_ input: TextInput) {
        defer { count += 1 }
        guard count.isMultiple(of: step) else { return }
        func cut(_ text: String) -> String {
            text.utf8.count <= Calibration.characterLimit ? text : String(text.prefix(Calibration.characterLimit))
        }
        kept.append(TextInput(cut(input.text), pair: input.pair.map(cut)))
        guard kept.count > Calibration.textLimit else { return }
        kept = stride(from: 0, to: kept.count, by: 2).map { kept[$0] }
        step *= 2
    }

    /// What is read of the texts by a model, and what a file says of them.
    struct Sample {
        let sequences: [TokenSequence]
        let description: JSONObject
    }

    /// The texts' tokens; nil without a tokenizer, which only the built-in sentences may lack.
    ///
    /// Throws `BundleError.noCalibrationTokens` where texts of the user's have no token, and `.noTokenizer`.
    func sample(_ tokenizer: Tokenizer?, _ config: EncoderShape) throws(BundleError) -> Sample? {
        guard let tokenizer else {
            if isBuiltIn { return nil }
            throw .noTokenizer
        }
        let limit = min(config.tokenLimit, Calibration.lengthLimit)
        var used: [(text: TextInput, sequence: TokenSequence)] = []
        for text in kept {
            let (sequence, hasPair) = tokenizer.sequence(
                text.text, pair: text.pair, maximumLength: limit, for: config)
            // A text that says nothing shows nothing.
            guard !sequence.ids.isEmpty, !text.text.isEmpty || hasPair else { continue }
            used.append((text, sequence))
        }
        func tokens() -> Int { used.reduce(0) { $0 + $1.sequence.ids.count } }
        let step = max(1, (tokens() + Calibration.tokenLimit - 1) / Calibration.tokenLimit)
        used = stride(from: 0, to: used.count, by: step).map { used[$0] }
        while tokens() > Calibration.tokenLimit { used.removeLast() }
        guard !used.isEmpty else {
            if isBuiltIn { return nil }
            throw .noCalibrationTokens(texts: count)
        }
        var description: JSONObject = [
            "source": .string(isBuiltIn ? "built in" : "own texts"), "texts": .integer(used.count),
            "tokens": .integer(tokens()), "digest": .string(textDigest(used.map(\.text))),
        ]
        if !isBuiltIn { description["of"] = .integer(count) }
        return Sample(sequences: used.map(\.sequence), description: description)
    }
}

/// XXH64 of texts, each with its length before it, in hexadecimal: names a set of texts, and tells nothing of them.
func textDigest(_ texts: some Sequence<TextInput>) -> String {
    var hash: UInt64 = 0
    for input in texts {
        for text in [input.text, input.pair] {
            // What stands before decides the seed, so order counts, and no set is ever whole in memory twice.
            let bytes = Array((text.map { "\($0.utf8.count):" + $0 } ?? "-").utf8)
            hash = unsafe bytes.withUnsafeBytes { unsafe xxh64($0, seed: hash) }
        }
    }
    return "xxh64 " + hexDigits(hash)
}
