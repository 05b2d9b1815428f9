// The settings of a tokenizer as JSON, for a file that keeps the tokens elsewhere: always the same text for the same
// settings, and read back strictly. Not here: the formats of other programs.

public import AdzeBytes

extension Tokenizer {
    /// The settings without the vocabulary; `init(tokens:settings:)` takes it back.
    ///
    /// The type of WordPiece is the name that this kind has had in files from the first: a normalizer of switches, words
    /// between white space and punctuation, whichever family's frames are around it.
    public var description: JSONValue {
        func optional(_ value: JSONValue?) -> JSONValue { value ?? .null }
        var object: JSONObject = [
            "modelTokens": .integer(vocabulary.modelCount),
            "maximumLength": optional(settings.maximumLength.map(JSONValue.integer)),
            "truncationSide": .string(settings.truncationSide.rawValue),
            "classifierToken": .string(settings.classifierToken),
            "separatorToken": .string(settings.separatorToken),
            "paddingToken": .string(settings.paddingToken),
            "maskToken": optional(settings.maskToken.map(JSONValue.string)),
            "addedTokens": .array(settings.addedTokens.map { .object($0.json) }),
            "single": .array(settings.single.map(\.json)),
            "pair": .array(settings.pair.map(\.json)),
        ]
        if case .wordPiece(let model) = settings.model {
            let normalizer = settings.normalizer
            object["type"] = .string(DescriptionReader.type)
            object["cleansText"] = .bool(normalizer.cleansText)
            object["separatesCJK"] = .bool(normalizer.separatesCJK)
            object["stripsAccents"] = optional(normalizer.stripsAccents.map(JSONValue.bool))
            object["lowercases"] = .bool(normalizer.lowercases)
            object["continuingPrefix"] = .string(model.continuingPrefix)
            object["maximumWordLength"] = .integer(model.maximumWordLength)
            object["unknownToken"] = .string(model.unknownToken)
        }
        for (key, value) in SubwordDescription.json(settings) { object[key] = value }
        // Written only where they are set: files from before them stay the same.
        if settings.closesUpSpaces { object["closesUpSpaces"] = .bool(true) }
        if settings.splitsSpecialTokens { object["splitsSpecialTokens"] = .bool(true) }
        if settings.trimsOffsets { object["trimsOffsets"] = .bool(true) }
        if settings.keepsFirstSpace { object["keepsFirstSpace"] = .bool(true) }
        return .object(object)
    }

    /// A tokenizer out of all its tokens in the order of their ids and what `description` gave.
    ///
    /// Strict: every key but `closesUpSpaces`, `splitsSpecialTokens`, `trimsOffsets` and `keepsFirstSpace` must be there,
    /// and no other.
    /// Throws a `TokenizerError`.
    public convenience init(tokens: [String], settings value: JSONValue) throws(TokenizerError) {
        try self.init(utf8: tokens.map { ArraySlice($0.utf8) }, settings: value)
    }

    /// The same of tokens in UTF-8.
    public convenience init(utf8 tokens: [ArraySlice<UInt8>], settings value: JSONValue) throws(TokenizerError) {
        let reader = try DescriptionReader(value)
        let modelCount = try reader.integer("modelTokens", 1...max(1, tokens.count))
        let settings = try reader.settings()
        let vocabulary = try Vocabulary(
            tokens: tokens, modelCount: modelCount, allowsRepeats: settings.model.allowsRepeats,
            file: DescriptionReader.file)
        try self.init(vocabulary: vocabulary, settings: settings)
    }
}

extension TemplatePiece {
    fileprivate var json: JSONValue {
        switch self {
        case .token(let token, let typeID): .object(["token": .string(token), "type": .integer(Int(typeID))])
        case .first(let typeID): .object(["text": .integer(0), "type": .integer(Int(typeID))])
        case .second(let typeID): .object(["text": .integer(1), "type": .integer(Int(typeID))])
        }
    }
}

/// Reads what `description` wrote.
private struct DescriptionReader {
    static let file = "tokenizer settings"
    static let type = "bert-wordpiece"
    private static let commonKeys: Set<String> = [
        "type", "modelTokens", "maximumLength", "truncationSide", "classifierToken", "separatorToken", "paddingToken",
        "maskToken", "addedTokens", "single", "pair", "closesUpSpaces", "splitsSpecialTokens", "trimsOffsets",
        "keepsFirstSpace",
    ]
    private static let wordPieceKeys: Set<String> = [
        "cleansText", "separatesCJK", "stripsAccents", "lowercases", "continuingPrefix", "maximumWordLength",
        "unknownToken",
    ]
    private static let subwordKeys: Set<String> = ["model", "normalizer", "preTokenizer"]
    private let object: JSONObject

    init(_ value: JSONValue) throws(TokenizerError) {
        guard let object = value.object else {
            throw .unexpected(file: Self.file, key: "", expected: "an object", found: value.kindName)
        }
        let type = object["type"]?.string ?? "none"
        guard [Self.type, SubwordDescription.type].contains(type) else {
            throw .unsupported(
                file: Self.file, part: "type", name: type,
                supported: "only \(Self.type) and \(SubwordDescription.type) are")
        }
        let keys = Self.commonKeys.union(type == Self.type ? Self.wordPieceKeys : Self.subwordKeys)
        for key in object.keys where !keys.contains(key) {
            throw .unexpected(file: Self.file, key: key, expected: "no such key", found: "it")
        }
        self.object = object
    }

    func settings() throws(TokenizerError) -> TokenizerSettings {
        var settings = TokenizerSettings()
        if object["type"]?.string == Self.type {
            settings.normalizer.cleansText = try bool("cleansText")
            settings.normalizer.separatesCJK = try bool("separatesCJK")
            settings.normalizer.stripsAccents = try value("stripsAccents").isNull ? nil : bool("stripsAccents")
            settings.normalizer.lowercases = try bool("lowercases")
            settings.model = .wordPiece(
                WordPiece(
                    unknownToken: try string("unknownToken"), continuingPrefix: try string("continuingPrefix"),
                    maximumWordLength: try integer("maximumWordLength", 1...WordPiece.wordLengthLimit)))
        } else {
            try SubwordDescription.apply(object, to: &settings)
        }
        if object["closesUpSpaces"] != nil { settings.closesUpSpaces = try bool("closesUpSpaces") }
        if object["trimsOffsets"] != nil { settings.trimsOffsets = try bool("trimsOffsets") }
        if object["keepsFirstSpace"] != nil { settings.keepsFirstSpace = try bool("keepsFirstSpace") }
        if object["splitsSpecialTokens"] != nil { settings.splitsSpecialTokens = try bool("splitsSpecialTokens") }
        settings.maximumLength = try value("maximumLength").isNull ? nil : integer("maximumLength", 1...1_000_000)
        guard let side = TruncationSide(rawValue: try string("truncationSide")) else {
            throw unexpected("truncationSide", "'left' or 'right'")
        }
        settings.truncationSide = side
        settings.classifierToken = try string("classifierToken")
        settings.separatorToken = try string("separatorToken")
        settings.paddingToken = try string("paddingToken")
        settings.maskToken = try value("maskToken").isNull ? nil : string("maskToken")
        let added = try AddedToken.list(value("addedTokens"), key: "addedTokens", Self.file)
        settings.addedTokens = added.keys.sorted().compactMap { added[$0] }
        settings.frames = .template(single: try template("single", texts: 1), pair: try template("pair", texts: 2))
        return settings
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(TokenizerError) -> Int {
        guard let integer = try value(key).integer, range.contains(integer) else {
            throw unexpected(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    private func value(_ key: String) throws(TokenizerError) -> JSONValue {
        guard let value = object[key] else { throw unexpected(key, "a value") }
        return value
    }

    private func bool(_ key: String) throws(TokenizerError) -> Bool {
        guard let flag = try value(key).bool else { throw unexpected(key, "true or false") }
        return flag
    }

    private func string(_ key: String) throws(TokenizerError) -> String {
        guard let string = try value(key).string else { throw unexpected(key, "a string") }
        return string
    }

    private func template(_ key: String, texts: Int) throws(TokenizerError) -> [TemplatePiece] {
        var template: [TemplatePiece] = []
        for piece in try value(key).array ?? [] {
            guard let type = piece["type"]?.integer, (0...Frames.typeLimit).contains(type),
                piece.object?.count == 2
            else { throw unexpected(key, "pieces with a type and a token or text") }
            if let token = piece["token"]?.string {
                template.append(.token(token, typeID: Int32(type)))
            } else if let text = piece["text"]?.integer, text == 0 || text == 1 {
                template.append(text == 0 ? .first(typeID: Int32(type)) : .second(typeID: Int32(type)))
            } else {
                throw unexpected(key, "pieces with a type and a token or text")
            }
        }
        guard Frames.isTemplate(template, texts: texts) else {
            throw unexpected(key, texts == 1 ? "a list with text 0 once" : "a list with text 0, then text 1")
        }
        return template
    }

    private func unexpected(_ key: String, _ expected: String) -> TokenizerError {
        .unexpected(file: Self.file, key: key, expected: expected, found: object[key]?.kindName ?? "none")
    }
}
