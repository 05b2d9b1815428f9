// The files a tokenizer may come in, and the tokenizer that they make together. Follows `_from_pretrained` of the
// reference. Not here: the readers of the single files.

import AdzeBytes

/// The bytes of a tokenizer's files; give those that exist.
public struct TokenizerFiles: Sendable {
    /// `vocab.txt`.
    public var vocabulary: [UInt8]?
    /// `tokenizer.json`, which wins over `vocab.txt`.
    public var tokenizerJSON: [UInt8]?
    /// `tokenizer_config.json`.
    public var tokenizerConfig: [UInt8]?
    /// `special_tokens_map.json`.
    public var specialTokensMap: [UInt8]?
    /// `added_tokens.json`.
    public var addedTokens: [UInt8]?

    /// A set of files.
    public init(
        vocabulary: [UInt8]? = nil, tokenizerJSON: [UInt8]? = nil, tokenizerConfig: [UInt8]? = nil,
        specialTokensMap: [UInt8]? = nil, addedTokens: [UInt8]? = nil
    ) {
        self.vocabulary = vocabulary
        self.tokenizerJSON = tokenizerJSON
        self.tokenizerConfig = tokenizerConfig
        self.specialTokensMap = specialTokensMap
        self.addedTokens = addedTokens
    }

    /// How much JSON a tokenizer's file may be.
    static let jsonLimits = JSONLimits(bytes: 128 << 20, depth: 32, values: 6_000_000)

    static func json(_ bytes: [UInt8], _ file: String) throws(TokenizerError) -> JSONObject {
        let value: JSONValue
        do {
            value = try parseJSON(bytes, limits: jsonLimits)
        } catch {
            throw .json(file: file, error)
        }
        guard let object = value.object else {
            throw .unexpected(file: file, key: "", expected: "an object", found: value.kindName)
        }
        return object
    }
}

extension BertTokenizer {
    /// A tokenizer out of its files.
    ///
    /// `tokenizer.json` wins over `vocab.txt`, and what `tokenizer_config.json` states wins over `tokenizer.json`, as
    /// in `transformers`. `notes` says what was assumed or passed over. Throws a `TokenizerError` for anything but
    /// BERT's tokenizer, and for a vocabulary whose ids are not dense and unique.
    public convenience init(files: TokenizerFiles) throws(TokenizerError) {
        var notes: [String] = []
        var config = TokenizerConfig()
        if let bytes = files.tokenizerConfig {
            config = try TokenizerConfig(TokenizerFiles.json(bytes, "tokenizer_config.json"), &notes)
        }
        var names = config.specialTokens
        // The reference reads the older files only where the newer list of added tokens is missing.
        if config.addedTokens == nil, let bytes = files.specialTokensMap {
            let file = "special_tokens_map.json"
            names.merge(try SpecialTokenNames(TokenizerFiles.json(bytes, file), file: file))
        }
        var added: [Int: AddedToken] = [:]
        if config.addedTokens == nil, let bytes = files.addedTokens {
            added = try AddedToken.table(TokenizerFiles.json(bytes, "added_tokens.json"), special: names.contents)
        }
        var settings = TokenizerSettings()
        var tokens: [String]?
        if let bytes = files.tokenizerJSON {
            let file = try TokenizerJSON(TokenizerFiles.json(bytes, "tokenizer.json"))
            settings = file.settings
            tokens = file.tokens
            added.merge(file.addedTokens) { $1 }
            config.override(&settings, isExplicit: true, &notes)
        } else if files.vocabulary != nil {
            if files.tokenizerConfig == nil {
                notes.append("no tokenizer_config.json: transformers' defaults are used, lower-casing is on")
            }
            config.override(&settings, isExplicit: false, &notes)
        } else {
            throw .noVocabulary
        }
        if let listed = config.addedTokens { added.merge(listed) { $1 } }
        names.apply(to: &settings)
        let base: Vocabulary
        if let tokens {
            base = try Vocabulary(tokens: tokens.map(\.utf8), file: "tokenizer.json")
        } else {
            base = try Vocabulary(text: files.vocabulary ?? [])
        }
        let more = try names.settle(&added, base, &settings, &notes)
        try self.init(vocabulary: base.adding(more), settings: settings, notes: notes)
    }
}
