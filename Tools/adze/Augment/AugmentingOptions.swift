// Options that say how texts are augmented. Not here: what the steps do, which is AdzeData's and Adze's.

import Adze
import ArgumentParser

/// What belongs to `--augment`, whatever it is by default.
struct AugmentingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The most copies of a text, each by one of the steps in turn; default: as EDA has it, 16 up to 500 texts, 8 "
                + "up to 2,000, else 4.", valueName: "N"))
    var augmentCopies: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For translate: what /bin/sh runs. It gets texts on standard input, one a line, a line break inside being a "
                + "space, and gives as many lines back; required unless that step is left out.", valueName: "CMD"))
    var translateCommand: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "After how long without an answer the command is ended; default: 300.", valueName: "SECONDS"))
    var translateTimeout: Double?

    func validate() throws {
        if let translateTimeout, !(translateTimeout > 0 && translateTimeout <= 86_400) {
            throw ValidationError("--translate-timeout is above 0 and at most 86400 seconds")
        }
        if translateTimeout != nil, translateCommand == nil {
            throw ValidationError("--translate-timeout is for --translate-command")
        }
    }

    /// What steps of a list ask for; throws `ValidationError` for what belongs to none of them.
    func plan(_ steps: String) throws -> AugmentationPlan {
        let plan: AugmentationPlan
        do throws(AugmentationError) {
            plan = try AugmentationPlan(steps: steps, copies: augmentCopies)
        } catch {
            throw ValidationError("\(augmentCopies.map { "--augment-copies \($0), " } ?? "")--augment: \(error)")
        }
        if plan.has(.translate) {
            guard translateCommand != nil else { throw ValidationError("--augment: \(AugmentationError.noCommand)") }
        } else if translateCommand != nil {
            throw ValidationError("--translate-command is for the step translate of --augment")
        }
        return plan
    }

    /// The same with the means of the steps.
    func options(_ steps: String, seed: UInt64?, _ wordNet: WordNetOptions) throws -> AugmentationOptions {
        var options = AugmentationOptions(try plan(steps))
        options.seed = seed ?? options.seed
        options.wordNetPath = wordNet.wordnet
        options.command = translateCommand.map {
            TextCommand($0, timeout: translateTimeout ?? TextCommand.defaultTimeout)
        }
        return options
    }
}

/// The steps' names, for a shell's completion.
let augmentationSteps = AugmentationStep.allCases.map(\.rawValue)
