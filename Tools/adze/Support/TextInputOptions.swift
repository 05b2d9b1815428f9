// Where a verb's texts come from: arguments, a file, or standard input; and handing them out in batches of bounded size.

import AdzeBytes
public import AdzeData
public import ArgumentParser
import Foundation

/// Texts given as arguments or with -i.
struct TextOptionsGroup: ParsableArguments {
    @Argument(help: ArgumentHelp("Texts.", valueName: "TEXT"))
    var texts: [String] = []

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("A .txt, .csv, .tsv or .jsonl file; - is standard input.", valueName: "FILE"))
    var input: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The format of the input: txt, csv, tsv, jsonl; default: by its name.", valueName: "FORMAT"))
    var format: DataFormat?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The text's column by name, or by number from 1 where there is no header; or its JSON key.",
            valueName: "COLUMN"))
    var textColumn: String?

    @Option(name: .long, help: ArgumentHelp("The column of a second text.", valueName: "COLUMN"))
    var pairColumn: String?

    /// Opens the input. A lone argument that is no path is a text whose model was forgotten: it is refused as such.
    func open(model: String) throws -> TextBatches {
        if texts.isEmpty == (input == nil) {
            guard pathExists(model) else { throw ModelNotFound(path: model) }
            throw ValidationError(
                texts.isEmpty ? "give texts as arguments or a file with -i" : "give texts or -i FILE, not both")
        }
        guard let input else { return TextBatches(texts: texts) }
        let columns = ColumnSelection(
            text: textColumn.map(ColumnSelection.Column.init), pair: pairColumn.map(ColumnSelection.Column.init))
        do {
            return TextBatches(
                source: try RowSource(path: input, format: format, columns: columns), path: input,
                isInteractive: input == "-" && isatty(STDIN_FILENO) == 1)
        } catch {
            throw InputError(path: input, underlying: error)
        }
    }
}

/// Rows in batches: many enough to keep every thread busy, few enough that memory does not grow with the input.
struct TextBatches: ~Copyable {
    private var source: RowSource?
    private var given: [String]
    private let path: String
    /// Whether a person types the input, so that each line wants its answer at once.
    let isInteractive: Bool

    init(texts: [String]) {
        given = texts
        source = nil
        path = ""
        isInteractive = false
    }

    init(source: consuming RowSource, path: String, isInteractive: Bool) {
        self.source = consume source
        self.path = path
        self.isInteractive = isInteractive
        given = []
    }

    /// The next rows in their order, or nil at the end; throws `InputError`.
    mutating func next() throws -> [Result<Row, RowError>]? {
        guard source != nil else {
            defer { given = [] }
            return given.isEmpty ? nil : given.enumerated().map { .success(Row(lineNumber: $0 + 1, text: $1)) }
        }
        var rows: [Result<Row, RowError>] = []
        var bytes = 0
        do {
            while rows.count < (isInteractive ? 1 : 1024), bytes < 4 << 20, let row = try source?.next() {
                if case .success(let row) = row { bytes += row.text.utf8.count + (row.pair?.utf8.count ?? 0) }
                rows.append(row)
            }
        } catch {
            // What comes before the damage is worth having; the source throws the same error again when asked for more.
            if rows.isEmpty { throw InputError(path: path, underlying: error) }
        }
        return rows.isEmpty ? nil : rows
    }

    /// The row, where every row must be one; throws `InputError`.
    func required(_ row: Result<Row, RowError>) throws -> Row {
        switch row {
        case .success(let row): return row
        case .failure(let error): throw InputError(path: path, underlying: error)
        }
    }
}

/// An error of an input file, with its path in front.
struct InputError: AdzeFailure {
    let path: String
    let underlying: any AdzeFailure
    var kind: FailureKind { underlying.kind }
    var description: String {
        switch underlying as? DataError {
        case .file(let error): return error.description
        case .unknownFormat: return "\(underlying) with --format"
        default: break
        }
        return "\(path == "-" ? "standard input" : path): \(underlying)"
    }
}

extension DataFormat: ExpressibleByArgument {}
