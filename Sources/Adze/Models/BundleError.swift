// Errors of a model bundle: parts that do not fit each other, and requests that the model cannot serve.

public import AdzeBytes
internal import AdzeModels

/// Parts that do not fit each other, or a wish that the model cannot fulfil.
public enum BundleError: AdzeFailure, Equatable {
    case noTokenizer
    case noTokenizerFiles(foreign: [String])
    case vocabularyTooLarge(tokens: Int, rows: Int)
    case otherPadding(tokenizer: Int?, model: Int)
    case otherHead(kind: String, architecture: String)
    case configBeside(String)
    case unknownShape(String, nearest: String?)
    case noClassifier
    case headLeftOut(architecture: String, tensor: String)
    case wrongHead(String, lacks: String)
    case notServed(architecture: String)
    case notScored(architecture: String)
    case severalNumbers(count: Int)
    case badSelection(String)
    case badSentenceRecipe(key: String)
    /// The pieces that texts of a script need were asked of a tokenizer of which they are not known.
    case scriptOfSubwords(String)
    case probeFailed(text: String, expected: Float, found: Float)
    case probeTokens(text: String)
    case noProbes
    case badProbe(index: Int)
    case tooManyProbes(tokens: Int, limit: Int)
    case differentHeads
    case notAModelFolder(String)
    case noStudyNames(architecture: String)
    case prunedHeadsNotRead(by: String, instead: String)
    case noCalibrationTokens(texts: Int)
    case noCorpusTokens(texts: Int)
    case foreignCorpus(tokens: Int)
    case changedCorpus(text: Int)
    case paddingWithoutToken(id: Int, tokens: Int)
    case onlyInt8
    case adapterOfInt8
    case unknownMetric(String, task: String, expected: [String])
    case undefinedMetric(String)
    case unfitReading(TextReadingError, option: String)
    case unfitRule(AnswerRuleError, option: String)

    /// A request of the user's, a missing input, or bad data.
    public var kind: FailureKind {
        switch self {
        case .unknownShape, .badSelection, .noClassifier, .headLeftOut, .wrongHead, .notServed, .notScored,
            .severalNumbers,
            .differentHeads, .unknownMetric, .unfitReading, .unfitRule, .scriptOfSubwords:
            .usage
        case .noTokenizer, .noTokenizerFiles: .missingInput
        case .notAModelFolder: .outputExists
        default: .badData
        }
    }

    /// One line: what is missing or contradicts, and what to do.
    public var description: String {
        switch self {
        case .noTokenizer:
            "no tokenizer beside the weights; name a folder, tokenizer.json or vocab.txt with --tokenizer"
        case .noTokenizerFiles(let foreign):
            "expected tokenizer.json or vocab.txt, found neither"
                + (foreign.isEmpty
                    ? "" : " but \(foreign.joined(separator: ", ")), of a kind of tokenizer that is not read")
        case .vocabularyTooLarge(let tokens, let rows):
            "the tokenizer has \(tokens) tokens but the word embedding only \(rows) rows; they belong to different models"
        case .otherPadding(let tokenizer, let model):
            "the tokenizer pads with \(tokenizer.map { "id \($0)" } ?? "nothing"), but the model's positions count from"
                + " padding with id \(model); they belong to different models, name its own with --tokenizer"
        case .otherHead(let kind, let architecture):
            "the header's head is of the kind \(quoted(kind)), its configuration that of \(withArticle(architecture));"
                + " the file is damaged, convert the model again"
        case .configBeside(let path):
            "a bare file of weights says too little; open its folder, or pass --config \(path)"
        case .unknownShape(let name, let nearest):
            "--like \(quoted(name)) is not a known shape"
                + (nearest.map { "; did you mean \($0)?" }
                    ?? "; known are \(EncoderShape.wellKnownNames.joined(separator: ", "))")
        case .noClassifier:
            "the model has no classifier; use embed, or convert it with --new-head LABELS and fine-tune it"
        case .headLeftOut(let architecture, let tensor):
            "config.json names an encoder alone, which has no classifier, yet the file has one (\(quoted(tensor)));"
                + " name \(architecture) under architectures to use it"
        case .wrongHead(let architecture, let lacks):
            "the model is \(withArticle(architecture)), which \(lacks); open one with that head"
        case .notServed(let architecture):
            "the model is \(withArticle(architecture)); served are classifiers, rerankers and sentence encoders; answer files "
                + "of texts with adze predict"
        case .notScored(let architecture):
            "the model is \(withArticle(architecture)); only classifiers of texts are scored"
        case .severalNumbers(let count):
            "the model says \(count) numbers a text; only models that say one, or labels, are scored"
        case .badSelection(let text):
            "--keep \(quoted(text)): expected first:N, last:N, every:K or block numbers such as 0,2,5"
        case .scriptOfSubwords(let script):
            "which pieces \(script) texts need is known of WordPiece alone, and the tokenizer is another; give texts instead: "
                + "--vocab CORPUS"
        case .badSentenceRecipe(let key): "the header's sentence recipe has no usable \(quoted(key))"
        case .probeFailed(let text, let expected, let found):
            "probe failed: for \(quoted(text, limit: 40)) the file promises \(expected), this machine computes \(found)"
        case .probeTokens(let text):
            "probe failed: the tokenizer no longer cuts \(quoted(text, limit: 40)) into the ids that the file promises"
        case .noProbes: "the file has no probes to verify"
        case .badProbe(let index):
            "probe \(index) of the header: expected ids, fp32 and perhaps int8 answers, found something else"
        case .tooManyProbes(let tokens, let limit):
            "the header's probes have \(tokens) tokens; at most \(limit) are computed"
        case .noStudyNames(let architecture):
            "the study's files hold classifiers of texts with a pooler, flattened states or an LSTM; this is"
                + " \(withArticle(architecture)): export it with --format safetensors or pt"
        case .prunedHeadsNotRead(let reader, let instead):
            "the model lacks some of its attention heads, and \(reader); \(instead)"
        case .notAModelFolder(let path):
            "\(path): a folder that holds no model is not replaced; name a new folder inside it"
        case .noCalibrationTokens(let texts):
            texts == 0
                ? "no texts to calibrate with; give one a line, or a table with a column of texts"
                : "not one of the texts to calibrate with has a token"
        case .noCorpusTokens(let texts):
            texts == 0
                ? "no texts to choose the vocabulary by; give one a line, or a table with a column of texts"
                : "not one of the texts to choose the vocabulary by has a word"
        case .foreignCorpus(let tokens):
            "the model's vocabulary knows none of the texts' \(counted(tokens, "word"));"
                + " give texts such as the model is to read"
        case .changedCorpus(let text):
            "text \(text) is not what it was when the vocabulary was chosen by it; give a file that nobody writes to"
        case .paddingWithoutToken(let id, let tokens):
            "pad_token_id of config.json is \(id), but the tokenizer has only \(counted(tokens, "token")); correct it"
                + " before the vocabulary is cut down"
        case .onlyInt8: "the file has no fp32 weights to measure int8 against; quantize the model that it was made of"
        case .adapterOfInt8:
            "the file has no fp32 weights for an adapter to be added to; convert the model that it was made of"
        case .unknownMetric(let name, let task, let expected):
            "--metric \(quoted(name)): expected \(expected.joined(separator: ", ")) for a model that gives \(task)"
        case .undefinedMetric(let name):
            "the metric \(name) is not defined for this data, where the answers or the model's are all the same;"
                + " take other data or another --metric"
        case .unfitReading(let error, let option): "\(option): \(error)"
        case .unfitRule(let error, let option): "\(option): \(error)"
        case .differentHeads: "texts are compared for two classifiers of texts alone; leave -i out to compare tensors"
        }
    }
}
