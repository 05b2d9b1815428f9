// What a maximum length costs in time: a model is run on inputs of some lengths, and a set's time follows from its
// lengths. Not here: what is cut.

internal import AdzeModels

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
        let words = bundle.checkpoint.config.vocabularySize
        var points: [Point] = []
        var used = 0
        for length in lengths {
            // About what the engine takes at once, so that every thread has work.
            let count = max(2, 2048 / length)
            let sequences = (0..<count).map { s in
                TokenSequence(ids: (0..<length).map { Int32(($0 * 7919 + s * 104_729) % words) })
            }
            var best = Double.infinity
            var spent = 0.0
            repeat {
                let result = try benchmark.run(sequences, repetitions: 1)
                best = min(best, result.seconds)
                // The run that is not timed took as long.
                spent += 2 * result.seconds
                used = result.threads
            } while spent < budget
            points.append(Point(length: length, seconds: best / Double(count)))
        }
        self.points = points
        self.threads = used
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
