// Where the codes of a model's matrices come from: a native file, or fp32 weights that are quantized as such a file would
// have them. Not here: the arithmetic of codes, which is the native format's.

internal import AdzeBytes
internal import AdzeModels
public import AdzeNative
internal import AdzeTensors
internal import AdzeThreads

/// The quantized parameters of a written file.
struct NativeQuantizedStore: QuantizedStore {
    private let file: NativeFile
    private let checkpoint: ModelCheckpoint
    private let sources: [String: String]

    /// The parameters that `checkpoint` found in the file: a file of others may have two tensors of like names, and only
    /// those of the checkpoint have been checked for their shapes.
    init(file: NativeFile, checkpoint: ModelCheckpoint) {
        self.file = file
        self.checkpoint = checkpoint
        let entries = checkpoint.map?.entries ?? []
        sources = Dictionary(entries.map { ($0.name, $0.source) }, uniquingKeysWith: { first, _ in first })
    }

    func quantized(_ name: String) throws -> QuantizedWeights? {
        try quantized(name, pool: WorkerPool(threadCount: 1))
    }

    func withQuantized(_ name: String, _ body: (borrowing BorrowedWeights) throws -> Void) throws -> Bool {
        guard let source = sources[name], case .int8 = file.record(source)?.scheme else { return false }
        try file.withQuantized(source) { codes, scales, factors, outliers in
            try body(BorrowedWeights(codes: codes, rowScales: scales, columnFactors: factors, outliers: outliers))
        }
        return true
    }

    func quantized(_ name: String, pool: WorkerPool) throws -> QuantizedWeights? {
        guard let source = sources[name], case .int8 = file.record(source)?.scheme else { return nil }
        return QuantizedWeights(try file.quantized(source, pool: pool))
    }

    func parts(_ name: String) throws -> (any CodeParts)? {
        guard let source = sources[name], case .int8 = file.record(source)?.scheme else { return nil }
        return try file.residentCodes(source)
    }

    func load(_ name: String) throws -> Tensor { try checkpoint.store.load(name) }
}

extension ResidentCodes: CodeParts {}

/// The parameters as a file that is about to be written will quantize them.
struct PlannedQuantizedStore: QuantizedStore {
    let store: any TensorStore
    let plan: QuantizationPlan
    private let int8Names: Set<String>

    /// The parameters of a checkpoint after a plan.
    init(_ checkpoint: ModelCheckpoint, plan: QuantizationPlan) {
        store = checkpoint.store
        self.plan = plan
        int8Names = checkpoint.int8Names.subtracting(plan.kept)
    }

    /// Whether a parameter goes into the int8 section.
    private func hasCodes(_ name: String) -> Bool { int8Names.contains(name) }

    /// How the file will keep a parameter.
    func scheme(_ name: String) -> TensorScheme {
        hasCodes(name)
            ? .int8(columnFactors: plan.smoothing.factors(name), outliers: plan.outliers.elements(name)) : .float32
    }

    func quantized(_ name: String) throws -> QuantizedWeights? {
        try planned(name).map { QuantizedWeights($0) }
    }

    func load(_ name: String) throws -> Tensor { try store.load(name) }

    /// How the file will keep a tensor in its int8 section, or nil where it stays in fp32.
    fileprivate func planned(_ name: String) throws -> QuantizedTensor? {
        guard hasCodes(name) else { return nil }
        let tensor = try store.load(name)
        // Callers load several tensors at once: each is one thread's work.
        return QuantizedTensor(
            quantizing: tensor.dtype == .float32 ? tensor : Tensor(shape: tensor.shape, floats: tensor.floats()),
            columnFactors: plan.smoothing.factors(name), outliers: plan.outliers.elements(name),
            pool: WorkerPool(threadCount: 1))
    }
}

/// The fp32 values that an int8-only file gives back.
struct DequantizedStore: TensorStore {
    let planned: PlannedQuantizedStore
    var tensors: [TensorInfo] { planned.store.tensors }

    func load(_ name: String) throws -> Tensor {
        if let quantized = try planned.planned(name) { return quantized.dequantized() }
        let tensor = try planned.store.load(name)
        return tensor.dtype == .float32 ? tensor : Tensor(shape: tensor.shape, floats: tensor.floats())
    }
}

extension QuantizedWeights {
    fileprivate init(_ tensor: QuantizedTensor) {
        self.init(
            codes: tensor.codes, rowScales: tensor.rowScales, columnFactors: tensor.columnFactors,
            outliers: tensor.outliers)
    }
}

extension NativeFile {
    /// How the parameters of a checkpoint that was found in this file are quantized: the factors, the outliers, and what
    /// stays in fp32.
    func plan(of checkpoint: ModelCheckpoint) throws -> QuantizationPlan {
        let pool = WorkerPool(threadCount: 1)
        var plan = QuantizationPlan(report: metadata.report?.object)
        var factors: [String: [Float]] = [:]
        var outliers: [String: [Int]] = [:]
        let int8Names = checkpoint.int8Names
        for entry in checkpoint.map?.entries ?? [] where int8Names.contains(entry.name) {
            switch record(entry.source)?.scheme {
            case .int8(let hasColumnFactors, _, let found):
                if hasColumnFactors { factors[entry.name] = try quantized(entry.source, pool: pool).columnFactors }
                outliers[entry.name] = found.map(\.index)
            default: plan.kept.insert(entry.name)
            }
        }
        plan.smoothing = ChannelSmoothing(factors: factors)
        plan.outliers = WeightOutliers(elements: outliers)
        return plan
    }

    /// What the header says of a tensor, or nil.
    ///
    /// - Complexity: O(tensors).
    public func record(_ name: String) -> NativeTensorRecord? { records.first { $0.name == name } }

    /// Whether the file was made to run in int8; what it keeps in fp32 then stays there, were it every matrix.
    var hasInt8: Bool { store != .fp32 }
}
