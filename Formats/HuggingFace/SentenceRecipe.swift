// How a sentence-transformers folder makes one vector of a text: pooling, normalization, length. Read only when asked
// for, so that a folder used for classification may have modules that we do not compute.
//
// Source: sentence-transformers 6.2, `base/model.py`, `base/modules/transformer.py`, `modules/pooling.py`.

internal import AdzeBytes

/// One way to make a vector of the tokens' vectors.
public enum SentencePooling: String, Sendable, CaseIterable {
    /// The first token's vector.
    case cls
    /// The largest value of each dimension.
    case max
    /// The mean over the tokens.
    case mean
    /// The sum over the tokens, divided by the square root of their number.
    case meanSqrtLength = "mean_sqrt_len_tokens"
    /// The mean over the tokens, weighted by position: 1, 2, 3…
    case weightedMean = "weightedmean"
    /// The last token's vector.
    case lastToken = "lasttoken"

    /// The key of the old configuration, which had a truth value for each.
    package var legacyKey: String {
        switch self {
        case .cls: "pooling_mode_cls_token"
        case .max: "pooling_mode_max_tokens"
        case .mean: "pooling_mode_mean_tokens"
        case .meanSqrtLength: "pooling_mode_mean_sqrt_len_tokens"
        case .weightedMean: "pooling_mode_weightedmean_tokens"
        case .lastToken: "pooling_mode_lasttoken"
        }
    }
}

/// What follows the encoder in a sentence model, and how its texts are prepared.
public struct SentenceRecipe: Sendable, Equatable {
    /// The poolings, whose vectors are concatenated in this order; nearly always one.
    public var poolings: [SentencePooling]
    /// Whether the vector is divided by its Euclidean length.
    public var normalize: Bool
    /// Tokens of a text, special tokens included; nil leaves it to the tokenizer's configuration.
    public var maximumSequenceLength: Int?
    /// Whether texts are lower-cased before the tokenizer sees them.
    public var lowercaseFirst: Bool
    /// Text put before every text unless the caller says otherwise; nil or empty for none.
    public var defaultPrompt: String?

    /// A recipe of its parts.
    public init(
        poolings: [SentencePooling], normalize: Bool, maximumSequenceLength: Int? = nil, lowercaseFirst: Bool = false,
        defaultPrompt: String? = nil
    ) {
        self.poolings = poolings
        self.normalize = normalize
        self.maximumSequenceLength = maximumSequenceLength
        self.lowercaseFirst = lowercaseFirst
        self.defaultPrompt = defaultPrompt
    }
}

/// One entry of `modules.json`.
struct SentenceModule {
    /// The class's own name, `Pooling` for example.
    let name: String
    /// The class's dotted path.
    let type: String
    /// The folder of the module's files; empty for the root.
    let path: String

    /// The entries in the order in which they run; throws where the file is no such list or a path leaves the folder.
    static func list(in root: FolderFiles) throws -> [SentenceModule] {
        let file = "modules.json"
        guard let value = try root.json(file) else { return [] }
        guard let entries = value.array else {
            throw HuggingFaceError.field(file: file, field: "the file", expected: "a list", found: value.kindName)
        }
        return try entries.enumerated().map { number, entry throws(HuggingFaceError) in
            guard let type = entry["type"]?.string else {
                throw .field(
                    file: file, field: "type of entry \(number)", expected: "a string",
                    found: entry["type"]?.kindName ?? "nothing")
            }
            guard let path = entry["path"]?.string else {
                throw .field(
                    file: file, field: "path of entry \(number)", expected: "a string",
                    found: entry["path"]?.kindName ?? "nothing")
            }
            guard path.isEmpty || isPlainName(path) else { throw .unsafeName(file: file, name: path) }
            // The dotted path changed between versions (models.Pooling, sentence_transformer.modules.pooling.Pooling),
            // the class's name did not. Classes from elsewhere keep their whole path, so that no name of ours fits.
            let own = type.hasPrefix("sentence_transformers.")
            return SentenceModule(
                name: own ? String(type.split(separator: ".").last ?? "") : type, type: type, path: path)
        }
    }
}

extension ModelFolder {
    /// The recipe of a sentence-transformers folder, or nil where there is no `modules.json`.
    ///
    /// Throws `HuggingFaceError.unsupportedModule` for Dense, LSTM, CNN and whatever else is not computed here.
    public func sentenceRecipe() throws -> SentenceRecipe? {
        guard root.names.contains("modules.json") else { return nil }
        let modules = try SentenceModule.list(in: root)
        let supported = ["Transformer", "Pooling", "Normalize"]
        if let other = modules.first(where: { !supported.contains($0.name) }) {
            throw HuggingFaceError.unsupportedModule(type: other.type)
        }
        guard modules.count >= 2, modules[0].name == "Transformer", modules[1].name == "Pooling",
            modules.dropFirst(2).allSatisfy({ $0.name == "Normalize" })
        else { throw HuggingFaceError.moduleOrder(found: modules.map(\.name)) }
        guard modules[0].path == encoderFolder else {
            throw HuggingFaceError.encoderElsewhere(folder: modules[0].path, chosen: encoderFolder)
        }
        let (maximumLength, lowercase) = try sequenceSettings()
        let pooling = try pooling(in: modules[1].path)
        let prompt = try defaultPrompt()
        if let prompt, !prompt.isEmpty, !pooling.includesPrompt {
            throw HuggingFaceError.promptOutsidePooling(file: "\(modules[1].path)/config.json")
        }
        return SentenceRecipe(
            poolings: pooling.modes, normalize: modules.count > 2, maximumSequenceLength: maximumLength,
            lowercaseFirst: lowercase, defaultPrompt: prompt)
    }

    /// The activation that a cross-encoder's `config_sentence_transformers.json` names, by its Python path; nil where there is
    /// none, or no `modules.json` beside it, without which the reference does not read the file.
    public func crossEncoderActivation() throws -> String? {
        guard root.names.contains("modules.json") else { return nil }
        return try root.object("config_sentence_transformers.json")?["activation_fn"]?.string
    }

    private func sequenceSettings() throws -> (maximumLength: Int?, lowercase: Bool) {
        guard let (name, object) = try sequenceFile() else { return (nil, false) }
        var length: Int?
        // A length among the tokenizer's arguments wins, and is in the tokenizer's own configuration.
        let isOverridden = try tokenizerArguments()["model_max_length"] != nil
        if let value = object["max_seq_length"], !value.isNull, !isOverridden {
            guard let number = value.integer, number > 0, number <= 1_000_000 else {
                throw HuggingFaceError.field(
                    file: name, field: "max_seq_length", expected: "a whole number from 1 to 1000000",
                    found: value.kindName)
            }
            length = number
        }
        return (length, try flag(object["do_lower_case"], name, "do_lower_case", missing: false))
    }

    /// The file that says how texts are prepared, by its name; nil where there is none.
    private func sequenceFile() throws -> (name: String, object: JSONObject)? {
        let names = ["bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"]
        for name in names.map({ "sentence_\($0)_config.json" }) {
            if let object = try encoder.object(name) { return (name, object) }
        }
        return nil
    }

    /// What a sentence-transformers folder states of its tokenizer over `tokenizer_config.json`; the older key wins.
    func tokenizerArguments() throws -> JSONObject {
        guard root.names.contains("modules.json"), let (name, object) = try sequenceFile() else { return [:] }
        for key in ["tokenizer_args", "processor_kwargs"] {
            guard let value = object[key], !value.isNull else { continue }
            guard let arguments = value.object else {
                throw HuggingFaceError.field(file: name, field: key, expected: "an object", found: value.kindName)
            }
            return arguments
        }
        return [:]
    }

    private func pooling(in path: String) throws -> (modes: [SentencePooling], includesPrompt: Bool) {
        let file = path.isEmpty ? "config.json" : "\(path)/config.json"
        guard path.isEmpty || root.names.contains(path),
            let object = try (path.isEmpty ? root : FolderFiles(path: root.path(of: path)))
                .object("config.json", label: file)
        else {
            throw HuggingFaceError.field(file: file, field: "the file", expected: "a pooling", found: "nothing")
        }
        let includesPrompt = try flag(object["include_prompt"], file, "include_prompt", missing: true)
        return (try poolingModes(object, file: file), includesPrompt)
    }

    /// The new key where it is there, else the old truth values, else the mean, as the library reads them.
    private func poolingModes(_ object: JSONObject, file: String) throws -> [SentencePooling] {
        guard let value = object["pooling_mode"] else {
            let active = try SentencePooling.allCases.filter {
                try flag(object[$0.legacyKey], file, $0.legacyKey, missing: false)
            }
            return active.isEmpty ? [.mean] : active
        }
        let names = value.array ?? [value]
        guard !names.isEmpty, names.count <= 64 else {
            throw HuggingFaceError.field(
                file: file, field: "pooling_mode", expected: "1 to 64 names", found: value.kindName)
        }
        return try names.map { name in
            guard let text = name.string else {
                throw HuggingFaceError.field(
                    file: file, field: "pooling_mode", expected: "a name", found: name.kindName)
            }
            guard let mode = SentencePooling(rawValue: text) else {
                let nearest = nearestName(to: text, in: SentencePooling.allCases.map(\.rawValue))
                throw HuggingFaceError.unknownPooling(file: file, mode: text, nearest: nearest)
            }
            return mode
        }
    }

    private func defaultPrompt() throws -> String? {
        let file = "config_sentence_transformers.json"
        guard let object = try root.object(file), let name = object["default_prompt_name"], !name.isNull else {
            return nil
        }
        guard let key = name.string, let prompt = object["prompts"]?[key]?.string else {
            throw HuggingFaceError.field(
                file: file, field: "default_prompt_name", expected: "a key of prompts", found: name.kindName)
        }
        return prompt
    }

    private func flag(_ value: JSONValue?, _ file: String, _ field: String, missing: Bool) throws -> Bool {
        guard let value else { return missing }
        guard let flag = value.bool else {
            throw HuggingFaceError.field(file: file, field: field, expected: "true or false", found: value.kindName)
        }
        return flag
    }
}
