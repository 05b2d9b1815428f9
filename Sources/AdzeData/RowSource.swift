// Texts from a file or a pipe, a row at a time, in memory that does not grow with the input.

internal import AdzeBytes

/// A reader of rows.
///
/// It holds one chunk of the input and one record, of at most `recordLimit` bytes. Not for several threads at once.
///
/// - txt: one text a line; an empty line is a row with an empty text. LF and CRLF end a line.
/// - csv: RFC 4180. A lone CR ends a record too. An empty line is no row, unless the table has one column only.
/// - tsv: fields between tabs, no quoting; empty lines as in csv.
/// - jsonl: one object a line, white space alone is no row. Texts are strings; a label may be a number, a truth value or
///   a list of such too, and is then as JSON writes it; a null is as good as no pair or label. All other fields go to
///   `Row.extra`.
///
/// Bytes are UTF-8; its byte order mark is skipped. Only the columns that are asked for need be valid, but a NUL anywhere
/// costs the row; in the header, or in a record beyond the limit, it ends the reading: the input is no text.
public struct RowSource: ~Copyable {
    /// The most bytes of one record: 1 MB.
    public static let recordLimit = 1_000_000
    /// The bytes that are asked for at a time.
    public static let chunkSize = 128 << 10
    /// The most columns of a table.
    public static let columnLimit = 10_000
    /// The most JSON values of one record: enough for vectors that pass through, and some MB of memory at most, where a
    /// record full of `1,1,…` would take a dozen times its bytes.
    public static let valueLimit = 65_536

    /// The format that is read.
    public let format: DataFormat
    /// The columns that labelled rows are taken from, for a person; nil until they are known, and for other rows.
    public private(set) var columnsTaken: String?
    private let columns: ColumnSelection
    private let isLabelled: Bool
    private let isByNumber: Bool
    private var lines: LineScanner
    private var table: CSVScanner
    private var record = Record()
    private var indexes: ColumnIndexes?
    private var keys: NamedColumns?
    private var columnCount = 0
    private var firstRecordIsPending = false
    private var failure: DataError?
    private let input: StreamInput?

    /// Opens a path, `-` being standard input, in the format that its name says unless one is stated.
    ///
    /// Standard input without a stated format is txt. Throws `DataError`; columns are looked for with the first row.
    /// - Parameter isLabelled: whether every row must have a label; columns that are not selected are then found by
    ///   their usual names, and CoLA's files by their shape.
    public init(
        path: String, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection(),
        isLabelled: Bool = false
    ) throws(DataError) {
        let format = try RowSource.format(stated: format, path: path)
        let input = try StreamInput(path: path)
        try self.init(
            format, columns, isLabelled, input, chunkSize: RowSource.chunkSize,
            chunks: { (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in try input.read(into: buffer) }
        )
    }

    /// Reads from chunks that a closure gives.
    public init(
        format: DataFormat, columns: ColumnSelection = ColumnSelection(), isLabelled: Bool = false,
        chunkSize: Int = RowSource.chunkSize, chunks: @escaping ChunkSource
    ) throws(DataError) {
        try self.init(format, columns, isLabelled, nil, chunkSize: chunkSize, chunks: chunks)
    }

    private init(
        _ format: DataFormat, _ columns: ColumnSelection, _ isLabelled: Bool, _ input: StreamInput?, chunkSize: Int,
        chunks: @escaping ChunkSource
    ) throws(DataError) {
        if isLabelled, format == .txt { throw .noLabels(.txt) }
        let isByNumber = try columns.isByNumber()
        if format == .txt, !columns.isEmpty { throw .columnsNotInFormat(.txt) }
        if format == .jsonl, isByNumber { throw .columnsNotInFormat(.jsonl) }
        let reader = ChunkReader(capacity: chunkSize, source: chunks)
        if isLabelled, isByNumber, columns.label == nil { throw .noLabelColumn(found: []) }
        self.isLabelled = isLabelled
        self.input = input
        self.isByNumber = isByNumber
        self.format = format
        self.columns = columns
        self.lines = LineScanner(reader: reader, limit: RowSource.recordLimit)
        self.table = CSVScanner(reader: reader, limit: RowSource.recordLimit)
    }

    private static func format(stated: DataFormat?, path: String) throws(DataError) -> DataFormat {
        if let format = stated ?? (path == "-" ? .txt : DataFormat(path: path)) { return format }
        for (ending, kind) in [(".gz", "gzip"), (".zst", "zstd"), (".xz", "xz"), (".bz2", "bzip2"), (".zip", "zip")]
        where path.hasSuffix(ending) { throw .compressed(kind) }
        throw .unknownFormat(path: path)
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

    /// The bytes that were kept of the record behind the last row: without its quotes and line end.
    public var recordByteCount: Int { record.bytes.count }

    // MARK: - Records

    private mutating func scan() throws(DataError) -> Scan {
        let found = format == .csv ? try table.next(&record) : try lines.next(&record)
        return found != .end && record.hasNUL ? .nul : found
    }

    private func error(_ reason: RowError.Reason) -> RowError {
        RowError(lineNumber: record.lineNumber, reason: reason)
    }

    private func problem(_ scan: Scan) -> RowError? {
        switch scan {
        case .tooLong: error(.tooLong(limit: RowSource.recordLimit))
        case .textAfterQuote(let field): error(.textAfterQuote(field: field))
        case .nul: error(.nul)
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
        if found == .nul { throw .nul(line: record.lineNumber) }
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
            if isLabelled, format == .tsv, columns == ColumnSelection(), record.isOfCoLA {
                result = ColumnIndexes(text: 3, label: 1)
                firstRecordIsPending = true
                columnsTaken = "text 4, label 2, as in CoLA, without a header"
            } else {
                result = try isLabelled ? labelledIndexes(header()) : columns.indexes(header: header())
            }
        }
        indexes = result
        return result
    }

    private mutating func labelledIndexes(_ header: [String]) throws(DataError) -> ColumnIndexes {
        let named = try columns.labelled(in: header)
        columnsTaken = named.description
        // The names were found in this header.
        func index(_ name: String) -> Int { header.firstIndex(of: name) ?? 0 }
        return ColumnIndexes(text: index(named.text), pair: named.pair.map(index), label: index(named.label))
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
            row.label = .one(label)
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

    private mutating func jsonRow() throws(RowError) -> Row {
        let value: JSONValue
        do throws(JSONError) {
            value = try parseJSON(record.bytes, limits: JSONLimits(values: RowSource.valueLimit))
        } catch .invalidUTF8 {
            throw error(.invalidUTF8)
        } catch let failure {
            throw error(.json(failure))
        }
        guard var object = value.object else { throw error(.notAnObject(found: value.kindName)) }
        var row = Row(lineNumber: record.lineNumber, text: "")
        // A required value is never nil.
        let keys = keys(in: object)
        row.text = try takeText(keys.text, isRequired: true, from: &object) ?? ""
        if let pair = keys.pair { row.pair = try takeText(pair, isRequired: keys.needsPair, from: &object) }
        row.label = try takeLabel(keys.label, isRequired: isLabelled || columns.label != nil, from: &object)
        row.extra = object
        return row
    }

    /// The keys that are selected, or usual; those of labelled rows are as the first object has them.
    private mutating func keys(in object: JSONObject) -> NamedColumns {
        if let keys { return keys }
        func name(_ column: ColumnSelection.Column?, or standard: [String]) -> String {
            if case .name(let name) = column { return name }
            return standard.first { object[$0] != nil } ?? standard.first ?? ""
        }
        let plain = NamedColumns(
            text: name(columns.text, or: columns.standardTexts), pair: name(columns.pair, or: columns.standardPairs),
            needsPair: columns.pair != nil, label: name(columns.label, or: ["label"]))
        guard isLabelled else { return plain }
        // An object that lacks a key gives an error of its own; the next may be whole.
        guard var found = try? columns.labelled(in: object.keys) else { return plain }
        columnsTaken = found.description
        // The pair may be in later objects only.
        if found.pair == nil { (found.pair, found.needsPair) = ("text_pair", false) }
        keys = found
        return found
    }

    /// Removes a text from the object; nil where it need not be there and is missing or null.
    private func takeText(
        _ key: String, isRequired: Bool, from object: inout JSONObject
    ) throws(RowError) -> String? {
        guard let value = try take(key, isRequired: isRequired, from: &object) else { return nil }
        guard let text = value.string else {
            throw error(.wrongType(key: key, expected: "a string", found: value.kindName))
        }
        return text
    }

    /// Removes a label from the object; nil where it need not be there and is missing or null.
    private func takeLabel(
        _ key: String, isRequired: Bool, from object: inout JSONObject
    ) throws(RowError) -> LabelValue? {
        guard let value = try take(key, isRequired: isRequired, from: &object) else { return nil }
        guard let elements = value.array else { return .one(try label(value, key)) }
        return .several(try elements.map { (element) throws(RowError) in try label(element, key) })
    }

    private func label(_ value: JSONValue, _ key: String) throws(RowError) -> String {
        switch value {
        case .string(let string): return string
        case .integer, .number, .bool: return value.text
        default:
            throw error(
                .wrongType(
                    key: key, expected: "a string, a number, a truth value or a list of such", found: value.kindName))
        }
    }

    private func take(
        _ key: String, isRequired: Bool, from object: inout JSONObject
    ) throws(RowError) -> JSONValue? {
        guard let value = object[key] else {
            guard !isRequired else { throw error(.missingKey(key, nearest: nearestName(to: key, in: object.keys))) }
            return nil
        }
        object[key] = nil
        return value.isNull && !isRequired ? nil : value
    }
}
