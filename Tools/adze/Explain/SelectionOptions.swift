// Which attention weights `attention` shows, and as what. Not here: showing them.

public import Adze
public import ArgumentParser

/// A selection of attention weights.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The layer: first, last, or its number from 0; default: last.", valueName: "N"))
    var layer: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The head's number from 0; default: the mean of the layer's heads.", valueName: "M"))
    var head: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The number of the token that looks, from 0 for the one before the text; default: 0.", valueName: "K"))
    var token: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("min-max, z-score or raw: what weights become; default: min-max.", valueName: "HOW"))
    var normalization: AttentionNormalization?

    @Flag(name: .long, help: "Show special tokens too, and normalize with them.")
    var special = false

    func validate() throws { _ = try selection() }

    /// The selection for the library.
    func selection() throws -> AttentionSelection {
        for (option, number) in [("--head", head), ("--token", token)] {
            if let number, number < 0 { throw ValidationError("\(option) \(number): expected a number from 0") }
        }
        return AttentionSelection(layer: try chosenLayer(), head: head, token: token ?? 0)
    }

    private func chosenLayer() throws -> AttentionSelection.Layer {
        switch layer {
        case nil, "last": return .last
        case "first": return .first
        case .some(let text):
            guard let number = Int(text), number >= 0 else {
                throw ValidationError("--layer \(quoted(text)): expected first, last or a number from 0")
            }
            return .number(number)
        }
    }
}

extension AttentionNormalization: ExpressibleByArgument {}
