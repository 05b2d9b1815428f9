// `tokenizer.json`: WordPiece with BertNormalizer and BertPreTokenizer here, byte pairs and unigram by the parts of
// `SubwordJSON.swift`, each with the frames of `FramesJSON.swift`. Every other part is refused by name. Of truncation the
// side is taken and of padding the token's name, as the reference does; the decoder is passed over. Not here: other files.

import AdzeBytes

/// What a `tokenizer.json` says; nil where it is silent.
struct TokenizerJSON {
    static let file = TokenizerFile.json.name

    /// The model's tokens in the order of their ids.
    let vocabulary: Vocabulary
    /// By id.
    private(set) var addedTokens: [Int: AddedToken] = [:]
    private var normalizer: Normalizer?
    private let preTokenizer: PreTokenizer
    let model: TokenModel
    private var frames: FramesJSON?
    private var truncationSide: TruncationSide?
    private var paddingToken: String?

    init(_ object: JSONObject) throws(TokenizerError) {
        guard let model = object["model"]?.object else {
            let found = object["model"] ?? .null
            if found.isNull { throw Self.unsupportedModel("none") }
            throw .unexpected(file: Self.file, key: "model", expected: "an object", found: found.kindName)
        }
        switch Self.kind(of: model) {
        case "WordPiece":
            if let value = object["normalizer"], !value.isNull {
                normalizer = try Self.normalizer(Self.part("normalizer", "BertNormalizer", object))
            }
            _ = try Self.part("pre_tokenizer", "BertPreTokenizer", object)
            preTokenizer = .whiteSpaceAndPunctuation
            vocabulary = try Vocabulary(tokens: Self.tokens(model, Self.file).map(\.utf8), file: Self.file)
            self.model = .wordPiece(try Self.wordPiece(model))
        case "BPE":
            vocabulary = try Vocabulary(tokens: Self.tokens(model, Self.file).map(\.utf8), file: Self.file)
            self.model = .bytePairs(try SubwordJSON.bytePairs(model, vocabulary))
            (normalizer, preTokenizer) = try Self.steps(object)
        case "Unigram":
            let (tokens, unigram) = try SubwordJSON.unigram(model)
            vocabulary = try Vocabulary(tokens: tokens.map(\.utf8), allowsRepeats: true, file: Self.file)
            self.model = .unigram(unigram)
            (normalizer, preTokenizer) = try Self.steps(object)
        case let other: throw Self.unsupportedModel(other)
        }
        if let list = object["added_tokens"], !list.isNull { addedTokens = try AddedToken.list(list, Self.file) }
        frames = try FramesJSON(object["post_processor"], vocabulary, addedTokens)
        if let truncation = object["truncation"], !truncation.isNull { truncationSide = try Self.side(truncation) }
        paddingToken = object["padding"]?["pad_token"]?.string
    }

    /// Whether the model is WordPiece, whose classes have rules of their own.
    var isWordPiece: Bool { if case .wordPiece = model { true } else { false } }

    private static func unsupportedModel(_ name: String) -> TokenizerError {
        .unsupported(file: file, part: "model", name: name, supported: "only WordPiece, BPE and Unigram are")
    }

    /// The model's type; one without is taken for what its keys say, as the reference does.
    private static func kind(of model: JSONObject) -> String {
        if let type = model["type"] { return type.string ?? "without a type" }
        if model["merges"] != nil { return "BPE" }
        if model["continuing_subword_prefix"] != nil { return "WordPiece" }
        return model["vocab"]?.array != nil ? "Unigram" : "without a type"
    }

    /// The normalizers and the pre-tokenizer of a model of subwords.
    private static func steps(_ object: JSONObject) throws(TokenizerError) -> (Normalizer, PreTokenizer) {
        var normalizer = Normalizer.none
        normalizer.steps = try SubwordJSON.normalizer(object["normalizer"])
        return (normalizer, .steps(try SubwordJSON.preTokenizer(object["pre_tokenizer"])))
    }

    /// Whether two texts stand in `<s> A </s></s> B </s>`, whatever the tokens are.
    var isDoublySeparated: Bool { frames?.isDoublySeparated ?? false }

    /// Puts what is stated into settings.
    func apply(to settings: inout TokenizerSettings) {
        if let normalizer { settings.normalizer = normalizer }
        (settings.model, settings.preTokenizer) = (model, preTokenizer)
        if let frames {
            settings.frames = frames.frames
            if let trimming = frames.trimming {
                (settings.trimsOffsets, settings.keepsFirstSpace) = (trimming.trims, trimming.keepsFirstSpace)
            } else if !isWordPiece {
                settings.trimsOffsets = false
            }
            // The frame names what the settings call classifier and separator.
            if let token = frames.classifierToken { settings.classifierToken = token }
            if let token = frames.separatorToken { settings.separatorToken = token }
        }
        if let truncationSide { settings.truncationSide = truncationSide }
        if let paddingToken { settings.paddingToken = paddingToken }
    }

    private static func normalizer(_ object: JSONObject) throws(TokenizerError) -> Normalizer {
        var normalizer = Normalizer()
        normalizer.cleansText = try object.flag("clean_text", file) ?? true
        normalizer.separatesCJK = try object.flag("handle_chinese_chars", file) ?? true
        normalizer.stripsAccents = try object.flag("strip_accents", file)
        normalizer.lowercases = try object.flag("lowercase", file) ?? true
        return normalizer
    }

    private static func wordPiece(_ object: JSONObject) throws(TokenizerError) -> WordPiece {
        var model = WordPiece()
        if let value = object["unk_token"], !value.isNull { model.unknownToken = try string(value, "unk_token") }
        if let value = object["continuing_subword_prefix"], !value.isNull {
            model.continuingPrefix = try string(value, "continuing_subword_prefix")
        }
        if let value = object["max_input_chars_per_word"], !value.isNull {
            guard let limit = value.integer, (1...WordPiece.wordLengthLimit).contains(limit) else {
                throw .unexpected(
                    file: file, key: "max_input_chars_per_word",
                    expected: "a number from 1 to \(WordPiece.wordLengthLimit)", found: value.kindName)
            }
            model.maximumWordLength = limit
        }
        return model
    }

    /// The side; the length is the padded batch's of whoever saved the file, and no model's.
    private static func side(_ value: JSONValue) throws(TokenizerError) -> TruncationSide {
        switch value["direction"] {
        case nil, .string("Right"): return .right
        case .string("Left"): return .left
        case let other:
            throw .unexpected(
                file: file, key: "direction", expected: "'Left' or 'Right'", found: other?.kindName ?? "none")
        }
    }

    /// What the file says otherwise than a class that does not ask it; `settings` are those that the files gave
    /// together.
    static func followed(
        _ settings: TokenizerSettings, _ config: TokenizerConfig, _ tokenizerClass: TokenizerClass
    ) -> [String] {
        let plain = WordPiece()
        var parts: [String] = []
        let normalizer = settings.normalizer
        if config.lowercases == nil, !normalizer.lowercases { parts.append("lowercase false") }
        if config.stripsAccents == nil, let strips = normalizer.stripsAccents, strips != normalizer.lowercases {
            parts.append("strip_accents \(strips)")
        }
        if config.separatesCJK == nil, !normalizer.separatesCJK { parts.append("handle_chinese_chars false") }
        if !normalizer.cleansText { parts.append("clean_text false") }
        if case .wordPiece(let model) = settings.model {
            if model.continuingPrefix != plain.continuingPrefix {
                parts.append("continuing_subword_prefix \(quoted(model.continuingPrefix, limit: 20))")
            }
            if model.maximumWordLength != plain.maximumWordLength {
                parts.append("max_input_chars_per_word \(model.maximumWordLength)")
            }
        }
        var usual = settings
        let frames = tokenizerClass.defaults.frames
        usual.frames = config.feedsTypes(tokenizerClass) ? frames : frames.untyped
        if settings.single != usual.single || settings.pair != usual.pair { parts.append("post_processor") }
        return parts
    }

    /// A part that must be of one type.
    private static func part(
        _ key: String, _ type: String, _ object: JSONObject
    ) throws(TokenizerError) -> JSONObject {
        let value = object[key] ?? .null
        let supported = "only \(type) is"
        guard let part = value.object else {
            if value.isNull { throw .unsupported(file: file, part: key, name: "none", supported: supported) }
            throw .unexpected(file: file, key: key, expected: "an object", found: value.kindName)
        }
        guard part["type"]?.string == type else {
            throw .unsupported(
                file: file, part: key, name: part["type"]?.string ?? "without a type", supported: supported)
        }
        return part
    }

    static func string(_ value: JSONValue, _ key: String) throws(TokenizerError) -> String {
        guard let string = value.string else {
            throw .unexpected(file: file, key: key, expected: "a string", found: value.kindName)
        }
        return string
    }

    /// The tokens of an object from token to id, in the order of the ids.
    static func tokens(_ model: JSONObject, _ file: String) throws(TokenizerError) -> [String] {
        try tokens(model["vocab"] ?? .null, file)
    }

    /// The same of the object itself.
    static func tokens(_ value: JSONValue, _ file: String) throws(TokenizerError) -> [String] {
        guard let vocabulary = value.object else {
            throw .unexpected(
                file: file, key: "vocab", expected: "an object from token to id", found: value.kindName)
        }
        guard vocabulary.count <= Vocabulary.countLimit else {
            throw .tooManyTokens(file: file, count: vocabulary.count, limit: Vocabulary.countLimit)
        }
        var tokens = [String?](repeating: nil, count: vocabulary.count)
        var outside: Int?
        for (token, value) in vocabulary {
            guard let id = value.integer, id >= 0 else {
                throw .unexpected(file: file, key: token, expected: "an id of 0 or more", found: value.kindName)
            }
            guard id < tokens.count else {
                outside = max(outside ?? id, id)
                continue
            }
            if let other = tokens[id] { throw .duplicateID(file: file, id: id, tokens: [other, token]) }
            tokens[id] = token
        }
        if let missing = tokens.firstIndex(of: nil) {
            throw .gap(file: file, missing: missing, highest: outside ?? tokens.count - 1)
        }
        return tokens.compactMap { $0 }
    }
}
