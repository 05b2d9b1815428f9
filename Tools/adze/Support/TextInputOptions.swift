// Where a verb's texts come from: arguments, a file, or standard input. How they are answered is `TextStream`'s.

import Adze
import ArgumentParser

private let inputHelp =
    ArgumentHelp("A .txt, .csv, .tsv or .jsonl file; - is standard input; default: none.", valueName: "FILE")

/// A file of texts.
struct TextFileOptions: ParsableArguments {
    @Option(name: [.short, .long], help: inputHelp, completion: .file())
    var input: String?

    @OptionGroup var columns: ColumnOptions
}

/// Texts given as arguments or with -i.
struct TextOptionsGroup: ParsableArguments {
    @Argument(help: ArgumentHelp("Texts; - alone reads them from standard input, as -i - does.", valueName: "TEXT"))
    var given: [String] = []

    // Not a group of its own: a debug build checks nested groups again at every level.
    @Option(name: [.customShort("i"), .customLong("input")], help: inputHelp, completion: .file())
    private var file: String?

    @OptionGroup(title: "Input") var columns: ColumnOptions

    /// The texts of the command line.
    var texts: [String] { given == ["-"] ? [] : given }
    /// The file, or `-`.
    var input: String? { file ?? (given == ["-"] ? "-" : nil) }

    /// Refuses no texts and texts from two places. A lone argument that is no path is a text whose model was forgotten:
    /// it is refused as such.
    func check(model: String) throws {
        guard given.isEmpty == (file == nil) else { return }
        try requireModel(model)
        throw ValidationError(
            given.isEmpty ? "give texts as arguments or a file with -i" : "give texts or -i FILE, not both")
    }

    /// Opens the input; texts on the command line are taken two by two where `inPairs`.
    func open(
        model: String, _ wishes: TextWishes = TextWishes(), inPairs: Bool = false, quiet: Bool
    ) throws -> TextStream {
        try check(model: model)
        guard let input else { return inPairs ? try TextStream(pairs: texts) : TextStream(texts: texts) }
        return try TextStream(path: input, columns, wishes, quiet: quiet)
    }

    /// The format of the input, as far as it is said; nil for texts on the command line.
    var format: DataFormat? {
        input.flatMap { path in columns.format ?? (path == "-" ? .txt : DataFormat(path: path)) }
    }
}

extension TextTask {
    /// Whether every row must be a pair.
    var readsPairs: Bool { self == .answers || self == .nextSentence }
}

/// An error of an input file, with its path in front and the option that mends it behind.
struct InputError: AdzeFailure {
    let path: String
    let underlying: any AdzeFailure
    var kind: FailureKind { underlying.kind }
    var description: String {
        var option: String?
        switch underlying as? DataError {
        case .file(let error): return error.description
        case .unknownFormat where path == "-":
            return "'-' is standard input, which has no name to tell its format; say --format csv, tsv, jsonl or txt"
        case .unknownFormat: return "\(underlying) with --format"
        case .noColumn(_, _, _, let part), .noColumnNumber(_, _, let part):
            option =
                switch part {
                case .text: "--text-column"
                case .pair: "--pair-column"
                case .label: "--label-column"
                }
        case .noLabelColumn: option = "--label-column"
        default: break
        }
        return "\(path == "-" ? "standard input" : path): \(underlying)" + (option.map { " (\($0))" } ?? "")
    }
}
