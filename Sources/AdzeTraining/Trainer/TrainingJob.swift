// What a run is given: what it learns, and who watches it. Not here: how it is done, which is `TrainerOptions`.

/// What a run learns: the recipe, the examples, and what the loss makes of them. All of it is part of the result.
public struct TrainingJob {
    /// How the weights are moved.
    public var recipe: Recipe
    /// What is learned from.
    public var training: TrainingData
    /// What each epoch is scored on; nil where the last epoch is taken.
    public var development: DevelopmentSet?
    /// Class weights and γ, as the recipe and the examples give them.
    public var loss = LossOptions()
    /// The forward pass of a recipe that is `quantizeAware`, and of no other; made from the model as it starts, also
    /// where the run is resumed.
    public var quantization: QuantizeAwareState?

    /// A job without a development set, of a plain loss in fp32.
    public init(recipe: Recipe, training: TrainingData) { (self.recipe, self.training) = (recipe, training) }
}

/// Who hears of a run, and who ends it.
public struct TrainingWatch {
    /// Is told of every step, on the calling thread.
    public var observe: (TrainingEvent) -> Void
    /// Is asked before each step; true saves a checkpoint and ends the run with `TrainerError.cancelled`.
    public var isCancelled: @Sendable () -> Bool

    /// Nobody, unless said.
    public init(
        observe: @escaping (TrainingEvent) -> Void = { _ in }, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        (self.observe, self.isCancelled) = (observe, isCancelled)
    }
}
