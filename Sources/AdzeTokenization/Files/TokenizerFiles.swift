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
    /// The `tokenizer_class` of `config.json`, which counts where `tokenizer_config.json` names none.
    public var modelClass: String?

    /// A set of files.
    public init(
        vocabulary: [UInt8]? = nil, tokenizerJSON: [UInt8]? = nil, tokenizerConfig: [UInt8]? = nil,
        specialTokensMap: [UInt8]? = nil, addedTokens: [UInt8]? = nil, modelClass: String? = nil
    ) {
        self.vocabulary = vocabulary
        self.tokenizerJSON = tokenizerJSON
        self.tokenizerConfig = tokenizerConfig
        self.specialTokensMap = specialTokensMap
        self.addedTokens = addedTokens
        self.modelClass = modelClass
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

extension Tokenizer {
    /// A tokenizer out of its files.
    ///
    /// `tokenizer.json` wins over `vocab.txt`, and what `tokenizer_config.json` states wins over `tokenizer.json`, as
    /// in `transformers`. What it does not state is taken from `tokenizer.json`, where transformers' class for BERT takes
    /// its own defaults. `notes` says what was assumed or passed over. Throws a `TokenizerError` for anything but BERT's
    /// tokenizer, and for a vocabulary whose ids are not dense and unique.
    public convenience init(files: TokenizerFiles) throws(TokenizerError) {
        var notes: [String] = []
        let config = try TokenizerConfig(files, &notes)
        // Without tokenizer.json there is nothing that the generic class could take its parts from.
        let isGeneric = config.tokenizerClass == .generic && files.tokenizerJSON != nil
        var (names, added) = try Self.addedTokens(files, config)
        var settings = TokenizerSettings()
        let base: Vocabulary
        if let bytes = files.tokenizerJSON {
            let file = try TokenizerJSON(TokenizerFiles.json(bytes, "tokenizer.json"))
            settings = file.settings
            if isGeneric, !file.hasProcessor {
                (settings.singleTemplate, settings.pairTemplate) =
                    ([.first(typeID: 0)], [.first(typeID: 0), .second(typeID: 1)])
            }
            added.merge(file.addedTokens) { $1 }
            base = try Vocabulary(tokens: file.tokens.map(\.utf8), file: "tokenizer.json")
        } else if let bytes = files.vocabulary {
            if files.tokenizerConfig == nil {
                notes.append("no tokenizer_config.json: transformers' defaults are used, lower-casing is on")
            }
            base = try Vocabulary(text: bytes, &notes)
        } else {
            throw .noVocabulary
        }
        if let listed = config.addedTokens { added.merge(listed) { $1 } }
        config.override(&settings, fromJSON: files.tokenizerJSON != nil, &notes)
        names.apply(to: &settings, isGeneric: isGeneric)
        config.noteFollowed(settings, fromJSON: files.tokenizerJSON != nil, &notes)
        if !config.feedsTypes { settings.dropTypes() }
        let more = try names.settle(&added, base, &settings, isGeneric: isGeneric, &notes)
        try self.init(vocabulary: base.adding(more), settings: settings, notes: notes)
    }

    /// The special tokens that are named, and the added tokens of all files but tokenizer.json.
    private static func addedTokens(
        _ files: TokenizerFiles, _ config: TokenizerConfig
    ) throws(TokenizerError) -> (SpecialTokenNames, [Int: AddedToken]) {
        var names = config.specialTokens
        // The reference reads the older files only where the newer list of added tokens is missing.
        guard config.addedTokens == nil else { return (names, [:]) }
        if let bytes = files.specialTokensMap {
            let file = "special_tokens_map.json"
            names.merge(try SpecialTokenNames(TokenizerFiles.json(bytes, file), file: file))
        }
        guard let bytes = files.addedTokens else { return (names, [:]) }
        return (names, try AddedToken.table(TokenizerFiles.json(bytes, "added_tokens.json"), special: names.contents))
    }
}
