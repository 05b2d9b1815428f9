// libzstd behind two calls: a coder with our parameters, and a decoder that looks at the frame's own header before it
// lets libzstd see the content. Not here: checksums, places in the file.

import CZstd

/// One thread's zstd contexts and buffers, used again from chunk to chunk.
///
/// Not thread-safe: `Workbench.Pool` gives each to one thread at a time.
@safe final class Workbench: @unchecked Sendable {
    // @safe: the contexts are its own, made when first needed and freed with it.
    // @unchecked: a workbench has one owner at a time, see `Pool`.
    private var coder: OpaquePointer?
    private var decoder: OpaquePointer?
    /// For the bytes as they stand in the file.
    var stored = ScratchBuffer()
    /// For what comes out of them.
    var decoded = ScratchBuffer()
    /// For the codes of a chunk whose fp32 values are wanted.
    var codes = ScratchBuffer()
    /// For values that nobody wants.
    var verified = ScratchBuffer()

    deinit {
        unsafe ZSTD_freeCCtx(coder)
        unsafe ZSTD_freeDCtx(decoder)
        stored.free()
        decoded.free()
        codes.free()
        verified.free()
    }

    /// The zstd frame of the bytes, or nil where it would not be smaller than they are.
    func compress(_ bytes: UnsafeRawBufferPointer) throws(NativeError) -> [UInt8]? {
        if unsafe bytes.isEmpty { return nil }
        let coder = try unsafe readyCoder()
        var result = 0
        let frame = unsafe [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { out, initialized in
            result = unsafe ZSTD_compress2(coder, out.baseAddress, out.count, bytes.baseAddress, bytes.count)
            initialized = ZSTD_isError(result) == 0 ? result : 0
        }
        // There is room for the worst case: memory alone can be lacking, which no test brings about.
        guard ZSTD_isError(result) == 0 else { throw unsafe .zstd(String(cString: ZSTD_getErrorName(result))) }
        return frame.count < bytes.count ? frame : nil
    }

    private func readyCoder() throws(NativeError) -> OpaquePointer {
        if let coder = unsafe coder { return unsafe coder }
        guard let made = unsafe ZSTD_createCCtx() else { throw .zstd("out of memory") }
        unsafe coder = made
        // A short hash table and long matches: next to nothing but the Huffman coder, which is what weights want.
        let parameters: [(ZSTD_cParameter, Int32)] = [
            (ZSTD_c_compressionLevel, 1), (ZSTD_c_minMatch, 7), (ZSTD_c_hashLog, 6), (ZSTD_c_checksumFlag, 1),
            (ZSTD_c_contentSizeFlag, 1), (ZSTD_c_dictIDFlag, 0),
        ]
        for (parameter, value) in parameters {
            let result = unsafe ZSTD_CCtx_setParameter(made, parameter, value)
            // A zstd of another mind than ours: none that a test could link.
            guard ZSTD_isError(result) == 0 else { throw unsafe .zstd(String(cString: ZSTD_getErrorName(result))) }
        }
        return unsafe made
    }

    /// Decodes a frame that must give exactly `out.count` bytes; returns what is wrong with it, or nil.
    func decompress(_ frame: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) -> String? {
        if let problem = unsafe ZstdHeader.problem(frame, contentSize: out.count) { return problem }
        let length = unsafe ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count)
        guard ZSTD_isError(length) == 0 else { return unsafe "zstd: " + String(cString: ZSTD_getErrorName(length)) }
        guard length == frame.count else { return "zstd frame of \(length) bytes in \(frame.count) stored ones" }
        if unsafe decoder == nil { unsafe decoder = ZSTD_createDCtx() }
        guard let decoder = unsafe decoder else { return "zstd: out of memory" }
        let result = unsafe ZSTD_decompressDCtx(decoder, out.baseAddress, out.count, frame.baseAddress, frame.count)
        guard ZSTD_isError(result) == 0 else { return unsafe "zstd: " + String(cString: ZSTD_getErrorName(result)) }
        return result == out.count ? nil : "zstd frame gave \(result) bytes of \(out.count)"
    }
}

/// The frame header of RFC 8878, section 3.1.1.1, and what we ask of it.
enum ZstdHeader {
    static let windowLimit = 16 << 20

    /// What is wrong with a frame's header, or nil.
    static func problem(_ frame: UnsafeRawBufferPointer, contentSize: Int) -> String? {
        guard frame.count >= 6 else { return "zstd frame of \(frame.count) bytes" }
        let magic = unsafe UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self))
        guard magic == 0xFD2F_B528 else { return "no plain zstd frame (magic 0x\(String(magic, radix: 16)))" }
        let descriptor = unsafe frame[4]
        guard descriptor & 0x08 == 0 else { return "zstd frame with a reserved bit set" }
        guard descriptor & 0x04 != 0 else { return "zstd frame without a content checksum" }
        guard descriptor & 0x03 == 0 else { return "zstd frame with a dictionary" }
        let isSingleSegment = descriptor & 0x20 != 0
        var offset = 5
        if !isSingleSegment {
            let window = unsafe frame[offset]
            let base = 1 << (10 + Int(window >> 3))
            guard base + base / 8 * Int(window & 7) <= windowLimit else { return "zstd window over 16 MiB" }
            offset += 1
        }
        let sizes = [isSingleSegment ? 1 : 0, 2, 4, 8]
        let size = sizes[Int(descriptor >> 6)]
        guard size > 0 else { return "zstd frame without its content size" }
        guard frame.count >= offset + size else { return "zstd frame of \(frame.count) bytes" }
        var stated: UInt64 = 0
        for index in 0..<size { unsafe stated |= UInt64(frame[offset + index]) << UInt64(8 * index) }
        if size == 2 { stated += 256 }
        guard stated == UInt64(contentSize) else { return "zstd content of \(stated) bytes, expected \(contentSize)" }
        return nil
    }
}
