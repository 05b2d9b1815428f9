// A dense layer in memory, in fp32 or int8, and the reader that packs it. Not here: how its product is shared out among
// the threads, which is `ForwardPass+Products.swift`.

package import AdzeKernels
package import AdzeTensors
internal import AdzeThreads

/// A dense layer: packed (out, in) weights and a bias.
struct Dense: Sendable {
    enum Weights: Sendable {
        case float(PackedMatrix, bias: FloatBuffer)
        /// `factors` are what the input is multiplied with before it is quantized; nil for ones. The bias is inside.
        case int8(PackedInt8Matrix, factors: FloatBuffer?)
    }

    let weights: Weights

    /// N: the layer's outputs.
    var columns: Int {
        switch weights {
        case .float(let matrix, _): matrix.columns
        case .int8(let matrix, _): matrix.columns
        }
    }
}

/// The scale and shift of a layer normalisation.
struct LayerNorm: Sendable {
    let gamma: FloatBuffer
    let beta: FloatBuffer
}

/// Rows that tokens are looked up in.
enum EmbeddingTable: Sendable {
    case float(FloatBuffer)
    /// Row-major codes and a scale a row.
    case int8(codes: [Int8], scales: [Float])
    /// The same, decoded when it is needed.
    case lazy(LazyTable)

    /// Copies a row of `size` values.
    func copy(row: Int, size: Int, to target: UnsafeMutablePointer<Float>) {
        switch self {
        case .float(let buffer): unsafe target.update(from: buffer.base + row * size, count: size)
        case .int8(let codes, let scales):
            // `row` was checked against the vocabulary when the batch was packed.
            unsafe codes.withUnsafeBufferPointer { codes in
                guard let base = codes.baseAddress else { return }
                unsafe EmbeddingTable.copy(base + row * size, scale: scales[row], size: size, to: target)
            }
        case .lazy(let table):
            unsafe EmbeddingTable.copy(table.codes + row * size, scale: table.scales[row], size: size, to: target)
        }
    }

    private static func copy(
        _ codes: UnsafePointer<Int8>, scale: Float, size: Int, to target: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<size { unsafe target[index] = Float(codes[index]) * scale }
    }

    /// Sees to it that the rows of some ids can be copied.
    func prepare(_ ids: some Sequence<Int32>, size: Int, pool: WorkerPool) {
        if case .lazy(let table) = self { table.prepare(ids, size: size, pool: pool) }
    }
}

/// Reads parameters from a store into the engine's forms.
struct ParameterLoader: Sendable {
    let store: any TensorStore
    /// Codes of what runs in int8; nil for a model in fp32.
    let quantized: (any QuantizedStore)?
    let kernels: Kernels
    private let memory = WeightMemory()
    /// The rows of each tensor, by which one that a shape goes without is told.
    private let rows: [String: Int]

    init(store: any TensorStore, quantized: (any QuantizedStore)?, kernels: Kernels) {
        self.store = store
        rows = Dictionary(
            store.tensors.map { ($0.name, $0.shape.rank > 0 ? $0.shape[0] : 1) },
            uniquingKeysWith: { first, _ in first })
        self.quantized = quantized
        self.kernels = kernels
    }

    func buffer(_ name: String) throws -> FloatBuffer { FloatBuffer(try floats(name)) }

    /// What distances add to attention scores; nil for a shape without it.
    func distanceBias(_ shape: EncoderShape) throws -> DistanceBias? {
        guard let bias = shape.relativeBias else { return nil }
        let table = try buffer(ParameterPaths.relativeBias)
        return unsafe DistanceBias(bias, table: table.base, headCount: shape.headCount, tokenLimit: shape.tokenLimit)
    }

    /// The values of a matrix: with `ofCodes` what its codes stand for, as a product in int8 takes it.
    func values(_ name: String, ofCodes: Bool) throws -> [Float] {
        guard ofCodes, let weights = try quantized?.quantized(name) else { return try floats(name) }
        var values = weights.tableValues
        guard let inverse = QuantizedWeights.inputFactors(weights.columnFactors) else { return values }
        for index in values.indices { values[index] *= inverse[index % inverse.count] }
        return values
    }

    func norm(_ path: String) throws -> LayerNorm {
        LayerNorm(
            gamma: try buffer(path + ".weight"), beta: FloatBuffer(try shift(path + ".bias", of: path + ".weight")))
    }

    /// A table whose rows are looked up, in int8 where it has codes; a large one is read on the threads of a pool.
    func table(_ name: String, pool: WorkerPool? = nil) throws -> EmbeddingTable {
        if pool != nil, let parts = try quantized?.parts(name) { return .lazy(LazyTable(parts)) }
        let weights = try pool.map { try quantized?.quantized(name, pool: $0) } ?? quantized?.quantized(name)
        guard let weights else { return .float(try buffer(name)) }
        guard weights.outliers.isEmpty else { return .float(FloatBuffer(weights.tableValues)) }
        return .int8(codes: weights.codes, scales: weights.rowScales)
    }

    /// A table in fp32, of its codes where it has them.
    func smallTable(_ name: String, size: Int) throws -> FloatBuffer {
        let table = try table(name)
        switch table {
        case .float(let values): return values
        case .lazy: preconditionFailure("a small table is read at once")
        case .int8(_, let scales):
            let values = FloatBuffer(count: scales.count * size)
            for row in scales.indices { unsafe table.copy(row: row, size: size, to: values.base + row * size) }
            return values
        }
    }

    func dense(_ path: String) throws -> Dense { try dense([(path + ".weight", path + ".bias")], alignment: 1) }

    /// A layer whose weights and bias have names of their own.
    func dense(weight: String, bias: String) throws -> Dense { try dense([(weight, bias)], alignment: 1) }

    /// A layer in fp32 whose bias is there already.
    func dense(weight: String, sums bias: FloatBuffer) throws -> Dense {
        let weights = try store.load(weight)
        let matrix = PackedMatrix(
            columns: bias.count, depth: weights.shape.rowLength, memory: memory, kernels: kernels)
        matrix.pack(weights.floats(), firstColumn: 0, kernels: kernels)
        return Dense(weights: .float(matrix, bias: bias))
    }

    /// Several layers of the same input as one; each starts at a multiple of `alignment` columns.
    func joined(_ paths: [String], alignment: Int) throws -> Dense {
        try dense(paths.map { ($0 + ".weight", $0 + ".bias") }, alignment: alignment)
    }

    private func dense(_ names: [(weight: String, bias: String)], alignment: Int) throws -> Dense {
        func padding(_ rows: Int) -> Int { (alignment - rows % alignment) % alignment }
        var (biases, starts): ([Float], [Int]) = ([], [])
        for name in names {
            let bias = try shift(name.bias, of: name.weight)
            starts.append(biases.count)
            biases += bias + [Float](repeating: 0, count: padding(bias.count))
        }
        if let layer = try int8(names.map(\.weight), at: starts, biases) { return layer }
        var matrix: PackedMatrix?
        for (name, start) in zip(names, starts) {
            let weight = try store.load(name.weight)
            let packed =
                matrix
                ?? PackedMatrix(
                    columns: biases.count, depth: weight.shape.rowLength, memory: memory, kernels: kernels)
            packed.pack(weight.floats(), firstColumn: start, kernels: kernels)
            matrix = packed
        }
        guard let matrix else { preconditionFailure("a layer has a matrix") }
        return Dense(weights: .float(matrix, bias: FloatBuffer(biases)))
    }

    /// Matrices that share their input as one layer, or nil where one of them is kept in fp32, has other factors, or is
    /// deeper than sums stay exact.
    private func int8(_ names: [String], at starts: [Int], _ biases: [Float]) throws -> Dense? {
        guard let quantized else { return nil }
        var (matrix, factors): (PackedInt8Matrix?, [Float]?) = (nil, nil)
        for (name, start) in zip(names, starts) {
            var isSound = false
            let isInt8 = try quantized.withQuantized(name) { part in
                let depth = part.codes.count / max(part.rowScales.count, 1)
                guard (1...PackedInt8Matrix.depthLimit) ~= depth else { return }
                if matrix == nil {
                    (matrix, factors) = (
                        PackedInt8Matrix(bias: biases, depth: depth, memory: memory), part.columnFactors
                    )
                }
                guard let matrix, matrix.depth == depth, part.columnFactors == factors else { return }
                let outliers = OutlierCode.list(part.outliers, depth: depth)
                guard PackedInt8Matrix.staysExact(depth: depth, outliers: outliers) else { return }
                matrix.pack(
                    part.codes, outliers: outliers, scales: part.rowScales, firstColumn: start, kernels: kernels)
                isSound = true
            }
            guard isInt8, isSound else { return nil }
        }
        guard let matrix else { return nil }
        return Dense(weights: .int8(matrix, factors: QuantizedWeights.inputFactors(factors).map(FloatBuffer.init)))
    }

    private func floats(_ name: String) throws -> [Float] { try store.load(name).floats() }

    /// A bias or shift; zeros where the shape goes without it.
    private func shift(_ name: String, of weight: String) throws -> [Float] {
        if rows[name] != nil { return try floats(name) }
        guard let count = rows[weight] else { return try floats(weight) }
        return [Float](repeating: 0, count: count)
    }
}

extension QuantizedWeights {
    /// What codes stand for, but for the columns' factors.
    fileprivate var tableValues: [Float] {
        let size = codes.count / max(rowScales.count, 1)
        var values = codes.indices.map { Float(codes[$0]) * rowScales[$0 / size] }
        for outlier in outliers { values[outlier.index] = Float(outlier.code) * rowScales[outlier.index / size] }
        return values
    }
}

extension OutlierCode {
    /// Outliers of a matrix of a depth, as the product takes them.
    package static func list(_ outliers: [CodeOutlier], depth: Int) -> [OutlierCode] {
        outliers.map { OutlierCode(row: $0.index / depth, column: $0.index % depth, code: $0.code) }
    }
}
