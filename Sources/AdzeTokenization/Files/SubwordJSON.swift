// The parts of `tokenizer.json` that tokenizers of byte pairs and unigram are made of: normalizers, pre-tokenizers and
// models by their names. A part that is not run is refused by name. Not here: WordPiece's parts, and the frames.

import AdzeBytes

/// Reads the parts of a file whose model is byte pairs or unigram.
enum SubwordJSON {
    private static let file = TokenizerFile.json.name
    /// The most steps of a sequence.
    private static let stepLimit = 16
    /// The most bytes that the steps may make of one, replacement after replacement.
    private static let growthLimit = 1024

    // MARK: - Normalizers

    /// The steps of a normalizer; none for null.
    static func normalizer(_ value: JSONValue?) throws(TokenizerError) -> [NormalizerStep] {
        guard let value, !value.isNull else { return [] }
        let part = try Part(value, "normalizer")
        var steps: [NormalizerStep] = []
        if part.type == "Sequence" {
            for value in try part.list("normalizers") { steps += try normalizer(value) }
        } else if let step = try step(part) {
            steps = [step]
        }
        guard steps.count <= stepLimit else { throw part.unexpected("normalizers", "at most \(stepLimit) steps") }
        let growth = steps.reduce(1) { min(growthLimit + 1, $0 * Self.growth($1)) }
        guard growth <= growthLimit else {
            throw part.unexpected(
                "normalizers", "steps that make a text at most \(growthLimit) times as long", found: "more")
        }
        return steps
    }

    /// How many times as long a text becomes at most, of the steps whose texts a file gives.
    private static func growth(_ step: NormalizerStep) -> Int {
        switch step {
        case .replace(.text(let pattern), let content):
            min(growthLimit + 1, max(1, (content.utf8.count + pattern.utf8.count - 1) / max(1, pattern.utf8.count)))
        case .replace(_, let content): min(growthLimit + 1, max(1, content.utf8.count))
        case .precompiled: Charsmap.stringLimit
        default: 1
        }
    }

    private static func step(_ part: Part) throws(TokenizerError) -> NormalizerStep? {
        switch part.type {
        case "NFC": return .nfc
        case "NFD": return .nfd
        case "NFKC": return .nfkc
        case "NFKD": return .nfkd
        case "Lowercase": return .lowercase
        case "StripAccents": return .stripAccents
        case "Strip":
            return .strip(left: try part.flag("strip_left") ?? true, right: try part.flag("strip_right") ?? true)
        case "Prepend":
            let text = try part.string("prepend")
            guard text.utf8.count <= growthLimit else {
                throw part.unexpected("prepend", "at most \(growthLimit) bytes")
            }
            return .prepend(text)
        case "Replace": return .replace(try replacePattern(part), try part.string("content"))
        case "Precompiled":
            let value = part.object["precompiled_charsmap"] ?? .null
            // A model without rules has an empty one.
            if value.isNull || value.string == "" { return nil }
            return .precompiled(try charsmap(try part.string("precompiled_charsmap"), file: file))
        default:
            throw part.unsupported(
                "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Replace, Prepend and Precompiled are")
        }
    }

    /// A charsmap in base 64.
    static func charsmap(_ text: String, file: String) throws(TokenizerError) -> Charsmap {
        let key = "precompiled_charsmap"
        guard let bytes = Base64Text.decode(text) else {
            throw .unexpected(file: file, key: key, expected: "base 64", found: "other characters")
        }
        return try charsmap(bytes, file: file)
    }

    /// A charsmap of its own bytes.
    static func charsmap(_ bytes: [UInt8], file: String) throws(TokenizerError) -> Charsmap {
        do {
            return try Charsmap(bytes)
        } catch {
            throw .unexpected(
                file: file, key: "precompiled_charsmap", expected: "a table whose parts lie inside it",
                found: "\(error)")
        }
    }

    private static func replacePattern(_ part: Part) throws(TokenizerError) -> ReplacePattern {
        if let text = part.object["pattern"]?["String"]?.string {
            guard !text.isEmpty else { throw part.unexpected("pattern", "a text") }
            return .text(text)
        }
        guard let regex = part.object["pattern"]?["Regex"]?.string else {
            throw part.unexpected("pattern", "a String or a Regex")
        }
        guard let known = ReplacePattern(regex: regex) else {
            throw .unsupported(
                file: file, part: "Replace pattern", name: regex,
                supported: "of regular expressions only "
                    + ReplacePattern.knownRegexes.map { "'\($0)'" }.joined(separator: ", ") + " are")
        }
        return known
    }

    // MARK: - Pre-tokenizers

    /// The steps of a pre-tokenizer; none for null.
    static func preTokenizer(_ value: JSONValue?) throws(TokenizerError) -> [PreTokenizerStep] {
        guard let value, !value.isNull else { return [] }
        let part = try Part(value, "pre_tokenizer")
        guard part.type == "Sequence" else { return [try preTokenizerStep(part)] }
        var steps: [PreTokenizerStep] = []
        for value in try part.list("pretokenizers") { steps += try preTokenizer(value) }
        guard steps.count <= stepLimit else { throw part.unexpected("pretokenizers", "at most \(stepLimit) steps") }
        for step in steps.dropLast() {
            if case .byteLevel = step { throw part.unexpected("pretokenizers", "ByteLevel as the last step") }
        }
        return steps
    }

    private static func preTokenizerStep(_ part: Part) throws(TokenizerError) -> PreTokenizerStep {
        switch part.type {
        case "WhitespaceSplit": return .whiteSpace
        case "Metaspace": return .metaspace(try metaspace(part))
        case "ByteLevel":
            return .byteLevel(
                addsPrefixSpace: try part.flag("add_prefix_space") ?? true, splits: try part.flag("use_regex") ?? true)
        case "Digits": return .digits(each: try part.flag("individual_digits") ?? false)
        case "Punctuation": return .punctuation(try behavior(part) ?? .isolated)
        case "Split":
            guard let behavior = try behavior(part) else { throw part.unexpected("behavior", "a name") }
            return .split(try splitPattern(part), behavior, inverted: try part.flag("invert") ?? false)
        default:
            throw part.unsupported(
                "WhitespaceSplit, Metaspace, ByteLevel, Digits, Punctuation and Split are")
        }
    }

    private static func metaspace(_ part: Part) throws(TokenizerError) -> Metaspace {
        var metaspace = Metaspace()
        let replacement = try part.string("replacement")
        guard let scalar = replacement.unicodeScalars.first, replacement.unicodeScalars.count == 1, scalar != " " else {
            throw part.unexpected("replacement", "one character that is no space")
        }
        metaspace.replacement = scalar
        let adds = try part.flag("add_prefix_space")
        if let name = part.object["prepend_scheme"], !name.isNull {
            guard let prefix = name.string.flatMap(Metaspace.Prefix.init(rawValue:)) else {
                throw part.unexpected("prepend_scheme", "'always', 'first' or 'never'")
            }
            metaspace.prefix = prefix
            if adds == false, prefix != .never {
                throw part.unexpected("prepend_scheme", "'never' beside add_prefix_space false")
            }
        } else if adds == false {
            throw part.unexpected("add_prefix_space", "'prepend_scheme' never beside false")
        }
        metaspace.splits = try part.flag("split") ?? true
        return metaspace
    }

    private static func behavior(_ part: Part) throws(TokenizerError) -> SplitBehavior? {
        guard let value = part.object["behavior"], !value.isNull else { return nil }
        guard let behavior = value.string.flatMap(SplitBehavior.init(rawValue:)) else {
            throw part.unexpected("behavior", SplitBehavior.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return behavior
    }

    private static func splitPattern(_ part: Part) throws(TokenizerError) -> SplitPattern {
        if let text = part.object["pattern"]?["String"]?.string {
            guard !text.isEmpty else { throw part.unexpected("pattern", "a text") }
            return .text(text)
        }
        guard let regex = part.object["pattern"]?["Regex"]?.string else {
            throw part.unexpected("pattern", "a String or a Regex")
        }
        guard let rule = WordRule(rawValue: regex) else {
            throw .unsupported(
                file: file, part: "Split pattern", name: regex,
                supported: "of regular expressions only "
                    + WordRule.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ") + " are")
        }
        return .rule(rule)
    }

    // MARK: - Models

    /// Byte pairs' settings, of a vocabulary that is read before.
    static func bytePairs(_ object: JSONObject, _ vocabulary: Vocabulary) throws(TokenizerError) -> BytePairs {
        let part = Part(object, "model")
        if let dropout = object["dropout"], !dropout.isNull, dropout.number != 0 {
            throw .unsupported(
                file: file, part: "dropout of the model", name: dropout.kindName,
                supported: "texts are cut the same way each time; set it to null")
        }
        let prefix = try part.optionalString("continuing_subword_prefix") ?? ""
        var model = try BytePairs(
            pairs: pairs(part), vocabulary, prefix: prefix, file: file)
        model.wordSuffix = try part.optionalString("end_of_word_suffix") ?? ""
        model.unknownToken = try part.optionalString("unk_token")
        model.fusesUnknown = try part.flag("fuse_unk") ?? false
        model.fallsBackToBytes = try part.flag("byte_fallback") ?? false
        model.ignoresMerges = try part.flag("ignore_merges") ?? false
        return model
    }

    /// Merges as "a b" or as ["a", "b"].
    private static func pairs(_ part: Part) throws(TokenizerError) -> [(left: Substring, right: Substring)] {
        let values = try part.list("merges")
        var pairs: [(left: Substring, right: Substring)] = []
        pairs.reserveCapacity(values.count)
        for value in values {
            if let text = value.string, let pair = BytePairs.pair(Substring(text)) {
                pairs.append(pair)
            } else if let list = value.array, list.count == 2, let left = list[0].string, let right = list[1].string {
                pairs.append((Substring(left), Substring(right)))
            } else {
                throw part.unexpected(
                    "merges", "two tokens each", found: "\(value.kindName) as merge \(pairs.count + 1)")
            }
        }
        return pairs
    }

    /// Unigram's pieces and settings.
    static func unigram(_ object: JSONObject) throws(TokenizerError) -> (tokens: [String], model: Unigram) {
        let part = Part(object, "model")
        let values = try part.list("vocab")
        guard values.count <= Vocabulary.countLimit else {
            throw .tooManyTokens(file: file, count: values.count, limit: Vocabulary.countLimit)
        }
        var tokens: [String] = []
        var model = Unigram()
        tokens.reserveCapacity(values.count)
        model.scores.reserveCapacity(values.count)
        for value in values {
            guard let pair = value.array, pair.count == 2, let token = pair[0].string, let score = pair[1].number else {
                throw part.unexpected(
                    "vocab", "a piece and its score each", found: "\(value.kindName) as entry \(tokens.count)")
            }
            tokens.append(token)
            model.scores.append(ScoreNumber.read(score))
        }
        if let id = object["unk_id"], !id.isNull {
            guard let number = id.integer else { throw part.unexpected("unk_id", "an id or null") }
            model.unknownID = number
        }
        model.fallsBackToBytes = try part.flag("byte_fallback") ?? false
        try model.check(modelCount: tokens.count, file: file)
        return (tokens, model)
    }
}

/// An object of the file with its name, for errors.
private struct Part {
    let object: JSONObject
    let name: String
    var type: String { object["type"]?.string ?? "without a type" }

    init(_ object: JSONObject, _ name: String) { (self.object, self.name) = (object, name) }

    init(_ value: JSONValue, _ name: String) throws(TokenizerError) {
        guard let object = value.object else {
            throw .unexpected(file: TokenizerFile.json.name, key: name, expected: "an object", found: value.kindName)
        }
        self.init(object, name)
    }

    func flag(_ key: String) throws(TokenizerError) -> Bool? { try object.flag(key, TokenizerFile.json.name) }

    func string(_ key: String) throws(TokenizerError) -> String {
        try TokenizerJSON.string(object[key] ?? .null, key)
    }

    func optionalString(_ key: String) throws(TokenizerError) -> String? {
        guard let value = object[key], !value.isNull else { return nil }
        return try TokenizerJSON.string(value, key)
    }

    func list(_ key: String) throws(TokenizerError) -> [JSONValue] {
        guard let list = object[key]?.array else { throw unexpected(key, "a list") }
        return list
    }

    func unexpected(_ key: String, _ expected: String, found: String? = nil) -> TokenizerError {
        .unexpected(
            file: TokenizerFile.json.name, key: key, expected: expected,
            found: found ?? object[key]?.kindName ?? "none")
    }

    func unsupported(_ what: String) -> TokenizerError {
        .unsupported(file: TokenizerFile.json.name, part: name, name: type, supported: "only " + what)
    }
}
