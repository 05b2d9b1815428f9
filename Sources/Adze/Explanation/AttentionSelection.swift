// Which attention weights of a model are looked at, and how they become values between 0 and 1: the selections and
// normalizations of the comparative study (uzaymacar/comparatively-finetuning-bert, utils/model_utils.py).

public import AdzeBytes

/// The weights with which one token looks at all: of a layer, a head or the mean of its heads, and a token that looks.
public struct AttentionSelection: Sendable, Equatable {
    /// A layer.
    public enum Layer: Sendable, Equatable {
        case first
        case last
        /// The layer of a number, from 0.
        case number(Int)
    }

    /// The layer.
    public var layer: Layer
    /// The head's number, from 0; nil for the mean of the layer's heads.
    public var head: Int?
    /// The number of the token that looks, from 0, counted over the model's whole input.
    public var token: Int

    /// A selection; without a head the mean of all, from the first token.
    public init(layer: Layer = .last, head: Int? = nil, token: Int = 0) {
        (self.layer, self.head, self.token) = (layer, head, token)
    }

    /// The study's `first_layer_heads_average`.
    public static let firstLayerAverage = AttentionSelection(layer: .first)
    /// The study's `last_layer_heads_average`.
    public static let lastLayerAverage = AttentionSelection(layer: .last)
    /// The study's `nth_layer_heads_average`.
    public static func layerAverage(_ layer: Int) -> AttentionSelection { AttentionSelection(layer: .number(layer)) }
    /// The study's `nth_layer_mth_head`.
    public static func head(layer: Int, head: Int) -> AttentionSelection {
        AttentionSelection(layer: .number(layer), head: head)
    }
    /// The study's `custom`.
    public static func custom(layer: Int, head: Int, token: Int) -> AttentionSelection {
        AttentionSelection(layer: .number(layer), head: head, token: token)
    }

    /// What the study calls it; the mean of heads from another token than the first has no name there and is `custom`.
    public var name: String {
        switch (layer, head, token) {
        case (.first, nil, 0): "first_layer_heads_average"
        case (.last, nil, 0): "last_layer_heads_average"
        case (.number, nil, 0): "nth_layer_heads_average"
        case (_, .some, 0): "nth_layer_mth_head"
        default: "custom"
        }
    }

    /// The number of its layer in a model of `count` layers.
    func layerNumber(of count: Int) -> Int {
        switch layer {
        case .first: 0
        case .last: count - 1
        case .number(let number): number
        }
    }
}

/// How weights become values that can be compared with thresholds.
public enum AttentionNormalization: String, Sendable, CaseIterable {
    /// (w − min) / (max − min); 0 where all weights are equal.
    case minMax = "min-max"
    /// (w − mean) / deviation, the deviation unbiased as PyTorch's `std`; 0 where it is 0, and for a single weight.
    case zScore = "z-score"
    /// The weights as they are.
    case raw

    /// The values of some weights.
    public func values(_ weights: [Float]) -> [Double] {
        let weights = weights.map(Double.init)
        switch self {
        case .raw: return weights
        case .minMax:
            let (low, high) = (weights.min() ?? 0, weights.max() ?? 0)
            return weights.map { high > low ? ($0 - low) / (high - low) : 0 }
        case .zScore:
            guard weights.count > 1 else { return weights.map { _ in 0 } }
            let mean = weights.reduce(0, +) / Double(weights.count)
            let squares = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = (squares / Double(weights.count - 1)).squareRoot()
            return weights.map { deviation > 0 ? ($0 - mean) / deviation : 0 }
        }
    }
}

/// The study's four steps of heat, the hottest first.
public enum HeatLevel: Int, Sendable, CaseIterable {
    case hottest, hot, warm, mild

    /// The level of a value; nil below 0.2, where the study colours nothing.
    public init?(_ value: Double) {
        guard let level = HeatLevel.allCases.first(where: { value >= $0.threshold }) else { return nil }
        self = level
    }

    /// The least value that has it.
    public var threshold: Double {
        switch self {
        case .hottest: 0.8
        case .hot: 0.6
        case .warm: 0.4
        case .mild: 0.2
        }
    }

    /// The study's colour, 0xRRGGBB.
    public var color: UInt32 {
        switch self {
        case .hottest: 0xFF2D00
        case .hot: 0xFC5430
        case .warm: 0xFE7D61
        case .mild: 0xFDA895
        }
    }

    /// The colour of the same step below zero, for differences, of which the study shows the gains alone.
    public var coldColor: UInt32 {
        switch self {
        case .hottest: 0x2D7BFF
        case .hot: 0x5490FC
        case .warm: 0x7DA9FE
        case .mild: 0xA8C5FD
        }
    }
}

/// A selection that the model or the text does not have, or two models that cannot be compared.
public enum AttentionError: AdzeFailure, Equatable {
    case noSuchLayer(Int, count: Int)
    case noSuchHead(Int, count: Int)
    case noSuchToken(Int, count: Int)
    /// A head that was dropped from the layer.
    case lostHead(Int, layer: Int, left: [Int])
    /// The models cut the text into other tokens.
    case otherTokens(index: Int, first: TextToken?, second: TextToken?)
    case otherLayers(first: Int, second: Int)
    case otherHeads(first: Int, second: Int)
    /// Weights that are no numbers, of a model that is damaged.
    case notFinite

    /// A wish, or models that do not belong together.
    public var kind: FailureKind {
        switch self {
        case .noSuchLayer, .noSuchHead, .noSuchToken, .lostHead: .usage
        case .otherTokens, .otherLayers, .otherHeads, .notFinite: .badData
        }
    }

    /// One line: what is asked for, and what there is.
    public var description: String {
        switch self {
        case .noSuchLayer(let number, let count): AttentionError.missing("layer", number, count, of: "the model")
        case .noSuchHead(let number, let count): AttentionError.missing("head", number, count, of: "each layer")
        case .noSuchToken(let number, let count): AttentionError.missing("token", number, count, of: "the text")
        case .lostHead(let number, let layer, let left):
            "no head \(number) in layer \(layer): it was dropped from the model; the layer has \(quotedHeads(left))"
        case .otherTokens(let index, let first, let second):
            "the models have other tokenizers: token \(index) of the text is \(AttentionError.name(first)) for one and"
                + " \(AttentionError.name(second)) for the other; compare a model with what it was fine-tuned from"
        case .otherLayers(let first, let second):
            "one model has \(counted(first, "layer")), the other \(second); compare models of the same number of layers"
        case .otherHeads(let first, let second):
            "one model has \(counted(first, "head")) a layer, the other \(second); compare models of the same shape"
        case .notFinite: "the attention weights are not finite; run adze verify"
        }
    }

    private func quotedHeads(_ numbers: [Int]) -> String {
        (numbers.count == 1 ? "head " : "heads ") + numbers.map(String.init).joined(separator: ", ")
    }

    private static func name(_ token: TextToken?) -> String {
        token.map { "\(quoted($0.token, limit: 40)) with id \($0.id)" } ?? "missing"
    }

    private static func missing(_ what: String, _ number: Int, _ count: Int, of owner: String) -> String {
        guard count > 0 else { return "no \(what) \(number): \(owner) has none" }
        return "no \(what) \(number): \(owner) has \(counted(count, what)), numbered 0 to \(count - 1)"
    }
}
