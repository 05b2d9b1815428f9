// Records of RFC 4180: fields between commas or another delimiter, in quotes where they hold it, line ends or doubled
// quotes. Records end at LF, CRLF or a lone CR. A quote inside an unquoted field is text, as most writers and readers have it.

/// Takes records off a reader.
struct CSVScanner {
    private enum State {
        case fieldStart, unquoted, quoted, afterQuote
    }

    let reader: ChunkReader
    /// The most bytes of a record, and of a quoted field.
    let limit: Int
    /// What separates fields.
    let delimiter: UInt8
    private var line = 1
    private var state = State.fieldStart
    /// Whether the byte before was a CR, so that an LF that follows is no line end of its own.
    private var isAfterCR = false
    private var openLine = 0
    private var quotedCount = 0
    private var recordCount = 0
    private var isTooLong = false
    private var badField: Int?
    private var fieldCount = 0

    init(reader: ChunkReader, limit: Int, delimiter: UInt8 = UInt8(ascii: ",")) {
        self.reader = reader
        self.limit = limit
        self.delimiter = delimiter
    }

    /// Reads the next record; throws `.unclosedQuote` where a quoted field passes the limit or the input ends in it.
    mutating func next(_ record: inout Record) throws(DataError) -> Scan {
        guard try reader.fill() else { return .end }
        if isAfterCR {
            isAfterCR = false
            if reader.first == UInt8(ascii: "\n") { reader.advance(1) }
            guard try reader.fill() else { return .end }
        }
        record.start(line: line)
        (state, recordCount, isTooLong, badField, fieldCount) = (.fieldStart, 0, false, nil, 0)
        var isOpen = true
        while isOpen {
            guard try reader.fill() else {
                if state == .quoted { throw .unclosedQuote(line: openLine, limit: limit) }
                endField(&record)
                break
            }
            switch state {
            case .fieldStart: startField()
            case .unquoted: isOpen = try unquotedRun(&record)
            case .quoted: try quotedRun(&record)
            case .afterQuote: isOpen = try afterQuote(&record)
            }
        }
        if isTooLong { return .tooLong }
        return badField.map { .textAfterQuote(field: $0) } ?? .record
    }

    private mutating func startField() {
        guard reader.first == UInt8(ascii: "\"") else {
            state = .unquoted
            return
        }
        reader.advance(1)
        (state, openLine, quotedCount) = (.quoted, line, 0)
    }

    /// Takes text up to a delimiter or a line end; false at the end of the record.
    private mutating func unquotedRun(_ record: inout Record) throws(DataError) -> Bool {
        let start = unsafe reader.base + reader.position
        let left = reader.left
        var count = 0
        let delimiter = delimiter
        while count < left {
            let byte = unsafe start[count]
            if byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            count += 1
        }
        try append(&record, count)
        return count == left ? true : separator(&record)
    }

    /// Takes the delimiter or line end that is next; false at a line end.
    private mutating func separator(_ record: inout Record) -> Bool {
        let byte = reader.first
        reader.advance(1)
        endField(&record)
        if byte == delimiter {
            recordCount += 1
            state = .fieldStart
            return true
        }
        line += 1
        isAfterCR = byte == UInt8(ascii: "\r")
        return false
    }

    private mutating func quotedRun(_ record: inout Record) throws(DataError) {
        let found = reader.distance(to: UInt8(ascii: "\""))
        let count = found ?? reader.left
        let start = unsafe reader.base + reader.position
        for index in 0..<count {
            let byte = unsafe start[index]
            if byte > 0x0D {
                isAfterCR = false
                continue
            }
            if byte == UInt8(ascii: "\r") || (byte == UInt8(ascii: "\n") && !isAfterCR) { line += 1 }
            isAfterCR = byte == UInt8(ascii: "\r")
        }
        quotedCount += count
        guard quotedCount <= limit else { throw .unclosedQuote(line: openLine, limit: limit) }
        try append(&record, count)
        if found != nil {
            reader.advance(1)
            isAfterCR = false
            state = .afterQuote
        }
    }

    /// A quote has ended a quoted field, unless a second one follows; false at the end of the record.
    private mutating func afterQuote(_ record: inout Record) throws(DataError) -> Bool {
        switch reader.first {
        case UInt8(ascii: "\""):
            try append(&record, 1)
            quotedCount += 1
            state = .quoted
            return true
        case delimiter, UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            return separator(&record)
        default:
            // Reading on as unquoted finds the next line end, so that the rows after this one are whole.
            badField = badField ?? fieldCount + 1
            state = .unquoted
            return true
        }
    }

    private mutating func endField(_ record: inout Record) {
        fieldCount += 1
        if !isTooLong { record.endField() }
    }

    private mutating func append(_ record: inout Record, _ count: Int) throws(DataError) {
        recordCount += count
        if !isTooLong, recordCount > limit {
            isTooLong = true
            // A record without end that is no text, such as /dev/zero, must not be stepped over for ever.
            if record.hasNUL { throw .nul(line: record.lineNumber) }
            record.removeAll()
        }
        if !isTooLong { record.append(reader, count: count) }
        reader.advance(count)
    }
}
