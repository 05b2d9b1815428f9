// From a checked model to a native file: the plan of tensors, the probes, the write, and reading back what was written.

internal import AdzeBytes
internal import AdzeModelFiles
internal import AdzeModels
public import AdzeNative
internal import AdzeTensors
internal import AdzeThreads
internal import AdzeTokenization

/// How a model is converted.
public struct ConversionOptions: Sendable {
    /// What the file keeps.
    public var store: NativeStore = .full
    /// Whether NaN and infinite weights are kept instead of refused.
    public var allowsNonFinite = false
    /// Whether an existing file is replaced.
    public var replacing = false
    /// Threads; nil takes every processor.
    public var threads: Int?
    /// What int8 is calibrated on; nil for what a file with codes was calibrated on, else for the built-in sentences.
    public var calibration: Calibration?
    /// What was measured before.
    var plan: QuantizationPlan?

    /// int8 with residual, finite weights only, no replacing.
    public init() {}
}

/// What a conversion did.
public struct ConversionReport: Sendable {
    /// Bytes of the source's weights.
    public let sourceBytes: Int
    /// Bytes of the written file.
    public let writtenBytes: Int
    /// Weights in the model.
    public let parameterCount: Int
    /// Encoder blocks.
    public let blockCount: Int
    /// The largest difference between the source's fp32 answers and the written file's, over all probes.
    public let probeDifference: Float
    /// The same for the int8 answers; nil for a file without int8.
    public let int8Difference: Float?
}

extension ModelBundle {
    /// Writes the model as a `.adze` file and reads it back to prove it.
    ///
    /// Throws `CheckpointError.nonFinite`, the readers' errors and `FileError`; after any of them nothing is left at
    /// `path` but what was there. The same model gives the same bytes on any machine with the same libzstd.
    /// - Complexity: O(weights); memory for the fp32 weights once, while the probes run, and a few tensors beside.
    package func convert(
        to path: String, options: ConversionOptions = ConversionOptions()
    ) throws -> ConversionReport {
        guard keepsRule(convertedBy: options) else {
            return try withoutAnswerRule().convert(to: path, options: options)
        }
        do {
            return try convertUnlocated(to: path, options: options)
        } catch let error as CheckpointError {
            throw LocatedError(path: source.path, underlying: error)
        }
    }

    private func convertUnlocated(
        to path: String, options: ConversionOptions
    ) throws -> ConversionReport {
        try OutputPlace(path).check(.file, replacing: options.replacing)
        let pool = WorkerPool(threads: options.threads)
        let finite = FiniteStore(base: checkpoint.store, allowsNonFinite: options.allowsNonFinite)
        let source = ModelCheckpoint(config: checkpoint.config, head: checkpoint.head, store: finite)
        var probes = Probes.inputs(tokenizer: tokenizer, config: checkpoint.config, head: checkpoint.head)

        let (sourceAnswers, plan) = try measure(probes, source, options, pool: pool)
        let planned = PlannedQuantizedStore(source, plan: plan)
        var fileAnswers = sourceAnswers
        if options.store == .int8 {
            let dequantized = ModelCheckpoint(
                config: checkpoint.config, head: checkpoint.head, store: DequantizedStore(planned: planned))
            fileAnswers = try Probes.run(probes, Engine(dequantized, exactly: true, pool: pool))
        }
        let int8 =
            options.store == .fp32
            ? nil : try Probes.run(probes, Engine(source, quantized: planned, pool: pool))
        for index in probes.indices {
            probes[index].fp32 = fileAnswers[index]
            probes[index].int8 = int8?[index] ?? []
        }
        let size = try write(to: path, probes, planned, options, pool: pool)
        return ConversionReport(
            sourceBytes: self.source.byteCount, writtenBytes: size,
            parameterCount: checkpoint.config.parameterCount(head: checkpoint.head),
            blockCount: checkpoint.config.layerCount,
            probeDifference: largestDifference(sourceAnswers, fileAnswers),
            int8Difference: int8.map { largestDifference(sourceAnswers, $0) })
    }

    /// The source's answers to the probes, and how its int8 section is to be, from one loaded model.
    private func measure(
        _ probes: [Probe], _ source: ModelCheckpoint, _ options: ConversionOptions, pool: WorkerPool
    ) throws -> (answers: [[Float]], plan: QuantizationPlan) {
        let engine = try Engine(source, exactly: true, pool: pool)
        let answers = try Probes.run(probes, engine)
        guard options.store != .fp32 else { return (answers, QuantizationPlan()) }
        let plan = try options.plan ?? (options.calibration == nil ? carriedPlan() : nil)
        let calibration = options.calibration ?? .builtIn
        return (
            answers,
            try plan ?? uncut?.plan(calibration, pool: pool) ?? engine.plan(source, calibration, tokenizer: tokenizer)
        )
    }

    /// How a file with codes has them, so that it is the same model when it is converted again; nil for other sources.
    ///
    /// What the file says of its quality holds for the very weights and head that were measured: a new head, another
    /// tokenizer, and codes that are made of codes lose it.
    private func carriedPlan() throws -> QuantizationPlan? {
        guard let native = source.native, hasInt8 else { return nil }
        var plan = try native.plan(of: checkpoint)
        let old = native.metadata
        let new = metadata([], plan)
        let isWhole = checkpoint.map?.entries.count == checkpoint.store.tensors.count
        let isSameConfig = withoutLabelRule(new.config) == withoutLabelRule(old.config)
        if native.store != .full || !isWhole || !isSameConfig || new.head != old.head
            || new.labels != old.labels || new.tokenizer != old.tokenizer
        {
            plan.report?["quality"] = nil
        }
        return plan
    }

    /// A configuration without the rule for its answers, unless that is of several labels: it alone changes which is best.
    private func withoutLabelRule(_ config: JSONValue?) -> JSONValue? {
        guard var members = config?.object, members[AnswerRule.configKey]?["thresholds"] == nil else { return config }
        members[AnswerRule.configKey] = nil
        return .object(members)
    }

    private func write(
        to path: String, _ probes: [Probe], _ planned: PlannedQuantizedStore, _ options: ConversionOptions,
        pool: WorkerPool
    ) throws -> Int {
        let plans = checkpoint.store.tensors.map { info in
            NativeTensorPlan(
                name: info.name, shape: info.shape, originalDType: info.dtype,
                scheme: planned.scheme(info.name))
        }
        let contents = NativeContents(
            store: options.store, metadata: metadata(probes, planned.plan),
            vocabulary: tokenizer?.vocabulary.tokens, tensors: plans)
        let report = try NativeWriter.write(contents, path: path, replacing: options.replacing, pool: pool) { draft in
            // Nobody has heard of the draft.
            do {
                _ = try ModelBundle(path: draft).verify(pool: pool)
            } catch let error as LocatedError where error.path == draft {
                throw LocatedError(path: path, underlying: error.underlying)
            } catch let error as FileError {
                throw error.naming(path, insteadOf: draft)
            }
        } load: {
            try planned.load($0)
        }
        return report.sizes.file
    }

    /// What the header says of the model besides its tensors.
    private func metadata(_ probes: [Probe], _ plan: QuantizationPlan) -> NativeMetadata {
        let task = checkpoint.head.task
        var head: JSONObject = ["kind": .string(task.kind.rawValue)]
        if task == .encoder { head["pooler"] = .bool(checkpoint.head.hasPooler) }
        if let sentenceRecipe { head["sentence"] = sentenceRecipe.json }
        return NativeMetadata(
            config: .object(configMembers), head: .object(head),
            labels: checkpoint.head.labels.map { .array($0.map(JSONValue.string)) },
            tokenizer: tokenizer?.description, provenance: provenance,
            probes: .array(probes.map(\.json)), report: plan.report.map(JSONValue.object))
    }

    /// Where the weights come from: facts of the content alone, no path, no time. A converted file's own is carried on.
    private var provenance: JSONValue {
        var facts =
            source.native?.metadata.provenance?.object
            ?? ["format": .string(source.format.rawValue), "tensors": .integer(source.store.tensors.count)]
        if source.native == nil, let prefix = checkpoint.map?.prefix, !prefix.isEmpty {
            facts["prefix"] = .string(prefix)
        }
        for edit in edits { edit.add(to: &facts) }
        return .object(facts)
    }
}

extension ModelEdit {
    /// Tells what was done, after what was done before.
    func add(to facts: inout JSONObject) {
        switch self {
        case .kept(let blocks, let count):
            let cut: JSONObject = ["kept": .array(blocks.map { .integer($0) }), "of": .integer(count)]
            facts["pruned"] = .array((facts["pruned"]?.array ?? []) + [.object(cut)])
        case .dropped(let heads):
            let cut: JSONObject = ["droppedHeads": .object(heads.json)]
            facts["pruned"] = .array((facts["pruned"]?.array ?? []) + [.object(cut)])
        case .newWordTable(let size):
            facts["newWordTable"] = .integer(size)
        case .keptPieces(let count, let total, let grounds):
            var cut: JSONObject = ["pieces": .integer(count), "ofPieces": .integer(total)]
            for (key, value) in grounds.json { cut[key] = value }
            facts["pruned"] = .array((facts["pruned"]?.array ?? []) + [.object(cut)])
        case .addedTokens(let count):
            facts["addedTokens"] = .integer((facts["addedTokens"]?.integer ?? 0) + count)
        case .adapted(let adapter):
            facts["adapter"] = .object(adapter)
        case .prompted(let prompt):
            facts["prompt"] = .object(prompt.json)
        case .finetuned(let recipe):
            facts["finetuned"] = .array((facts["finetuned"]?.array ?? []) + [.object(recipe)])
        }
    }
}

/// The largest absolute difference of two sets of answers; infinite where one has NaN and the other not.
private func largestDifference(_ a: [[Float]], _ b: [[Float]]) -> Float {
    zip(a.joined(), b.joined()).reduce(Float(0)) { worst, pair in
        if pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN { return worst }
        let difference = (pair.0 - pair.1).magnitude
        return difference.isNaN ? .infinity : max(worst, difference)
    }
}

/// A store that gives fp32 and refuses NaN and infinities.
struct FiniteStore: TensorStore {
    let base: any TensorStore
    let allowsNonFinite: Bool
    var tensors: [TensorInfo] { base.tensors }

    func load(_ name: String) throws -> Tensor {
        var tensor = try base.load(name)
        if tensor.dtype != .float32 { tensor = Tensor(shape: tensor.shape, floats: tensor.floats()) }
        if !allowsNonFinite, let index = firstNonFinite(tensor) {
            throw CheckpointError.nonFinite(name: name, row: index / max(tensor.shape.rowLength, 1))
        }
        return tensor
    }

    /// The first element of an fp32 tensor that is not finite.
    private func firstNonFinite(_ tensor: Tensor) -> Int? {
        unsafe tensor.bytes.withUnsafeBytes { bytes in
            func pattern(_ index: Int) -> UInt32 {
                unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
            }
            // An exponent of ones, and no other, carries into the sign; all elements are looked at with no branch.
            var carries: UInt32 = 0
            for index in 0..<tensor.shape.count { carries |= (pattern(index) & 0x7F80_0000) &+ 0x0080_0000 }
            guard carries & 0x8000_0000 != 0 else { return nil }
            return (0..<tensor.shape.count).first { pattern($0) & 0x7F80_0000 == 0x7F80_0000 }
        }
    }
}
