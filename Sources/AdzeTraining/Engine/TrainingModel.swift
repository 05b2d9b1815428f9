// A model in training: fp32 master weights and gradients, each in one flat array. Not here: what computes the gradients,
// which is `TrainingPass`, and what moves the weights, which is an optimizer.

public import AdzeKernels
public import AdzeModels
public import AdzeTensors
public import AdzeThreads

/// The master weights and the gradients of a model, laid out alike.
///
/// Shared by passes and optimizers, which see to it that nobody reads what another one writes.
public final class TrainingModel: Sendable {
    /// The shape.
    public let config: EncoderShape
    /// What sits on top; a head that `supports(_:)` names.
    public let head: Head
    /// Where each parameter lies.
    public let layout: ParameterLayout
    /// The master weights.
    public let weights: FloatBuffer
    /// What the passes add their gradients to.
    public let gradients: FloatBuffer
    /// The kernels that train it.
    public let kernels: Kernels
    let places: ParameterOffsets
    /// In place of a row of types where the model has none.
    let noType: FloatBuffer
    /// What turns queries and keys by their positions; nil for nothing.
    let rotary: RotaryTables?

    /// Loads every parameter of a checkpoint, several at a time on the pool.
    ///
    /// Throws `TrainingError.untrainableHead` and the store's errors. Gradients are zero.
    /// - Complexity: O(weights); memory for the weights twice, and one tensor for each thread.
    public init(_ checkpoint: ModelCheckpoint, kernels: Kernels, pool: WorkerPool) throws {
        guard TrainingModel.supports(checkpoint.head) else {
            throw TrainingError.untrainableHead(checkpoint.head.architectureName)
        }
        config = checkpoint.config
        head = checkpoint.head
        self.kernels = kernels
        let layout = ParameterLayout(checkpoint.parameters)
        self.layout = layout
        rotary = checkpoint.config.rotary.map { RotaryTables($0, headSize: checkpoint.config.headSize) }
        noType = FloatBuffer(count: checkpoint.config.embeddingSize)
        places = ParameterOffsets(layout, config: checkpoint.config, head: checkpoint.head)
        // Behind the parameters lies what shapes go without: biases of zero, whose gradients nobody reads.
        let count = layout.count + ParameterOffsets.absentCount(checkpoint.config)
        let weights = FloatBuffer(zeroPages: count, largePagesFrom: 0)
        try pool.forEachThrowing(layout.entries.count) { index in
            let entry = layout.entries[index]
            let values = try checkpoint.store.load(entry.name).floats()
            precondition(values.count == entry.range.count, "a checkpoint's tensors have been checked")
            unsafe (weights.base + entry.range.lowerBound).update(from: values, count: values.count)
        }
        self.weights = weights
        gradients = FloatBuffer(zeroPages: count, largePagesFrom: layout.sparseCount)
    }

    /// Whether a head can be trained: those of classification, token classification and question answering.
    public static func supports(_ head: Head) -> Bool {
        switch head.task {
        case .classification, .tokenClassification, .questionAnswering: true
        case .encoder, .maskedLanguageModel, .nextSentence, .preTraining: false
        }
    }

    /// Our name of the layer that stands before a head's last, on the first token or on others; nil for none.
    static func firstTokenPath(_ head: Head) -> String? {
        switch head.form {
        case .pooled: ParameterPaths.pooler
        case .firstToken: ParameterPaths.headDense
        case .transformed: ParameterPaths.transform
        case .none, .tokens, .vocabulary, .vocabularyAndPooled, .flattened, .recurrent, .mean, .prompt: nil
        }
    }

    /// Our name of a head's last layer.
    static func outputPath(_ head: Head) -> String {
        head.outputPath
    }

    /// Logits of a sequence (classification) or of each of its tokens (the other heads): C.
    public var logitCount: Int {
        head.task == .questionAnswering ? 2 : head.labels?.count ?? 0
    }

    /// Whether the head reads the first token alone, so that the last block is computed for it alone.
    public var readsFirstTokenOnly: Bool { classifiesTexts && !head.form.readsEveryPosition }

    /// Whether there are C logits a sequence, not C a token.
    var classifiesTexts: Bool { head.classification != nil }

    /// Whether the head reads the hidden states before each block too.
    var readsAllStates: Bool { head.form.states == .all }

    /// The weights as a store under their names, which reads them as they are when a tensor is loaded.
    public func tensorStore() -> any TensorStore { MasterStore(model: self) }

    /// The model as a checkpoint, over `tensorStore()`.
    public func checkpoint() -> ModelCheckpoint { ModelCheckpoint(config: config, head: head, store: tensorStore()) }
}

/// The masters under their names.
private struct MasterStore: TensorStore {
    let model: TrainingModel

    var tensors: [TensorInfo] {
        model.layout.entries.map { TensorInfo(name: $0.name, dtype: .float32, shape: $0.shape) }
    }

    func load(_ name: String) throws -> Tensor {
        guard let entry = model.layout.entry(name) else { throw MissingTensor(name: name, nearest: nil) }
        return Tensor(shape: entry.shape, floats: model.weights.values(entry.range))
    }
}
