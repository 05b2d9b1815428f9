// `adze explain`: what a classifier's answers depend on, token by token, as JSON lines.

import Adze
import ArgumentParser

/// Attributions of texts from arguments, a file or standard input, one output line for each input line.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say what a classifier's answers depend on, token by token.",
        discussion: """
            Prints an object for each text, with the input's other fields: label, score, logit, and a list tokens of objects \
            with token, text, start, end (Unicode scalars of the text; of a second text with "pair": true) and attribution. \
            A row without an answer has {"error": …}.

            An attribution is what a token adds to the logit of the predicted label, or of --label; of regression to the \
            number itself. Integrated gradients go from a baseline to the text through the output of the embeddings layer, as \
            captum's LayerIntegratedGradients on it does, by Gauss-Legendre quadrature. Their sum should be logit less \
            baseline_logit, and delta says how far off it is: where that is much, take more --steps. gradient-x-input takes one \
            step and has no such sum. Frame tokens such as [CLS] stay in every baseline.

            Of a model that cleans texts, or with --clean, start and end are places in the cleaned text, which the object \
            holds as cleaned, that of a pair's second text as cleaned_pair.

            Computed in fp32, with the same bits on every processor and at any number of threads.
            """)

    @OptionGroup private var chosen: OptionalModelArgument
    @OptionGroup var texts: TextOptionsGroup
    @OptionGroup(title: "Cleaning") var cleaning: CleaningOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print JSON lines; they are the only form.")
    var json = false

    @Option(
        name: [.short, .long], help: ArgumentHelp("Write a file instead; default: standard output.", valueName: "OUT"),
        completion: .file(extensions: ["jsonl"]))
    var output: String?

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    @Flag(name: .long, help: "End with 65 if any row has no answer.")
    var strict = false

    @OptionGroup(title: "Attributions") var wishes: AttributionOptions

    @Option(name: .long, help: ArgumentHelp("The most tokens of one input; default: the model's.", valueName: "N"))
    var maxLength: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What happens to long texts: head, tail or head+tail; default: head, or what the model's files say.",
            valueName: "HOW"), completion: .list(["head", "tail", "head+tail"]))
    var long: String?

    func validate() throws {
        if output == nil, force { throw ValidationError("--force is for -o") }
        _ = try longText()
    }

    func run() throws {
        let model = try chosen.path(texts)
        Console.notes(chosen.notes, quiet: common.quiet)
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(texts.input, as: "-i")
            .reads(cleaning.stopwords, as: "--stopwords")
            .writes(output, as: "-o", force: force).check()
        let opened = try openModel(model, source, quiet: common.quiet)
        let bundle = try cleaning.applied(to: opened, source.stated.lemmas, quiet: common.quiet)
        let stream = TextWishes(answersEveryLine: true, passesOn: .json)
        let input = try texts.open(model: model, stream, quiet: common.quiet)
        if let note = bundle.reading.longTextNote, long == nil {
            let what = bundle.reading.readsWindows ? "attributions read them whole" : "--long says otherwise"
            Console.notes(["\(note); \(what)"], quiet: common.quiet)
        }
        let explainer = try TextExplainer(bundle, on: ThreadPool(threads: common.threads))
        var options = wishes.options
        options.text.maximumLength = maxLength
        options.text.longText = try longText()
        let run = AnswerRun(form: .json, output: output, replacing: force, strict: strict, quiet: common.quiet)
        try run.answer(input, ExplanationAnswers(explainer: explainer, options: options))
    }

    private func longText() throws -> LongText? {
        guard let long else { return nil }
        guard let cut = LongText(cut: long) else {
            throw ValidationError("--long \(quoted(long)): expected head, tail, head+tail or head+tail:N")
        }
        return cut
    }
}
