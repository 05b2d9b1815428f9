// Texts of any set for which only the texts count: labelled or not, the same places are read. Not here: labels.

internal import AdzeBytes

/// A reader of texts that takes what `ExampleSource` and `RowSource` take: the columns are found by their usual names,
/// and a label need not be there.
public struct TextRows: ~Copyable {
    private var labelled: LabelledRows?
    private var plain: RowSource?
    private var failure: DataError?

    /// Opens a file, a folder of reviews, or `-`, standard input; throws `DataError`.
    public init(
        path: String, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection()
    ) throws(DataError) {
        if path != "-", isFolder(path) {
            labelled = try LabelledRows(path: path, format: format, columns: columns)
            return
        }
        var columns = columns
        columns.standardTexts = KnownColumns.texts.filter { $0.pair == nil }.map(\.text)
        if columns.isEmpty, path != "-", TextRows.isLabelled(path, format) {
            labelled = try LabelledRows(path: path, format: format, columns: columns)
        } else {
            plain = try RowSource(path: path, format: format, columns: columns)
        }
    }

    /// The next text; nil at the end. A row that cannot be read is an error: part of a set would be another set.
    public mutating func next() throws(DataError) -> Row? {
        if let failure { throw failure }
        do throws(DataError) {
            switch labelled == nil ? try plain?.next() : try labelled?.next() {
            case nil: return nil
            case .success(let row): return row
            case .failure(let error): throw .badRows(first: error, count: 1, places: [error.place])
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Whether a file's first row has a label, as far as its columns are known ones.
    private static func isLabelled(_ path: String, _ format: DataFormat?) -> Bool {
        guard format != .txt, DataFormat(path: path) != .txt || format != nil else { return false }
        guard var rows = try? LabelledRows(path: path, format: format, columns: ColumnSelection()),
            case .success = try? rows.next()
        else { return false }
        return true
    }
}
