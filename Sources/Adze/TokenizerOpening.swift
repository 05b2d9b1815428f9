// A tokenizer alone, without a model's weights.

internal import AdzeBytes
internal import AdzeModelFiles
internal import AdzeNative
public import AdzeTokenization

/// Opens the tokenizer of a `.adze` file or model folder, or one that stands alone: a folder with tokenizer files, a
/// `tokenizer.json`, a `vocab.txt`.
///
/// Weights are not read. Throws `TokenizerError`, `BundleError.noTokenizer`, `FileError`.
public func openTokenizer(path: String) throws -> BertTokenizer {
    do {
        if !isFolder(path), let weights = try? WeightsFile(path: path) {
            guard let native = weights.native, let settings = native.metadata.tokenizer else {
                throw BundleError.noTokenizer
            }
            return try BertTokenizer(tokens: native.vocabulary() ?? [], settings: settings)
        }
        return try BertTokenizer(files: TokenizerFiles(path: path))
    } catch let error as any AdzeFailure {
        throw LocatedError(path: path, underlying: error)
    }
}
