// Tokenizer files in every state that transformers reads, and what it makes of them: Tests/Fixtures/tokenizer/settings.json,
// from Tools/reference/make_tokenizer_settings_golden.py. Not here: Adze's answer.

public import AdzeBytes

/// A fixture's tokenizer files with changes.
public struct TokenizerCase: Sendable, CustomStringConvertible {
    /// What transformers answers for one text.
    public struct Row: Sendable {
        /// Special tokens included.
        public let ids: [Int32]
        /// As many as ids.
        public let types: [Int32]
        /// The classifier's logits; nil where the model has no row for a token.
        public let logits: [Float]?
    }

    /// The most tokens of the fixture's model.
    public static let limit = 16

    /// The case's name.
    public let description: String
    /// Whether tokenizer.json alone was asked, since transformers passes a part of it over.
    public let followsFile: Bool
    /// The files by name, as text.
    public let files: [(name: String, text: String)]
    /// The `tokenizer_class` of config.json.
    public let modelClass: String?
    /// What transformers answers, one row a text.
    public let rows: [Row]

    /// The bytes of a file, or nil where the case has none of that name.
    public func bytes(_ name: String) -> [UInt8]? { files.first { $0.name == name }.map { Array($0.text.utf8) } }
}

extension TokenizerCase {
    private static let golden = try? parseJSON(Fixtures.bytes("tokenizer/settings.json"))
    private static let folder = "models/seqcls-gelu/"

    /// The texts of every case: some longer than the limit, some pairs.
    public static let texts: [(text: String, pair: String?)] = (golden?["texts"]?.array ?? []).compactMap { row in
        row.array.flatMap { parts in parts[0].string.map { ($0, parts[1].string) } }
    }

    /// All cases.
    public static let all: [TokenizerCase] = (golden?["cases"]?.array ?? []).compactMap { try? TokenizerCase($0) }

    private init(_ value: JSONValue) throws {
        func json(_ name: String) throws -> JSONValue { try parseJSON(Fixtures.bytes(Self.folder + name)) }
        var files: [(name: String, text: String)] = []
        if let changes = value["config"]?.object {
            var config = try json("tokenizer_config.json").object ?? [:]
            for key in value["drop"]?.array ?? [] { config[key.string ?? ""] = nil }
            for (key, value) in changes { config[key] = value }
            files.append(("tokenizer_config.json", JSONValue.object(config).text))
        }
        if let changes = value["tokenizer"]?.object {
            var tokenizer = try json("tokenizer.json")
            for (path, value) in changes { tokenizer.set(path.split(separator: ".").map(String.init)[...], value) }
            files.append(("tokenizer.json", tokenizer.text))
        }
        var vocabulary = String(decoding: try Fixtures.bytes(Self.folder + "vocab.txt"), as: UTF8.self)
        for (old, new) in value["renames"]?.object ?? [:] {
            vocabulary = vocabulary.split(separator: "\n").map { $0 == old ? new.string ?? "" : String($0) }
                .joined(separator: "\n")
        }
        files.append(("vocab.txt", vocabulary))
        for (key, name) in [("special", "special_tokens_map.json"), ("added", "added_tokens.json")] {
            if let value = value[key] { files.append((name, value.text)) }
        }
        description = value["name"]?.string ?? ""
        followsFile = value["reference"] == .string("tokenizers")
        self.files = files
        modelClass = value["model_class"]?.string
        rows = (value["rows"]?.array ?? []).map { row in
            Row(
                ids: (row["ids"]?.array ?? []).map { Int32($0.integer ?? -1) },
                types: (row["types"]?.string ?? "").utf8.map { Int32($0) - 48 },
                logits: row["logits"]?.array?.map { Float($0.number ?? .nan) })
        }
    }
}

extension JSONValue {
    /// Sets a member of an object inside objects.
    fileprivate mutating func set(_ path: ArraySlice<String>, _ value: JSONValue) {
        guard let key = path.first, var object else { return }
        if path.count == 1 {
            object[key] = value
        } else {
            var inner = object[key] ?? .null
            inner.set(path.dropFirst(), value)
            object[key] = inner
        }
        self = .object(object)
    }
}

/// A case of sentence-transformers: a folder's two files, and the ids of texts.
public struct SentenceCase: Sendable, CustomStringConvertible {
    /// The case's name.
    public let description: String
    /// `sentence_bert_config.json`.
    public let sentence: String
    /// Changes of `tokenizer_config.json`.
    public let config: JSONObject
    /// Some longer than the limit.
    public let texts: [String]
    /// The ids of each text.
    public let ids: [[Int32]]

    /// All cases.
    public static let all: [SentenceCase] = {
        let golden = try? parseJSON(Fixtures.bytes("tokenizer/settings.json"))
        return (golden?["sentences"]?.array ?? []).map { value in
            SentenceCase(
                description: value["name"]?.string ?? "", sentence: value["sentence"]?.text ?? "",
                config: value["config"]?.object ?? [:],
                texts: (value["texts"]?.array ?? []).compactMap(\.string),
                ids: (value["ids"]?.array ?? []).map { ($0.array ?? []).map { Int32($0.integer ?? -1) } })
        }
    }()
}
