// Labelled examples from a file, a folder or a pipe, in memory that does not grow with the input. Every row must be
// usable: results over part of a set are not results over the set.

internal import AdzeBytes

/// A reader of labelled examples.
///
/// - csv, tsv: the columns are found by their usual names unless they are selected: GLUE's and those of well-known
///   sets. A TSV without a header whose first line is shaped as CoLA's is read as CoLA.
/// - jsonl: the same names are keys; `text`, `text_pair` and `label` are the usual ones.
/// - a folder: reviews in `neg` and `pos`, as IMDB's.
///
/// Not for several threads at once.
public struct ExampleSource: ~Copyable {
    /// Places of unusable rows that an error names.
    static let placeLimit = 5

    /// What the labels are.
    public let kind: TargetKind
    private var rows: LabelledRows
    private var failure: DataError?
    /// Labels that are written otherwise than they are named; at most three a label.
    private var otherSpellings: [(position: Int, written: String)] = []
    private var spellings: Set<String> = []

    /// Opens a file, a folder, or `-`, standard input, whose format must be stated.
    public init(
        path: String, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection(),
        dialect: Dialect = Dialect(), kind: TargetKind
    ) throws(DataError) {
        self.kind = kind
        rows = try LabelledRows(path: path, format: format, columns: columns, dialect: dialect)
    }

    /// Reads from chunks that a closure gives.
    public init(
        format: DataFormat, columns: ColumnSelection = ColumnSelection(), kind: TargetKind,
        chunkSize: Int = RowSource.chunkSize, chunks: @escaping ChunkSource
    ) throws(DataError) {
        self.kind = kind
        rows = try unsafe LabelledRows(format: format, columns: columns, chunkSize: chunkSize, chunks: chunks)
    }

    /// Whether a path can be read twice: a regular file or a folder, and no pipe.
    public static func canBeReread(path: String) -> Bool {
        path != "-" && (isFolder(path) || (try? InputFile(path: path)) != nil)
    }

    /// The next example; nil at the end.
    ///
    /// A row that cannot be used ends the reading with `DataError.badRows`, which counts all there are: the rest is read
    /// to that end. After an error every call throws it again.
    public mutating func next() throws(DataError) -> Example? {
        if let failure { throw failure }
        do throws(DataError) {
            switch try nextRow() {
            case nil: return nil
            case .success(let example): return example
            case .failure(let first): throw rest(after: first)
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Reads to the end, and says how many examples there are; throws `DataError.noExamples` for none.
    public mutating func readThrough() throws(DataError) -> Int {
        var count = 0
        while try next() != nil { count += 1 }
        guard count > 0 else { throw .noExamples }
        return count
    }

    /// All examples that are left, in memory; throws `DataError.noExamples` for none.
    public mutating func readAll() throws(DataError) -> [Example] {
        var examples: [Example] = []
        while let example = try next() { examples.append(example) }
        guard !examples.isEmpty else { throw .noExamples }
        return examples
    }

    /// What a person should hear of, as far as it has been read: the columns that were taken, labels that are written
    /// otherwise than the model names them, what a folder holds besides.
    public var notes: [String] {
        var notes = rows.notes
        if !otherSpellings.isEmpty {
            let shown = otherSpellings.sorted { ($0.position, $0.written) < ($1.position, $1.written) }.prefix(6)
            let names = kind.table?.names ?? []
            let words = shown.map { "\(quoted($0.written, limit: 40)) is \(quoted(names[$0.position], limit: 40))" }
            notes.append(
                "labels: \(words.joined(separator: ", "))" + (otherSpellings.count > shown.count ? ", …" : ""))
        }
        return notes
    }

    private mutating func nextRow() throws(DataError) -> Result<Example, RowError>? {
        switch try rows.next() {
        case nil: return nil
        case .failure(let error): return .failure(error)
        case .success(let row):
            do throws(LabelProblem) {
                return .success(try example(row))
            } catch {
                return .failure(RowError(lineNumber: row.lineNumber, file: row.file, reason: error.reason))
            }
        }
    }

    private mutating func example(_ row: Row) throws(LabelProblem) -> Example {
        guard let label = row.label else { throw LabelProblem(reason: .noLabel) }
        let target = try kind.target(label)
        note(label)
        return Example(
            row.text, pair: row.pair, target: target, place: placeName(lineNumber: row.lineNumber, file: row.file))
    }

    private mutating func note(_ label: LabelValue) {
        guard let table = kind.table else { return }
        for written in kind.written(label) {
            guard !spellings.contains(written), let index = table.index(of: written) else { continue }
            spellings.insert(written)
            if table.names[index] != written { otherSpellings.append((index, written)) }
        }
    }

    /// Counts the rows after a first bad one that are bad too.
    private mutating func rest(after first: RowError) -> DataError {
        var count = 1
        var places = [first.place]
        // Damage further on that ends the reading ends the count; the first row is still what to mend first.
        while let row = try? nextRow() {
            guard case .failure(let error) = row else { continue }
            count += 1
            if places.count < ExampleSource.placeLimit { places.append(error.place) }
        }
        return .badRows(first: first, count: count, places: places)
    }
}
