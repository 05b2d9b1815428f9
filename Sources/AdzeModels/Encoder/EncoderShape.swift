// The shape of an encoder: its sizes, and every switch that a family of models turns. Not here: what a config.json says of
// it, which is the family's, and the tokenizer's settings.

public import AdzeBytes
public import AdzeKernels

/// The architecture of an encoder.
///
/// L layers, H hidden, A heads of D = H / A, F feed-forward, V vocabulary, E the embeddings' size.
public struct EncoderShape: Sendable, Equatable {
    /// The value of `model_type` by which transformers knows the model; `Families` finds the family by it.
    public var modelType: String
    /// V, the rows of the word embedding.
    public var vocabularySize: Int
    /// E, the columns of the embeddings; other than H, they are projected.
    public var embeddingSize: Int
    /// H.
    public var hiddenSize: Int
    /// L, the number of encoder blocks that a text passes.
    public var layerCount: Int
    /// A, the heads of each block of the whole model; divides H. Those that a block has are `heads(ofBlock:)`.
    public var headCount: Int
    /// F.
    public var intermediateSize: Int
    /// The feed-forward activation.
    public var activation: Activation
    /// The table of positions, and which row of it a token takes.
    public var positions: PositionTable
    /// A bias for the distance between two tokens, on every block's attention; nil for none.
    public var relativeBias: RelativeBias?
    /// Keys and queries of distances, on every block's attention; nil for none.
    public var distanceAttention: DistanceAttention?
    /// Rows of the token type embedding; 0 where there is none.
    public var typeRows: Int
    /// Added to the variance in every layer normalisation.
    public var layerNormEpsilon: Double
    /// The id of the padding token, which packed batches hold only where a head reads padding.
    public var padTokenID: Int
    /// Dropout of hidden states, attention weights and the classifier's input; used in training alone.
    public var dropout: Dropout
    /// The attention heads that blocks have lost.
    public var prunedHeads = PrunedHeads()
    /// Whether the sum of a token's rows is normalised.
    public var normalizesEmbeddings = true
    /// Whether narrow embeddings are normalised behind their projection, which has no bias then, and not before it.
    public var normalizesProjected = false
    /// The activation of a text classifier's own layer on the first token; nil for the family's.
    public var firstTokenActivation: Activation?
    /// Whether embeddings are projected even where they are as wide as hidden states.
    public var projectsAlways = false
    /// The stored block that each of the L layers runs, ascending; nil where each has one of its own.
    public var sharedBlocks: [Int]?
    /// Whether the padding token's row learns as the others do; transformers' tables leave it as it is.
    public var padTokenLearns = false
    /// Positions by rotation of queries and keys, and which blocks attend to a window; nil for neither.
    public var rotary: RotaryPositions?
    /// Whether a block normalises what its layers read, and not what it gives; one more normalisation ends the encoder.
    public var normsFirst = false
    /// Whether the feed-forward's inner values are halves, of which one gates the other's activation.
    public var isGated = false
    /// The layers that have a shift.
    public var biases = Biases()
    /// The layer and the normalisation that stand before the last layer of every head; nil where heads have none.
    public var headTransform: HeadTransform?

    /// Which layers have a bias, and normalisations a shift.
    public struct Biases: Sendable, Equatable {
        /// Every normalisation.
        public var norms = true
        /// The dense layers of attention.
        public var attention = true
        /// Those of the feed-forward.
        public var feedForward = true
        /// The layer before a head's last.
        public var headTransform = true
        /// The vocabulary projection.
        public var decoder = true

        /// Whether every layer has one.
        public var areComplete: Bool { norms && attention && feedForward && headTransform && decoder }
    }

    /// The dropout probabilities of a model.
    public struct Dropout: Sendable, Equatable {
        /// After embeddings and after each dense layer.
        public var hidden = 0.1
        /// On attention weights.
        public var attention = 0.1
        /// Whether `hidden` applies after the attention's output layer too.
        public var dropsAttended = true
        /// Whether `hidden` applies after the feed-forward's output layer too.
        public var dropsFeedForward = true
        /// Before a text classifier's layers; nil takes `hidden`.
        public var classifier: Double?
        /// Before a text classifier's own layer on the first token; nil takes that of its last.
        public var firstToken: Double?
        /// Before a token classifier; nil takes that of a text classifier.
        public var tokens: Double?
        /// Before the layer that finds answers.
        public var answers = 0.0
    }

    /// D, the size of one attention head.
    public var headSize: Int { hiddenSize / headCount }
    /// The outputs of the feed-forward's first layer: F, or two halves of F where one gates the other.
    public var innerSize: Int { isGated ? 2 * intermediateSize : intermediateSize }
    /// The most tokens of one sequence.
    public var tokenLimit: Int { positions.tokenLimit }
    /// Whether a dense layer stands between the embeddings and the first block.
    public var projectsEmbeddings: Bool { embeddingSize != hiddenSize || projectsAlways }

    /// Whether the model has rows for these token types; one without a table takes any, and ignores them.
    public func takes(types: some Sequence<Int32>) -> Bool {
        typeRows == 0 || types.allSatisfy { 0 <= $0 && $0 < typeRows }
    }

    /// What sizes may be, whoever states them: any product of two of them is a `Shape`, and the int8 products stay exact.
    enum Limits {
        static let vocabularySize = 1...5_000_000
        static let hiddenSize = 1...65_536
        static let layerCount = 0...1000
        static let intermediateSize = 1...131_072
        static let positionRows = 1...1_000_000
        static let typeRows = 1...1000
        /// Rows of distances in one direction: every block keeps some for each.
        static let distanceSpan = 1...16_384
        /// Whatever else counts rows or columns.
        static let tableSize = 0...1_000_000
    }
}

// MARK: - config.json

extension EncoderShape {
    /// Reads transformers' `config.json` by the family that it names; throws `ConfigError`.
    public init(json: JSONValue) throws(ConfigError) {
        self = try (Families.named(by: json) ?? Families.plain).shape(ConfigReader(json: json)).checkedPadding()
    }

    /// The same; throws `ConfigError` where padding is no word: a head that reads padding would look its row up.
    func checkedPadding() throws(ConfigError) -> EncoderShape {
        guard padTokenID < vocabularySize else {
            throw .outOfRange(
                key: "pad_token_id", value: "\(padTokenID)", low: "0", high: "\(vocabularySize - 1)")
        }
        return self
    }

    /// The members of `config.json` that describe this shape, as transformers writes them.
    public var json: JSONObject { Families.family(of: self).config(self) }
}

/// Absolute positions: how many rows there are, and whose is which.
public enum PositionTable: Sendable, Equatable {
    /// The i-th token of a sequence takes row i.
    case absolute(rows: Int)
    /// RoBERTa's way: the n-th token that is not padding, counted from 1, takes row `padID` + n; padding takes row `padID`.
    case afterPadding(rows: Int, padID: Int)
    /// No table: a text's tokens are limited by what is stated alone.
    case none(tokenLimit: Int)

    /// The table's rows; 0 where there is none.
    public var rows: Int {
        switch self {
        case .none: 0
        case .absolute(let rows), .afterPadding(let rows, _): rows
        }
    }

    /// The row of padding, which learns nothing; nil where there is none.
    package var padID: Int? { if case .afterPadding(_, let padID) = self { padID } else { nil } }

    /// The most tokens for which there are rows.
    public var tokenLimit: Int {
        switch self {
        case .absolute(let rows): rows
        case .afterPadding(let rows, let padID): rows - padID - 1
        case .none(let limit): limit
        }
    }

    /// The row of each token of a sequence; 0 where there is no table.
    package func rows(of ids: some Sequence<Int32>) -> [Int] {
        switch self {
        case .absolute: return ids.enumerated().map(\.offset)
        case .none: return ids.map { _ in 0 }
        case .afterPadding(_, let padID):
            var last = padID
            return ids.map { id in
                if Int(id) == padID { return padID }
                last += 1
                return last
            }
        }
    }
}

/// T5's bucketed distances, as MPNet has them: half of the buckets for each direction, one for each of the nearest
/// distances, and of the rest each for a range that grows with the logarithm.
public struct RelativeBias: Sendable, Equatable {
    /// Rows of the table.
    public var buckets: Int
    /// From here on distances share the last bucket of their direction.
    public var maximumDistance: Int

    /// The bucket of a key `distance` tokens after its query.
    ///
    /// - Source: transformers modeling_mpnet.py, `MPNetEncoder.relative_position_bucket`. Its float32 logarithms fall on
    ///   the same buckets as these exact comparisons of powers for every distance, see `bucketsAreThoseOfTheReference`.
    package func bucket(of distance: Int) -> Int {
        let half = buckets / 2
        let (first, reach) = (distance > 0 ? half : 0, distance.magnitude)
        let near = half / 2
        guard reach >= near else { return first + Int(reach) }
        // The bucket near + k begins at near · (maximum / near) ^ (k / near).
        var bucket = near
        while bucket < half - 1, isBeyond(Int(reach), steps: bucket + 1 - near, near: near) { bucket += 1 }
        return first + bucket
    }

    /// Whether (reach / near) ^ near ≥ (maximum / near) ^ steps, in double precision: the two are equal at whole numbers
    /// alone, where both powers are exact.
    private func isBeyond(_ reach: Int, steps: Int, near: Int) -> Bool {
        func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { value, _ in value * base } }
        let capped = min(reach, maximumDistance)
        return power(Double(capped) / Double(near), near) >= power(Double(maximumDistance) / Double(near), steps)
    }
}
