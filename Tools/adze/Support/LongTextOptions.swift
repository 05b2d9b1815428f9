// Options that say what happens to texts longer than the model takes, and which of them contradict each other.

public import Adze
public import ArgumentParser

/// `--long` and what belongs to it; nil is the verb's own default.
struct LongTextOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "What happens to long texts: head, tail, head+tail (half of each), head+tail:N (N tokens of the head), "
                + "window; default: head, or what the model's files say.", valueName: "HOW"),
        completion: .list(LongTextOptions.names))
    var long: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Tokens that neighbouring windows share, with --long window; default: 64.", valueName: "N"))
    var stride: Int?

    @Option(name: .long, help: ArgumentHelp("The most tokens of one input; default: the model's.", valueName: "N"))
    var maxLength: Int?

    /// Whether texts are to be read in a way that is named.
    var isGiven: Bool { long != nil || stride != nil || maxLength != nil }

    /// What `--long` takes, wherever it stands.
    static let names = ["head", "tail", "head+tail", "window"]

    func validate() throws {
        if let stride, stride < 0 { throw ValidationError("--stride must be 0 or more") }
        if long != LongTextOptions.auto { _ = try longText(stride: 0) }
    }

    /// What `evaluate` takes beside them: labelled data chooses.
    static let auto = "auto"

    /// Refuses what is said about windows where there are none. A stride alone may ask for them, and a model may read in
    /// them by itself.
    func check(aggregates: Bool = false, strideAsksForWindows: Bool = false, modelReadsWindows: Bool = false) throws {
        guard long != "window", long != nil || !(strideAsksForWindows || modelReadsWindows) else { return }
        for (option, isGiven) in [("--stride", stride != nil), ("--aggregate", aggregates)] where isGiven {
            let place = long.map { "instead of --long \($0)" } ?? "or leave it out"
            throw ValidationError("\(option) is for windows: say --long window \(place)")
        }
    }

    /// What happens to long texts, in windows that share `stride` tokens; nil is what the model's tokenizer says.
    func longText(stride: Int) throws -> LongText? { try long.map { try LongTextOptions.way($0, stride: stride) } }

    /// The way of a name; windows share `stride` tokens.
    static func way(_ name: String, stride: Int) throws -> LongText {
        switch name {
        case "window": return .window(stride: stride)
        case auto:
            throw ValidationError("--long auto is for evaluate, which tries each on labelled data; name the way here")
        default:
            guard let cut = LongText(cut: name) else {
                throw ValidationError(
                    "--long \(quoted(name)): expected head, tail, head+tail, head+tail:N or window")
            }
            return cut
        }
    }

    /// The options for the library; throws where they contradict each other, or what a model says by itself.
    func textOptions(aggregate: WindowAggregate?, of reading: TextReading = TextReading()) throws -> TextOptions {
        try check(aggregates: aggregate != nil, modelReadsWindows: reading.readsWindows)
        var options = TextOptions()
        options.maximumLength = maxLength
        options.longText = try longText(stride: stride ?? 64)
        options.aggregate = aggregate
        guard long == nil, let stride else { return options }
        // Other windows than the model's are still its own in all else.
        options.longText = .window(stride: stride)
        options.maximumLength = maxLength ?? reading.maximumLength
        options.aggregate = aggregate ?? reading.aggregate
        return options
    }

    /// What the model says of long texts, where nothing else is asked for.
    func notes(_ reading: TextReading) -> [String] {
        guard long == nil, stride == nil, let note = reading.longTextNote else { return [] }
        return ["\(note); --long says otherwise"]
    }
}

/// The same for verbs whose windows are always joined to one answer.
struct WindowOptions: ParsableArguments {
    @OptionGroup private var texts: LongTextOptions

    @Option(
        name: .long,
        help: ArgumentHelp("How windows are joined, with --long window; default: mean.", valueName: "HOW"))
    var aggregate: WindowAggregate?

    /// The options for the library; throws where they contradict each other, or what a model says by itself.
    func textOptions(of reading: TextReading = TextReading()) throws -> TextOptions {
        try texts.textOptions(aggregate: aggregate, of: reading)
    }

    /// What the model says of long texts, where nothing else is asked for.
    func notes(_ reading: TextReading) -> [String] { texts.notes(reading) }

    /// Whether texts are to be read in a way that is named, or joined in one.
    var isGiven: Bool { texts.isGiven || aggregate != nil }

    /// The way as a model may carry it; nil where none is named.
    func reading() throws -> TextReading? {
        guard texts.long != nil else {
            guard texts.stride == nil, texts.maxLength == nil, aggregate == nil else {
                throw ValidationError("--stride, --max-length and --aggregate are for --long, which names the way")
            }
            return nil
        }
        let options = try textOptions()
        return TextReading(
            longText: options.longText, maximumLength: options.maximumLength, aggregate: options.aggregate)
    }

    /// Whether labelled data chooses.
    var isAuto: Bool { texts.long == LongTextOptions.auto }

    /// The same where labelled data chooses what happens to long texts; throws for what belongs to one way.
    func automaticOptions() throws -> TextOptions {
        guard texts.stride == nil else { throw ValidationError("--long auto tries strides itself; leave --stride out") }
        var options = TextOptions()
        options.maximumLength = texts.maxLength
        options.aggregate = aggregate
        return options
    }
}

extension WindowAggregate: ExpressibleByArgument {}
