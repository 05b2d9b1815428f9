// The int8 forward pass in plain Swift: the definition that a fast engine must equal bit for bit, and the source of the
// int8 probes of a native file. Slow on purpose. One sequence at a time, every token of every block.
//
// Weights are s8 codes with an fp32 scale a row. Activations are quantized a token at a time, symmetric, and multiplied
// exactly in int32. Matrices that a file keeps in fp32, the small ones of the heads among them, are multiplied in fp32,
// one term after another. Everything between the dense layers runs in fp32 through kernels of fixed order, which give the same
// bits on every instruction set, so neither OpenBLAS nor libm has a part in it.

public import AdzeKernels
internal import AdzeTensors
public import AdzeThreads

/// An int8 BERT in plain Swift.
public struct Int8Oracle: Sendable {
    private let config: BertConfig
    private let head: Head
    private let store: any QuantizedStore
    private let kernels: Kernels
    private let pool: WorkerPool

    /// An oracle over a store of quantized parameters; rows of each product are shared out on the pool.
    public init(config: BertConfig, head: Head, store: any QuantizedStore, kernels: Kernels, pool: WorkerPool) {
        self.config = config
        self.head = head
        self.store = store
        self.kernels = kernels
        self.pool = pool
    }

    /// What the head gives for each sequence, see `Head.outputs`; vocabulary logits at `positions`, nil for every token.
    ///
    /// Throws the store's errors and `BatchError.noSuchPosition`; sequences must fit the model, see `PackedBatch`.
    /// - Complexity: as the forward pass, at about a hundredth of its speed.
    public func run(_ batch: PackedBatch, positions: [[Int]]? = nil) throws -> [EncoderOutput] {
        let wanted = head.decoder == nil ? nil : try batch.checked(positions)
        var results = (0..<batch.sequenceCount).map { EncoderOutput(tokenCount: batch.tokens(of: $0).count) }
        guard batch.sequenceCount > 0 else { return results }
        let hidden = try embed(batch)
        for index in 0..<config.layerCount { try runBlock(index, hidden, batch) }
        let outputs = head.outputs
        if !outputs.isDisjoint(with: .firstTokenOutputs) {
            try finishFirst(values(of: Array(batch.starts.dropLast()), in: hidden), outputs, &results)
        }
        if outputs.contains(.tokenLogits) {
            let path = head.labels == nil ? ParameterPaths.answers : ParameterPaths.classifier
            let logits = try dense(path, hidden.values(0..<batch.tokenCount * config.hiddenSize))
            let size = logits.count / batch.tokenCount
            for index in results.indices {
                let tokens = batch.tokens(of: index)
                results[index].tokenLogits = Array(logits[tokens.lowerBound * size..<tokens.upperBound * size])
            }
        }
        if let wanted, let decoder = head.decoder {
            for (index, list) in wanted.enumerated() where !list.isEmpty {
                let tokens = list.map { batch.starts[index] + $0 }
                results[index].vocabularyLogits = try vocabularyLogits(values(of: tokens, in: hidden), decoder)
            }
        }
        return results
    }

    // MARK: Heads

    /// The first tokens' vectors, (S, H), and what the pooler and its heads make of them.
    private func finishFirst(
        _ first: [Float], _ outputs: OutputRequest, _ results: inout [EncoderOutput]
    ) throws {
        func hand(_ values: [Float], _ store: (inout EncoderOutput, [Float]) -> Void) {
            let size = values.count / results.count
            for index in results.indices { store(&results[index], Array(values[index * size..<(index + 1) * size])) }
        }
        if outputs.contains(.firstToken) { hand(first) { $0.firstToken = $1 } }
        guard !outputs.isDisjoint(with: .pooledOutputs) else { return }
        let pooled = try dense(ParameterPaths.pooler, first, activation: .tanh)
        if outputs.contains(.logits) { hand(try dense(ParameterPaths.classifier, pooled)) { $0.logits = $1 } }
        if outputs.contains(.nextSentenceLogits) {
            hand(try dense(ParameterPaths.nextSentence, pooled)) { $0.nextSentenceLogits = $1 }
        }
    }

    /// (P, V) of P vectors; the transform and the decoder in int8 where their weights are.
    private func vocabularyLogits(_ vectors: [Float], _ decoder: VocabularyDecoder) throws -> [Float] {
        let inner = FloatBuffer(try dense(ParameterPaths.transform, vectors, activation: config.activation))
        try normalize(inner, ParameterPaths.transformNorm)
        let weight = decoder == .tied ? ParameterPaths.wordEmbeddings : ParameterPaths.decoder + ".weight"
        return try dense(weight: weight, bias: ParameterPaths.decoderBias, inner.values(0..<inner.count))
    }

    /// The vectors of some tokens, one after another.
    private func values(of tokens: [Int], in hidden: FloatBuffer) -> [Float] {
        tokens.flatMap { hidden.values($0 * config.hiddenSize..<($0 + 1) * config.hiddenSize) }
    }

    // MARK: Steps

    private func embed(_ batch: PackedBatch) throws -> FloatBuffer {
        let size = config.hiddenSize
        let words = try table(ParameterPaths.wordEmbeddings)
        let positions = try table(ParameterPaths.positionEmbeddings)
        let types = try table(ParameterPaths.typeEmbeddings)
        let hidden = FloatBuffer(count: batch.tokenCount * size)
        for sequence in 0..<batch.sequenceCount {
            for (position, token) in batch.tokens(of: sequence).enumerated() {
                let (word, type, place) = (
                    words(Int(batch.ids[token])), types(Int(batch.typeIDs[token])), positions(position)
                )
                for index in 0..<size { hidden.base[token * size + index] = (word[index] + type[index]) + place[index] }
            }
        }
        try normalize(hidden, ParameterPaths.embeddingNorm)
        return hidden
    }

    private func runBlock(_ index: Int, _ hidden: FloatBuffer, _ batch: PackedBatch) throws {
        let paths = ParameterPaths.block(index)
        let (size, headSize, tokens) = (config.hiddenSize, config.headSize, batch.tokenCount)
        let input = hidden.values(0..<tokens * size)
        let projections = try [paths.query, paths.key, paths.value].map { FloatBuffer(try dense($0, input)) }
        let context = FloatBuffer(count: tokens * size)
        let scratch = AttentionScratch()
        for sequence in 0..<batch.sequenceCount {
            let range = batch.tokens(of: sequence)
            for head in 0..<config.headCount {
                func part(_ buffer: FloatBuffer) -> MatrixView {
                    buffer.matrix(rows: tokens, columns: size).rows(range).columns(
                        head * headSize..<(head + 1) * headSize)
                }
                scratch.attend(
                    kernels, output: part(context), query: part(projections[0]), key: part(projections[1]),
                    value: part(projections[2]), scale: 1 / Float(headSize).squareRoot())
            }
        }
        let attended = FloatBuffer(try dense(paths.attentionOutput, context.values(0..<tokens * size), residual: input))
        try normalize(attended, paths.attentionNorm)
        let middle = attended.values(0..<tokens * size)
        let inner = try dense(paths.intermediate, middle, activation: config.activation)
        let output = try dense(paths.output, inner, residual: middle)
        hidden.base.update(from: output, count: output.count)
        try normalize(hidden, paths.outputNorm)
    }

    // MARK: Pieces

    /// Looks rows of an embedding up: Float(code) · scale, or the fp32 row.
    private func table(_ name: String) throws -> (Int) -> [Float] {
        let size = config.hiddenSize
        guard let weights = try store.quantized(name) else {
            let values = try store.load(name).floats()
            return { Array(values[$0 * size..<($0 + 1) * size]) }
        }
        return { row in weights.codes[row * size..<(row + 1) * size].map { Float($0) * weights.rowScales[row] } }
    }

    private func normalize(_ buffer: FloatBuffer, _ path: String) throws {
        let gamma = FloatBuffer(try store.load(path + ".weight").floats())
        let beta = FloatBuffer(try store.load(path + ".bias").floats())
        let view = buffer.matrix(rows: buffer.count / config.hiddenSize, columns: config.hiddenSize)
        kernels.layerNorm(view, view, gamma: gamma, beta: beta, epsilon: Float(config.layerNormEpsilon))
    }

    /// activation(input · weightᵀ + bias + residual), weights and input in int8 where the weights are.
    private func dense(
        _ path: String, _ input: [Float], residual: [Float]? = nil, activation: Activation = .identity
    ) throws -> [Float] {
        try dense(
            weight: path + ".weight", bias: path + ".bias", input, residual: residual, activation: activation)
    }

    private func dense(
        weight: String, bias: String, _ input: [Float], residual: [Float]? = nil, activation: Activation = .identity
    ) throws -> [Float] {
        let bias = try store.load(bias).floats()
        let columns = bias.count
        let weights = try store.quantized(weight)
        let plain = weights == nil ? try store.load(weight).floats() : []
        let depth = (weights?.codes.count ?? plain.count) / columns
        let count = input.count / depth
        let output = FloatBuffer(count: count * columns)
        let rows = weights == nil ? [] : (0..<count).map { QuantizedRow(input[$0 * depth..<($0 + 1) * depth]) }
        pool.forEach((columns + Int8Oracle.block - 1) / Int8Oracle.block) { block in
            let range = block * Int8Oracle.block..<min(columns, (block + 1) * Int8Oracle.block)
            // Products of 16-bit numbers are what every processor can add in pairs.
            let wide = weights?.codes[range.lowerBound * depth..<range.upperBound * depth].map { Int16($0) } ?? []
            for row in 0..<count {
                let target = output.base + row * columns
                if let weights {
                    multiply(rows[row], wide, weights.rowScales[range], into: target)
                } else {
                    for n in range {
                        target[n] = (0..<depth).reduce(0) { $0 + input[row * depth + $1] * plain[n * depth + $1] }
                    }
                }
                for n in range { target[n] = (target[n] + bias[n]) + (residual?[row * columns + n] ?? 0) }
            }
        }
        kernels.activate(output.matrix(rows: count, columns: columns), activation)
        return output.values(0..<output.count)
    }

    /// Outputs that a thread computes for every token before it goes on: their weights stay near it meanwhile.
    private static let block = 16

    /// Some outputs of one token: multiply exactly, scale back. `weights` has a row for each of `scales`.
    private func multiply(
        _ row: QuantizedRow, _ weights: [Int16], _ scales: ArraySlice<Float>, into target: UnsafeMutablePointer<Float>
    ) {
        let depth = row.codes.count
        weights.withUnsafeBufferPointer { weights in
            row.codes.withUnsafeBufferPointer { codes in
                for (index, n) in scales.indices.enumerated() {
                    let weight = UnsafeBufferPointer(rebasing: weights[index * depth..<(index + 1) * depth])
                    var sum: Int32 = 0
                    // |code · code| ≤ 127², so int32 is exact for K up to 133,000; F and H are checked to be less.
                    for k in 0..<depth { sum &+= Int32(codes[k]) &* Int32(weight[k]) }
                    target[n] = row.isFinite ? Float(sum) * (row.scale * scales[n]) : .nan
                }
            }
        }
    }
}

/// One token's activations: symmetric codes of at most 127, and what they are scaled by.
private struct QuantizedRow: Sendable {
    let codes: [Int16]
    let scale: Float
    let isFinite: Bool

    init(_ values: ArraySlice<Float>) {
        isFinite = values.allSatisfy(\.isFinite)
        let largest = values.reduce(0) { max($0, $1.magnitude) }
        let scale = largest / 127
        self.scale = scale
        let isZero = scale == 0 || !isFinite
        codes = values.map { isZero ? 0 : Int16(max(-127, min(127, ($0 / scale).rounded(.toNearestOrEven)))) }
    }
}
