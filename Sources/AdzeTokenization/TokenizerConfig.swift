// `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`. Not here: tokenizer.json, or which file
// wins.

import AdzeBytes

/// What `tokenizer_config.json` states; nil where it is silent.
struct TokenizerConfig {
    private static let file = "tokenizer_config.json"

    var lowercases: Bool?
    /// The outer nil is silence, the inner one `null`.
    var stripsAccents: Bool??
    var separatesCJK: Bool?
    var closesUpSpaces: Bool?
    var maximumLength: Int?
    var truncationSide: TruncationSide?
    var specialTokens = SpecialTokenNames()
    /// `added_tokens_decoder`, by id.
    var addedTokens: [Int: AddedToken]?
    /// Whether the named class builds its normalizer from this file rather than from tokenizer.json.
    private var rulesNormalizer = true

    init() {}

    init(_ object: JSONObject, _ notes: inout [String]) throws(TokenizerError) {
        lowercases = try object.flag("do_lower_case", Self.file)
        if let value = object["strip_accents"] {
            stripsAccents = .some(value.isNull ? nil : try object.flag("strip_accents", Self.file))
        }
        separatesCJK = try object.flag("tokenize_chinese_chars", Self.file)
        closesUpSpaces = try object.flag("clean_up_tokenization_spaces", Self.file)
        if let length = object["model_max_length"], !length.isNull {
            guard let number = length.number else {
                throw .unexpected(
                    file: Self.file, key: "model_max_length", expected: "a number", found: length.kindName)
            }
            // The reference writes 1e30 for "unknown".
            if let integer = length.integer, integer > 0, integer <= 1_000_000 {
                maximumLength = integer
            } else if number < 1 || number != number.rounded() {
                throw .unexpected(
                    file: Self.file, key: "model_max_length", expected: "a whole number above 0", found: length.kindName
                )
            }
        }
        if let side = object["truncation_side"], !side.isNull {
            guard let known = side.string.flatMap(TruncationSide.init(rawValue:)) else {
                throw .unexpected(
                    file: Self.file, key: "truncation_side", expected: "'left' or 'right'", found: side.kindName)
            }
            truncationSide = known
        }
        specialTokens = try SpecialTokenNames(object, file: Self.file)
        if let decoder = object["added_tokens_decoder"], !decoder.isNull {
            addedTokens = try AddedToken.decoder(decoder, Self.file)
        }
        if let words = object["never_split"]?.array, !words.isEmpty {
            notes.append("never_split of tokenizer_config.json is passed over, as transformers' fast tokenizer does")
        }
        if try object.flag("do_basic_tokenize", Self.file) == false {
            notes.append(
                "do_basic_tokenize of tokenizer_config.json is passed over, as transformers' fast tokenizer does")
        }
        try readClass(object)
    }

    private mutating func readClass(_ object: JSONObject) throws(TokenizerError) {
        guard let value = object["tokenizer_class"], !value.isNull else { return }
        guard let name = value.string else {
            throw .unexpected(file: Self.file, key: "tokenizer_class", expected: "a string", found: value.kindName)
        }
        let generic = ["PreTrainedTokenizerFast", "PreTrainedTokenizer", "TokenizersBackend"]
        let sameAsBert = ["Bert", "DistilBert", "Electra", "MobileBert", "LayoutLM", "Funnel", "Lxmert", "SqueezeBert"]
        if generic.contains(name) {
            rulesNormalizer = false
        } else if !sameAsBert.contains(where: { name == $0 + "Tokenizer" || name == $0 + "TokenizerFast" }) {
            throw .unsupported(file: Self.file, part: "tokenizer_class", name: name, supported: "BertTokenizer")
        }
    }

    /// Puts what is stated into the settings; `isExplicit` where tokenizer.json has set them before.
    func override(_ settings: inout TokenizerSettings, isExplicit: Bool, _ notes: inout [String]) {
        if let maximumLength { settings.maximumLength = maximumLength }
        if let truncationSide { settings.truncationSide = truncationSide }
        if let closesUpSpaces { settings.closesUpSpaces = closesUpSpaces }
        guard rulesNormalizer || !isExplicit else { return }
        let before = settings
        if let lowercases { settings.lowercases = lowercases }
        if let stripsAccents { settings.stripsAccents = stripsAccents }
        if let separatesCJK { settings.separatesCJK = separatesCJK }
        if isExplicit, before != settings {
            notes.append("tokenizer_config.json and tokenizer.json differ in the normalizer; the former is followed")
        }
    }
}

/// The special tokens that a file names, with their flags where it gives them.
struct SpecialTokenNames {
    /// What a file says of one token.
    struct Name {
        var content: String
        var token: AddedToken
    }

    private var byKey: [String: Name] = [:]
    private var extra: [Name] = []
    private static let keys = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]

    init() {}

    init(_ object: JSONObject, file: String) throws(TokenizerError) {
        for key in Self.keys {
            if let value = object[key], !value.isNull { byKey[key] = try Self.name(value, key, file) }
        }
        for key in ["additional_special_tokens", "extra_special_tokens"] {
            guard let value = object[key], !value.isNull else { continue }
            let values: [JSONValue]
            if let list = value.array {
                values = list
            } else if let named = value.object {
                values = named.map(\.value)
            } else {
                throw .unexpected(file: file, key: key, expected: "a list", found: value.kindName)
            }
            for value in values {
                let name = try Self.name(value, key, file)
                if !extra.contains(where: { $0.content == name.content }) { extra.append(name) }
            }
        }
    }

    /// All texts that are named.
    var contents: Set<String> { Set(byKey.values.map(\.content)).union(extra.map(\.content)) }

    /// Lets what `other` names win.
    mutating func merge(_ other: SpecialTokenNames) {
        byKey.merge(other.byKey) { $1 }
        for name in other.extra where !extra.contains(where: { $0.content == name.content }) { extra.append(name) }
    }

    /// Puts the names into the settings.
    func apply(to settings: inout TokenizerSettings) {
        if let name = byKey["unk_token"] { settings.unknownToken = name.content }
        if let name = byKey["sep_token"] { settings.separatorToken = name.content }
        if let name = byKey["pad_token"] { settings.paddingToken = name.content }
        if let name = byKey["cls_token"] { settings.classifierToken = name.content }
        if let name = byKey["mask_token"] { settings.maskToken = name.content }
    }

    private static func name(_ value: JSONValue, _ key: String, _ file: String) throws(TokenizerError) -> Name {
        if let content = value.string {
            return Name(content: content, token: AddedToken(content: content, id: -1))
        }
        guard let object = value.object else {
            throw .unexpected(
                file: file, key: key, expected: "a string or an object with \"content\"", found: value.kindName)
        }
        var token = try AddedToken(object, id: -1, file: file, key: key)
        token.special = true
        if object["normalized"] == nil { token.normalized = false }
        return Name(content: token.content, token: token)
    }

    /// Completes the added tokens of the settings: those of the files by id, the named ones always, as the reference
    /// does. Returns the tokens that follow the vocabulary, in order of their ids.
    func settle(
        _ added: inout [Int: AddedToken], _ base: Vocabulary, _ settings: inout TokenizerSettings,
        _ notes: inout [String]
    ) throws(TokenizerError) -> [String] {
        var known: [String: Int] = [:]
        var more: [String] = []
        for id in added.keys.sorted() {
            guard let token = added[id] else { continue }
            if let other = known.updateValue(id, forKey: token.content) {
                throw .addedToken(token.content, problem: "has two ids, \(other) and \(id)")
            }
            if let own = base.id(of: token.content) {
                guard own == id else {
                    throw .addedToken(token.content, problem: "has id \(id), but the vocabulary gives it id \(own)")
                }
            } else {
                guard id == base.count + more.count else {
                    throw .addedToken(
                        token.content,
                        problem: "has id \(id), expected \(base.count + more.count): ids must go on without gaps")
                }
                more.append(token.content)
            }
        }
        let required = [
            settings.unknownToken, settings.separatorToken, settings.paddingToken, settings.classifierToken,
        ]
        let named = Self.keys.compactMap { byKey[$0]?.token } + extra.map(\.token)
        let plain = (required + [settings.maskToken].compactMap { $0 }).map { AddedToken(content: $0, id: -1) }
        for token in named + plain where known[token.content] == nil && !token.content.isEmpty {
            var token = token
            if let id = base.id(of: token.content) {
                token.id = id
            } else if required.contains(token.content) {
                continue
            } else if token.content == settings.maskToken, byKey["mask_token"] == nil {
                settings.maskToken = nil
                notes.append("the vocabulary has no mask token \(quoted(token.content)); it is left out")
                continue
            } else {
                token.id = base.count + more.count
                more.append(token.content)
            }
            added[token.id] = token
            known[token.content] = token.id
        }
        settings.addedTokens = added.keys.sorted().compactMap { added[$0] }
        return more
    }
}
