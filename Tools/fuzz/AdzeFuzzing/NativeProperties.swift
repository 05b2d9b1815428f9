// The native file: what opens adds up, decodes to what its header says on one thread and on two, and is written again to
// the same elements.

import AdzeBytes
import AdzeNative
import AdzeTensors
import AdzeThreads

extension FuzzTarget {
    /// `NativeFile` and `NativeWriter`. The input is a file, or a `NativeRecipe` of one.
    public static let native = FuzzTarget("native") { bytes in
        let isFile = bytes.starts(with: NativeRecipe.magic)
        let scratch = try ScratchFile(isFile ? bytes : NativeRecipe.file(of: bytes))
        let path = scratch.path
        guard let file = try unlessRefused({ try NativeFile(path: path) }) else { return }
        let sizes = file.sizes
        let sum =
            sizes.header + sizes.vocabulary + sizes.codes + sizes.scales + sizes.floats + sizes.residual
        try require(sum == sizes.file, "the sizes give \(sum) of \(sizes.file) bytes")
        try require(file.records.map(\.name) == file.tensors.map(\.name), "tensors and records differ")
        let pool = WorkerPool(threadCount: 1)
        guard try unlessRefused({ try file.verifyChecksums(pool: pool) }) != nil else { return }
        let elements = file.tensors.reduce(0) { $0 + $1.shape.count }
        try require(elements <= max(1 << 29, 32 * sizes.file), "\(elements) elements in \(sizes.file) bytes")
        // However much it stands for, verifying holds chunks alone; the limit is for the fuzzer's time.
        var isSound: Bool?
        if elements <= 8 << 20 { isSound = try unlessRefused { try file.verifyContents(pool: pool) } != nil }
        let tokens = try unlessRefused { try file.vocabulary() }
        if let tokens { try require(tokens?.count == file.vocabularyCount, "another number of tokens") }
        // A few stored bytes may stand for gigabytes of zeros, which are held where all tensors are asked for.
        guard file.tensors.allSatisfy({ $0.byteCount <= 4 << 20 }), file.tensors.count <= 64 else { return }
        var tensors: [String: Tensor] = [:]
        for record in file.records { tensors[record.name] = try checkTensor(record, in: file, pool) }
        let isWhole = tokens != nil && tensors.count == file.records.count
        try require(isSound ?? isWhole == isWhole, "verifying and loading differ on whether the file is sound")
        guard let tokens, tensors.count == file.records.count else { return }
        try checkRewritten(file, tokens, tensors, pool)
    }

    /// The tensor, nil where its frames are refused.
    private static func checkTensor(
        _ record: NativeTensorRecord, in file: NativeFile, _ pool: WorkerPool
    ) throws -> Tensor? {
        let quantized = try unlessRefused { () throws -> QuantizedTensor? in
            guard case .int8 = record.scheme else { return nil }
            return try file.quantized(record.name, pool: pool)
        }
        if let quantized = quantized ?? nil {
            try require(quantized.shape == record.shape, "codes of another shape")
            try require(quantized.codes.allSatisfy { $0 >= -127 }, "a code of -128")
            try require(quantized.rowScales.allSatisfy { $0.isFinite && $0 >= 0 }, "a scale that is no number")
        }
        guard let tensor = try unlessRefused({ try file.load(record.name) }) else { return nil }
        try require(
            tensor.dtype == .float32 && tensor.shape == record.shape && tensor.bytes.count == record.shape.count * 4,
            "\(quoted(record.name)) is not what its record says")
        try require(try file.load(record.name, pool: pool) == tensor, "the pool gives other elements")
        return tensor
    }

    /// Full and fp32 files give back every bit, whatever it is.
    private static func checkRewritten(
        _ file: NativeFile, _ tokens: [String]?, _ tensors: [String: Tensor], _ pool: WorkerPool
    ) throws {
        let plans = file.records.map { record in
            var scheme = TensorScheme.float32
            if case .int8 = record.scheme { scheme = .int8() }
            return NativeTensorPlan(
                name: record.name, shape: record.shape, originalDType: record.originalDType, scheme: scheme)
        }
        for store in [NativeStore.full, .fp32] {
            let contents = NativeContents(store: store, metadata: file.metadata, vocabulary: tokens, tensors: plans)
            try withScratchPath { path in
                try NativeWriter.write(contents, path: path, replacing: true, pool: pool) { name in
                    guard let tensor = tensors[name] else { throw MissingTensor(name: name, nearest: nil) }
                    return tensor
                }
                let again = try NativeFile(path: path)
                try require(again.metadata == file.metadata, "metadata changed when they were written")
                try require(again.tensors == file.tensors, "the tensors changed when they were written")
                try require(try again.vocabulary() == tokens, "the vocabulary changed when it was written")
                for info in again.tensors {
                    try require(
                        try again.load(info.name).bytes == tensors[info.name]?.bytes,
                        "\(quoted(info.name)) lost bits in a \(store.rawValue) file")
                }
            }
        }
    }
}
