// A model ready to run: weights in memory in the order in which the kernels read them. Immutable once loaded; the forward
// pass is `ForwardPass.swift`.

public import AdzeKernels
internal import AdzeTensors
public import AdzeThreads

/// An encoder with its head, in fp32 or int8.
///
/// Thread-safe: nothing changes after loading; each forward pass brings its own workspace.
public final class EncoderModel: Sendable {
    /// The shape.
    public let config: EncoderShape
    /// What sits on top.
    public let head: Head
    /// Whether the weights that have codes run in int8.
    public let isInt8: Bool
    /// In int8, and in fp32 on request, nothing passes through OpenBLAS, so that an answer has the same bits on every
    /// instruction set.
    package let kernels: Kernels
    let embeddings: Embeddings
    /// What the distance between two tokens adds to attention scores; nil for nothing.
    let distanceBias: DistanceBias?
    /// What turns queries and keys by their positions; nil for nothing.
    let rotary: RotaryTables?
    /// After the last block, where blocks normalise what they read.
    let finalNorm: LayerNorm?
    /// The rows of distances, where attention reads them.
    let distanceRows: DistanceRows?
    /// One a layer; those that share a block share its memory.
    let blocks: [EncoderBlock]
    let layers: HeadLayers

    /// Loads and packs every parameter of a checkpoint, layers in parallel on the pool.
    ///
    /// With `quantized`, what it has codes of runs in int8, and the rest in fp32. `exactly` asks for the same bits on
    /// every instruction set in fp32 too. Throws the stores' errors. Weights may be non-finite here; `convert` is where
    /// they are refused.
    /// - Complexity: O(weights); memory for the weights once and one layer's tensors for each thread.
    public init(
        _ checkpoint: ModelCheckpoint, quantized: (any QuantizedStore)? = nil, exactly: Bool = false, kernels: Kernels,
        pool: WorkerPool
    ) throws {
        config = checkpoint.config
        head = checkpoint.head
        isInt8 = quantized != nil
        let kernels = isInt8 || exactly ? kernels.exact : kernels
        self.kernels = kernels
        let loader = ParameterLoader(store: checkpoint.store, quantized: quantized, kernels: kernels)
        let config = config
        embeddings = try Embeddings(loader, config: config, pool: pool)
        distanceBias = try loader.distanceBias(config)
        rotary = config.rotary.map { RotaryTables($0, headSize: config.headSize) }
        finalNorm = config.normsFirst ? try loader.norm(ParameterPaths.finalNorm) : nil
        // Matrix by matrix, the largest first, so that no thread is left with much at the end.
        let slots = (0..<config.blockCount).map { _ in OnceArray<Dense>(count: EncoderBlock.Matrix.allCases.count) }
        try pool.forEachThrowing(config.blockCount * EncoderBlock.Matrix.allCases.count) { index in
            let (kind, block) = index.quotientAndRemainder(dividingBy: config.blockCount)
            let matrix = EncoderBlock.Matrix.allCases[kind]
            slots[block].fill(kind, with: try EncoderBlock.load(matrix, of: block, loader))
        }
        let distances = try DistanceLoader(loader, config)
        distanceRows = distances?.rows
        let loaded = try (0..<config.blockCount).map {
            try EncoderBlock($0, config, slots[$0].take(), loader)
        }
        let stored = try distances.map { try EncoderBlock.adding($0, to: loaded, pool) } ?? loaded
        blocks = (0..<config.layerCount).map { stored[config.block(ofLayer: $0)] }
        layers = try HeadLayers(loader, head: checkpoint.head)
    }

    /// `model`, which runs in int8, with some groups of layers as `plain` has them: the same checkpoint in exact fp32.
    ///
    /// Gives the bits of a model that was loaded with those groups kept in fp32, and shares its memory with both.
    /// - Complexity: O(blocks); no weight is touched.
    public init(_ model: EncoderModel, taking groups: Set<LayerGroup>, from plain: EncoderModel) {
        precondition(model.isInt8 && plain.kernels.products == .ours, "both give the same bits everywhere")
        precondition(model.config == plain.config, "one checkpoint in both precisions")
        config = model.config
        head = model.head
        isInt8 = true
        kernels = model.kernels
        embeddings = model.embeddings.taking(groups, from: plain.embeddings)
        distanceBias = model.distanceBias
        rotary = model.rotary
        finalNorm = model.finalNorm
        distanceRows = model.distanceRows
        blocks = model.blocks.indices.map {
            model.blocks[$0].taking(groups, from: plain.blocks[$0], index: model.config.block(ofLayer: $0))
        }
        layers = model.layers.taking(groups, from: plain.layers)
    }

    /// `model` with some of its blocks, in the order given, which share its memory.
    ///
    /// Gives the bits of a model that was loaded from a checkpoint of these blocks.
    /// - Complexity: O(blocks); no weight is touched.
    public init(_ model: EncoderModel, keeping blocks: [Int]) {
        precondition(!blocks.isEmpty && blocks.allSatisfy(model.blocks.indices.contains), "the blocks are there")
        precondition(model.config.canKeep(blocks: blocks), "the first block stays first")
        config = model.config.keeping(blocks: blocks)
        head = model.head
        isInt8 = model.isInt8
        kernels = model.kernels
        embeddings = model.embeddings
        distanceBias = model.distanceBias
        rotary = model.rotary?.keeping(blocks: blocks)
        finalNorm = model.finalNorm
        distanceRows = model.distanceRows
        self.blocks = blocks.map { model.blocks[$0] }
        layers = model.layers
    }
}

extension EncoderModel {
    /// What normalises the hidden state after block `index`: its own last layer, or the first of what comes next.
    func norm(after index: Int) -> LayerNorm {
        let next = index + 1 < blocks.count ? blocks[index + 1].inputNorm : finalNorm
        guard let norm = blocks[index].outputNorm ?? next else { preconditionFailure("a block's output is normalised") }
        return norm
    }
}

/// The tables that a token's vector is the sum of, their normalisation, and what makes it as wide as a hidden state.
struct Embeddings: Sendable {
    /// (V, E).
    private(set) var words: EmbeddingTable
    /// (P, E); a row of zeros where a model has none.
    private(set) var positions: FloatBuffer
    /// (types, E); a row of zeros where a model has no types.
    let types: FloatBuffer
    /// Nil where the sum is not normalised; of what the projection gives where the shape says so.
    let norm: LayerNorm?
    /// (H, E); nil where the two are equal.
    let projection: Dense?

    init(_ loader: ParameterLoader, config: EncoderShape, pool: WorkerPool) throws {
        let size = config.embeddingSize
        words = try loader.table(ParameterPaths.wordEmbeddings, pool: pool)
        positions =
            config.positions.rows == 0
            ? FloatBuffer(count: size) : try loader.smallTable(ParameterPaths.positionEmbeddings, size: size)
        types =
            config.typeRows == 0
            ? FloatBuffer(count: size) : try loader.smallTable(ParameterPaths.typeEmbeddings, size: size)
        norm = config.normalizesEmbeddings ? try loader.norm(ParameterPaths.embeddingNorm) : nil
        let path = ParameterPaths.embeddingProjection
        if config.projectsEmbeddings && config.normalizesProjected {
            projection = try loader.dense(weight: path + ".weight", sums: FloatBuffer(count: config.hiddenSize))
        } else {
            projection = config.projectsEmbeddings ? try loader.dense(path) : nil
        }
    }

    fileprivate func taking(_ groups: Set<LayerGroup>, from other: Embeddings) -> Embeddings {
        var result = self
        if groups.contains(.wordEmbeddings) { result.words = other.words }
        if groups.contains(.positionEmbeddings) { result.positions = other.positions }
        return result
    }
}

/// One transformer block: attention, feed-forward, and a normalisation after each, or before each.
struct EncoderBlock: Sendable {
    /// The heads that it has.
    let heads: BlockHeads
    /// Query, key and value in one: (3 · A' · D, H), each from a whole panel on.
    private(set) var queryKeyValue: Dense
    /// Before query, key and value; nil where what they read is normalised.
    let inputNorm: LayerNorm?
    /// (H, A' · D).
    private(set) var attentionOutput: Dense
    /// Between attention and feed-forward.
    let attentionNorm: LayerNorm
    /// (F, H), or (2F, H) where one half gates the other.
    private(set) var intermediate: Dense
    /// (H, F).
    private(set) var output: Dense
    /// After the feed-forward; nil where blocks normalise what they read.
    let outputNorm: LayerNorm?
    /// The keys and queries of distances; nil where attention has none.
    private(set) var distances: DistanceLayers?

    /// The dense layers of a block, those of most weights first.
    enum Matrix: CaseIterable {
        case intermediate, output, queryKeyValue, attentionOutput
    }

    /// Loads one of the layers of block `index`.
    static func load(_ matrix: Matrix, of index: Int, _ loader: ParameterLoader) throws -> Dense {
        let paths = ParameterPaths.block(index)
        return switch matrix {
        case .intermediate: try loader.dense(paths.intermediate)
        case .output: try loader.dense(paths.output)
        case .queryKeyValue:
            try loader.joined([paths.query, paths.key, paths.value], alignment: PackedMatrix.panel)
        case .attentionOutput: try loader.dense(paths.attentionOutput)
        }
    }

    /// Block `index` of its dense layers, in the order of `Matrix`.
    init(_ index: Int, _ config: EncoderShape, _ matrices: [Dense], _ loader: ParameterLoader) throws {
        heads = config.heads(ofBlock: index)
        let paths = ParameterPaths.block(index)
        (intermediate, output, queryKeyValue, attentionOutput) = (matrices[0], matrices[1], matrices[2], matrices[3])
        attentionNorm = try loader.norm(paths.attentionNorm)
        inputNorm = config.normsFirst && index > 0 ? try loader.norm(paths.inputNorm) : nil
        outputNorm = config.normsFirst ? nil : try loader.norm(paths.outputNorm)
    }

    /// Blocks with their keys and queries of distances, made in parallel on the pool.
    fileprivate static func adding(
        _ distances: DistanceLoader, to blocks: [EncoderBlock], _ pool: WorkerPool
    ) throws -> [EncoderBlock] {
        let kinds = DistanceLoader.Kind.allCases
        let slots = OnceArray<[PackedMatrix]>(count: blocks.count * kinds.count)
        try pool.forEachThrowing(blocks.count * kinds.count) { index in
            let (block, kind) = index.quotientAndRemainder(dividingBy: kinds.count)
            let isInt8 = if case .int8 = blocks[block].queryKeyValue.weights { true } else { false }
            slots.fill(
                index, with: try distances.load(kinds[kind], of: block, blocks[block].heads, isInt8: isInt8))
        }
        let made = slots.take()
        return blocks.indices.map { index in
            var block = blocks[index]
            block.distances = DistanceLayers(
                keys: made[index * kinds.count], queries: made[index * kinds.count + 1])
            return block
        }
    }

    fileprivate func taking(_ groups: Set<LayerGroup>, from other: EncoderBlock, index: Int) -> EncoderBlock {
        var result = self
        if groups.contains(.queryKeyValue(block: index)) {
            // Keys and queries of distances are of the weights that run.
            (result.queryKeyValue, result.distances) = (other.queryKeyValue, other.distances)
        }
        if groups.contains(.attentionOutput(block: index)) { result.attentionOutput = other.attentionOutput }
        if groups.contains(.feedForwardUp(block: index)) { result.intermediate = other.intermediate }
        if groups.contains(.feedForwardDown(block: index)) { result.output = other.output }
        return result
    }
}
