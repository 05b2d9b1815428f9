// The options of `predict` that belong to some heads, and the refusal of those that do not belong to a model's.

public import Adze
public import ArgumentParser

/// What may be asked of an answer; nil and false are the head's own defaults.
struct HeadOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "How many labels, candidates of a mask or answers of each text, best first; default: 1, of a mask 5.",
            valueName: "K"))
    var topK: Int?

    @OptionGroup var texts: LongTextOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How windows are joined to one label, with --long window: mean, max, logits; default: mean. Or how tokens "
                + "become entities: none, simple, first, average, max; default: simple.", valueName: "HOW"),
        completion: .list(["mean", "max", "logits", "none", "simple", "first", "average"]))
    var aggregate: String?

    /// What `--aggregate` of entities was called.
    @Option(name: .long, help: .hidden)
    var aggregation: EntityAggregation?

    @Option(
        name: .long,
        help: ArgumentHelp("Labels that are no entities, separated by commas; default: O.", valueName: "A,B"))
    var ignoreLabels: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The only candidates for a mask, separated by commas; default: every token.", valueName: "A,B"))
    var targets: String?

    @Option(name: .long, help: ArgumentHelp("The most tokens of an answer; default: 15.", valueName: "N"))
    var maxAnswerLength: Int?

    @Flag(name: .long, help: "Let 'no answer' be an answer.")
    var allowNoAnswer = false

    @Flag(name: .long, help: "Let answers begin and end inside words.")
    var splitWords = false

    @Flag(name: .long, help: "Judge pairs with a model that fills masks too.")
    var nextSentence = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Choose among these labels, separated by commas, with a model of natural language inference; default: the "
                + "model's own labels.", valueName: "A,B"))
    var candidates: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The sentence that is made of a candidate, {} being its place; default: 'This example is {}.'",
            valueName: "SENTENCE"))
    var template: String?

    @Flag(name: .long, help: "Judge each candidate by itself, so that several may hold.")
    var multiLabel = false

    func validate() throws {
        if candidates == nil, template != nil || multiLabel {
            throw ValidationError(
                "--\(template != nil ? "template" : "multi-label") needs --candidates, the labels to choose from")
        }
        do {
            _ = try zeroShotLabels()
        } catch let error as ZeroShotError {
            throw ValidationError(error.description)
        }
        if let topK, topK < 1 { throw ValidationError("--top-k must be at least 1") }
        if let maxAnswerLength, maxAnswerLength < 1 { throw ValidationError("--max-answer-length must be at least 1") }
    }
}

// MARK: - What belongs to whom

extension HeadOptions {
    /// The options of each task, in the order of the help.
    private func options(of task: TextTask) -> [String] {
        switch task {
        case .classification:
            candidates == nil
                ? [
                    "--top-k", "--long", "--aggregate", "--stride", "--max-length", "--threshold", "--no-abstain",
                    "--candidates",
                ] : ["--top-k", "--max-length", "--candidates"]
        case .entities: ["--long", "--stride", "--max-length", "--aggregate", "--ignore-labels"]
        case .answers:
            ["--top-k", "--stride", "--max-length", "--max-answer-length", "--allow-no-answer", "--split-words"]
        case .maskedWords: ["--top-k", "--long", "--max-length", "--targets"]
        case .nextSentence: ["--long", "--max-length", "--next-sentence"]
        }
    }

    /// Those that were given.
    private var given: [String] {
        let all: [(String, Bool)] = [
            ("--top-k", topK != nil), ("--long", texts.long != nil), ("--aggregate", aggregate != nil),
            ("--stride", texts.stride != nil), ("--max-length", texts.maxLength != nil),
            ("--ignore-labels", ignoreLabels != nil),
            ("--targets", targets != nil),
            ("--max-answer-length", maxAnswerLength != nil), ("--allow-no-answer", allowNoAnswer),
            ("--split-words", splitWords), ("--next-sentence", nextSentence), ("--candidates", candidates != nil),
        ]
        return all.filter(\.1).map(\.0)
    }

    /// Refuses an option that the task has no use for, by the name of the model's head, and those that contradict
    /// each other; `also` are those of other groups that were given.
    func check(for task: TextTask, architecture: String, reading: TextReading, also more: [String] = []) throws {
        let known = options(of: task)
        if let other = (given + more).first(where: { !known.contains($0) }) {
            throw OptionOfAnotherHead(option: other, architecture: architecture, known: known)
        }
        if aggregation != nil {
            guard task == .entities else {
                throw OptionOfAnotherHead(option: "--aggregation", architecture: architecture, known: known)
            }
            guard aggregate == nil else { throw ValidationError("--aggregate and --aggregation are one option") }
        }
        let values =
            task == .entities ? EntityAggregation.allCases.map(\.rawValue) : WindowAggregate.allCases.map(\.rawValue)
        if let aggregate, !values.contains(aggregate) {
            throw OptionOfAnotherHead(
                option: "--aggregate \(quoted(aggregate))", architecture: architecture, known: values)
        }
        // Answers are always found in windows.
        if task != .answers {
            try texts.check(
                aggregates: aggregate != nil && task == .classification, strideAsksForWindows: task == .entities,
                modelReadsWindows: reading.readsWindows)
        }
    }
}

/// An option was given that the model's head has no use for.
private struct OptionOfAnotherHead: AdzeFailure {
    let option: String
    let architecture: String
    let known: [String]
    var kind: FailureKind { .usage }
    var description: String {
        "\(option) does not apply to a \(architecture), which takes \(known.joined(separator: ", "))"
    }
}

// MARK: - For the library

extension HeadOptions {
    /// How entities are found by a model of `limit` tokens. A stride asks for windows, as it does of the library.
    func entityOptions(limit: Int) throws -> EntityOptions {
        var options = EntityOptions()
        options.aggregation = aggregation ?? aggregate.flatMap(EntityAggregation.init(rawValue:)) ?? .simple
        options.ignoredLabels = try ignoreLabels.map { $0.isEmpty ? [] : try splitLabels($0) } ?? options.ignoredLabels
        options.maximumLength = texts.maxLength
        let shared = texts.stride ?? min(64, max(0, min(texts.maxLength ?? limit, limit)) / 2)
        let isWindowed = texts.long == nil && texts.stride != nil
        options.longText = isWindowed ? .window(stride: shared) : try texts.longText(stride: shared)
        return options
    }

    /// What happens to long texts of the other heads.
    func textOptions(of reading: TextReading = TextReading()) throws -> TextOptions {
        try texts.textOptions(aggregate: aggregate.flatMap(WindowAggregate.init(rawValue:)), of: reading)
    }

    /// How answers are found.
    func answerOptions() -> AnswerOptions {
        var options = AnswerOptions()
        options.topK = topK ?? options.topK
        options.maximumAnswerLength = maxAnswerLength ?? options.maximumAnswerLength
        options.allowsNoAnswer = allowNoAnswer
        options.alignsToWords = !splitWords
        options.maximumLength = texts.maxLength
        options.stride = texts.stride
        return options
    }

    /// The labels in `--candidates`, trimmed, and how they are asked for; nil where the model's own count.
    func zeroShotLabels() throws -> ZeroShotLabels? {
        guard let candidates else { return nil }
        let labels = candidates.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        return try ZeroShotLabels(
            labels, template: template ?? ZeroShotLabels.usualTemplate, allowsSeveral: multiLabel)
    }

    /// The words in `--targets`; each counts with its spaces.
    var targetWords: [String]? {
        targets?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

extension EntityAggregation: ExpressibleByArgument {}
