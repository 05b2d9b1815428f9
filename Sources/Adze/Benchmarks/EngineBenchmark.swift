// Timing of the engine alone on given token sequences. Not here: tokenizing, and the load of the machine, which the
// caller controls.

internal import AdzeBytes
public import AdzeKernels
public import AdzeModels
internal import AdzeThreads

/// A loaded model whose passes are timed.
public final class EngineBenchmark: Sendable {
    /// The timings of one set of sequences.
    public struct Result: Sendable {
        /// Sequences in the set.
        public let texts: Int
        /// Tokens in the set.
        public let tokens: Int
        /// Threads that took part.
        public let threads: Int
        /// The kernels' instruction set.
        public let instructionSet: String
        /// Seconds of each timed run over the whole set, sorted.
        public let runs: [Double]
        /// Multiply-adds of one run.
        public let multiplyAdds: Double

        /// The median.
        public var seconds: Double { percentile(50) }
        /// Tokens in a second, by the median.
        public var tokensPerSecond: Double { Double(tokens) / seconds }
        /// 10⁹ multiply-adds in a second, by the median.
        public var gmacPerSecond: Double { multiplyAdds / seconds / 1e9 }

        /// The run that `percent` of the runs are not slower than.
        public func percentile(_ percent: Double) -> Double {
            runs[min(runs.count - 1, Int(Double(runs.count) * percent / 100))]
        }
    }

    /// Who multiplies what runs in fp32.
    public var products: FloatProducts { engine.model.kernels.products }
    /// The shape of the model.
    public var config: EncoderShape { engine.model.config }
    private let engine: Engine
    private let outputs: OutputRequest

    /// Loads a model; times what its head gives, with one word to find in each sequence, or the first token's vector
    /// where it has no head.
    public init(_ bundle: ModelBundle, precision: Precision = .fp32, threads: Int? = nil) throws {
        engine = try Engine(bundle, precision: precision, pool: WorkerPool(threads: threads))
        outputs = bundle.checkpoint.head.outputs
    }

    /// Makes a classifier of two labels of a well-known shape with random weights, the same at every call.
    ///
    /// Besides the names of `EncoderShape.wellKnownNames` there are those of `EncoderShape.shortNames`. Throws for an
    /// unknown name. Its int8 form has no channel factors.
    public init(
        shape name: String, precision: Precision, products: FloatProducts? = nil, threads: Int? = nil
    ) throws {
        let config = try EngineBenchmark.shape(name)
        let task = HeadTask.classification(ClassificationHead(labels: ["0", "1"], problemType: .singleLabel))
        let head = Families.family(of: config).head(task, config)
        let store = RandomParameterStore(config: config, head: head, seed: 0)
        let checkpoint = ModelCheckpoint(config: config, head: head, store: store)
        let quantized = precision == .int8 ? PlannedQuantizedStore(checkpoint, plan: QuantizationPlan()) : nil
        engine = try Engine(checkpoint, quantized: quantized, products: products, pool: WorkerPool(threads: threads))
        outputs = head.outputs
    }

    /// The names that `init(shape:)` knows.
    public static let shapeNames = EncoderShape.shortNames.map(\.0) + EncoderShape.wellKnownNames

    private static func shape(_ name: String) throws -> EncoderShape {
        let full = EncoderShape.shortNames.first { $0.0 == name }?.1 ?? name
        guard let known = EncoderShape.wellKnown(full) else {
            throw UnknownShape(name: name, nearest: nearestName(to: name, in: shapeNames))
        }
        return known.shape
    }

    /// Runs the sequences once untimed, then `repetitions` times; nil is as often as fits into a second, five times at
    /// least and a thousand times at most. Throws `BatchError`.
    public func run(_ sequences: [TokenSequence], repetitions: Int? = nil) throws -> Result {
        let positions = sequences.map { [$0.ids.count / 2] }
        _ = try engine.run(sequences, outputs: outputs, positions: positions)
        let clock = ContinuousClock()
        let start = clock.now
        func isEnough(_ count: Int) -> Bool {
            if let repetitions { return count >= max(1, repetitions) }
            return count >= 1000 || (count >= 5 && clock.now - start >= .seconds(1))
        }
        var runs: [Double] = []
        while !isEnough(runs.count) {
            let duration = try clock.measure {
                _ = try engine.run(sequences, outputs: outputs, positions: positions)
            }
            runs.append(duration.inSeconds)
        }
        return Result(
            texts: sequences.count, tokens: sequences.reduce(0) { $0 + $1.ids.count }, threads: engine.threadCount,
            instructionSet: try InstructionSet.chosen().rawValue, runs: runs.sorted(),
            multiplyAdds: sequences.reduce(0) {
                $0 + EngineBenchmark.multiplyAdds(tokens: $1.ids.count, engine.model.config, engine.model.head)
            })
    }

    /// What a pass over one sequence costs: the last block only for tokens that are read, and the head.
    package static func multiplyAdds(tokens: Int, _ config: EncoderShape, _ head: Head) -> Double {
        let (t, h) = (Double(tokens), Double(config.hiddenSize))
        // Up and down; twice up where the feed-forward is gated.
        let f = Double(config.innerSize + config.intermediateSize)
        let read = head.tokenLogitCount == nil ? (head.decoder != nil && head.predictsNextSentence ? 2 : 1) : t
        var sum = t * h * Double(head.tokenLogitCount ?? 0)
        if head.decoder != nil { sum += h * h + h * Double(config.vocabularySize) }
        for block in 0..<config.layerCount {
            let (width, rows) = (Double(config.heads(ofBlock: block).width), block < config.layerCount - 1 ? t : read)
            // Key and value of every token; query, the layer after attention and feed-forward of those that are read.
            let seen = config.rotary?.reach(ofBlock: block).map { min(t, Double(2 * $0 + 1)) } ?? t
            sum += t * 2 * h * width + rows * (2 * h * width + h * f) + 2 * rows * seen * width
        }
        return sum
    }
}

/// No shape has this name.
struct UnknownShape: AdzeFailure {
    let name: String
    let nearest: String?
    var kind: FailureKind { .usage }
    var description: String {
        "--shape \(quoted(name)) is not a known shape"
            + (nearest.map { "; did you mean \($0)?" }
                ?? "; known are \(EngineBenchmark.shapeNames.joined(separator: ", "))")
    }
}
