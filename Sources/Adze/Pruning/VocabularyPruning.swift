// A model with a part of its vocabulary: the pieces that texts need, or that a script can; and the check that texts are cut
// as before. Not here: which pieces a text needs, which is the tokenizer's, nor the rows, which are the checkpoint's.

internal import AdzeBytes
internal import AdzeData
internal import AdzeModels
internal import AdzeThreads
public import AdzeTokenization

/// Which pieces of a model's vocabulary stay, and why.
public struct VocabularyChoice: Sendable {
    /// What a choice was made by.
    public enum Grounds: Sendable, Equatable {
        /// By so many texts.
        case texts(Int)
        /// By a script; no word of two of the pieces that stay is cut otherwise, and there are so many such words.
        case script(TextScript, pairs: Int)

        /// What a header says of it.
        var json: JSONObject {
            switch self {
            case .texts(let count): ["texts": .integer(count)]
            case .script(let script, _): ["script": .string(script.rawValue)]
            }
        }
    }

    /// The ids that stay.
    package private(set) var map: VocabularyMap
    /// What it was made by.
    public private(set) var grounds: Grounds
    /// The rows of the table of words beyond the vocabulary's last piece, which go in any case.
    public let surplusRows: Int

    /// How many pieces stay.
    public var keptCount: Int { map.count }
    /// Of how many.
    public var count: Int { map.oldCount }
    /// Whether the model stays as it is.
    public var dropsNothing: Bool { map.keepsAll && surplusRows == 0 }

    fileprivate init(_ bundle: ModelBundle, _ tokenizer: Tokenizer, ids: [Int], _ grounds: Grounds) {
        let shape = bundle.checkpoint.config
        map = VocabularyMap(keeping: ids + shape.requiredWords, of: tokenizer.vocabulary.count)
        self.grounds = grounds
        surplusRows = shape.vocabularySize - tokenizer.vocabulary.count
    }

    /// The pieces that any of some choices keeps, each made by texts and for the same model; at least one.
    public func joined(with others: [VocabularyChoice]) -> VocabularyChoice {
        var joined = self
        for other in others {
            guard case .texts(let count) = joined.grounds, case .texts(let more) = other.grounds else {
                preconditionFailure("only choices by texts are joined")
            }
            joined.map = VocabularyMap(keeping: joined.map.kept + other.map.kept, of: map.oldCount)
            joined.grounds = .texts(count + more)
        }
        return joined
    }
}

extension ModelBundle {
    /// The pieces that texts of a script can need, with special and added tokens.
    ///
    /// Throws `BundleError.noTokenizer`, `.paddingWithoutToken`, and `.scriptOfSubwords` for byte pairs and unigram, of whose
    /// pieces it is not known.
    /// - Complexity: O(bytes of the tokens).
    public func vocabulary(of script: TextScript) throws -> VocabularyChoice {
        let tokenizer = try prunableTokenizer()
        guard tokenizer.knowsScripts else {
            throw LocatedError(path: source.path, underlying: BundleError.scriptOfSubwords(script.rawValue))
        }
        let ids = tokenizer.ids(of: script, and: checkpoint.config.requiredWords)
        guard let pairs = tokenizer.unchangedPairs(VocabularyMap(keeping: ids, of: tokenizer.vocabulary.count)) else {
            preconditionFailure("what goes has a character that nothing which stays has, or no word holds it")
        }
        return VocabularyChoice(self, tokenizer, ids: ids, .script(script, pairs: pairs))
    }

    /// The model with the pieces of a choice alone: its tokenizer, and of every parameter with a row for each word the rows
    /// of these, with the bits that they had.
    ///
    /// Weights get the codes of the model as it was, so that texts which are cut as before get the same logits bit for bit,
    /// in fp32 and in int8. The choice is one for this model, whatever blocks or heads it has lost. Throws
    /// `BundleError.noTokenizer` and `TokenizerError`.
    public func keeping(vocabulary choice: VocabularyChoice) throws -> ModelBundle {
        guard !choice.dropsNothing else { return self }
        return ModelBundle(
            self, checkpoint: checkpoint.keepingWords(choice.map),
            tokenizer: try requireTokenizer().keeping(choice.map),
            edit: .keptPieces(choice.keptCount, of: choice.count, choice.grounds),
            uncut: UncutModel(self, choice.map))
    }

    /// The tokenizer, where its ids are those of the model's rows.
    fileprivate func prunableTokenizer() throws -> Tokenizer {
        let tokenizer = try requireTokenizer()
        for id in checkpoint.config.requiredWords where id >= tokenizer.vocabulary.count {
            throw LocatedError(
                path: source.path,
                underlying: BundleError.paddingWithoutToken(id: id, tokens: tokenizer.vocabulary.count))
        }
        return tokenizer
    }
}

/// A model before its vocabulary was cut down.
final class UncutModel: Sendable {
    private let bundle: ModelBundle
    private let map: VocabularyMap

    init(_ bundle: ModelBundle, _ map: VocabularyMap) { (self.bundle, self.map) = (bundle, map) }

    /// How its weights are quantized, as far as they are left: as its file has them, else as some texts say, whose pieces
    /// may have gone.
    func plan(_ calibration: Calibration, pool: WorkerPool) throws -> QuantizationPlan {
        var plan =
            if calibration.isBuiltIn, bundle.hasInt8, let native = bundle.source.native {
                try native.plan(of: bundle.checkpoint)
            } else {
                try bundle.measuredPlan(calibration, pool: pool)
            }
        plan.outliers = plan.outliers.keepingWords(map, of: bundle.checkpoint.parameters)
        // What was measured of it held for other texts too.
        plan.report?["quality"] = nil
        return plan
    }
}

// MARK: - Texts

/// The pieces that texts need, text by text, in memory that does not grow with them.
public struct CorpusVocabulary: Sendable {
    private let bundle: ModelBundle
    private let tokenizer: Tokenizer
    private let ways: CuttingWays
    private var uses: [VocabularyUse]
    /// How many texts there were.
    public private(set) var textCount = 0

    /// No texts yet, for a model; throws `BundleError.noTokenizer`, `.paddingWithoutToken`, and as `cleaner()` does.
    public init(_ bundle: ModelBundle) throws {
        self.bundle = bundle
        tokenizer = try bundle.prunableTokenizer()
        ways = try CuttingWays(bundle, tokenizer)
        uses = ways.tokenizers.map(VocabularyUse.init)
    }

    /// Cuts a text, or a pair, as the model's verbs do, and notes what that needs.
    public mutating func add(_ input: TextInput) {
        textCount += 1
        ways.forEachText(of: input) { uses[$0].add($1) }
    }

    /// The pieces that stay: what the texts needed, special and added tokens, and single characters of ASCII and of the
    /// texts.
    ///
    /// Throws `BundleError.noCorpusTokens` for texts without a word, and `.foreignCorpus` where all words are unknown.
    public func choice() throws(BundleError) -> VocabularyChoice {
        let (tokens, unknown) = (uses[0].tokenCount, uses[0].unknownCount)
        guard tokens > 0 else { throw .noCorpusTokens(texts: textCount) }
        guard unknown < tokens else { throw .foreignCorpus(tokens: tokens) }
        return VocabularyChoice(bundle, tokenizer, ids: uses.flatMap(\.ids), .texts(textCount))
    }
}

/// The proof that texts are cut as before.
public struct VocabularyCheck: Sendable {
    private let map: VocabularyMap
    private let old: CuttingWays
    private let new: CuttingWays
    /// How many texts were checked.
    public private(set) var textCount = 0

    /// A check of a model's texts under a choice; throws as `keeping(vocabulary:)` does.
    public init(_ bundle: ModelBundle, _ choice: VocabularyChoice) throws {
        let tokenizer = try bundle.requireTokenizer()
        map = choice.map
        old = try CuttingWays(bundle, tokenizer)
        new = try CuttingWays(bundle, tokenizer.keeping(choice.map))
    }

    /// Cuts a text, or a pair, with all pieces and with those that stay.
    ///
    /// Throws `BundleError.changedCorpus` where that differs: a text was not among those that chose.
    public mutating func check(_ input: TextInput) throws(BundleError) {
        textCount += 1
        var isSame = true
        old.forEachText(of: input) { way, text in
            let (before, after) = (old.tokenizers[way].ids(of: text), new.tokenizers[way].ids(of: text))
            isSame =
                isSame && before.count == after.count
                && zip(before, after).allSatisfy { map[Int($0)] == Int($1) }
        }
        guard isSame else { throw .changedCorpus(text: textCount) }
    }
}

/// Every way in which a model's verbs cut a text: cleaned as it says, and where it has a recipe for sentence vectors, as that
/// lower-cases it and with its prompt in front.
private struct CuttingWays: Sendable {
    let tokenizers: [Tokenizer]
    private let prompts: [String]
    private let cleaner: TextCleaner?

    init(_ bundle: ModelBundle, _ tokenizer: Tokenizer) throws {
        cleaner = try bundle.cleaner()
        let recipe = bundle.sentenceRecipe
        let lower = recipe?.lowercaseFirst == true ? try tokenizer.lowercasing() : tokenizer
        let prompt = recipe?.defaultPrompt ?? ""
        let isPlain = lower === tokenizer && prompt.isEmpty
        (tokenizers, prompts) = isPlain ? ([tokenizer], [""]) : ([tokenizer, lower], ["", prompt])
    }

    /// Calls `body` with the number of a way and each text that is cut so.
    func forEachText(of input: TextInput, _ body: (Int, String) -> Void) {
        let input = cleaner.clean(input)
        for (way, prompt) in prompts.enumerated() {
            body(way, prompt + input.text)
            if let pair = input.pair { body(way, pair) }
        }
    }
}
