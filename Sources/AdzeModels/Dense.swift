// A dense layer in memory, in fp32 or int8, and the reader that packs it. Not here: how its product is shared out among
// the threads, which is `ForwardPass+Products.swift`.

internal import AdzeKernels
internal import AdzeTensors

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

    /// Copies a row of `size` values.
    func copy(row: Int, size: Int, to target: UnsafeMutablePointer<Float>) {
        switch self {
        case .float(let buffer): target.update(from: buffer.base + row * size, count: size)
        case .int8(let codes, let scales):
            let scale = scales[row]
            codes.withUnsafeBufferPointer { codes in
                // `row` was checked against the vocabulary when the batch was packed.
                for index in 0..<size { target[index] = Float(codes[row &* size &+ index]) * scale }
            }
        }
    }
}

/// Reads parameters from a store into the engine's forms.
struct ParameterLoader: Sendable {
    let store: any TensorStore
    /// Codes of what runs in int8; nil for a model in fp32.
    let quantized: (any QuantizedStore)?
    let kernels: Kernels

    func buffer(_ name: String) throws -> FloatBuffer { FloatBuffer(try floats(name)) }

    func norm(_ path: String) throws -> LayerNorm {
        LayerNorm(gamma: try buffer(path + ".weight"), beta: try buffer(path + ".bias"))
    }

    /// A table whose rows are looked up, in int8 where it has codes.
    func table(_ name: String) throws -> EmbeddingTable {
        guard let weights = try codes([name])?.first else { return .float(try buffer(name)) }
        return .int8(codes: weights.codes, scales: weights.rowScales)
    }

    /// A table in fp32, of its codes where it has them.
    func smallTable(_ name: String, size: Int) throws -> FloatBuffer {
        let table = try table(name)
        guard case .int8(_, let scales) = table else { return try buffer(name) }
        let values = FloatBuffer(count: scales.count * size)
        for row in scales.indices { table.copy(row: row, size: size, to: values.base + row * size) }
        return values
    }

    func dense(_ path: String) throws -> Dense { try dense([(path + ".weight", path + ".bias")], alignment: 1) }

    /// A layer whose weights and bias have names of their own.
    func dense(weight: String, bias: String) throws -> Dense { try dense([(weight, bias)], alignment: 1) }

    /// Several layers of the same input as one; each starts at a multiple of `alignment` columns.
    func joined(_ paths: [String], alignment: Int) throws -> Dense {
        try dense(paths.map { ($0 + ".weight", $0 + ".bias") }, alignment: alignment)
    }

    private func dense(_ names: [(weight: String, bias: String)], alignment: Int) throws -> Dense {
        func padding(_ rows: Int) -> Int { (alignment - rows % alignment) % alignment }
        var biases: [Float] = []
        for name in names {
            let bias = try floats(name.bias)
            biases += bias + [Float](repeating: 0, count: padding(bias.count))
        }
        guard let parts = try codes(names.map(\.weight)) else {
            var values: [Float] = []
            for name in names {
                let weight = try store.load(name.weight)
                values += weight.floats()
                values += [Float](repeating: 0, count: padding(weight.shape[0]) * weight.shape.rowLength)
            }
            let depth = values.count / max(biases.count, 1)
            let matrix = PackedMatrix(values, columns: biases.count, depth: depth, kernels: kernels)
            return Dense(weights: .float(matrix, bias: FloatBuffer(biases)))
        }
        let depth = parts[0].codes.count / parts[0].rowScales.count
        var (codes, scales): ([Int8], [Float]) = ([], [])
        codes.reserveCapacity(biases.count * depth)
        for part in parts {
            let filler = padding(part.rowScales.count)
            codes += part.codes
            codes += [Int8](repeating: 0, count: filler * depth)
            scales += part.rowScales + [Float](repeating: 0, count: filler)
        }
        let matrix = codes.withUnsafeBufferPointer {
            PackedInt8Matrix(codes: $0, scales: scales, bias: biases, depth: depth, kernels: kernels)
        }
        return Dense(weights: .int8(matrix, factors: parts[0].inputFactors.map(FloatBuffer.init)))
    }

    /// The codes of matrices that share their input, or nil where one of them is kept in fp32, has other factors, or is
    /// deeper than sums stay exact.
    private func codes(_ names: [String]) throws -> [QuantizedWeights]? {
        guard let quantized else { return nil }
        var parts: [QuantizedWeights] = []
        for name in names {
            guard let part = try quantized.quantized(name) else { return nil }
            parts.append(part)
        }
        let factors = parts.first?.columnFactors
        let depth = parts.first.map { $0.codes.count / max($0.rowScales.count, 1) } ?? 0
        let isSound = parts.allSatisfy { $0.columnFactors == factors } && (1...PackedInt8Matrix.depthLimit) ~= depth
        return isSound ? parts : nil
    }

    private func floats(_ name: String) throws -> [Float] { try store.load(name).floats() }
}
