// Bytes as a file, for readers that read by position from a path, and a folder for what is written.

import AdzeBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that is filled anew for every input.
///
/// Not thread-safe: one program looks at one input at a time.
struct ScratchFile: ~Copyable {
    private let descriptor: CInt
    /// Where the file can be opened.
    let path: String

    /// A file of these bytes; gone with the value.
    init(_ bytes: [UInt8]) throws(Violation) {
        var template = Array("\(scratchParent())/adze-fuzz-XXXXXX".utf8CString)
        // The name goes at once, so that a crash leaves nothing behind; the open file has another.
        descriptor = template.withUnsafeMutableBufferPointer { buffer in
            guard let name = buffer.baseAddress else { return -1 }
            defer { unlink(name) }
            return mkstemp(name)
        }
        path = "/dev/fd/\(descriptor)"
        try require(descriptor >= 0, "no scratch file: \(String(cString: strerror(errno)))")
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
            try require(put > 0, "the scratch file takes no bytes: \(String(cString: strerror(errno)))")
            done += put
        }
    }

    deinit { close(descriptor) }
}

/// Runs `body` with a path for a file to be written, which is removed afterwards.
func withScratchPath(_ body: (String) throws -> Void) throws {
    var template = Array("\(scratchParent())/adze-fuzz-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else { throw Violation(description: "no scratch folder: \(String(cString: strerror(errno)))") }
    defer {
        unlink(made + "/file")
        rmdir(made)
    }
    try body(made + "/file")
}

/// Memory where there is some, because a save waits for its disk.
private func scratchParent() -> String { access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp" }
