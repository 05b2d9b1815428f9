// An unnamed temporary file, which no other process can open and which ends with this one, for data that a run would
// otherwise hold in memory. Not here: checkpoints, which outlive the process.

internal import AdzeBytes

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Numbers on disk, for this process alone.
final class PrivateFile {
    private let descriptor: Int32
    private var size = 0

    /// An empty file on the disk of a folder; nil where the system refuses.
    init?(folder: String) {
        descriptor = openNamelessFile(in: folder)
        guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Where the values went; nil where the system refused.
    func append(_ values: [Float]) -> Int? {
        let start = size
        guard unsafe values.withUnsafeBytes({ unsafe write($0, at: start) }) else { return nil }
        size += values.count * 4
        return start
    }

    /// Writes bytes at a place; tells whether all of them were.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var done = 0
        while done < bytes.count {
            let put = unsafe pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
            if put < 0 && errno == EINTR { continue }
            if put <= 0 { return false }
            done += put
        }
        return true
    }

    /// The values that `append` put at a place; nil where they can no longer be read.
    func read(at offset: Int, count: Int) -> [Float]? {
        var isRead = true
        let values = unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            isRead = unsafe read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            initialized = isRead ? count : 0
        }
        return isRead ? values : nil
    }

    /// Reads bytes from a place; tells whether all of them were there.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var done = 0
        while done < bytes.count {
            let got = unsafe pread(descriptor, base + done, bytes.count - done, off_t(offset + done))
            if got < 0 && errno == EINTR { continue }
            if got <= 0 { return false }
            done += got
        }
        return true
    }
}
