// Training data on standard input. It is read more than once, so it goes to a file without a name first.

import Adze
import ArgumentParser
import Foundation

/// Standard input where `-` stands for a table.
struct PipedData {
    private var descriptor: Int32 = -1

    /// Reads standard input to its end where one of the paths is `-`; throws where both are, or where its format is not
    /// said, and `FileError.system`.
    init(train: String, dev: String?, format: DataFormat?) throws {
        guard train == "-" || dev == "-" else { return }
        guard train != dev else { throw ValidationError("--train and --dev cannot both be standard input") }
        guard format != nil else { throw InputError(path: "-", underlying: DataError.unknownFormat(path: "-")) }
        let folder = AtomicFile.temporaryFolder
        descriptor = openNamelessFile(in: folder)
        guard descriptor >= 0 else { throw FileError.system(call: "create", path: folder, errno: errno) }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw FileError.system(call: "read", path: "standard input", errno: errno) }
            if count == 0 { return }
            try unsafe chunk[..<count].withUnsafeBytes {
                try unsafe writeAll($0, to: descriptor, at: nil, path: folder)
            }
        }
    }

    /// Where the rows of a table are.
    func path(_ path: String) -> String { path == "-" ? file : path }

    private var file: String { "/dev/fd/\(descriptor)" }

    /// Runs `body`; an error that it throws names what the user gave.
    func naming<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as any AdzeFailure where descriptor >= 0 {
            throw RenamedFailure(
                kind: error.kind, description: "\(error)".replacingOccurrences(of: file, with: "standard input"))
        }
    }
}

/// An error in whose line a path has another name.
private struct RenamedFailure: AdzeFailure {
    let kind: FailureKind
    let description: String
}
