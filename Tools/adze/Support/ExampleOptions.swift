// How labelled data is read: its format, and the columns of texts and labels.

import AdzeBytes
import AdzeData
import ArgumentParser

/// Options of verbs that read labelled examples.
struct ExampleOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The format of the data: csv, tsv, jsonl; default: by its name.", valueName: "FORMAT"))
    var format: DataFormat?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The text's column by name, or by number from 1 without a header; or its JSON key.", valueName: "COLUMN"))
    var textColumn: String?

    @Option(name: .long, help: ArgumentHelp("The column of a second text.", valueName: "COLUMN"))
    var pairColumn: String?

    @Option(name: .long, help: ArgumentHelp("The column of the label.", valueName: "COLUMN"))
    var labelColumn: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What separates several labels in one field; for models of any number of labels.", valueName: "CHARACTER"))
    var labelSeparator: String?

    func validate() throws {
        if let labelSeparator, labelSeparator.count != 1 {
            throw ValidationError("--label-separator \(quoted(labelSeparator)): expected one character")
        }
    }

    /// The separator.
    var separator: Character? { labelSeparator?.first }

    /// Refuses a separator for a model that gives a text one answer.
    func check(_ kind: TargetKind) throws {
        if case .labels = kind { return }
        guard separator == nil else { throw ValidationError("--label-separator: the model gives a text one answer") }
    }

    /// Opens labelled data; throws `InputError`.
    func open(_ path: String, kind: TargetKind) throws -> ExampleSource {
        guard path == "-" || pathExists(path) else { throw FileError.notFound(path: path) }
        let columns = ColumnSelection(
            text: textColumn.map(ColumnSelection.Column.init), pair: pairColumn.map(ColumnSelection.Column.init),
            label: labelColumn.map(ColumnSelection.Column.init))
        do {
            return try ExampleSource(path: path, format: format, columns: columns, kind: kind)
        } catch {
            throw InputError(path: path, underlying: error)
        }
    }
}
