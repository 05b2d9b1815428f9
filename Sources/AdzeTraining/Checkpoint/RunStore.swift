// The checkpoints of one run: when they are due, and what they hold. Not here: the files' layout, see `RunFolder`.

internal import AdzeBytes
internal import AdzeKernels

/// The checkpoints of a run under way.
struct RunStore {
    let folder: RunFolder
    let identity: RunIdentity
    private(set) var serial = 0
    /// The step of the last checkpoint that stands.
    private(set) var lastStep: Int?
    private var lastTime = ContinuousClock.now
    /// The file of the best epoch's weights.
    var best: ArrayFile?

    init(folder: RunFolder, identity: RunIdentity) {
        self.folder = folder
        self.identity = identity
        // A run that replaces another writes over none of its files before its own manifest stands.
        serial = ((try? folderEntries(folder.path)) ?? []).compactMap { RunFolder.serial(of: $0) }.max() ?? 0
    }

    func isDue(step: Int, now: ContinuousClock.Instant, _ options: TrainerOptions) -> Bool {
        if let steps = options.saveSteps, step % max(steps, 1) == 0 { return true }
        return (now - lastTime).inSeconds >= options.saveSeconds
    }

    /// Takes up a checkpoint; throws `RunCheckpointError` and `FileError`.
    mutating func load(_ manifest: RunManifest, arrays: [NamedArray]) throws {
        if let best = manifest.best {
            // It is wanted at the end of the run; that is no time to learn that it is damaged.
            let count = arrays[0].range.count
            let room = NamedArray(name: arrays[0].name, buffer: FloatBuffer(zeroPages: count), range: 0..<count)
            try folder.read(best, into: [room])
        }
        try folder.read(manifest.arrays, into: arrays)
        best = manifest.best
        serial = max(serial, manifest.serial)
        lastStep = manifest.state.step
        folder.removeStale(manifest)
    }

    /// Saves a checkpoint; what was there before stands until this one is whole.
    mutating func save(_ state: RunState, arrays: [NamedArray]) throws(FileError) {
        serial += 1
        let file = try folder.write(arrays, name: RunFolder.arrayName(serial: serial))
        let manifest = RunManifest(identity: identity, serial: serial, state: state, arrays: file, best: best)
        try folder.commit(manifest)
        folder.removeStale(manifest)
        lastStep = state.step
        lastTime = .now
    }

    /// Keeps the best epoch's weights.
    mutating func saveBest(_ weights: NamedArray) throws(FileError) {
        serial += 1
        best = try folder.write([weights], name: RunFolder.bestName(serial: serial))
    }
}

extension Trainer {
    /// Whether a run writes a file of this name into its folder for checkpoints.
    public static func isCheckpointFile(_ name: String) -> Bool { RunFolder.isOurs(name) }

    /// What a checkpoint holds.
    var arrays: [NamedArray] {
        let moments = 0..<optimizer.firstMoments.count
        return [
            NamedArray(name: "weights", buffer: engine.weights, range: trainedRange),
            NamedArray(name: "first moments", buffer: optimizer.firstMoments, range: moments),
            NamedArray(name: "second moments", buffer: optimizer.secondMoments, range: moments),
        ]
    }

    /// Saves a checkpoint where the run has a folder.
    func save() throws(TrainerError) {
        guard store != nil else { return }
        optimizer.settle()
        state.updateCounts = optimizer.updateCounts
        do throws(FileError) {
            try store?.save(state, arrays: arrays)
        } catch { throw .cannotSave(error, step: state.step, lastStep: store?.lastStep) }
        if let store { watch.observe(.saved(step: state.step, path: store.folder.path)) }
    }

    /// Keeps the present weights as the best.
    func keepBest() throws(TrainerError) {
        guard store != nil else {
            let kept = bestWeights ?? KeptWeights(folder: options.cacheFolder)
            unsafe kept.keep(UnsafeBufferPointer(trainedWeights))
            bestWeights = kept
            return
        }
        do throws(FileError) {
            try store?.saveBest(NamedArray(name: "weights", buffer: engine.weights, range: trainedRange))
        } catch { throw .cannotSave(error, step: state.step, lastStep: store?.lastStep) }
    }

    /// Puts the best epoch's weights in place; from then on they are the ones.
    func placeBest() throws {
        try unsafe bestWeights?.restore(to: trainedWeights)
        if let best = store?.best {
            let weights = NamedArray(name: "weights", buffer: engine.weights, range: trainedRange)
            try store?.folder.read(best, into: [weights])
        }
    }

    private var trainedWeights: UnsafeMutableBufferPointer<Float> {
        unsafe UnsafeMutableBufferPointer(
            start: engine.weights.base + trainedRange.lowerBound, count: trainedRange.count)
    }
}
