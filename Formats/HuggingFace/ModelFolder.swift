// What lies in a model folder: configuration, weights, tokenizer files, by name. Not here: what any of it means for a
// model, and opening the weights.

public import AdzeBytes

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

    /// Reads the tokenizer's files as they are, each of at most 128 MB; throws `HuggingFaceError.tooLarge` or
    /// `FileError`.
    ///
    /// A file that the encoder's folder lacks is taken from the root, where some old sentence models have it. What
    /// sentence-transformers states over `tokenizer_config.json` is put into that.
    public func tokenizerFiles() throws -> [TokenizerFile: [UInt8]] {
        var files: [TokenizerFile: [UInt8]] = [:]
        for file in TokenizerFile.allCases { files[file] = try encoderOrRoot(file.name) }
        let arguments = try tokenizerArguments()
        if arguments.count > 0 { files[.config] = try Self.merging(arguments, into: files[.config]) }
        return files
    }

    /// The files by which tokenizers of kinds that are not read have their tokens.
    public var foreignTokenizerFiles: [String] {
        TokenizerFile.ofOtherKinds.filter { encoder.names.contains($0) || root.names.contains($0) }
    }

    private static func merging(_ arguments: JSONObject, into bytes: [UInt8]?) throws -> [UInt8] {
        var object = JSONObject()
        do throws(JSONError) {
            let limits = JSONLimits(bytes: FolderFiles.maximumSize)
            if let bytes { object = try parseJSON(bytes, limits: limits).object ?? [:] }
        } catch {
            throw HuggingFaceError.json(file: TokenizerFile.config.name, error)
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
