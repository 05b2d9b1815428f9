// The protocol between trainer and engine, so that the trainer can be tested on a model of a dozen weights. Not here:
// any arithmetic.

internal import AdzeBytes
internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

/// Hidden states of a batch after the first `blocks` blocks.
struct PrefixStates {
    var values: [[Float]]
    var blocks: Int
}

/// A model that learns batch by batch.
protocol StepEngine {
    var layout: ParameterLayout { get }
    var weights: FloatBuffer { get }
    var gradients: FloatBuffer { get }
    var kernels: Kernels { get }
    var layerCount: Int { get }
    /// The blocks that are stored, by which freezing and rates count.
    var blockCount: Int { get }
    /// The layers in front of the first that runs another stored block than the first `count`.
    func layers(ofFirstBlocks count: Int) -> Int
    /// The dropout that the model's own configuration asks for.
    var ownDropout: DropoutRates { get }
    /// Whether a decoder reads every row of the word embeddings at every step.
    var readsAllWords: Bool { get }
    /// Whether hidden states after some blocks are all that the rest of the model reads.
    var startsFromPrefix: Bool { get }
    /// Whether the model's pooler, if it has one, has a part in its logits.
    var readsPooler: Bool { get }
    /// The word that the head's padding reads beside those of the examples; nil for a head that reads none.
    var paddingID: Int32? { get }
    /// What of the model the weights alone do not say.
    var identity: String { get }
    /// What hidden states after some blocks follow from beside those blocks' weights and the tokens.
    func prefixIdentity(blocks: Int) -> String

    /// The number of logits that a sequence gets.
    func logitCount(_ sequence: TokenSequence) -> Int
    /// Adds a batch's gradients.
    func step(
        _ batch: TrainingBatch, from prefix: PrefixStates?, loss: LossOptions, options: StepOptions
    ) throws -> StepResult
    func prefix(_ sequences: [TokenSequence], blocks: Int, quantization: QuantizeAwareState?) throws -> [[Float]]
    func logits(
        _ sequences: [TokenSequence], from prefix: PrefixStates?, quantization: QuantizeAwareState?
    ) throws -> [[Float]]
    func loss(_ batch: TrainingBatch, logits: [[Float]], loss: LossOptions) throws -> (loss: Float, weight: Double)
    /// The state for passes between which no weight moves.
    func settled(_ quantization: QuantizeAwareState) throws -> QuantizeAwareState
}

extension StepEngine {
    var blockCount: Int { layerCount }
    func layers(ofFirstBlocks count: Int) -> Int { count }
}

/// The engine proper.
struct ModelEngine: StepEngine {
    let model: TrainingModel
    let pass: TrainingPass

    init(_ model: TrainingModel, pool: WorkerPool) {
        self.model = model
        pass = TrainingPass(model, pool: pool)
    }

    var layout: ParameterLayout { model.layout }
    var weights: FloatBuffer { model.weights }
    var gradients: FloatBuffer { model.gradients }
    var kernels: Kernels { model.kernels }
    var layerCount: Int { model.config.layerCount }
    var blockCount: Int { model.config.blockCount }
    var ownDropout: DropoutRates { DropoutRates(model.config.dropout, head: model.head) }
    var readsAllWords: Bool { model.head.decoder == .tied }
    var startsFromPrefix: Bool { !model.readsAllStates }
    var readsPooler: Bool { model.head.form.readsPooler }
    var paddingID: Int32? { model.head.form.readsPadding ? Int32(model.config.padTokenID) : nil }
    var identity: String {
        JSONValue.object(model.config.json).text + JSONValue.object(model.head.configMembers).text
    }

    func layers(ofFirstBlocks count: Int) -> Int { model.config.layers(ofFirstBlocks: count) }

    func prefixIdentity(blocks: Int) -> String {
        let shape = model.config.keeping(blocks: Array(0..<blocks))
        // After the last block a head of the first token gets that one alone; others may read padding.
        let isFirstOnly = blocks == layerCount && model.readsFirstTokenOnly
        let rows = [1, shape.tokenLimit].map { model.head.form.rows(ofTokens: $0, model.config) }
        // The last block's states are normalised once more where blocks normalise what they read.
        let isEnd = blocks == layerCount && shape.normsFirst
        return "\(JSONValue.object(shape.json).text) \(isFirstOnly ? "first" : "rows \(rows)")\(isEnd ? " end" : "")"
    }

    func logitCount(_ sequence: TokenSequence) -> Int {
        model.classifiesTexts ? model.logitCount : model.logitCount * sequence.ids.count
    }

    func step(
        _ batch: TrainingBatch, from prefix: PrefixStates?, loss: LossOptions, options: StepOptions
    ) throws -> StepResult {
        guard let prefix else { return try pass.step(batch, loss: loss, options: options) }
        return try pass.step(batch, prefix: prefix.values, blocks: prefix.blocks, loss: loss, options: options)
    }

    func prefix(_ sequences: [TokenSequence], blocks: Int, quantization: QuantizeAwareState?) throws -> [[Float]] {
        try pass.prefix(sequences, blocks: blocks, quantization: quantization)
    }

    func logits(
        _ sequences: [TokenSequence], from prefix: PrefixStates?, quantization: QuantizeAwareState?
    ) throws -> [[Float]] {
        guard let prefix else { return try pass.logits(sequences, quantization: quantization) }
        return try pass.logits(
            sequences, prefix: prefix.values, blocks: prefix.blocks, quantization: quantization)
    }

    func loss(_ batch: TrainingBatch, logits: [[Float]], loss: LossOptions) throws -> (loss: Float, weight: Double) {
        try pass.loss(batch, logits: logits, loss: loss)
    }

    func settled(_ quantization: QuantizeAwareState) throws -> QuantizeAwareState { try pass.settled(quantization) }
}
