// The hash by which an answer says what gave it. Not here: the checksums inside `.adze` files, which find damage.

internal import AdzeBytes
internal import AdzeModelFiles
internal import Crypto

enum ModelHash {
    /// SHA-256 in hexadecimal: of a file its own, as `sha256sum` prints it; of a folder that of the lines which
    /// `LC_ALL=C sha256sum *` prints in it, of files alone.
    ///
    /// Throws `FileError`.
    static func of(path: String) throws -> String {
        if let model = BundledModel(path: path) { return try hexDigits(hash(.resident(model.bytes))) }
        guard BundledModel.isFolder(path) else { return try file(path) }
        var lines = SHA256()
        for name in try folderEntries(path) where !name.hasPrefix(".") {
            // Folders inside are no part of the model's own files.
            guard let hash = try? file(path + "/" + name) else { continue }
            lines.update(data: Array("\(hash)  \(name)\n".utf8))
        }
        return hexDigits(lines.finalize())
    }

    private static func file(_ path: String) throws -> String {
        hexDigits(try hash(.file(InputFile(path: path))))
    }

    private static func hash(_ source: ByteSource) throws -> SHA256.Digest {
        var (hash, offset) = (SHA256(), 0)
        while offset < source.size {
            let count = min(1 << 20, source.size - offset)
            hash.update(data: try source.read(at: offset, count: count))
            offset += count
        }
        return hash.finalize()
    }
}
