// `tokenizer.json` of BERT's kind: BertNormalizer, BertPreTokenizer, WordPiece, TemplateProcessing or BertProcessing.
// Everything else is refused by name. Of truncation the side is taken and of padding the token's name, as the reference
// does; the decoder is passed over. Not here: other files.

import AdzeBytes

/// What a `tokenizer.json` says.
struct TokenizerJSON {
    private static let file = "tokenizer.json"

    var settings = TokenizerSettings()
    /// WordPiece's tokens in the order of their ids.
    var tokens: [String]
    /// By id.
    var addedTokens: [Int: AddedToken] = [:]
    /// Whether the file says how texts are framed.
    private(set) var hasProcessor = false

    init(_ object: JSONObject) throws(TokenizerError) {
        let normalizer = try Self.part("normalizer", "BertNormalizer", object)
        settings.cleansText = try normalizer.flag("clean_text", Self.file) ?? true
        settings.separatesCJK = try normalizer.flag("handle_chinese_chars", Self.file) ?? true
        settings.stripsAccents = try normalizer.flag("strip_accents", Self.file)
        settings.lowercases = try normalizer.flag("lowercase", Self.file) ?? true
        _ = try Self.part("pre_tokenizer", "BertPreTokenizer", object)
        let model = try Self.part("model", "WordPiece", object)
        tokens = try Self.tokens(model)
        if let list = object["added_tokens"], !list.isNull { addedTokens = try AddedToken.list(list, Self.file) }
        if let value = model["unk_token"], !value.isNull {
            settings.unknownToken = try Self.string(value, "unk_token")
        }
        if let value = model["continuing_subword_prefix"], !value.isNull {
            settings.continuingPrefix = try Self.string(value, "continuing_subword_prefix")
        }
        if let value = model["max_input_chars_per_word"], !value.isNull {
            guard let limit = value.integer, (1...TokenizerSettings.wordLengthLimit).contains(limit) else {
                throw .unexpected(
                    file: Self.file, key: "max_input_chars_per_word",
                    expected: "a number from 1 to \(TokenizerSettings.wordLengthLimit)", found: value.kindName)
            }
            settings.maximumWordLength = limit
        }
        if let processor = object["post_processor"], !processor.isNull {
            hasProcessor = true
            try readProcessor(processor)
        }
        if let truncation = object["truncation"], !truncation.isNull { try readTruncation(truncation) }
        if let token = object["padding"]?["pad_token"]?.string { settings.paddingToken = token }
    }

    /// The side; the length is the padded batch's of whoever saved the file, and no model's.
    private mutating func readTruncation(_ value: JSONValue) throws(TokenizerError) {
        switch value["direction"] {
        case nil, .string("Right"): settings.truncationSide = .right
        case .string("Left"): settings.truncationSide = .left
        case let other:
            throw .unexpected(
                file: Self.file, key: "direction", expected: "'Left' or 'Right'", found: other?.kindName ?? "none")
        }
    }

    /// What the file says otherwise than transformers' class for BERT, which does not ask it; `settings` are those that
    /// the files gave together.
    static func followed(_ settings: TokenizerSettings, _ config: TokenizerConfig) -> [String] {
        let plain = TokenizerSettings()
        var parts: [String] = []
        if config.lowercases == nil, !settings.lowercases { parts.append("lowercase false") }
        if config.stripsAccents == nil, let strips = settings.stripsAccents, strips != settings.lowercases {
            parts.append("strip_accents \(strips)")
        }
        if config.separatesCJK == nil, !settings.separatesCJK { parts.append("handle_chinese_chars false") }
        if !settings.cleansText { parts.append("clean_text false") }
        if settings.continuingPrefix != plain.continuingPrefix {
            parts.append("continuing_subword_prefix \(quoted(settings.continuingPrefix, limit: 20))")
        }
        if settings.maximumWordLength != plain.maximumWordLength {
            parts.append("max_input_chars_per_word \(settings.maximumWordLength)")
        }
        if !settings.hasPlainFrames { parts.append("post_processor") }
        return parts
    }

    /// A part that must be of one type. A model without a type is taken for what its keys say, as the reference does.
    private static func part(
        _ key: String, _ type: String, _ object: JSONObject
    ) throws(TokenizerError) -> JSONObject {
        let value = object[key] ?? .null
        guard let part = value.object else {
            if value.isNull { throw .unsupported(file: file, part: key, name: "none", supported: type) }
            throw .unexpected(file: file, key: key, expected: "an object", found: value.kindName)
        }
        if part["type"] == nil, key == "model", part["continuing_subword_prefix"] != nil { return part }
        guard part["type"]?.string == type else {
            throw .unsupported(file: file, part: key, name: part["type"]?.string ?? "without a type", supported: type)
        }
        return part
    }

    private static func string(_ value: JSONValue, _ key: String) throws(TokenizerError) -> String {
        guard let string = value.string else {
            throw .unexpected(file: file, key: key, expected: "a string", found: value.kindName)
        }
        return string
    }

    private static func tokens(_ model: JSONObject) throws(TokenizerError) -> [String] {
        let value = model["vocab"] ?? .null
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

// MARK: - The template

extension TokenizerJSON {
    private mutating func readProcessor(_ value: JSONValue) throws(TokenizerError) {
        switch value["type"]?.string {
        case "TemplateProcessing":
            let special = value["special_tokens"]?.object ?? [:]
            let single = try template(value["single"] ?? .null, "single", special)
            let pair = try template(value["pair"] ?? .null, "pair", special)
            try Self.check(single, "single", texts: 1)
            try Self.check(pair, "pair", texts: 2)
            settings.singleTemplate = single
            settings.pairTemplate = pair
            // The frame names what the settings call classifier and separator.
            if case .token(let token, _) = single.first { settings.classifierToken = token }
            if case .token(let token, _) = single.last { settings.separatorToken = token }
        case "BertProcessing":
            settings.classifierToken = try named(value["cls"] ?? .null, "cls")
            settings.separatorToken = try named(value["sep"] ?? .null, "sep")
            (settings.singleTemplate, settings.pairTemplate) = (settings.single, settings.pair)
        case let other:
            throw .unsupported(
                file: Self.file, part: "post_processor", name: other ?? "without a type",
                supported: "TemplateProcessing or BertProcessing")
        }
    }

    /// A `["[CLS]", 101]`, whose id must be the vocabulary's.
    private func named(_ value: JSONValue, _ key: String) throws(TokenizerError) -> String {
        guard let pair = value.array, pair.count == 2, let token = pair[0].string, let id = pair[1].integer else {
            throw .unexpected(file: Self.file, key: key, expected: "a list of token and id", found: value.kindName)
        }
        try checkID(token, id)
        return token
    }

    private func checkID(_ token: String, _ id: Int) throws(TokenizerError) {
        let known = id < 0 ? nil : id < tokens.count ? tokens[id] : addedTokens[id]?.content
        guard known.map(ExactText.init) == ExactText(token) else {
            throw .unexpected(
                file: Self.file, key: "post_processor", expected: "\(quoted(token)) with its id in the vocabulary",
                found: "id \(id)")
        }
    }

    private func template(
        _ value: JSONValue, _ key: String, _ special: JSONObject
    ) throws(TokenizerError) -> [TemplatePiece] {
        guard let pieces = value.array else {
            throw .unexpected(file: Self.file, key: key, expected: "a list of pieces", found: value.kindName)
        }
        var template: [TemplatePiece] = []
        for piece in pieces {
            if let token = piece["SpecialToken"], let name = token["id"]?.string {
                let typeID = try Self.typeID(token)
                guard let ids = special[name]?["ids"]?.array, let texts = special[name]?["tokens"]?.array,
                    ids.count == texts.count, !ids.isEmpty
                else {
                    throw .unexpected(
                        file: Self.file, key: "special_tokens", expected: "ids and tokens of \(quoted(name))",
                        found: special[name]?.kindName ?? "none")
                }
                for (id, text) in zip(ids, texts) {
                    let token = try Self.string(text, "tokens")
                    try checkID(token, id.integer ?? -1)
                    template.append(.token(token, typeID: typeID))
                }
            } else if let sequence = piece["Sequence"], let name = sequence["id"]?.string, name == "A" || name == "B" {
                let typeID = try Self.typeID(sequence)
                template.append(name == "A" ? .first(typeID: typeID) : .second(typeID: typeID))
            } else {
                throw .unexpected(
                    file: Self.file, key: key, expected: "a SpecialToken or Sequence piece", found: piece.kindName)
            }
        }
        return template
    }

    private static func typeID(_ piece: JSONValue) throws(TokenizerError) -> Int32 {
        guard let id = piece["type_id"]?.integer, (0...TokenizerSettings.typeLimit).contains(id) else {
            throw .unexpected(
                file: file, key: "type_id", expected: "0 to \(TokenizerSettings.typeLimit)",
                found: piece["type_id"]?.kindName ?? "none")
        }
        return Int32(id)
    }

    private static func check(
        _ template: [TemplatePiece], _ key: String, texts: Int
    ) throws(TokenizerError) {
        guard TokenizerSettings.isTemplate(template, texts: texts) else {
            throw .unexpected(
                file: file, key: key, expected: texts == 1 ? "A once" : "A once, then B once", found: "another template"
            )
        }
    }
}
