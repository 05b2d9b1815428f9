// The file that holds the key of a server's clients. Not here: the comparison.

import AdzeBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a file holds no key.
enum KeyFileError: AdzeFailure {
    case readable(path: String, mode: String)
    case notAKey(path: String)

    var kind: FailureKind { .badData }

    var description: String {
        switch self {
        case .readable(let path, let mode):
            "\(path): others may read the key (mode \(mode)); chmod 600 \(path)"
        case .notAKey(let path):
            "\(path): expected a key of 8 to 4096 visible ASCII characters in one line"
        }
    }
}

enum KeyFile {
    /// The key in a file; throws `FileError`, and `KeyFileError` for a file that others may read or that holds no key.
    static func key(in path: String) throws -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw FileError.current("open", path) }
        guard status.st_mode & 0o077 == 0 else {
            throw KeyFileError.readable(path: path, mode: String(status.st_mode & 0o777, radix: 8))
        }
        let bytes = try InputFile.readAll(path: path, limit: 1 << 16) { _ in KeyFileError.notAKey(path: path) }
        let key = bytes.split(whereSeparator: { $0 == 10 || $0 == 13 })
        guard key.count == 1, (8...4096).contains(key[0].count), key[0].allSatisfy({ (33...126).contains($0) }) else {
            throw KeyFileError.notAKey(path: path)
        }
        return String(decoding: key[0], as: UTF8.self)
    }
}
