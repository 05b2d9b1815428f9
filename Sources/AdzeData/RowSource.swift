// Texts from a file or a pipe, a row at a time, in memory that does not grow with the input.

internal import AdzeBytes

/// What a reader of rows does besides giving texts.
public struct RowOptions: Sendable {
    /// Whether every row must have a label.
    public var isLabelled = false
    /// Whether rows and row errors keep what their record holds.
    public var keepsFields = false
    /// Whether all fields that are kept must be text: a row with bytes that are none is an error.
    public var fieldsAreText = false
    /// Whether an empty line of JSON lines is a row error, so that every line has its own; else it is no row.
    public var countsEmptyLines = false
    /// How the input is written.
    public var dialect = Dialect()

    /// Texts alone.
    public init() {}
}

/// A reader of rows.
///
/// It holds one chunk of the input and one record, of at most `recordLimit` bytes. Not for several threads at once.
///
/// - txt: one text a line; an empty line is a row with an empty text. LF and CRLF end a line.
/// - csv: RFC 4180. A lone CR ends a record too. An empty line is no row, unless the table has one column only. Where the
///   header has no known column between commas, semicolons, tabs and bars are tried.
/// - tsv: fields between tabs, no quoting; empty lines as in csv. A file that a writer of CSV put in quotes is told by its
///   first rows, and is then read as csv is.
/// - jsonl: one object a line. Texts are strings; a label may be a number, a truth value or a list of such too, and is
///   then as JSON writes it; a null is as good as no pair or label.
///
/// Columns that are not selected are found by their usual names, and CoLA's files by their shape. Bytes are UTF-8, unless
/// a mark at the start or the dialect says otherwise. Only the columns that are asked for need be valid, but a NUL
/// anywhere costs the row; in the header, or in a record beyond the limit, it ends the reading: the input is no text.
public struct RowSource: ~Copyable {
    /// The most bytes of one record: 1 MB.
    public static let recordLimit = 1_000_000
    /// The bytes that are asked for at a time.
    public static let chunkSize = 128 << 10
    /// The most columns of a table.
    public static let columnLimit = 10_000
    /// The most JSON values of one label.
    public static let valueLimit = 65_536

    /// The format that is read.
    public let format: DataFormat
    /// The columns that rows are taken from, for a person; nil until they are known, and for those without names.
    public private(set) var columnsTaken: String?
    /// What a person should hear of the way the input is read, as far as it is known.
    public private(set) var notes: [String] = []
    /// The table's columns, once they are known; nil for what is no table.
    public private(set) var header: TableHeader?
    private let columns: ColumnSelection
    private let options: RowOptions
    private let isByNumber: Bool
    private let input: StreamInput?
    private let decoder: DecodedInput
    private let reader: ChunkReader
    private var lines: LineScanner
    private var table: TableScanner?
    private var objects: ObjectReader
    private var record = Record()
    private var indexes: ColumnIndexes?
    private var columnCount = 0
    private var firstRecordIsPending = false
    private var looksForQuotes = false
    private var failure: DataError?

    /// Opens a path, `-` being standard input, in the format that its name says unless one is stated.
    ///
    /// Standard input without a stated format is txt. Throws `DataError`; columns are looked for with the first row.
    public init(
        path: String, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection(),
        options: RowOptions = RowOptions()
    ) throws(DataError) {
        let format = try RowSource.format(stated: format, path: path)
        let input = try StreamInput(path: path)
        unsafe try self.init(
            format, columns, options, input, chunkSize: RowSource.chunkSize,
            chunks: { (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in
                try unsafe input.read(into: buffer)
            }
        )
    }

    /// Reads from chunks that a closure gives.
    public init(
        format: DataFormat, columns: ColumnSelection = ColumnSelection(), options: RowOptions = RowOptions(),
        chunkSize: Int = RowSource.chunkSize, chunks: @escaping ChunkSource
    ) throws(DataError) {
        unsafe try self.init(format, columns, options, nil, chunkSize: chunkSize, chunks: chunks)
    }

    private init(
        _ format: DataFormat, _ columns: ColumnSelection, _ options: RowOptions, _ input: StreamInput?, chunkSize: Int,
        chunks: @escaping ChunkSource
    ) throws(DataError) {
        if options.isLabelled, format == .txt { throw .noLabels(.txt) }
        let isByNumber = try columns.isByNumber()
        if format == .txt, !columns.isEmpty { throw .columnsNotInFormat(.txt) }
        if format == .jsonl, isByNumber { throw .columnsNotInFormat(.jsonl) }
        if format == .txt || format == .jsonl, options.dialect.delimiter != nil || options.dialect.quoting != nil {
            throw .noDelimiters(format)
        }
        if options.isLabelled, isByNumber, columns.label == nil { throw .noLabelColumn(found: []) }
        self.options = options
        self.input = input
        self.isByNumber = isByNumber
        self.format = format
        self.columns = columns
        let decoder = unsafe DecodedInput(encoding: options.dialect.encoding, source: chunks)
        self.decoder = decoder
        reader = unsafe ChunkReader(capacity: chunkSize) {
            (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in try unsafe decoder.read(into: buffer)
        }
        lines = LineScanner(reader: reader, limit: RowSource.recordLimit)
        objects = ObjectReader(columns: columns, isLabelled: options.isLabelled)
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

    private func error(_ reason: RowError.Reason) -> RowError {
        // Of an encoding that was decoded the bytes are ours, and say nothing of UTF-8.
        RowError(
            lineNumber: record.lineNumber,
            reason: reason == .invalidUTF8 && decoder.isTranscoded ? .undecodable : reason)
    }

    private func problem(_ scan: Scan) -> RowError? {
        switch scan {
        case .tooLong: error(.tooLong(limit: RowSource.recordLimit))
        case .textAfterQuote(let field): error(.textAfterQuote(field: field))
        case .nul: error(.nul)
        case .record, .end: nil
        }
    }

    private mutating func nextLine() throws(DataError) -> Scan {
        let found = try lines.next(&record)
        return found != .end && record.hasNUL ? .nul : found
    }

    // MARK: - Plain text

    private mutating func nextText() throws(DataError) -> Result<Row, RowError>? {
        let found = try nextLine()
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
            if var problem = problem(found) {
                if found != .tooLong, let header { problem.fields = fields(header) }
                return .failure(problem)
            }
            if record.isEmptyLine, columnCount > 1 { continue }
            guard record.ends.count == columnCount else {
                return .failure(keeping(error(.fieldCount(expected: columnCount, found: record.ends.count))))
            }
            return row(indexes)
        }
    }

    private mutating func nextRecordOfTable() throws(DataError) -> Scan {
        guard let found = try table?.next(&record) else { return .end }
        return found != .end && record.hasNUL ? .nul : found
    }

    private func fields(_ header: TableHeader) -> RowFields {
        options.keepsFields ? RowFields(header, record) : RowFields()
    }

    private func keeping(_ error: RowError) -> RowError {
        var error = error
        if let header { error.fields = fields(header) }
        return error
    }

    /// Where the columns are, from the header or, without one, from the first row.
    private mutating func prepared() throws(DataError) -> ColumnIndexes {
        if let indexes { return indexes }
        let dialect = try settledDialect()
        table = TableScanner(reader: reader, limit: RowSource.recordLimit, dialect: dialect)
        looksForQuotes = !dialect.isQuoted && options.dialect.quoting == nil
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
        var names = [String](repeating: "", count: columnCount)
        let result: ColumnIndexes
        if isByNumber {
            // An empty input has no rows, so it lacks no column either.
            result = found == .end ? ColumnIndexes(text: 0) : try columns.indexes(count: columnCount)
            firstRecordIsPending = found == .record
        } else {
            guard found == .record else { throw .noHeader }
            if format == .tsv, columns.isEmpty, columns.role != .questionAndContext, record.isOfCoLA {
                result = ColumnIndexes(text: 3, label: 1)
                firstRecordIsPending = true
                columnsTaken = "text 4\(options.isLabelled ? ", label 2" : ""), as in CoLA, without a header"
                if !options.isLabelled, let columnsTaken { notes.append("columns: \(columnsTaken)") }
            } else {
                names = try headerNames()
                result = try indexes(in: names)
            }
        }
        header = TableHeader(
            names: names, delimiter: dialect.delimiter, hasMark: decoder.hadMark, isQuoted: dialect.isQuoted)
        indexes = result
        return result
    }

    /// What separates fields, and whether they are in quotes: as stated, or as the first rows show.
    private mutating func settledDialect() throws(DataError) -> SettledDialect {
        let usual = SettledDialect(format, options.dialect)
        guard options.dialect.isOpen(for: format) || isByNumber else { return usual }
        let sample = try decoder.peek(
            limit: DialectSurvey.sampleSize, firstLineOnly: input.map { !$0.isRegularFile } ?? false)
        let survey = DialectSurvey(
            format: format, stated: options.dialect, bytes: sample.bytes, isWhole: sample.isWhole)
        let (columns, isLabelled) = (columns, options.isLabelled)
        let settled =
            isByNumber
            ? survey.settled(columnCount: columns.highestNumber)
            : survey.settled { (try? columns.located(in: $0, needsLabel: isLabelled)) != nil }
        if settled.delimiter != usual.delimiter {
            let name =
                settled.delimiter == UInt8(ascii: "\t") ? "tabs" : "'\(Character(Unicode.Scalar(settled.delimiter)))'"
            notes.append("columns are separated by \(name), as --delimiter would say")
        }
        if settled.isQuoted, format == .tsv, settled.delimiter == usual.delimiter, options.dialect.quoting == nil {
            notes.append("fields are in quotes, which are taken away; --quoting none keeps them")
        }
        if isByNumber {
            var text = 0
            if case .number(let number) = columns.text { text = number - 1 }
            if let header = survey.headerInFirstRow(settled, text: text) {
                notes.append(
                    "the first line is read as a row, since columns are given by number, and looks like a header: "
                        + "\(list(header, limit: 5)); give a name to have it read as one")
            }
        }
        return settled
    }

    private mutating func indexes(in header: [String]) throws(DataError) -> ColumnIndexes {
        let named = try columns.located(in: header, needsLabel: options.isLabelled)
        note(named)
        // The names were found in this header.
        func index(_ name: String) -> Int { header.firstIndex(of: name) ?? 0 }
        return ColumnIndexes(
            text: index(named.text), pair: named.pair.map(index), label: named.label.map(index))
    }

    /// Says which columns were taken: of labelled rows always, of others where they are not what everyone expects.
    private mutating func note(_ named: NamedColumns) {
        var named = named
        if !options.isLabelled, columns.label == nil { named.label = nil }
        columnsTaken = named.description
        if !options.isLabelled, columns.text == nil, named.isUnusual(for: columns.role) {
            notes.append("columns: \(named.description)")
        }
    }

    private func headerNames() throws(DataError) -> [String] {
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

    private mutating func row(_ indexes: ColumnIndexes) -> Result<Row, RowError> {
        guard let text = record.text(indexes.text),
            !options.fieldsAreText || (try? UTF8Span(validating: record.bytes.span)) != nil
        else { return .failure(keeping(error(.invalidUTF8))) }
        var row = Row(lineNumber: record.lineNumber, text: text)
        var texts = [indexes.text]
        if let index = indexes.pair {
            guard let pair = record.text(index) else { return .failure(keeping(error(.invalidUTF8))) }
            row.pair = pair
            texts.append(index)
        }
        if let index = indexes.label {
            // A label that nobody asked for need be none.
            if let label = record.text(index) {
                row.label = .one(label)
            } else if options.isLabelled || columns.label != nil {
                return .failure(keeping(error(.invalidUTF8)))
            }
        }
        if options.keepsFields, let header { row.fields = RowFields(header, record).withTexts(texts) }
        if looksForQuotes { lookForQuotes(row) }
        return .success(row)
    }

    /// Says once that quotes are text where a field looks as a writer of CSV makes it.
    private mutating func lookForQuotes(_ row: Row) {
        guard [row.text, row.pair ?? ""].contains(where: RowSource.isQuotedField) else { return }
        looksForQuotes = false
        notes.append(
            "line \(row.lineNumber): \(format) is read as it stands, quotes and all; --quoting csv takes them away")
    }

    private static func isQuotedField(_ text: String) -> Bool {
        var inner = text.utf8[...]
        guard inner.count > 3, inner.popFirst() == UInt8(ascii: "\""), inner.popLast() == UInt8(ascii: "\"") else {
            return false
        }
        // Every quote inside is doubled, and there is one.
        var run = 0
        var isDoubled = false
        for byte in inner {
            if byte == UInt8(ascii: "\"") {
                run += 1
            } else {
                guard run.isMultiple(of: 2) else { return false }
                isDoubled = isDoubled || run > 0
                run = 0
            }
        }
        return run.isMultiple(of: 2) && (isDoubled || run > 0)
    }

    // MARK: - JSON Lines

    private mutating func nextJSON() throws(DataError) -> Result<Row, RowError>? {
        while true {
            let found = try nextLine()
            if found == .end { return nil }
            if let problem = problem(found) { return .failure(problem) }
            if record.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
                guard options.countsEmptyLines else { continue }
                return .failure(error(.emptyLine))
            }
            var row = Row(lineNumber: record.lineNumber, text: "")
            var members: [JSONMember] = []
            do throws(ObjectReader.Refusal) {
                members = try ObjectReader.members(of: record.bytes)
                let texts = try objects.read(members, of: record.bytes, into: &row)
                if let named = objects.takeNews() { note(named) }
                if options.keepsFields { row.fields = RowFields(members, of: record.bytes).withTexts(texts) }
                return .success(row)
            } catch {
                var failure = self.error(error.reason)
                if options.keepsFields, !members.isEmpty { failure.fields = RowFields(members, of: record.bytes) }
                return .failure(failure)
            }
        }
    }
}
