// Data on standard input, or in another stream, that is read more than once: it goes to a file without a name first.

import Adze
import ArgumentParser
import Foundation

/// A stream whose data is kept; nothing where there is none.
struct PipedData {
    private var descriptor: Int32 = -1
    /// What the user called it.
    private var name: String?

    /// Reads standard input to its end where one of the paths is `-`; throws where both are, or where its format is not
    /// said, and `FileError.system`.
    init(train: String, dev: String?, format: DataFormat?) throws {
        guard train == "-" || dev == "-" else { return }
        guard train != dev else { throw ValidationError("--train and --dev cannot both be standard input") }
        guard format != nil else { throw InputError(path: "-", underlying: DataError.unknownFormat(path: "-")) }
        try keep("-")
    }

    /// Reads a path to its end where it is a stream: `-`, a pipe, a device. Throws `FileError.notFound` and `.system`.
    init(path: String) throws {
        guard path == "-" || pathExists(path) else { throw FileError.notFound(path: path) }
        if path == "-" || PipedData.isStream(path) { try keep(path) }
    }

    /// Whether a path is a pipe or a device, of which nothing is left after it was read.
    private static func isStream(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        return [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT)
    }

    private mutating func keep(_ name: String) throws {
        let folder = AtomicFile.temporaryFolder
        let source = unsafe name == "-" ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw FileError.system(call: "open", path: name, errno: errno) }
        defer { if name != "-" { close(source) } }
        descriptor = openNamelessFile(in: folder)
        guard descriptor >= 0 else { throw FileError.system(call: "create", path: folder, errno: errno) }
        self.name = name
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(source, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw FileError.system(call: "read", path: shown, errno: errno) }
            if count == 0 { return }
            try unsafe chunk[..<count].withUnsafeBytes {
                try unsafe writeAll($0, to: descriptor, at: nil, path: folder)
            }
        }
    }

    /// Where the data of a path is.
    func path(_ path: String) -> String { path == name ? file : path }

    private var shown: String { name == "-" ? "standard input" : name ?? "" }

    private var file: String { "/dev/fd/\(descriptor)" }

    /// Runs `body`; an error that it throws names what the user gave.
    func naming<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as any AdzeFailure where descriptor >= 0 {
            throw RenamedFailure(
                kind: error.kind, description: "\(error)".replacingOccurrences(of: file, with: shown))
        }
    }
}

/// An error in whose line a path has another name.
private struct RenamedFailure: AdzeFailure {
    let kind: FailureKind
    let description: String
}
