// The post-processor of `tokenizer.json`: TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, or several in a
// row. Not here: the file's other parts.

import AdzeBytes

/// The frames that a post-processor puts around texts, with the tokens at their ends.
struct FramesJSON {
    /// As a template, which keeps its tokens whatever other files call the roles.
    let frames: Frames
    /// The token at the start, if any.
    let classifierToken: String?
    /// The token at the end, if any.
    let separatorToken: String?
    /// Whether offsets leave white space out, where the post-processor is of a kind that says so.
    private(set) var trimming: (trims: Bool, keepsFirstSpace: Bool)?

    /// Reads a post-processor, whose tokens must be among those given under their ids.
    ///
    /// Of a sequence the last frames count, and the last that says how offsets are trimmed. Nil where there is none.
    init?(
        _ value: JSONValue?, _ vocabulary: Vocabulary, _ addedTokens: [Int: AddedToken]
    ) throws(TokenizerError) {
        guard let value, !value.isNull else { return nil }
        guard value["type"]?.string == "Sequence" else {
            try self.init(part: value, vocabulary, addedTokens)
            return
        }
        guard let values = value["processors"]?.array, values.count <= Frames.pieceLimit else {
            throw .unexpected(
                file: TokenizerJSON.file, key: "processors", expected: "a short list",
                found: value["processors"]?.kindName ?? "none")
        }
        var whole = FramesJSON()
        for value in values {
            guard let part = try FramesJSON(value, vocabulary, addedTokens) else { continue }
            if part.classifierToken != nil || part.separatorToken != nil { whole = part.trimming(as: whole.trimming) }
            if let trimming = part.trimming { whole.trimming = trimming }
        }
        self = whole
    }

    /// No frame, as ByteLevel leaves texts.
    private init() {
        frames = .none
        (classifierToken, separatorToken) = (nil, nil)
    }

    private func trimming(as other: (trims: Bool, keepsFirstSpace: Bool)?) -> FramesJSON {
        var frames = self
        if let other, frames.trimming == nil { frames.trimming = other }
        return frames
    }

    private init(
        part value: JSONValue, _ vocabulary: Vocabulary, _ addedTokens: [Int: AddedToken]
    ) throws(TokenizerError) {
        let reader = FramesReader(vocabulary: vocabulary, addedTokens: addedTokens)
        func flag(_ key: String) throws(TokenizerError) -> Bool {
            try value.object?.flag(key, TokenizerJSON.file) ?? true
        }
        switch value["type"]?.string {
        case "ByteLevel":
            self.init()
            trimming = (try flag("trim_offsets"), try flag("add_prefix_space"))
        case "TemplateProcessing": self.init(try reader.template(value))
        case "BertProcessing": self.init(try reader.ends(value), .separated(typed: true))
        case "RobertaProcessing":
            self.init(try reader.ends(value), .doublySeparated)
            trimming = (try flag("trim_offsets"), try flag("add_prefix_space"))
        case let other:
            throw .unsupported(
                file: TokenizerJSON.file, part: "post_processor", name: other ?? "without a type",
                supported: "only TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel and Sequence are")
        }
    }

    private init(_ template: (single: [TemplatePiece], pair: [TemplatePiece])) {
        frames = .template(single: template.single, pair: template.pair)
        (classifierToken, separatorToken) = (template.single.first?.token, template.single.last?.token)
    }

    private init(_ ends: (classifier: String, separator: String), _ frames: Frames) {
        self.frames = .template(
            single: frames.single(ends.classifier, ends.separator), pair: frames.pair(ends.classifier, ends.separator))
        (classifierToken, separatorToken) = (ends.classifier, ends.separator)
    }

    /// Whether two texts stand in `<s> A </s></s> B </s>`, whatever the tokens are.
    var isDoublySeparated: Bool {
        guard let classifierToken, let separatorToken, case .template(_, let pair) = frames else { return false }
        return pair == Frames.doublySeparated.pair(classifierToken, separatorToken)
    }
}

/// Reads the kinds of post-processors, with the tokens to check their ids by.
private struct FramesReader {
    let vocabulary: Vocabulary
    let addedTokens: [Int: AddedToken]

    /// The tokens of BertProcessing and RobertaProcessing.
    func ends(_ value: JSONValue) throws(TokenizerError) -> (classifier: String, separator: String) {
        (try named(value["cls"] ?? .null, "cls"), try named(value["sep"] ?? .null, "sep"))
    }

    /// The pieces of TemplateProcessing.
    func template(_ value: JSONValue) throws(TokenizerError) -> (single: [TemplatePiece], pair: [TemplatePiece]) {
        let special = value["special_tokens"]?.object ?? [:]
        let single = try template(value["single"] ?? .null, "single", special)
        let pair = try template(value["pair"] ?? .null, "pair", special)
        try Self.check(single, "single", texts: 1)
        try Self.check(pair, "pair", texts: 2)
        return (single, pair)
    }

    /// A `["[CLS]", 101]`, whose id must be the vocabulary's.
    private func named(_ value: JSONValue, _ key: String) throws(TokenizerError) -> String {
        guard let pair = value.array, pair.count == 2, let token = pair[0].string, let id = pair[1].integer else {
            throw .unexpected(
                file: TokenizerJSON.file, key: key, expected: "a list of token and id", found: value.kindName)
        }
        try checkID(token, id)
        return token
    }

    private func checkID(_ token: String, _ id: Int) throws(TokenizerError) {
        let known = vocabulary.token(id) ?? addedTokens[id]?.content
        guard known.map(ExactText.init) == ExactText(token) else {
            throw .unexpected(
                file: TokenizerJSON.file, key: "post_processor",
                expected: "\(quoted(token)) with its id in the vocabulary",
                found: "id \(id)")
        }
    }

    private func template(
        _ value: JSONValue, _ key: String, _ special: JSONObject
    ) throws(TokenizerError) -> [TemplatePiece] {
        guard let pieces = value.array else {
            throw .unexpected(file: TokenizerJSON.file, key: key, expected: "a list of pieces", found: value.kindName)
        }
        var template: [TemplatePiece] = []
        for piece in pieces {
            if let token = piece["SpecialToken"], let name = token["id"]?.string {
                let typeID = try Self.typeID(token)
                guard let ids = special[name]?["ids"]?.array, let texts = special[name]?["tokens"]?.array,
                    ids.count == texts.count, !ids.isEmpty
                else {
                    throw .unexpected(
                        file: TokenizerJSON.file, key: "special_tokens", expected: "ids and tokens of \(quoted(name))",
                        found: special[name]?.kindName ?? "none")
                }
                for (id, text) in zip(ids, texts) {
                    let token = try TokenizerJSON.string(text, "tokens")
                    try checkID(token, id.integer ?? -1)
                    template.append(.token(token, typeID: typeID))
                }
            } else if let sequence = piece["Sequence"], let name = sequence["id"]?.string, name == "A" || name == "B" {
                let typeID = try Self.typeID(sequence)
                template.append(name == "A" ? .first(typeID: typeID) : .second(typeID: typeID))
            } else {
                throw .unexpected(
                    file: TokenizerJSON.file, key: key, expected: "a SpecialToken or Sequence piece",
                    found: piece.kindName)
            }
        }
        return template
    }

    private static func typeID(_ piece: JSONValue) throws(TokenizerError) -> Int32 {
        guard let id = piece["type_id"]?.integer, (0...Frames.typeLimit).contains(id) else {
            throw .unexpected(
                file: TokenizerJSON.file, key: "type_id", expected: "0 to \(Frames.typeLimit)",
                found: piece["type_id"]?.kindName ?? "none")
        }
        return Int32(id)
    }

    private static func check(
        _ template: [TemplatePiece], _ key: String, texts: Int
    ) throws(TokenizerError) {
        guard Frames.isTemplate(template, texts: texts) else {
            throw .unexpected(
                file: TokenizerJSON.file, key: key, expected: texts == 1 ? "A once" : "A once, then B once",
                found: "another template"
            )
        }
    }
}
