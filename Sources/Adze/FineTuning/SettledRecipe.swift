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
    /// Who teaches beside the labels.
    let teacher: Teacher?
    /// The most tokens of an input.
    let maximumLength: Int
    /// What happens to longer texts.
    let longText: LongText
    /// How the trained model reads texts: as they were in training, where the recipe or the start model says how.
    let reading: TextReading

    /// Settles a recipe; throws as `FineTuning.init` does, but for what only tokens and a teacher's answers show.
    init(
        _ examples: TrainingExamples, recipe: Recipe, metric: String? = nil, classWeights: ClassWeights? = nil,
        teacher: Teacher? = nil
    ) throws {
        guard let head = examples.bundle.checkpoint.head.classification else { throw examples.bundle.noClassifier }
        let limit = examples.bundle.maximumLength
        var recipe = recipe
        let reading = try SettledRecipe.reading(examples.bundle, recipe)
        let length = min(recipe.maximumTokens ?? reading.maximumLength ?? limit, limit)
        recipe.maximumTokens = length
        let side = try examples.bundle.requireTokenizer().settings.truncationSide
        // What only the model says has no name in a recipe.
        if reading.longText == nil { recipe.longText = recipe.longText ?? (side == .left ? .tail : .head) }
        let rule = reading.longText ?? recipe.longText?.longText(maximumLength: length)
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
        if let teacher {
            _ = try teacher.places(for: examples.kind)
            recipe.teacherTemperature = recipe.teacherTemperature ?? Recipe.standardTemperature
            recipe.teacherWeight = recipe.teacherWeight ?? Recipe.standardTeacherWeight
        } else if recipe.isTaught {
            throw TeacherError.noTeacher
        }
        loss = try SettledRecipe.loss(examples, &recipe, classWeights)
        (self.examples, self.recipe, self.head, self.teacher) = (examples, recipe, head, teacher)
        (maximumLength, longText, self.reading) = (length, rule ?? .head, reading)
    }

    /// How texts are prepared for predictions like those of the run.
    var textOptions: TextOptions {
        var options = TextOptions()
        options.maximumLength = maximumLength
        (options.longText, options.aggregate) = (longText, reading.aggregate)
        return options
    }

    /// How the trained model reads texts.
    ///
    /// What a recipe says of long texts replaces what the start model says. Windows keep the length that was trained with.
    private static func reading(_ start: ModelBundle, _ recipe: Recipe) throws(BundleError) -> TextReading {
        var reading = start.reading
        let length = recipe.maximumTokens.map { min($0, start.maximumLength) }
        if let rule = recipe.longText {
            reading = TextReading(longText: rule.longText(maximumLength: length ?? start.maximumLength))
        }
        if let length, reading.readsWindows || reading.maximumLength != nil { reading.maximumLength = length }
        return try start.reading(longTexts: reading).reading
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
