// Options that say what happens to texts longer than the model takes, and which of them contradict each other.

public import Adze
public import ArgumentParser

/// `--long` and what belongs to it; nil is the verb's own default.
struct LongTextOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "What happens to long texts: head, tail, head+tail, window; default: head, or what the "
                + "model's files say.", valueName: "HOW"),
        completion: .list(LongTextOptions.names))
    var long: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Tokens that neighbouring windows share, with --long window; default: 64.", valueName: "N"))
    var stride: Int?

    @Option(name: .long, help: ArgumentHelp("The most tokens of one input; default: the model's.", valueName: "N"))
    var maxLength: Int?

    /// What `--long` takes, wherever it stands.
    static let names = ["head", "tail", "head+tail", "window"]

    func validate() throws {
        if let stride, stride < 0 { throw ValidationError("--stride must be 0 or more") }
        _ = try longText(stride: 0)
    }

    /// Refuses what is said about windows where there are none. A stride alone may ask for them.
    func check(aggregates: Bool = false, strideAsksForWindows: Bool = false) throws {
        guard long != "window", long != nil || !strideAsksForWindows else { return }
        for (option, isGiven) in [("--stride", stride != nil), ("--aggregate", aggregates)] where isGiven {
            let place = long.map { "instead of --long \($0)" } ?? "or leave it out"
            throw ValidationError("\(option) is for windows: say --long window \(place)")
        }
    }

    /// What happens to long texts, in windows that share `stride` tokens; nil is what the model's tokenizer says.
    func longText(stride: Int) throws -> LongText? {
        switch long {
        case nil: return nil
        case "head": return .head
        case "tail": return .tail
        case "head+tail": return .headAndTail
        case "window": return .window(stride: stride)
        case .some(let name): throw LongTextOptions.unknown(name)
        }
    }

    /// No way to treat long texts has this name.
    static func unknown(_ name: String) -> ValidationError {
        ValidationError("--long \(quoted(name)): expected head, tail, head+tail or window")
    }

    /// The options for the library; throws where they contradict each other.
    func textOptions(aggregate: WindowAggregate?) throws -> TextOptions {
        try check(aggregates: aggregate != nil)
        var options = TextOptions()
        options.maximumLength = maxLength
        options.longText = try longText(stride: stride ?? 64)
        options.aggregate = aggregate ?? .mean
        return options
    }
}

/// The same for verbs whose windows are always joined to one answer.
struct WindowOptions: ParsableArguments {
    @OptionGroup private var texts: LongTextOptions

    @Option(
        name: .long,
        help: ArgumentHelp("How windows are joined, with --long window; default: mean.", valueName: "HOW"))
    var aggregate: WindowAggregate?

    /// The options for the library; throws where they contradict each other.
    func textOptions() throws -> TextOptions { try texts.textOptions(aggregate: aggregate) }
}

extension WindowAggregate: ExpressibleByArgument {}
