// The int8 forward pass in plain Swift: the definition that the engine must equal bit for bit. Slow on purpose; nothing but
// tests runs it. One sequence at a time, every token of every block.
//
// Weights are s8 codes with an fp32 scale a row, under factors for the columns where the file has them. Activations get a
// scale and a zero point a token, and are multiplied exactly. Matrices that a file keeps in fp32, the small ones of the
// heads among them, are multiplied in fp32, one fma after another. Everything between the dense layers runs through
// kernels of fixed order, which give the same bits on every instruction set: neither OpenBLAS nor libm has a part in it.

public import AdzeKernels
public import AdzeModels
internal import AdzeTensors

/// An int8 model in plain Swift.
public struct Int8Oracle: Sendable {
    private let config: EncoderShape
    private let head: Head
    private let store: any QuantizedStore
    private let kernels: Kernels

    /// An oracle over a store of quantized parameters.
    public init(config: EncoderShape, head: Head, store: any QuantizedStore, kernels: Kernels) {
        self.config = config
        self.head = head
        self.store = store
        self.kernels = kernels
    }

    /// What the head gives for each sequence, see `Head.outputs`; vocabulary logits at `positions`, nil for every token.
    ///
    /// Throws the store's errors and `BatchError.noSuchPosition`; sequences must fit the model, see `PackedBatch`.
    /// - Complexity: as the forward pass, at about a thousandth of its speed.
    public func run(_ batch: PackedBatch, positions: [[Int]]? = nil) throws -> [EncoderOutput] {
        let wanted = head.decoder == nil ? nil : try batch.checked(positions)
        var results = (0..<batch.sequenceCount).map { EncoderOutput(tokenCount: batch.tokens(of: $0).count) }
        guard batch.sequenceCount > 0 else { return results }
        let hidden = try embed(batch)
        for index in 0..<config.layerCount { try runBlock(index, hidden, batch) }
        let outputs = head.outputs
        if case .mean(let normalizes) = head.form {
            for index in results.indices {
                let rows = values(of: Array(batch.tokens(of: index)), in: hidden)
                results[index].logits = try dense(ParameterPaths.classifier, mean(of: rows, normalizes: normalizes))
            }
            return results
        }
        if case .prompt(let layer) = head.form {
            for index in results.indices {
                let mask = values(of: [layer.row(in: batch.tokens(of: index))], in: hidden)
                results[index].logits = try dense(
                    ParameterPaths.classifier, transformed(mask, activation: layer.activation))
            }
            return results
        }
        if case .transformed(let layer) = head.form {
            for index in results.indices {
                let tokens = batch.tokens(of: index)
                let all = values(of: Array(tokens), in: hidden)
                let rows =
                    switch layer.rows {
                    case .first: Array(all.prefix(config.hiddenSize))
                    case .mean: mean(of: all, normalizes: false)
                    case .every: all
                    }
                let logits = try dense(head.outputPath, transformed(rows, activation: layer.activation))
                if layer.rows == .every { results[index].tokenLogits = logits } else { results[index].logits = logits }
            }
            return results
        }
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
        if let wanted, let layer = head.form.vocabulary {
            for (index, list) in wanted.enumerated() where !list.isEmpty {
                let tokens = list.map { batch.starts[index] + $0 }
                results[index].vocabularyLogits = try vocabularyLogits(values(of: tokens, in: hidden), layer)
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
        if case .firstToken(let layer) = head.form {
            let inner = try dense(ParameterPaths.headDense, first, activation: layer.activation)
            return hand(try dense(ParameterPaths.classifier, inner)) { $0.logits = $1 }
        }
        let pooled = try dense(ParameterPaths.pooler, first, activation: .tanh)
        if outputs.contains(.logits) { hand(try dense(ParameterPaths.classifier, pooled)) { $0.logits = $1 } }
        if outputs.contains(.nextSentenceLogits) {
            hand(try dense(ParameterPaths.nextSentence, pooled)) { $0.nextSentenceLogits = $1 }
        }
    }

    /// The mean of rows, one after another in fp32; the length in double precision.
    private func mean(of rows: [Float], normalizes: Bool) -> [Float] {
        let (size, count) = (config.hiddenSize, rows.count / config.hiddenSize)
        let means = (0..<size).map { column in
            (0..<count).reduce(Float(0)) { $0 + rows[$1 * size + column] } / Float(count)
        }
        guard normalizes else { return means }
        let length = Float(means.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
        return means.map { $0 / max(length, 1e-12) }
    }

    /// (P, V) of P vectors; the transform and the decoder in int8 where their weights are.
    private func vocabularyLogits(_ vectors: [Float], _ layer: VocabularyLayer) throws -> [Float] {
        let weight = layer.decoder == .tied ? ParameterPaths.wordEmbeddings : ParameterPaths.decoder + ".weight"
        return try dense(
            weight: weight, bias: ParameterPaths.decoderBias, transformed(vectors, activation: layer.activation))
    }

    /// norm(activation(transform(vector))) of P vectors, (P, E).
    private func transformed(_ vectors: [Float], activation: Activation) throws -> [Float] {
        let inner = FloatBuffer(try dense(ParameterPaths.transform, vectors, activation: activation))
        try normalize(inner, ParameterPaths.transformNorm, size: config.embeddingSize)
        return inner.values(0..<inner.count)
    }

    /// The vectors of some tokens, one after another.
    private func values(of tokens: [Int], in hidden: FloatBuffer) -> [Float] {
        tokens.flatMap { hidden.values($0 * config.hiddenSize..<($0 + 1) * config.hiddenSize) }
    }

    // MARK: Steps

    private func embed(_ batch: PackedBatch) throws -> FloatBuffer {
        let size = config.embeddingSize
        let words = try table(ParameterPaths.wordEmbeddings)
        let noType = [Float](repeating: 0, count: size)
        let positions = config.positions.rows == 0 ? { _ in noType } : try table(ParameterPaths.positionEmbeddings)
        let types = config.typeRows == 0 ? { _ in noType } : try table(ParameterPaths.typeEmbeddings)
        let sums = FloatBuffer(count: batch.tokenCount * size)
        for sequence in 0..<batch.sequenceCount {
            let tokens = batch.tokens(of: sequence)
            for (position, token) in zip(config.positions.rows(of: batch.ids[tokens]), tokens) {
                let (word, type, place) = (
                    words(Int(batch.ids[token])), types(Int(batch.typeIDs[token])), positions(position)
                )
                for index in 0..<size { sums.base[token * size + index] = (word[index] + type[index]) + place[index] }
            }
        }
        if config.projectsEmbeddings && config.normalizesProjected {
            let weights = try store.load(ParameterPaths.embeddingProjection + ".weight").floats()
            let hidden = FloatBuffer(plain(sums.values(0..<sums.count), weights, depth: size))
            try normalize(hidden, ParameterPaths.embeddingNorm)
            return hidden
        }
        try normalize(sums, ParameterPaths.embeddingNorm, size: size)
        guard config.projectsEmbeddings else { return sums }
        return FloatBuffer(try dense(ParameterPaths.embeddingProjection, sums.values(0..<sums.count)))
    }

    private func runBlock(_ index: Int, _ hidden: FloatBuffer, _ batch: PackedBatch) throws {
        let paths = ParameterPaths.block(config.block(ofLayer: index))
        let (size, heads, tokens) = (config.hiddenSize, config.heads(ofBlock: index), batch.tokenCount)
        let residual = hidden.values(0..<tokens * size)
        let read = FloatBuffer(residual)
        if config.normsFirst && index > 0 { try normalize(read, paths.inputNorm) }
        let input = read.values(0..<tokens * size)
        let layers = [paths.query, paths.key, paths.value]
        let haveCodes = try codes(layers.map { $0 + ".weight" }) != nil
        let projections = try layers.map { FloatBuffer(try dense($0, input, inInt8: haveCodes)) }
        let context = FloatBuffer(count: tokens * heads.width)
        let scratch = AttentionScratch()
        let distances = try config.relativeBias.map {
            let table = FloatBuffer(try store.load(ParameterPaths.relativeBias).floats())
            return DistanceBias($0, table: table.base, headCount: config.headCount, tokenLimit: config.tokenLimit)
        }
        let tables = config.rotary.map { RotaryTables($0, headSize: heads.size) }
        let terms = try distanceTerms(index, heads, ofCodes: haveCodes)
        for sequence in 0..<batch.sequenceCount {
            let range = batch.tokens(of: sequence)
            let rotation = tables?.rotation(ofBlock: index, positions: range.count)
            for (place, number) in heads.numbers.enumerated() {
                func part(_ buffer: FloatBuffer) -> MatrixView {
                    buffer.matrix(rows: tokens, columns: heads.width).rows(range).columns(heads.columns(place))
                }
                for layer in 0..<2 { rotation?.turn(part(projections[layer])) }
                scratch.attend(
                    kernels, output: part(context), query: part(projections[0]), key: part(projections[1]),
                    value: part(projections[2]), scale: config.attentionScale,
                    bias: distances.map { AttentionBias(center: $0.values(ofHead: number)) },
                    terms: terms.isEmpty ? nil : terms[place],
                    window: config.rotary?.reach(ofBlock: index).map { AttentionWindow(reach: $0) })
            }
        }
        let attended = FloatBuffer(
            try dense(paths.attentionOutput, context.values(0..<context.count), residual: residual))
        let sums = attended.values(0..<tokens * size)
        try normalize(attended, paths.attentionNorm)
        let middle = attended.values(0..<tokens * size)
        let inner =
            config.isGated
            ? try gated(paths, middle) : try dense(paths.intermediate, middle, activation: config.activation)
        let output = try dense(paths.output, inner, residual: config.normsFirst ? sums : middle)
        hidden.base.update(from: output, count: output.count)
        if !config.normsFirst { return try normalize(hidden, paths.outputNorm) }
        if index == config.layerCount - 1 { try normalize(hidden, ParameterPaths.finalNorm) }
    }

    /// activation(u) · g of the two halves of each row, which are u and g.
    private func gated(_ paths: BlockPaths, _ middle: [Float]) throws -> [Float] {
        let (both, half) = (try dense(paths.intermediate, middle), config.intermediateSize)
        let rows = stride(from: 0, to: both.count, by: 2 * half)
        let first = FloatBuffer(rows.flatMap { both[$0..<$0 + half] })
        kernels.activate(first.matrix(rows: first.count / half, columns: half), config.activation)
        let second = rows.flatMap { both[$0 + half..<$0 + 2 * half] }
        return zip(first.values(0..<first.count), second).map { $0 * $1 }
    }

    /// The keys and queries of distances of a block's heads, of what the codes stand for where its layers have some.
    private func distanceTerms(_ index: Int, _ heads: BlockHeads, ofCodes: Bool) throws -> [DistanceTerms] {
        guard let attention = config.distanceAttention else { return [] }
        let (size, rows, paths) = (
            config.hiddenSize, attention.rows(tokens: config.tokenLimit), ParameterPaths.block(index)
        )
        let table = try store.load(ParameterPaths.distanceVectors).floats()
        let vectors = FloatBuffer(Array(table[rows.first * size..<(rows.first + rows.count) * size]))
        if attention.normalizes { try normalize(vectors, ParameterPaths.distanceNorm) }
        func products(_ isKey: Bool) throws -> FloatBuffer {
            let path = paths.distances(isKey, shared: attention.sharesLayers)
            let weights =
                try ofCodes && attention.sharesLayers
                ? store.quantized(path + ".weight")?.plainValues : store.load(path + ".weight").floats()
            let bias = try store.load(path + ".bias").floats()
            let values = plain(vectors.values(0..<vectors.count), weights ?? [], depth: size, bias: bias)
            return FloatBuffer(values)
        }
        let keys = attention.readsKeys ? try products(true) : nil
        let queries = attention.readsQueries ? try products(false) : nil
        return (0..<heads.count).map { place in
            func packed(_ values: FloatBuffer?) -> PackedMatrix? {
                values.map { values in
                    withExtendedLifetime(values) {
                        let columns = values.matrix(rows: rows.count, columns: heads.width)
                            .columns(heads.columns(place))
                        return DistanceTerms.pack(columns, rows, kernels: kernels)
                    }
                }
            }
            return DistanceTerms(rows: rows, keys: packed(keys), queries: packed(queries))
        }
    }

    // MARK: Pieces

    /// input · weightᵀ + bias in fp32, one fma after another.
    private func plain(_ input: [Float], _ weights: [Float], depth: Int, bias: [Float]? = nil) -> [Float] {
        (0..<input.count / depth).flatMap { row in
            (0..<weights.count / depth).map { n in
                let sum = (0..<depth).reduce(Float(0)) {
                    $0.addingProduct(input[row * depth + $1], weights[n * depth + $1])
                }
                return sum + (bias?[n] ?? 0)
            }
        }
    }

    /// Looks rows of an embedding up: Float(code) · scale, or the fp32 row.
    private func table(_ name: String) throws -> (Int) -> [Float] {
        let size = config.embeddingSize
        guard let weights = try store.quantized(name) else {
            let values = try store.load(name).floats()
            return { Array(values[$0 * size..<($0 + 1) * size]) }
        }
        let codes = weights.wholeCodes
        return { row in codes[row * size..<(row + 1) * size].map { Float($0) * weights.rowScales[row] } }
    }

    /// A bias; nil where the shape goes without it.
    private func shift(_ name: String) throws -> [Float]? {
        let isThere = config.parameters(head: head).contains { $0.name == name }
        return isThere ? try store.load(name).floats() : nil
    }

    private func normalize(_ buffer: FloatBuffer, _ path: String, size: Int? = nil) throws {
        let size = size ?? config.hiddenSize
        let gamma = FloatBuffer(try store.load(path + ".weight").floats())
        let beta = FloatBuffer(try shift(path + ".bias") ?? [Float](repeating: 0, count: gamma.count))
        let view = buffer.matrix(rows: buffer.count / size, columns: size)
        kernels.layerNorm(view, view, gamma: gamma, beta: beta, epsilon: Float(config.layerNormEpsilon))
    }

    /// The codes of matrices of one input, or nil where one is kept in fp32, has other factors or is too deep.
    private func codes(_ names: [String]) throws -> [QuantizedWeights]? {
        let parts = try names.compactMap { try store.quantized($0) }
        let isSound = parts.allSatisfy {
            $0.columnFactors == parts[0].columnFactors
                && $0.codes.count / $0.rowScales.count <= PackedInt8Matrix.depthLimit
        }
        return parts.count == names.count && isSound ? parts : nil
    }

    /// activation(input · weightᵀ + bias + residual), weights and input in int8 where the weights are.
    private func dense(
        _ path: String, _ input: [Float], residual: [Float]? = nil, activation: Activation = .identity,
        inInt8: Bool = true
    ) throws -> [Float] {
        try dense(
            weight: path + ".weight", bias: path + ".bias", input, residual: residual, activation: activation,
            inInt8: inInt8)
    }

    private func dense(
        weight: String, bias: String, _ input: [Float], residual: [Float]? = nil, activation: Activation = .identity,
        inInt8: Bool = true
    ) throws -> [Float] {
        let weights = inInt8 ? try codes([weight])?.first : nil
        let plain = weights == nil ? try store.load(weight).floats() : []
        let rows = try weights?.rowScales.count ?? store.load(weight).shape[0]
        let bias = try shift(bias) ?? [Float](repeating: 0, count: rows)
        let (columns, depth) = (bias.count, (weights?.codes.count ?? plain.count) / bias.count)
        var output: [Float] = []
        for row in 0..<input.count / depth {
            let values = Array(input[row * depth..<(row + 1) * depth])
            let added = residual.map { Array($0[row * columns..<(row + 1) * columns]) }
            if let weights {
                output += ReferenceOps.int8Linear(
                    ReferenceOps.quantizeRow(values, factors: QuantizedWeights.inputFactors(weights.columnFactors)),
                    codes: weights.wholeCodes, scales: weights.rowScales, bias: bias, residual: added)
            } else {
                output += (0..<columns).map { n in
                    let sum = (0..<depth).reduce(Float(0)) { $0.addingProduct(values[$1], plain[n * depth + $1]) }
                    return added.map { (sum + bias[n]) + $0[n] } ?? sum + bias[n]
                }
            }
        }
        let result = FloatBuffer(output)
        kernels.activate(result.matrix(rows: output.count / columns, columns: columns), activation)
        return result.values(0..<output.count)
    }
}

extension QuantizedWeights {
    /// What the codes stand for.
    fileprivate var plainValues: [Float] {
        let (codes, depth) = (wholeCodes, codes.count / rowScales.count)
        let inverse = QuantizedWeights.inputFactors(columnFactors)
        return codes.indices.map { index in
            let value = Float(codes[index]) * rowScales[index / depth]
            return inverse.map { value * $0[index % depth] } ?? value
        }
    }

    /// The codes, those beyond ±127 too.
    fileprivate var wholeCodes: [Int32] {
        var codes = codes.map { Int32($0) }
        for outlier in outliers { codes[outlier.index] = outlier.code }
        return codes
    }
}
