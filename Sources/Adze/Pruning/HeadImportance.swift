// How much a task depends on each attention head: the gradient of the loss by a gate on its output, and the choice of
// those to drop. Not here: the smaller matrices, which are `ModelCheckpoint.dropping`'s.
//
// Source: Michel, Levy and Neubig (2019), Are Sixteen Heads Really Better than One?, arXiv:1905.10650, sections 4.1 and 4.2.

package import AdzeData
internal import AdzeKernels
public import AdzeModels
internal import AdzeThreads
internal import AdzeTraining

/// The importance of every head of a model, on some examples.
public struct HeadImportance: Sendable, Equatable {
    /// A head and what it is worth.
    public struct Entry: Sendable, Equatable {
        /// The head, by its number in the whole model.
        public let head: AttentionHead
        /// The mean over the texts of the magnitude of the loss' gradient by the head's gate.
        public let gradient: Double
        /// The same divided by the Euclidean norm of its block's, as the paper does, so that blocks can be compared; 0 in a
        /// block where nothing has a gradient.
        public let importance: Double
    }

    /// How many examples it was measured on.
    public let exampleCount: Int
    /// Every head that the model has, block by block.
    public let entries: [Entry]

    /// Of sums of magnitudes over some texts: for each block of its heads.
    init(_ sums: [[Double]], exampleCount: Int, shape: EncoderShape) {
        self.exampleCount = exampleCount
        entries = sums.enumerated().flatMap { block, sums in
            let means = sums.map { $0 / Double(exampleCount) }
            let norm = means.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return zip(shape.heads(ofBlock: block).numbers, means).map { number, mean in
                Entry(
                    head: AttentionHead(block: block, number: number), gradient: mean,
                    importance: norm > 0 ? mean / norm : 0)
            }
        }
    }

    /// The `count` least important heads, the least first, but for the last head of a block, which stays.
    ///
    /// Of equals the one of the later block goes first, and within a block that of the higher number. All are chosen by
    /// what was measured of the model as it is, as in the paper. Throws `CheckpointError.tooManyHeads`.
    public func least(_ count: Int) throws(CheckpointError) -> [AttentionHead] {
        var left = Dictionary(grouping: entries, by: \.head.block).mapValues(\.count)
        guard (0...entries.count - left.count).contains(count) else {
            throw .tooManyHeads(count, heads: entries.count, blocks: left.count)
        }
        let order = entries.sorted { ($0.importance, $1.head) < ($1.importance, $0.head) }
        var chosen: [AttentionHead] = []
        for entry in order where chosen.count < count {
            guard let others = left[entry.head.block], others > 1 else { continue }
            left[entry.head.block] = others - 1
            chosen.append(entry.head)
        }
        return chosen
    }
}

extension ModelBundle {
    /// Refuses to drop so many heads before anything is measured; throws `CheckpointError.tooManyHeads`.
    package func checkDropping(headCount count: Int) throws(CheckpointError) {
        let shape = checkpoint.config
        try shape.checkHeadsMayGo()
        guard (0...shape.totalHeadCount - shape.layerCount).contains(count) else {
            throw .tooManyHeads(count, heads: shape.totalHeadCount, blocks: shape.layerCount)
        }
    }

    /// The importance of every attention head for some examples, by one pass forward and backward over each.
    ///
    /// The loss is the one that fine-tuning takes: cross-entropy of the label or of each label, squared error of a number.
    /// Nothing is dropped in the pass. Always fp32, with the same bits on every processor and at any number of threads.
    /// Texts are cleaned and cut as the model says. Throws as `evaluate` does for examples that do not fit, and
    /// `BundleError.noClassifier` or `.notScored`.
    /// - Parameter progress: is told how many examples are done.
    /// - Complexity: that of a forward pass about three times for each example; memory for the weights twice.
    package func headImportance(
        examples: [Example], threads: Int? = nil, progress: (Int) -> Void = { _ in }
    ) throws -> HeadImportance {
        _ = try targetKind()
        guard let head = checkpoint.head.classification else { throw noClassifier }
        guard !examples.isEmpty else { throw DataError.noExamples }
        for example in examples where !head.takes(example.target) {
            throw EvaluationError.unfitTarget(place: example.place)
        }
        let pool = WorkerPool(threads: threads)
        let tokenizer = try requireTokenizer()
        // An input a text: of a model that reads windows, the part that it would read without them.
        let way = reading.readsWindows ? nil : reading.longText
        let cutting = TextCutting(
            tokenizer: tokenizer, cleaner: try cleaner(), maximumLength: reading.maximumLength ?? maximumLength,
            strategy: way ?? tokenizer.longText)
        let inputs = TrainingInputs(examples, try cutting.cut(examples.map(\.input), pool: pool), head: head)
        let shape = checkpoint.config
        let model = try TrainingModel(checkpoint, kernels: Kernels.chosen(products: .ours), pool: pool)
        let pass = TrainingPass(model, pool: pool)
        var sums = (0..<shape.layerCount).map { [Double](repeating: 0, count: shape.heads(ofBlock: $0).count) }
        let lengths = inputs.data.sequences.map { checkpoint.head.form.rows(ofTokens: $0.ids.count, shape) }
        for group in GradientBatches(shape).groups(lengths) {
            try Task.checkCancellation()
            let found = try pass.headGradients(inputs.data, group)
            // Text after text, whatever batch it was in.
            for (index, gradients) in zip(group, found.gradients) {
                guard gradients.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
                    throw EvaluationError.notFinite(place: examples[index].place)
                }
                for (block, gradients) in gradients.enumerated() {
                    for (place, gradient) in gradients.enumerated() {
                        sums[block][place] += Double(gradient.magnitude)
                    }
                }
            }
            progress(group.upperBound)
        }
        return HeadImportance(sums, exampleCount: examples.count, shape: shape)
    }

    /// The metric of the model's answers to some examples, in exact fp32: the same on every machine.
    ///
    /// Throws as `evaluate` does, and `BundleError.undefinedMetric`.
    /// - Parameter progress: is told how many examples are done.
    package func score(
        _ metric: QualityMetric, of examples: [Example], threads: Int? = nil, progress: (Int) -> Void = { _ in }
    ) throws -> Double {
        let engine = try Engine(checkpoint, exactly: true, pool: WorkerPool(threads: threads))
        let report = try TextClassifier(self, engine).evaluate(
            examples, options: TextOptions(), window: 256, each: { _, _ in }, progress: progress)
        return try metric.value(report)
    }
}
