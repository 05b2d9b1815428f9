// The texts of a data set, read without its labels. Columns are found as for labelled data.

internal import AdzeBytes

/// A reader of texts that takes what `ExampleSource` and `RowSource` take: the columns are found by their usual names,
/// and a label need not be there.
public struct TextRows: ~Copyable {
    private var folder: LabelledRows?
    private var stream: RowSource?
    private var failure: DataError?

    /// Opens a file, a folder of reviews, or `-`, standard input; throws `DataError`.
    public init(
        path: String, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection(),
        dialect: Dialect = Dialect()
    ) throws(DataError) {
        if path != "-", isFolder(path) {
            folder = try LabelledRows(path: path, format: format, columns: columns, dialect: dialect)
        } else {
            var options = RowOptions()
            options.dialect = dialect
            stream = try RowSource(path: path, format: format, columns: columns, options: options)
        }
    }

    /// The next text; nil at the end. A row that cannot be read is an error: part of a set would be another set.
    public mutating func next() throws(DataError) -> Row? {
        if let failure { throw failure }
        do throws(DataError) {
            switch folder == nil ? try stream?.next() : try folder?.next() {
            case nil: return nil
            case .success(let row): return row
            case .failure(let error): throw .badRows(first: error, count: 1, places: [error.place])
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// What a person should hear of, as far as it has been read.
    public var notes: [String] {
        var notes: [String] = []
        switch stream {
        case .some(let stream): notes += stream.notes
        case nil: break
        }
        switch folder {
        case .some(let folder): notes += folder.notes
        case nil: break
        }
        return notes
    }
}
