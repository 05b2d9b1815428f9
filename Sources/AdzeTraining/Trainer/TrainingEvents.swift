// Events that a run reports, and its result. Not here: how they are shown or logged.

/// Something that happened in a run.
public enum TrainingEvent: Sendable {
    /// The run begins, goes on from a checkpoint, or starts again after a collapse.
    case started(RunOverview)
    /// A step was taken.
    case step(StepReport)
    /// An epoch ended; where there is a dev set, it was evaluated.
    case epoch(EpochReport)
    /// A checkpoint stands.
    case saved(step: Int, path: String)
    /// The run collapsed; with `isRetried` it starts again at lower rates.
    case collapsed(Collapse, isRetried: Bool)
    /// No better score for as many epochs as the recipe's patience.
    case stoppedEarly(epoch: Int)
    /// Something a person should know.
    case note(String)
}

/// How much there is to do.
public struct RunOverview: Sendable, Equatable {
    /// Epochs of the recipe.
    public var epochs: Int
    /// Steps of an epoch.
    public var stepsPerEpoch: Int
    /// Steps of the run, unless it stops early.
    public var totalSteps: Int
    /// Examples in a batch.
    public var batchSize: Int
    /// The steps that a checkpoint brings; nil where none is taken up.
    public var resumedAt: Int?
    /// The number of the retry; 0 for the first attempt.
    public var attempt: Int
    /// Parameters that the run trains in its last stage.
    public var trainedParameters: Int
    /// All parameters.
    public var parameters: Int
}

/// A step.
public struct StepReport: Sendable, Equatable {
    /// The epoch, counted from 0.
    public var epoch: Int
    /// Steps taken in the run, this one included.
    public var step: Int
    /// The mean loss of the step's examples.
    public var loss: Double
    /// The present rate of embeddings, blocks and pooler, before layer-wise decay.
    public var bodyLearningRate: Double
    /// The present rate of the head.
    public var headLearningRate: Double
    /// The norm of the gradients before clipping.
    public var gradientNorm: Double
    /// Tokens of the step's examples.
    public var tokens: Int
    /// How long the step took.
    public var seconds: Double
}

/// An epoch.
public struct EpochReport: Sendable, Equatable {
    /// The epoch, counted from 0.
    public var epoch: Int
    /// Steps taken in the run by its end.
    public var step: Int
    /// The mean loss of its examples while it ran, with dropout.
    public var trainingLoss: Double
    /// The dev set's scores, `loss` first; empty without a dev set.
    public var scores: [Score]
    /// Whether it is the best so far.
    public var isBest: Bool
    /// Whether every example of the dev set was given the same class, though it has more.
    public var sawOneClass: Bool
}

/// What a run leaves, beside the model's weights.
public struct TrainingOutcome: Sendable, Equatable {
    /// The epochs of the attempt that led to the result.
    public var epochs: [EpochReport]
    /// The epoch whose weights the model has now, counted from 0.
    public var chosenEpoch: Int
    /// Steps of that attempt.
    public var steps: Int
    /// Whether the run ended before its last epoch.
    public var stoppedEarly: Bool
    /// The collapses on the way; the last one's attempt is that of the result where no retry was left.
    public var collapses: [Collapse]
    /// The number of the retry that led to the result; 0 for the first attempt.
    public var attempt: Int
}
