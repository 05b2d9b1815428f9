// Labelled rows as they are written, from a file, a folder or a pipe. Not here: what the labels mean, see
// `ExampleSource`.

internal import AdzeBytes

/// A reader of rows that each should have a label.
struct LabelledRows: ~Copyable {
    private var stream: RowSource?
    private var folder: LabelFolder?

    /// Opens a file, a folder, or `-`, standard input, whose format must be stated.
    init(
        path: String, format: DataFormat?, columns: ColumnSelection, dialect: Dialect = Dialect()
    ) throws(DataError) {
        if path != "-", isFolder(path) {
            guard format == nil, columns.isEmpty, dialect.delimiter == nil, dialect.quoting == nil else {
                throw .columnsOfAFolder
            }
            folder = try LabelFolder(path: path, encoding: dialect.encoding)
        } else {
            guard path != "-" || format != nil else { throw .unknownFormat(path: path) }
            stream = try RowSource(
                path: path, format: format, columns: columns, options: LabelledRows.options(dialect))
        }
    }

    private static func options(_ dialect: Dialect) -> RowOptions {
        var options = RowOptions()
        options.isLabelled = true
        options.dialect = dialect
        return options
    }

    /// Reads from chunks that a closure gives.
    init(
        format: DataFormat, columns: ColumnSelection, chunkSize: Int, chunks: @escaping ChunkSource
    ) throws(DataError) {
        stream = unsafe try RowSource(
            format: format, columns: columns, options: LabelledRows.options(Dialect()), chunkSize: chunkSize,
            chunks: chunks)
    }

    /// The next row, or why it is none; nil at the end.
    mutating func next() throws(DataError) -> Result<Row, RowError>? {
        stream == nil ? try folder?.next() : try stream?.next()
    }

    /// What a person should hear of, as far as it has been read.
    var notes: [String] {
        var notes: [String] = []
        switch stream {
        case .some(let stream):
            if let columns = stream.columnsTaken { notes.append("columns: \(columns)") }
            notes += stream.notes
        case nil: break
        }
        return notes + (folder?.notes ?? [])
    }
}
