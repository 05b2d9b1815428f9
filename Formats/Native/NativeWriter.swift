// Writing a native file: vocabulary, weights, residual, header, in one stream; the prologue is filled in last. Not here:
// the coding of a chunk (`FrameEncoder.swift`).

import AdzeBytes
public import AdzeTensors
public import AdzeThreads

/// A native file that is being written; dropped before `finish`, it leaves nothing behind.
///
/// Tensors are loaded one at a time. A full file needs every int8 tensor twice, once for each section: memory stays at
/// about one tensor and some chunks, and there is no temporary file but the output's own.
public struct NativeWriter: ~Copyable {
    private var file: AtomicFile
    private let store: NativeStore
    private let pool: WorkerPool
    private var encoder: FrameEncoder
    private var records: [FrameRecord]
    private let vocabulary: VocabularySize?
    private var tensors: [NativeTensorRecord] = []
    private var keptInFloat32: [String] = []
    /// From how many elements on the file keeps to the reader's ratio; a test has no model so large.
    package var elementFloor = NativeLimits.elementFloor

    /// Starts a file beside `path` and writes the vocabulary.
    ///
    /// Throws `FileError`, or `NativeError` for a vocabulary over the limits.
    public init(
        path: String, replacing: Bool, store: NativeStore, vocabulary: [String]?, pool: WorkerPool
    ) throws {
        let encoder = FrameEncoder(pool: pool)
        var vocabularySize: VocabularySize?
        var frame: EncodedFrame?
        if let vocabulary {
            let bytes = try NativeWriter.encode(vocabulary)
            vocabularySize = VocabularySize(bytes: bytes.count, count: vocabulary.count)
            frame = try encoder.vocabulary(bytes)
        }
        var file = try AtomicFile(path: path, replacing: replacing)
        // The sizes and hashes that stand here are known last.
        try file.write([UInt8](repeating: 0, count: Prologue.size))
        if let frame { try file.write(frame.bytes) }
        try NativeWriter.align(&file)
        self.init(
            file: file, store: store, pool: pool, encoder: encoder, vocabulary: vocabularySize,
            records: frame.map { [$0.record] } ?? [])
    }

    private init(
        file: consuming AtomicFile, store: NativeStore, pool: WorkerPool, encoder: FrameEncoder,
        vocabulary: VocabularySize?, records: [FrameRecord]
    ) {
        self.file = file
        self.store = store
        self.pool = pool
        self.encoder = encoder
        self.vocabulary = vocabulary
        self.records = records
    }

    /// Writes a whole model; see `init`, `write(_:load:)` and `finish(_:check:)`.
    @discardableResult
    public static func write(
        _ contents: NativeContents, path: String, replacing: Bool, pool: WorkerPool,
        check: (_ draft: String) throws -> Void = { _ in }, load: (String) throws -> Tensor
    ) throws -> NativeWriteReport {
        var writer = try NativeWriter(
            path: path, replacing: replacing, store: contents.store, vocabulary: contents.vocabulary, pool: pool)
        try writer.write(contents.tensors, load: load)
        return try writer.finish(contents.metadata, check: check)
    }

    private static func encode(_ vocabulary: [String]) throws(NativeError) -> [UInt8] {
        guard vocabulary.count <= NativeLimits.vocabularyCount else {
            throw .limit(
                part: "tokens of the vocabulary", found: vocabulary.count, limit: NativeLimits.vocabularyCount)
        }
        let bytes = VocabularyCoding.encode(vocabulary)
        guard bytes.count <= NativeLimits.vocabularyBytes else {
            throw .limit(part: "bytes of the vocabulary", found: bytes.count, limit: NativeLimits.vocabularyBytes)
        }
        return bytes
    }

    /// Writes all tensors, in their order; to be called once.
    ///
    /// `load` gives the fp32 tensor of a name, the same one each time. Throws its errors, `FileError`, and `NativeError`
    /// for plans that contradict each other or what was loaded.
    public mutating func write(_ plans: [NativeTensorPlan], load: (String) throws -> Tensor) throws {
        precondition(tensors.isEmpty, "all tensors are written at once")
        try check(plans)
        // Beyond what any file may hold, equal weights are stored raw: the reader tells them from a bomb by that.
        // No overflow: 100,000 tensors of 2^32 elements at most.
        let elements = plans.reduce(0) { $0 + $1.shape.count }
        encoder.mostExpansion = elements > elementFloor ? NativeLimits.elementsPerByte : .max
        var again: [Reload] = []
        for plan in plans {
            let tensor = try loaded(plan, load)
            if let reload = try writeWeights(plan, tensor) { again.append(reload) }
        }
        try flush()
        try NativeWriter.align(&file)
        for reload in again {
            let tensor = try loaded(reload.plan, load)
            guard hash(tensor) == reload.hash else { throw NativeError.sourceChanged(tensor: reload.plan.name) }
            try encode(tensor.bytes, count: tensor.shape.count, .residual(reload.residual, scales: reload.scales))
        }
        try flush()
        try NativeWriter.align(&file)
    }

    /// Writes header and prologue, lets `check` read the file under the name of its draft, and gives it its own.
    ///
    /// Throws `FileError`, `NativeError` where the metadata is too large or too deep to be read again, and what `check`
    /// throws; then whatever had the name is untouched.
    public consuming func finish(
        _ metadata: NativeMetadata, check: (_ draft: String) throws -> Void = { _ in }
    ) throws -> NativeWriteReport {
        let header = NativeHeader(store: store, metadata: metadata, vocabulary: vocabulary, tensors: tensors)
        let layout = try NativeLayout(header, limit: NativeLimits.frames)
        precondition(layout.kinds.count == records.count, "the header implies the frames that were written")
        var tail = header.text
        // What we write we can read: the reader's own limits on size and depth decide.
        _ = try NativeHeader(text: tail)
        let headerBytes = tail.count
        tail.append(contentsOf: [UInt8](repeating: 0, count: NativeLayout.gap(headerBytes, 16)))
        for record in records { record.append(to: &tail) }
        let prologue = unsafe Prologue(
            version: header.version, fileSize: file.size + tail.count, headerOffset: file.size,
            headerBytes: headerBytes,
            frameCount: records.count, tailHash: tail.withUnsafeBytes { unsafe xxh64($0) })
        try file.write(tail)
        try file.overwrite(prologue.bytes, at: 0)
        let sizes = NativeSizes(layout: layout, records: records, fileSize: file.size)
        let report = NativeWriteReport(tensors: tensors, keptInFloat32: keptInFloat32, sizes: sizes)
        try check(file.sealed())
        try file.commit()
        return report
    }

    // MARK: Tensors

    /// What the second section needs to know of a tensor.
    private struct Reload {
        let plan: NativeTensorPlan
        let hash: UInt64
        let scales: [Float]
        let residual: Residual
    }

    private func check(_ plans: [NativeTensorPlan]) throws(NativeError) {
        guard plans.count <= NativeLimits.tensors else {
            throw .limit(part: "number of tensors", found: plans.count, limit: NativeLimits.tensors)
        }
        var names = Set<String>()
        for plan in plans {
            try plan.check()
            guard names.insert(plan.name).inserted else { throw .duplicateTensor(plan.name) }
        }
    }

    private func loaded(_ plan: NativeTensorPlan, _ load: (String) throws -> Tensor) throws -> Tensor {
        let tensor = try load(plan.name)
        guard tensor.dtype == .float32, tensor.shape == plan.shape else {
            throw NativeError.cannotWrite(
                part: "tensor \(plan.quotedName)",
                problem: "expected float32 \(plan.shape), loaded \(tensor.dtype.rawValue) \(tensor.shape)")
        }
        return tensor
    }

    private func hash(_ tensor: Tensor) -> UInt64 { unsafe tensor.bytes.withUnsafeBytes { unsafe xxh64($0) } }

    private mutating func writeWeights(_ plan: NativeTensorPlan, _ tensor: Tensor) throws -> Reload? {
        let shape = plan.shape
        var factors: [Float]?
        var (wantsInt8, outliers) = (false, [Int]())
        if store != .fp32, case .int8(let columnFactors, let elements) = plan.scheme {
            (wantsInt8, factors, outliers) = (true, columnFactors, elements)
        }
        let isMatrix = shape.rank == 2 && shape.count > 0
        let plain = RowQuantizer(columns: shape.rowLength, columnFactors: factors)
        let analysis = plain.analyse(tensor, outliers: isMatrix ? outliers : [], pool: pool)
        let quantizer = plain.with(analysis.outliers)
        let shift = FloatCoding.shift(ofUnion: analysis.union)
        guard wantsInt8, isMatrix, let scales = analysis.scales else {
            if wantsInt8 { keptInFloat32.append(plan.name) }
            add(plan, .float32(shift: shift))
            try encode(tensor.bytes, count: shape.count, .floats(shift: shift))
            return nil
        }
        try encode(floats: scales)
        if let factors { try encode(floats: factors) }
        try encode(tensor.bytes, count: shape.count, .codes(quantizer, scales: scales))
        add(
            plan,
            .int8(
                hasColumnFactors: factors != nil, residualShift: store == .full ? shift : nil,
                outliers: quantizer.outliers))
        guard store == .full else { return nil }
        return Reload(
            plan: plan, hash: hash(tensor), scales: scales, residual: Residual(quantizer: quantizer, shift: shift))
    }

    private mutating func add(_ plan: NativeTensorPlan, _ scheme: StoredScheme) {
        tensors.append(
            NativeTensorRecord(
                name: plan.name, shape: plan.shape, originalDType: plan.originalDType, scheme: scheme))
    }

    // MARK: Frames

    private mutating func encode(floats: [Float]) throws {
        try unsafe encode(floats.withUnsafeBytes { unsafe Array($0) }, count: floats.count, .floats(shift: 0))
    }

    private mutating func encode(_ elements: [UInt8], count: Int, _ work: EncodeJob.Work) throws {
        for chunk in 0..<FloatCoding.chunks(count) {
            let job = EncodeJob(elements: elements, range: FloatCoding.range(chunk, of: count), work: work)
            if encoder.add(job) { try flush() }
        }
    }

    private mutating func flush() throws {
        for frame in try encoder.finish() { try put(frame) }
    }

    private mutating func put(_ frame: EncodedFrame) throws {
        // A terabyte of elements at least: no test writes so much.
        guard records.count < NativeLimits.frames else {
            throw NativeError.limit(part: "number of frames", found: records.count + 1, limit: NativeLimits.frames)
        }
        try file.write(frame.bytes)
        records.append(frame.record)
    }

    private static func align(_ file: inout AtomicFile) throws(FileError) {
        try file.write([UInt8](repeating: 0, count: NativeLayout.gap(file.size, 64)))
    }
}
