// Writing to standard output, which must be a pipe: the sandbox lets no file grow.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

enum StandardOutput {
    /// Refuses a file, which `RLIMIT_FSIZE` would keep empty, before any work is done.
    static func requirePipe() throws(Refusal) {
        var status = stat()
        guard unsafe fstat(1, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT != S_IFREG else {
            throw Refusal(.usage, "standard output is a file; give it a pipe, such as `adze-h5worker FILE | cat > OUT`")
        }
    }

    /// Writes all of the bytes.
    static func write(_ bytes: [UInt8]) throws(Refusal) {
        let code = write(bytes, to: 1)
        if code != 0 { throw failure(code) }
    }

    /// Writes all of the buffer.
    static func write(_ buffer: UnsafeRawBufferPointer) throws(Refusal) {
        let code = unsafe write(buffer, to: 1)
        if code != 0 { throw failure(code) }
    }

    /// Writes to a descriptor; the answer is an `errno`, or 0.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        unsafe bytes.withUnsafeBytes { unsafe write($0, to: descriptor) }
    }

    private static func write(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            #if canImport(Glibc)
            let wrote = unsafe Glibc.write(descriptor, base + done, buffer.count - done)
            #else
            let wrote = Darwin.write(descriptor, base + done, buffer.count - done)
            #endif
            if wrote < 0 {
                if errno == EINTR { continue }
                return errno
            }
            done += wrote
        }
        return 0
    }

    private static func failure(_ code: Int32) -> Refusal {
        Refusal(.system, unsafe "writing to standard output failed: \(String(cString: strerror(code)))")
    }
}
