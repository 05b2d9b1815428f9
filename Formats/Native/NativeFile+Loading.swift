// Decoding tensors, one or all, on one thread or many. A chunk's frames are checked before they are decoded, and what
// they give is checked before it is used.

import AdzeBytes
public import AdzeTensors
public import AdzeThreads
import Synchronization

/// A tensor as int8 inference wants it.
public enum InferenceTensor: Sendable, Equatable {
    /// Codes and scales.
    case int8(QuantizedTensor)
    /// A tensor that is kept in fp32.
    case float32(Tensor)
}

extension NativeFile {
    /// The tokens by id, or nil for a file without a vocabulary.
    ///
    /// Throws `NativeError` for damage, or `FileError`. Decoded at each call: keep the result.
    public func vocabulary() throws -> [String]? {
        try vocabularyBytes()?.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same as UTF-8, parts of one array, without making a string of each.
    public func vocabularyBytes() throws -> [ArraySlice<UInt8>]? {
        guard let vocabularyCount else { return nil }
        return try benches.with { bench in
            let bytes = unsafe bench.decoded.take(frames.kinds[0].decodedBytes)
            try unsafe decode(0, into: bytes, bench)
            let (tokens, problem) = unsafe VocabularyCoding.decode(
                UnsafeRawBufferPointer(bytes), count: vocabularyCount)
            guard let tokens else { throw malformed(0, problem) }
            return tokens
        }
    }

    /// One tensor in fp32: exact from a full or fp32 file, from an int8 file what the codes stand for.
    ///
    /// Throws `NativeError` for damage and for an unknown name, or `FileError`.
    public func load(_ name: String) throws -> Tensor { try float32(try index(name), pool: nil) }

    /// As `load(_:)`, chunks shared out to the pool's threads.
    public func load(_ name: String, pool: WorkerPool) throws -> Tensor { try float32(try index(name), pool: pool) }

    /// The codes and scales of an int8 tensor.
    ///
    /// Throws `NativeError.notQuantized` for one kept in fp32, and as `load(_:)` does.
    public func quantized(_ name: String, pool: WorkerPool) throws -> QuantizedTensor {
        guard let tensor = try int8(try index(name), pool: pool) else { throw NativeError.notQuantized(name) }
        return tensor
    }

    /// Runs `body` with the codes, row scales, column factors and outliers of an int8 tensor, in memory that serves the
    /// next tensor afterwards; on the caller's thread.
    ///
    /// Throws as `quantized(_:pool:)` does, and what `body` throws.
    public func withQuantized(
        _ name: String,
        _ body: (
            _ codes: Span<Int8>, _ rowScales: [Float], _ columnFactors: [Float]?, _ outliers: [CodeOutlier]
        ) throws -> Void
    ) throws {
        let index = try index(name)
        guard case .int8(let scaleRun, let factorRun, let first, _) = tensorFrames[index] else {
            throw NativeError.notQuantized(name)
        }
        let outliers = outliers(index)
        let (scales, factors, count) = (try scales(scaleRun), try factors(factorRun), records[index].shape.count)
        try benches.with { bench in
            let codes = unsafe bench.codes.take(count)
            for chunk in 0..<FloatCoding.chunks(count) {
                let range = FloatCoding.range(chunk, of: count)
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: codes[range])
                try unsafe decodeCodes(first + chunk, range, outliers, into: part, bench)
            }
            try unsafe body(codes.bindMemory(to: Int8.self).span, scales, factors, outliers)
        }
    }

    /// All tensors in fp32, in the order of `tensors`; throws as `load(_:)` does.
    public func loadAll(pool: WorkerPool) throws -> [Tensor] {
        try all(pool) { index, pool in try float32(index, pool: pool) }
    }

    /// All tensors for int8 inference, in the order of `tensors`; the residual is not read.
    ///
    /// Throws as `load(_:)` does.
    public func loadForInference(pool: WorkerPool) throws -> [InferenceTensor] {
        try all(pool) { index, pool in
            if let tensor = try int8(index, pool: pool) { return .int8(tensor) }
            return .float32(try float32(index, pool: pool))
        }
    }

    /// Large tensors one after another, each on all threads; small ones together, a thread each.
    private func all<Loaded: Sendable>(
        _ pool: WorkerPool, _ load: @Sendable (Int, WorkerPool?) throws -> Loaded
    ) throws -> [Loaded] {
        let isLarge = records.map { FloatCoding.chunks($0.shape.count) >= 2 * pool.threadCount }
        let small = records.indices.filter { !isLarge[$0] }
        let slots = Mutex([Loaded?](repeating: nil, count: records.count))
        try pool.forEachThrowing(small.count) { position in
            let loaded = try load(small[position], nil)
            slots.withLock { $0[small[position]] = loaded }
        }
        for index in records.indices where isLarge[index] {
            let loaded = try load(index, pool)
            slots.withLock { $0[index] = loaded }
        }
        return slots.withLock { $0.compactMap { $0 } }
    }

    // MARK: Tensors

    private func float32(_ index: Int, pool: WorkerPool?) throws -> Tensor {
        let shape = records[index].shape
        let bytes: [UInt8]
        switch tensorFrames[index] {
        case .float32(let run): bytes = try floats(run, pool: pool)
        case .int8(let scaleRun, let factorRun, let codes, let residual):
            let quantizer = RowQuantizer(
                columns: shape[1], columnFactors: try factors(factorRun), outliers: outliers(index))
            let scales = try scales(scaleRun)
            guard case .int8(_, let shift, _) = records[index].scheme else {
                preconditionFailure("int8 frames belong to an int8 record")
            }
            bytes = try unsafe chunks(shape.count, elementSize: 4, pool: pool) { chunk, range, out, bench in
                let raw = unsafe bench.codes.take(range.count)
                try unsafe decodeCodes(codes + chunk, range, quantizer.outliers, into: raw, bench)
                let codes = UnsafeRawBufferPointer(raw)
                guard let residual, let shift else {
                    return unsafe quantizer.dequantize(codes, scales: scales, range, into: out)
                }
                try unsafe decodeResidual(
                    residual + chunk, Residual(quantizer: quantizer, shift: shift), codes: codes, scales: scales, range,
                    into: out, bench)
            }
        }
        return Tensor(dtype: .float32, shape: shape, bytes: bytes)
    }

    /// Fills `out` with the exact elements of a run, `codes` being that run's.
    func decodeResidual(
        _ frame: Int, _ coding: Residual, codes: UnsafeRawBufferPointer, scales: [Float], _ range: Range<Int>,
        into out: UnsafeMutableRawBufferPointer, _ bench: Workbench
    ) throws {
        let bits = unsafe bench.decoded.take(frames.records[frame].storedBytes)
        try unsafe readStored(frame, into: bits)
        let problem = unsafe coding.decode(
            UnsafeRawBufferPointer(bits), codes: codes, scales: scales, range, into: out)
        if let problem { throw malformed(frame, problem) }
    }

    private func int8(_ index: Int, pool: WorkerPool?) throws -> QuantizedTensor? {
        guard case .int8(let scaleRun, let factorRun, let first, _) = tensorFrames[index] else { return nil }
        let shape = records[index].shape
        let (scales, factors, outliers) = (try scales(scaleRun), try factors(factorRun), outliers(index))
        let codes: [Int8] = try unsafe chunks(shape.count, elementSize: 1, pool: pool) { chunk, range, out, bench in
            try unsafe decodeCodes(first + chunk, range, outliers, into: out, bench)
        }
        return QuantizedTensor(
            shape: shape, codes: codes, rowScales: scales, columnFactors: factors, outliers: outliers)
    }

    /// The elements of a tensor whose codes lie beyond ±127.
    func outliers(_ index: Int) -> [CodeOutlier] {
        if case .int8(_, _, let outliers) = records[index].scheme { outliers } else { [] }
    }

    func scales(_ run: FloatRun) throws -> [Float] { try checkedScales(values(run), run) }

    func checkedScales(_ values: [Float], _ run: FloatRun) throws(NativeError) -> [Float] {
        // A NaN is in no range.
        guard values.allSatisfy({ $0.bitPattern == 0 || (0x1p-97...0x1p84).contains($0) }) else {
            throw malformed(run.frame, "a row scale that is neither 0 nor from 2^-97 to 2^84")
        }
        return values
    }

    func factors(_ run: FloatRun?) throws -> [Float]? {
        guard let run else { return nil }
        let values = try values(run)
        guard values.allSatisfy(RowQuantizer.factors.contains) else {
            throw malformed(run.frame, "a column factor that is not from 2^-24 to 2^24")
        }
        return values
    }

    private func values(_ run: FloatRun) throws -> [Float] {
        let bytes: [UInt8] = try floats(run, pool: nil)
        return (0..<run.count).map { Float(bitPattern: littleEndian(bytes, 4 * $0, UInt32.self)) }
    }

    // MARK: Chunks

    private func floats(_ run: FloatRun, pool: WorkerPool?) throws -> [UInt8] {
        try unsafe chunks(run.count, elementSize: 4, pool: pool) { chunk, _, out, bench in
            try unsafe decodeFloats(run, chunk: chunk, into: out, bench)
        }
    }

    /// Fills `out` with one chunk of a run of floats.
    func decodeFloats(
        _ run: FloatRun, chunk: Int, into out: UnsafeMutableRawBufferPointer, _ bench: Workbench
    ) throws {
        let range = FloatCoding.range(chunk, of: run.count)
        let frame = run.frame + 2 * chunk
        let exponents = unsafe bench.decoded.take(range.count)
        try unsafe decode(frame, into: exponents, bench)
        let fractions = unsafe bench.codes.take(FloatCoding.fractionBytes(range.count, shift: run.shift))
        try unsafe decode(frame + 1, into: fractions, bench)
        guard let exponents = exponents.baseAddress, let fractions = fractions.baseAddress, let out = out.baseAddress
        else { return }
        let isClean = unsafe FloatCoding.unpack(
            exponents: exponents, fractions: fractions, count: range.count, shift: run.shift, into: out)
        if !isClean { throw malformed(frame + 1, "bits behind the last element are not zero") }
    }

    /// An array of `count` elements that `body` fills chunk by chunk: index, elements, their memory, a workbench.
    private func chunks<Element: BitwiseCopyable>(
        _ count: Int, elementSize: Int, pool: WorkerPool?,
        _ body: @Sendable (Int, Range<Int>, UnsafeMutableRawBufferPointer, Workbench) throws -> Void
    ) throws -> [Element] {
        let bytes = count * elementSize
        return try unsafe [Element](unsafeUninitializedCapacity: bytes) { out, initialized in
            let target = unsafe SharedBuffer(UnsafeMutableRawBufferPointer(out))
            @Sendable func work(_ chunk: Int) throws {
                let range = FloatCoding.range(chunk, of: count)
                let part = unsafe target.slice(range.lowerBound * elementSize..<range.upperBound * elementSize)
                try benches.with { try unsafe body(chunk, range, part, $0) }
            }
            if let pool {
                try pool.forEachThrowing(FloatCoding.chunks(count), work)
            } else {
                for chunk in 0..<FloatCoding.chunks(count) { try work(chunk) }
            }
            // Every chunk filled its part, or an error left by now.
            initialized = bytes
        }
    }

    /// Fills `out` with the codes of a run of elements, and checks that those of the tensor's outliers say so.
    func decodeCodes(
        _ frame: Int, _ range: Range<Int>, _ outliers: [CodeOutlier], into out: UnsafeMutableRawBufferPointer,
        _ bench: Workbench
    ) throws {
        try unsafe decode(frame, into: out, bench)
        for outlier in outliers[outliers.positions(in: range)] {
            let byte = Int8(bitPattern: unsafe out[outlier.index - range.lowerBound])
            guard byte == 127 * outlier.code.signum() else {
                throw malformed(frame, "a code of \(byte) where the header lists \(outlier.code)")
            }
        }
        var lowest: Int8 = 0
        for index in out.indices { lowest = min(lowest, Int8(bitPattern: unsafe out[index])) }
        guard lowest >= -127 else { throw malformed(frame, "a code of -128") }
    }

    /// The same of a chunk without outliers, with a workbench of the file's.
    func decodeChunk(_ frame: Int, _ range: Range<Int>, into out: UnsafeMutableRawBufferPointer) throws {
        try benches.with { try unsafe decodeCodes(frame, range, [], into: out, $0) }
    }

    /// Fills `out` with what a frame gives; the caller made it just that large.
    private func decode(_ frame: Int, into out: UnsafeMutableRawBufferPointer, _ bench: Workbench) throws {
        switch frames.records[frame].coding {
        case .raw: try unsafe readStored(frame, into: out)
        case .zstd:
            let stored = unsafe bench.stored.take(frames.records[frame].storedBytes)
            try unsafe readStored(frame, into: stored)
            if let problem = unsafe bench.decompress(UnsafeRawBufferPointer(stored), into: out) {
                throw malformed(frame, problem)
            }
        }
    }
}
