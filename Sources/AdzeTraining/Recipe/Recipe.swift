// Every number that a run depends on, as one value: two runs of equal recipes, data and models give equal bytes. Not
// here: what changes only how a run is done, such as threads or memory.

internal import AdzeBytes
public import AdzeKernels

/// The recipe of a run.
///
/// The properties' defaults are the preset `standard`.
public struct Recipe: Sendable, Equatable {
    /// The preset that the recipe began as.
    public var preset = Preset.standard
    /// What all random numbers of the run follow from.
    public var seed: UInt64 = 42

    // MARK: Texts

    /// The most tokens of a text, special tokens included; nil for as many as the model has positions.
    public var maximumTokens: Int?
    /// What is kept of a longer text; nil for the side that the model's tokenizer keeps.
    public var longText: LongText?

    // MARK: Order and size

    /// How often every example is seen.
    public var epochs = 3
    /// Examples in a batch; nil for 32, 16 or 8 by the number of blocks.
    public var batchSize: Int? = 16
    /// Batches whose gradients are added up before a step.
    public var accumulation = 1
    /// Whether batches are made of texts of about one length, drawn from a shuffled order.
    public var groupsByLength = true

    // MARK: Optimizer

    /// The optimizer.
    public var adamW = AdamW(.torch)
    /// The peak rate of embeddings, blocks and pooler.
    public var bodyLearningRate = 5e-5
    /// The peak rate of the head.
    public var headLearningRate = 5e-5
    /// What the rate is multiplied with for each block further down; 1 for equal rates.
    public var layerDecay = 1.0
    /// The decay of the body's matrices.
    public var bodyWeightDecay = 0.01
    /// The decay of the head's matrices.
    public var headWeightDecay = 0.01
    /// How rates change over the run.
    public var schedule = Schedule.linear
    /// The share of all steps that the rate rises for.
    public var warmup = 0.1
    /// The peak over the lowest rate of a slanted triangle.
    public var slantedRatio = 32.0
    /// The greatest norm of the gradients of a step; nil for no clipping.
    public var clipping: Double? = 1
    /// Whether embedding rows that no text touches wait for their updates; the result is the same.
    public var leavesRowsBehind = true

    // MARK: Regularisation

    /// The rate of dropout on hidden states; nil for the model's own.
    public var hiddenDropout: Double?
    /// The rate of dropout on attention probabilities; nil for the model's own.
    public var attentionDropout: Double?
    /// The rate of dropout before the classifier; nil for the model's own.
    public var classifierDropout: Double?
    /// What is trained from which epoch on; the first stage begins at epoch 0.
    public var stages = [Stage(epoch: 0, trains: .all)]
    /// Whether the pooler starts from new weights (normal, deviation 0.02; bias 0).
    public var reinitialisesPooler = false

    // MARK: Loss

    /// How much each class counts.
    public var classWeights = ClassWeighting.none
    /// γ of the focal loss; nil for cross entropy.
    public var focalGamma: Double?
    /// What a teacher's and the student's logits are divided by in the loss; nil without a teacher.
    public var teacherTemperature: Double?
    /// The teacher's share of a labelled example's loss; nil without a teacher.
    public var teacherWeight: Double?
    /// Whether the forward pass runs on weights and activations rounded to int8.
    public var quantizeAware = false
    /// Who multiplies; nil for what suits the processor. No bit depends on the processor unless it is OpenBLAS.
    public var floatProducts: FloatProducts?

    // MARK: Choice of the result

    /// The score of the dev set that decides which epoch is best, by a name that the evaluation knows.
    public var metric = "macro-f1"
    /// Whether the best epoch's weights are the result; else the last's.
    public var keepsBest = true
    /// Epochs without a better score after which the run ends; nil for never.
    public var patience: Int?
    /// How often a run that collapsed starts again at a lower rate.
    public var retries = 0

    /// The preset `standard`.
    public init() {}

    /// The temperature where there is a teacher and none is said: between Hinton's high ones, which ask for small
    /// differences of unlikely labels, and 1; DistilBERT (Sanh et al., arXiv 1910.01108) was made with it.
    public static let standardTemperature = 2.0
    /// The teacher's share where there is a teacher and none is said: labels and teacher count alike, as in the program
    /// that fine-tuned DistilBERT under a teacher.
    public static let standardTeacherWeight = 0.5

    /// Whether something is said of a teacher.
    public var isTaught: Bool { teacherTemperature != nil || teacherWeight != nil }

    /// What a retry multiplies the rates with.
    public static let retryFactor = 0.3

    /// The batch size for a model: what the recipe says, or 32 for up to 4 blocks, 16 for up to 6 and 8 beyond.
    public func batchSize(layerCount: Int) -> Int {
        if let batchSize { return batchSize }
        return layerCount <= 4 ? 32 : layerCount <= 6 ? 16 : 8
    }

    /// The number of steps that the rate rises for, rounded down as Howard & Ruder do.
    public func warmupSteps(of total: Int) -> Int { Int(Double(total) * warmup) }

    /// The factor of all rates at a step of a run of `total` steps.
    public func rateFactor(step: Int, total: Int) -> Double {
        schedule.factor(step: step, total: total, warmup: warmupSteps(of: total), ratio: slantedRatio)
    }

    /// What is trained in an epoch.
    public func trainedDepth(epoch: Int) -> TrainedDepth {
        stages.last { $0.epoch <= epoch }?.trains ?? .all
    }

    /// The recipe at the rates of its `attempt`-th retry; 0 for the recipe itself.
    public func retried(_ attempt: Int) -> Recipe {
        var recipe = self
        for _ in 0..<attempt {
            recipe.bodyLearningRate *= Recipe.retryFactor
            recipe.headLearningRate *= Recipe.retryFactor
        }
        return recipe
    }
}

extension Recipe {
    /// What is kept of a text that is too long.
    public enum LongText: String, Sendable, CaseIterable {
        case head
        case tail
        /// Half of the tokens from the head, half from the tail.
        case headAndTail = "head-tail"
        /// Windows over the whole text, each an example of its own in training.
        case windows
    }
}

/// How much of a model is trained.
public enum TrainedDepth: Sendable, Equatable {
    /// The head and the pooler, on a body that stays as it is.
    case head
    /// These and the topmost blocks; as many as there are, where that is fewer.
    case top(Int)
    /// Everything, the embeddings too.
    case all

    /// How many of the topmost blocks are trained.
    public func blockCount(of layerCount: Int) -> Int {
        switch self {
        case .head: 0
        case .top(let count): min(count, layerCount)
        case .all: layerCount
        }
    }
}

/// A stage of a run: what is trained from an epoch on.
public struct Stage: Sendable, Equatable {
    /// The first epoch, counted from 0.
    public var epoch: Int
    /// What is trained.
    public var trains: TrainedDepth

    /// A stage.
    public init(epoch: Int, trains: TrainedDepth) {
        self.epoch = epoch
        self.trains = trains
    }
}

/// How much each class counts in the loss.
public enum ClassWeighting: Sendable, Equatable {
    /// All alike.
    case none
    /// By the inverse of its share of the training examples.
    case balanced
    /// As given, one for each label.
    case given([Double])
}
