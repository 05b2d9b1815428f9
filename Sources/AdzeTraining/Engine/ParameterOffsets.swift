// Where the parameters of each layer begin in the flat array, looked up once. Not here: the numbers.

internal import AdzeModels
internal import AdzeTensors

/// A dense layer's weight (N, K) and bias (N).
struct DensePlace: Sendable {
    let weight: Int
    let bias: Int
    let columns: Int
    let depth: Int
    /// Whether it has a bias at all.
    var hasBias = true
}

/// One direction of a layer of an LSTM.
struct RecurrentPlace: Sendable {
    /// (4h, in).
    let input: DensePlace
    /// (4h, h).
    let recurrent: DensePlace

    var size: Int { recurrent.depth }
    var depth: Int { input.depth }
}

/// A normalisation's scale and shift, H each.
struct NormPlace: Sendable {
    let gamma: Int
    let beta: Int
}

struct BlockPlaces: Sendable {
    let query: DensePlace
    let key: DensePlace
    let value: DensePlace
    let attentionOutput: DensePlace
    /// Before query, key and value; nil where what they read is normalised.
    let inputNorm: NormPlace?
    let attentionNorm: NormPlace
    let intermediate: DensePlace
    let output: DensePlace
    /// Of what the block gives; nil where blocks normalise what they read, but for the one that ends the encoder.
    let outputNorm: NormPlace?
    /// The layers that make keys and queries of distances, those of tokens or of their own; nil where there are none.
    let (distanceKey, distanceQuery): (DensePlace?, DensePlace?)
}

struct ParameterOffsets: Sendable {
    let words: Int
    /// Nil where a model has no table of them.
    let positions: Int?
    /// Nil where a model has no types.
    let types: Int?
    /// Nil where the sum of a token's rows is not normalised.
    let embeddingNorm: NormPlace?
    /// Nil where embeddings are as wide as hidden states.
    let projection: DensePlace?
    /// Nil where attention has no bias by distance.
    let relativeBias: Int?
    /// Nil where attention has no keys and queries of distances.
    let distanceVectors: Int?
    /// Nil where their vectors are not normalised.
    let distanceNorm: NormPlace?
    /// One a layer: those of the stored block that it runs.
    let blocks: [BlockPlaces]
    /// The layer on the first token: the pooler, or a head's own.
    let firstToken: DensePlace?
    /// What stands between what a head reads and its last layer; nil for other heads.
    let transform: (dense: DensePlace, norm: NormPlace)?
    /// The directions of each layer of a head's LSTM; none for a head without one.
    let recurrent: [[RecurrentPlace]]
    /// The last layer: classifier, or start and end of an answer.
    let classifier: DensePlace

    /// Values behind the parameters that stand for any bias which a shape goes without.
    static func absentCount(_ config: EncoderShape) -> Int {
        config.biases.areComplete ? 0 : max(config.innerSize, config.paddedHiddenSize)
    }

    init(_ layout: ParameterLayout, config: EncoderShape, head: Head) {
        let starts = Dictionary(layout.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        func entry(_ name: String) -> ParameterLayout.Entry {
            guard let entry = starts[name] else { preconditionFailure("the layout is that of the model: \(name)") }
            return entry
        }
        // What a shape goes without.
        func shift(_ name: String) -> Int { starts[name]?.range.lowerBound ?? layout.count }
        func layer(_ weight: String, _ bias: String) -> DensePlace {
            let weight = entry(weight)
            return DensePlace(
                weight: weight.range.lowerBound, bias: shift(bias), columns: weight.shape[0], depth: weight.shape[1])
        }
        func dense(_ path: String) -> DensePlace { layer(path + ".weight", path + ".bias") }
        func norm(_ path: String) -> NormPlace {
            NormPlace(gamma: entry(path + ".weight").range.lowerBound, beta: shift(path + ".bias"))
        }
        words = entry(ParameterPaths.wordEmbeddings).range.lowerBound
        positions = config.positions.rows > 0 ? entry(ParameterPaths.positionEmbeddings).range.lowerBound : nil
        types = config.typeRows > 0 ? entry(ParameterPaths.typeEmbeddings).range.lowerBound : nil
        if config.projectsEmbeddings && config.normalizesProjected {
            let weight = entry(ParameterPaths.embeddingProjection + ".weight")
            projection = DensePlace(
                weight: weight.range.lowerBound, bias: 0, columns: weight.shape[0], depth: weight.shape[1],
                hasBias: false)
        } else {
            projection = config.projectsEmbeddings ? dense(ParameterPaths.embeddingProjection) : nil
        }
        relativeBias = config.relativeBias.map { _ in entry(ParameterPaths.relativeBias).range.lowerBound }
        let distances = config.distanceAttention
        distanceVectors = distances.map { _ in entry(ParameterPaths.distanceVectors).range.lowerBound }
        distanceNorm = distances?.normalizes == true ? norm(ParameterPaths.distanceNorm) : nil
        embeddingNorm = config.normalizesEmbeddings ? norm(ParameterPaths.embeddingNorm) : nil
        blocks = (0..<config.layerCount).map { index in
            let paths = ParameterPaths.block(config.block(ofLayer: index))
            func distance(_ isKey: Bool) -> DensePlace? {
                guard let distances, isKey ? distances.readsKeys : distances.readsQueries else { return nil }
                return dense(paths.distances(isKey, shared: distances.sharesLayers))
            }
            return BlockPlaces(
                query: dense(paths.query), key: dense(paths.key), value: dense(paths.value),
                attentionOutput: dense(paths.attentionOutput),
                inputNorm: config.normsFirst && index > 0 ? norm(paths.inputNorm) : nil,
                attentionNorm: norm(paths.attentionNorm),
                intermediate: dense(paths.intermediate), output: dense(paths.output),
                outputNorm: config.normsFirst
                    ? (index == config.layerCount - 1 ? norm(ParameterPaths.finalNorm) : nil) : norm(paths.outputNorm),
                distanceKey: distance(true), distanceQuery: distance(false))
        }
        firstToken = TrainingModel.firstTokenPath(head).map(dense)
        let hasTransform =
            switch head.form {
            case .prompt, .transformed: true
            default: false
            }
        if hasTransform {
            transform = (dense(ParameterPaths.transform), norm(ParameterPaths.transformNorm))
        } else {
            transform = nil
        }
        if case .recurrent(let layers) = head.form {
            recurrent = (0..<layers.layerCount).map { index in
                (0..<layers.directionCount).map { direction in
                    let paths = ParameterPaths.recurrent(index, isReverse: direction == 1)
                    return RecurrentPlace(
                        input: layer(paths.inputWeight, paths.inputBias),
                        recurrent: layer(paths.recurrentWeight, paths.recurrentBias))
                }
            }
        } else {
            recurrent = []
        }
        classifier = dense(TrainingModel.outputPath(head))
    }
}
