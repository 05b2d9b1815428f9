// What the study's own program computes of a batch at test time, faults and all, so that figures of its can be compared:
// an LSTM's answer gathered across the batch, and dropout before the classifier. Not here: what such a model means, which
// is what the program computes of one text without dropout, and what every other part of Adze computes.
//
// Source: Macar 2019, "comparatively-finetuning-bert", whose `last_timesteps.repeat(1, W).view(-1, 1, W)` runs over the
// batch where it should stay with a text, and which never leaves the head's training mode.

internal import AdzeKernels
package import AdzeThreads

/// How the study's program tests.
public struct StudyProgram: Sendable, Equatable {
    /// B, the texts of a batch; the last one may have fewer.
    public var batchSize: Int
    /// The dropout before the classifier, which the program leaves on.
    public var dropout: Double
    /// The seed of the draws: the program's are PyTorch's, which nothing else repeats.
    public var seed: UInt64

    /// The program's own settings, but for the batch.
    public init(batchSize: Int, dropout: Double = 0.2, seed: UInt64 = 42) {
        (self.batchSize, self.dropout, self.seed) = (batchSize, dropout, seed)
    }

    /// The step at which row `row` of a batch is read in column `column` of `width`: that of another row, unless the
    /// batch has one text alone.
    package static func step(_ row: Int, _ column: Int, width: Int, steps: [Int]) -> Int {
        steps[(row * width + column) % steps.count]
    }
}

extension EncoderModel {
    /// C logits of each sequence of a batch as the study's program computes them; `number` counts the batches.
    ///
    /// Throws `HeadFormError.notTheStudys` for a head that the program does not have, and `CheckpointError.noClassifier`.
    /// - Complexity: as for `run` with all sequences at the most tokens that the model takes; memory likewise, and a row of
    ///   the LSTM for each.
    package func studyLogits(
        _ batch: PackedBatch, number: Int, _ program: StudyProgram, pool: WorkerPool, workspace: Workspace
    ) throws -> [[Float]] {
        try checkOutputs(.logits)
        var pass = ForwardPass(model: self, batch: batch, pool: pool, workspace: workspace)
        let features: FloatBuffer
        switch head.form {
        case .pooled:
            let pooled = try run(batch, outputs: .pooled, pool: pool, workspace: workspace).flatMap(\.pooled)
            features = FloatBuffer(count: pooled.count)
            unsafe pooled.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return }
                unsafe features.base.update(from: base, count: $0.count)
            }
        case .flattened, .recurrent, .mean:
            guard head.form.readsPadding else { throw HeadFormError.notTheStudys(head.form.specification) }
            // Every text is as long as the model takes: the gather may read it anywhere.
            let padded = batch.padded(with: Int32(config.padTokenID)) { _ in config.tokenLimit }
            pass = ForwardPass(model: self, batch: padded, pool: pool, workspace: workspace)
            features = try pass.studyFeatures()
        case .none, .firstToken, .tokens, .vocabulary, .vocabularyAndPooled, .prompt, .transformed:
            throw HeadFormError.notTheStudys(head.form.name)
        }
        let draw = DropoutDraw(
            seed: program.seed, step: UInt64(number), place: 0, rate: Float(program.dropout))
        if let draw {
            let depth = head.form.classifierDepth(config)
            let rows = features.matrix(rows: batch.sequenceCount, columns: depth)
            kernels.dropout(draw, rows, rows, first: 0, pitch: depth)
        }
        return pass.logits(of: features)
    }
}

extension ForwardPass {
    /// What the program's classifier reads of texts that are all padded to the end: a row for each.
    fileprivate func studyFeatures() throws(CancellationError) -> FloatBuffer {
        let states = try readStates()
        guard case .recurrent(let layer) = model.head.form else { return states.buffer }
        let memory = runRecurrent(layer, states, atEveryToken: true)
        let outputs = memory.matrix(rows: batch.tokenCount, columns: layer.width)
        // Where the padding begins, or the last position of a text that leaves no room for it.
        let steps = (0..<batch.sequenceCount).map { min(batch.textTokens(of: $0).count, config.tokenLimit - 1) }
        let gathered = FloatBuffer(count: steps.count * layer.width)
        let target = gathered.matrix(rows: steps.count, columns: layer.width)
        for row in steps.indices {
            for column in 0..<layer.width {
                let step = StudyProgram.step(row, column, width: layer.width, steps: steps)
                // SAFETY: a step is below a text's rows, which are as many as the model takes.
                unsafe target.base[row * target.stride + column] =
                    outputs.base[(batch.tokens(of: row).lowerBound + step) * outputs.stride + column]
            }
        }
        return withExtendedLifetime(memory) { gathered }
    }
}
