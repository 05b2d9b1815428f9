// The log of a run as it is written: one JSON object a line, each on disk before the run goes on. `RunLog` of AdzeInsight
// reads it and says what the lines hold.

import Adze

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A log that grows.
final class RunLogFile {
    private let path: String
    private let descriptor: Int32
    private(set) var failure: FileError?
    /// Whether it can be read again, as a pipe cannot.
    let isFile: Bool

    /// Opens the log, where `OutputPlace` allows it; a run that goes on appends to it. It is written in place, so that who
    /// follows it sees every line.
    ///
    /// Throws `FileError.exists` for a log that is there and is neither gone on with nor replaced.
    init(path: String, appending: Bool, replacing: Bool) throws(FileError) {
        self.path = path
        let place = try OutputPlace(path)
        try place.check(.file, replacing: appending || replacing)
        isFile = place.kind != .stream
        guard isFile else {
            descriptor = try place.openStream()
            return
        }
        let mode = appending ? O_APPEND : O_TRUNC
        descriptor = unsafe open(place.target, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o666)
        guard descriptor >= 0 else { throw .current("open", path) }
        // A run that was killed may have left half a line, which would spoil the next.
        let size = lseek(descriptor, 0, SEEK_END)
        if appending, size > 0, let last = try? InputFile(path: path).read(at: Int(size) - 1, count: 1), last != [0x0A]
        {
            write("\n")
        }
    }

    deinit { close(descriptor) }

    /// Writes a line; the first failure is kept, and nothing is written after it.
    func line(_ event: String, _ members: JSONObject) {
        var object: JSONObject = ["event": .string(event)]
        for (key, value) in members { object[key] = value }
        write(JSONValue.object(object).text + "\n")
    }

    private func write(_ text: String) {
        guard failure == nil else { return }
        do throws(FileError) {
            try unsafe text.utf8.span.bytes.withUnsafeBytes { (text) throws(FileError) in
                try unsafe writeAll(text, to: descriptor, at: nil, path: path)
            }
        } catch {
            failure = error
        }
    }
}
