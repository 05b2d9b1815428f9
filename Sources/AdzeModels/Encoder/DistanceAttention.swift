// Attention by distance: which keys and queries of distances a block has, and how a model that is loaded keeps them. Not
// here: the arithmetic, see `DistanceTerms`, and the bias that MPNet has, see `DistanceBias`.
//
// Source: He et al. (2021), DeBERTa, arXiv:2006.03654; transformers modeling_deberta_v2.py, `DisentangledSelfAttention`.

package import AdzeKernels
internal import AdzeTensors
internal import AdzeThreads

/// Disentangled attention: a vector for each distance, of which every block makes keys and queries.
public struct DistanceAttention: Sendable, Equatable {
    /// Distances that have a row, and buckets for those beyond the half of them; nil where each distance has a row of its own.
    public var buckets: Int?
    /// From here on distances share the last row of their direction.
    public var maximumDistance: Int
    /// Whether a query is multiplied with the keys of distances.
    public var readsKeys: Bool
    /// Whether a key is multiplied with the queries of distances.
    public var readsQueries: Bool
    /// Whether these are made by the block's layers for tokens; else by layers of their own.
    public var sharesLayers: Bool
    /// Whether the vectors are normalised first.
    public var normalizes: Bool

    /// The rows of each direction.
    public var span: Int { buckets ?? maximumDistance }
    /// Rows of the table of vectors.
    public var tableRows: Int { 2 * span }
    /// What the sum of scores is divided by, beside D: one for each product in it.
    public var productCount: Int { 1 + (readsKeys ? 1 : 0) + (readsQueries ? 1 : 0) }

    /// The row of a key `distance` tokens before its query.
    ///
    /// In buckets of float32 logarithms, as the reference computes them.
    /// - Source: transformers modeling_deberta_v2.py, `make_log_bucket_position`.
    package func row(of distance: Int) -> Int { min(max(bucket(of: distance) + span, 0), tableRows - 1) }

    private func bucket(of distance: Int) -> Int {
        guard let buckets else { return distance }
        let (near, reach) = (buckets / 2, Int(distance.magnitude))
        guard reach > near else { return distance }
        func logarithm(_ ratio: Double) -> Float { Float(Elementary.log(Double(Float(ratio)))) }
        let most = logarithm(Double(maximumDistance - 1) / Double(near))
        let steps = logarithm(Double(reach) / Double(near)) / most * Float(near - 1)
        let bucket = near + Int(min(steps.rounded(.up), Float(tableRows)))
        return distance > 0 ? bucket : -bucket
    }

    /// The rows of the distances between up to `tokens` tokens.
    package func rows(tokens: Int) -> DistanceRows { DistanceRows(reach: max(tokens, 1) - 1, row: row) }
}

extension EncoderShape {
    /// What attention scores are multiplied with.
    package var attentionScale: Float {
        1 / (Float(headSize) * Float(distanceAttention?.productCount ?? 1)).squareRoot()
    }
}

/// The keys and queries of distances of a block's heads, in the order of its heads.
struct DistanceLayers: Sendable {
    /// (R, D) a head, packed; none where no query is multiplied with them.
    let keys: [PackedMatrix]
    /// (R, D) a head, packed; none where no key is multiplied with them.
    let queries: [PackedMatrix]

    /// The terms of the `place`-th head.
    func terms(_ rows: DistanceRows, _ place: Int, positions: [Int]?) -> DistanceTerms {
        DistanceTerms(
            rows: rows, keys: keys.isEmpty ? nil : keys[place], queries: queries.isEmpty ? nil : queries[place],
            positions: positions)
    }
}

/// What makes a model's keys and queries of distances while it is loaded.
struct DistanceLoader: Sendable {
    private let attention: DistanceAttention
    private let loader: ParameterLoader
    let rows: DistanceRows
    /// The vectors of the distances that the model can meet, (R, H).
    private let vectors: FloatBuffer

    /// Nil for a shape whose attention has none.
    init?(_ loader: ParameterLoader, _ shape: EncoderShape) throws {
        guard let attention = shape.distanceAttention else { return nil }
        (self.attention, self.loader) = (attention, loader)
        rows = attention.rows(tokens: shape.tokenLimit)
        let size = shape.hiddenSize
        let table = try loader.store.load(ParameterPaths.distanceVectors).floats()
        vectors = FloatBuffer(Array(table[rows.first * size..<(rows.first + rows.count) * size]))
        guard attention.normalizes else { return }
        let norm = try loader.norm(ParameterPaths.distanceNorm)
        let view = vectors.matrix(rows: rows.count, columns: size)
        loader.kernels.layerNorm(
            view, view, gamma: norm.gamma, beta: norm.beta, epsilon: Float(shape.layerNormEpsilon))
    }

    /// The kinds of a block's vectors.
    enum Kind: CaseIterable {
        case keys, queries
    }

    /// One kind of a block, whose layer for tokens is in int8 or not: of the weights that it runs with.
    func load(_ kind: Kind, of index: Int, _ heads: BlockHeads, isInt8: Bool) throws -> [PackedMatrix] {
        guard kind == .keys ? attention.readsKeys : attention.readsQueries else { return [] }
        let path = ParameterPaths.block(index).distances(kind == .keys, shared: attention.sharesLayers)
        let kernels = loader.kernels.exact
        let weights = try loader.values(path + ".weight", ofCodes: isInt8 && attention.sharesLayers)
        let depth = vectors.count / rows.count
        let matrix = PackedMatrix(weights, columns: heads.width, depth: depth, kernels: kernels)
        let memory = FloatBuffer(count: rows.count * heads.width)
        let products = memory.matrix(rows: rows.count, columns: heads.width)
        kernels.multiply(
            products, vectors.matrix(rows: rows.count, columns: depth), matrix,
            bias: try loader.buffer(path + ".bias"))
        return withExtendedLifetime(memory) {
            (0..<heads.count).map {
                DistanceTerms.pack(products.columns(heads.columns($0)), rows, kernels: kernels)
            }
        }
    }
}
