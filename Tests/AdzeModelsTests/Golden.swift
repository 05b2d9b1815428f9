// Golden models and outputs made by transformers (Tools/reference/make_model_fixtures.py), and loading them.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import AdzeTorch

/// A fixture model with what transformers answers for it.
struct Golden {
    let checkpoint: ModelCheckpoint
    let sequences: [TokenSequence]
    let expected: [String: [Float]]

    init(_ name: String, golden: String = "golden") throws { try self.init(folder: "models/" + name, golden: golden) }

    /// Of a folder below the fixtures'.
    init(folder name: String, golden: String = "golden") throws {
        let folder = Fixtures.path(name)
        let config = try parseJSON(Fixtures.bytes(name + "/config.json"))
        let store = try SafetensorsFile(file: InputFile(path: folder + "/model.safetensors"))
        checkpoint = try ModelCheckpoint(store: store, configJSON: config)
        (sequences, expected) = try Golden.answers(folder, golden: golden)
    }

    /// Of a file that the study's program would write (Tools/reference/make_study_golden.py).
    init(study name: String, golden: String = "golden") throws {
        let folder = "study/" + name
        checkpoint = try ModelCheckpoint(
            store: TorchCheckpoint(file: InputFile(path: Fixtures.path(folder + "/finetuned-bert-model.pt"))),
            configJSON: parseJSON(Fixtures.bytes(folder + "/config.json")))
        (sequences, expected) = try Golden.answers(Fixtures.path(folder), golden: golden)
    }

    static func answers(_ folder: String, golden: String) throws -> ([TokenSequence], [String: [Float]]) {
        let inputs = try SafetensorsFile(file: InputFile(path: folder + "/golden.safetensors"))
        let starts = try inputs.load("offsets").floats().map { Int($0) }
        let ids = try inputs.load("ids").floats().map { Int32($0) }
        let types = try inputs.load("type_ids").floats().map { Int32($0) }
        let sequences = zip(starts, starts.dropFirst()).map {
            TokenSequence(ids: Array(ids[$0..<$1]), typeIDs: Array(types[$0..<$1]))
        }
        let answers = try SafetensorsFile(file: InputFile(path: folder + "/\(golden).safetensors"))
        var expected: [String: [Float]] = [:]
        for info in answers.tensors { expected[info.name] = try answers.load(info.name).floats() }
        return (sequences, expected)
    }
}

extension ModelCheckpoint {
    /// Runs sequences in one batch, fp32.
    func run(
        _ sequences: [TokenSequence], _ outputs: OutputRequest, positions: [[Int]]? = nil, threads: Int = 2,
        set: InstructionSet = .best, products: FloatProducts = .ours
    ) throws -> [EncoderOutput] {
        let pool = WorkerPool(threadCount: threads)
        let model = try EncoderModel(self, kernels: Kernels(set, products: products), pool: pool)
        return try model.run(
            PackedBatch(sequences, config: config), outputs: outputs, positions: positions, pool: pool,
            workspace: Workspace())
    }
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
}
