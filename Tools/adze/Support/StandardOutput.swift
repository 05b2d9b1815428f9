// Standard output: data alone, buffered, with every failure to write noticed.

import Adze
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Buffered lines on standard output.
final class StandardOutput: Sendable {
    static let shared = StandardOutput()
    private let buffer = Mutex<[UInt8]>([])
    /// Whether a person is looking at standard output.
    let isTerminal = isatty(STDOUT_FILENO) == 1

    /// Writes a line of text, tabs between its columns; what would control a terminal instead of being shown is escaped.
    ///
    /// Throws `FileError.system` when the stream takes no more (a full disk, say).
    func line(_ text: String) throws(FileError) { try write(withoutControls(text, keepingTabs: true)) }

    /// Writes a value as a line of JSON; throws as `line` does.
    func json(_ value: JSONValue) throws(FileError) { try write(value.text) }

    /// Writes a line of compact JSON that holds bytes of an input as they were; throws as `line` does.
    func json(text: [UInt8]) throws(FileError) { try write(jsonWithoutControls(text)) }

    /// Writes a record of a table, whose fields are as they were in an input; only for a terminal, whose table nobody reads
    /// in again, is what would control it escaped. Throws as `line` does.
    func record(_ record: [UInt8]) throws(FileError) {
        try write(isTerminal ? withoutControls(record, keepingTabs: true) : record)
    }

    /// Writes a line of pieces, of which some are on a colour, 0xRRGGBB; no other sequence reaches the terminal. Throws as
    /// `line` does.
    func painted(_ pieces: [(text: String, color: UInt32?)], _ depth: ColorDepth) throws(FileError) {
        let parts = pieces.map { piece in
            let text = withoutControls(piece.text)
            return piece.color.map { depth.start($0) + text + depth.end } ?? text
        }
        try write(parts.joined())
    }

    private func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

    private func write(_ text: [UInt8]) throws(FileError) {
        let full = buffer.withLock { bytes in
            bytes.append(contentsOf: text)
            bytes.append(0x0A)
            return bytes.count >= 1 << 16
        }
        if full { try flush() }
    }

    /// Writes out what is buffered.
    func flush() throws(FileError) {
        let bytes = buffer.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
        do throws(FileError) {
            try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
                try unsafe writeAll(bytes, to: STDOUT_FILENO, at: nil, path: "standard output")
            }
        } catch {
            if case .system(_, _, EPIPE) = error { endQuietly() }
            throw error
        }
    }

    /// The reader has all it wants, as `head` has: end as a program does that does not ignore SIGPIPE.
    private func endQuietly() -> Never {
        UnfinishedOutputs.end(128 + SIGPIPE)
    }
}
