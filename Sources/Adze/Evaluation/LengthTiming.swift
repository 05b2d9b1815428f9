// Estimates of the running time for each maximum length, from timings of a model on inputs of a few lengths. Not here:
// truncation.

internal import AdzeBytes
internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads
internal import AdzeTraining

/// Seconds of one input by its length, as they were measured with a model on this machine.
public struct LengthTiming: Sendable, Equatable {
    /// A length that was timed.
    public struct Point: Sendable, Equatable {
        /// Tokens of one input.
        public let length: Int
        /// Seconds that one input took.
        public let seconds: Double
    }

    /// What was timed, ascending by length; at least one.
    public let points: [Point]
    /// Threads that took part.
    public let threads: Int

    /// Times a model on inputs of the lengths, each for about `budget` seconds.
    ///
    /// Throws the engine's errors.
    public init(_ bundle: ModelBundle, lengths: [Int], precision: Precision, threads: Int? = nil, budget: Double = 0.4)
        throws
    {
        let benchmark = try EngineBenchmark(bundle, precision: precision, threads: threads)
        // About what the engine takes at once, so that every thread has work.
        points = try LengthTiming.points(lengths, bundle, tokens: 2048, budget: budget) { sequences in
            try benchmark.run(sequences, repetitions: 1).seconds
        }
        self.threads = threads ?? WorkerPool.availableProcessors
    }

    /// Times a step of training all parameters, without the optimizer, on inputs of the lengths.
    ///
    /// Throws `TrainingError.untrainableHead` for a model without a classifier, and the engine's errors.
    public init(training bundle: ModelBundle, lengths: [Int], threads: Int? = nil, budget: Double = 0.4) throws {
        let pool = WorkerPool(threads: threads)
        let kernels = try Kernels.chosen(products: bundle.floatProducts)
        let model = try TrainingModel(bundle.checkpoint, kernels: kernels, pool: pool)
        let pass = TrainingPass(model, pool: pool)
        let targets = [[Float]](repeating: [Float](repeating: 0, count: model.logitCount), count: 1)
        // A batch of 8 texts of middling length.
        points = try LengthTiming.points(lengths, bundle, tokens: 512, budget: budget) { sequences in
            let batch = TrainingBatch(
                sequences: sequences, targets: .values(sequences.flatMap { _ in targets }))
            func step() throws {
                _ = try pass.step(batch)
                pass.zeroGradients()
            }
            try step()
            let clock = ContinuousClock()
            return try clock.measure(step).inSeconds
        }
        self.threads = pool.threadCount
    }

    /// The best time of one input of each length; `run` runs inputs twice and tells the seconds of the second time.
    private static func points(
        _ lengths: [Int], _ bundle: ModelBundle, tokens: Int, budget: Double,
        run: ([TokenSequence]) throws -> Double
    ) throws -> [Point] {
        let words = bundle.checkpoint.config.vocabularySize
        return try lengths.map { length in
            let count = max(2, tokens / length)
            let sequences = (0..<count).map { s in
                TokenSequence(ids: (0..<length).map { Int32(($0 * 7919 + s * 104_729) % words) })
            }
            var best = Double.infinity
            var spent = 0.0
            repeat {
                let seconds = try run(sequences)
                best = min(best, seconds)
                // The time before took as long.
                spent += 2 * seconds
            } while spent < budget
            return Point(length: length, seconds: best / Double(count))
        }
    }

    /// Seconds for one input of a length, between and beyond what was timed along straight lines.
    public func seconds(length: Int) -> Double {
        guard let first = points.first, let last = points.last else { return 0 }
        if length <= first.length || points.count == 1 {
            return first.seconds * Double(length) / Double(first.length)
        }
        let upper = points.firstIndex { $0.length >= length } ?? points.count - 1
        let (a, b) = (points[upper - 1], length > last.length ? last : points[upper])
        let slope = (b.seconds - a.seconds) / Double(b.length - a.length)
        return a.seconds + slope * Double(length - a.length)
    }

    /// Seconds for a set of texts cut to a maximum length.
    public func seconds(_ report: LengthReport, maximumLength: Int) -> Double {
        // Equal lengths stand together, so each costs one look-up.
        var sum = 0.0
        var start = 0
        while start < report.lengths.count {
            let length = min(Int(report.lengths[start]), maximumLength)
            var end = start + 1
            while end < report.lengths.count, min(Int(report.lengths[end]), maximumLength) == length { end += 1 }
            sum += Double(end - start) * seconds(length: length)
            start = end
        }
        return sum
    }
}
