// Records that are lines: each ends at LF or CRLF. A lone CR is part of its line. Not here: CSV, whose records can
// hold line ends.

/// What a scanner found.
enum Scan: Equatable {
    /// The record is whole.
    case record
    /// The record was longer than the limit and has been stepped over.
    case tooLong
    /// A field went on after its closing quote; the record has been read to its end.
    case textAfterQuote(field: Int)
    /// The record is whole, and has a NUL. Scanners do not look for it: who uses the record does.
    case nul
    /// The input is at its end.
    case end
}

/// Takes lines off a reader.
struct LineScanner {
    let reader: ChunkReader
    /// The most bytes of a line, its end not counted.
    let limit: Int
    private var line = 0

    init(reader: ChunkReader, limit: Int) {
        self.reader = reader
        self.limit = limit
    }

    /// Reads the next line as one field; no more than the limit and a chunk are ever held.
    mutating func next(_ record: inout Record) throws(DataError) -> Scan {
        guard try reader.fill() else { return .end }
        line += 1
        record.start(line: line)
        var isTooLong = false
        while try reader.fill() {
            let found = reader.distance(to: UInt8(ascii: "\n"))
            let count = found ?? reader.left
            // One byte more than the limit is allowed for a CR that belongs to the line's end.
            if !isTooLong, record.bytes.count + count > limit + 1 { isTooLong = true }
            // A line without end that is no text, such as /dev/zero, must not be stepped over for ever.
            if isTooLong, record.hasNUL { throw .nul(line: line) }
            if isTooLong { record.removeAll() } else { record.append(reader, count: count) }
            reader.advance(count)
            if found != nil {
                reader.advance(1)
                if record.bytes.last == UInt8(ascii: "\r") { record.dropLast() }
                break
            }
        }
        if isTooLong || record.bytes.count > limit { return .tooLong }
        record.endField()
        return .record
    }
}
