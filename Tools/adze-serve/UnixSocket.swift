// Whether a path can become a server's socket. Not here: listening.

import AdzeBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a server does not listen at a path.
enum UnixSocketError: AdzeFailure {
    case taken(path: String)
    case notASocket(path: String)

    var kind: FailureKind { .inputOutput }

    var description: String {
        switch self {
        case .taken(let path): "\(path): another server listens there; end it, or choose another --unix-socket"
        case .notASocket(let path): "\(path): expected a free path or a socket that is left over, found something else"
        }
    }
}

enum UnixSocket {
    /// Throws where something is at the path that a server may not replace: what is no socket, or one that answers.
    static func requireFree(_ path: String) throws(UnixSocketError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        if answers(path) { throw .taken(path: path) }
    }

    /// Whether a server may be behind a socket: only one that refuses is left over. Never waits.
    private static func answers(_ path: String) -> Bool {
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            // One byte less than there is, so that a zero ends it.
            unsafe room.copyBytes(from: bytes.prefix(room.count - 1))
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 || errno != ECONNREFUSED
            }
        }
    }
}
