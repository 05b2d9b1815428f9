// The steps of an epoch and the evaluation after them. Not here: what becomes of a run that collapses.

internal import AdzeBytes
internal import AdzeKernels
internal import AdzeModels

extension Trainer {
    /// Runs the epochs that are left.
    func runAttempt() throws {
        while state.epoch < recipe.epochs && !state.stoppedEarly {
            enterEpoch()
            let steps = plan.steps(epoch: state.epoch)
            while state.stepInEpoch < steps.count {
                try stopIfCancelled()
                try take(steps[state.stepInEpoch])
                if let store, store.isDue(step: state.step, now: clock.now, options) { try save() }
            }
            try endEpoch()
            try save()
        }
    }

    /// Sets what is trained from here on.
    private func enterEpoch() {
        let depth = recipe.trainedDepth(epoch: state.epoch)
        guard depth != self.depth else { return }
        self.depth = depth
        let count = engine.blockCount
        optimizer.isTrained = optimizer.settings.map { $0.part.isTrained(depth, layerCount: count) }
        let frozen = engine.layers(ofFirstBlocks: count - depth.blockCount(of: count))
        let end = recipe.stages.first { $0.epoch > state.epoch }?.epoch ?? recipe.epochs
        let isReadAgain = frozenStates != nil || min(end, recipe.epochs) - state.epoch > 1
        guard frozen > 0, engine.startsFromPrefix, isReadAgain else {
            (trainingCache, developmentCache) = (nil, nil)
            return
        }
        let states =
            frozenStates
            ?? FrozenStates(
                memoryLimit: options.cacheMemory, fileLimit: options.cacheDisk,
                folder: options.cacheFolder ?? options.folder)
        // A run's own store is new at each stage, and needs no name.
        let key = frozenStates.map { _ in prefixKey(blocks: frozen) }
        func cache(_ data: TrainingData, isDevelopment: Bool) -> PrefixCache {
            let name = key.map { "\(data.digest) \($0)" } ?? ""
            return states.cache(
                (isDevelopment ? "dev " : "train ") + name, blocks: frozen, isDevelopment: isDevelopment)
        }
        trainingCache = cache(job.training, isDevelopment: false)
        developmentCache = job.development.map { cache($0.data, isDevelopment: true) }
    }

    /// A hash of all that hidden states after some blocks follow from but the tokens.
    ///
    /// - Complexity: O(weights of those blocks).
    private func prefixKey(blocks: Int) -> String {
        var facts = "\(engine.prefixIdentity(blocks: blocks)) \(String(describing: recipe.floatProducts))"
        if job.quantization != nil { facts += " \(identity.model)" }
        for entry in engine.layout.entries {
            let isEnd = entry.parameter.part == .end && blocks == engine.layerCount
            guard
                entry.parameter.part == .embeddings || isEnd || entry.parameter.part.block.map({ $0 < blocks }) ?? false
            else { continue }
            // SAFETY: a layout's ranges lie within its engine's weights.
            let bytes = unsafe UnsafeRawBufferPointer(
                start: engine.weights.base + entry.range.lowerBound, count: entry.range.count * 4)
            facts += "\n\(entry.name) \(entry.shape) \(unsafe hexDigits(xxh64(bytes, seed: 0)))"
        }
        return facts
    }

    private func stopIfCancelled() throws {
        guard watch.isCancelled() else { return }
        optimizer.settle()
        try save()
        throw TrainerError.cancelled(step: state.step, savedAt: options.folder)
    }

    // MARK: Steps

    private func stepOptions(batch: Int, share: Float) -> StepOptions {
        var step = StepOptions()
        let own = engine.ownDropout
        func rate(_ wanted: Double?, _ own: Float) -> Float {
            // A configuration may say 1, which would leave nothing to learn from.
            min(wanted.map { Float($0) } ?? own, 0.99)
        }
        step.dropout = own
        step.dropout.hidden = rate(recipe.hiddenDropout, own.hidden)
        step.dropout.attention = rate(recipe.attentionDropout, own.attention)
        step.dropout.classifier = rate(recipe.classifierDropout, own.classifier)
        // A family that drops nothing there is asked to by nobody.
        step.dropout.answers = own.answers == 0 ? 0 : rate(recipe.classifierDropout, own.answers)
        step.seed = recipe.seed
        step.step = UInt64(state.step * recipe.accumulation + batch)
        let count = engine.blockCount
        switch depth ?? .all {
        case .all: break
        case .head: step.trainsOnlyHead = true
        case .top:
            step.frozenBlocks = engine.layers(ofFirstBlocks: count - (depth ?? .all).blockCount(of: count))
            step.frozenEmbeddings = true
        }
        step.checkpointsActivations = options.checkpointsActivations
        step.quantization = job.quantization
        step.lossScale = share
        return step
    }

    private func take(_ batches: [[Int]]) throws {
        let start = clock.now
        let total = batches.reduce(0) { $0 + $1.count }
        var (lossSum, tokens) = (0.0, 0)
        for (index, examples) in batches.enumerated() {
            let batch = job.training.batch(examples)
            for sequence in batch.sequences { optimizer.prepare(rows: sequence.ids) }
            if let padding = engine.paddingID { optimizer.prepare(rows: [padding]) }
            let prefix = try prefix(of: examples, batch.sequences, trainingCache, job.quantization)
            let share = Float(examples.count) / Float(total)
            let result = try engine.step(
                batch, from: prefix, loss: job.loss, options: stepOptions(batch: index, share: share))
            lossSum += Double(result.loss) * Double(examples.count)
            tokens += result.tokens
        }
        let norm = optimizer.gradientNorm()
        if let sign = state.watch.add(loss: lossSum / Double(total), norm: norm, ignorant: ignorantLoss) {
            throw collapse(sign)
        }
        let factor = recipe.rateFactor(step: state.step, total: plan.totalSteps)
        optimizer.step(
            rateFactor: factor, gradientScale: Optimizer.clipping(norm: norm, limit: recipe.clipping))
        state.step += 1
        state.stepInEpoch += 1
        state.lossSum += lossSum
        state.exampleCount += total
        let rates = recipe.retried(state.attempt)
        watch.observe(
            .step(
                StepReport(
                    epoch: state.epoch, step: state.step, loss: lossSum / Double(total),
                    bodyLearningRate: rates.bodyLearningRate * factor,
                    headLearningRate: rates.headLearningRate * factor, gradientNorm: norm, tokens: tokens,
                    seconds: (clock.now - start).inSeconds)))
    }

    private func collapse(_ sign: Collapse.Sign) -> CollapseSignal {
        CollapseSignal(
            collapse: Collapse(sign: sign, attempt: state.attempt, epoch: state.epoch, step: state.step))
    }

    /// Hidden states after the frozen blocks, from the cache where it has them; nil where none is kept.
    private func prefix(
        of examples: [Int], _ sequences: [TokenSequence], _ cache: PrefixCache?, _ quantization: QuantizeAwareState?
    ) throws -> PrefixStates? {
        guard let cache else { return nil }
        var states = examples.map { cache.states($0) }
        let missing = states.indices.filter { states[$0] == nil }
        let computed = try engine.prefix(
            missing.map { sequences[$0] }, blocks: cache.blocks, quantization: quantization)
        for (place, values) in zip(missing, computed) {
            states[place] = values
            cache.keep(values, of: examples[place])
        }
        return PrefixStates(values: states.compactMap { $0 }, blocks: cache.blocks)
    }

    // MARK: Evaluation

    private func endEpoch() throws {
        optimizer.settle()
        var report = EpochReport(
            epoch: state.epoch, step: state.step, trainingLoss: state.lossSum / Double(max(state.exampleCount, 1)),
            scores: [], isBest: false, sawOneClass: false)
        if let development = job.development {
            let (logits, loss) = try evaluate(development.data)
            report.scores = [Score("loss", loss)] + (try development.score(logits))
            report.sawOneClass = CollapseWatch.seesOneClass(logits, development.data.targets)
            report.isBest = isBetter(report)
        }
        let isLast = noteEpoch(report)
        // Of the last epoch the weights stay where they are.
        if report.isBest && recipe.keepsBest && !isLast { try keepBest() }
        let known = state.best.map { !state.epochs[$0].sawOneClass } ?? false
        let sign = state.watch.add(
            sawOneClass: report.sawOneClass && !known, inLastStage: isInLastStage(report.epoch), isLast: isLast)
        if let sign { try noteOneClass(sign, epoch: report.epoch) }
    }

    /// Books an epoch as done; tells whether it is the last.
    private func noteEpoch(_ report: EpochReport) -> Bool {
        state.epochs.append(report)
        if report.isBest { state.best = report.epoch }
        state.epoch += 1
        state.stepInEpoch = 0
        state.lossSum = 0
        state.exampleCount = 0
        watch.observe(.epoch(report))
        if let patience = recipe.patience, let best = state.best, state.epoch < recipe.epochs,
            report.epoch - max(best, recipe.stages.last?.epoch ?? 0) >= patience
        {
            state.stoppedEarly = true
            watch.observe(.stoppedEarly(epoch: report.epoch))
        }
        return state.epoch == recipe.epochs || state.stoppedEarly
    }

    private func isInLastStage(_ epoch: Int) -> Bool { epoch >= recipe.stages.last?.epoch ?? 0 }

    /// A retry where one is left; else the run goes on, and the outcome says it.
    private func noteOneClass(_ sign: Collapse.Sign, epoch: Int) throws {
        let collapse = Collapse(sign: sign, attempt: state.attempt, epoch: epoch, step: state.step)
        if state.attempt < recipe.retries { throw CollapseSignal(collapse: collapse) }
        guard !state.collapses.contains(where: { $0.attempt == state.attempt }) else { return }
        state.collapses.append(collapse)
        watch.observe(.collapsed(collapse, isRetried: false))
    }

    private func isBetter(_ report: EpochReport) -> Bool {
        func value(_ report: EpochReport) -> Double? { report.scores.first { $0.name == recipe.metric }?.value }
        guard let found = value(report), !found.isNaN else { return false }
        guard let best = state.best, let before = value(state.epochs[best]) else { return true }
        return Score.isLowerBetter(recipe.metric) ? found < before : found > before
    }

    /// The logits of all examples in their order, and the mean loss.
    private func evaluate(_ data: TrainingData) throws -> (logits: [[Float]], loss: Double) {
        var logits = [[Float]](repeating: [], count: data.count)
        var (lossSum, weightSum) = (0.0, 0.0)
        let quantization = try job.quantization.map { try engine.settled($0) }
        // Neighbours of one length: the results do not depend on who shares a batch.
        let order = data.sequences.indices.sorted { a, b in
            let (first, second) = (data.sequences[a].ids.count, data.sequences[b].ids.count)
            return first == second ? a < b : first > second
        }
        for start in stride(from: 0, to: order.count, by: 32) {
            try stopIfCancelled()
            let examples = Array(order[start..<min(start + 32, order.count)])
            let batch = data.batch(examples)
            let prefix = try prefix(of: examples, batch.sequences, developmentCache, quantization)
            let found = try engine.logits(batch.sequences, from: prefix, quantization: quantization)
            let (mean, weight) = try engine.loss(batch, logits: found, loss: job.loss)
            // A batch without a target that counts has weight 0 and no mean.
            if weight > 0 {
                lossSum += Double(mean) * weight
                weightSum += weight
            }
            for (example, row) in zip(examples, found) { logits[example] = row }
        }
        return (logits, weightSum > 0 ? lossSum / weightSum : .nan)
    }
}
