// The search for blocks that a task can do without: the one whose absence costs least is left out, again and again, while
// the score holds. Not here: the writing of the smaller model, which is `convert`'s and `export`'s.

package import AdzeData
internal import AdzeModels
internal import AdzeThreads

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// The blocks that keep a score, and how they were found.
public struct BlockSearchReport: Sendable, Equatable {
    /// A model without one more block.
    public struct Step: Sendable, Equatable {
        /// What each block that was still there would cost: the loss without it, in the order of the blocks.
        public let losses: [Candidate]
        /// The block with the least loss, by its number in the model that was searched.
        public let block: Int
        /// The blocks that are left.
        public let kept: [Int]
        /// The score with these.
        public let score: Double
        /// Points, hundredths of the metric, lost to the whole model; below 0 where it gains.
        public let drop: Double
        /// Whether the gate lets that pass; the last step of a search may not.
        public let passes: Bool

        /// The loss with the blocks that are left.
        public var loss: Double { losses.first { $0.block == block }?.loss ?? .nan }
    }

    /// A block that may go.
    public struct Candidate: Sendable, Equatable {
        /// Its number in the model that was searched.
        public let block: Int
        /// The mean loss of the examples without it.
        public let loss: Double
    }

    /// What was measured.
    public let metric: QualityMetric
    /// The most points that were allowed to go.
    public let maximumDrop: Double
    /// How many examples it was measured on.
    public let exampleCount: Int
    /// The blocks of the whole model.
    public let blockCount: Int
    /// The whole model's score.
    public let score: Double
    /// The whole model's mean loss.
    public let loss: Double
    /// One block less at a time.
    public let steps: [Step]

    /// The blocks of the smallest model that passes: all of them where none may go.
    public var kept: [Int] { steps.last { $0.passes }?.kept ?? Array(0..<blockCount) }
    /// The score of the smallest model that passes.
    public var keptScore: Double { steps.last { $0.passes }?.score ?? score }
}

extension ModelBundle {
    /// The smallest set of blocks whose score loses no more than `gate` allows on some examples, found greedily.
    ///
    /// Each step leaves out the block without which the mean loss is least, the later one of equals, and ends the search
    /// where the score without it does not pass, or one block is left. The loss is the cross-entropy of the label, its
    /// mean over the labels where a text may have several, and the squared error of a number. Greedy is not exhaustive:
    /// another set of as many blocks may do better. Measured in exact fp32, or in int8 where the file has nothing else,
    /// so that the choice is the same on every machine.
    ///
    /// Throws as `evaluate` does, `BundleError.undefinedMetric`, `.noClassifier` for another head than a classifier of
    /// texts, and `CheckpointError.noBlocks` and `.headReadsBlocks`.
    /// - Parameter progress: is told what is being measured, how many texts of it are done, and how many there are.
    /// - Complexity: passes over the examples for each block of each step: L (L + 1) / 2 if all but one go.
    package func searchBlocks(
        examples: [Example], gate: QualityGate, texts: TextOptions = TextOptions(), threads: Int? = nil,
        progress: (String, Int, Int) -> Void = { _, _, _ in }
    ) throws -> BlockSearchReport {
        guard !examples.isEmpty else { throw DataError.noExamples }
        let count = checkpoint.config.layerCount
        guard count > 0 else { throw CheckpointError.noBlocks }
        // Said before anything is measured.
        if checkpoint.config.sharedBlocks != nil, checkpoint.config.blockCount > 1 {
            throw CheckpointError.sharedSearch(layers: count, blocks: checkpoint.config.blockCount)
        }
        if count > 1 { _ = try checkpoint.keeping(blocks: [0]) }
        let trial = try BlockTrial(self, examples, texts, threads)
        let whole = try trial.measure(Array(0..<count)) { progress("all blocks", $0, examples.count) }
        let score = try gate.metric.value(whole.report)
        var (kept, steps) = (Array(0..<count), [BlockSearchReport.Step]())
        while kept.count > 1, steps.last?.passes ?? true {
            var best: (block: Int, found: BlockTrial.Answers)?
            var losses: [BlockSearchReport.Candidate] = []
            // Some families cannot do without their first block.
            for block in kept where checkpoint.config.canKeep(blocks: kept.filter({ $0 != block })) {
                let found = try trial.measure(kept.filter { $0 != block }) {
                    progress("\(kept.count) blocks without \(block)", $0, examples.count)
                }
                losses.append(.init(block: block, loss: found.loss))
                if best.map({ found.loss <= $0.found.loss }) ?? true { best = (block, found) }
            }
            guard let best else { preconditionFailure("a block is left") }
            kept.removeAll { $0 == best.block }
            let found = try gate.metric.value(best.found.report), drop = 100 * (score - found)
            steps.append(
                BlockSearchReport.Step(
                    losses: losses, block: best.block, kept: kept, score: found, drop: drop,
                    passes: gate.passes(drop: drop)))
        }
        return BlockSearchReport(
            metric: gate.metric, maximumDrop: gate.maximumDrop, exampleCount: examples.count, blockCount: count,
            score: score, loss: whole.loss, steps: steps)
    }
}

/// A model in memory, and the examples that some of its blocks are measured on.
private struct BlockTrial {
    struct Answers {
        let report: EvaluationReport
        /// The mean of the examples'.
        let loss: Double
    }

    private let bundle: ModelBundle
    private let engine: Engine
    private let examples: [Example]
    private let texts: TextOptions

    init(_ bundle: ModelBundle, _ examples: [Example], _ texts: TextOptions, _ threads: Int?) throws {
        (self.bundle, self.examples, self.texts) = (bundle, examples, texts)
        let pool = WorkerPool(threads: threads)
        engine =
            bundle.source.native?.store == .int8
            ? try Engine(bundle, precision: .int8, pool: pool)
            : try Engine(bundle.checkpoint, exactly: true, pool: pool)
    }

    func measure(_ blocks: [Int], _ progress: (Int) -> Void) throws -> Answers {
        let model = EncoderModel(engine.model, keeping: blocks)
        let classifier = try TextClassifier(bundle, Engine(model, pool: engine.pool))
        var sum = 0.0
        // What is not finite, or of another kind, is refused before it comes here.
        func add(_ example: Example, _ answer: Classification) {
            sum += loss(example.target, answer.logits.map(Double.init))
        }
        let report = try classifier.evaluate(examples, options: texts, window: 256, each: add, progress: progress)
        return Answers(report: report, loss: sum / Double(examples.count))
    }

    private func loss(_ target: Target, _ logits: [Double]) -> Double {
        switch target {
        case .label(let label):
            let most = logits.max() ?? 0
            return most + log(logits.reduce(0) { $0 + exp($1 - most) }) - logits[label]
        case .labels(let labels):
            // log(1 + e^x) - x · y, without an overflow.
            return logits.indices.reduce(0) { sum, index in
                let x = logits[index]
                return sum + max(x, 0) + log1p(exp(-x.magnitude)) - (labels.contains(index) ? x : 0)
            } / Double(logits.count)
        case .number(let number): return (logits[0] - number) * (logits[0] - number)
        }
    }
}
