// Bytes of an input in chunks, and the fields of one record copied together. Not here: what separates records.

internal import AdzeBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Fills a buffer with the next bytes of an input and says how many; 0 is the end.
public typealias ChunkSource = (UnsafeMutableRawBufferPointer) throws(DataError) -> Int

/// A window on the input: the bytes `position..<end` of `base` are read and not yet used.
///
/// A class because it owns its memory, which the scanners read through a plain pointer.
final class ChunkReader {
    let base: UnsafeMutablePointer<UInt8>
    private(set) var position = 0
    private(set) var end = 0
    private let capacity: Int
    private let source: ChunkSource
    private var isFirst = true
    private var isAtEnd = false

    init(capacity: Int, source: @escaping ChunkSource) {
        precondition(capacity >= 4, "the marks at the start of a text need up to 4 bytes")
        self.capacity = capacity
        self.source = source
        self.base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// The bytes that are left in the window.
    var left: Int { end - position }

    /// The first byte that is left; the window must not be empty.
    var first: UInt8 {
        assert(left > 0)
        return base[position]
    }

    /// Steps over bytes of the window.
    func advance(_ count: Int) {
        assert(count <= left)
        position += count
    }

    /// The distance of the next `byte` in the window, or nil.
    func distance(to byte: UInt8) -> Int? {
        // In bounds: `position..<end` lies in the allocation.
        guard left > 0, let found = memchr(base + position, Int32(byte), left) else { return nil }
        return UnsafeRawPointer(base + position).distance(to: found)
    }

    /// Reads the next chunk where the window is empty; false at the end of the input.
    ///
    /// Steps over the byte order mark of UTF-8 at the start, and throws at that of UTF-16 and of packed files.
    func fill() throws(DataError) -> Bool {
        if left > 0 { return true }
        position = 0
        end = 0
        if isFirst {
            isFirst = false
            // A source may give a byte at a time; the longest mark has four.
            while end < 4, try read() {}
            if let kind = packing() { throw .compressed(kind) }
            if left >= 2, (base[0], base[1]) == (0xFF, 0xFE) || (base[0], base[1]) == (0xFE, 0xFF) { throw .utf16 }
            if left >= 3, (base[0], base[1], base[2]) == (0xEF, 0xBB, 0xBF) { position = 3 }
            if left > 0 { return true }
            position = 0
            end = 0
        }
        return try read()
    }

    /// What packed the input, by marks that no text begins with.
    private func packing() -> String? {
        guard left >= 4 else { return nil }
        switch (base[0], base[1], base[2], base[3]) {
        case (0x1F, 0x8B, _, _): return "gzip"
        case (0x28, 0xB5, 0x2F, 0xFD): return "zstd"
        case (0xFD, 0x37, 0x7A, 0x58): return "xz"
        case (0x50, 0x4B, 0x03, 0x04): return "zip"
        default: return nil
        }
    }

    private func read() throws(DataError) -> Bool {
        guard !isAtEnd else { return false }
        let count = try source(UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end))
        precondition(count >= 0 && count <= capacity - end, "the source gave more bytes than there is room for")
        end += count
        isAtEnd = count == 0
        return !isAtEnd
    }
}

/// One record's fields, unquoted, one after another in an array that is used again for the next record.
struct Record {
    /// The line in which it begins.
    var lineNumber = 1
    /// Where each field ends in `bytes`.
    private(set) var ends: [Int] = []
    private(set) var bytes: [UInt8] = []
    private var separatorWidth = 0

    /// Whether there is one field and it has no bytes.
    var isEmptyLine: Bool { ends.count == 1 && bytes.isEmpty }

    /// Whether any field has a NUL.
    var hasNUL: Bool {
        bytes.withUnsafeBytes { raw in raw.baseAddress.map { memchr($0, 0, raw.count) != nil } ?? false }
    }

    mutating func start(line: Int) {
        lineNumber = line
        removeAll()
    }

    mutating func removeAll() {
        separatorWidth = 0
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    mutating func append(_ reader: ChunkReader, count: Int) {
        // In bounds: the caller's count is at most what is left in the window.
        bytes.append(contentsOf: UnsafeBufferPointer(start: reader.base + reader.position, count: count))
    }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func dropLast() { bytes.removeLast() }

    mutating func endField() { ends.append(bytes.count) }

    /// Splits the bytes, so far one field, at every tab; the tabs stay between the fields.
    mutating func splitAtTabs() {
        ends.removeAll(keepingCapacity: true)
        separatorWidth = 1
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\t") { ends.append(index) }
        ends.append(bytes.count)
    }

    /// A field as text, or nil where it is not UTF-8.
    func text(_ field: Int) -> String? {
        let begin = field == 0 ? 0 : ends[field - 1] + separatorWidth
        guard let text = try? UTF8Span(validating: bytes.span.extracting(begin..<ends[field])) else { return nil }
        return String(copying: text)
    }
}

/// Opens a path for reading in order; `-` is standard input. Pipes are as good as files, folders are refused.
func openChunks(path: String) throws(DataError) -> ChunkSource {
    let input = try StreamInput(path: path)
    return { (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in try input.read(into: buffer) }
}

/// An open file descriptor that is closed with its last user, unless it is standard input.
private final class StreamInput {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(DataError) {
        self.path = path
        if path == "-" {
            descriptor = STDIN_FILENO
            return
        }
        if isFolder(path) { throw .file(.notARegularFile(path: path, found: "a folder")) }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(.current("open", path)) }
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
        while true {
            #if canImport(Glibc)
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let got = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if got >= 0 { return got }
            if errno != EINTR { throw .file(.current("read", path)) }
        }
    }
}
