// Options that say what happens to texts longer than the model takes, and which of them contradict each other.

public import Adze
import AdzeBytes
import AdzeTokenization
public import ArgumentParser

/// `--long` and what belongs to it; nil is the verb's own default.
struct LongTextOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("What happens to long texts: head, tail, head+tail, window.", valueName: "HOW"))
    var long: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How windows are joined: mean (default), max, logits.", valueName: "HOW"))
    var aggregate: WindowAggregate?

    @Option(
        name: .long, help: ArgumentHelp("Tokens that neighbouring windows share; default: 64.", valueName: "N"))
    var stride: Int?

    @Option(name: .long, help: ArgumentHelp("The most tokens of one input; default: the model's.", valueName: "N"))
    var maxLength: Int?

    func validate() throws {
        if let stride, stride < 0 { throw ValidationError("--stride must be 0 or more") }
        _ = try longText(stride: 0)
    }

    /// Refuses what is said about windows where there are none. A stride alone may ask for them.
    func check(strideAsksForWindows: Bool = false) throws {
        guard long != "window", long != nil || !strideAsksForWindows else { return }
        for (option, isGiven) in [("--stride", stride != nil), ("--aggregate", aggregate != nil)] where isGiven {
            let place = long.map { "instead of --long \($0)" } ?? "or leave it out"
            throw ValidationError("\(option) is for windows: say --long window \(place)")
        }
    }

    /// What happens to long texts, in windows that share `stride` tokens.
    func longText(stride: Int) throws -> LongText {
        switch long {
        case nil, "head": return .head
        case "tail": return .tail
        case "head+tail": return .headAndTail
        case "window": return .window(stride: stride)
        case .some(let name):
            throw ValidationError("--long \(quoted(name)): expected head, tail, head+tail or window")
        }
    }

    /// The options for the library; throws where they contradict each other.
    func textOptions() throws -> TextOptions {
        try check()
        var options = TextOptions()
        options.maximumLength = maxLength
        options.longText = try longText(stride: stride ?? 64)
        options.aggregate = aggregate ?? .mean
        return options
    }
}

extension WindowAggregate: ExpressibleByArgument {}
