// A loaded model that runs sequences: batches of bounded size, longest first, results in the caller's order. Tokenizing
// and what results mean are for `TextClassifier` and `TextEmbedder`.

internal import AdzeKernels
internal import AdzeModelFiles
internal import AdzeModels
internal import AdzeThreads
internal import AdzeTokenization
internal import Synchronization

/// Weights in memory, threads, and the memory for passes.
///
/// Thread-safe: calls from several threads take turns.
final class Engine: Sendable {
    let model: EncoderModel
    /// The threads that take part, which other engines may share.
    let pool: WorkerPool
    private let workspace: Mutex<Workspace>

    /// Loads a checkpoint in fp32, or with the codes of `quantized` in int8, on the threads of `pool`.
    ///
    /// `exactly` asks for the same fp32 bits on every instruction set, by our own kernels whatever `products` says. Throws
    /// the stores' errors, `InstructionSetError` and `FloatProductsError`.
    init(
        _ checkpoint: ModelCheckpoint, quantized: (any QuantizedStore)? = nil, exactly: Bool = false,
        products: FloatProducts? = nil, pool: WorkerPool
    ) throws {
        self.pool = pool
        model = try EncoderModel(
            checkpoint, quantized: quantized, exactly: exactly, kernels: Kernels.chosen(products: products), pool: pool)
        workspace = Mutex(Workspace())
    }

    /// Loads an opened model in a precision, with its head or, for `encoderOnly`, without.
    convenience init(
        _ bundle: ModelBundle, precision: Precision, encoderOnly: Bool = false, pool: WorkerPool
    ) throws {
        if precision == .int8, !encoderOnly, let model = try bundle.weightsAhead?.take() {
            self.init(model, pool: pool)
            return
        }
        let checkpoint = encoderOnly ? bundle.checkpoint.encoder : bundle.checkpoint
        let quantized = precision == .int8 ? try bundle.quantizedStore(pool: pool) : nil
        try self.init(checkpoint, quantized: quantized, products: bundle.floatProducts, pool: pool)
    }

    /// Runs a model that is in memory.
    init(_ model: EncoderModel, pool: WorkerPool) {
        self.model = model
        self.pool = pool
        workspace = Mutex(Workspace())
    }

    /// How far the channels reach in some sequences, a batch at a time.
    func activationRanges(_ sequences: [TokenSequence]) throws -> ActivationRanges {
        var ranges = ActivationRanges(model.config)
        var rest = sequences[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            var (count, tokens) = (0, 0)
            for sequence in rest where count == 0 || tokens + sequence.ids.count <= Engine.tokenBudget {
                (count, tokens) = (count + 1, tokens + sequence.ids.count)
            }
            let batch = try PackedBatch(Array(rest.prefix(count)), config: model.config)
            rest = rest.dropFirst(count)
            ranges.merge(
                workspace.withLock { [model, pool] in model.activationRanges(batch, pool: pool, workspace: $0) })
        }
        return ranges
    }

    /// Threads that take part in a pass.
    var threadCount: Int { pool.threadCount }

    /// The most tokens of one batch: enough for full blocks of rows on every thread, few enough to stay near the cache.
    static let tokenBudget = 2048

    /// What `body` makes of each index of `0..<count`, in their order, on all threads; `body` may not use the engine.
    ///
    /// Throws `CancellationError` in a task that is cancelled, between some of them and the next.
    func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Result) throws -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(count)
        for start in stride(from: 0, to: count, by: Engine.textBudget) {
            try Task.checkCancellation()
            results += try pool.map(min(Engine.textBudget, count - start)) { try body(start + $0) }
        }
        return results
    }

    /// The most texts that are prepared before a cancelled task is noticed.
    private static let textBudget = 1024

    /// Runs sequences and returns their outputs in the same order.
    ///
    /// `positions` says, for each sequence, where the vocabulary logits are wanted; nil is at every token. Throws
    /// `CancellationError` between batches in a task that is cancelled, `BatchError`, and `CheckpointError` for an output
    /// that the model does not give.
    func run(
        _ sequences: [TokenSequence], outputs: OutputRequest, positions: [[Int]]? = nil
    ) throws -> [EncoderOutput] {
        try run(sequences, outputs: outputs, positions: positions) { $0 }
    }

    /// The logits of one batch as the study's program computes them.
    ///
    /// Throws `HeadFormError.notTheStudys`, `BatchError`, and `CheckpointError.noClassifier`.
    func studyLogits(_ sequences: [TokenSequence], number: Int, _ program: StudyProgram) throws -> [[Float]] {
        let batch = try PackedBatch(sequences, config: model.config)
        return try workspace.withLock { [model, pool] workspace in
            try model.studyLogits(batch, number: number, program, pool: pool, workspace: workspace)
        }
    }

    /// Runs sequences and returns what `take` keeps of each output, in the same order.
    ///
    /// Sequences of like length travel together only so that threads finish together; there is no padding to save. No
    /// more than one batch of outputs is ever in memory.
    func run<Kept: Sendable>(
        _ sequences: [TokenSequence], outputs: OutputRequest, positions: [[Int]]? = nil,
        take: @Sendable (EncoderOutput) -> Kept
    ) throws -> [Kept] {
        let order = sequences.indices.sorted { (sequences[$0].ids.count, $1) > (sequences[$1].ids.count, $0) }
        var results = [Kept?](repeating: nil, count: sequences.count)
        var start = 0
        while start < order.count {
            try Task.checkCancellation()
            var end = start
            var tokens = 0
            while end < order.count, end == start || tokens + sequences[order[end]].ids.count <= Engine.tokenBudget {
                tokens += sequences[order[end]].ids.count
                end += 1
            }
            let indices = order[start..<end]
            let batch = try PackedBatch(indices.map { sequences[$0] }, config: model.config)
            let wanted = positions.map { positions in indices.map { positions[$0] } }
            let outputs = try workspace.withLock { [model, pool] workspace in
                try model.run(batch, outputs: outputs, positions: wanted, pool: pool, workspace: workspace)
            }
            let kept = try pool.map(outputs.count) { take(outputs[$0]) }
            for (index, result) in zip(indices, kept) { results[index] = result }
            start = end
        }
        return results.map { output in
            guard let output else { preconditionFailure("every sequence was in a batch") }
            return output
        }
    }
}

extension ModelBundle {
    /// Whether the file has codes for int8: any other source gets them each time it is loaded in int8.
    public var hasInt8: Bool { source.native?.hasInt8 == true && edits.isEmpty }

    /// The codes of the weights: the file's own, or such as a converted file would have.
    ///
    /// For weights without codes this measures the smoothing first, which takes a pass over some thousand tokens.
    func quantizedStore(pool: WorkerPool) throws -> any QuantizedStore {
        if let native = source.native, hasInt8 { return NativeQuantizedStore(file: native, checkpoint: checkpoint) }
        return PlannedQuantizedStore(checkpoint, plan: try measuredPlan(.builtIn, pool: pool))
    }

    /// How weights without codes of their own are quantized: as some texts say, or as the model was before its vocabulary
    /// was cut down.
    func measuredPlan(_ calibration: Calibration, pool: WorkerPool) throws -> QuantizationPlan {
        if let plan = try uncut?.plan(calibration, pool: pool) { return plan }
        let engine = try Engine(checkpoint.encoder, exactly: true, pool: pool)
        return try engine.plan(checkpoint, calibration, tokenizer: tokenizer)
    }
}
