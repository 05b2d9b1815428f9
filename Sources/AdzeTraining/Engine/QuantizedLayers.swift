// The layers of a model rounded to 8 bits as int8 inference will have them, made anew for each step. The forward product is
// that of inference itself; the backward pass goes straight through the rounding: it takes the rounded weights and inputs
// for the true ones. Not here: how weights get their codes, which is the store's.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeTensors
internal import AdzeThreads

/// A model's layers as int8 inference runs them.
final class QuantizedLayers: @unchecked Sendable {
    // @unchecked: nothing is written after init.
    let blocks: [ForwardBlock]
    /// The pooler, or a head's own layer on the first token.
    let firstToken: ForwardLayer?
    let classifier: ForwardLayer
    /// What the codes stand for, laid out as the masters; those themselves where a matrix has no codes.
    private let rounded: FloatBuffer

    var weights: UnsafePointer<Float> { unsafe UnsafePointer(rounded.base) }

    /// The layers of the blocks from `start` on, the head, and where `start` is 0 the embeddings.
    ///
    /// `rounded`, as large as the layout, is theirs as long as they live.
    init(
        _ store: any QuantizedStore, _ model: TrainingModel, from start: Int, into rounded: FloatBuffer,
        pool: WorkerPool
    ) throws {
        let names = QuantizedLayers.names(model, from: start)
        let entries = Dictionary(
            model.layout.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let parts = try pool.map(names.count) { index -> QuantizedWeights? in
            guard let entry = entries[names[index]] else { preconditionFailure("the names are the model's") }
            let target = unsafe rounded.base + entry.range.lowerBound
            guard let part = try store.quantized(names[index]) else {
                unsafe target.update(from: model.weights.base + entry.range.lowerBound, count: entry.range.count)
                return nil
            }
            precondition(part.codes.count == entry.range.count, "the store is the model's")
            unsafe QuantizedLayers.restore(part, to: target)
            return part
        }
        let found = Dictionary(zip(names, parts), uniquingKeysWith: { first, _ in first })
        let builder = LayerBuilder(model: model, rounded: rounded, found: found.compactMapValues { $0 })
        let (shape, reached) = (model.config, model.config.blocks(fromLayer: start))
        let stored = (0..<shape.blockCount).map { reached.contains($0) ? builder.block($0) : builder.nothing }
        blocks = (0..<shape.layerCount).map { stored[shape.block(ofLayer: $0)] }
        firstToken = TrainingModel.firstTokenPath(model.head).map { builder.layer([$0]) }
        classifier = builder.layer([TrainingModel.outputPath(model.head)])
        self.rounded = rounded
    }

    /// The matrices that a pass from a block on multiplies with.
    private static func names(_ model: TrainingModel, from start: Int) -> [String] {
        let reached = model.config.blocks(fromLayer: start)
        return model.layout.entries.filter { entry in
            guard entry.shape.rank == 2 else { return false }
            return switch entry.parameter.part {
            case .block(let block): reached.contains(block)
            case .embeddings: start == 0
            case .end, .pooler, .head: true
            }
        }.map(\.name)
    }

    /// weight = code · scale of the row / factor of the column.
    private static func restore(_ part: QuantizedWeights, to target: UnsafeMutablePointer<Float>) {
        let depth = part.codes.count / max(part.rowScales.count, 1)
        let inverse = QuantizedWeights.inputFactors(part.columnFactors)
        unsafe part.codes.withUnsafeBufferPointer { codes in
            for (row, scale) in part.rowScales.enumerated() {
                let line = unsafe target + row * depth
                for column in 0..<depth { unsafe line[column] = Float(codes[row &* depth &+ column]) * scale }
            }
        }
        for outlier in part.outliers {
            unsafe target[outlier.index] = Float(outlier.code) * part.rowScales[outlier.index / depth]
        }
        guard let inverse else { return }
        for row in part.rowScales.indices {
            let line = unsafe target + row * depth
            for column in 0..<depth { unsafe line[column] *= inverse[column] }
        }
    }
}

/// Makes layers of codes.
private struct LayerBuilder {
    let model: TrainingModel
    let rounded: FloatBuffer
    let found: [String: QuantizedWeights]

    /// In place of a block that the pass does not come to.
    var nothing: ForwardBlock {
        let empty = ForwardLayer.plain(
            PackedMatrix([0], columns: 1, depth: 1, kernels: model.kernels), FloatBuffer(count: 1))
        return ForwardBlock(projection: empty, attentionOutput: empty, intermediate: empty, output: empty)
    }

    func block(_ index: Int) -> ForwardBlock {
        let paths = ParameterPaths.block(index)
        return ForwardBlock(
            projection: layer([paths.query, paths.key, paths.value]), attentionOutput: layer([paths.attentionOutput]),
            intermediate: layer([paths.intermediate]), output: layer([paths.output]))
    }

    /// Layers of one input as one, each from a whole panel on; in int8 where all have codes under the same factors.
    func layer(_ names: [String]) -> ForwardLayer {
        let entries = names.compactMap { model.layout.entry($0 + ".weight") }
        precondition(entries.count == names.count, "the names are the model's")
        let biases = zip(names, entries).map { name, weight in
            model.layout.entry(name + ".bias").map { model.weights.values($0.range) }
                ?? [Float](repeating: 0, count: weight.shape[0])
        }
        let depth = entries[0].shape[1]
        let parts = names.compactMap { found[$0 + ".weight"] }
        let isSound =
            parts.count == names.count && depth <= PackedInt8Matrix.depthLimit
            && parts.allSatisfy { part in
                part.columnFactors == parts[0].columnFactors
                    && PackedInt8Matrix.staysExact(
                        depth: depth, outliers: OutlierCode.list(part.outliers, depth: depth))
            }
        let panel = names.count == 1 ? 1 : PackedMatrix.panel
        func padding(_ count: Int) -> Int { (panel - count % panel) % panel }
        let bias = biases.flatMap { $0 + [Float](repeating: 0, count: padding($0.count)) }
        guard isSound else {
            let values = entries.flatMap { entry in
                model.weights.values(entry.range) + [Float](repeating: 0, count: padding(entry.shape[0]) * depth)
            }
            // What int8 inference keeps in fp32 it multiplies by our own kernels.
            let matrix = PackedMatrix(values, columns: bias.count, depth: depth, kernels: model.kernels.exact)
            return .plain(matrix, FloatBuffer(bias))
        }
        var (codes, outliers, scales): ([Int8], [CodeOutlier], [Float]) = ([], [], [])
        for part in parts {
            let start = codes.count
            outliers += part.outliers.map { CodeOutlier(index: start + $0.index, code: $0.code) }
            codes += part.codes + [Int8](repeating: 0, count: padding(part.rowScales.count) * depth)
            scales += part.rowScales + [Float](repeating: 0, count: padding(part.rowScales.count))
        }
        let matrix = PackedInt8Matrix(
            codes: codes.span, outliers: OutlierCode.list(outliers, depth: depth), scales: scales, bias: bias,
            depth: depth, kernels: model.kernels)
        return .int8(matrix, factors: QuantizedWeights.inputFactors(parts[0].columnFactors).map(FloatBuffer.init))
    }
}

extension EncoderPass {
    /// The input of a layer as it was multiplied: rounded in place where the layer has codes.
    @discardableResult
    func roundedInput(_ values: MatrixView, _ layer: ForwardLayer?) -> MatrixView {
        guard case .int8(_, let factors)? = layer else { return values }
        let pieces = RowPieces(values.rows)
        pool.forEachWithWorker(pieces.count) { piece, worker in
            kernels.roundTrip(values.rows(pieces[piece]), factors: factors, codes: workspace.workers[worker].codes)
        }
        return values
    }
}
