// Checking a model: every checksum, and every probe computed again on this machine.

internal import AdzeBytes
internal import AdzeModelFiles
internal import AdzeModels
internal import AdzeNative
internal import AdzeTensors
internal import AdzeThreads
internal import AdzeTokenization

/// What a verification found in order.
public struct VerificationReport: Sendable {
    /// Tensors that were read.
    public let tensorCount: Int
    /// Probes that were computed again; 0 for a file that has none.
    public let probeCount: Int
    /// The largest difference of an fp32 answer from what the file promises.
    public let largestDifference: Float
    /// Whether int8 answers were compared, bit for bit.
    public let comparedInt8: Bool
}

extension ModelBundle {
    /// Reads all of the model and computes its probes again.
    ///
    /// A native file: every checksum and every chunk decoded, one after another; then fp32 answers within
    /// 1e-4 · max(1, |x|), int8 answers bit for bit. Other sources have no probes, nor has a model that was cut after it
    /// was opened: every tensor is read, and checked to be finite. Throws the first thing that is wrong.
    public func verify(threads: Int? = nil, allowsNonFinite: Bool = false) throws -> VerificationReport {
        try verify(pool: WorkerPool(threads: threads), allowsNonFinite: allowsNonFinite)
    }

    /// The same on the threads of a pool.
    func verify(pool: WorkerPool, allowsNonFinite: Bool = false) throws -> VerificationReport {
        do {
            return try verifyUnlocated(pool: pool, allowsNonFinite: allowsNonFinite)
        } catch let error as any AdzeFailure {
            throw LocatedError(path: source.path, underlying: error)
        }
    }

    private func verifyUnlocated(pool: WorkerPool, allowsNonFinite: Bool) throws -> VerificationReport {
        guard let native = source.native, edits.isEmpty else {
            let store = FiniteStore(base: checkpoint.store, allowsNonFinite: allowsNonFinite)
            let names = store.tensors.map(\.name)
            try pool.forEachThrowing(names.count) { _ = try store.load(names[$0]) }
            return VerificationReport(
                tensorCount: names.count, probeCount: 0, largestDifference: 0, comparedInt8: false)
        }
        try native.verifyContents(pool: pool)
        let probes = try Probes.read(native.metadata.probes, head: checkpoint.head)
        try checkTokens(probes)
        let found = try Probes.run(probes, Engine(checkpoint, exactly: true, pool: pool))
        var largest: Float = 0
        for (probe, found) in zip(probes, found) {
            try compare(probe, found, probe.fp32, isEqual: Probe.agree)
            for (a, b) in zip(found, probe.fp32) where a.isFinite && b.isFinite {
                largest = max(largest, (a - b).magnitude)
            }
        }
        let comparesInt8 = probes.contains { !$0.int8.isEmpty }
        if comparesInt8 {
            let store = NativeQuantizedStore(file: native, checkpoint: checkpoint)
            let engine = try Engine(checkpoint, quantized: store, pool: pool)
            for (probe, found) in zip(probes, try Probes.run(probes, engine)) {
                try compare(probe, found, probe.int8) { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
            }
        }
        return VerificationReport(
            tensorCount: checkpoint.store.tensors.count, probeCount: probes.count, largestDifference: largest,
            comparedInt8: comparesInt8)
    }

    /// The file's tokenizer must still cut the probes' texts into the probes' ids.
    private func checkTokens(_ probes: [Probe]) throws {
        guard let tokenizer else { return }
        for probe in probes {
            guard let text = probe.text else { continue }
            let encoding = tokenizer.encode(text, pair: probe.pair, maximumLength: probe.ids.count)
            guard encoding.ids == probe.ids, encoding.typeIDs == probe.typeIDs else {
                throw BundleError.probeTokens(text: text)
            }
        }
        _ = try PackedBatch(probes.map(\.sequence), config: checkpoint.config)
    }

    private func compare(
        _ probe: Probe, _ found: [Float], _ expected: [Float], isEqual: (Float, Float) -> Bool
    ) throws(BundleError) {
        let text = probe.text ?? "\(probe.ids.count) token ids"
        guard found.count == expected.count else {
            throw .probeFailed(text: text, expected: Float(expected.count), found: Float(found.count))
        }
        for (a, b) in zip(found, expected) where !isEqual(a, b) {
            throw .probeFailed(text: text, expected: b, found: a)
        }
    }
}
