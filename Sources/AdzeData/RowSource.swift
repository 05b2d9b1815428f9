// Texts from a file or a pipe, a row at a time, in memory that does not grow with the input.

internal import AdzeBytes

/// A reader of rows.
///
/// It holds one chunk of the input and one record, of at most `recordLimit` bytes. Not for several threads at once.
///
/// - txt: one text a line; an empty line is a row with an empty text. LF and CRLF end a line.
/// - csv: RFC 4180. A lone CR ends a record too. An empty line is no row, unless the table has one column only.
/// - tsv: fields between tabs, no quoting; empty lines as in csv.
/// - jsonl: one object a line, white space alone is no row. Texts are strings; a label may be a number or a truth value
///   too, and is then as JSON writes it; a null is as good as no pair or label. All other fields go to `Row.extra`.
///
/// Bytes are UTF-8; its byte order mark is skipped. Only the columns that are asked for need be valid.
public struct RowSource: ~Copyable {
    /// The most bytes of one record: 1 MB.
    public static let recordLimit = 1_000_000
    /// The bytes that are asked for at a time.
    public static let chunkSize = 128 << 10
    /// The most columns of a table.
    public static let columnLimit = 10_000

    /// The format that is read.
    public let format: DataFormat
    private let columns: ColumnSelection
    private let isByNumber: Bool
    private var lines: LineScanner
    private var table: CSVScanner
    private var record = Record()
    private var indexes: ColumnIndexes?
    private var columnCount = 0
    private var firstRecordIsPending = false
    private var failure: DataError?
    private let input: StreamInput?

    /// Opens a path, `-` being standard input, in the format that its name says unless one is stated.
    ///
    /// Standard input without a stated format is txt. Throws `DataError`; columns are looked for with the first row.
    public init(
        path: String, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection()
    ) throws(DataError) {
        let format = try RowSource.format(stated: format, path: path)
        let input = try StreamInput(path: path)
        try self.init(
            format, columns, input, chunkSize: RowSource.chunkSize,
            chunks: { (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in try input.read(into: buffer) }
        )
    }

    /// Reads from chunks that a closure gives.
    public init(
        format: DataFormat, columns: ColumnSelection = ColumnSelection(), chunkSize: Int = RowSource.chunkSize,
        chunks: @escaping ChunkSource
    ) throws(DataError) {
        try self.init(format, columns, nil, chunkSize: chunkSize, chunks: chunks)
    }

    private init(
        _ format: DataFormat, _ columns: ColumnSelection, _ input: StreamInput?, chunkSize: Int,
        chunks: @escaping ChunkSource
    ) throws(DataError) {
        let isByNumber = try columns.isByNumber()
        if format == .txt, !columns.isEmpty { throw .columnsNotInFormat(.txt) }
        if format == .jsonl, isByNumber { throw .columnsNotInFormat(.jsonl) }
        let reader = ChunkReader(capacity: chunkSize, source: chunks)
        self.input = input
        self.isByNumber = isByNumber
        self.format = format
        self.columns = columns
        self.lines = LineScanner(reader: reader, limit: RowSource.recordLimit)
        self.table = CSVScanner(reader: reader, limit: RowSource.recordLimit)
    }

    private static func format(stated: DataFormat?, path: String) throws(DataError) -> DataFormat {
        guard let format = stated ?? (path == "-" ? .txt : DataFormat(path: path)) else {
            throw .unknownFormat(path: path)
        }
        return format
    }

    /// Has `body` called whenever the next row has to wait for the other end of a pipe, or for a person; never for a
    /// regular file, nor for a source of chunks.
    public func beforeWaiting(_ body: @escaping () -> Void) { input?.beforeWaiting = body }

    /// The next row, or why it is none; nil at the end. After a `DataError` every call throws it again.
    ///
    /// - Complexity: O(bytes of the row).
    public mutating func next() throws(DataError) -> Result<Row, RowError>? {
        if let failure { throw failure }
        do throws(DataError) {
            switch format {
            case .txt: return try nextText()
            case .csv, .tsv: return try nextOfTable()
            case .jsonl: return try nextJSON()
            }
        } catch {
            failure = error
            throw error
        }
    }

    // MARK: - Records

    private mutating func scan() throws(DataError) -> Scan {
        let found = format == .csv ? try table.next(&record) : try lines.next(&record)
        if found != .end, record.hasNUL { throw .nul(line: record.lineNumber) }
        return found
    }

    private func error(_ reason: RowError.Reason) -> RowError {
        RowError(lineNumber: record.lineNumber, reason: reason)
    }

    private func problem(_ scan: Scan) -> RowError? {
        switch scan {
        case .tooLong: error(.tooLong(limit: RowSource.recordLimit))
        case .textAfterQuote(let field): error(.textAfterQuote(field: field))
        case .record, .end: nil
        }
    }

    // MARK: - Plain text

    private mutating func nextText() throws(DataError) -> Result<Row, RowError>? {
        let found = try scan()
        if found == .end { return nil }
        if let problem = problem(found) { return .failure(problem) }
        guard let text = record.text(0) else { return .failure(error(.invalidUTF8)) }
        return .success(Row(lineNumber: record.lineNumber, text: text))
    }

    // MARK: - Tables

    private mutating func nextOfTable() throws(DataError) -> Result<Row, RowError>? {
        let indexes = try prepared()
        while true {
            let found = try firstRecordIsPending ? .record : nextRecordOfTable()
            firstRecordIsPending = false
            if found == .end { return nil }
            if let problem = problem(found) { return .failure(problem) }
            if record.isEmptyLine, columnCount > 1 { continue }
            guard record.ends.count == columnCount else {
                return .failure(error(.fieldCount(expected: columnCount, found: record.ends.count)))
            }
            return row(indexes)
        }
    }

    private mutating func nextRecordOfTable() throws(DataError) -> Scan {
        let found = try scan()
        if found == .record, format == .tsv { record.splitAtTabs() }
        return found
    }

    /// Where the columns are, from the header or, without one, from the first row.
    private mutating func prepared() throws(DataError) -> ColumnIndexes {
        if let indexes { return indexes }
        var found = Scan.record
        // Without a header an empty first line is the first row of a table of one column, if no more are asked for.
        let skipsEmpty = !isByNumber || columns.highestNumber > 1
        repeat { found = try nextRecordOfTable() } while found == .record && record.isEmptyLine && skipsEmpty
        if let problem = problem(found) { throw .header(problem) }
        columnCount = record.ends.count
        guard columnCount <= RowSource.columnLimit else {
            throw .tooManyColumns(count: columnCount, limit: RowSource.columnLimit)
        }
        let result: ColumnIndexes
        if isByNumber {
            // An empty input has no rows, so it lacks no column either.
            result = found == .end ? ColumnIndexes(text: 0) : try columns.indexes(count: columnCount)
            firstRecordIsPending = found == .record
        } else {
            guard found == .record else { throw .noHeader }
            result = try columns.indexes(header: header())
        }
        indexes = result
        return result
    }

    private func header() throws(DataError) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for field in record.ends.indices {
            guard let name = record.text(field) else { throw .header(error(.invalidUTF8)) }
            // Columns without a name cannot be asked for, so there may be several.
            guard name.isEmpty || seen.insert(name).inserted else { throw .repeatedColumn(name) }
            names.append(name)
        }
        return names
    }

    private func row(_ indexes: ColumnIndexes) -> Result<Row, RowError> {
        guard let text = record.text(indexes.text) else { return .failure(error(.invalidUTF8)) }
        var row = Row(lineNumber: record.lineNumber, text: text)
        if let index = indexes.pair {
            guard let pair = record.text(index) else { return .failure(error(.invalidUTF8)) }
            row.pair = pair
        }
        if let index = indexes.label {
            guard let label = record.text(index) else { return .failure(error(.invalidUTF8)) }
            row.label = label
        }
        return .success(row)
    }

    // MARK: - JSON Lines

    private mutating func nextJSON() throws(DataError) -> Result<Row, RowError>? {
        while true {
            let found = try scan()
            if found == .end { return nil }
            if let problem = problem(found) { return .failure(problem) }
            if record.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(RowError) {
                return .success(try jsonRow())
            } catch {
                return .failure(error)
            }
        }
    }

    private func jsonRow() throws(RowError) -> Row {
        let value: JSONValue
        do throws(JSONError) {
            value = try parseJSON(record.bytes)
        } catch .invalidUTF8 {
            throw error(.invalidUTF8)
        } catch let failure {
            throw error(.json(failure))
        }
        guard var object = value.object else { throw error(.notAnObject(found: value.kindName)) }
        var row = Row(lineNumber: record.lineNumber, text: "")
        // A required value is never nil.
        row.text = try take(columns.text, or: columns.standardTexts, isRequired: true, from: &object) ?? ""
        row.pair = try take(columns.pair, or: columns.standardPairs, isRequired: columns.pair != nil, from: &object)
        row.label = try take(
            columns.label, or: ["label"], isRequired: columns.label != nil, isLabel: true, from: &object)
        row.extra = object
        return row
    }

    /// Removes a value from the object and gives its text; nil where it need not be there and is missing or null.
    private func take(
        _ column: ColumnSelection.Column?, or standard: [String], isRequired: Bool, isLabel: Bool = false,
        from object: inout JSONObject
    ) throws(RowError) -> String? {
        let names = if case .name(let name) = column { [name] } else { standard }
        let key = names.first { object[$0] != nil } ?? names.first ?? ""
        guard let value = object[key] else {
            guard !isRequired else { throw error(.missingKey(key, nearest: nearestName(to: key, in: object.keys))) }
            return nil
        }
        let text: String?
        switch value {
        case .string(let string): text = string
        case .integer where isLabel, .number where isLabel, .bool where isLabel: text = value.text
        case .null where !isRequired: text = nil
        default:
            let expected = isLabel ? "a string, a number or a truth value" : "a string"
            throw error(.wrongType(key: key, expected: expected, found: value.kindName))
        }
        object[key] = nil
        return text
    }
}
