// Augmentation as a part of a training. Not here: how the copies come among the examples, which is the library's.

import Adze
import ArgumentParser

/// `--augment` of `finetune` and `compare`, with what belongs to it.
struct TrainingAugmentation: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Augment the training data, and never what is held out: some of synonyms, delete, swap, masked, translate, "
                + "each with =SHARE of the words if EDA's is not wanted; default: none. adze help augment says more.",
            valueName: "STEPS"), completion: .list(augmentationSteps))
    var augment: String?

    @OptionGroup var how: AugmentingOptions

    func validate() throws {
        if let augment { return _ = try how.plan(augment) }
        guard how.augmentCopies == nil, how.translateCommand == nil else {
            throw ValidationError("--augment-copies and --translate-command are for --augment")
        }
    }

    /// What is asked for, if anything is.
    func options(seed: UInt64?, _ wordNet: WordNetOptions) throws -> AugmentationOptions? {
        try augment.map { try how.options($0, seed: seed, wordNet) }
    }
}
