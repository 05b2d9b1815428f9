// Where a verb's texts come from: arguments, a file, or standard input. How they are answered is `TextStream`'s.

import Adze
import AdzeBytes
import AdzeData
import ArgumentParser

/// Texts given as arguments or with -i.
struct TextOptionsGroup: ParsableArguments {
    @Argument(help: ArgumentHelp("Texts.", valueName: "TEXT"))
    var texts: [String] = []

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("A .txt, .csv, .tsv or .jsonl file; - is standard input.", valueName: "FILE"))
    var input: String?

    @OptionGroup var columns: ColumnOptions

    /// Refuses no texts and texts from two places. A lone argument that is no path is a text whose model was forgotten:
    /// it is refused as such.
    func check(model: String) throws {
        guard texts.isEmpty == (input == nil) else { return }
        guard pathExists(model) else { throw ModelNotFound(path: model) }
        throw ValidationError(
            texts.isEmpty ? "give texts as arguments or a file with -i" : "give texts or -i FILE, not both")
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
        case .unknownFormat: return "\(underlying) with --format"
        default: break
        }
        return "\(path == "-" ? "standard input" : path): \(underlying)"
    }
}
