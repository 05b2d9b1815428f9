// `adze augment`: a table with other texts made of each of its own, to look at, or to train on by other means.

import Adze
import ArgumentParser

/// Writes a table with copies of its texts.
struct AugmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "augment", abstract: "Make more labelled texts out of few.",
        discussion: """
            Writes DATA in its own format with copies of each row behind it, their texts changed and every other field as \
            it is. finetune --augment does the same to training data, without a file.

            synonyms: words that are lemmas as they stand, and no stop words, become synonyms by WordNet's files (Debian's \
            wordnet-base), of any sense; one of several words has spaces. delete: each word goes with the probability of \
            the share, one at least and never all. swap: two words change places, so often as the share says. masked: \
            words become what the masked language model of --model expects there. translate: the text is what \
            --translate-command makes of it, in one copy at most.

            Each copy is made by one step, in turns. The share of a step is that of a text's words; where it is not said \
            it is EDA's, 0.05 up to 2,000 texts and else 0.1, for masked 0.15. Both texts of a pair are changed, each \
            alone. Copies that equal their text, or another copy of it, are left out and counted. The same row and --seed \
            give the same copies, whatever else is in the table.
            """)

    @Argument(
        help: ArgumentHelp("A .csv, .tsv, .jsonl or .txt file; - is standard input.", valueName: "DATA"),
        completion: .file())
    var data: String

    @OptionGroup var output: OutputOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Some of synonyms, delete, swap, masked, translate, each with =SHARE of the words if EDA's is not wanted.",
            valueName: "STEPS"), completion: .list(augmentationSteps))
    var augment = "synonyms,delete,swap"

    @OptionGroup var how: AugmentingOptions

    @Option(
        name: .long,
        help: ArgumentHelp("A model that fills masks, for the step masked; default: none.", valueName: "MODEL"),
        completion: .file())
    var model: String?

    @OptionGroup var words: WordNetOptions

    @Option(name: .long, help: ArgumentHelp("What all random numbers follow from.", valueName: "N"))
    var seed: UInt64 = 42

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Add a column of this name with the step that made a row, or original; default: none.", valueName: "NAME"))
    var stepColumn: String?

    @OptionGroup(title: "Data") var columns: ColumnOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print the counts as one JSON object.")
    var json = false

    private var format: DataFormat? { columns.format ?? (data == "-" ? .txt : DataFormat(path: data)) }

    func validate() throws {
        let plan = try how.plan(augment)
        if plan.has(.masked) != (model != nil) {
            throw ValidationError(
                plan.has(.masked)
                    ? "--augment: \(AugmentationError.noMaskedModel(architecture: nil))"
                    : "--model is for the step masked of --augment")
        }
        if seed > UInt64(Int.max) { throw ValidationError("--seed must be at most \(Int.max)") }
        if let format, let wanted = DataFormat(path: output.output), wanted != format {
            throw ValidationError(
                "-o \(quoted(output.output)) says \(wanted), and the output is \(format) as DATA is; name it so")
        }
        if stepColumn == "" { throw ValidationError("--step-column is empty; name the column") }
        if stepColumn != nil, format == .txt { throw ValidationError("--step-column: plain text has no columns") }
    }

    func run() throws {
        try RunFiles().reads(data, as: "DATA").reads(model, as: "--model")
            .writes(output.output, as: "-o", force: output.force).check()
        guard data == "-" || pathExists(data) else { throw FileError.notFound(path: data) }
        let options = try how.options(augment, seed: seed, words)
        if let model { try requireModel(model) }
        let bundle = try model.map { try ModelBundle(path: $0) }
        Console.notes(bundle?.notes ?? [], quiet: common.quiet)
        let (rows, header) = try readAll()
        let augmenter = try TextAugmenter(options, textCount: rows.count, model: bundle, threads: common.threads)
        Console.notes(
            [augmenter.settled.note(of: options.plan, textCount: rows.count)].compactMap(\.self), quiet: common.quiet)
        let copies = try augmenter.copies(of: rows.map { TextInput($0.text, pair: $0.pair) })
        let tally = try write(rows, header, copies)
        if json {
            var object = AugmentationReport(plan: augmenter.settled, seed: seed, tally: tally).json.object ?? [:]
            object["texts"] = .integer(rows.count)
            try StandardOutput.shared.json(.object(object))
        }
        try StandardOutput.shared.flush()
        Console.summary(
            "\(splitPath(output.output).name): \(counted(rows.count, "text")), \(tally.line)", quiet: common.quiet)
    }

    private func write(
        _ rows: [Row], _ header: TableHeader?, _ copies: [[AugmentedText?]]
    ) throws -> AugmentationTally {
        let lines = try LineOutput(path: output.output, replacing: output.force)
        let records = RecordOutput(lines, format: format ?? .txt, column: stepColumn)
        try records.check(header, rows, path: data)
        try records.begin(header)
        var selection = CopySelection()
        for (row, copies) in zip(rows, copies) {
            try records.write(row, selection.kept(copies, of: row.text, pair: row.pair))
        }
        try lines.finish()
        return selection.tally
    }

    /// More than anybody augments.
    private static let byteLimit = 1 << 30

    /// All rows, of which there is one at least, and their header; throws `InputError`.
    private func readAll() throws -> (rows: [Row], header: TableHeader?) {
        // What a table's rows hold is kept by its bytes, and so is what objects hold.
        var input = try TextStream(path: data, columns, TextWishes(passesOn: .csv), quiet: common.quiet)
        var (rows, held) = ([Row](), 0)
        while let window = try input.next() {
            for row in try window.map(input.required) {
                rows.append(row)
                held += row.fields.byteCount + row.text.utf8.count
            }
            guard held <= AugmentCommand.byteLimit else { throw InputError(path: data, underlying: TooManyRows()) }
        }
        guard !rows.isEmpty else { throw InputError(path: data, underlying: DataError.noExamples) }
        return (rows, input.header)
    }
}

/// A table too large to be held.
private struct TooManyRows: AdzeFailure {
    let kind = FailureKind.badData
    let description = "more than 1 GiB of rows, which augment holds in memory; augment a part of them"
}
