// Where the texts are in an input: its format and its columns.

public import AdzeData
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
            "The text's column by name, or by number from 1 where there is no header; or its JSON key; default: its "
                + "usual names.",
            valueName: "COLUMN"))
    var textColumn: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The column of a second text; default: its usual names.", valueName: "COLUMN"))
    var pairColumn: String?

    /// Whether nothing is said.
    var isDefault: Bool { format == nil && textColumn == nil && pairColumn == nil }

    /// The columns for the reader, with one of labels where there are some.
    func selection(label: String? = nil) -> ColumnSelection {
        ColumnSelection(
            text: textColumn.map(ColumnSelection.Column.init), pair: pairColumn.map(ColumnSelection.Column.init),
            label: label.map(ColumnSelection.Column.init))
    }
}

extension DataFormat: ExpressibleByArgument {}
