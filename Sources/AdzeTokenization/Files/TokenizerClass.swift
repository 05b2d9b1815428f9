// The classes of transformers that read the files handled here, and what each takes where the files are silent: the
// table for old files, and for those that leave a part out. Not here: the files.

/// What kind of class `tokenizer_class` names.
enum TokenizerClass: Equatable {
    /// BERT's, or one that is the same but for its name.
    case bert
    /// BERT's without types of tokens.
    case distilBert
    /// MPNet's: RoBERTa's tokens and frames around BERT's rules.
    case mpnet
    /// The one that takes everything from tokenizer.json.
    case generic

    private static let names: [(TokenizerClass, [String])] = [
        (.bert, ["Bert", "Electra", "MobileBert", "ConvBert", "LayoutLM", "Funnel", "Lxmert", "SqueezeBert"]),
        (.distilBert, ["DistilBert"]), (.mpnet, ["MPNet"]),
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
        default: return nil
        }
    }

    /// The name under which transformers has it.
    var name: String {
        switch self {
        case .bert: "BertTokenizer"
        case .distilBert: "DistilBertTokenizer"
        case .mpnet: "MPNetTokenizer"
        case .generic: "PreTrainedTokenizerFast"
        }
    }

    /// What is said of a tokenizer of another class or kind.
    static let supported =
        "only WordPiece is, as BertTokenizer, DistilBertTokenizer, ElectraTokenizer and MPNetTokenizer have it"

    /// Whether the model is fed the types of tokens where `model_input_names` is missing.
    var feedsTypes: Bool { self == .bert || self == .generic }

    /// What the class takes where the files are silent. The generic class has nothing of its own: its parts come from
    /// tokenizer.json, and the tokens of its roles keep names that nothing needs.
    var defaults: TokenizerSettings {
        var settings = TokenizerSettings()
        switch self {
        case .bert, .distilBert: break
        case .mpnet:
            (settings.frames, settings.trimsOffsets) = (.doublySeparated, true)
            (settings.classifierToken, settings.separatorToken) = ("<s>", "</s>")
            (settings.paddingToken, settings.maskToken) = ("<pad>", "<mask>")
        case .generic:
            settings.normalizer = .none
            settings.frames = .none
        }
        return settings
    }

    /// The token of a role beside those that settings name, where the class has one.
    func standardToken(_ role: String) -> String? {
        guard self == .mpnet else { return nil }
        return role == "bos_token" ? "<s>" : role == "eos_token" ? "</s>" : nil
    }

    /// Whether a mask token of which only the text is given swallows the white space before it.
    var masksStripLeft: Bool { self == .mpnet }
}
