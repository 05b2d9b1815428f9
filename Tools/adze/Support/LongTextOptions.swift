// Options that say what happens to texts longer than the model takes.

import Adze
import AdzeBytes
import AdzeTokenization
import ArgumentParser

/// `--long` and what belongs to it.
struct LongTextOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("What happens to long texts: head, tail, head+tail, window.", valueName: "HOW"))
    var long = "head"

    @Option(name: .long, help: ArgumentHelp("How windows are joined: mean, max, logits.", valueName: "HOW"))
    var aggregate: WindowAggregate = .mean

    @Option(name: .long, help: ArgumentHelp("Tokens that neighbouring windows share.", valueName: "N"))
    var stride = 64

    @Option(name: .long, help: ArgumentHelp("The most tokens of one input; default: the model's.", valueName: "N"))
    var maxLength: Int?

    func validate() throws {
        guard stride >= 0 else { throw ValidationError("--stride must be 0 or more") }
        _ = try longText()
    }

    /// The options for the library.
    func textOptions() throws -> TextOptions {
        var options = TextOptions()
        options.maximumLength = maxLength
        options.longText = try longText()
        options.aggregate = aggregate
        return options
    }

    private func longText() throws -> LongText {
        switch long {
        case "head": return .head
        case "tail": return .tail
        case "head+tail": return .headAndTail
        case "window": return .window(stride: stride)
        default: throw ValidationError("--long \(quoted(long)): expected head, tail, head+tail or window")
        }
    }
}
