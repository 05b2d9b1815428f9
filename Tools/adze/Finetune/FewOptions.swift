// `finetune --few`: what it takes of finetune's options, and what it refuses. Not here: the run, which is `FewSession`.

import Adze
import ArgumentParser

/// Learning from few labelled texts.
struct FewOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Learn from few texts a label by their pairs (SetFit): a step meets all pairs among --batch-size texts, --lr is "
                + "\(FewShotTuning.recipe.bodyLearningRate) unless said, all of --train is learnt from."))
    var few = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The steps of --few, 0 leaves the encoder as it is; default: a quarter of the texts, at most "
                + "\(FewShotTuning.mostSteps).",
            valueName: "N"))
    var fewSteps: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Meet each pair of --few once, at most so many and --batch-size a step, at \(FewShotTuning.pairRecipe.bodyLearningRate), "
                + "as SetFit does; default: groups of texts.",
            valueName: "N"))
    var fewPairs: Int?

    func validate() throws {
        if let fewSteps {
            guard few else { throw ValidationError("--few-steps needs --few, which takes them") }
            guard (0...1_000_000).contains(fewSteps) else {
                throw ValidationError("--few-steps \(fewSteps): expected 0 to 1000000")
            }
        }
        guard let fewPairs else { return }
        guard few else { throw ValidationError("--few-pairs needs --few, which learns from them") }
        guard fewSteps == nil else {
            throw ValidationError("--few-steps and --few-pairs are two ways to meet the pairs; take one")
        }
        guard fewPairs == 0 || (2...10_000_000).contains(fewPairs) else {
            throw ValidationError("--few-pairs \(fewPairs): expected 0, or 2 to 10000000")
        }
    }

    /// How the pairs are met; nil for the usual way.
    var plan: PairPlan? { fewPairs.map { .pairs(limit: $0) } ?? fewSteps.map { .groups(steps: $0) } }

    /// Refuses options of `finetune` that mean nothing here.
    func check(_ command: FinetuneCommand) throws {
        guard few else { return }
        let (recipe, runs) = (command.recipe, command.runs)
        let once = "it has no epochs; say --few-steps"
        let cosine = "its loss is that of the pairs' cosines"
        let short = "a run is short, and starts again"
        let solved = "its classifier is solved for, not learnt"
        let given: [(name: String, isGiven: Bool, reason: String)] = [
            (
                "--dev-share", command.judging.devShare != DevelopmentOptions.usualShare,
                "it learns from all of --train and holds nothing out"
            ),
            ("--preset", recipe.preset != nil, "it has numbers of its own"),
            ("--recipe", recipe.recipe != nil, "it has numbers of its own"),
            ("--epochs", recipe.epochs != nil, once), ("--accumulate", recipe.accumulate != nil, once),
            ("--patience", recipe.patience != nil, once), ("--keep-last", recipe.keepLast, once),
            ("--retry", recipe.retry, once), ("--head-lr", recipe.headLr != nil, solved),
            ("--classifier-dropout", recipe.classifierDropout != nil, solved),
            ("--class-weights", recipe.classWeights != nil, cosine), ("--focal", recipe.focal != nil, cosine),
            ("--teacher", command.teaching.teacher != nil, cosine),
            ("--quantize-aware", recipe.quantizeAware, "quantize its file with --dev"),
            ("--freeze", recipe.freeze != nil, "all of the encoder learns, or with --few-steps 0 nothing of it"),
            ("--unfreeze", recipe.unfreeze != nil, "all of the encoder learns, or with --few-steps 0 nothing of it"),
            ("--reinit", recipe.reinit != nil, "it reads no pooler"),
            ("--checkpoint-dir", runs.checkpointDir != nil, short), ("--save-steps", runs.saveSteps != nil, short),
            ("--log", runs.log != nil, "it has no epochs to follow"),
            ("--report", runs.report != nil, "it has no epochs to show; evaluate --report shows what it gets wrong"),
            ("--own-table", command.head.ownTable != nil, "it starts from what an encoder knows"),
        ]
        if let wrong = given.first(where: \.isGiven) {
            throw ValidationError("\(wrong.name) does not go with --few: \(wrong.reason)")
        }
        if let task = command.head.task, task != "label" {
            throw ValidationError("--task \(task) does not go with --few, which learns one label a text")
        }
        if let form = try command.head.form.specified() {
            guard case .mean = form else {
                throw ValidationError(
                    "--head \(form.specification) does not go with --few: expected mean or mean:normalize")
            }
        } else if command.head.form.head != nil {
            throw ValidationError("--head pooler does not go with --few: expected mean or mean:normalize")
        }
    }

    /// The head that is made: what is asked for, in the form that suits the model where none is.
    func newHead(_ wanted: NewHead?, model: String, _ options: ModelOptions) throws -> NewHead? {
        guard few else { return wanted }
        var head = wanted ?? NewHead()
        head.form = try head.form ?? FewShotTuning.form(for: ModelBundle(path: model, options: options))
        return head
    }

    /// The recipe: what is asked for, and else the numbers of the way in which pairs are met.
    func recipe(_ asked: RecipeOptions, layerCount: Int) throws -> Recipe {
        var recipe = try asked.recipe(layerCount: layerCount)
        guard few else { return recipe }
        let own = fewPairs == nil ? FewShotTuning.recipe : FewShotTuning.pairRecipe
        recipe.epochs = own.epochs
        if asked.lr == nil { recipe.bodyLearningRate = own.bodyLearningRate }
        if asked.batchSize == nil { recipe.batchSize = own.batchSize }
        return recipe
    }
}
