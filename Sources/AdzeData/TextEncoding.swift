// The bytes of an input as UTF-8, whatever encoding they came in. Not here: lines, fields and rows.

/// An encoding that texts are read from.
public enum TextEncoding: String, Sendable, CaseIterable {
    /// What is read unless a mark at the start or a person says otherwise.
    case utf8 = "utf-8"
    /// By its mark; without one, little-endian.
    case utf16 = "utf-16"
    /// The low byte first.
    case utf16LittleEndian = "utf-16le"
    /// The high byte first.
    case utf16BigEndian = "utf-16be"
    /// ISO 8859-1: a byte is a character.
    case latin1 = "latin-1"
    /// What Windows calls ANSI in western Europe: Latin-1 with letters and quotes where that has controls.
    case windows1252 = "windows-1252"
}

/// An input whose bytes come out as UTF-8, without a mark at their start.
///
/// A mark of UTF-8 or UTF-16 decides, unless an encoding of one byte a character is stated. What cannot be decoded comes
/// out as bytes that are no UTF-8, so that it costs its row and no more. Throws at the marks of packed files.
@safe final class DecodedInput {
    // @safe: a source fills the buffer that it is given and says how much of it; more than its room is a mistake.
    /// Whether the input began with a byte order mark.
    private(set) var hadMark = false
    /// Whether rows are read from another encoding than UTF-8.
    private(set) var isTranscoded = false
    private let source: ChunkSource
    private let stated: TextEncoding?
    private var transcoder: Transcoder?
    private var isStarted = false
    private var isAtEnd = false
    /// Bytes that are decoded and not yet handed out: `pending[given...]`.
    private var pending: [UInt8] = []
    private var given = 0

    init(encoding: TextEncoding?, source: @escaping ChunkSource) {
        unsafe self.source = source
        stated = encoding
    }

    /// Fills a buffer with the next bytes and says how many; 0 is the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
        try start(roomFor: buffer.count)
        if given == pending.count {
            guard transcoder != nil else { return unsafe isAtEnd ? 0 : try source(buffer) }
            try decodeMore()
        }
        let count = min(buffer.count, pending.count - given)
        unsafe pending.withUnsafeBytes {
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[given..<given + count]))
        }
        given += count
        if given == pending.count { (pending, given) = ([], 0) }
        return count
    }

    /// The first bytes, which are handed out again later: up to `limit` of them, or no more than the first line where
    /// the rest would have to be waited for; and whether they are all there are.
    func peek(limit: Int, firstLineOnly: Bool) throws(DataError) -> (bytes: ArraySlice<UInt8>, isWhole: Bool) {
        try start(roomFor: 1 << 12)
        precondition(given == 0, "a look ahead comes before the reading")
        var lineEnd = firstLineOnly ? pending.firstIndex(of: 0x0A) : nil
        while !isAtEnd, pending.count < limit, lineEnd == nil {
            let before = pending.count
            if transcoder == nil { try readMore() } else { try decodeMore() }
            if firstLineOnly { lineEnd = pending[before...].firstIndex(of: 0x0A) }
        }
        // What is seen must not depend on how the bytes came in.
        let end = min(limit, lineEnd.map { $0 + 1 } ?? pending.count)
        return (pending[..<end], isAtEnd && end == pending.count)
    }

    /// Looks at the marks that an input may begin with.
    private func start(roomFor count: Int) throws(DataError) {
        guard !isStarted else { return }
        isStarted = true
        // A source may give a byte at a time; but a short first line wants no more than itself.
        while !isAtEnd, StartMark.all.contains(where: { $0.mayBegin(pending) }) { try readMore() }
        var encoding = stated ?? .utf8
        if let mark = StartMark.all.first(where: { pending.starts(with: $0.bytes) }) {
            switch mark.meaning {
            case .packed(let kind): throw .compressed(kind)
            case .encoding(let marked) where stated != .latin1 && stated != .windows1252:
                encoding = marked
                hadMark = true
                pending.removeFirst(mark.bytes.count)
            case .encoding: break
            }
        }
        isTranscoded = encoding != .utf8
        guard isTranscoded else { return }
        var transcoder = Transcoder(encoding)
        let raw = pending
        pending = []
        transcoder.decode(raw, isLast: isAtEnd, into: &pending)
        self.transcoder = transcoder
    }

    private func readMore() throws(DataError) {
        let raw = try rawChunk()
        pending += raw
    }

    private func decodeMore() throws(DataError) {
        // One byte of input may be half a character, and give none of output.
        let count = pending.count
        while pending.count == count, !isAtEnd {
            let raw = try rawChunk()
            transcoder?.decode(raw, isLast: isAtEnd, into: &pending)
        }
    }

    private func rawChunk() throws(DataError) -> [UInt8] {
        var raw = [UInt8](repeating: 0, count: 1 << 16)
        var failure: DataError?
        let count = unsafe raw.withUnsafeMutableBytes { buffer -> Int in
            do throws(DataError) {
                return try unsafe source(buffer)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        precondition(count >= 0 && count <= raw.count, "the source gave more bytes than there is room for")
        isAtEnd = count == 0
        raw.removeLast(raw.count - count)
        return raw
    }
}

/// Bytes that an input may begin with and no text does, or that are not part of it.
private struct StartMark {
    enum Meaning {
        case encoding(TextEncoding), packed(String)
    }

    static let all = [
        StartMark(bytes: [0xEF, 0xBB, 0xBF], meaning: .encoding(.utf8)),
        StartMark(bytes: [0xFF, 0xFE], meaning: .encoding(.utf16LittleEndian)),
        StartMark(bytes: [0xFE, 0xFF], meaning: .encoding(.utf16BigEndian)),
        StartMark(bytes: [0x1F, 0x8B], meaning: .packed("gzip")),
        StartMark(bytes: [0x28, 0xB5, 0x2F, 0xFD], meaning: .packed("zstd")),
        StartMark(bytes: [0xFD, 0x37, 0x7A, 0x58], meaning: .packed("xz")),
        StartMark(bytes: [0x50, 0x4B, 0x03, 0x04], meaning: .packed("zip")),
    ]

    let bytes: [UInt8]
    let meaning: Meaning

    /// Whether the bytes are too few to tell.
    func mayBegin(_ found: [UInt8]) -> Bool { found.count < bytes.count && bytes.starts(with: found) }
}

/// Characters of another encoding, written as UTF-8.
private struct Transcoder {
    private let encoding: TextEncoding
    /// The first byte of a unit of UTF-16 whose second has not come.
    private var half: UInt8?
    /// The first unit of a pair of UTF-16 whose second has not come.
    private var high: UInt16?

    init(_ encoding: TextEncoding) { self.encoding = encoding }

    mutating func decode(_ bytes: [UInt8], isLast: Bool, into out: inout [UInt8]) {
        switch encoding {
        case .utf8: out += bytes
        case .latin1: for byte in bytes { Transcoder.put(UInt32(byte), &out) }
        case .windows1252:
            for byte in bytes {
                let scalar = (0x80...0x9F).contains(byte) ? Transcoder.windows[Int(byte) - 0x80] : UInt32(byte)
                Transcoder.put(scalar, &out)
            }
        case .utf16, .utf16LittleEndian, .utf16BigEndian:
            for byte in bytes {
                guard let first = half else {
                    half = byte
                    continue
                }
                half = nil
                let isBig = encoding == .utf16BigEndian
                take(UInt16(isBig ? first : byte) << 8 | UInt16(isBig ? byte : first), &out)
            }
            if isLast {
                if let high { Transcoder.put(UInt32(high), &out) }
                if half != nil { out.append(Transcoder.bad) }
                (high, half) = (nil, nil)
            }
        }
    }

    private mutating func take(_ unit: UInt16, _ out: inout [UInt8]) {
        if let first = high {
            high = nil
            if (0xDC00...0xDFFF).contains(unit) {
                return Transcoder.put(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(unit) - 0xDC00, &out)
            }
            Transcoder.put(UInt32(first), &out)
        }
        if (0xD800...0xDBFF).contains(unit) { high = unit } else { Transcoder.put(UInt32(unit), &out) }
    }

    /// A byte that UTF-8 does not have.
    private static let bad: UInt8 = 0xFF

    /// Appends a scalar; half of a pair and what an encoding has no character for come out as no UTF-8.
    private static func put(_ scalar: UInt32, _ out: inout [UInt8]) {
        guard scalar >= 0x80 else { return out.append(UInt8(scalar)) }
        guard let scalar = Unicode.Scalar(scalar) else { return out.append(bad) }
        out += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    }

    /// The characters of 0x80 to 0x9F; the five that are none are the largest number.
    private static let windows: [UInt32] = [
        0x20AC, .max, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, .max,
        0x017D, .max, .max, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, .max, 0x017E, 0x0178,
    ]
}

/// The bytes as UTF-8; throws at the marks of packed files.
func decoded(_ bytes: [UInt8], encoding: TextEncoding?) throws(DataError) -> [UInt8] {
    var position = 0
    let input = unsafe DecodedInput(encoding: encoding) {
        (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in
        let count = min(buffer.count, bytes.count - position)
        unsafe buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
    return Array(try input.peek(limit: .max, firstLineOnly: false).bytes)
}
