// The classes of transformers that read the files handled here, and what each takes where the files are silent: the
// table for old files, and for those that leave a part out. Not here: the files.

/// What kind of class `tokenizer_class` names.
enum TokenizerClass: Equatable, CaseIterable {
    /// BERT's, or one that is the same but for its name.
    case bert
    /// BERT's without types of tokens.
    case distilBert
    /// MPNet's: RoBERTa's tokens and frames around BERT's rules.
    case mpnet
    /// RoBERTa's: byte pairs.
    case roberta
    /// XLM-R's: unigram, with fairseq's special tokens before SentencePiece's pieces.
    case xlmRoberta
    /// CamemBERT's: the same with other special tokens.
    case camembert
    /// ALBERT's: unigram with BERT's special tokens.
    case albert
    /// DeBERTa's from its second version on: the same with other normalizers.
    case debertaV2
    /// The one that takes everything from tokenizer.json.
    case generic

    private static let names: [(TokenizerClass, [String])] = [
        (.bert, ["Bert", "Electra", "MobileBert", "ConvBert", "LayoutLM", "Funnel", "Lxmert", "SqueezeBert"]),
        (.distilBert, ["DistilBert"]), (.mpnet, ["MPNet"]), (.roberta, ["Roberta"]), (.xlmRoberta, ["XLMRoberta"]),
        (.camembert, ["Camembert"]), (.albert, ["Albert"]), (.debertaV2, ["DebertaV2"]),
    ]
    private static let genericNames = ["PreTrainedTokenizerFast", "PreTrainedTokenizer", "TokenizersBackend"]

    /// The class of a name, with or without `Fast`; nil for any other.
    init?(named name: String) {
        if Self.genericNames.contains(name) {
            self = .generic
            return
        }
        let found = Self.names.first { $0.1.contains { name == $0 + "Tokenizer" || name == $0 + "TokenizerFast" } }
        guard let found else { return nil }
        self = found.0
    }

    /// The class that transformers takes for a model of this type where no file names one.
    init?(modelType: String) {
        switch modelType {
        case "mpnet": self = .mpnet
        case "bert", "distilbert", "electra": self = .bert
        case "roberta": self = .roberta
        case "xlm-roberta": self = .xlmRoberta
        case "camembert": self = .camembert
        case "albert": self = .albert
        case "deberta-v2": self = .debertaV2
        default: return nil
        }
    }

    /// The name under which transformers has it.
    var name: String {
        switch self {
        case .bert: "BertTokenizer"
        case .distilBert: "DistilBertTokenizer"
        case .mpnet: "MPNetTokenizer"
        case .roberta: "RobertaTokenizer"
        case .xlmRoberta: "XLMRobertaTokenizer"
        case .camembert: "CamembertTokenizer"
        case .albert: "AlbertTokenizer"
        case .debertaV2: "DebertaV2Tokenizer"
        case .generic: "PreTrainedTokenizerFast"
        }
    }

    /// What is said of a tokenizer of another class or kind.
    static let supported =
        "only "
        + allCases.filter { $0 != .generic }.map(\.name).joined(separator: ", ")
        + " are, and others by a tokenizer.json of BPE or Unigram"

    /// Whether its tokenizers are WordPiece.
    var isWordPiece: Bool {
        switch self {
        case .bert, .distilBert, .mpnet: true
        case .roberta, .xlmRoberta, .camembert, .albert, .debertaV2, .generic: false
        }
    }

    /// Whether the model is fed the types of tokens where `model_input_names` is missing.
    var feedsTypes: Bool {
        switch self {
        case .bert, .generic, .albert, .debertaV2: true
        case .distilBert, .mpnet, .roberta, .xlmRoberta, .camembert: false
        }
    }

    /// What the class takes where the files are silent. The generic class has nothing of its own: its parts come from
    /// tokenizer.json, and the tokens of its roles keep names that nothing needs.
    var defaults: TokenizerSettings {
        var settings = TokenizerSettings()
        if !isWordPiece {
            settings.normalizer = .none
            settings.preTokenizer = .steps([])
        }
        switch self {
        case .bert, .distilBert, .albert, .debertaV2: break
        case .mpnet, .roberta:
            (settings.frames, settings.trimsOffsets) = (.doublySeparated, true)
            settings.nameFairseqTokens()
        case .xlmRoberta, .camembert:
            settings.frames = .doublySeparated
            settings.nameFairseqTokens()
        case .generic: settings.frames = .none
        }
        return settings
    }

    /// The token of a role beside those that settings name, where the class has one.
    func standardToken(_ role: String) -> String? {
        switch (self, role) {
        case (.mpnet, "bos_token"), (.roberta, "bos_token"), (.xlmRoberta, "bos_token"), (.camembert, "bos_token"):
            "<s>"
        case (.mpnet, "eos_token"), (.roberta, "eos_token"), (.xlmRoberta, "eos_token"), (.camembert, "eos_token"):
            "</s>"
        case (.roberta, "unk_token"), (.xlmRoberta, "unk_token"), (.camembert, "unk_token"), (.albert, "unk_token"):
            "<unk>"
        case (.debertaV2, "unk_token"): "[UNK]"
        default: nil
        }
    }

    /// Whether the class has a mask token that no model of SentencePiece has, as the row behind its pieces.
    var addsMask: Bool { self == .debertaV2 }

    /// Whether a mask token of which only the text is given swallows the white space before it.
    var masksStripLeft: Bool {
        switch self {
        case .mpnet, .roberta, .xlmRoberta, .camembert, .albert: true
        case .bert, .distilBert, .debertaV2, .generic: false
        }
    }
}

extension TokenizerSettings {
    /// Names the tokens that fairseq's models have in the roles.
    fileprivate mutating func nameFairseqTokens() {
        (classifierToken, separatorToken) = ("<s>", "</s>")
        (paddingToken, maskToken) = ("<pad>", "<mask>")
    }
}
