// A folder of reviews as IMDB's is laid out: one text a file, in the folders `neg` and `pos`.

internal import AdzeBytes

/// Takes rows off the `.txt` files of `neg`, then `pos`, each in the order of their names.
///
/// The label is the folder's name; the rating in a file's name is ignored. Only one folder's names are held at a time.
struct LabelFolder {
    private static let labels = ["neg", "pos"]

    /// What is not read, for a person.
    private(set) var notes: [String] = []
    private let path: String
    private let encoding: TextEncoding?
    private var names: [String] = []
    private var position = 0
    private var folder = -1
    private var count = 0
    private var otherCount = 0

    /// Throws `DataError.notALabelFolder` where the two folders are not there.
    init(path: String, encoding: TextEncoding? = nil) throws(DataError) {
        self.path = path
        self.encoding = encoding
        let folders = try LabelFolder.entries(path).filter { isFolder("\(path)/\($0)") }
        guard LabelFolder.labels.allSatisfy(folders.contains) else { throw .notALabelFolder(found: folders) }
        let others = folders.filter { !LabelFolder.labels.contains($0) && !$0.hasPrefix(".") }
        if !others.isEmpty { notes.append("not read: \(list(others))") }
    }

    /// The next file, or why it is no row; nil at the end.
    mutating func next() throws(DataError) -> Result<Row, RowError>? {
        while position == names.count {
            folder += 1
            guard folder < LabelFolder.labels.count else {
                if otherCount > 0 {
                    notes.append("not read: \(otherCount) entries of neg and pos that do not end in .txt")
                    otherCount = 0
                }
                return nil
            }
            let entries = try LabelFolder.entries("\(path)/\(LabelFolder.labels[folder])")
            names = entries.filter { $0.hasSuffix(".txt") }
            otherCount += entries.count - names.count
            position = 0
        }
        defer { position += 1 }
        count += 1
        return try read(LabelFolder.labels[folder], names[position])
    }

    private func read(_ label: String, _ name: String) throws(DataError) -> Result<Row, RowError> {
        let file = "\(label)/\(name)"
        func failure(_ reason: RowError.Reason) -> Result<Row, RowError> {
            .failure(RowError(lineNumber: count, file: file, reason: reason))
        }
        let bytes: [UInt8]
        do throws(FileError) {
            let input = try InputFile(path: "\(path)/\(file)")
            guard input.size <= RowSource.recordLimit else { return failure(.tooLong(limit: RowSource.recordLimit)) }
            bytes = try input.read(at: 0, count: input.size)
        } catch {
            throw .file(error)
        }
        let characters = try decoded(bytes, encoding: encoding)
        guard !characters.contains(0) else { return failure(.nul) }
        guard let text = try? UTF8Span(validating: characters.span) else { return failure(.invalidUTF8) }
        return .success(Row(lineNumber: count, text: String(copying: text), label: .one(label), file: file))
    }

    private static func entries(_ path: String) throws(DataError) -> [String] {
        do {
            return try folderEntries(path)
        } catch {
            throw .file(error)
        }
    }
}
