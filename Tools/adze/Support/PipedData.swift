// Data on standard input, or in another stream, that is read more than once: it goes to a file without a name first.

import Adze
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Streams whose data is kept; nothing where there is none.
struct PipedData {
    /// What the user called each, and where its data is.
    private var files: [(name: String, descriptor: Int32)] = []
    /// The format of all data, as it was stated or as a stream's name says; nil where each path says its own.
    private(set) var format: DataFormat?

    /// Reads each of the paths that is a stream to its end: `-`, a pipe, a device.
    ///
    /// Throws where both are one, or where the format of one is neither stated nor said by the names of all, and
    /// `FileError.system`.
    init(train: String, dev: String?, format: DataFormat?) throws {
        self.format = format
        let paths = [train] + (dev.map { [$0] } ?? [])
        let streams = paths.filter(PipedData.isStream)
        guard let first = streams.first else { return }
        guard streams.count == 1 || train != dev else {
            throw ValidationError(
                "--train and --dev cannot both be \(train == "-" ? "standard input" : "the stream \(quoted(train))")")
        }
        if format == nil {
            let formats = Set(paths.map { $0 == "-" ? nil : DataFormat(path: $0) })
            guard formats.count == 1 || DataFormat(path: first) == nil else {
                throw ValidationError(
                    "\(quoted(first)) is a stream, and --train and --dev say other formats; state one with --format")
            }
            guard formats.count == 1, let said = formats.first, let said else {
                throw InputError(path: first, underlying: DataError.unknownFormat(path: first))
            }
            self.format = said
        }
        for stream in streams { try keep(stream) }
    }

    /// Reads a path to its end where it is a stream: `-`, a pipe, a device. Throws `FileError.notFound` and `.system`.
    init(path: String) throws {
        guard path == "-" || pathExists(path) else { throw FileError.notFound(path: path) }
        if PipedData.isStream(path) { try keep(path) }
    }

    /// Whether a path is standard input, a pipe or a device, of which nothing is left after it was read.
    private static func isStream(_ path: String) -> Bool {
        if path == "-" { return true }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        return [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT)
    }

    private mutating func keep(_ name: String) throws {
        let folder = AtomicFile.temporaryFolder
        let source = unsafe name == "-" ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw FileError.system(call: "open", path: name, errno: errno) }
        defer { if name != "-" { close(source) } }
        let descriptor = openNamelessFile(in: folder)
        guard descriptor >= 0 else { throw FileError.system(call: "create", path: folder, errno: errno) }
        files.append((name, descriptor))
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(source, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw FileError.system(call: "read", path: PipedData.shown(name), errno: errno) }
            if count == 0 { return }
            try unsafe chunk[..<count].withUnsafeBytes {
                try unsafe writeAll($0, to: descriptor, at: nil, path: folder)
            }
        }
    }

    /// Where the data of a path is.
    func path(_ path: String) -> String {
        files.first { $0.name == path }.map { PipedData.file($0.descriptor) } ?? path
    }

    private static func shown(_ name: String) -> String { name == "-" ? "standard input" : name }

    private static func file(_ descriptor: Int32) -> String { "/dev/fd/\(descriptor)" }

    /// Runs `body`; an error that it throws names what the user gave.
    func naming<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as any AdzeFailure where !files.isEmpty {
            throw RenamedFailure(kind: error.kind, description: named("\(error)"))
        }
    }

    /// A line in which our descriptors bear the names that the user gave. One pass, since a name may itself be that of a
    /// descriptor, as `<(…)` gives: ours, /dev/fd/6, would be found again in the user's /dev/fd/62.
    private func named(_ line: String) -> String {
        line.replacing(/\/dev\/fd\/([0-9]+)/) { match in
            files.first { "\($0.descriptor)" == match.1 }.map { PipedData.shown($0.name) } ?? String(match.0)
        }
    }
}

/// An error in whose line a path has another name.
private struct RenamedFailure: AdzeFailure {
    let kind: FailureKind
    let description: String
}
