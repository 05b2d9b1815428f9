// The bytes of one pickle, read forwards with every length checked. A pickle inside a legacy stream does not say how
// long it is, so more of the file is fetched as the opcodes ask for it. Not here: what the bytes mean.

internal import AdzeBytes

/// A forward reader over a pickle; it never reads past the limit, the file or an open frame.
struct PickleInput {
    /// What has been fetched so far, from the pickle's first byte.
    private(set) var bytes: [UInt8]
    /// The next byte.
    private(set) var position = 0
    private let file: InputFile?
    private let start: Int
    /// Bytes that the pickle can have at most.
    private let available: Int
    private let cutByLimit: Bool
    private let firstFetch: Int
    private var frameEnd: Int?

    /// A pickle at hand.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        file = nil
        start = 0
        available = bytes.count
        cutByLimit = false
        firstFetch = 0
    }

    /// A pickle that begins at `start` of a file, before `end`, and ends where its program stops.
    ///
    /// `firstFetch` is how much is read at first; a small pickle among many needs little.
    init(_ file: InputFile, at start: Int, before end: Int? = nil, limit: Int, firstFetch: Int = 64 << 10) {
        self.file = file
        self.start = start
        self.firstFetch = firstFetch
        bytes = []
        let room = max(0, (end ?? file.size) - start)
        available = min(room, limit)
        cutByLimit = room > limit
    }

    /// Whether all that is at hand has been read.
    var isAtEnd: Bool { position == available }

    mutating func byte() throws(TorchError) -> UInt8 {
        try need(1)
        defer { position += 1 }
        return bytes[position]
    }

    /// A little-endian unsigned integer of `count` ≤ 8 bytes.
    mutating func unsigned(_ count: Int) throws(TorchError) -> UInt64 {
        try need(count)
        var value: UInt64 = 0
        for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[position + index]) }
        position += count
        return value
    }

    mutating func slice(_ count: Int) throws(TorchError) -> PickleSlice {
        try need(count)
        defer { position += count }
        // Both fit: a pickle is at most 128 MiB.
        return PickleSlice(offset: UInt32(position), count: UInt32(count))
    }

    /// The bytes up to a line feed, which is passed over.
    mutating func line(limit: Int) throws(TorchError) -> PickleSlice {
        let first = position
        while try byte() != 0x0A {
            guard position - first <= limit else {
                throw .pickle(.limit, offset: first, detail: "a line of more than \(limit) bytes")
            }
        }
        return PickleSlice(offset: UInt32(first), count: UInt32(position - 1 - first))
    }

    /// Begins a frame of protocol 4; frames neither nest nor reach past the end.
    mutating func beginFrame(_ count: UInt64) throws(TorchError) {
        guard frameEnd == nil else { throw .pickle(.frame, offset: position, detail: "a frame begins inside another") }
        guard count <= UInt64(available - position) else {
            throw .pickle(
                .frame, offset: position, detail: "a frame of \(count) bytes; \(available - position) are left")
        }
        frameEnd = position + Int(count)
    }

    /// Closes the frame that ends here; called between opcodes.
    mutating func endFrameIfDue() {
        if frameEnd == position { frameEnd = nil }
    }

    /// Checks that no frame is open any more.
    func checkFrameClosed() throws(TorchError) {
        if let frameEnd {
            throw .pickle(
                .frame, offset: position, detail: "the pickle stops \(frameEnd - position) bytes before its frame")
        }
    }

    private mutating func need(_ count: Int) throws(TorchError) {
        if let frameEnd, count > frameEnd - position {
            throw .pickle(.frame, offset: position, detail: "an opcode reaches past its frame")
        }
        guard count <= available - position else {
            if cutByLimit { throw .pickle(.limit, offset: position, detail: "more than \(available) bytes") }
            throw .pickle(.truncated, offset: position, detail: "\(count) bytes expected, \(available - position) left")
        }
        if position + count > bytes.count { try fetch(position + count) }
    }

    private mutating func fetch(_ needed: Int) throws(TorchError) {
        // `available` ≥ needed > bytes.count, so a file is there; doubling keeps the copies linear.
        guard let file else { preconditionFailure("bytes at hand are all there from the start") }
        let target = min(available, max(needed, firstFetch, bytes.count * 2))
        do throws(FileError) {
            bytes += try file.read(at: start + bytes.count, count: target - bytes.count)
        } catch {
            throw .file(error)
        }
    }
}
