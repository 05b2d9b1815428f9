// `adze predict`: answers of a model's head for texts.

import Adze
import ArgumentParser

/// Answers texts from arguments, a file or standard input, one output line for each input line.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Label texts, find entities, answer questions, fill masks, judge pairs.",
        discussion: """
            The model's head decides what is answered, with one line for each text: columns between tabs, or with --json \
            an object that keeps the input's other fields as they are, those that bear the name of one of its own under \
            input. With --csv, or -o OUT.csv, the input's table gets the answer's columns behind its own. A row without \
            an answer has its line too: with --json {"error": …} and all its fields, with --csv a reason in the column \
            error, else an empty first column. If no row has an answer, the exit code is 65, with --strict if any has none.

            text classifier: label, score; JSON label, score, scores, logits. Where calibrate or --threshold lets it \
            abstain, abstain stands in the label's place, and JSON has abstained and for label null; of a set, or any \
            number of labels with thresholds, the labels stand with | between them, and JSON has the list set.
            token classifier: entity_group, word, score, start, end of each entity; JSON a list entities of objects with \
            these members, for --aggregate none with entity and index instead of entity_group. start and end count \
            Unicode scalars of the text.
            question answering: answer, score, start, end; JSON these, and with --top-k a list answers. The text is the \
            question and text_pair the context, or they are the keys question and context. Windows take 384 tokens and \
            share 128, unless --max-length and --stride say otherwise.
            masked language model: token_str, score of the candidates of each [MASK]; JSON a list masks with a list for \
            each mask of objects with score, token, token_str and sequence.
            next sentence: is_next or not_next, and the probability that the second text follows; JSON is_next, score, \
            logits.
            With --candidates, a model of natural language inference: label, score of the best candidates; JSON label, \
            score, scores, logits of entailment.

            For heads that read pairs, the texts after MODEL are taken two by two.
            """)

    @OptionGroup private var chosen: OptionalModelArgument
    @OptionGroup var texts: TextOptionsGroup
    @OptionGroup(title: "Cleaning") var cleaning: CleaningOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print JSON lines.")
    var json = false

    @Flag(name: .long, help: "Print CSV: the input's columns, then the answer's.")
    var csv = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Write a file instead: CSV where it ends in .csv, JSON lines where in .jsonl; default: standard output.",
            valueName: "OUT"),
        completion: .file())
    var output: String?

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    @Flag(name: .long, help: "End with 65 if any row has no answer.")
    var strict = false

    @OptionGroup var arithmetic: PrecisionOptions
    @OptionGroup var products: FloatProductsOptions

    @OptionGroup(title: "Answers") var head: HeadOptions
    @OptionGroup(title: "Answers") var abstaining: AbstainOptions

    func validate() throws {
        if json, csv { throw ValidationError("give one of --json and --csv") }
        if let output {
            let form = PredictCommand.form(of: output)
            if let form, (json && form != .json) || (csv && form != .csv) {
                throw ValidationError(
                    "-o \(quoted(output)) says another form than \(json ? "--json" : "--csv"); leave one out")
            }
        } else if force {
            throw ValidationError("--force is for -o")
        }
        if form == .csv, texts.format == .jsonl {
            throw ValidationError("CSV keeps the columns of a table; for JSON lines say --json, or -o OUT.jsonl")
        }
    }

    /// The form that a file's name says.
    private static func form(of path: String) -> AnswerForm? {
        switch DataFormat(path: path) {
        case .csv: .csv
        case .jsonl: .json
        default: nil
        }
    }

    private var form: AnswerForm {
        if let form = output.flatMap(PredictCommand.form) { return form }
        if json { return .json }
        // A format that the input's name says already is the output's.
        let isNamedCSV = texts.input.map { DataFormat(path: $0) == .csv } ?? false
        return csv || (texts.columns.format == .csv && isNamedCSV && output == nil) ? .csv : .lines
    }

    func run() throws {
        let model = try chosen.path(texts)
        Console.notes(chosen.notes, quiet: common.quiet)
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(texts.input, as: "-i")
            .reads(cleaning.stopwords, as: "--stopwords")
            .writes(output, as: "-o", force: force).check()
        let opened = try openModel(
            model, source, products: products,
            threadsAhead: arithmetic.precision == .int8 ? common.threads ?? 0 : nil, quiet: true)
        let cleaned = try cleaning.applied(to: opened, source.stated.lemmas, quiet: common.quiet)
        let task = try TextTask(cleaned, prefersNextSentence: head.nextSentence)
        try head.check(
            for: task, architecture: cleaned.checkpoint.head.architectureName, reading: cleaned.reading,
            also: abstaining.given)
        let bundle = try abstaining.applied(
            to: cleaned, precision: arithmetic.precision, readsOtherwise: head.texts.isGiven, quiet: common.quiet)
        // The input is opened, and begins to be read, before the weights are.
        let input = try open(task, of: model)
        Console.notes(bundle.notes, quiet: common.quiet)
        Console.notes(head.texts.notes(bundle.reading), quiet: common.quiet)
        arithmetic.noteCodes(bundle, quiet: common.quiet)
        if let labels = try head.zeroShotLabels() {
            let classifier = try ZeroShotClassifier(bundle, precision: arithmetic.precision, threads: common.threads)
            Console.notes(classifier.notes, quiet: common.quiet)
            return try answer(
                input,
                ZeroShotAnswers(
                    classifier: classifier, labels: labels, topK: head.topK ?? 1, maximumLength: head.texts.maxLength))
        }
        switch try TextModel(bundle, for: task, precision: arithmetic.precision, threads: common.threads) {
        case .classifier(let classifier):
            try answer(
                input,
                LabelAnswers(
                    classifier: classifier, topK: head.topK ?? 1, options: try head.textOptions(of: bundle.reading)))
        case .entityFinder(let finder):
            let options = try head.entityOptions(limit: finder.maximumLength)
            try answer(input, EntityAnswers(finder: finder, options: options))
        case .answerFinder(let finder):
            try answer(input, QuestionAnswers(finder: finder, options: head.answerOptions()))
        case .maskFiller(let filler):
            let targets = try head.targetWords.map { try filler.targets($0) }
            Console.notes(targets?.notes ?? [], quiet: common.quiet)
            try answer(
                input,
                MaskAnswers(
                    filler: filler, topK: head.topK ?? 5, targets: targets, options: try head.textOptions()))
        case .nextSentencePredictor(let predictor):
            try answer(input, PairAnswers(predictor: predictor, options: try head.textOptions()))
        }
    }

    private func open(_ task: TextTask, of model: String) throws -> TextStream {
        var wishes = TextWishes(answersEveryLine: true, passesOn: form)
        switch task {
        case .answers: wishes.role = .questionAndContext
        case .classification where head.candidates != nil:
            if texts.columns.pairColumn != nil {
                throw ValidationError("--pair-column: with --candidates the second text is the candidate's sentence")
            }
            wishes.role = .oneText
        case .entities where texts.columns.pairColumn != nil:
            throw ValidationError("--pair-column: entities are found in one text, not in two")
        default: break
        }
        return try texts.open(model: model, wishes, inPairs: task.readsPairs, quiet: common.quiet)
    }

    private func answer(_ input: TextStream, _ head: some RowAnswers) throws {
        let run = AnswerRun(form: form, output: output, replacing: force, strict: strict, quiet: common.quiet)
        try run.answer(input, head)
    }
}
