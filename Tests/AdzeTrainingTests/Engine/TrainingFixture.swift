// Small models with gradients from PyTorch (Tools/reference/make_training_golden.py), and running steps on them.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import AdzeTorch
import AdzeTraining
import Testing

/// A fixture model with a batch and what PyTorch says of it.
struct TrainingFixture {
    let checkpoint: ModelCheckpoint
    let batch: TrainingBatch
    let loss: Float
    let expected: [String: [Float]]

    /// `model` names the folder under `models`, `golden` the file under `training`.
    init(_ model: String, golden: String? = nil) throws {
        try self.init(folder: "models/" + model, golden: "training/\(golden ?? model)")
    }

    /// Of a folder below the fixtures', whose gradients are under the names of its own tensors.
    init(family: String) throws {
        try self.init(folder: family, golden: family + "/gradients")
    }

    /// Of a classifier by the mean, with the gradients of a step over pairs of its texts (make_mean_golden.py).
    init(contrastive folder: String) throws { try self.init(folder: folder, golden: folder + "/contrastive") }

    /// Of a file that the study's program would write (Tools/reference/make_study_golden.py).
    init(study name: String) throws {
        let folder = "study/" + name
        try self.init(
            folder: folder, golden: folder + "/golden",
            weights: TorchCheckpoint(file: InputFile(path: Fixtures.path(folder + "/finetuned-bert-model.pt"))))
    }

    private init(folder name: String, golden: String, weights: (any TensorStore)? = nil) throws {
        let folder = Fixtures.path(name)
        let config = try parseJSON(Fixtures.bytes(name + "/config.json"))
        checkpoint = try ModelCheckpoint(
            store: weights ?? SafetensorsFile(file: InputFile(path: folder + "/model.safetensors")),
            configJSON: config)
        let inputs = try SafetensorsFile(file: InputFile(path: folder + "/golden.safetensors"))
        let starts = try inputs.load("offsets").floats().map { Int($0) }
        let (ids, types) = (try inputs.load("ids").floats(), try inputs.load("type_ids").floats())
        let sequences = zip(starts, starts.dropFirst()).map { range in
            TokenSequence(
                ids: ids[range.0..<range.1].map { Int32($0) }, typeIDs: types[range.0..<range.1].map { Int32($0) })
        }
        let answers = try SafetensorsFile(
            file: InputFile(path: Fixtures.path(golden + ".safetensors")))
        var expected: [String: [Float]] = [:]
        for info in answers.tensors where !["ids", "type_ids", "offsets", "logits", "pairs"].contains(info.name) {
            expected[info.name] = try answers.load(info.name).floats()
        }
        loss = expected.removeValue(forKey: "loss")?[0] ?? .nan
        let targets = TrainingFixture.targets(
            expected.removeValue(forKey: "targets") ?? [], checkpoint.head, sequences.map(\.ids.count))
        let theirs =
            checkpoint.transformersTensors.map { ($0.name, $0.source) }
            + (checkpoint.map?.entries.map { ($0.source, $0.name) } ?? [])
        let ours = Dictionary(theirs, uniquingKeysWith: { first, _ in first })
        var own = Dictionary(uniqueKeysWithValues: expected.map { (ours[$0.key] ?? $0.key, $0.value) })
        // Layers that a file keeps as one.
        for tensor in checkpoint.transformersTensors where !tensor.others.isEmpty {
            guard let whole = own[tensor.source] else { continue }
            let names = [tensor.source] + tensor.others
            let size = whole.count / names.count
            for (index, name) in names.enumerated() { own[name] = Array(whole[index * size..<(index + 1) * size]) }
        }
        self.expected = own
        batch = TrainingBatch(sequences: sequences, targets: targets)
    }

    private static func targets(_ values: [Float], _ head: Head, _ lengths: [Int]) -> Targets {
        let count = values.count / lengths.count
        switch head.task {
        case .questionAnswering:
            return .spans(
                lengths.indices.map { Targets.Span(start: Int(values[2 * $0]), end: Int(values[2 * $0 + 1])) })
        case .tokenClassification:
            var first = 0
            return .tokenClasses(
                lengths.map { length in
                    defer { first += length }
                    return values[first..<first + length].map { Int($0) }
                })
        case .classification(let head) where head.problemType == .multiLabel:
            return .multiLabel(lengths.indices.map { Array(values[$0 * count..<($0 + 1) * count]) })
        case .classification(let head) where head.problemType == .regression:
            return .values(values.map { [$0] })
        default: return .classes(values.map { Int($0) })
        }
    }

    func model(set: InstructionSet = .best, products: FloatProducts = .ours) throws -> TrainingModel {
        try TrainingModel(checkpoint, kernels: Kernels(set, products: products), pool: WorkerPool(threadCount: 1))
    }

    /// The gradients of one step, by name, and its result.
    func step(
        _ options: StepOptions = StepOptions(), loss: LossOptions = LossOptions(), threads: Int = 2,
        set: InstructionSet = .best, products: FloatProducts = .ours, prefix: Int? = nil
    ) throws -> (gradients: [String: [Float]], result: StepResult) {
        let model = try model(set: set, products: products)
        let pass = TrainingPass(model, pool: WorkerPool(threadCount: threads))
        let result: StepResult
        if let prefix {
            let values = try pass.prefix(batch.sequences, blocks: prefix)
            result = try pass.step(batch, prefix: values, blocks: prefix, loss: loss, options: options)
        } else {
            result = try pass.step(batch, loss: loss, options: options)
        }
        return (model.gradientsByName(), result)
    }
}

extension TrainingFixture {
    /// A step with dropout at other numbers of threads, and with blocks computed twice, gives the same bits.
    func expectSameBits(_ dropout: DropoutRates) throws {
        var options = StepOptions()
        options.dropout = dropout
        let expected = try step(options, threads: 1)
        var again = options
        again.checkpointsActivations = true
        for (options, threads) in [(options, 2), (options, 3), (again, 2)] {
            let found = try step(options, threads: threads)
            #expect(found.gradients == expected.gradients && found.result == expected.result)
        }
    }
}

extension TrainingModel {
    func gradientsByName() -> [String: [Float]] {
        Dictionary(uniqueKeysWithValues: layout.entries.map { ($0.name, gradients.values($0.range)) })
    }
}

func norm(_ values: some Sequence<Float>) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

/// What is wrong with gradients: ‖Δ‖ ≤ 1e-4 · ‖g‖ + 1e-6 · ‖all g‖ for each tensor that is expected.
func mistakes(_ found: [String: [Float]], _ expected: [String: [Float]], tolerance: Double = 1e-4) -> [String] {
    let all = expected.values.reduce(0) { $0 + norm($1) * norm($1) }.squareRoot()
    return expected.keys.sorted().compactMap { name in
        guard let values = found[name], let wanted = expected[name], values.count == wanted.count else {
            return "\(name) is missing or of another size"
        }
        let difference = norm(zip(values, wanted).map { $0 - $1 })
        let limit = tolerance * norm(wanted) + 1e-6 * all
        return difference <= limit ? nil : "\(name): off by \(difference), norm \(norm(wanted)), all \(all)"
    }
}
