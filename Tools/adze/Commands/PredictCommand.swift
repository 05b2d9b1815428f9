// `adze predict`: what a model's head says of texts.

import Adze
import AdzeBytes
import AdzeData
import AdzeModels
import AdzeTokenization
import ArgumentParser

/// Answers texts from arguments, a file or standard input, one output line for each input line.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Label texts, find entities, answer questions, fill masks, judge pairs.",
        discussion: """
            The model's head decides what is answered, with one line for each text: columns between tabs, or with --json \
            an object that keeps the input's other fields. Rows without an answer give {"error": …} on their line.

            text classifier: label, score; JSON label, score, scores, logits.
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

            For heads that read pairs, the texts after MODEL are taken two by two.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup var texts: TextOptionsGroup
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print JSON lines.")
    var json = false

    @OptionGroup var arithmetic: PrecisionOptions

    @OptionGroup(title: "Answers") var head: HeadOptions

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(texts.input, as: "-i").check()
        let bundle = try openModel(model, source, quiet: true)
        let task = try TextTask(bundle.checkpoint.head, prefersNextSentence: head.nextSentence)
        try head.check(for: task, architecture: bundle.checkpoint.head.architectureName)
        // The input is opened, and begins to be read, before the weights are.
        let input = try texts.open(model: model, for: task)
        Console.notes(bundle.notes, quiet: common.quiet)
        arithmetic.noteCodes(bundle, quiet: common.quiet)
        switch try TextModel(bundle, for: task, precision: arithmetic.precision, threads: common.threads) {
        case .classifier(let classifier):
            try answer(
                input,
                LabelAnswers(classifier: classifier, topK: head.topK ?? 1, options: try head.textOptions()))
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

    /// Prints a line for each row, and the last one for a person.
    private func answer(_ input: TextStream, _ head: some RowAnswers) throws {
        var input = input
        var tally = Tally()
        let progress = ProgressLine(total: nil, quiet: common.quiet, besideOutput: true)
        defer { progress.end() }
        try input.forEachAnswer { rows in
            progress.show(tally.texts)
            return try head.answers(to: rows.map { TextInput($0.text, pair: $0.pair) })
        } emit: { row, result in
            switch result {
            case .success(let answer):
                let truncated = head.truncatedTokenCount(answer)
                tally.add(truncated: truncated)
                if json {
                    try StandardOutput.shared.json(jsonLine(head.members(answer), row, truncated: truncated))
                } else {
                    try StandardOutput.shared.line(head.columns(answer).map(oneField).joined(separator: "\t"))
                }
            case .failure(let problem):
                tally.withoutAnswer += 1
                // What is wrong with the model is wrong on every line.
                let place = problem == .notFinite ? "" : "line \(row.lineNumber): "
                try StandardOutput.shared.line(errorLine(place + problem.description, json: json))
            }
        } failed: { error in
            tally.failed += 1
            try StandardOutput.shared.line(errorLine(error.description, json: json))
        }
        progress.end()
        Console.summary(tally.line, quiet: common.quiet)
    }

    private func jsonLine(_ members: JSONObject, _ row: Row, truncated: Int) -> JSONValue {
        var object = members
        if truncated > 0 { object["truncated"] = .integer(truncated) }
        // The caller's own fields survive, but for those that the answer has itself.
        for (key, value) in row.extra where object[key] == nil { object[key] = value }
        return .object(object)
    }
}

/// A line for a row without an answer.
func errorLine(_ error: String, json: Bool) -> String {
    json ? JSONValue.object(["error": .string(error)]).text : "error\t\(error)"
}

/// Counts for the last line.
private struct Tally {
    var texts = 0
    var truncated = 0
    var failed = 0
    var withoutAnswer = 0
    private let start = ContinuousClock.now

    mutating func add(truncated count: Int) {
        texts += 1
        if count > 0 { truncated += 1 }
    }

    var line: String {
        let seconds = (ContinuousClock.now - start).seconds
        return "\(counted(texts, "text")) in \(rounded(seconds, digits: 2)) s, \(grouped(truncated)) truncated"
            + (failed > 0 ? ", \(grouped(failed)) unreadable" : "")
            + (withoutAnswer > 0 ? ", \(grouped(withoutAnswer)) without an answer" : "")
    }
}
