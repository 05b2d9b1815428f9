// One block's weights in the order in which products read them, packed when a pass comes to the block: the memory of one
// block serves all. Not here: the products.

internal import AdzeKernels
internal import AdzeModels

/// A dense layer as the forward pass applies it.
@safe enum ForwardLayer: @unchecked Sendable {
    // @safe, @unchecked: the bias lies in the masters or in the workspace, and both outlive the pass.
    case float(PackedMatrix, bias: UnsafePointer<Float>)
    /// With a bias of its own.
    case plain(PackedMatrix, FloatBuffer)
    /// `factors` are what the input is multiplied with before it gets its codes; nil for ones. The bias is inside.
    case int8(PackedInt8Matrix, factors: FloatBuffer?)
}

/// The layers of a block for the forward pass.
struct ForwardBlock: Sendable {
    let projection: ForwardLayer
    let attentionOutput: ForwardLayer
    let intermediate: ForwardLayer
    let output: ForwardLayer
}

/// The layers of a block for the backward pass, whose products sum over a layer's outputs.
struct BackwardBlock: Sendable {
    /// Of query, key and value; where queries are of first tokens alone, of key and value.
    let projection: PackedMatrix
    /// Of the query, where queries are of first tokens alone.
    let query: PackedMatrix?
    let attentionOutput: PackedMatrix
    let intermediate: PackedMatrix
    let output: PackedMatrix
}

/// Memory for one block's packed weights.
final class PackedBlock {
    private let projection = PackedSpace()
    private let query = PackedSpace()
    private let attentionOutput = PackedSpace()
    private let intermediate = PackedSpace()
    private let output = PackedSpace()
    private var projectionBias = GrowableBuffer()

    /// The block's layers in fp32, and the jobs that pack them.
    func forward(
        _ places: BlockPlaces, _ weights: UnsafePointer<Float>, _ heads: BlockHeads, _ kernels: Kernels
    ) -> (ForwardBlock, [PackingJob]) {
        var jobs: [PackingJob] = []
        func layer(_ space: PackedSpace, _ place: DensePlace) -> ForwardLayer {
            let matrix = space.matrix(columns: place.columns, depth: place.depth, for: kernels)
            unsafe jobs.append(
                PackingJob(matrix: matrix, parts: [PackingJob.Part(place, in: weights)], isBackward: false))
            return unsafe .float(matrix, bias: weights + place.bias)
        }
        let padded = heads.paddedWidth
        let thirds = [places.query, places.key, places.value]
        projectionBias.reserve(3 * padded)
        for (index, place) in thirds.enumerated() {
            let bias = unsafe projectionBias.buffer.base + index * padded
            unsafe bias.update(from: weights + place.bias, count: place.columns)
            unsafe (bias + place.columns).update(repeating: 0, count: padded - place.columns)
        }
        let matrix = projection.matrix(columns: 3 * padded, depth: places.query.depth, for: kernels)
        let parts = thirds.enumerated().map { unsafe PackingJob.Part($1, in: weights, first: $0 * padded) }
        jobs.append(PackingJob(matrix: matrix, parts: parts, isBackward: false))
        let block = unsafe ForwardBlock(
            projection: .float(matrix, bias: UnsafePointer(projectionBias.buffer.base)),
            attentionOutput: layer(attentionOutput, places.attentionOutput),
            intermediate: layer(intermediate, places.intermediate), output: layer(output, places.output))
        return (block, jobs)
    }

    /// The block's layers for the backward pass, and the jobs that pack them.
    func backward(
        _ places: BlockPlaces, _ weights: UnsafePointer<Float>, _ heads: BlockHeads, _ kernels: Kernels,
        isSelective: Bool
    ) -> (BackwardBlock, [PackingJob]) {
        var jobs: [PackingJob] = []
        func layer(_ space: PackedSpace, _ places: [DensePlace], spacing: Int) -> PackedMatrix {
            let depth = places.count == 1 ? places[0].columns : places.count * spacing
            let matrix = space.matrix(columns: places[0].depth, depth: depth, for: kernels)
            let parts = places.enumerated().map { unsafe PackingJob.Part($1, in: weights, first: $0 * spacing) }
            jobs.append(PackingJob(matrix: matrix, parts: parts, isBackward: true))
            return matrix
        }
        let padded = heads.paddedWidth
        let joined = (isSelective ? [] : [places.query]) + [places.key, places.value]
        let block = BackwardBlock(
            projection: layer(projection, joined, spacing: padded),
            query: isSelective ? layer(query, [places.query], spacing: padded) : nil,
            attentionOutput: layer(attentionOutput, [places.attentionOutput], spacing: padded),
            intermediate: layer(intermediate, [places.intermediate], spacing: padded),
            output: layer(output, [places.output], spacing: padded))
        return (block, jobs)
    }
}
