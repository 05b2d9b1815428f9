// Where a verb's texts come from: arguments, a file, or standard input. How they are answered is `TextStream`'s.

import AdzeBytes
public import AdzeData
public import ArgumentParser

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
    func open(model: String) throws -> TextStream {
        if texts.isEmpty == (input == nil) {
            guard pathExists(model) else { throw ModelNotFound(path: model) }
            throw ValidationError(
                texts.isEmpty ? "give texts as arguments or a file with -i" : "give texts or -i FILE, not both")
        }
        guard let input else { return TextStream(texts: texts) }
        let columns = ColumnSelection(
            text: textColumn.map(ColumnSelection.Column.init), pair: pairColumn.map(ColumnSelection.Column.init))
        return try TextStream(path: input, format: format, columns: columns)
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
