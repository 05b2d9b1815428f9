// Small models for the tests: hostile floats, every scheme, and a way to write one and read it back.

import AdzeBytes
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads

/// A model in memory that can be written.
struct Sample {
    var contents: NativeContents
    var tensors: [String: Tensor]

    init(
        _ tensors: [(String, Tensor, TensorScheme)], store: NativeStore = .full,
        metadata: NativeMetadata = NativeMetadata(), vocabulary: [String]? = nil
    ) {
        contents = NativeContents(
            store: store, metadata: metadata, vocabulary: vocabulary,
            tensors: tensors.map { NativeTensorPlan(name: $0.0, shape: $0.1.shape, scheme: $0.2) })
        self.tensors = Dictionary(uniqueKeysWithValues: tensors.map { ($0.0, $0.1) })
    }

    func tensor(_ name: String) throws -> Tensor {
        guard let tensor = tensors[name] else { throw MissingTensor(name: name, nearest: nil) }
        return tensor
    }

    /// The file's bytes.
    func bytes(threads: Int = 1) throws -> [UInt8] {
        try withTemporaryFolder { folder in
            try write(folder + "/model.adze", threads: threads)
            return try readAll(folder + "/model.adze")
        }
    }

    @discardableResult
    func write(_ path: String, threads: Int = 1) throws -> NativeWriteReport {
        try NativeWriter.write(
            contents, path: path, replacing: false, pool: WorkerPool(threadCount: threads), load: tensor)
    }

    /// Writes the sample and opens it.
    @discardableResult
    func reopened<Result>(threads: Int = 1, _ body: (NativeFile, NativeWriteReport) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            let report = try write(folder + "/model.adze", threads: threads)
            return try body(try NativeFile(path: folder + "/model.adze"), report)
        }
    }
}

func readAll(_ path: String) throws -> [UInt8] {
    let file = try InputFile(path: path)
    return try file.read(at: 0, count: file.size)
}

/// Opens bytes as a native file.
func withNative<Result>(_ bytes: [UInt8], _ body: (NativeFile) throws -> Result) throws -> Result {
    try withTemporaryFile(bytes) { try body(try NativeFile(path: $0)) }
}

/// A tensor of bit patterns.
func tensor(_ dimensions: [Int], patterns: [UInt32]) -> Tensor {
    guard let shape = Shape(dimensions) else { preconditionFailure("not a shape") }
    return Tensor(shape: shape, floats: patterns.map { Float(bitPattern: $0) })
}

/// A matrix like a trained one: rows of different spread around zero.
func trained(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    var values: [Float] = []
    for _ in 0..<rows {
        let spread = Float.random(in: 0.01...0.1, using: &generator)
        for _ in 0..<columns {
            let sum = (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &generator) }
            values.append(sum * spread)
        }
    }
    return Tensor(shape: Shape(rows, columns), floats: values)
}

extension Tensor {
    /// The elements' bit patterns.
    var patterns: [UInt32] { floats().map(\.bitPattern) }
}
