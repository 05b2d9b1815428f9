// Where a verb's texts come from: arguments, a file, or standard input. How they are answered is `TextStream`'s.

import Adze
import AdzeBytes
import AdzeData
import ArgumentParser

/// A file of texts.
struct TextFileOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("A .txt, .csv, .tsv or .jsonl file; - is standard input; default: none.", valueName: "FILE"),
        completion: .file())
    var input: String?

    @OptionGroup var columns: ColumnOptions
}

/// Texts given as arguments or with -i.
struct TextOptionsGroup: ParsableArguments {
    @Argument(help: ArgumentHelp("Texts; - alone reads them from standard input, as -i - does.", valueName: "TEXT"))
    var given: [String] = []

    @OptionGroup(title: "Input") var file: TextFileOptions

    var columns: ColumnOptions { file.columns }
    /// The texts of the command line.
    var texts: [String] { given == ["-"] ? [] : given }
    /// The file, or `-`.
    var input: String? { file.input ?? (given == ["-"] ? "-" : nil) }

    /// Refuses no texts and texts from two places. A lone argument that is no path is a text whose model was forgotten:
    /// it is refused as such.
    func check(model: String) throws {
        guard given.isEmpty == (file.input == nil) else { return }
        try requireModel(model)
        throw ValidationError(
            given.isEmpty ? "give texts as arguments or a file with -i" : "give texts or -i FILE, not both")
    }

    /// Opens the input, of rows as `task` reads them; nil is texts, or pairs where there are some.
    func open(model: String, for task: TextTask? = nil) throws -> TextStream {
        try check(model: model)
        guard let input else {
            return task?.readsPairs == true ? try TextStream(pairs: texts) : TextStream(texts: texts)
        }
        var selection = columns.selection()
        switch task {
        case .answers:
            selection.standardTexts = ["question", "text"]
            selection.standardPairs = ["context", "text_pair"]
        case .entities where columns.pairColumn != nil:
            throw ValidationError("--pair-column: entities are found in one text, not in two")
        default: break
        }
        return try TextStream(path: input, format: columns.format, columns: selection)
    }
}

extension TextTask {
    /// Whether every row must be a pair.
    var readsPairs: Bool { self == .answers || self == .nextSentence }
}

/// An error of an input file, with its path in front.
struct InputError: AdzeFailure {
    let path: String
    let underlying: any AdzeFailure
    var kind: FailureKind { underlying.kind }
    var description: String {
        switch underlying as? DataError {
        case .file(let error): return error.description
        case .unknownFormat where path == "-":
            return "'-' is standard input, which has no name to tell its format; say --format csv, tsv, jsonl or txt"
        case .unknownFormat: return "\(underlying) with --format"
        default: break
        }
        return "\(path == "-" ? "standard input" : path): \(underlying)"
    }
}
