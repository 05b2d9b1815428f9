// Reading a regular file by position. Not a memory map: a map of a file that somebody else truncates kills the
// process with SIGBUS, a positioned read of it is an error that can be reported.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An open regular file of known size, read by position from any thread.
///
/// Thread-safe: reads carry their own offset and share no state.
public final class InputFile: Sendable {
    /// The path as it was given, for messages.
    public let path: String
    /// The size in bytes when the file was opened.
    public let size: Int
    private let descriptor: Int32

    /// Opens the file; symbolic links are followed, and anything but a regular file is refused without waiting on it.
    ///
    /// Throws `FileError.notFound`, `.notARegularFile` or `.system`.
    public init(path: String) throws(FileError) {
        // O_NONBLOCK: opening a pipe without a writer would wait for ever otherwise.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .current("open", path) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let error = FileError.current("fstat", path)
            close(descriptor)
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notARegularFile(path: path, found: InputFile.kindName(mode: status.st_mode))
        }
        self.path = path
        self.size = Int(status.st_size)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The `count` bytes at `offset`.
    ///
    /// The caller has checked both against `size`; a file that became shorter meanwhile throws `.shrank`.
    /// - Complexity: O(count).
    public func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        precondition(offset >= 0 && count >= 0)
        do {
            return try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                try unsafe read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
                initialized = count
            }
        } catch let error as FileError {
            throw error
        } catch {
            preconditionFailure("read(at:into:) throws FileError alone")
        }
    }

    /// Fills `buffer` with the bytes at `offset`; throws `.shrank` where the file ends before the buffer does.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
        guard let base = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            let got = unsafe pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
            if got < 0 {
                if errno == EINTR { continue }
                throw .current("read", path)
            }
            if got == 0 {
                throw .shrank(path: path, offset: offset, expected: buffer.count, found: done)
            }
            done += got
        }
    }

    /// The whole file, refused above `limit` bytes with `onTooLarge(size)`; `-` is standard input, which is kept, so that
    /// whoever asks again gets the same.
    public static func readAll<Failure: AdzeFailure>(
        path: String, limit: Int, onTooLarge: (Int) -> Failure
    ) throws -> [UInt8] {
        if path == "-" {
            let bytes = try StandardInput.shared.bytes(limit: limit)
            guard bytes.count <= limit else { throw onTooLarge(bytes.count) }
            return bytes
        }
        let file = try InputFile(path: path)
        guard file.size <= limit else { throw onTooLarge(file.size) }
        return try file.read(at: 0, count: file.size)
    }

    static func kindName(mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFCHR, S_IFBLK: "a device"
        case S_IFSOCK: "a socket"
        default: "something else"
        }
    }
}
