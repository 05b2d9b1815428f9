// The files a tokenizer may come in, and the tokenizer that they make together. Follows `_from_pretrained` of the
// reference. Not here: the readers of the single files.

public import AdzeBytes

/// The bytes of a tokenizer's files, and what its model says of it.
public struct TokenizerFiles: Sendable {
    private var bytes: [TokenizerFile: [UInt8]]
    /// The `tokenizer_class` of `config.json`, which counts where `tokenizer_config.json` names none.
    public var modelClass: String?
    /// The `model_type` of `config.json`, which counts where no class is named.
    public var modelType: String?

    /// A set of files; nil is one that does not exist.
    public init(
        _ bytes: [TokenizerFile: [UInt8]?] = [:], modelClass: String? = nil, modelType: String? = nil
    ) {
        self.bytes = bytes.compactMapValues(\.self)
        self.modelClass = modelClass
        self.modelType = modelType
    }

    /// The bytes of a file, or nil where it does not exist.
    public subscript(file: TokenizerFile) -> [UInt8]? {
        get { bytes[file] }
        set { bytes[file] = newValue }
    }

    /// Whether there is a file that has the tokens.
    public var hasTokens: Bool { TokenizerFile.withTokens.contains { bytes[$0] != nil } }

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
    /// in `transformers`. What it does not state is taken from `tokenizer.json`, where transformers' classes take their
    /// own defaults; what both leave out is as the class has it. `notes` says what was assumed or passed over. Throws a
    /// `TokenizerError` for a tokenizer of another kind, and for a vocabulary whose ids are not dense and unique.
    public convenience init(files: TokenizerFiles) throws(TokenizerError) {
        var notes: [String] = []
        let config = try TokenizerConfig(files, &notes)
        var (names, added) = try Self.addedTokens(files, config)
        let file = try files[.json].map { (bytes) throws(TokenizerError) in
            try TokenizerJSON(TokenizerFiles.json(bytes, TokenizerFile.json.name))
        }
        let tokenizerClass = try Self.tokenizerClass(config, file, files)
        let slow =
            file == nil && !tokenizerClass.isWordPiece
            ? try SlowTokenizer(files, tokenizerClass, config.object) : nil
        let base: Vocabulary
        if let known = file?.vocabulary ?? slow?.vocabulary {
            base = known
        } else {
            base = try Self.vocabulary(files, &notes)
        }
        var settings = tokenizerClass.defaults
        if let file {
            file.apply(to: &settings)
            added.merge(file.addedTokens) { $1 }
        } else if let slow {
            slow.apply(to: &settings)
            added.merge(slow.addedTokens) { $1 }
        }
        if let listed = config.addedTokens { added.merge(listed) { $1 } }
        config.override(&settings, tokenizerClass, fromJSON: file != nil, &notes)
        names.apply(to: &settings, tokenizerClass)
        if !config.feedsTypes(tokenizerClass) { settings.frames = settings.frames.untyped }
        if file != nil { config.noteFollowed(settings, tokenizerClass, &notes) }
        let more = try names.settle(&added, base, &settings, tokenizerClass, &notes)
        try self.init(vocabulary: base.adding(more), settings: settings, notes: notes)
    }

    /// The class that the files name, else the one whose frames or files are there, else BERT's.
    ///
    /// A tokenizer.json of subwords is followed whatever the class. Throws `TokenizerError.unsupported` for a class that
    /// needs files which are not there, or does not read the ones that are.
    private static func tokenizerClass(
        _ config: TokenizerConfig, _ file: TokenizerJSON?, _ files: TokenizerFiles
    ) throws(TokenizerError) -> TokenizerClass {
        if let file, !file.isWordPiece {
            let named = config.namedClass ?? .generic
            return named.isWordPiece ? .generic : named
        }
        try config.refuseOtherClass()
        guard let file else {
            // Without tokenizer.json there is nothing that the generic class could take its parts from.
            let named = config.namedClass == .generic ? nil : config.namedClass
            if let named { return named }
            let isSubwords = files[.vocabulary] == nil && SlowTokenizer.isThere(files)
            return isSubwords ? try SlowTokenizer.tokenizerClass(files) : .bert
        }
        if let named = config.namedClass {
            guard named.isWordPiece || named == .generic else {
                throw .unsupported(
                    file: TokenizerFile.json.name, part: "model", name: "WordPiece",
                    supported: "not as \(named.name), which tokenizer_config.json or config.json names")
            }
            return named
        }
        return file.isDoublySeparated ? .mpnet : .bert
    }

    private static func vocabulary(
        _ files: TokenizerFiles, _ notes: inout [String]
    ) throws(TokenizerError) -> Vocabulary {
        guard let bytes = files[.vocabulary] else { throw .noVocabulary }
        if files[.config] == nil {
            notes.append("no tokenizer_config.json: transformers' defaults are used, lower-casing is on")
        }
        return try Vocabulary(text: bytes, &notes)
    }

    /// The special tokens that are named, and the added tokens of all files but tokenizer.json.
    private static func addedTokens(
        _ files: TokenizerFiles, _ config: TokenizerConfig
    ) throws(TokenizerError) -> (SpecialTokenNames, [Int: AddedToken]) {
        var names = config.specialTokens
        // The reference reads the older files only where the newer list of added tokens is missing.
        guard config.addedTokens == nil else { return (names, [:]) }
        if let bytes = files[.specialTokensMap] {
            let file = TokenizerFile.specialTokensMap.name
            names.merge(try SpecialTokenNames(TokenizerFiles.json(bytes, file), file: file))
        }
        guard let bytes = files[.addedTokens] else { return (names, [:]) }
        let table = try TokenizerFiles.json(bytes, TokenizerFile.addedTokens.name)
        return (names, try AddedToken.table(table, special: names.contents))
    }
}
