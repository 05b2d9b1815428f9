// Renaming of temporary files: `rename`, and what Linux and macOS have beyond it. Not here: the choice of names.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Calls that give files their names; each returns 0, or sets `errno`.
enum Renaming {
    /// Exchanges two names in one step, so that neither is ever missing; `ENOSYS`, `EINVAL` where that does not exist.
    static func exchange(_ a: String, _ b: String) -> Int32 { special(a, b, .exchange) }

    /// Renames a file or folder unless the name is taken: `EEXIST`.
    static func withoutReplacing(_ from: String, to path: String) -> Int32 {
        if special(from, path, .withoutReplacing) == 0 { return 0 }
        guard errno == ENOSYS || errno == EINVAL || errno == ENOTSUP else { return -1 }
        // A link fails where the name is taken, so that a file made meanwhile by somebody else is not lost. Folders and
        // file systems without links fall through; `rename` itself refuses a folder that is not empty.
        if unsafe link(from, path) == 0 {
            unsafe unlink(from)
            return 0
        }
        if errno == EEXIST { return -1 }
        if pathExists(path) {
            errno = EEXIST
            return -1
        }
        return unsafe rename(from, path)
    }

    private enum Mode {
        case exchange, withoutReplacing
    }

    private static func special(_ from: String, _ to: String, _ mode: Mode) -> Int32 {
        #if canImport(Darwin)
        return renamex_np(from, to, UInt32(mode == .exchange ? RENAME_SWAP : RENAME_EXCL))
        #else
        guard let renameat2 = unsafe renameat2 else {
            errno = ENOSYS
            return -1
        }
        return unsafe renameat2(AT_FDCWD, from, AT_FDCWD, to, mode == .exchange ? 2 : 1)
        #endif
    }

    #if !canImport(Darwin)
    private typealias Renameat2 =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    /// The C library's; its headers show it to GNU programs alone. Nil in one that lacks it.
    private static let renameat2: Renameat2? =
        // The signature is that of the manual page.
        unsafe dlsym(nil, "renameat2").map { unsafe unsafeBitCast($0, to: Renameat2.self) }
    #endif
}
