// Inflating of deflated bytes by zlib, piece by piece, never more of them than were announced. Not here: checksums.

internal import AdzeBytes
internal import CZlib

/// Inflates one entry of an archive.
struct Inflater {
    let source: ByteSource
    let entry: ZipEntry

    private static let inputPiece = 256 << 10
    private static let outputPiece = 1 << 20

    /// Gives the content to `body` in order, in pieces of at most 1 MiB.
    ///
    /// Throws `ZipError.fault(.deflate)` where the stream is damaged or gives another number of bytes than the directory
    /// states.
    /// - Complexity: O(size); memory is two pieces and zlib's window.
    func forEachPiece(_ body: ([UInt8]) -> Void) throws(ZipError) {
        // zlib keeps the stream's address, so the stream must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        defer { unsafe stream.deallocate() }
        // Negative: a raw stream, as zip has it, with the largest window.
        let code = unsafe inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        // Out of memory, or of another version than its header: no archive can do it, so no test does.
        guard code == Z_OK else { throw fault("zlib cannot begin: code \(code)") }
        defer { unsafe inflateEnd(stream) }
        var consumed = 0
        var made = 0
        var ended = false
        while !ended {
            let count = min(Inflater.inputPiece, entry.storedSize - consumed)
            guard count > 0 else { throw fault("\(made) of \(entry.size) bytes, then the stream breaks off") }
            var input: [UInt8]
            do throws(FileError) {
                input = try source.read(at: entry.offset + consumed, count: count)
            } catch {
                throw .file(error)
            }
            let room = entry.size - made
            let step = unsafe input.withUnsafeMutableBufferPointer { unsafe Inflater.run(stream, $0, room: room, body) }
            consumed += step.consumed
            made += step.made
            ended = step.code == Z_STREAM_END
            guard ended || step.code == Z_OK || step.code == Z_BUF_ERROR else {
                throw fault("code \(step.code) of zlib after \(made) bytes")
            }
            guard ended || step.consumed == count else { throw fault("more than \(entry.size) bytes come out of it") }
        }
        guard made == entry.size, consumed == entry.storedSize else {
            throw fault(
                "expected \(entry.size) bytes out of \(entry.storedSize), found \(made) out of \(consumed)")
        }
    }

    /// Feeds one piece of input until it is used up, the stream ends, or more than `room` bytes would come out.
    private static func run(
        _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeMutableBufferPointer<UInt8>, room: Int,
        _ body: ([UInt8]) -> Void
    ) -> (consumed: Int, made: Int, code: Int32) {
        unsafe stream.pointee.next_in = input.baseAddress
        unsafe stream.pointee.avail_in = UInt32(input.count)
        var made = 0
        var code = Z_OK
        repeat {
            // One byte more than there is room for tells a stream that is too long from one that fits.
            let capacity = min(outputPiece, room - made + 1)
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                unsafe stream.pointee.next_out = buffer.baseAddress
                unsafe stream.pointee.avail_out = UInt32(capacity)
                code = unsafe inflate(stream, Z_NO_FLUSH)
                count = unsafe capacity - Int(stream.pointee.avail_out)
            }
            guard made + piece.count <= room else { return (0, made, Z_OK) }
            made += piece.count
            if !piece.isEmpty { body(piece) }
        } while unsafe code == Z_OK && (stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0)
        return unsafe (input.count - Int(stream.pointee.avail_in), made, code)
    }

    private func fault(_ detail: String) -> ZipError { .fault(.deflate, entry: entry.name, detail: detail) }
}
