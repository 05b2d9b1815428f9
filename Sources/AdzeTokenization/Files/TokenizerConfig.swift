// `tokenizer_config.json`: what it says of texts, lengths and its class. Not here: its special tokens, tokenizer.json, or
// which file wins.

import AdzeBytes

/// What `tokenizer_config.json` states; nil where it is silent.
struct TokenizerConfig {
    static let file = TokenizerFile.config.name

    var lowercases: Bool?
    /// The outer nil is silence, the inner one `null`.
    var stripsAccents: Bool??
    var separatesCJK: Bool?
    var closesUpSpaces: Bool?
    var splitsSpecialTokens: Bool?
    var maximumLength: Int?
    var truncationSide: TruncationSide?
    /// Whether `model_input_names` has the types of tokens.
    var givesTypes: Bool?
    var specialTokens = SpecialTokenNames()
    /// `added_tokens_decoder`, by id.
    var addedTokens: [Int: AddedToken]?
    /// The class that the files name, if any does.
    private(set) var namedClass: TokenizerClass?
    /// The file that names a class of another kind, and its name.
    private(set) var otherClass: (file: String, name: String)?
    /// All keys, for what only one class reads.
    private(set) var object: JSONObject = [:]

    /// What the file among others states: nothing where it is missing.
    init(_ files: TokenizerFiles, _ notes: inout [String]) throws(TokenizerError) {
        var object: JSONObject = [:]
        if let bytes = files[.config] { object = try TokenizerFiles.json(bytes, Self.file) }
        try self.init(object, &notes)
        self.object = object
        try nameClass(object["tokenizer_class"], files)
    }

    /// Throws where the files name a class whose tokenizers are not read.
    func refuseOtherClass() throws(TokenizerError) {
        guard let otherClass else { return }
        throw .unsupported(
            file: otherClass.file, part: "tokenizer_class", name: otherClass.name, supported: TokenizerClass.supported)
    }

    private init(_ object: JSONObject, _ notes: inout [String]) throws(TokenizerError) {
        lowercases = try object.flag("do_lower_case", Self.file)
        if let value = object["strip_accents"] {
            stripsAccents = .some(value.isNull ? nil : try object.flag("strip_accents", Self.file))
        }
        separatesCJK = try object.flag("tokenize_chinese_chars", Self.file)
        closesUpSpaces = try object.flag("clean_up_tokenization_spaces", Self.file)
        splitsSpecialTokens = try object.flag("split_special_tokens", Self.file)
        maximumLength = try Self.maximumLength(object)
        if let side = object["truncation_side"], !side.isNull {
            guard let known = side.string.flatMap(TruncationSide.init(rawValue:)) else {
                throw .unexpected(
                    file: Self.file, key: "truncation_side", expected: "'left' or 'right'", found: side.kindName)
            }
            truncationSide = known
        }
        if let names = object["model_input_names"], !names.isNull {
            guard let list = names.array else {
                throw .unexpected(
                    file: Self.file, key: "model_input_names", expected: "a list", found: names.kindName)
            }
            givesTypes = list.contains(.string("token_type_ids"))
        }
        specialTokens = try SpecialTokenNames(object, file: Self.file)
        if let decoder = object["added_tokens_decoder"], !decoder.isNull {
            addedTokens = try AddedToken.decoder(decoder, Self.file)
        }
        Self.notePassedOver(object, &notes)
    }

    /// The class that `tokenizer_config.json` names, else `config.json`, else the one of the model's type.
    ///
    /// One of another kind is kept aside: whether it can be passed over depends on what else is there.
    private mutating func nameClass(_ value: JSONValue?, _ files: TokenizerFiles) throws(TokenizerError) {
        var (name, source) = (files.modelClass, "config.json")
        if let value, !value.isNull {
            guard let string = value.string else {
                throw .unexpected(
                    file: Self.file, key: "tokenizer_class", expected: "a string", found: value.kindName)
            }
            (name, source) = (string, Self.file)
        }
        guard let name else {
            namedClass = files.modelType.flatMap(TokenizerClass.init(modelType:))
            return
        }
        namedClass = TokenizerClass(named: name)
        if namedClass == nil { otherClass = (source, name) }
    }

    /// `model_max_length`, or where the key is missing the `max_len` of old files; nil for more than any model has.
    private static func maximumLength(_ object: JSONObject) throws(TokenizerError) -> Int? {
        let key = object["model_max_length"] == nil ? "max_len" : "model_max_length"
        guard let length = object[key], !length.isNull else { return nil }
        guard let number = length.number else {
            throw .unexpected(file: file, key: key, expected: "a number", found: length.kindName)
        }
        guard number >= 1, number == number.rounded() else {
            throw .unexpected(file: file, key: key, expected: "a whole number above 0", found: length.kindName)
        }
        // The reference writes 1e30 for "unknown".
        return number <= 1_000_000 ? Int(number) : nil
    }

    /// Keys that say something of texts, and that transformers' fast tokenizers pass over too.
    private static func notePassedOver(_ object: JSONObject, _ notes: inout [String]) {
        let harmless: [(key: String, value: JSONValue)] = [
            ("never_split", .array([])), ("do_basic_tokenize", .bool(true)), ("clean_text", .bool(true)),
            ("wordpieces_prefix", .string("##")), ("max_input_chars_per_word", .integer(100)),
        ]
        let keys = harmless.filter { entry in
            guard let value = object[entry.key] else { return false }
            return !value.isNull && value != entry.value
        }.map(\.key)
        guard !keys.isEmpty else { return }
        let verb = keys.count == 1 ? "is" : "are"
        notes.append(
            "\(keys.joined(separator: ", ")) of \(file) \(verb) passed over, as transformers' fast tokenizer does")
    }

    /// Puts what is stated into the settings of a class; `fromJSON` where tokenizer.json has set them before.
    func override(
        _ settings: inout TokenizerSettings, _ tokenizerClass: TokenizerClass, fromJSON: Bool, _ notes: inout [String]
    ) {
        if let maximumLength { settings.maximumLength = maximumLength }
        if let truncationSide { settings.truncationSide = truncationSide }
        if let closesUpSpaces { settings.closesUpSpaces = closesUpSpaces }
        if let splitsSpecialTokens { settings.splitsSpecialTokens = splitsSpecialTokens }
        guard case .wordPiece = settings.model else { return }
        let before = settings.normalizer
        var stated = before
        if let lowercases { stated.lowercases = lowercases }
        if let stripsAccents { stated.stripsAccents = stripsAccents }
        if let separatesCJK { stated.separatesCJK = separatesCJK }
        let followsFile = fromJSON && tokenizerClass == .generic
        if !followsFile { settings.normalizer = stated }
        guard fromJSON else { return }
        var differing: [String] = []
        if stated.lowercases != before.lowercases { differing.append("do_lower_case") }
        if stated.stripsAccents != before.stripsAccents,
            stated.effectivelyStripsAccents != before.effectivelyStripsAccents
        {
            differing.append("strip_accents")
        }
        if stated.separatesCJK != before.separatesCJK { differing.append("tokenize_chinese_chars") }
        guard !differing.isEmpty else { return }
        let winner =
            followsFile ? "tokenizer.json is followed, as tokenizer_class says" : "the former is followed"
        notes.append("\(Self.file) and tokenizer.json differ in \(differing.joined(separator: ", ")); \(winner)")
    }

    /// Whether the model is fed the types of tokens: else all are 0.
    func feedsTypes(_ tokenizerClass: TokenizerClass) -> Bool { givesTypes ?? tokenizerClass.feedsTypes }

    /// Says where the settings are tokenizer.json's and not those of transformers, which rebuilds some parts.
    func noteFollowed(_ settings: TokenizerSettings, _ tokenizerClass: TokenizerClass, _ notes: inout [String]) {
        // Versions before 5 fed them.
        if givesTypes == nil, settings.pair.contains(where: { $0.typeID != 0 }) {
            let reason: String? =
                switch tokenizerClass {
                case .generic: ", since tokenizer_config.json names neither BertTokenizer nor model_input_names"
                case .albert: " with an AlbertTokenizer unless tokenizer_config.json has model_input_names"
                default: nil
                }
            if let reason {
                notes.append(
                    "second texts get the types that tokenizer.json gives them; transformers 5 feeds none" + reason)
            }
        }
        guard case .wordPiece = settings.model, tokenizerClass != .generic else { return }
        let parts = TokenizerJSON.followed(settings, self, tokenizerClass)
        guard !parts.isEmpty else { return }
        notes.append(
            "tokenizer.json is followed where tokenizer_config.json is silent (\(parts.joined(separator: ", "))); "
                + "transformers' \(tokenizerClass.name) takes its own defaults there")
    }
}
