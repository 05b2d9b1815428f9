// What lies in a model folder: configuration, weights, tokenizer files, by name. Not here: what any of it means for a
// model, and opening the weights.

public import AdzeBytes

/// The tokenizer's files as they are; nil where the folder lacks one.
public struct TokenizerFileBytes: Sendable, Equatable {
    /// `vocab.txt`, one word piece a line.
    public var vocabulary: [UInt8]?
    /// `tokenizer.json`, the fast tokenizer's whole description.
    public var tokenizer: [UInt8]?
    /// `tokenizer_config.json`.
    public var configuration: [UInt8]?
    /// `special_tokens_map.json`.
    public var specialTokens: [UInt8]?
    /// `added_tokens.json`.
    public var addedTokens: [UInt8]?

    /// The files that are there.
    public init(
        vocabulary: [UInt8]? = nil, tokenizer: [UInt8]? = nil, configuration: [UInt8]? = nil,
        specialTokens: [UInt8]? = nil, addedTokens: [UInt8]? = nil
    ) {
        self.vocabulary = vocabulary
        self.tokenizer = tokenizer
        self.configuration = configuration
        self.specialTokens = specialTokens
        self.addedTokens = addedTokens
    }
}

/// A folder as `save_pretrained` or sentence-transformers wrote it.
///
/// In the old layout of sentence-transformers the encoder is in a folder of its own (`0_Transformer`), and the root has
/// at most a `config.json` without a model in it: then the encoder's folder is the one whose files are given.
public struct ModelFolder: Sendable {
    /// The path that was opened.
    public let path: String
    /// The folder inside it that has configuration, weights and tokenizer; empty for `path` itself.
    public let encoderFolder: String
    /// `config.json`.
    public let configuration: JSONObject
    /// The files of weights, by name in the encoder's folder.
    public let weights: ModelWeights
    /// What a person should know: which of several files was taken, what is passed over.
    public let notes: [String]

    let root: FolderFiles
    let encoder: FolderFiles

    /// Lists the folder and reads `config.json` and the index of shards, if any; weights are not opened.
    ///
    /// Throws `HuggingFaceError` or `FileError`.
    public init(path: String) throws {
        let root = try FolderFiles(path: path)
        var notes: [String] = []
        let (encoderFolder, encoder) = try ModelFolder.encoder(of: root, notes: &notes)
        guard let configuration = try encoder.object("config.json") else {
            throw HuggingFaceError.noConfiguration(path: encoder.path, found: encoder.names)
        }
        self.path = path
        self.encoderFolder = encoderFolder
        self.configuration = configuration
        self.weights = try ModelWeights.choose(in: encoder, notes: &notes)
        self.notes = notes
        self.root = root
        self.encoder = encoder
    }

    /// The path of a file in the encoder's folder, to open it.
    public func path(of name: String) -> String { encoder.path(of: name) }

    /// Reads the tokenizer's files, each of at most 128 MB; throws `HuggingFaceError.tooLarge` or `FileError`.
    ///
    /// A file that the encoder's folder lacks is taken from the root, where some old sentence models have it.
    public func tokenizerFiles() throws -> TokenizerFileBytes {
        TokenizerFileBytes(
            vocabulary: try encoderOrRoot("vocab.txt"),
            tokenizer: try encoderOrRoot("tokenizer.json"),
            configuration: try tokenizerConfiguration(),
            specialTokens: try encoderOrRoot("special_tokens_map.json"),
            addedTokens: try encoderOrRoot("added_tokens.json"))
    }

    /// `tokenizer_config.json` with what sentence-transformers states over it.
    private func tokenizerConfiguration() throws -> [UInt8]? {
        let name = "tokenizer_config.json"
        let bytes = try encoderOrRoot(name)
        let arguments = try tokenizerArguments()
        guard arguments.count > 0 else { return bytes }
        var object = JSONObject()
        do throws(JSONError) {
            let limits = JSONLimits(bytes: FolderFiles.maximumSize)
            if let bytes { object = try parseJSON(bytes, limits: limits).object ?? [:] }
        } catch {
            throw HuggingFaceError.json(file: name, error)
        }
        for (key, value) in arguments { object[key] = value }
        return Array(JSONValue.object(object).text.utf8)
    }

    private func encoderOrRoot(_ name: String) throws -> [UInt8]? {
        if let bytes = try encoder.bytes(name) { return bytes }
        return encoderFolder.isEmpty ? nil : try root.bytes(name)
    }

    /// The root where its `config.json` describes a model, else the folder of the Transformer module.
    private static func encoder(of root: FolderFiles, notes: inout [String]) throws -> (String, FolderFiles) {
        // Old sentence-transformers wrote a root config.json with its own version and nothing else.
        let configuration = try root.object("config.json")
        let isModel = configuration.map { $0["model_type"] != nil || $0["architectures"] != nil } ?? false
        guard !isModel, root.names.contains("modules.json") else { return ("", root) }
        let modules = try SentenceModule.list(in: root)
        guard let folder = modules.first(where: { $0.name == "Transformer" })?.path, !folder.isEmpty,
            root.names.contains(folder)
        else { return ("", root) }
        notes.append("the encoder is read from \(folder)")
        return (folder, try FolderFiles(path: root.path(of: folder)))
    }
}
