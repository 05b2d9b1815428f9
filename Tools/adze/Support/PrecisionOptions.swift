// The arithmetic that a verb computes in: `--precision` of those that run in int8 unless they are told otherwise, and who
// multiplies in fp32.

import Adze
public import ArgumentParser

/// `--fp32-products` of verbs that may run in fp32.
struct FloatProductsOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Who multiplies in fp32: ours or openblas, whose bits are not the same on every processor; default: ours, "
                + "but openblas where the processor has no FMA and the library is there.", valueName: "WHO"))
    var fp32Products: FloatProducts?
}

extension FloatProducts: ExpressibleByArgument {}

/// `--precision` of verbs that run in int8 unless they are told otherwise.
struct PrecisionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The arithmetic.", valueName: "PRECISION"))
    var precision: Precision = .int8

    /// Says that a model without codes gets them now, and how that is saved.
    func noteCodes(_ bundle: ModelBundle, quiet: Bool) {
        if precision == .int8 { PrecisionOptions.noteCodes(bundle, quiet: quiet) }
    }

    /// The same where int8 was asked for.
    static func noteCodes(_ bundle: ModelBundle, quiet: Bool) {
        guard !bundle.hasInt8 else { return }
        let note = "the weights are brought to int8 at every start; a file made by adze convert starts faster"
        Console.notes([note], quiet: quiet)
    }
}
