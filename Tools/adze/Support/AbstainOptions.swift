// Options that say when a classifier answers, whatever its model says.

import Adze
import ArgumentParser

/// `--threshold` and `--no-abstain`; neither is what the model says.
struct AbstainOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Answer abstain where the score is lower, 0 to 1; of any number of labels say each from there; default: what "
                + "the model says.", valueName: "P"))
    var threshold: Double?

    @Flag(name: .long, help: "Always give the best label, whatever the model says.")
    var noAbstain = false

    func validate() throws {
        guard let threshold else { return }
        if noAbstain { throw ValidationError("give one of --threshold and --no-abstain") }
        guard (0...1).contains(threshold) else {
            throw ValidationError("--threshold is a score, 0 to 1; found \(threshold)")
        }
    }

    /// Those that were given.
    var given: [String] {
        (threshold == nil ? [] : ["--threshold"]) + (noAbstain ? ["--no-abstain"] : [])
    }

    /// A model that answers as is asked for; what of its own rule will not hold is said.
    func applied(
        to bundle: ModelBundle, precision: Precision, readsOtherwise: Bool, quiet: Bool
    ) throws -> ModelBundle {
        if noAbstain { return try bundle.answering(.always) }
        if let threshold { return try bundle.answering(.threshold(threshold)) }
        var notes = bundle.ruleNotes(precision: precision)
        if readsOtherwise, bundle.rule.measurement?.promise != nil {
            notes.append("the coverage that the model promises was measured on texts read as the model says")
        }
        Console.notes(notes, quiet: quiet)
        return bundle
    }
}
