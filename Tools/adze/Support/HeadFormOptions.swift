// What a new classifier computes, as an option. Not here: its labels.

import Adze
import ArgumentParser

/// The form of a new classifier.
struct HeadFormOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "What a new classifier computes: pooler, mean, mean:normalize, flatten or lstm, the latter two with "
                + "settings as in lstm:size=64:states=all:padding=none; default: what the model's family does.",
            valueName: "HEAD"))
    var head: String?

    func validate() throws { _ = try specified() }

    /// The form; nil for the family's own.
    func specified() throws -> HeadForm? {
        do {
            return try head.flatMap(HeadForm.specified)
        } catch {
            throw ValidationError("--head: \(error.description)")
        }
    }
}
