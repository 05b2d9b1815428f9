// The whole file in memory, before the sandbox closes: nothing is read from disk afterwards, and the file cannot
// change under the library.

import AdzeBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes of a file, in memory that is never given back.
@safe struct FileImage {
    // @safe: the memory is there until the process ends.
    let base: UnsafeMutableRawPointer
    let count: Int

    /// Reads a file, or standard input where the path is `-`; refuses what does not begin as HDF5.
    init(path: String) throws(Refusal) {
        var descriptor: Int32 = 0
        if path != "-" {
            descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else {
                throw Refusal(
                    errno == ENOENT ? .missing : .system, unsafe "\(quoted(path)): \(String(cString: strerror(errno)))")
            }
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileImage.failure("fstat") }
        let isFile = status.st_mode & S_IFMT == S_IFREG
        guard isFile || path == "-" else { throw Refusal(.missing, "\(quoted(path)): not a regular file") }
        let size = isFile ? Int(status.st_size) : 0
        guard size <= FileImage.maximumBytes else { throw FileImage.tooLarge(size) }
        // One more than the size, so that the end is seen without growing; a large file has to arrive first.
        var capacity = isFile ? min(size + 1, FileImage.firstBytes) : 1 << 20
        guard var base = unsafe malloc(capacity) else { throw FileImage.failure("malloc") }
        var count = 0
        while true {
            if count == capacity {
                guard count <= FileImage.maximumBytes else { throw FileImage.tooLarge(count) }
                // No overflow: the limit is far below.
                let larger = size >= capacity ? min(capacity * 2, size + 1) : capacity * 2
                guard let grown = unsafe realloc(base, larger) else { throw FileImage.failure("realloc") }
                unsafe (base, capacity) = (grown, larger)
            }
            let got = unsafe read(descriptor, base + count, capacity - count)
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw FileImage.failure("read")
            }
            count += got
        }
        close(descriptor)
        guard count <= FileImage.maximumBytes else { throw FileImage.tooLarge(count) }
        unsafe self.base = base
        self.count = count
        try checkSignature()
    }

    /// The largest file that is read; the same as the limit of the program that asks.
    static let maximumBytes = 16 << 30
    /// The most room that is made before a byte has come.
    private static let firstBytes = 64 << 20

    private static func tooLarge(_ size: Int) -> Refusal {
        Refusal("expected at most \(maximumBytes) bytes of file, found \(size)")
    }

    private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    private func checkSignature() throws(Refusal) {
        func isSigned(at offset: Int) -> Bool {
            guard offset <= count - FileImage.signature.count else { return false }
            return FileImage.signature.indices.allSatisfy {
                unsafe (base + offset + $0).load(as: UInt8.self) == FileImage.signature[$0]
            }
        }
        if isSigned(at: 0) { return }
        // The format allows any power of two from 512; the library would look at them all.
        var offset = 512
        while offset < count {
            if isSigned(at: offset) {
                throw Refusal("a user block of \(offset) bytes stands before the HDF5 content; such files are refused")
            }
            let (next, overflow) = offset.multipliedReportingOverflow(by: 2)
            if overflow { break }
            offset = next
        }
        throw Refusal("no HDF5 file: expected the signature 89 48 44 46 0d 0a 1a 0a at its beginning")
    }

    private static func failure(_ call: String) -> Refusal {
        Refusal(.system, unsafe "\(call) failed: \(String(cString: strerror(errno)))")
    }
}
