// How attributions are computed. Not here: what is explained.

public import Adze
public import ArgumentParser

/// Options of attributions.
struct AttributionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The label whose logit is explained; default: the predicted one.", valueName: "NAME"))
    var label: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "integrated-gradients or gradient-x-input; default: integrated-gradients.", valueName: "METHOD"))
    var method: AttributionMethod?

    @Option(
        name: .long,
        help: ArgumentHelp("Points of integrated gradients, 1 to 10000; default: 50, as captum.", valueName: "N"))
    var steps: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What integrated gradients put in the place of the text: pad, mask or zero; default: pad, which captum's users "
                + "take for BERT.", valueName: "WHAT"))
    var baseline: AttributionBaseline?

    func validate() throws {
        if let steps, !(1...10_000).contains(steps) { throw ValidationError("--steps \(steps): expected 1 to 10000") }
        guard method == .gradientTimesInput else { return }
        for (option, isGiven) in [("--steps", steps != nil), ("--baseline", baseline != nil)] where isGiven {
            throw ValidationError("\(option) is for --method integrated-gradients")
        }
    }

    /// Whether anything is asked for.
    var isGiven: Bool { label != nil || method != nil || steps != nil || baseline != nil }

    /// The options for the library.
    var options: ExplanationOptions {
        var options = ExplanationOptions()
        options.label = label
        options.method = method ?? options.method
        options.steps = steps ?? options.steps
        options.baseline = baseline ?? options.baseline
        return options
    }
}

extension AttributionMethod: ExpressibleByArgument {
    /// Its name for people.
    var title: String {
        switch self {
        case .integratedGradients: "Integrated gradients"
        case .gradientTimesInput: "Gradient × input"
        }
    }
}
extension AttributionBaseline: ExpressibleByArgument {}
