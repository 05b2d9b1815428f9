// A BERT ready to run: weights in memory in the order in which the kernels read them. Immutable once loaded; the forward
// pass is `BertModel+Forward.swift`.

public import AdzeKernels
internal import AdzeTensors
public import AdzeThreads

/// An encoder with its head, in fp32.
///
/// Thread-safe: nothing changes after loading; each forward pass brings its own workspace.
public final class BertModel: Sendable {
    /// The shape.
    public let config: BertConfig
    /// What sits on top.
    public let head: Head
    let kernels: Kernels
    let embeddings: Embeddings
    let blocks: [EncoderBlock]
    let layers: HeadLayers

    /// Loads and packs every parameter of a checkpoint, blocks in parallel on the pool.
    ///
    /// Throws the store's errors. Weights may be non-finite here; `convert` is where they are refused.
    /// - Complexity: O(weights); memory for the weights once and one block's tensors for each thread.
    public init(_ checkpoint: BertCheckpoint, kernels: Kernels, pool: WorkerPool) throws {
        config = checkpoint.config
        head = checkpoint.head
        self.kernels = kernels
        let loader = ParameterLoader(store: checkpoint.store, kernels: kernels)
        let slots = Slots<EncoderBlock>(count: config.layerCount)
        let tables = Slots<Embeddings>(count: 1)
        let config = config
        // The word embeddings are the largest single tensor: first, so that no thread is left with them at the end.
        try pool.forEachThrowing(config.layerCount + 1) { index in
            if index == 0 {
                tables.fill(0, with: try Embeddings(loader, config: config))
            } else {
                slots.fill(index - 1, with: try EncoderBlock(index - 1, loader, config: config))
            }
        }
        embeddings = tables.take()[0]
        blocks = slots.take()
        layers = try HeadLayers(loader, head: checkpoint.head)
    }
}

/// The three tables that a token's vector is the sum of, and their normalisation.
struct Embeddings: Sendable {
    /// (V, H).
    let words: FloatBuffer
    /// (P, H).
    let positions: FloatBuffer
    /// (types, H).
    let types: FloatBuffer
    let norm: LayerNorm

    init(_ loader: ParameterLoader, config: BertConfig) throws {
        words = try loader.buffer(ParameterPaths.wordEmbeddings)
        positions = try loader.buffer(ParameterPaths.positionEmbeddings)
        types = try loader.buffer(ParameterPaths.typeEmbeddings)
        norm = try loader.norm(ParameterPaths.embeddingNorm)
    }
}

/// One transformer block: attention, feed-forward, and a normalisation after each.
struct EncoderBlock: Sendable {
    /// Query, key and value in one: (3H, H).
    let queryKeyValue: Dense
    let attentionOutput: Dense
    let attentionNorm: LayerNorm
    /// (F, H).
    let intermediate: Dense
    /// (H, F).
    let output: Dense
    let outputNorm: LayerNorm

    init(_ index: Int, _ loader: ParameterLoader, config: BertConfig) throws {
        let paths = ParameterPaths.block(index)
        queryKeyValue = try loader.joined([paths.query, paths.key, paths.value], paddedTo: PackedMatrix.panel)
        attentionOutput = try loader.dense(paths.attentionOutput)
        attentionNorm = try loader.norm(paths.attentionNorm)
        intermediate = try loader.dense(paths.intermediate)
        output = try loader.dense(paths.output)
        outputNorm = try loader.norm(paths.outputNorm)
    }
}

/// A dense layer: packed (out, in) weights and a bias.
struct Dense: Sendable {
    let weight: PackedMatrix
    let bias: FloatBuffer
}

/// The scale and shift of a layer normalisation.
struct LayerNorm: Sendable {
    let gamma: FloatBuffer
    let beta: FloatBuffer
}

/// Reads parameters from a store into the engine's forms.
struct ParameterLoader: Sendable {
    let store: any TensorStore
    let kernels: Kernels

    func buffer(_ name: String) throws -> FloatBuffer { FloatBuffer(try store.load(name).floats()) }

    func norm(_ path: String) throws -> LayerNorm {
        LayerNorm(gamma: try buffer(path + ".weight"), beta: try buffer(path + ".bias"))
    }

    func dense(_ path: String) throws -> Dense { try joined([path], paddedTo: 1) }

    /// A layer whose weights and bias have names of their own.
    func dense(weight: String, bias: String) throws -> Dense {
        let (weight, bias) = (try store.load(weight), try buffer(bias))
        let packed = PackedMatrix(weight.floats(), columns: bias.count, depth: weight.shape[1], kernels: kernels)
        return Dense(weight: packed, bias: bias)
    }

    /// Several layers of the same input as one; each starts at a multiple of `paddedTo` columns.
    func joined(_ paths: [String], paddedTo alignment: Int) throws -> Dense {
        var weights: [Float] = []
        var biases: [Float] = []
        var depth = 0
        for path in paths {
            let weight = try store.load(path + ".weight")
            depth = weight.shape[1]
            let padding = (alignment - weight.shape[0] % alignment) % alignment
            weights += weight.floats() + [Float](repeating: 0, count: padding * depth)
            biases += try store.load(path + ".bias").floats() + [Float](repeating: 0, count: padding)
        }
        return Dense(
            weight: PackedMatrix(weights, columns: biases.count, depth: depth, kernels: kernels),
            bias: FloatBuffer(biases))
    }
}
