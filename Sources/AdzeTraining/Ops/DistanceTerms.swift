// Keys and queries of distances in training: made of the vectors of distances for each block, and the way back from their
// gradients to the layers, the vectors and what normalises these. Not here: attention itself, and MPNet's bias, which is in
// `DistanceBias.swift`.
//
// R distances of a batch's longest sequence, H hidden, A' heads of D in a block. A head's sums run sequence after sequence.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

/// Memory of a pass for distances.
final class DistanceWorkspace {
    /// The vectors as blocks read them, (R, H), and with some of a block's dropped.
    fileprivate var vectors = GrowableBuffer()
    fileprivate var dropped = GrowableBuffer()
    /// The gradient of the vectors over all blocks, that of one block, and a part of it, (R, H).
    fileprivate var gradient = GrowableBuffer()
    fileprivate var ofBlock = GrowableBuffer()
    fileprivate var part = GrowableBuffer()
    /// The gradients of a block's keys and queries, (R, A' · D).
    fileprivate var sums: [GrowableBuffer] = [GrowableBuffer(), GrowableBuffer()]
    /// A block's keys and queries, packed head by head.
    fileprivate var packed: [[PackedMatrix]] = [[], []]
    fileprivate var spaces: [[GrowableBuffer]] = [[], []]
    fileprivate let layer = PackedSpace()
}

extension EncoderPass {
    /// Keys and queries, in the order in which they are kept: where the layer of each lies, nil for one that is not read.
    private func distancePlaces(_ index: Int) -> [DensePlace?] {
        [places.blocks[index].distanceKey, places.blocks[index].distanceQuery]
    }

    private func distances(_ space: GrowableBuffer, _ rows: DistanceRows, columns: Int? = nil) -> MatrixView {
        space.buffer.matrix(rows: rows.count, columns: columns ?? config.hiddenSize)
    }

    /// The table's rows of the batch's distances.
    private func table(_ values: FloatBuffer, _ rows: DistanceRows, at place: Int) -> MatrixView {
        values.matrix(
            rows: rows.count, columns: config.hiddenSize, offset: place + rows.first * config.hiddenSize)
    }

    // MARK: Forward

    /// Makes the vectors that all blocks of the pass read.
    func prepareDistances() {
        guard let rows = distanceRows, let place = places.distanceVectors else { return }
        let (space, count) = (workspace.distanceTerms, rows.count * config.hiddenSize)
        space.vectors.reserve(count)
        let (vectors, source) = (distances(space.vectors, rows), table(model.weights, rows, at: place))
        if let norm = places.distanceNorm {
            normalize(vectors, source, norm)
        } else {
            source.copy(to: vectors)
        }
        guard extent.learnsEmbeddings else { return }
        space.gradient.reserve(count)
        unsafe space.gradient.buffer.base.update(repeating: 0, count: count)
    }

    /// The vectors as a block reads them.
    private func distanceInput(_ index: Int, _ rows: DistanceRows) -> MatrixView {
        let (space, size) = (workspace.distanceTerms, config.hiddenSize)
        let vectors = distances(space.vectors, rows)
        guard let draw = dropout.distances(index) else { return vectors }
        space.dropped.reserve(rows.count * size)
        let dropped = distances(space.dropped, rows)
        kernels.dropout(draw, dropped, vectors, first: rows.first * size, pitch: size)
        return dropped
    }

    /// Makes a block's keys and queries of distances, which are kept.
    func makeDistances(_ index: Int, _ kept: BlockActivations) {
        guard let rows = distanceRows else { return }
        let (input, width) = (distanceInput(index, rows), config.heads(ofBlock: index).width)
        // What int8 inference keeps in fp32 it multiplies by our own kernels.
        let kernels = quantized == nil ? kernels : kernels.exact
        for (kind, place) in distancePlaces(index).enumerated() {
            guard let place else { continue }
            kept.reserveDistances(kind, rows.count * width)
            let space = workspace.distanceTerms.layer
            let matrix = space.matrix(columns: place.columns, depth: place.depth, for: kernels)
            unsafe pool.pack(
                [PackingJob(matrix: matrix, parts: [PackingJob.Part(place, in: backwardWeights)], isBackward: false)],
                kernels: kernels)
            unsafe multiplyHead(
                distances(kept.distances[kind], rows, columns: width), input, matrix,
                bias: model.weights.base + place.bias)
        }
        packDistances(index, kept)
    }

    /// Packs what is kept for the products of attention.
    func packDistances(_ index: Int, _ kept: BlockActivations) {
        guard let rows = distanceRows else { return }
        let (space, heads) = (workspace.distanceTerms, config.heads(ofBlock: index))
        for (kind, place) in distancePlaces(index).enumerated() {
            space.packed[kind] = []
            guard place != nil else { continue }
            while space.spaces[kind].count < heads.count { space.spaces[kind].append(GrowableBuffer()) }
            for head in 0..<heads.count {
                space.spaces[kind][head].reserve(DistanceTerms.storageCount(rows, size: heads.size))
            }
            let values = distances(kept.distances[kind], rows, columns: heads.width)
            space.packed[kind] = (0..<heads.count).map { head in
                DistanceTerms.pack(
                    values.columns(heads.columns(head)), rows, in: space.spaces[kind][head].buffer, kernels: kernels)
            }
        }
    }

    /// The terms of a block's heads, in their order; none where attention has none.
    func distanceTerms(_ heads: BlockHeads) -> [DistanceTerms] {
        guard let rows = distanceRows else { return [] }
        let packed = workspace.distanceTerms.packed
        return (0..<heads.count).map { place in
            DistanceTerms(
                rows: rows, keys: packed[0].isEmpty ? nil : packed[0][place],
                queries: packed[1].isEmpty ? nil : packed[1][place])
        }
    }

    // MARK: Backward

    /// Where a block's heads leave the gradients of their keys and queries of distances, all zero; nowhere where inputs'
    /// gradients alone are wanted.
    func distanceSums(_ index: Int, _ kept: BlockActivations) -> [DistanceSums] {
        guard let rows = distanceRows else { return [] }
        let (heads, space) = (config.heads(ofBlock: index), workspace.distanceTerms)
        var (values, sums): ([MatrixView?], [MatrixView?]) = ([nil, nil], [nil, nil])
        for (kind, place) in distancePlaces(index).enumerated() where place != nil {
            values[kind] = distances(kept.distances[kind], rows, columns: heads.width)
            if extent.findsInputs { continue }
            space.sums[kind].reserve(rows.count * heads.width)
            unsafe space.sums[kind].buffer.base.update(repeating: 0, count: rows.count * heads.width)
            sums[kind] = distances(space.sums[kind], rows, columns: heads.width)
        }
        return (0..<heads.count).map { place in
            func part(_ view: MatrixView?) -> MatrixView? { view.map { $0.columns(heads.columns(place)) } }
            return DistanceSums(
                keys: part(values[0]), keyGradient: part(sums[0]), queries: part(values[1]),
                queryGradient: part(sums[1]))
        }
    }

    /// Adds what a block's distances say of its layers, and of the vectors.
    func addDistanceGradients(ofBlock index: Int) {
        guard let rows = distanceRows else { return }
        let (space, width) = (workspace.distanceTerms, config.heads(ofBlock: index).width)
        let input = distanceInput(index, rows)
        var isFirst = true
        for (kind, place) in distancePlaces(index).enumerated() {
            guard let place else { continue }
            let sums = distances(space.sums[kind], rows, columns: width)
            addHeadGradients(place, sums, input)
            guard extent.learnsEmbeddings else { continue }
            space.ofBlock.reserve(rows.count * config.hiddenSize)
            space.part.reserve(rows.count * config.hiddenSize)
            let part = distances(isFirst ? space.ofBlock : space.part, rows)
            unsafe unapplyHead(place, space.layer, backwardWeights, part, sums)
            if !isFirst { add(part, to: space.ofBlock) }
            isFirst = false
        }
        guard extent.learnsEmbeddings, !isFirst else { return }
        let gradient = distances(space.ofBlock, rows)
        if let draw = dropout.distances(index) {
            kernels.dropout(
                draw, gradient, gradient, first: rows.first * config.hiddenSize, pitch: config.hiddenSize)
        }
        add(gradient, to: space.gradient)
    }

    /// Adds the gradients of the vectors of distances, and of what normalises them.
    func addVectorGradients() {
        guard let rows = distanceRows, let place = places.distanceVectors else { return }
        let gradient = distances(workspace.distanceTerms.gradient, rows)
        if let norm = places.distanceNorm {
            let gradients = unsafe model.gradients.base
            unsafe kernels.layerNormBackward(
                gradient, gradient: gradient, input: table(model.weights, rows, at: place),
                gamma: model.weights.base + norm.gamma, epsilon: epsilon,
                sums: (gamma: gradients + norm.gamma, beta: gradients + norm.beta))
        }
        let target = table(model.gradients, rows, at: place)
        unsafe kernels.addRows(target.base, gradient.reshaped(columns: gradient.rows * gradient.columns))
    }

    private func add(_ values: MatrixView, to sums: GrowableBuffer) {
        unsafe kernels.addRows(sums.buffer.base, values.reshaped(columns: values.rows * values.columns))
    }
}
