// What the tests of the façade share: fixtures opened as bundles, what transformers answers for their texts, and models
// changed on purpose.

import Adze
import AdzeBytes
import AdzeKernels
import AdzeModelFiles
import AdzeModels
import AdzeNative
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

let classifiers = ["seqcls-gelu", "seqcls-odd", "seqcls-relu-multilabel", "seqcls-regression"]

func fixture(_ name: String) -> String { Fixtures.path("models/" + name) }

func tensors(_ path: String) throws -> any TensorStore { try SafetensorsFile(file: InputFile(path: path)) }

/// A fixture's inputs and what transformers answers.
struct Golden {
    var texts: [TextInput] = []
    var ids: [[Int32]] = []
    /// The logits of the texts alone: the first rows of all.
    var logits: [[Float]] = []

    init(_ name: String) throws {
        let json = try parseJSON(Fixtures.bytes("models/\(name)/golden.json"))
        let answers = try tensors(fixture(name) + "/golden.safetensors").load("logits")
        for (index, entry) in (json["sequences"]?.array ?? []).enumerated() {
            guard let text = entry["text"]?.string else { continue }
            texts.append(TextInput(text, pair: entry["pair"]?.string))
            ids.append((entry["ids"]?.array ?? []).map { Int32($0.integer ?? -1) })
            let size = answers.shape[1]
            logits.append(Array(answers.floats()[index * size..<(index + 1) * size]))
        }
    }
}

/// Every parameter's bit patterns, as fp32.
func bits(_ bundle: ModelBundle) throws -> [String: [UInt32]] {
    try Dictionary(
        uniqueKeysWithValues: bundle.checkpoint.store.tensors.map {
            ($0.name, try bundle.checkpoint.store.load($0.name).floats().map(\.bitPattern))
        })
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { worst, pair in
        let difference = (pair.0 - pair.1).magnitude
        return difference.isNaN ? .infinity : max(worst, difference)
    }
}

/// The error that a body ends with, out of its envelope; nil where it ends without one.
func refusal<Result>(_ body: () throws -> Result) -> (any AdzeFailure)? {
    do {
        _ = try body()
        return nil
    } catch {
        var inner = error as? any AdzeFailure
        #expect(inner?.description.contains("\n") == false)
        while let located = inner as? LocatedError { inner = located.underlying }
        return inner
    }
}

/// Writes a copy of a fixture's folder with some tensors and configuration members changed.
func writeModel(
    _ name: String, to folder: String, config changes: JSONObject = [:],
    tensors change: (String, Tensor) throws -> Tensor = { $1 }
) throws {
    try FileManager.default.copyItem(atPath: fixture(name), toPath: folder)
    let path = folder + "/model.safetensors"
    let source = try tensors(fixture(name) + "/model.safetensors")
    var store = MemoryTensorStore()
    for info in source.tensors { store.add(info.name, try change(info.name, source.load(info.name))) }
    try FileManager.default.removeItem(atPath: path)
    try SafetensorsWriter.write(to: path, replacing: false, tensors: store.tensors) { try store.load($0.name) }
    var config = try #require(try parseJSON(Fixtures.bytes("models/\(name)/config.json")).object)
    for (key, value) in changes { config[key] = value }
    try Data(JSONValue.object(config).text.utf8).write(to: URL(filePath: folder + "/config.json"))
}

/// Writes a native file again, with other metadata or names.
func rewrite(
    _ path: String, to copy: String, adding: [(NativeTensorPlan, Tensor)] = [], name: (String) -> String = { $0 },
    changing weights: (String, [Float]) -> [Float] = { $1 },
    metadata change: (inout NativeMetadata) -> Void = { _ in }
) throws {
    let file = try NativeFile(path: path)
    var metadata = file.metadata
    change(&metadata)
    var sources: [String: String] = [:]
    var plans = try file.records.map { record in
        sources[name(record.name)] = record.name
        var scheme = TensorScheme.float32
        if case .int8 = record.scheme {
            let pool = WorkerPool(threadCount: 1)
            scheme = .int8(columnFactors: try file.quantized(record.name, pool: pool).columnFactors)
        }
        return NativeTensorPlan(name: name(record.name), shape: record.shape, scheme: scheme)
    }
    plans += adding.map(\.0)
    let own = MemoryTensorStore(adding.map { ($0.0.name, $0.1) })
    let contents = NativeContents(
        store: file.store, metadata: metadata, vocabulary: try file.vocabulary(), tensors: plans)
    try NativeWriter.write(contents, path: copy, replacing: true, pool: WorkerPool(threadCount: 2)) { wanted in
        guard let source = sources[wanted] else { return try own.load(wanted) }
        let tensor = try file.load(source)
        return Tensor(shape: tensor.shape, floats: weights(source, tensor.floats()))
    }
}

extension ModelCheckpoint {
    /// Runs sequences in one batch.
    func run(_ sequences: [TokenSequence], _ outputs: OutputRequest) throws -> [EncoderOutput] {
        let pool = WorkerPool(threadCount: 2)
        let model = try EncoderModel(self, kernels: Kernels(InstructionSet.best), pool: pool)
        return try model.run(
            PackedBatch(sequences, config: config), outputs: outputs, pool: pool, workspace: Workspace())
    }
}

func parsed(_ name: String) throws -> JSONValue { try parseJSON(Fixtures.bytes(name)) }

func ids(_ entry: JSONValue) -> [Int32] { (entry["ids"]?.array ?? []).map { Int32($0.integer ?? -1) } }

func write(_ text: String, _ folder: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
}
