// Bytes of an input in chunks, and the fields of one record copied together. Not here: what separates records, and the
// encoding, which is `DecodedInput`'s.

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
@safe final class ChunkReader {
    // @safe: the memory is its own and lives as long; a scanner reads `position..<end` of it and no further.
    let base: UnsafeMutablePointer<UInt8>
    private(set) var position = 0
    private(set) var end = 0
    private let capacity: Int
    private let source: ChunkSource
    private var isAtEnd = false

    init(capacity: Int, source: @escaping ChunkSource) {
        precondition(capacity > 0, "a window has room for a byte")
        self.capacity = capacity
        unsafe self.source = source
        unsafe self.base = .allocate(capacity: capacity)
    }

    deinit { unsafe base.deallocate() }

    /// The bytes that are left in the window.
    var left: Int { end - position }

    /// The first byte that is left; the window must not be empty.
    var first: UInt8 {
        assert(left > 0)
        return unsafe base[position]
    }

    /// Steps over bytes of the window.
    func advance(_ count: Int) {
        assert(count <= left)
        position += count
    }

    /// The distance of the next `byte` in the window, or nil.
    func distance(to byte: UInt8) -> Int? {
        // In bounds: `position..<end` lies in the allocation.
        guard left > 0, let found = unsafe memchr(base + position, Int32(byte), left) else { return nil }
        return unsafe UnsafeRawPointer(base + position).distance(to: found)
    }

    /// Reads the next chunk where the window is empty; false at the end of the input.
    func fill() throws(DataError) -> Bool {
        if left > 0 { return true }
        position = 0
        end = 0
        return try read()
    }

    private func read() throws(DataError) -> Bool {
        guard !isAtEnd else { return false }
        let count = try unsafe source(UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end))
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
        unsafe bytes.withUnsafeBytes { raw in
            unsafe raw.baseAddress.map { unsafe memchr($0, 0, raw.count) != nil } ?? false
        }
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
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: reader.base + reader.position, count: count))
    }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func dropLast() { bytes.removeLast() }

    mutating func endField() { ends.append(bytes.count) }

    /// Splits the bytes, so far one field, at every separator; they stay between the fields.
    mutating func split(at separator: UInt8) {
        ends.removeAll(keepingCapacity: true)
        separatorWidth = 1
        for index in bytes.indices where bytes[index] == separator { ends.append(index) }
        ends.append(bytes.count)
    }

    /// Where a field is in `bytes`.
    func range(_ field: Int) -> Range<Int> { (field == 0 ? 0 : ends[field - 1] + separatorWidth)..<ends[field] }

    /// A field as text, or nil where it is not UTF-8.
    func text(_ field: Int) -> String? {
        guard let text = try? UTF8Span(validating: bytes.span.extracting(range(field))) else { return nil }
        return String(copying: text)
    }
}

/// An open path, read in order; `-` is standard input. Pipes are as good as files, folders are refused.
///
/// The descriptor is closed with its last user, unless it is standard input.
final class StreamInput {
    /// Called before each read that has to wait for the other end of a pipe, or for a person.
    var beforeWaiting: (() -> Void)?
    /// Whether it is a regular file, which never has to be waited for.
    let isRegularFile: Bool
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(DataError) {
        self.path = path
        if path == "-" {
            descriptor = STDIN_FILENO
            isRegularFile = StreamInput.isRegular(descriptor)
            return
        }
        if isFolder(path) { throw .file(.notARegularFile(path: path, found: "a folder")) }
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(.current("open", path)) }
        isRegularFile = StreamInput.isRegular(descriptor)
    }

    private static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
        if let beforeWaiting, !isReady { beforeWaiting() }
        while true {
            #if canImport(Glibc)
            let got = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let got = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if got >= 0 { return got }
            if errno != EINTR { throw .file(.current("read", path)) }
        }
    }

    /// Whether a read would return at once; always so for a regular file.
    private var isReady: Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // A call that fails says nothing of waiting; the read that follows will say what is wrong.
        return unsafe poll(&wanted, 1, 0) != 0
    }
}
