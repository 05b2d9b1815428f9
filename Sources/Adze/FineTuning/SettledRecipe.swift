// A recipe with what it leaves open settled by the model and the examples: lengths, the metric, class weights, who
// multiplies. Not here: tokens, and the run.

internal import AdzeBytes
internal import AdzeData
internal import AdzeKernels
internal import AdzeModels
internal import AdzeTokenization
internal import AdzeTraining

/// What a run will do; nothing is cut into tokens yet.
struct SettledRecipe: Sendable {
    let examples: TrainingExamples
    /// The recipe, with a metric that the development set has.
    let recipe: Recipe
    let head: ClassificationHead
    /// The scores that the development set has, the default first.
    let metrics: [String]
    let loss: LossOptions
    /// The most tokens of an input.
    let maximumLength: Int
    /// What happens to longer texts.
    let longText: LongText

    /// Settles a recipe; throws as `FineTuning.init` does, but for what only tokens show.
    init(
        _ examples: TrainingExamples, recipe: Recipe, metric: String? = nil, classWeights: ClassWeights? = nil
    ) throws {
        guard let head = examples.bundle.checkpoint.head.classification else { throw examples.bundle.noClassifier }
        let limit = examples.bundle.maximumLength
        var recipe = recipe
        let length = min(recipe.maximumTokens ?? limit, limit)
        recipe.maximumTokens = length
        let side = try examples.bundle.requireTokenizer().settings.truncationSide
        let rule = recipe.longText ?? (side == .left ? .tail : .head)
        recipe.longText = rule
        metrics = DevelopmentScorer(head: head, examples: [], windowCounts: []).metrics
        if let metric {
            recipe.metric = metric
        } else if !metrics.contains(recipe.metric) {
            recipe.metric = metrics[0]
        }
        let known = ["loss"] + metrics
        guard known.contains(recipe.metric) else {
            throw TrainerError.unknownMetric(
                recipe.metric, known: known, nearest: nearestName(to: recipe.metric, in: known))
        }
        // Nothing there was trained before: all of it learns as a head does.
        if examples.bundle.isNewWordTable { recipe.bodyLearningRate = recipe.headLearningRate }
        recipe.floatProducts = try FloatProducts.chosen(
            examples.bundle.floatProducts ?? recipe.floatProducts, for: InstructionSet.chosen())
        loss = try SettledRecipe.loss(examples, &recipe, classWeights)
        (self.examples, self.recipe, self.head) = (examples, recipe, head)
        (maximumLength, longText) = (length, rule.longText(maximumLength: length))
    }

    /// How texts are prepared for predictions like those of the run.
    var textOptions: TextOptions {
        var options = TextOptions()
        options.maximumLength = maximumLength
        options.longText = longText
        return options
    }

    /// The loss that the recipe and the examples ask for.
    private static func loss(
        _ examples: TrainingExamples, _ recipe: inout Recipe, _ weights: ClassWeights?
    ) throws -> LossOptions {
        var weights = weights
        if weights == nil, recipe.classWeights == .balanced { weights = .balanced }
        var options = LossOptions()
        options.focalGamma = recipe.focalGamma.map { Float($0) }
        // Numbers have no labels to weigh: a preset that balances has nothing to do.
        guard let weights, let table = examples.kind.table else {
            recipe.classWeights = .none
            return options
        }
        let values = try weights.weights(examples.train, table)
        options.classWeights = values
        recipe.classWeights = weights == .balanced ? .balanced : .given(values.map { Double($0) })
        return options
    }
}
