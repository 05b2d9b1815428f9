// The names of a tokenizer's files: the one list by which they are read, replaced and exported. It is here because the
// reader of folders and the tokenizer, which must agree on it, may not see each other. Not here: what is in the files.

/// A file of a model folder that says how texts become tokens.
public enum TokenizerFile: String, Sendable, CaseIterable {
    /// All parts of the tokenizer.
    case json = "tokenizer.json"
    /// What the tokenizer's class is told.
    case config = "tokenizer_config.json"
    /// The special tokens of old files.
    case specialTokensMap = "special_tokens_map.json"
    /// The added tokens of old files.
    case addedTokens = "added_tokens.json"
    /// WordPiece's tokens, one a line.
    case vocabulary = "vocab.txt"
    /// The tokens of byte pairs, with their ids.
    case bytePairVocabulary = "vocab.json"
    /// The merges of byte pairs, one a line.
    case merges = "merges.txt"
    /// The SentencePiece model of XLM-R and CamemBERT.
    case xlmRobertaModel = "sentencepiece.bpe.model"
    /// The SentencePiece model of DeBERTa from its second version on.
    case debertaModel = "spm.model"
    /// The SentencePiece model of ALBERT.
    case albertModel = "spiece.model"

    /// The file's name.
    public var name: String { rawValue }

    /// Those that have the tokens: without any of them there is no tokenizer.
    public static let withTokens: [TokenizerFile] =
        [.json, .vocabulary, .bytePairVocabulary] + sentencePieceModels

    /// SentencePiece models, by the names that families give them.
    public static let sentencePieceModels: [TokenizerFile] = [.xlmRobertaModel, .debertaModel, .albertModel]

    /// Names under which tokenizers of other kinds have their tokens. They are not read, only named where nothing else
    /// is found.
    public static let ofOtherKinds = ["sentencepiece.model", "tokenizer.model", "bpe.codes"]
}
