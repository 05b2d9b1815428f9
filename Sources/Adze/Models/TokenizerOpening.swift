// Opening a tokenizer without a model's weights, and fitting a tokenizer to a model.

internal import AdzeBytes
internal import AdzeHuggingFace
internal import AdzeModelFiles
internal import AdzeModels
internal import AdzeNative
package import AdzeTokenization

/// Opens the tokenizer of a `.adze` file or model folder, or one that stands alone: a folder with tokenizer files, a
/// `tokenizer.json`, a `vocab.txt`.
///
/// Weights are not read. Throws `TokenizerError`, `BundleError.noTokenizer`, `FileError`.
package func openTokenizer(path: String) throws -> Tokenizer {
    do {
        if !BundledModel.isFolder(path), let weights = try weights(path: path) {
            guard let native = weights.native, let settings = native.metadata.tokenizer else {
                throw BundleError.noTokenizer
            }
            return try Tokenizer(utf8: native.vocabularyBytes() ?? [], settings: settings)
        }
        return try Tokenizer(files: TokenizerFiles(path: path))
    } catch let error as any AdzeFailure {
        throw LocatedError(path: path, underlying: error)
    }
}

/// The configuration of a `.adze` file or a model folder; nil where a tokenizer stands alone. Weights are not read.
func openConfiguration(path: String) throws -> JSONValue? {
    if BundledModel.isFolder(path) {
        let file = path + "/config.json"
        return pathExists(file) ? try readJSON(file) : nil
    }
    do {
        return try weights(path: path)?.native?.metadata.config
    } catch let error as any AdzeFailure {
        throw error is LocatedError ? error : LocatedError(path: path, underlying: error)
    }
}

/// A file of weights, or nil for content that is none; a damaged one throws.
private func weights(path: String) throws -> WeightsFile? {
    do {
        return try WeightsFile(path: path)
    } catch let error as LocatedError where error.underlying is ModelFileError {
        return nil
    }
}

// MARK: - Files

extension TokenizerFiles {
    /// The files of a model folder, and what its configuration says of them.
    init(_ folder: ModelFolder) throws {
        self.init(
            try folder.tokenizerFiles(), modelClass: folder.configuration["tokenizer_class"]?.string,
            modelType: folder.configuration["model_type"]?.string)
    }

    /// A folder's tokenizer files, a `tokenizer.json`, or a `vocab.txt`; which of the two a file is, its content says.
    init(path: String) throws {
        let limit = 128 << 20
        func read(_ path: String) throws -> [UInt8] {
            try InputFile.readAll(path: path, limit: limit) {
                LocatedError(path: path, underlying: JSONError.tooLarge(bytes: $0, limit: limit))
            }
        }
        guard isFolder(path) else {
            let bytes = try read(path)
            let isJSON = bytes.first { !($0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09) } == UInt8(ascii: "{")
            self.init([isJSON ? .json : .vocabulary: bytes])
            return
        }
        var files: [TokenizerFile: [UInt8]] = [:]
        for file in TokenizerFile.allCases where pathExists(path + "/" + file.name) {
            files[file] = try read(path + "/" + file.name)
        }
        let config = try? readJSON(path + "/config.json")
        self.init(files, modelClass: config?["tokenizer_class"]?.string, modelType: config?["model_type"]?.string)
        guard hasTokens else {
            let foreign = TokenizerFile.ofOtherKinds.filter { pathExists(path + "/" + $0) }
            throw LocatedError(path: path, underlying: BundleError.noTokenizerFiles(foreign: foreign))
        }
    }
}

// MARK: - Beside a model

extension Tokenizer {
    /// The tokenizer for a model of a shape.
    ///
    /// Throws `BundleError.vocabularyTooLarge` and `.otherPadding` for one that hardly belongs to it.
    func fitting(_ shape: EncoderShape) throws -> Tokenizer {
        if let padID = shape.positions.padID, paddingID.map(Int.init) != padID {
            throw BundleError.otherPadding(tokenizer: paddingID.map(Int.init), model: padID)
        }
        let rows = shape.vocabularySize
        guard vocabulary.count > rows else { return self }
        guard let fitting = try droppingTokens(from: rows) else {
            throw BundleError.vocabularyTooLarge(tokens: vocabulary.count, rows: rows)
        }
        return fitting
    }
}
