// Saving that either happens whole or leaves what was there: a sibling temporary, fsync, rename, fsync of the folder.
// Not here: where outputs may go (`OutputPlace`), and any format; a writer is given an open `AtomicFile` and fills it.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that appears under its name only when it is complete.
///
/// Until `commit()` the bytes stand in a temporary sibling; dropped without a commit, the temporary is removed and
/// whatever had the name before is untouched. A file that is replaced leaves its mode and owner to the new one; a link is
/// followed. For a pipe, a device or a standard stream the temporary lies in `TMPDIR`, and `commit()` copies it there.
package struct AtomicFile: ~Copyable {
    /// How the bytes will be written.
    package enum Order: Sendable {
        /// Some are rewritten, or the draft is read back before it is committed.
        case any
        /// One after another: to a stream they go as they come.
        case sequential
    }

    /// Where the file will appear.
    package let path: String
    /// Bytes written so far.
    package private(set) var size = 0
    /// Nil where bytes go to a stream as they come.
    private let temporary: String?
    private var descriptor: Int32
    private let place: OutputPlace
    private let replacing: Bool

    /// Opens a temporary beside `path`, and removes those that killed processes left there for the same output.
    ///
    /// Throws `FileError.exists` where `path` is there and `replacing` is false, `.unfitOutput` where no file can be
    /// written there, `.system` where the folder refuses.
    package init(path: String, replacing: Bool, order: Order = .any) throws(FileError) {
        let place = try OutputPlace(path)
        try place.allow(.file, replacing: replacing)
        if place.kind == .stream, order == .sequential {
            self.init(place, temporary: nil, descriptor: try place.openStream(), replacing: replacing)
            return
        }
        let target = splitPath(place.target)
        let folder = place.kind == .stream ? AtomicFile.temporaryFolder : target.folder
        // Of what takes the place of a private file nothing is ever to be seen by others.
        let temporary = try Temporary.file(
            in: folder, for: target.name, mode: place.kind == .absent ? 0o666 : 0o600, output: path)
        self.init(place, temporary: temporary.path, descriptor: temporary.descriptor, replacing: replacing)
    }

    private init(_ place: OutputPlace, temporary: String?, descriptor: Int32, replacing: Bool) {
        self.path = place.path
        self.place = place
        self.temporary = temporary
        self.descriptor = descriptor
        self.replacing = replacing
    }

    deinit {
        // Its name first: who finds it unlocked takes it for a dead one's.
        if let temporary, descriptor >= 0 {
            unsafe unlink(temporary)
            UnfinishedOutputs.remove(temporary)
        }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Where temporary files belong that stand beside no output: `TMPDIR`, or `/tmp`.
    package static var temporaryFolder: String {
        unsafe getenv("TMPDIR").map { unsafe withoutTrailingSlashes(String(cString: $0)) } ?? "/tmp"
    }

    // MARK: Writing

    /// Appends bytes; throws `FileError.system` (a full disk among them), after which only dropping makes sense.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try unsafe write(bytes, at: size)
        size += bytes.count
    }

    /// Appends bytes.
    package mutating func write(_ bytes: [UInt8]) throws(FileError) {
        var failure: FileError?
        unsafe bytes.withUnsafeBytes { raw in
            do throws(FileError) { try unsafe write(raw, at: size) } catch { failure = error }
        }
        if let failure { throw failure }
        size += bytes.count
    }

    /// Rewrites bytes that were written before, for a header whose values are known last; not in sequential order.
    package mutating func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        precondition(offset >= 0 && offset + bytes.count <= size, "only bytes already written can be rewritten")
        precondition(temporary != nil, "what has gone to a stream is gone")
        var failure: FileError?
        unsafe bytes.withUnsafeBytes { raw in
            do throws(FileError) { try unsafe write(raw, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        try unsafe writeAll(bytes, to: descriptor, at: temporary == nil ? nil : offset, path: path)
    }

    // MARK: The end

    /// Makes the bytes durable and gives the path under which they can be read back before `commit()`; not in sequential
    /// order.
    package func sealed() throws(FileError) -> String {
        guard let temporary else { preconditionFailure("what has gone to a stream cannot be read back") }
        guard fsync(descriptor) == 0 else { throw .current("fsync", path) }
        return temporary
    }

    /// Makes the file durable and gives it its name.
    ///
    /// Throws `FileError`; then the temporary is gone and the old file, if any, still there.
    package consuming func commit() throws(FileError) {
        guard let temporary else { return }
        if place.kind == .stream { return try copyToStream() }
        let target = place.target
        if place.kind == .file {
            var old = stat()
            if unsafe stat(target, &old) == 0, old.st_mode & S_IFMT == S_IFREG {
                keepAttributes(of: old, on: descriptor)
            }
        }
        guard fsync(descriptor) == 0 else { throw .current("fsync", path) }
        let replacing = replacing
        let code = UnfinishedOutputs.changing { temporaries -> Int32 in
            let result = unsafe replacing ? rename(temporary, target) : Renaming.withoutReplacing(temporary, to: target)
            guard result == 0 else { return errno }
            temporaries.remove(temporary)
            return 0
        }
        guard code == 0 else {
            throw code == EEXIST ? .exists(path: path) : .system(call: "rename", path: path, errno: code)
        }
        close(descriptor)
        descriptor = -1
        syncFolder(splitPath(target).folder)
    }

    private func copyToStream() throws(FileError) {
        let stream = try place.openStream()
        defer { close(stream) }
        var done = 0
        var failure: FileError?
        unsafe withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            do throws(FileError) {
                while done < size {
                    let count = unsafe pread(
                        descriptor, buffer.baseAddress, min(buffer.count, size - done), off_t(done))
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { throw .current("read", path) }
                    try unsafe writeAll(
                        UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: stream, at: nil, path: path)
                    done += count
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

/// Writes all bytes at an offset, or where the descriptor is.
package func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int?, path: String
) throws(FileError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
        let rest = bytes.count - done
        let put =
            unsafe offset.map { unsafe pwrite(descriptor, base + done, rest, off_t($0 + done)) }
            ?? write(descriptor, base + done, rest)
        if put < 0 {
            if errno == EINTR { continue }
            throw .current("write", path)
        }
        done += put
    }
}
