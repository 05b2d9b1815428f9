// Standard input as a small file: read once, whole, and kept. Rows of texts are read from it as they come, by AdzeData.

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of standard input.
final class StandardInput: Sendable {
    static let shared = StandardInput()
    private let kept = Mutex<[UInt8]>([])

    /// What there is to its end, or a byte more than `limit` where there is more; throws `FileError.system`.
    func bytes(limit: Int) throws(FileError) -> [UInt8] {
        let result = kept.withLock { bytes -> Result<[UInt8], FileError> in
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while bytes.count <= limit {
                let wanted = min(chunk.count, limit - bytes.count + 1)
                let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress, wanted) }
                if count < 0, errno == EINTR { continue }
                if count < 0 { return .failure(.current("read", "standard input")) }
                if count == 0 { break }
                bytes += chunk[..<count]
            }
            return .success(bytes)
        }
        return try result.get()
    }
}
