// Turning chunks of tensors into stored frames, many at a time on the threads of a pool, in the order in which they were
// asked for. Not here: what is asked for (`NativeWriter.swift`), or the file.

import AdzeBytes
import AdzeThreads
import Synchronization

/// A frame ready to be written.
struct EncodedFrame: Sendable {
    let bytes: [UInt8]
    let record: FrameRecord

    /// The bytes through zstd, or raw where that is no larger, or where more than `mostExpansion` bytes would come out of
    /// each that is stored.
    init(compressing raw: [UInt8], mostExpansion: Int = .max, _ bench: Workbench) throws(NativeError) {
        var compressed: [UInt8]?
        do {
            compressed = try unsafe raw.withUnsafeBytes { try unsafe bench.compress($0) }
        } catch let error as NativeError {
            throw error
        } catch {
            preconditionFailure("compress throws NativeError alone")
        }
        if let frame = compressed, raw.count / frame.count >= mostExpansion { compressed = nil }
        self.init(compressed ?? raw, compressed == nil ? .raw : .zstd)
    }

    /// The bytes as they are.
    init(raw: [UInt8]) { self.init(raw, .raw) }

    private init(_ bytes: [UInt8], _ coding: FrameRecord.Coding) {
        self.bytes = bytes
        record = unsafe FrameRecord(
            storedBytes: bytes.count, coding: coding, hash: bytes.withUnsafeBytes { unsafe xxh64($0) })
    }
}

/// One chunk of a tensor and what to make of it.
struct EncodeJob: Sendable {
    enum Work: Sendable {
        /// Exponents and fractions: two frames.
        case floats(shift: Int)
        /// int8 codes: one frame.
        case codes(RowQuantizer, scales: [Float])
        /// The residual: one frame.
        case residual(Residual, scales: [Float])
    }

    /// All elements of the tensor, fp32.
    let elements: [UInt8]
    /// The chunk.
    let range: Range<Int>
    let work: Work

    /// The chunk's frames, in none of which one stored byte stands for more than `mostExpansion` elements.
    func frames(mostExpansion: Int, _ bench: Workbench) throws -> [EncodedFrame] {
        try unsafe elements.withUnsafeBytes { elements in
            switch work {
            case .floats(let shift):
                return unsafe [
                    try EncodedFrame(
                        compressing: FloatCoding.exponents(elements, range), mostExpansion: mostExpansion, bench),
                    try EncodedFrame(compressing: FloatCoding.fractions(elements, range, shift: shift), bench),
                ]
            case .codes(let quantizer, let scales):
                let codes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { out, initialized in
                    unsafe quantizer.quantize(elements, scales: scales, range, into: UnsafeMutableRawBufferPointer(out))
                    initialized = range.count
                }
                return [try EncodedFrame(compressing: codes, mostExpansion: mostExpansion, bench)]
            case .residual(let residual, let scales):
                let codes = unsafe bench.codes.take(range.count)
                unsafe residual.quantizer.quantize(elements, scales: scales, range, into: codes)
                return unsafe [
                    EncodedFrame(
                        raw: residual.encode(elements, codes: UnsafeRawBufferPointer(codes), scales: scales, range))
                ]
            }
        }
    }
}

/// Jobs that wait until there are enough of them for all threads.
struct FrameEncoder {
    private let pool: WorkerPool
    private let benches = Workbench.Pool()
    private var pending: [EncodeJob] = []
    /// The most elements that one stored byte may stand for.
    var mostExpansion = Int.max

    init(pool: WorkerPool) { self.pool = pool }

    /// Adds a chunk; whether there are enough to `finish`.
    ///
    /// Eight jobs a thread even out their lengths, and bound the tensors kept alive and the frames not yet written.
    mutating func add(_ job: EncodeJob) -> Bool {
        pending.append(job)
        return pending.count >= 8 * pool.threadCount
    }

    /// The frames of all waiting chunks, in the order of `add`.
    mutating func finish() throws -> [EncodedFrame] {
        let (jobs, benches, mostExpansion) = (pending, benches, mostExpansion)
        pending = []
        let slots = Mutex([[EncodedFrame]](repeating: [], count: jobs.count))
        try pool.forEachThrowing(jobs.count) { index in
            let frames = try benches.with { try jobs[index].frames(mostExpansion: mostExpansion, $0) }
            slots.withLock { $0[index] = frames }
        }
        return slots.withLock { $0.flatMap { $0 } }
    }

    /// One vocabulary frame.
    func vocabulary(_ bytes: [UInt8]) throws -> EncodedFrame {
        let mostExpansion = bytes.count > NativeLimits.vocabularyFloor ? NativeLimits.vocabularyBytesPerByte : .max
        return try benches.with { try EncodedFrame(compressing: bytes, mostExpansion: mostExpansion, $0) }
    }
}
