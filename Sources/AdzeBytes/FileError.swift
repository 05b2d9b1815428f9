// What can go wrong between us and the file system. Not here: anything about a file's content.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A refusal by the file system, or a file that is not what was asked for.
public enum FileError: AdzeFailure, Equatable {
    /// No file or folder has this path.
    case notFound(path: String)
    /// The path names a folder, a device or a pipe where a regular file was expected.
    case notARegularFile(path: String, found: String)
    /// The output exists and overwriting was not asked for.
    case exists(path: String)
    /// The output is something that cannot be replaced by what is to be written.
    case unfitOutput(path: String, expected: String, found: String)
    /// A read gave fewer bytes than the file had when it was opened.
    case shrank(path: String, offset: Int, expected: Int, found: Int)
    /// A system call failed.
    case system(call: String, path: String, errno: Int32)

    /// Missing, existing, or refused by the system.
    public var kind: FailureKind {
        switch self {
        case .notFound: .missingInput
        case .exists, .unfitOutput: .outputExists
        case .notARegularFile: .missingInput
        case .shrank, .system: .inputOutput
        }
    }

    /// One line: the path and what happened.
    public var description: String {
        switch self {
        case .notFound(let path):
            "\(path): no such file or folder"
        case .notARegularFile(let path, let found):
            "\(path): expected a regular file, found \(found)"
        case .exists(let path):
            "\(path): exists already; pass --force to replace it"
        case .unfitOutput(let path, let expected, let found):
            "\(path): expected \(expected), found \(found); choose another name"
        case .shrank(let path, let offset, let expected, let found):
            "\(path): the file shrank while it was read: expected \(expected) bytes at offset \(offset), found \(found)"
        case .system(let call, let path, let code):
            unsafe "\(path): \(call) failed: \(String(cString: strerror(code)))"
        }
    }

    /// The same error about the path that the user knows.
    package func naming(_ path: String, insteadOf draft: String) -> FileError {
        switch self {
        case .system(let call, draft, let code): .system(call: call, path: path, errno: code)
        case .exists(draft): .exists(path: path)
        case .notFound(draft): .notFound(path: path)
        default: self
        }
    }

    /// The error for the current `errno`, read at once after the failed call.
    package static func current(_ call: String, _ path: String) -> FileError {
        let code = errno
        return code == ENOENT || code == ENOTDIR ? .notFound(path: path) : .system(call: call, path: path, errno: code)
    }
}
