// Where the texts are in an input: its format, how it is written, and its columns.

public import Adze
public import ArgumentParser

/// Options of verbs that read rows.
struct ColumnOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The format of the input, txt where there are no labels; default: by its name.",
            valueName: "FORMAT"))
    var format: DataFormat?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The text's column by name, or by number from 1 where there is no header; or its JSON key; default: by its "
                + "usual names, such as text, sentence or review.",
            valueName: "COLUMN"))
    var textColumn: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The column of a second text; default: its usual names.", valueName: "COLUMN"))
    var pairColumn: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What separates columns: a character, or tab; default: the one that gives the columns, a comma first in "
                + ".csv and a tab in .tsv.", valueName: "CHARACTER"))
    var delimiter: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "csv: quotes around fields are taken away; none: they are text; default: csv for .csv, none for .tsv unless "
                + "it is in quotes throughout.", valueName: "HOW"))
    var quoting: Dialect.Quoting?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "utf-8, utf-16, utf-16le, utf-16be, latin-1 or windows-1252; default: utf-8, or by the mark at the start.",
            valueName: "ENCODING"))
    var encoding: TextEncoding?

    func validate() throws {
        if let delimiter, Dialect.delimiter(delimiter) == nil {
            throw ValidationError("--delimiter \(quoted(delimiter)): expected one character of ASCII, or tab")
        }
    }

    /// Whether nothing is said.
    var isDefault: Bool { format == nil && textColumn == nil && pairColumn == nil && dialect == Dialect() }

    /// How the input is written.
    var dialect: Dialect {
        var dialect = Dialect()
        dialect.delimiter = delimiter.flatMap(Dialect.delimiter)
        dialect.quoting = quoting
        dialect.encoding = encoding
        return dialect
    }

    /// The same for a file of texts beside the labelled data that they are said of first of all: its format is its own, a
    /// plain list of texts has no columns, and only a table is written in one way or another.
    func besideData(_ path: String) -> ColumnOptions {
        var columns = self
        columns.format = nil
        if path == "-" || DataFormat(path: path) == .txt { (columns.textColumn, columns.pairColumn) = (nil, nil) }
        if ![.csv, .tsv].contains(DataFormat(path: path)) { (columns.delimiter, columns.quoting) = (nil, nil) }
        return columns
    }

    /// The columns for the reader, with one of labels where there are some.
    func selection(label: String? = nil) -> ColumnSelection {
        ColumnSelection(
            text: textColumn.map(ColumnSelection.Column.init), pair: pairColumn.map(ColumnSelection.Column.init),
            label: label.map(ColumnSelection.Column.init))
    }
}

extension DataFormat: ExpressibleByArgument {}
extension Dialect.Quoting: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {
    /// A name in any case, with or without its hyphens.
    public init?(argument: String) {
        func plain(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }
        var wanted = plain(argument)
        wanted = ["iso88591": "latin1", "cp1252": "windows1252"][wanted] ?? wanted
        guard let known = TextEncoding.allCases.first(where: { plain($0.rawValue) == wanted }) else { return nil }
        self = known
    }
}
