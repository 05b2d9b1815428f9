// Which part of a model a parameter belongs to, and the rate and decay that follow from it. Not here: schedules.

/// The part of the model that a parameter belongs to.
public enum ParameterPart: Sendable, Equatable {
    case embeddings
    /// Of block `index`, counted from 0 at the embeddings.
    case block(Int)
    case pooler
    /// Classifiers, and all else that is on top.
    case head

    /// The part of a parameter with one of `ParameterPaths`' names.
    public init(name: String) {
        let parts = name.split(separator: ".")
        if parts.first == "embeddings" {
            self = .embeddings
        } else if parts.count > 2, parts[0] == "encoder", parts[1] == "layer", let index = Int(parts[2]) {
            self = .block(index)
        } else if parts.first == "pooler" {
            self = .pooler
        } else {
            self = .head
        }
    }

    /// Whether the part is trained while `depth` of a model of `layerCount` blocks is. The pooler, like the head, always
    /// is: it stands above what can be frozen.
    public func isTrained(_ depth: TrainedDepth, layerCount: Int) -> Bool {
        switch self {
        case .head, .pooler: true
        case .embeddings: depth == .all
        case .block(let index): index >= layerCount - depth.blockCount(of: layerCount)
        }
    }
}

/// The rate and the decay of one parameter.
public struct ParameterSettings: Sendable, Equatable {
    /// Where the parameter belongs.
    public var part: ParameterPart
    /// The rate before the schedule.
    public var learningRate: Double
    /// The decay, which the rate is multiplied with.
    public var weightDecay: Double

    /// A parameter's settings.
    public init(part: ParameterPart, learningRate: Double, weightDecay: Double) {
        self.part = part
        self.learningRate = learningRate
        self.weightDecay = weightDecay
    }
}

extension Recipe {
    /// The settings of each parameter of a layout, in its order.
    ///
    /// The head has its own rate and decay; embeddings, blocks and pooler have the body's. Biases and the weights of
    /// LayerNorm do not decay. Block i of L has the body's rate times `layerDecay`^(L − 1 − i), the embeddings times
    /// `layerDecay`^L.
    public func settings(of layout: ParameterLayout, layerCount: Int) -> [ParameterSettings] {
        layout.entries.map { entry in
            let part = ParameterPart(name: entry.name)
            let below: Int =
                switch part {
                case .embeddings: layerCount
                case .block(let index): max(layerCount - 1 - index, 0)
                case .pooler, .head: 0
                }
            var rate = part == .head ? headLearningRate : bodyLearningRate
            for _ in 0..<below { rate *= layerDecay }
            let decays = !entry.name.hasSuffix(".bias") && !entry.name.contains("LayerNorm")
            let decay = part == .head ? headWeightDecay : bodyWeightDecay
            return ParameterSettings(part: part, learningRate: rate, weightDecay: decays ? decay : 0)
        }
    }
}
