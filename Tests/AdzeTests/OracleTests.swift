// int8 inference: the engine gives its definition's bits, near fp32, whatever the threads, the instruction set and the
// batch.

import AdzeKernels
import AdzeModels
import AdzeNative
import AdzeReference
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import Adze

@Suite struct OracleTests {
    let sequences = [
        TokenSequence(ids: [2, 37, 48, 38, 39, 40, 5, 3]), TokenSequence(ids: [2, 3]),
        TokenSequence(ids: [30], typeIDs: [1]),
        TokenSequence(ids: (0..<16).map { $0 * 5 }, typeIDs: (0..<16).map { $0 % 2 }),
    ]

    /// The model with codes under made-up smoothing factors, and where they come from; with outliers, the greatest weight
    /// of every row may have a code beyond ±127.
    func planned(
        _ name: String, withOutliers: Bool = false
    ) throws -> (checkpoint: ModelCheckpoint, store: PlannedQuantizedStore) {
        let bundle = try ModelBundle(path: fixture(name))
        let engine = try Engine(bundle.checkpoint.encoder, exactly: true, pool: WorkerPool(threadCount: 1))
        var calibration = Calibration()
        for text in ["A quiet film, carved with care.", "No. 7 was late!"] { calibration.add(TextInput(text)) }
        var plan = try engine.plan(bundle.checkpoint, calibration, tokenizer: bundle.tokenizer)
        if withOutliers { plan.outliers = try WeightOutliers(greatestOf: bundle.checkpoint) }
        return (bundle.checkpoint, PlannedQuantizedStore(bundle.checkpoint, plan: plan))
    }

    /// The engine's answers.
    func run(
        _ model: (checkpoint: ModelCheckpoint, store: PlannedQuantizedStore), _ sequences: [TokenSequence],
        threads: Int = 2, set: InstructionSet = .best
    ) throws -> [EncoderOutput] {
        let (checkpoint, store) = model
        let pool = WorkerPool(threadCount: threads)
        let model = try EncoderModel(checkpoint, quantized: store, kernels: Kernels(set), pool: pool)
        return try model.run(
            PackedBatch(sequences, config: checkpoint.config), outputs: checkpoint.head.outputs, pool: pool,
            workspace: Workspace())
    }

    static let names = [
        "seqcls-gelu", "seqcls-odd", "seqcls-relu-multilabel", "seqcls-regression", "bertmodel-pooler",
        "maskedlm-tied", "maskedlm-untied", "pretraining", "nextsentence", "tokencls", "questions",
    ]

    func answer(_ output: EncoderOutput) -> [Float] {
        output.logits + output.tokenLogits + output.nextSentenceLogits + output.vocabularyLogits + output.firstToken
    }

    @Test(arguments: names, [false, true]) func engineEqualsItsDefinitionToTheBit(
        name: String, withOutliers: Bool
    ) throws {
        let model = try planned(name, withOutliers: withOutliers)
        let outliers = try model.checkpoint.int8Names.map { try model.store.quantized($0)?.outliers.count ?? 0 }
        #expect((outliers.reduce(0, +) > 0) == withOutliers)
        let (config, head) = (model.checkpoint.config, model.checkpoint.head)
        let oracle = Int8Oracle(config: config, head: head, store: model.store, kernels: Kernels(.best))
        let expected = try oracle.run(PackedBatch(sequences, config: config))
        for set in InstructionSet.available {
            let found = try run(model, sequences, set: set)
            #expect(
                found.map { answer($0).map(\.bitPattern) } == expected.map { answer($0).map(\.bitPattern) }, "\(set)")
        }
    }

    @Test(arguments: names) func int8IsCloseToFP32(name: String) throws {
        let checkpoint = try ModelBundle(path: fixture(name)).checkpoint
        let exact = try checkpoint.run(sequences, checkpoint.head.outputs)
        for (found, output) in zip(try run(planned(name), sequences), exact) {
            let (found, expected) = (answer(found), answer(output))
            try #require(found.count == expected.count && !found.isEmpty)
            // Random weights of deviation 0.4 round far worse than trained ones; a wrong step is off by whole units.
            let scale = expected.reduce(1) { max($0, $1.magnitude) }
            let difference = largestDifference(found, expected)
            #expect(difference > 0 && difference < 0.15 * (1 + scale), "\(difference) of \(scale)")
        }
    }

    @Test(arguments: ["seqcls-odd", "pretraining", "questions"])
    func neitherThreadsNorInstructionSetNorCompanyChangeABit(
        name: String
    ) throws {
        let model = try planned(name)
        let reference = try run(model, sequences, threads: 1)
        for set in InstructionSet.available {
            for threads in [1, 3] {
                #expect(
                    try run(model, sequences, threads: threads, set: set) == reference, "\(set), \(threads) threads")
            }
        }
        for (index, sequence) in sequences.enumerated() { #expect(try run(model, [sequence]) == [reference[index]]) }
        #expect(try run(model, sequences.reversed()) == reference.reversed())
        #expect(try run(model, []).isEmpty)
    }

    /// A folder, a file with codes, and a file without answer alike in int8: what `convert` keeps is what opening makes.
    @Test(arguments: [NativeStore.full, .int8, .fp32]) func fileAnswersAsItsSource(store: NativeStore) throws {
        let texts = ["A quiet film, carved with care.", "", "No. 7 was late again!"]
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        let expected = try TextClassifier(bundle, threads: 2).classify(texts).map(\.logits)
        #expect(try TextClassifier(bundle, precision: .fp32, threads: 2).classify(texts).map(\.logits) != expected)
        try withTemporaryFolder { folder in
            var options = ConversionOptions()
            options.store = store
            _ = try bundle.convert(to: folder + "/a.adze", options: options)
            let file = try ModelBundle(path: folder + "/a.adze")
            for threads in [1, 2] {
                let found = try TextClassifier(file, precision: .int8, threads: threads).classify(texts)
                #expect(found.map(\.logits) == expected)
            }
        }
    }
}

extension WeightOutliers {
    /// The greatest weight of each row of a model's dense layers.
    init(greatestOf checkpoint: ModelCheckpoint) throws {
        var elements: [String: [Int]] = [:]
        for parameter in checkpoint.parameters where parameter.group != nil {
            let tensor = try checkpoint.store.load(parameter.name)
            let (values, columns) = (tensor.floats(), tensor.shape.rowLength)
            elements[parameter.name] = (0..<tensor.shape[0]).compactMap { row in
                (row * columns..<(row + 1) * columns).max { values[$0].magnitude < values[$1].magnitude }
            }
        }
        self.init(elements: elements)
    }
}
